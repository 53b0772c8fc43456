"""Isotonic fits on a predictor, and predictions."""

from __future__ import annotations

import copy
import pickle
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.stats import spearmanr

import quantcal


def in_order(x: NDArray[Any], fitted: NDArray[Any], sign: int) -> bool:
    return all(
        sign * fitted[i] <= sign * fitted[j]
        for i in range(x.size)
        for j in range(x.size)
        if x[i] < x[j]
    )


def quantile_loss(y: Any, fitted: Any, weights: Any, level: float) -> float:
    r = y - fitted
    return float(np.sum(weights * np.where(r >= 0, level * r, (level - 1) * r)))


def least_quantile_loss(
    x: NDArray[Any], y: NDArray[Any], weights: NDArray[Any], level: float, sign: int, tied: bool
) -> float:
    """By a linear program: the fit, and the parts of each residual above and below."""
    n = y.size
    above, equal = [], []
    for i, j in combinations(range(n), 2):
        low, high = (i, j) if x[i] <= x[j] else (j, i)
        row = np.zeros(3 * n)
        row[low], row[high] = sign, -sign
        if x[i] != x[j]:
            above.append(row)
        elif tied:
            equal.append(row)
    residuals = np.hstack([np.eye(n), np.eye(n), -np.eye(n)])
    result = linprog(
        np.concatenate([np.zeros(n), level * weights, (1 - level) * weights]),
        A_ub=np.array(above) if above else None,
        b_ub=np.zeros(len(above)) if above else None,
        A_eq=np.vstack([residuals, *equal]),
        b_eq=np.concatenate([y, np.zeros(len(equal))]),
        bounds=[(None, None)] * n + [(0, None)] * (2 * n),
    )
    return float(result.fun)


@pytest.mark.parametrize("ties", ["secondary", "primary"])
def test_quantile_fits_reach_the_linear_programs_optimum(
    rng: np.random.Generator, ties: Any
) -> None:
    for round_ in range(150):
        n = int(rng.integers(1, 9))
        x, y = (rng.integers(0, 5, n).astype(float) for _ in range(2))
        weights = rng.integers(1, 4, n).astype(float)
        level, sign = (0.5, 0.25, 0.9)[round_ % 3], (1, -1)[round_ % 2]
        model = quantcal.isotonic_fit(
            x,
            y,
            weights=weights,
            increasing=sign > 0,
            loss="quantile",
            level=level,
            ties=ties,
            fitted=True,
        )
        assert model.fitted is not None
        assert in_order(x, model.fitted, sign)
        optimum = least_quantile_loss(x, y, weights, level, sign, ties == "secondary")
        assert quantile_loss(y, model.fitted, weights, level) == pytest.approx(optimum, abs=1e-9)


@pytest.mark.parametrize("loss", ["expectile", "huber", "power", "chebyshev"])
def test_a_tie_is_fitted_as_its_members_together(rng: np.random.Generator, loss: Any) -> None:
    """No common value of a tie is better than the fitted one, if all x are equal."""
    options: dict[str, Any] = {"loss": loss, "level": 0.8, "huber_threshold": 0.5, "power": 3.0}

    def cost(r: NDArray[Any], w: NDArray[Any]) -> float:
        size = np.abs(r)
        costs = {
            "expectile": np.where(r >= 0, 0.8, 0.2) * r**2,
            "huber": np.where(size <= 0.5, r**2 / 2, 0.5 * (size - 0.25)),
            "power": size**3,
        }
        return float(np.max(w * size) if loss == "chebyshev" else np.sum(w * costs[loss]))

    for _ in range(50):
        n = int(rng.integers(2, 8))
        y, w = rng.normal(size=n), rng.uniform(0.5, 2, n)
        model = quantcal.isotonic_fit(np.ones(n), y, weights=w, fitted=True, **options)
        assert model.fitted is not None and np.ptp(model.fitted) == 0
        best = min(cost(y - value, w) for value in np.linspace(y.min(), y.max(), 2001))
        assert cost(y - model.fitted, w) <= best * (1 + 1e-9)


