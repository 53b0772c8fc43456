"""Cross-conformal intervals: against all candidates sorted; what arguments may be."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal

SIDES = ("symmetric", "asymmetric", "lower", "upper")
PAIRS = tuple(product(("plus", "minmax"), SIDES))


def _sorted_ends(
    means: NDArray[Any], residuals: NDArray[Any], alpha: float, method: str, sides: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The definition, by the matrix of test by training points."""
    n = residuals.size
    level = Fraction(str(alpha)) / (2 if sides == "asymmetric" else 1)
    low = math.floor(level * (n + 1))
    below = -residuals if sides == "symmetric" else residuals

    def of_rank(values: NDArray[Any], rank: int) -> NDArray[Any]:
        edge = np.full((*values.shape[:-1], 1), np.inf, values.dtype)
        return np.concatenate([-edge, np.sort(values), edge], axis=-1)[..., rank]

    with np.errstate(over="ignore"):
        if method == "plus":
            lower, upper = of_rank(means + below, low), of_rank(means + residuals, n + 1 - low)
        else:
            lower = means.min(axis=1) + of_rank(below, low)
            upper = means.max(axis=1) + of_rank(residuals, n + 1 - low)
    if sides == "lower":
        upper = np.full_like(upper, np.inf)
    if sides == "upper":
        lower = np.full_like(lower, -np.inf)
    return lower, upper


def _residuals(rng: np.random.Generator, n: int, sides: str) -> NDArray[Any]:
    signed = rng.choice(
        [rng.standard_normal(n), rng.integers(-3, 4, n) * 1.0, rng.standard_cauchy(n) ** 5]
    )
    signed[rng.random(n) < rng.choice([0.0, 0.2])] = np.inf
    return np.abs(signed) if sides == "symmetric" else signed * rng.choice([-1, 1], n)


@pytest.mark.parametrize(("method", "sides"), PAIRS)
@pytest.mark.parametrize("real", [np.float64, np.float32])
def test_the_ends_are_those_of_the_whole_matrix(method: str, sides: str, real: Any) -> None:
    rng = np.random.default_rng(8)
    for trial in range(150):
        n, folds, m = int(rng.integers(1, 400)), int(rng.integers(1, 9)), int(rng.integers(1, 4))
        scale = 10.0 ** rng.choice([-30, 0, 30])
        with np.errstate(over="ignore"):
            residuals = (_residuals(rng, n, sides) * scale).astype(real)
        spread = rng.choice([0.0, 1e-3, 1.0, 1e3])
        predictions = rng.standard_normal((m, 1)) + spread * rng.standard_normal((m, folds))
        predictions = (predictions * scale).astype(real)
        fold = np.minimum(rng.geometric(0.4, n) - 1, folds - 1)
        alpha = float(rng.integers(1, 100)) / 100
        expected = _sorted_ends(predictions[:, fold], residuals, alpha, method, sides)
        ends = quantcal.conformal_cross_intervals(
            residuals, predictions, alpha, fold=fold, method=method, sides=sides
        )
        for found, wanted in zip(ends, expected, strict=True):
            assert found.dtype == real
            np.testing.assert_array_equal(found, wanted, err_msg=f"{trial}: {n}, {folds}, {alpha}")


@pytest.mark.parametrize(("method", "sides"), PAIRS)
@pytest.mark.parametrize("aggregation", ["mean", "median"])
def test_the_bootstrap_leaves_out_the_models_that_know_a_point(
    method: str, sides: str, aggregation: str
) -> None:
    rng = np.random.default_rng(9)
    for _ in range(50):
        n, models = int(rng.integers(2, 80)), int(rng.integers(4, 20))
        in_bag = rng.poisson(1, (n, models))
        in_bag[np.arange(n), rng.integers(0, models, n)] = 0
        # Sums of these are exact, in whatever order.
        predictions = rng.integers(-64, 64, (3, models)) / 8
        allowed = np.where(in_bag == 0, 0.0, np.nan)
        out = predictions[:, np.newaxis, :] + allowed
        means = (np.nanmean if aggregation == "mean" else np.nanmedian)(out, axis=2)
        residuals = _residuals(rng, n, sides)
        expected = _sorted_ends(means, residuals, 0.2, method, sides)
        ends = quantcal.conformal_cross_bootstrap_intervals(
            residuals, in_bag, predictions, 0.2, method=method, sides=sides, aggregation=aggregation
        )
        np.testing.assert_array_equal(ends, expected)
        own = rng.integers(-64, 64, (n, models)) / 8
        out_of_bag = quantcal.conformal_cross_bootstrap_predictions(
            in_bag > 0, own, aggregation=aggregation
        )
        aggregate = np.nanmean if aggregation == "mean" else np.nanmedian
        np.testing.assert_array_equal(out_of_bag, aggregate(own + allowed, axis=1))


