"""Robust sets: against NumPy and SciPy, and the coverage that is left under an attack."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import quantcal


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_smoothed_scores_are_means_and_variances(rng: np.random.Generator, dtype: type) -> None:
    samples = rng.random((7, 5, 40)).astype(dtype)
    found = quantcal.conformal_smoothed_scores(samples)
    assert found.draws == 40
    exact = samples.astype(np.float64)
    np.testing.assert_allclose(found.means, exact.mean(axis=-1), rtol=1e-14)
    np.testing.assert_allclose(found.variances, exact.var(axis=-1, ddof=1), rtol=1e-12)
    parts = None
    for part in np.split(samples, [1, 10, 25], axis=-1):
        parts = quantcal.conformal_smoothed_scores(part, earlier=parts)
    assert parts is not None and parts.draws == 40
    np.testing.assert_allclose(parts.means, found.means, rtol=1e-14)
    np.testing.assert_allclose(parts.variances, found.variances, rtol=1e-12)


def test_bounds_are_those_of_the_normal_distribution(rng: np.random.Generator) -> None:
    means = np.concatenate([rng.random(300), 10.0 ** -rng.uniform(0, 12, 300)])
    shifts = 0.7 / 0.4
    for side, sign in (("lower", -1), ("upper", 1)):
        found = quantcal.conformal_robust_bounds(
            means, side=side, correction="exact_means", radius=0.7, sigma=0.4
        )
        exact = stats.norm.cdf(stats.norm.ppf(means) + sign * shifts)
        np.testing.assert_allclose(found, exact, rtol=1e-11)
        assert np.all(sign * found >= sign * exact * (1 - sign * 1e-15))


def test_exact_binomial_bounds_are_scipys() -> None:
    draws = 200
    counts = np.arange(draws + 1)
    for beta in (0.001, 0.05):
        lower, upper = (
            quantcal.conformal_robust_bounds(
                counts / draws, draws=draws, side=side, correction="clopper_pearson", beta=beta
            )
            for side in ("lower", "upper")
        )
        exact = np.nan_to_num(stats.beta.ppf(beta, counts, draws - counts + 1))
        np.testing.assert_allclose(lower, exact, rtol=1e-10)
        np.testing.assert_allclose(upper, 1 - exact[::-1], rtol=1e-10)


@pytest.mark.parametrize("correction", ["empirical_bernstein", "hoeffding", "clopper_pearson"])
def test_bounds_hold_as_often_as_promised(rng: np.random.Generator, correction: str) -> None:
    trials, draws, beta = 20_000, 50, 0.05
    for chance in (0.02, 0.3, 0.9):
        scores = quantcal.conformal_smoothed_scores(rng.random((trials, draws)) < chance)
        lower = quantcal.conformal_robust_bounds(scores, correction=correction, beta=beta)
        upper = quantcal.conformal_robust_bounds(
            scores, side="upper", correction=correction, beta=beta
        )
        most = stats.binom.ppf(1 - 1e-7, trials, beta)
        assert np.sum(lower > chance) <= most and np.sum(upper < chance) <= most


def attacked_coverage(rng: np.random.Generator, radius_known: float, draws: int = 3000) -> int:
    """A score that is 1 where the noisy input is positive: no attack moves a smoothed score
    further than one to the right."""
    n, noise, radius, sigma = 40, 100, 1.0, 0.5
    inputs = rng.standard_normal((draws, n + 1)) - 1
    inputs[:, n] += radius
    covered = 0
    for row in inputs:
        samples = row[:, np.newaxis] + sigma * rng.standard_normal((n + 1, noise)) > 0
        scores = quantcal.conformal_smoothed_scores(samples)
        threshold = quantcal.conformal_robust_threshold(
            scores.means[:n], 0.2, draws=noise, beta=0.01
        )
        bound = quantcal.conformal_robust_bounds(
            scores, beta=0.01, radius=radius_known, sigma=sigma
        )[n]
        covered += bool(bound <= threshold)
    return covered


def test_attacked_points_are_covered(rng: np.random.Generator) -> None:
    assert attacked_coverage(rng, 1.0) >= stats.binom.ppf(1e-7, 3000, 0.8)
    assert attacked_coverage(rng, 0.0) < stats.binom.ppf(1e-7, 3000, 0.8)


def test_a_rank_is_that_of_the_decimals() -> None:
    """0.3 - 2 * 0.05 is 0.2: the eighth of nine scores. As doubles it would be the ninth."""
    assert 0.3 - 2 * 0.05 < 0.2
    scores = np.arange(1, 10) / 100
    found = quantcal.conformal_robust_threshold(scores, 0.3, draws=10**6, beta=0.05)
    assert found == pytest.approx(0.08 + np.sqrt(np.log(20) / 2e6), rel=1e-12)


def test_transformed_scores_are_ranks_through_a_sigmoid(rng: np.random.Generator) -> None:
    reference = rng.integers(0, 50, 500) / 8
    scores = rng.integers(-5, 60, (30, 4)) / 8
    found = quantcal.conformal_transformed_scores(scores, reference, steepness=20, centre=0.6)
    share = (reference <= scores[..., np.newaxis]).mean(axis=-1)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-20 * (share - 0.6))), rtol=1e-12)
    assert quantcal.conformal_transformed_scores(np.float32([1]), [2]).dtype == np.float32


def test_what_is_missing_is_named() -> None:
    with pytest.raises(quantcal.QuantcalError, match="variances"):
        quantcal.conformal_robust_bounds([0.5], draws=10)
    with pytest.raises(quantcal.QuantcalValueError, match="draws is 0"):
        quantcal.conformal_robust_threshold([0.5], 0.2)
    with pytest.raises(quantcal.Infeasible, match="nothing is left"):
        quantcal.conformal_robust_threshold([0.5], 0.002, draws=10)
    with pytest.raises(quantcal.QuantcalValueError, match="earlier has shape"):
        first = quantcal.conformal_smoothed_scores([[0.5]])
        quantcal.conformal_smoothed_scores([[0.5], [1]], earlier=first)
