"""The conformal estimators."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from quantcal import conformal_class_scores
from quantcal.sklearn import ConformalClassifier, ConformalRegressor


class Identity:
    """A fitted model that predicts its only feature."""

    def predict(self, X: Any) -> Any:
        return np.asarray(X)[:, 0]


class Probabilities:
    """A fitted classifier whose features are its probabilities."""

    classes_ = np.array(["b", "a", "c"])

    def predict_proba(self, X: Any) -> Any:
        return np.asarray(X)

    def predict(self, X: Any) -> Any:
        return self.classes_[np.argmax(X, axis=1)]


def threshold(scores: list[float], alpha: str) -> float:
    """The k-th smallest score, k = ceil((1 - alpha)(n + 1)) in exact arithmetic."""
    k = math.ceil((1 - Fraction(alpha)) * (len(scores) + 1))
    return sorted(scores)[k - 1] if k <= len(scores) else math.inf


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "estimator",
    [
        ConformalRegressor(random_state=0),
        ConformalRegressor(kind="normalised", sides="asymmetric", random_state=0),
        ConformalClassifier(random_state=0),
        ConformalClassifier(kind="raps", randomisation="randomised", random_state=0),
        ConformalClassifier(class_conditional=True, alpha=[0.1, 0.2], random_state=0),
    ],
)
def test_scikit_learns_checks(estimator: Any) -> None:
    check_estimator(estimator)


@pytest.mark.parametrize("alpha", ["0.1", "0.2", "0.5", "0.01"])
@pytest.mark.parametrize("n", [1, 9, 19, 50])
def test_the_width_is_the_exact_quantile_of_errors(
    rng: np.random.Generator, n: int, alpha: str
) -> None:
    x = rng.integers(-5, 6, n).astype(float)
    y = x + rng.integers(-5, 6, n)
    model = ConformalRegressor(Identity(), prefit=True).fit(x[:, None], y)
    width = threshold(list(abs(y - x)), alpha)
    expected = [[3 - width, 3 + width]]
    assert model.predict_interval([[3.0]], float(alpha)).tolist() == expected
    lower = ConformalRegressor(Identity(), sides="lower", prefit=True).fit(x[:, None], y)
    below = threshold(list(x - y), alpha)
    assert lower.predict_interval([[3.0]], float(alpha)).tolist() == [[3 - below, math.inf]]
    both = ConformalRegressor(Identity(), sides="asymmetric", prefit=True).fit(x[:, None], y)
    half = str(Fraction(alpha) / 2)
    ends = [[3 - threshold(list(x - y), half), 3 + threshold(list(y - x), half)]]
    assert both.predict_interval([[3.0]], float(alpha)).tolist() == ends


@pytest.mark.parametrize("alpha", ["0.1", "0.3"])
def test_groups_have_thresholds_of_their_own(rng: np.random.Generator, alpha: str) -> None:
    x = rng.integers(-5, 6, (200, 1)).astype(float)
    y = x[:, 0] + rng.integers(-9, 10, 200) * np.where(x[:, 0] > 0, 9, 1)
    model = ConformalRegressor(
        Identity(), group_by=lambda X: np.where(X[:, 0] > 0, "wide", "narrow"), prefit=True
    ).fit(x, y)
    assert model.groups_.tolist() == ["narrow", "wide"]
    found = model.predict_interval([[2.0], [-2.0]], float(alpha))
    for (lower, upper), centre, chosen in zip(
        found, [2, -2], [x[:, 0] > 0, x[:, 0] <= 0], strict=True
    ):
        width = threshold(list(abs(y - x[:, 0])[chosen]), alpha)
        assert (lower, upper) == (centre - width, centre + width)
    model.set_params(group_by=lambda X: np.full(len(X), "unknown"))
    assert model.predict_interval([[0.0]]).tolist() == [[-math.inf, math.inf]]


def test_weights_move_the_threshold() -> None:
    x, y = np.zeros((4, 1)), np.array([1.0, 2.0, 3.0, 4.0])
    weights = {"calibration": [1, 2, 1, 4], "test": [2, 4]}
    part = "calibration"
    model = ConformalRegressor(Identity(), prefit=True, weight_by=lambda _: weights[part])
    model.fit(x, y)
    part = "test"
    # 1 + 2 + 1 + 4 of 10 reach 0.7, of 12 they do not.
    assert model.predict_interval(x[:2], 0.3).tolist() == [[-4, 4], [-math.inf, math.inf]]


def test_quantile_regressors(rng: np.random.Generator) -> None:
    x = rng.uniform(0, 4, (600, 1))
    y = x[:, 0] * rng.normal(size=600)
    quantiles = tuple(
        GradientBoostingRegressor(loss="quantile", alpha=level, n_estimators=30, random_state=0)
        for level in (0.1, 0.5, 0.9)
    )
    for kind, chosen in (("cqr", (0, 2)), ("cqr_r", (0, 2)), ("cqr_m", (0, 1, 2))):
        regressors = tuple(quantiles[one] for one in chosen)
        model = ConformalRegressor(regressors, kind=kind, alpha=0.2, random_state=1).fit(x, y)
        fresh = rng.uniform(0, 4, (4000, 1))
        lower, upper = model.predict_interval(fresh).T
        inside = np.mean((lower <= (t := fresh[:, 0] * rng.normal(size=4000))) & (t <= upper))
        assert 0.7 < inside < 0.9
        assert np.median((upper - lower)[fresh[:, 0] > 3]) > np.median(
            (upper - lower)[fresh[:, 0] < 1]
        )
        assert model.predict(fresh).shape == (4000,)
    with pytest.raises(ValueError, match="predicts 1 columns; kind 'cqr' takes 2"):
        ConformalRegressor(QuantileRegressor(), kind="cqr").fit(x, y)


def test_spread(rng: np.random.Generator) -> None:
    x = rng.uniform(1, 4, (2000, 1))
    y = x[:, 0] + x[:, 0] * rng.normal(size=2000)
    model = ConformalRegressor(kind="normalised", random_state=0).fit(x, y)
    narrow, wide = np.diff(model.predict_interval([[1.0], [4.0]]), axis=1)
    assert 3 < (wide / narrow).item() < 5
    with pytest.raises(ValueError, match="spread_estimator is None"):
        ConformalRegressor(model.estimator_, kind="normalised", prefit=True).fit(x, y)


def test_the_training_part_does_not_calibrate(rng: np.random.Generator) -> None:
    x, y = make_regression(100, 20, noise=10, random_state=0)
    model = ConformalRegressor(calibration_size=30, random_state=5).fit(x, y)
    (counts,) = (one.counts() for one in model.calibrators_)
    assert counts.tolist() == [30]
    seen = np.isclose(LinearRegression().fit(x, y).coef_, model.estimator_.coef_)
    assert not seen.any()


@pytest.mark.parametrize("kind", ["lac", "aps", "raps", "margin", "log_loss"])
@pytest.mark.parametrize("conditional", [False, True])
def test_sets_are_the_classes_that_conform(
    rng: np.random.Generator, kind: Any, conditional: bool
) -> None:
    X = rng.dirichlet([1, 1, 1], 60)
    labels = rng.integers(0, 3, 60)
    y = Probabilities.classes_[labels]
    model = ConformalClassifier(
        Probabilities(), kind=kind, class_conditional=conditional, prefit=True
    ).fit(X, y)
    tests = rng.dirichlet([1, 1, 1], 30)
    own = conformal_class_scores(X, kind=kind)[np.arange(60), labels]
    scores = conformal_class_scores(tests, kind=kind)
    for alpha in ("0.1", "0.25"):
        limits = [
            threshold(list(own[labels == one] if conditional else own), alpha) for one in range(3)
        ]
        found = model.predict_set(tests, float(alpha))
        np.testing.assert_array_equal(found, scores <= limits)
        np.testing.assert_array_equal(found, model.predict_p_value(tests) > float(alpha))
    several = model.predict_set(tests, [0.1, 0.25])
    assert several.shape == (30, 3, 2)
    np.testing.assert_array_equal(several[..., 1], found)


def test_groups_and_weights_of_classified_rows(rng: np.random.Generator) -> None:
    X = rng.dirichlet([1, 1, 1], 90)
    y = Probabilities.classes_[rng.integers(0, 3, 90)]
    model = ConformalClassifier(
        Probabilities(),
        prefit=True,
        group_by=lambda X: X[:, 0] > 0.5,
        weight_by=lambda X: X[:, 1] + 1,
    ).fit(X, y)
    for alpha in (0.1, 0.4):
        np.testing.assert_array_equal(model.predict_set(X, alpha), model.predict_p_value(X) > alpha)
    with pytest.raises(ValueError, match="class_conditional"):
        clone(model).set_params(class_conditional=True).fit(X, y)


def test_a_class_that_the_model_does_not_know_is_missed() -> None:
    X = np.full((9, 3), 1 / 3)
    y = ["a"] * 5 + ["z"] * 4
    model = ConformalClassifier(Probabilities(), prefit=True).fit(X, y)
    assert model.predict_set(X[:1], [0.5, 0.4])[0].tolist() == [[True, True]] * 3
    assert model.calibrators_[0].thresholds(0.4) == math.inf
    assert model.calibrators_[0].thresholds(0.5) < 1


@pytest.mark.parametrize("kind", ["aps", "saps", "top_k"])
def test_randomised_coverage_is_exact(kind: Any) -> None:
    X, y = make_classification(
        30_000, 10, n_informative=6, n_classes=4, class_sep=0.7, random_state=0
    )
    model = ConformalClassifier(
        kind=kind, randomisation="randomised", alpha=0.2, random_state=3
    ).fit(X[:20_000], y[:20_000])
    covered = model.predict_set(X[20_000:])[np.arange(10_000), y[20_000:]].mean()
    # 5000 calibration and 10,000 test points: a standard deviation of 0.007.
    assert abs(covered - 0.8) < 0.028


def test_entmax_takes_logits() -> None:
    X, y = make_classification(400, 5, random_state=0)
    model = ConformalClassifier(LogisticRegression(), kind="entmax", random_state=0).fit(X, y)
    assert model.predict_set(X).any(axis=1).all()


def test_they_are_part_of_the_family(rng: np.random.Generator) -> None:
    X, y = make_regression(200, 3, noise=5, random_state=0)
    pipeline = make_pipeline(StandardScaler(), LinearRegression())
    model = ConformalRegressor(pipeline, random_state=0).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_interval(X), model.predict_interval(X))
    assert model.score(X, y) > 0.9
    assert clone(model).get_params().keys() == model.get_params().keys()
    search = GridSearchCV(ConformalRegressor(random_state=0), {"estimator": [LinearRegression()]})
    assert search.fit(X, y).predict(X).shape == (200,)
    thin = ConformalRegressor(random_state=0).fit(sparse.csr_array(X), y)
    dense = ConformalRegressor(random_state=0).fit(X, y)
    np.testing.assert_allclose(
        thin.predict_interval(sparse.csr_array(X)), dense.predict_interval(X), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"kind": "square"}, "kind is 'square'"),
        ({"alpha": 2.0}, "alpha"),
        ({"sides": "left"}, "sides"),
        ({"group_by": lambda X: [1]}, "group_by gives"),
        ({"weight_by": lambda X: -np.ones(len(X))}, r"weights\[0\] is -1"),
    ],
)
def test_what_is_wrong_is_named(options: dict[str, Any], what: str) -> None:
    X, y = make_regression(50, 3, random_state=0)
    with pytest.raises(ValueError, match=what):
        ConformalRegressor(**options).fit(X, y).predict_interval(X)
