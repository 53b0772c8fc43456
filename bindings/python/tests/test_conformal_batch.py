"""Batches: ranks and sums against orders counted one by one, means against every combination."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import comb, inf

import numpy as np
import pytest
from scipy import stats

import quantcal

SIZES = [(0, 1), (0, 3), (1, 1), (1, 4), (2, 2), (3, 2), (2, 5), (4, 4), (5, 3), (9, 1), (6, 4)]
LEVELS = [0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9]


def rank_sequences(n: int, m: int) -> list[tuple[int, ...]]:
    """The ranks of the m test scores, for every order of n + m scores."""
    return [
        tuple(place - index + 1 for index, place in enumerate(places))
        for places in combinations(range(n + m), m)
    ]


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_ranks_are_those_of_all_orders(n: int, m: int) -> None:
    sequences = rank_sequences(n, m)
    for zeta in range(1, m + 1):
        counts = Counter(ranks[zeta - 1] for ranks in sequences)
        law = quantcal.conformal_batch_law(np.arange(n + 3), n, m, zeta)
        pmf = np.array([counts[k] for k in range(n + 3)]) / len(sequences)
        np.testing.assert_allclose(law.pmf, pmf, rtol=1e-13)
        np.testing.assert_allclose(law.at_most, pmf.cumsum(), rtol=1e-13)
        np.testing.assert_allclose(law.at_least, pmf[::-1].cumsum()[::-1], rtol=1e-13)
        for alpha in LEVELS:
            most = Fraction(str(alpha)) * len(sequences)
            lower = max(k for k in range(n + 2) if sum(counts[j] for j in range(k + 1)) <= most)
            upper = min(
                k for k in range(n + 2) if sum(counts[j] for j in range(k + 1, n + 2)) <= most
            )
            bounds = quantcal.conformal_batch_rank(n, m, zeta, alpha_lower=alpha)
            assert bounds == (lower, n + 1)
            bounds = quantcal.conformal_batch_rank(n, m, zeta, alpha_upper=alpha)
            assert bounds == (0, upper)


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_brackets_are_the_first_that_suffice(n: int, m: int) -> None:
    sequences = rank_sequences(n, m)
    for low, high in combinations_with_replacement(range(1, m + 1), 2):
        for alpha in LEVELS:
            lower, upper = (n + 1) * low // (m + 1), -(-(n + 1) * high // (m + 1))
            step = 0
            while True:
                inside = sum(r[low - 1] > lower and r[high - 1] <= upper for r in sequences)
                if inside >= (1 - Fraction(str(alpha))) * len(sequences):
                    break
                step += 1
                if step % 2 == 1:
                    upper = min(upper + 1, n + 1)
                else:
                    lower = max(lower - 1, 0)
            bracket = quantcal.conformal_batch_bracket(n, m, low, high, alpha)
            assert bracket[:2] == (lower, upper)
            assert bracket.probability == pytest.approx(inside / len(sequences), rel=1e-12)


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_rank_sums_are_those_of_all_orders(n: int, m: int) -> None:
    sums = sorted(sum(ranks) - m for ranks in rank_sequences(n, m))
    for alpha in LEVELS:
        needed = (1 - Fraction(str(alpha))) * len(sums)
        expected = sums[max(-(-needed.numerator // needed.denominator), 1) - 1]
        assert quantcal.conformal_batch_rank_sum(n, m, alpha) == expected


def test_large_ranks_have_scipys_law(rng: np.random.Generator) -> None:
    for _ in range(300):
        n, m = (int(size) for size in rng.integers(1, 3000, 2))
        zeta = int(rng.integers(1, m + 1))
        ranks = rng.integers(1, n + 2, 5)
        found = quantcal.conformal_batch_law(ranks, n, m, zeta)
        # How many of n uniforms are below the zeta-th smallest of m.
        expected = stats.betabinom(n, zeta, m - zeta + 1).pmf(ranks - 1)
        np.testing.assert_allclose(found.pmf, expected, rtol=1e-7, atol=1e-280)
        alpha = float(rng.uniform(0.001, 0.49))
        bounds = quantcal.conformal_batch_rank(n, m, zeta, alpha_lower=alpha, alpha_upper=alpha)
        at_most = quantcal.conformal_batch_law(
            [*bounds, bounds[0] + 1, bounds[1] - 1], n, m, zeta
        ).at_most
        assert at_most[0] <= alpha < at_most[2]
        assert at_most[3] < 1 - alpha <= at_most[1]


def test_published_and_counted_examples() -> None:
    rank = quantcal.conformal_batch_rank
    assert rank(200, 40, 20, alpha_upper=0.05).upper == 127
    assert rank(40, 10, 5, alpha_upper=0.1).upper == 28
    assert rank(20, 10, 5, alpha_upper=0.1).upper == 15
    assert rank(99, 5, 5, alpha_upper=0.1).upper == 98
    assert rank(100, 10, 2, alpha_lower=0.1).lower == 5
    assert quantcal.conformal_batch_rank_sum(10, 5, 0.1) == 36
    assert quantcal.conformal_batch_rank_sum(4, 3, 0.2) == 8


def test_means_are_never_below_what_ranks_allow(rng: np.random.Generator) -> None:
    equal = 0
    for _ in range(400):
        n, m = int(rng.integers(0, 7)), int(rng.integers(1, 5))
        scores = np.where(rng.random(n) < 0.3, rng.integers(0, 3, n), rng.standard_normal(n))
        total = int(rng.integers(0, n * m + 1))
        known = [*np.sort(scores), 4.0]
        best = max(
            sum(known[v] for v in places) / m
            for places in combinations_with_replacement(range(n + 1), m)
            if sum(places) <= total
        )
        bound = quantcal.conformal_batch_mean(scores, m, total, upper=4.0)
        assert bound >= best - 1e-12
        equal += bound <= best + 1e-12
        single = quantcal.conformal_batch_mean(scores.astype(np.float32), m, total, upper=4.0)
        assert single == pytest.approx(bound, abs=1e-6)
        unbounded = quantcal.conformal_batch_mean(scores, m, total)
        assert (unbounded == inf) == (total >= n)
    assert equal > 100


def test_an_upper_bound_in_single_precision_is_one() -> None:
    scores = np.array([1, 1 + 2.0**-23], np.float32)
    assert quantcal.conformal_batch_mean(scores, 4, 1) == 1 + 2.0**-23


def test_order_statistics_are_the_sorted_scores(rng: np.random.Generator) -> None:
    for dtype in (np.float32, np.float64):
        scores = rng.standard_normal(200).round(1).astype(dtype)
        found = [quantcal.conformal_order_statistic(scores, rank) for rank in range(202)]
        assert found == [-inf, *np.sort(scores).tolist(), inf]


def test_the_law_of_the_paper_is_not_that_of_independent_ranks() -> None:
    n, m = 10, 5
    independent = np.array([1.0])
    for _ in range(m):
        independent = np.convolve(independent, np.full(n + 1, 1 / (n + 1)))
    wrong = int(np.argmax(independent.cumsum() >= 0.9))
    below = sum(sum(ranks) - m <= wrong for ranks in rank_sequences(n, m))
    assert wrong == 34
    assert below / comb(n + m, m) == pytest.approx(0.8728, abs=1e-4)


def test_what_is_outside_its_range_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="zeta is 4"):
        quantcal.conformal_batch_rank(5, 3, 4, alpha_upper=0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="strictly between 0 and 1"):
        quantcal.conformal_batch_rank(5, 3, 2)
    with pytest.raises(quantcal.QuantcalValueError, match="ranks\\[1\\] is -1"):
        quantcal.conformal_batch_law([0, -1], 5, 3, 2)
    with pytest.raises(quantcal.QuantcalValueError, match="2\\^32"):
        quantcal.conformal_batch_rank_sum(10**5, 10**5, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="scores\\[0\\]"):
        quantcal.conformal_batch_mean([3.0], 2, 1, upper=2.0)
