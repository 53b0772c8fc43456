"""Isotonic distributional regression: against separate fits, and by its properties."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.optimize import isotonic_regression, nnls

import quantcal
from quantcal import isotonic_distribution


def separate_fits(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Knots, thresholds, and at each threshold by itself SciPy's falling fit."""
    knots, thresholds = np.unique(x), np.unique(y)
    whole = np.array([weights[x == knot].sum() for knot in knots])
    columns = []
    for threshold in thresholds:
        part = np.array([weights[(x == knot) & (y <= threshold)].sum() for knot in knots])
        columns.append(isotonic_regression(part / whole, weights=whole, increasing=False).x)
    return knots, thresholds, np.stack(columns, 1)


@pytest.mark.parametrize("kind", ["ties", "signal", "independent", "falling"])
def test_equals_separate_fits(kind: str) -> None:
    random = np.random.default_rng(1)
    for n in [1, 2, 5, 30, 200]:
        for with_weights in [False, True]:
            x = random.integers(0, 12, n) if kind == "ties" else random.uniform(size=n)
            noise = random.normal(size=n)
            y = {
                "ties": np.round(2 * noise),
                "signal": 3 * x + noise,
                "independent": noise,
                "falling": noise - 5 * x,
            }[kind]
            weights = random.exponential(size=n) if with_weights else np.ones(n)
            fit = isotonic_distribution(x, y, weights=weights)
            knots, thresholds, values = separate_fits(x.astype(float), y, weights)
            assert np.array_equal(fit.thresholds, thresholds)
            np.testing.assert_allclose(fit.cdf(knots), values, rtol=1e-12, atol=1e-13)
            queries = random.uniform(knots[0] - 1, knots[-1] + 1, 20)
            between = np.stack([np.interp(queries, knots, column) for column in values.T], 1)
            np.testing.assert_allclose(fit.cdf(queries), between, rtol=1e-12, atol=1e-13)


def precedes(x: np.ndarray) -> np.ndarray:
    """Which rows precede which."""
    return (x[:, None] <= x[None]).all(2)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_several_dimensions_meet_the_conditions_of_the_optimum(dimensions: int) -> None:
    """Residuals press along the order: what is pressed down is held by what is below it."""
    random = np.random.default_rng(11 + dimensions)
    for _ in range(400):
        n = int(random.integers(1, 12))
        x = np.unique(random.integers(0, 3, (n, dimensions)), axis=0).astype(float)
        n = len(x)
        y = random.integers(0, 4, n).astype(float)
        weights = random.integers(1, 4, n).astype(float)
        fit = isotonic_distribution(x, y, weights=weights)
        order = precedes(x)
        for threshold, values in zip(fit.thresholds, fit.cdf(x).T, strict=True):
            assert np.all((values[:, None] >= values[None])[order])
            residuals = weights * ((y <= threshold) - values)
            # Of every block the sum is 0, and no lower set of it has a positive one: by a program
            # for flows along the order within blocks, from what is too high to what is too low.
            equal = np.abs(values[:, None] - values[None]) < 1e-12
            first, second = np.nonzero(order & equal & ~np.eye(n, dtype=bool))
            flows = np.zeros((n, first.size))
            flows[first, np.arange(first.size)] = -1
            flows[second, np.arange(first.size)] = 1
            if first.size == 0:
                assert np.abs(residuals).max() < 1e-12
                continue
            _, rest = nnls(flows, residuals)
            assert rest < 1e-9


def test_a_line_in_the_plane_is_one_dimension() -> None:
    random = np.random.default_rng(14)
    x = random.normal(size=300)
    y = x + random.normal(size=300)
    line = isotonic_distribution(np.stack([x, np.exp(x)], 1), y)
    assert line.dimensions == 2
    assert np.array_equal(line.cdf(np.stack([x, np.exp(x)], 1)), isotonic_distribution(x, y).cdf(x))
    with pytest.raises(quantcal.QuantcalValueError, match=r"x has shape \(300, 1\)"):
        line.cdf(x)


def test_crps_in_the_plane_is_the_least() -> None:
    random = np.random.default_rng(15)
    x = random.uniform(size=(400, 2))
    y = x.sum(1) + random.normal(size=400)
    fit = isotonic_distribution(x, y)
    assert fit.crps(x, y).mean() < isotonic_distribution(x[:, 0], y).crps(x[:, 0], y).mean()
    draws = fit.pit(x, y, seed=1)
    lower, upper = fit.pit_bounds(x, y)
    assert np.all((lower <= draws) & (draws <= upper))


def test_crps_is_the_least_among_isotonic_forecasts() -> None:
    random = np.random.default_rng(2)
    x = random.uniform(size=300)
    y = 2 * x + random.normal(size=300)
    fit = isotonic_distribution(x, y)
    best = fit.crps(x, y).mean()
    for other in [isotonic_distribution(x, y + 0.1), isotonic_distribution(x, y, weights=1 + x)]:
        assert other.crps(x, y).mean() > best
    assert isotonic_distribution(np.zeros(300), y).crps(np.zeros(300), y).mean() > best


def test_quantiles_of_one_group_are_those_of_the_sample() -> None:
    y = np.random.default_rng(3).normal(size=101)
    levels = np.linspace(0.005, 0.995, 199)
    fit = isotonic_distribution(np.zeros(101), y)
    expected = np.quantile(y, levels, method="inverted_cdf")
    assert np.array_equal(fit.quantile([0.0], levels)[0], expected)
    assert np.array_equal(fit.quantile([0.0, 1.0], 0.5), [np.median(y)] * 2)