@pytest.mark.parametrize(
    "loss", ["squared", "quantile", "expectile", "huber", "power", "chebyshev"]
)
def test_tertiary_ties_leave_a_tie_by_itself_alone(rng: np.random.Generator, loss: Any) -> None:
    """It lies as far from its fit as from what it would be by itself: the same. Nor are ties moved
    that are in order."""
    for _ in range(60):
        n = int(rng.integers(1, 8))
        y, weights = rng.integers(0, 9, n) / 4, rng.uniform(0.5, 2, n)
        options: Any = {"loss": loss, "level": 0.7, "huber_threshold": 0.5, "ties": "tertiary"}
        alone = quantcal.isotonic_fit(np.ones(n), y, weights=weights, fitted=True, **options)
        np.testing.assert_allclose(alone.fitted, y, rtol=0, atol=1e-14)
        x, both = np.repeat([1.0, 2.0], n), np.concatenate([y, y + 5])
        pair = quantcal.isotonic_fit(x, both, weights=np.tile(weights, 2), fitted=True, **options)
        np.testing.assert_allclose(pair.fitted, both, rtol=0, atol=1e-13)


def test_fitted_values_lie_on_the_curve(rng: np.random.Generator) -> None:
    x, y = rng.integers(0, 50, 400).astype(float), rng.normal(size=400)
    weights = np.where(rng.random(400) < 0.2, 0.0, rng.random(400))
    model = quantcal.isotonic_fit(x, y, weights=weights, fitted=True)
    np.testing.assert_array_equal(model(x, outside="clip"), model.fitted)
    np.testing.assert_array_equal(model(model.knots), model.values)
    used = weights > 0
    mean = np.average(model.fitted[used], weights=weights[used])
    assert mean == pytest.approx(np.average(y[used], weights=weights[used]), abs=1e-12)


def test_knots_are_the_ends_of_runs(rng: np.random.Generator) -> None:
    model = quantcal.isotonic_fit(rng.random(1000), rng.normal(size=1000), fitted=True)
    same = np.diff(model.values) == 0
    assert not np.any(same[1:] & same[:-1])
    assert model.values.size < 200


def test_neither_order_nor_threads_change_a_fit(
    rng: np.random.Generator, restored_threads: None
) -> None:
    x = rng.integers(0, 100_000, 300_000).astype(float)
    y = x / 1e5 + rng.normal(size=x.size)
    models = []
    for count in (1, 2, 5):
        quantcal.set_thread_count(count)
        order = rng.permutation(x.size)
        models.append(quantcal.isotonic_fit(x[order], y[order]))
    for model in models[1:]:
        np.testing.assert_array_equal(model.knots, models[0].knots)
        np.testing.assert_array_equal(model.values, models[0].values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 2, 3, 30, 3000])
def test_predictions_interpolate(rng: np.random.Generator, dtype: Any, count: int) -> None:
    knots = np.unique(rng.normal(size=count).astype(dtype))
    values = rng.normal(size=knots.size).astype(dtype)
    queries = rng.uniform(-4, 4, 5000).astype(dtype)
    for x in (queries, np.sort(queries)):
        clipped = quantcal.isotonic_predict(knots, values, x, outside="clip")
        assert clipped.dtype == dtype
        tolerance = 1e-6 if dtype == np.float32 else 1e-13
        exact = np.interp(x.astype(float), knots.astype(float), values.astype(float))
        np.testing.assert_allclose(clipped, exact, rtol=tolerance, atol=tolerance)
        steps = quantcal.isotonic_predict(knots, values, x, interpolation="step", outside="clip")
        place = np.maximum(np.searchsorted(knots, x, side="right") - 1, 0)
        np.testing.assert_array_equal(steps, values[place])
        inside = (x >= knots[0]) & (x <= knots[-1]) | (knots.size == 1)
        plain = quantcal.isotonic_predict(knots, values, x)
        np.testing.assert_array_equal(np.isnan(plain), ~inside)
        np.testing.assert_array_equal(plain[inside], clipped[inside])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_predictions_keep_order_in_spite_of_rounding(rng: np.random.Generator, dtype: Any) -> None:
    knots = np.unique(np.cumsum(rng.random(50) ** 8).astype(dtype))
    values = np.sort(rng.normal(size=knots.size)).astype(dtype)
    queries = np.sort(rng.uniform(knots[0], knots[-1], 100_000)).astype(dtype)
    ascending = quantcal.isotonic_predict(knots, values, queries, outside="clip")
    assert np.all(np.diff(ascending) >= 0)
    order = rng.permutation(queries.size)
    shuffled = quantcal.isotonic_predict(knots, values, queries[order], outside="clip")
    np.testing.assert_array_equal(shuffled, ascending[order])


