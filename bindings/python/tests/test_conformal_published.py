"""Numbers that other packages publish in their tests, on data that scikit-learn has or makes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal

datasets = pytest.importorskip("sklearn.datasets")
ensemble = pytest.importorskip("sklearn.ensemble")
linear_model = pytest.importorskip("sklearn.linear_model")
model_selection = pytest.importorskip("sklearn.model_selection")

Ends = tuple[NDArray[Any], NDArray[Any]]


def coverage_and_width(ends: Ends, truth: NDArray[Any]) -> tuple[float, float]:
    lower, upper = ends
    return float(np.mean((lower <= truth) & (truth <= upper))), float(np.mean(upper - lower))


@pytest.fixture(scope="module")
def patients() -> dict[str, Any]:
    x, y = datasets.load_diabetes(return_X_y=True)
    x = x[:, [2]]
    fit_x, scores_x, fit_y, scores_y = model_selection.train_test_split(
        x[:-100], y[:-100], random_state=42
    )
    model = linear_model.LinearRegression().fit(fit_x, fit_y)
    residuals = np.abs(scores_y - model.predict(scores_x))
    spread = ensemble.RandomForestRegressor(n_estimators=100, random_state=42)
    spread.fit(fit_x, np.abs(fit_y - model.predict(fit_x)))
    return {
        "residuals": residuals,
        "spread": spread.predict(scores_x),
        "mean": model.predict(x[-100:]),
        "test_spread": spread.predict(x[-100:]),
        "truth": y[-100:],
    }


@pytest.fixture(scope="module")
def points() -> Ends:
    x, y = datasets.make_regression(n_samples=500, n_features=10, noise=1.0, random_state=1)
    return x, y


class TestPuncc:
    """puncc, tests/test_regression_seed.py (0d2d121): level 0.1, random state 42, one feature of
    the diabetes data, the last hundred patients for the test; shares and widths to two decimals."""

    def check(self, patients: dict[str, Any], half: Any, share: float, width: float) -> None:
        found = coverage_and_width(
            (patients["mean"] - half, patients["mean"] + half), patients["truth"]
        )
        assert (round(found[0], 2), round(found[1], 2)) == (share, width)

    def test_split(self, patients: dict[str, Any]) -> None:
        half = quantcal.conformal_threshold(patients["residuals"], 0.1)
        self.check(patients, half, 0.95, 218.98)

    def test_weights_that_fall_with_age(self, patients: dict[str, Any]) -> None:
        n = patients["residuals"].size
        calibrator = quantcal.ConformalCalibrator(weighted=True)
        calibrator.update(patients["residuals"], weights=0.95 ** (n + 1.0 - np.arange(n)))
        self.check(patients, float(np.ravel(calibrator.thresholds(0.1))[0]), 0.96, 230.1)

    def test_residuals_in_units_of_their_spread(self, patients: dict[str, Any]) -> None:
        half = quantcal.conformal_threshold(patients["residuals"] / patients["spread"], 0.1)
        self.check(patients, half * patients["test_spread"], 0.96, 347.87)


class TestMAPIE:
    """MAPIE, mapie/tests/test_regression.py (00c73ab): level 0.05, intervals of the 500 points of
    make_regression themselves; to one part in a hundred, as its tests ask."""

    def check(self, ends: Ends, truth: NDArray[Any], share: float, width: float) -> None:
        assert coverage_and_width(ends, truth) == pytest.approx((share, width), rel=0.01)

    def test_split(self, points: Ends) -> None:
        x, y = points
        halves = model_selection.ShuffleSplit(1, test_size=0.5, random_state=1)
        fitted, scored = next(halves.split(x))
        model = linear_model.LinearRegression().fit(x[fitted], y[fitted])
        half = quantcal.conformal_threshold(np.abs(y[scored] - model.predict(x[scored])), 0.05)
        self.check((model.predict(x) - half, model.predict(x) + half), y, 0.956, 3.89)

    @pytest.mark.parametrize(
        ("folds", "method", "share", "width"),
        [
            (500, "plus", 0.952, 3.90),
            (500, "minmax", 0.962, 3.96),
            (3, "plus", 0.954, 3.91),
            (3, "minmax", 0.962, 4.07),
        ],
    )
    def test_folds(self, points: Ends, folds: int, method: Any, share: float, width: float) -> None:
        x, y = points
        splits = model_selection.KFold(folds, shuffle=True, random_state=1).split(x)
        residuals, fold = np.empty(y.size), np.empty(y.size, np.int32)
        predictions = np.empty((y.size, folds))
        for index, (fitted, scored) in enumerate(splits):
            model = linear_model.LinearRegression().fit(x[fitted], y[fitted])
            residuals[scored] = np.abs(y[scored] - model.predict(x[scored]))
            fold[scored] = index
            predictions[:, index] = model.predict(x)
        ends = quantcal.conformal_cross_intervals(
            residuals, predictions, 0.05, fold=fold, method=method
        )
        self.check(ends, y, share, width)


class TestAdaptiveConformal:
    """AdaptiveConformal for R, tests/testthat: forecasts that miss by 1 three times."""

    def test_scale_free_descent(self) -> None:
        """test-sfogd.R: a rate of 1, which is a bound of sqrt(3); seven decimals."""
        state = quantcal.ConformalOnline("sf_ogd", alpha=0.05, score_bound=math.sqrt(3))
        run = state.run(np.ones(3))
        assert run.covered.tolist() == [0, 1, 0]
        assert 2 * run.upper.mean() == pytest.approx(1.2982941, abs=5e-8)

    def test_steps_of_the_level(self) -> None:
        """test-rolling_rc.R: from 0.95 by 0.01 * 0.95 after a miss, by 0.01 * 0.05 back after a
        hit. Their level is what is covered. Past scores of 0 make the first one a miss."""
        state = quantcal.ConformalOnline("aci", alpha=0.05, gamma=0.01)
        state.calibrate(np.zeros(100))
        state.observe(1.0)
        assert 1 - state.summary().upper_position == pytest.approx(0.95 + 0.01 * 0.95, abs=1e-15)
        state.observe(0.0)
        assert 1 - state.summary().upper_position == pytest.approx(0.959, abs=1e-15)