def test_transforms_are_uniform() -> None:
    random = np.random.default_rng(4)
    x = random.uniform(size=8000)
    y = random.poisson(3 + 4 * x)
    fit = isotonic_distribution(x[:6000], y[:6000])
    draws = fit.pit(x[6000:], y[6000:], seed=1)
    lower, upper = fit.pit_bounds(x[6000:], y[6000:])
    assert np.all((lower <= draws) & (draws <= upper))
    assert np.abs(np.sort(draws) - np.linspace(0, 1, 2000)).max() < 0.05
    assert np.array_equal(draws, fit.pit(x[6000:], y[6000:], seed=1))
    assert not np.array_equal(draws, fit.pit(x[6000:], y[6000:], seed=2))


def test_single_covariate_with_censoring_is_kaplan_meier() -> None:
    y = [1, 2, 2, 3, 4, 5]
    fit = isotonic_distribution(np.zeros(6), y, events=[True, True, False, True, False, True])
    survival = np.cumprod([5 / 6, 4 / 5, 2 / 3, 0])
    assert np.array_equal(fit.thresholds, [1, 2, 3, 5])
    np.testing.assert_allclose(fit.cdf([0.0])[0], 1 - survival, rtol=1e-15)


def test_mass_beyond_all_thresholds() -> None:
    fit = isotonic_distribution([1, 2], [1, 2], events=[1, 0])
    assert fit.quantile([2.0], 0.5)[0] == np.inf
    assert fit.crps([2.0], [1.0])[0] == np.inf
    assert fit.cdf([2.0], np.inf)[0] == 0


def test_copies_and_pickles() -> None:
    x = np.arange(6, dtype=np.float32)
    fit = isotonic_distribution(x, np.cos(x))
    for again in [pickle.loads(pickle.dumps(fit)), copy.copy(fit), copy.deepcopy(fit)]:
        assert again.dtype == np.float32
        assert again.to_bytes() == fit.to_bytes()
        assert np.array_equal(again.cdf(x), fit.cdf(x))
    with pytest.raises(quantcal.QuantcalValueError, match="checksum"):
        quantcal.IsotonicDistribution.from_bytes(fit.to_bytes()[:-1] + b"?")
    with pytest.raises(quantcal.QuantcalValueError, match="dtype is int64"):
        quantcal.IsotonicDistribution.from_bytes(fit.to_bytes(), np.int64)


def test_types() -> None:
    single = isotonic_distribution(np.array([1, 2, 3], np.float32), [3, 1, 2])
    assert single.cdf([1.0]).dtype == single.thresholds.dtype == np.float32
    assert single.crps([1], [2]).dtype == np.float32
    assert isotonic_distribution([1, 2], [2, 1]).quantile([1], [0.5]).dtype == np.float64
    assert single.cdf([1, 2], 2.0).shape == (2,)
    assert single.cdf([1, 2], [2.0]).shape == (2, 1)
    assert single.cdf([], [2.0]).shape == (0, 1)
    assert repr(single) == "IsotonicDistribution(3 thresholds, float32)"
    with pytest.raises(ValueError, match="read-only"):
        single.thresholds[0] = 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [[[1, 2]]]}, "x has shape"),
        ({"x": [[1, 2]]}, "y has shape"),
        ({"x": [[], []]}, "dimensions is 0"),
        ({"x": [[1, 2], [3, 4]], "events": [1, 0]}, "dimensions is 2; with censored outcomes"),
        ({"y": [1]}, "y has shape"),
        ({"weights": [1]}, "weights has shape"),
        ({"events": [1]}, "events has shape"),
        ({"events": [1, 2]}, r"events\[1\] is 2"),
        ({"events": [1, 257]}, r"events\[1\] is 2"),
        ({"events": [1, -256]}, r"events\[1\] is 2"),
        ({"x": [], "y": []}, "n is 0"),
    ],
)
def test_refusals(change: dict[str, object], message: str) -> None:
    arguments = {"x": [1, 2], "y": [1, 2]} | change
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        isotonic_distribution(**arguments)


def test_wrong_types() -> None:
    with pytest.raises(TypeError, match="events has dtype float64"):
        isotonic_distribution([1, 2], [1, 2], events=[0.5, 1.0])
    with pytest.raises(TypeError, match="x has dtype"):
        isotonic_distribution(["a", "b"], [1, 2])
    fit = isotonic_distribution([1, 2], [1, 2])
    with pytest.raises(quantcal.QuantcalValueError, match="seed is -1"):
        fit.pit([1], [1], seed=-1)
    with pytest.raises(quantcal.QuantcalValueError, match="y has shape"):
        fit.crps([1, 2], [1])


def test_threads_share_one() -> None:
    random = np.random.default_rng(5)
    x = random.uniform(size=5000)
    y = x + random.normal(size=5000)
    fit = isotonic_distribution(x, y)
    expected = fit.crps(x, y)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: fit.crps(x, y), range(8)))
    assert all(np.array_equal(result, expected) for result in results)


def test_progress() -> None:
    fractions: list[float] = []
    x = np.arange(20000.0)
    isotonic_distribution(x, -x, progress=fractions.append)
    assert len(fractions) > 1 and fractions == sorted(fractions) and fractions[0] == 0
    with pytest.raises(quantcal.Cancelled):
        isotonic_distribution(x, x, progress=lambda fraction: True)
    with pytest.raises(ZeroDivisionError):
        isotonic_distribution(x, x, progress=lambda fraction: 1 / 0)
