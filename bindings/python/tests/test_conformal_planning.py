"""Planning: laws against SciPy and simulated sets, ranks and sizes against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import quantcal


def test_laws_are_scipys(rng: np.random.Generator) -> None:
    for _ in range(300):
        n = int(rng.integers(1, 3000))
        rank, m = int(rng.integers(1, n + 1)), int(rng.integers(0, 3000))
        beta = stats.beta(rank, n + 1 - rank)
        values = np.append(beta.rvs(5, random_state=rng), [0.0, 1.0, -0.5, 2.0])
        law = quantcal.conformal_coverage_law(values, n, rank)
        np.testing.assert_allclose(law.at_most, beta.cdf(values), rtol=1e-9, atol=1e-300)
        np.testing.assert_allclose(law.at_least, beta.sf(values), rtol=1e-9, atol=1e-300)
        levels = rng.random(5)
        quantiles = quantcal.conformal_coverage_quantile(levels, n, rank)
        np.testing.assert_allclose(quantiles, beta.ppf(levels), rtol=1e-9)

        betabinom = stats.betabinom(m, rank, n + 1 - rank)
        counts = rng.integers(0, m + 2, 8)
        covered = quantcal.conformal_covered_law(counts, n, rank, m)
        np.testing.assert_allclose(covered.pmf, betabinom.pmf(counts), rtol=1e-7, atol=1e-280)
        np.testing.assert_allclose(covered.at_most, betabinom.cdf(counts), rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(
            covered.at_least, betabinom.sf(counts - 1), rtol=1e-7, atol=1e-10
        )


def test_the_probabilities_of_all_counts_add_up() -> None:
    for n, rank, m in ((1, 1, 1), (9, 9, 1), (9, 1, 50), (99, 90, 1000), (5, 6, 4), (3, 2, 0)):
        law = quantcal.conformal_covered_law(np.arange(m + 1), n, rank, m)
        assert law.pmf.sum() == pytest.approx(1, rel=1e-12)
        np.testing.assert_allclose(law.at_most, law.pmf.cumsum(), rtol=1e-12)
        np.testing.assert_allclose(law.at_least, law.pmf[::-1].cumsum()[::-1], rtol=1e-12)


def test_quantiles_are_the_first_to_reach_their_level(rng: np.random.Generator) -> None:
    for _ in range(200):
        n, m = int(rng.integers(1, 60)), int(rng.integers(0, 60))
        rank = int(rng.integers(1, n + 2))
        at_most = quantcal.conformal_covered_law(np.arange(m + 1), n, rank, m).at_most
        levels = rng.random(4)
        expected = [int(np.argmax(at_most >= level)) for level in levels]
        assert quantcal.conformal_covered_quantile(levels, n, rank, m).tolist() == expected


def test_a_pac_rank_is_the_smallest_that_is_sure(rng: np.random.Generator) -> None:
    for _ in range(500):
        n = int(rng.integers(0, 2000))
        alpha, delta = rng.uniform(0.01, 0.99, 2)
        rank = quantcal.conformal_pac_rank(n, alpha, delta)
        failing = stats.binom.sf(np.arange(n + 2) - 1, n, 1 - alpha)
        assert failing[rank] <= delta * (1 + 1e-9)
        assert rank == 1 or failing[rank - 1] > delta * (1 - 1e-9)


def test_a_pac_rank_is_sure_when_drawn(rng: np.random.Generator) -> None:
    n, alpha, delta, draws = 60, 0.2, 0.1, 20_000
    rank = quantcal.conformal_pac_rank(n, alpha, delta)
    coverage = np.sort(rng.random((draws, n)), axis=1)[:, rank - 1]
    failing = stats.binom.sf(rank - 1, n, 1 - alpha)
    assert failing <= delta
    low, high = stats.binom.interval(1 - 1e-6, draws, failing)
    assert low <= np.sum(coverage < 1 - alpha) <= high


def test_a_sample_size_is_the_first_that_suffices(rng: np.random.Generator) -> None:
    for _ in range(60):
        alpha, delta = float(np.round(rng.uniform(0.02, 0.6), 2)), float(rng.uniform(0.01, 0.3))
        tolerance = float(rng.uniform(0.01, 0.3))
        size = quantcal.conformal_sample_size(alpha, tolerance, delta)

        def within(n: int, alpha: float = alpha, tolerance: float = tolerance) -> float:
            rank = quantcal.conformal_rank(n, alpha)
            beta = stats.beta(rank, n + 1 - rank)
            if rank > n:
                return 0.0  # the threshold would be infinite
            return float(beta.cdf(1 - alpha + tolerance) - beta.cdf(1 - alpha - tolerance))

        assert within(size) >= 1 - delta - 1e-9
        assert all(within(n) < 1 - delta + 1e-9 for n in range(1, size))


def test_where_the_rank_is_whole_379_scores_are_the_first_within_three_percent() -> None:
    def outside(n: int) -> float:
        law = quantcal.conformal_coverage_law([0.87, 0.93], n, quantcal.conformal_rank(n, 0.1))
        return float(law.at_most[0] + law.at_least[1])

    assert next(n for n in range(9, 1000, 10) if outside(n) <= 0.05) == 379


def test_what_no_number_gives_is_infeasible() -> None:
    with pytest.raises(quantcal.Infeasible, match=r"10\^8"):
        quantcal.conformal_pac_sample_size(1e-9, 0.05)
    with pytest.raises(quantcal.QuantcalValueError, match="counts\\[1\\] is -1"):
        quantcal.conformal_covered_law([0, -1], 3, 2, 5)