def test_a_point_in_every_bag_widens() -> None:
    in_bag = np.ones((9, 3), bool)
    in_bag[1:, 0] = False
    residuals = np.array([np.nan, 1, 2, 3, 4, 5, 6, 7, 8])
    predictions = np.zeros((1, 3))
    ends = quantcal.conformal_cross_bootstrap_intervals(residuals, in_bag, predictions, 0.2)
    assert [end[0] for end in ends] == [-8.0, 8.0]
    ends = quantcal.conformal_cross_bootstrap_intervals(residuals, in_bag, predictions, 0.1)
    assert [end[0] for end in ends] == [-np.inf, np.inf]
    means = quantcal.conformal_cross_bootstrap_predictions(in_bag, np.ones((9, 3)))
    assert np.isnan(means[0])
    assert (means[1:] == 1).all()


def test_blocks_of_test_points_change_nothing() -> None:
    rng = np.random.default_rng(10)
    residuals, fold = np.abs(rng.standard_normal(5000)), rng.integers(0, 5, 5000)
    predictions = rng.standard_normal((1000, 5))
    whole = quantcal.conformal_cross_intervals(residuals, predictions, 0.1, fold=fold)
    parts = [
        quantcal.conformal_cross_intervals(residuals, block, 0.1, fold=fold)
        for block in np.array_split(predictions, 7)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts, axis=1))


def test_types_and_lists_are_taken_as_they_come() -> None:
    single = np.array([0.5, 1.0, 0.25, 0.75], np.float32)
    fold, row = np.array([0, 0, 1, 1], np.uint8), np.array([[2, 3]], np.float32)
    lower, upper = quantcal.conformal_cross_intervals(single, row, np.float32(0.4), fold=fold)
    assert lower.dtype == upper.dtype == np.float32
    lower, _ = quantcal.conformal_cross_intervals(single, [[2, 3]], 0.4, fold=[0, 0, 1, 1])
    assert lower.dtype == np.float64
    lower, upper = quantcal.conformal_cross_intervals([1, 2], [[0, 0]], 0.1)
    assert lower[0] == -np.inf
    assert upper[0] == np.inf


def test_progress_is_told_and_stops() -> None:
    predictions = np.zeros((50_000, 2))
    residuals, fold = np.arange(1000.0), np.arange(1000) % 2
    told: list[float] = []
    quantcal.conformal_cross_intervals(residuals, predictions, 0.1, fold=fold, progress=told.append)
    assert len(told) > 1
    assert told == sorted(told)
    with pytest.raises(quantcal.Cancelled):
        quantcal.conformal_cross_intervals(
            residuals, predictions, 0.1, fold=fold, progress=lambda done: done > 0.2
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], [1.0, 2.0], 0.1), "predictions"),
        (([[1.0, 2.0]], [[1.0, 2.0]], 0.1), "residuals"),
        (([1.0, -2.0], [[1.0, 2.0]], 0.1), "absolute residuals must be >= 0"),
        (([1.0, 2.0], [[1.0, 2.0]], 1.0), "alpha"),
        (([1.0, 2.0], [[1.0, 2.0, 3.0]], 0.1), "fold"),
    ],
)
def test_faulty_calls_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        quantcal.conformal_cross_intervals(*arguments)


def test_faulty_folds_bags_and_names_are_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="fold"):
        quantcal.conformal_cross_intervals([1.0, 2.0], [[1.0]], 0.1, fold=[0])
    with pytest.raises(quantcal.QuantcalValueError, match="fold"):
        quantcal.conformal_cross_intervals([1.0, 2.0], [[1.0]], 0.1, fold=[0, 2**40])
    call: Any = quantcal.conformal_cross_intervals
    with pytest.raises(quantcal.QuantcalValueError, match="method"):
        call([1.0], [[1.0]], 0.1, method="naive")
    with pytest.raises(quantcal.QuantcalValueError, match="in_bag"):
        quantcal.conformal_cross_bootstrap_predictions([[1, 0]], [[1.0, 2.0, 3.0]])
    with pytest.raises(TypeError, match="in_bag"):
        quantcal.conformal_cross_bootstrap_predictions([[0.5, 0.0]], [[1.0, 2.0]])
