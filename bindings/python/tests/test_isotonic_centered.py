"""Centered isotonic regression: against SciPy's binomial tails, and by its properties."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

import quantcal

Study = tuple[np.ndarray, np.ndarray, np.ndarray]


def studies(rng: np.random.Generator, count: int) -> list[Study]:
    """Doses, shares of successes, trials."""
    found = []
    for _ in range(count):
        n = int(rng.integers(1, 10))
        trials = rng.integers(1, 30, n)
        x = np.sort(rng.choice(20, n, replace=False)).astype(float)
        found.append((x, rng.binomial(trials, x / 20) / trials, trials.astype(float)))
    return found


def tail(k: np.ndarray, n: np.ndarray, chance: float) -> float:
    """Morris's G of the first group."""
    g = 1.0
    for successes, trials in zip(k[::-1], n[::-1], strict=True):
        law = scipy.stats.binom(trials, chance)
        g = law.cdf(successes - 1) + law.pmf(successes) * g
    return g


def morris_upper(k: np.ndarray, n: np.ndarray, alpha: float) -> float:
    if np.all(k == n):
        return 1.0
    return scipy.optimize.brentq(
        lambda chance: tail(k, n, chance) - alpha, 1e-12, 1 - 1e-12, xtol=1e-15, rtol=1e-14
    )


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_bounds_solve_their_equations(rng: np.random.Generator, confidence: float) -> None:
    alpha = (1 - confidence) / 2
    for x, y, trials in studies(rng, 60):
        fit = quantcal.isotonic_centered(x, y, weights=trials, confidence=confidence)
        wilson = quantcal.isotonic_centered(
            x, y, weights=trials, confidence=confidence, interval="wilson"
        )
        used = fit.knot_weights > 0
        n, p = fit.knot_weights[used], fit.values[used]
        k = np.round(n * p)
        z = scipy.stats.norm.isf(alpha)
        root = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        for bound, side in [(wilson.knot_lower, -1), (wilson.knot_upper, 1)]:
            expected = (p + z**2 / (2 * n) + side * root) / (1 + z**2 / n)
            np.testing.assert_allclose(bound[used], expected, rtol=1e-12, atol=1e-15)
        upper = [morris_upper(k[j:], n[j:], alpha) for j in range(len(k))]
        upper = np.minimum(upper, wilson.knot_upper[used])
        upper = np.minimum.accumulate(upper[::-1])[::-1]
        # From the other side: failures, in the order in which they get more likely.
        j, m = (n - k)[::-1], n[::-1]
        lower = [1 - morris_upper(j[i:], m[i:], alpha) for i in range(len(j))][::-1]
        lower = np.maximum.accumulate(np.maximum(lower, wilson.knot_lower[used]))
        np.testing.assert_allclose(fit.knot_upper[used], upper, rtol=0, atol=1e-11)
        np.testing.assert_allclose(fit.knot_lower[used], lower, rtol=0, atol=1e-11)


def test_a_single_group_has_the_exact_binomial_interval() -> None:
    for k in range(8):
        fit = quantcal.isotonic_centered([1], [k / 7], weights=[7], confidence=0.99)
        wilson = quantcal.isotonic_centered(
            [1], [k / 7], weights=[7], confidence=0.99, interval="wilson"
        )
        exact = scipy.stats.binomtest(k, 7).proportion_ci(0.99, method="exact")
        np.testing.assert_allclose(fit.lower, np.maximum(exact.low, wilson.lower), atol=1e-12)
        np.testing.assert_allclose(fit.upper, np.minimum(exact.high, wilson.upper), atol=1e-12)


def test_the_curve_runs_straight_between_knots(rng: np.random.Generator) -> None:
    for x, y, trials in studies(rng, 40):
        fit = quantcal.isotonic_centered(x, y, weights=trials)
        queries = rng.uniform(-5, 25, (20, 3))
        np.testing.assert_allclose(
            fit.predict(queries), np.interp(queries, fit.knots, fit.values), rtol=1e-13
        )
        lower, upper = fit.predict_interval(x)
        assert fit.predict(x).tobytes() == fit.fitted.tobytes() == fit(x).tobytes()
        assert lower.tobytes() == fit.lower.tobytes() and upper.tobytes() == fit.upper.tobytes()
        assert fit.fitted.shape == x.shape and np.all(np.diff(fit.knots) > 0)


def test_pools_are_those_of_isotonic_regression(rng: np.random.Generator) -> None:
    y, weights = rng.normal(size=300), rng.random(300)
    fit = quantcal.isotonic_centered(np.arange(300), y, weights=weights, interval=None)
    blocks = quantcal.isotonic_regression(y, weights=weights)
    used = fit.knot_weights > 0
    np.testing.assert_array_max_ulp(fit.values[used], blocks.x[blocks.blocks[:-1]], maxulp=1)
    centres = np.add.reduceat(np.arange(300) * weights, blocks.blocks[:-1]) / blocks.weights
    np.testing.assert_allclose(fit.knots[used], centres, rtol=1e-12)
    assert fit.lower is fit.upper is fit.knot_lower is fit.knot_upper is None


def test_means_tie_where_fractions_do() -> None:
    y = np.array([1, 3, 0, 5]) / [7, 7, 14, 7]
    pooled = quantcal.isotonic_centered([1, 2, 3, 4], y, weights=[7, 7, 14, 7])
    assert pooled.knot_weights.tolist() == [0, 28, 7]
    apart = quantcal.isotonic_centered([1, 2, 3, 4], y, weights=[7, 7, 14, 7], ties="never")
    assert apart.knot_weights.tolist() == [7, 21, 7]


def test_single_precision_stays_single() -> None:
    x, y = np.array([1, 2, 3], np.float32), np.array([0.5, 0.25, 1], np.float32)
    fit = quantcal.isotonic_centered(x, y, weights=[4, 4, 2])
    assert all(array.dtype == np.float32 for array in vars(fit).values())
    assert quantcal.isotonic_centered(x.astype(float), y).values.dtype == np.float64


def test_a_fit_can_be_pickled() -> None:
    fit = quantcal.isotonic_centered([1, 2, 3], [0.5, 0.25, 1])
    again = pickle.loads(pickle.dumps(fit))
    assert again.predict([1.5]).tolist() == fit.predict([1.5]).tolist()


def test_refusals() -> None:
    fit = quantcal.isotonic_centered([1, 2], [3, 4], interval=None)
    with pytest.raises(quantcal.QuantcalValueError, match="interval=None"):
        fit.predict_interval([1])
    for options, message in [
        ({"ties": "some"}, "ties is 'some'"),
        ({"interval": "exact"}, "interval is 'exact'"),
        ({"confidence": 1}, "confidence is 1"),
        ({"y_range": (1, 0)}, "range_lower is 1"),
        ({"weights": [1, 2, 3]}, "weights has shape"),
        ({"weights": [1, 0.5]}, r"weights\[1\] is 0.5"),
    ]:
        with pytest.raises(quantcal.QuantcalValueError, match=message):
            quantcal.isotonic_centered([1, 2], [0, 1], **options)
    with pytest.raises(quantcal.QuantcalValueError, match="y has shape"):
        quantcal.isotonic_centered([1, 2], [0, 1, 1])
