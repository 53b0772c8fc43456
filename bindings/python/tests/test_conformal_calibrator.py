"""Calibrators against definitions in rationals, merges, pickles, and sizes beyond 2**24."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import quantcal


def exact_threshold(
    scores: np.ndarray, weights: np.ndarray, test_weight: float, alpha: float
) -> float:
    """The smallest score with at least 1 - alpha of all weight, in rationals."""
    least = (1 - Fraction(Decimal(repr(alpha)))) * (
        sum(map(Fraction, weights.tolist())) + Fraction(test_weight)
    )
    for score in np.unique(scores):
        if sum(map(Fraction, weights[scores <= score].tolist())) >= least:
            return float(score)
    return float("inf")


def test_weighted_thresholds_are_exact(rng: np.random.Generator) -> None:
    """Weights that a double cannot add: tenths, thirds, of several scales, with many ties."""
    kinds = [
        lambda n: rng.integers(0, 4, n) / 10,
        lambda n: rng.random(n),
        lambda n: np.full(n, 1 / 3),
        lambda n: 10.0 ** rng.integers(-9, 9, n),
    ]
    for trial in range(1500):
        n = int(rng.integers(1, 30))
        scores = rng.integers(0, 8, n).astype(float)
        weights = kinds[trial % 4](n)
        calibrator = quantcal.ConformalCalibrator(weighted=True)
        calibrator.update(scores, weights=weights)
        tests = [float(weights[0]) or 0.1, 0.3, 1.0]
        alpha = float(rng.choice([0.05, 0.1, 0.2, 0.25, 0.44, 0.5, 0.9]))
        expected = [exact_threshold(scores, weights, weight, alpha) for weight in tests]
        given = calibrator.point_thresholds(alpha, test_weights=tests)
        assert given.tolist() == expected, (scores, weights, tests, alpha)


def test_groups_are_calibrated_by_themselves(rng: np.random.Generator) -> None:
    scores = rng.normal(size=3000).round(2)
    groups = rng.integers(-1, 7, 3000)
    calibrator = quantcal.ConformalCalibrator(group_count=9)
    calibrator.update(scores, groups=groups)
    alphas = [0.02, 0.1, 0.5]
    thresholds = calibrator.thresholds(alphas)
    for group in range(9):
        members = scores[groups == group]
        expected = [quantcal.conformal_threshold(members, alpha) for alpha in alphas]
        assert thresholds[group].tolist() == expected
    assert calibrator.counts().tolist() == [int(np.sum(groups == group)) for group in range(9)]
    points = rng.integers(-1, 9, 200)
    expected = np.where(points < 0, np.inf, thresholds[points, 1])
    np.testing.assert_array_equal(calibrator.point_thresholds(0.1, groups=points), expected)


def test_a_last_group_of_all_points_is_the_marginal_one(rng: np.random.Generator) -> None:
    scores, groups = rng.normal(size=500), rng.integers(-1, 4, 500)
    calibrator = quantcal.ConformalCalibrator(group_count=4, last_group="all")
    calibrator.update(scores, groups=groups)
    assert calibrator.thresholds(0.1)[3] == quantcal.conformal_threshold(scores, 0.1)
    assert calibrator.thresholds(0.1)[1] == quantcal.conformal_threshold(scores[groups == 1], 0.1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_small_steps_are_one_large_one(rng: np.random.Generator, dtype: type) -> None:
    scores = rng.integers(0, 500, 40_000).astype(dtype)
    weights = rng.random(40_000).astype(dtype)
    whole = quantcal.ConformalCalibrator(weighted=True)
    whole.update(scores, weights=weights)
    steps = quantcal.ConformalCalibrator(weighted=True)
    merged = quantcal.ConformalCalibrator(weighted=True)
    for part in np.array_split(rng.permutation(40_000), 2000):
        steps.update(scores[part], weights=weights[part])
        other = quantcal.ConformalCalibrator(weighted=True)
        other.update(scores[part], weights=weights[part])
        merged.merge(other)
    assert steps.to_bytes() == whole.to_bytes() == merged.to_bytes()


def test_p_values_count(rng: np.random.Generator) -> None:
    scores, points = rng.integers(0, 20, 300), rng.integers(-2, 23, 100).astype(float)
    calibrator = quantcal.ConformalCalibrator()
    calibrator.update(scores)
    above = np.array([np.sum(scores >= point) for point in points])
    np.testing.assert_array_equal(calibrator.p_values(points), (1 + above) / 301)
    below = np.array([np.sum(scores <= point) for point in points])
    np.testing.assert_array_equal(calibrator.p_values(points, tail="lower"), (1 + below) / 301)
    strictly = np.array([np.sum(scores > point) for point in points])
    random = calibrator.p_values(points, randomised=True, seed=1)
    share = (random * 301 - strictly) / (1 + above - strictly)
    assert np.all(share > 0) and np.all(share <= 1)
    pieces = [
        calibrator.p_values(points[i : i + 7], randomised=True, seed=1, first_point=i)
        for i in range(0, 100, 7)
    ]
    np.testing.assert_array_equal(np.concatenate(pieces), random)
    assert np.any(calibrator.p_values(points, randomised=True, seed=2) != random)


def test_a_p_value_above_alpha_is_a_score_within_the_threshold(rng: np.random.Generator) -> None:
    """The two ways to decide are one: p > alpha if and only if the score is within."""
    for _ in range(200):
        n = int(rng.integers(1, 60))
        scores, points = rng.integers(0, 9, n).astype(float), np.arange(-1.0, 11)
        calibrator = quantcal.ConformalCalibrator()
        calibrator.update(scores)
        for alpha in (0.05, 0.1, 0.3, 0.5):
            inside = points <= calibrator.thresholds(alpha)[0]
            # In integers: (1 + above) > alpha * (n + 1).
            exact = Fraction(Decimal(repr(alpha))) * (n + 1)
            counts = np.rint(calibrator.p_values(points) * (n + 1)).astype(int)
            assert [count > exact for count in counts.tolist()] == inside.tolist()


def test_copies_and_pickles_go_their_own_way(rng: np.random.Generator) -> None:
    calibrator = quantcal.ConformalCalibrator(group_count=2, weighted=True, last_group="all")
    calibrator.update([1, 2, 3], weights=[1, 2, 3], groups=[0, 1, -1])
    for other in (copy.deepcopy(calibrator), pickle.loads(pickle.dumps(calibrator))):
        assert other.to_bytes() == calibrator.to_bytes()
        other.update([4], weights=[1], groups=[0])
        assert other.counts().tolist() == [2, 4]
        assert calibrator.counts().tolist() == [1, 3]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_more_than_two_to_the_24_scores(dtype: type) -> None:
    """Beyond this number single precision no longer counts one by one."""
    n = 2**24 + 1025
    scores = (np.arange(n) % 2**24).astype(dtype)[::-1]
    expected = {}
    for alpha in (0.1, 0.5, 1e-7):
        place = quantcal.conformal_rank(n, alpha) - 1
        # 0 to 1024 are there twice.
        expected[alpha] = float(place // 2 if place < 2 * 1025 else place - 1025)
        assert quantcal.conformal_threshold(scores, alpha) == expected[alpha]
    calibrator = quantcal.ConformalCalibrator()
    calibrator.update(scores)
    assert calibrator.thresholds(list(expected))[0].tolist() == list(expected.values())
    assert calibrator.counts().tolist() == [n]


def test_merging_another_thing_is_refused() -> None:
    calibrator = quantcal.ConformalCalibrator()
    with pytest.raises(TypeError, match="ConformalCalibrator"):
        calibrator.merge([1, 2])  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="are the same"):
        calibrator.merge(calibrator)
    with pytest.raises(quantcal.QuantcalValueError, match="other options"):
        calibrator.merge(quantcal.ConformalCalibrator(group_count=1))
    with pytest.raises(quantcal.QuantcalValueError, match="has shape"):
        calibrator.point_thresholds(0.1, test_weights=[1, 2], m=3)
