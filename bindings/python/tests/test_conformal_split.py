"""Conformal prediction: exact ranks, order statistics, sets, coverage."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import quantcal


def exact_rank(n: int, alpha: float) -> int:
    """The smallest integer >= (n + 1)(1 - alpha), for the decimal that `alpha` prints as."""
    return math.ceil((n + 1) * (1 - Fraction(Decimal(repr(alpha)))))


def test_ranks_are_exact_for_every_percent() -> None:
    wrong = sum(
        quantcal.conformal_rank(n, percent / 100) != exact_rank(n, percent / 100)
        for n in range(1001)
        for percent in range(1, 100)
    )
    assert wrong == 0


def test_ranks_are_exact_for_other_levels(rng: np.random.Generator) -> None:
    levels = [*rng.random(300), *10.0 ** -rng.uniform(1, 300, 50), *np.round(rng.random(300), 3)]
    for alpha in map(float, levels):
        if 0 < alpha < 1:
            for n in (0, 1, 24, 999, 10**6, 2**53 + 1, 2**62):
                assert quantcal.conformal_rank(n, alpha) == exact_rank(n, alpha), (n, alpha)


def test_a_single_precision_level_is_the_decimal_that_it_prints_as() -> None:
    assert quantcal.conformal_rank(9, np.float32(0.1)) == 9
    assert quantcal.conformal_rank(9, np.float16(0.1)) == 9
    assert quantcal.conformal_rank(9, float(np.float32(0.1))) == 9
    assert quantcal.conformal_rank(99, float(np.float32(0.9))) == 11  # 0.8999999761581421
    assert quantcal.conformal_rank(99, np.float32(0.9)) == 10
    assert quantcal.conformal_rank(99, Fraction(9, 10)) == 10  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [0, 1, 2, 9, 100, 1023, 1024, 1025, 70_000])
def test_the_threshold_is_an_order_statistic(rng: np.random.Generator, n: int, dtype: type) -> None:
    shapes = {
        "normal": rng.normal(size=n),
        "ties": rng.integers(0, 5, n),
        "sorted": np.sort(rng.normal(size=n)),
        "reversed": np.sort(rng.normal(size=n))[::-1],
        "constant": np.zeros(n),
        "heavy": rng.standard_cauchy(n) ** 5,
        "infinite": np.where(rng.random(n) < 0.3, np.inf, -np.inf),
        "organ pipe": np.minimum(np.arange(n), n - np.arange(n)),
    }
    for name, scores in shapes.items():
        scores = scores.astype(dtype)
        ordered = np.append(np.sort(scores), np.inf)
        for alpha in (0.001, 0.05, 0.1, 0.44, 0.5, 0.9, 0.999):
            expected = ordered[exact_rank(n, alpha) - 1]
            assert quantcal.conformal_threshold(scores, alpha) == expected, (name, alpha)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [1, 2, 7, 8, 9, 10, 64, 100])
def test_masks_are_what_packbits_makes(rng: np.random.Generator, classes: int, dtype: type) -> None:
    scores = rng.normal(size=(53, classes)).astype(dtype)
    for threshold in (0.3, float(scores[7, -1]), np.inf, -np.inf):
        sets = quantcal.conformal_sets(scores, threshold)
        inside = scores <= dtype(threshold)
        packed = np.packbits(inside, axis=1, bitorder="little")
        np.testing.assert_array_equal(sets.mask, packed)
        np.testing.assert_array_equal(sets.to_bool(), inside)
        np.testing.assert_array_equal(sets.sizes, inside.sum(axis=1))


def test_sets_are_arrays_of_booleans() -> None:
    sets = quantcal.conformal_sets([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], 1.5)
    assert len(sets) == 2 and sets.classes == 3
    assert np.asarray(sets).tolist() == [[True, False, False], [False, False, True]]
    assert np.asarray(sets).dtype == np.bool_
    assert np.asarray(sets, dtype=np.int8).sum(axis=0).tolist() == [1, 0, 1]


def test_no_rows() -> None:
    sets = quantcal.conformal_sets(np.empty((0, 3)), 1.0)
    assert sets.mask.shape == (0, 1) and sets.to_bool().shape == (0, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_intervals_are_rounded_once(rng: np.random.Generator, dtype: type) -> None:
    mean = rng.normal(size=1001).astype(dtype)
    lower, upper = quantcal.conformal_intervals(mean, dtype(0.3))
    np.testing.assert_array_equal(lower, mean - dtype(0.3))
    np.testing.assert_array_equal(upper, mean + dtype(0.3))
    assert lower.dtype == upper.dtype == dtype
    lower, upper = quantcal.conformal_intervals(mean, math.inf)
    assert np.all(lower == -np.inf) and np.all(upper == np.inf)


def test_coverage_is_what_is_promised(rng: np.random.Generator) -> None:
    """Over many draws, the share of covered points is rank / (n + 1)."""
    n, alpha, draws = 39, 0.25, 4000
    scores = rng.normal(size=(draws, n + 1))
    covered = sum(row[-1] <= quantcal.conformal_threshold(row[:-1], alpha) for row in scores)
    expected = quantcal.conformal_rank(n, alpha) / (n + 1)
    deviation = math.sqrt(expected * (1 - expected) / draws)
    assert abs(covered / draws - expected) < 4 * deviation