def test_knots_that_crowd_are_found(rng: np.random.Generator) -> None:
    """Equal cells would put nearly all of these knots into one."""
    knots = np.concatenate([[-1e6], np.unique(rng.random(5000) * 1e-9), [1e6]])
    values = np.arange(knots.size, dtype=float)
    queries = np.concatenate([rng.random(100_000) * 1e-9, rng.uniform(-1e6, 1e6, 1000), knots])
    steps = quantcal.isotonic_predict(knots, values, queries, interpolation="step")
    np.testing.assert_array_equal(steps, np.searchsorted(knots, queries, side="right") - 1)


def test_predictions_have_the_shape_of_the_queries() -> None:
    model = quantcal.isotonic_fit([1, 2, 3], [1, 2, 3])
    assert model(2.5).shape == ()
    assert model(2.5) == 2.5
    assert model([[1, 1.5], [2, 3]]).shape == (2, 2)
    assert model([]).shape == (0,)


def test_a_model_can_be_pickled_and_copied(rng: np.random.Generator) -> None:
    model = quantcal.isotonic_fit(rng.random(50), rng.random(50), increasing="auto", fitted=True)
    for again in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(again.knots, model.knots)
        np.testing.assert_array_equal(again(model.knots), model.values)
        np.testing.assert_array_equal(again.fitted, model.fitted)
        assert again.direction == model.direction


def test_the_direction_is_the_sign_of_spearmans_rho(rng: np.random.Generator) -> None:
    for _ in range(200):
        n = int(rng.integers(4, 12))
        x, y = rng.integers(0, 6, n), rng.integers(0, 6, n)
        answer = quantcal.isotonic_direction(x, y)
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            assert np.isnan(answer.correlation)
            assert answer.is_ambiguous and not answer.increasing
            continue
        rho = spearmanr(x, y)[0]
        assert answer.correlation == pytest.approx(rho, abs=1e-12)
        model = quantcal.isotonic_fit(x, y, increasing="auto")
        assert model.direction == answer


def test_mixed_precision_is_double() -> None:
    model = quantcal.isotonic_fit(np.float32([1, 2]), np.array([0.1, 0.2]))
    assert model.knots.dtype == model.values.dtype == np.float64
    assert quantcal.isotonic_fit(np.float32([1, 2]), np.float32([0, 1])).knots.dtype == np.float32


def test_refusals_name_the_argument() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=r"y has shape \(3,\)"):
        quantcal.isotonic_fit([1, 2], [1, 2, 3])
    with pytest.raises(quantcal.QuantcalValueError, match="ties is 'none'"):
        quantcal.isotonic_fit([1, 2], [1, 2], ties="none")  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="outside is 'never'"):
        quantcal.isotonic_predict([1], [1], [1], outside="never")  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match=r"queries\[1\] is nan"):
        quantcal.isotonic_predict([1], [1], [1, np.nan])


def test_a_fit_can_be_cancelled(rng: np.random.Generator) -> None:
    with pytest.raises(quantcal.Cancelled):
        quantcal.isotonic_fit(rng.random(100), rng.random(100), progress=lambda fraction: True)


def test_a_sequence_decides_its_direction(rng: np.random.Generator) -> None:
    for slope in (-1, 1):
        y = slope * np.arange(50) + rng.normal(size=50)
        decided = quantcal.isotonic_regression(y, increasing="auto")
        given = quantcal.isotonic_regression(y, increasing=slope > 0)
        np.testing.assert_array_equal(decided.x, given.x)
