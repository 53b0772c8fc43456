"""Isotonic regression: against SciPy, against exact arithmetic, and by its properties."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import quantcal


def pooled_exactly(y: list[float], weights: list[float]) -> list[Fraction]:
    """Pool adjacent violators in rational arithmetic."""
    blocks: list[tuple[Fraction, Fraction, int]] = []  # weighted sum, weight, points
    for value, weight in zip(y, weights, strict=True):
        block = (Fraction(value) * Fraction(weight), Fraction(weight), 1)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            above = blocks.pop()
            block = (above[0] + block[0], above[1] + block[1], above[2] + block[2])
        blocks.append(block)
    return [total / weight for total, weight, points in blocks for _ in range(points)]


def exact_blocks(
    y: np.ndarray, weights: np.ndarray, increasing: bool
) -> tuple[list[int], list[float]]:
    """Where the blocks of the exact fit begin and end, and their weights."""
    order = slice(None) if increasing else slice(None, None, -1)
    x = pooled_exactly(y[order].tolist(), weights[order].tolist())[order]
    starts = [0, *(place for place in range(1, len(x)) if x[place] != x[place - 1])]
    return [*starts, len(x)], np.add.reduceat(weights, starts).tolist()


def shapes_of_data(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    return {
        "noise": rng.normal(size=n),
        "trend": np.arange(n) / max(n, 1) * 3 + rng.normal(size=n),
        "ties": rng.integers(0, 4, n).astype(float),
        "labels": (rng.random(n) < np.linspace(0, 1, n)).astype(float),
        "sorted": np.sort(rng.normal(size=n)),
        "reversed": np.sort(rng.normal(size=n))[::-1],
        "constant": np.full(n, 2.5),
    }


@pytest.mark.parametrize("increasing", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("n", [1, 2, 3, 17, 64, 1000, 4099])
def test_agrees_with_scipy(
    rng: np.random.Generator, n: int, weighted: bool, increasing: bool
) -> None:
    scipy_is_right = 0
    for name, y in shapes_of_data(rng, n).items():
        weights = rng.integers(1, 5, n).astype(float) if weighted else np.ones(n)
        given = {"weights": weights if weighted else None, "increasing": increasing}
        ours = quantcal.isotonic_regression(y, **given)
        theirs = scipy.optimize.isotonic_regression(y, **given)
        np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-12, atol=1e-14, err_msg=name)
        assert ours.blocks.dtype == theirs.blocks.dtype and ours.weights.dtype == np.float64
        # Where rounding makes SciPy split a block, exact arithmetic decides.
        blocks, block_weights = exact_blocks(y, weights, increasing)
        assert ours.blocks.tolist() == blocks, name
        assert ours.weights.tolist() == block_weights, name
        scipy_is_right += theirs.blocks.tolist() == blocks
    assert scipy_is_right >= 5


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e15])
def test_is_exact_to_the_last_places_whatever_the_offset(
    rng: np.random.Generator, offset: float
) -> None:
    y = (rng.normal(size=700) + offset).tolist()
    weights = rng.random(700).tolist()
    exact = [float(one) for one in pooled_exactly(y, weights)]
    fit = quantcal.isotonic_regression(y, weights=weights)
    np.testing.assert_array_max_ulp(fit.x, np.array(exact), maxulp=2)


@pytest.mark.parametrize(("dtype", "largest"), [(np.float64, 300), (np.float32, 36)])
@pytest.mark.parametrize("signs", ["positive", "mixed"])
@pytest.mark.parametrize("increasing", [True, False])
def test_is_exact_to_the_last_places_at_any_scale(
    rng: np.random.Generator, dtype: Any, largest: int, signs: str, increasing: bool
) -> None:
    """Values from 1e-300 to 1e300 within 2 ulp, with weights of other scales, some of them 0;
    values of both signs, too, whose sums cancel but for what rounding has left of them."""
    order = slice(None) if increasing else slice(None, None, -1)
    for exponent in np.linspace(-largest, largest, 13):
        for heaviness in (-largest / 2, 0, largest / 2):
            for _ in range(15):
                n = int(rng.integers(1, 16))
                least = 1 if signs == "positive" else -9
                y = (rng.integers(least, 10, n) / 3 * 10.0**exponent).astype(dtype)
                weights = (rng.integers(0, 5, n) / 7 * 10.0**heaviness).astype(dtype)
                weights[rng.integers(n)] = 10.0**heaviness
                kept = weights > 0
                fit = quantcal.isotonic_regression(y, weights=weights, increasing=increasing)
                exact = pooled_exactly(y[kept][order].tolist(), weights[kept][order].tolist())
                nearest = np.array([float(one) for one in exact[order]]).astype(dtype)
                assert np.all(np.abs(fit.x[kept] - nearest) <= 2 * np.spacing(np.abs(nearest)))


@pytest.mark.parametrize("n", [5, 30, 64, 65, 200, 1500])
@pytest.mark.parametrize("span", [0, 10])
@pytest.mark.parametrize("increasing", [True, False])
def test_is_exact_where_sums_cancel(
    rng: np.random.Generator, n: int, span: int, increasing: bool
) -> None:
    """Parts of whole numbers that add up to 0: what rounding leaves of such a sum decides between
    blocks, and is the value of some."""
    order = slice(None) if increasing else slice(None, None, -1)
    cancelled = 0
    for repeat in range(max(30, 600 // n)):
        parts = rng.integers(-9, 10, n)
        counts = rng.integers(0, 5, n)
        counts[0] = 1
        parts[0] -= (parts * counts).sum()
        y = (parts / rng.choice([3, 7, 49]))[order]
        weights = (counts / 7)[order]
        if repeat % 3 > 0:
            falling = np.argsort(-y)[order]
            y, weights = y[falling], weights[falling]
        if repeat % 3 > 1:
            weights *= 10.0 ** rng.uniform(-span, span, n)
        kept = weights > 0
        fit = quantcal.isotonic_regression(y, weights=weights, increasing=increasing)
        exact = pooled_exactly(y[kept][order].tolist(), weights[kept][order].tolist())[order]
        nearest = np.array([float(one) for one in exact])
        np.testing.assert_array_max_ulp(fit.x[kept], nearest, maxulp=2)
        cancelled += np.any((nearest != 0) & (np.abs(nearest) < 1e-14))
    assert cancelled > 0


@pytest.mark.parametrize("span", [0, 8, 22, 28])
@pytest.mark.parametrize("shape", ["trend", "outcomes", "wave", "walk"])
def test_points_are_dropped_only_where_they_are_no_borders(
    rng: np.random.Generator, shape: str, span: int
) -> None:
    """Longer sequences, of which most points are never pooled one by one; with weights of so many
    orders of magnitude."""
    for n in (200, 1000, 3000):
        t = np.linspace(0, 1, n)
        y = {
            "trend": t * 5 + rng.normal(size=n),
            "outcomes": (rng.random(n) < t).astype(float),
            "wave": np.sin(t * 20) + 0.01 * rng.normal(size=n),
            "walk": np.cumsum(rng.normal(size=n)),
        }[shape]
        for weights in (
            10.0 ** rng.uniform(-span / 2, span / 2, n),
            np.where(rng.random(n) < 0.02, 10.0**span, 1) * rng.uniform(0.5, 1, n),
        ):
            fit = quantcal.isotonic_regression(y, weights=weights)
            exact = [float(one) for one in pooled_exactly(y.tolist(), weights.tolist())]
            np.testing.assert_array_max_ulp(fit.x, np.array(exact), maxulp=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_at_the_ends_of_the_range_are_small_integers_scaled(
    rng: np.random.Generator, dtype: Any
) -> None:
    """A power of two passes through, long sequences included, and whatever the weights'."""
    top = np.finfo(dtype).maxexp - 4  # |y| reaches the largest binade
    for n in (6, 64, 1000, 200_000):
        y = rng.integers(-8, 9, n).astype(dtype) + np.linspace(0, 7, n).round().astype(dtype)
        weights = rng.integers(0, 4, n).astype(dtype)
        weights[n // 2] = 1
        plain = quantcal.isotonic_regression(y, weights=weights)
        for value in (top, -top):
            for weight in (top - 20, -top, 0):
                fit = quantcal.isotonic_regression(
                    np.ldexp(y, value), weights=np.ldexp(weights, weight)
                )
                np.testing.assert_array_equal(fit.blocks, plain.blocks)
                np.testing.assert_array_equal(fit.x, np.ldexp(plain.x, value))
                np.testing.assert_array_equal(fit.weights, np.ldexp(plain.weights, weight))


def test_single_precision_stays_single(rng: np.random.Generator) -> None:
    y = rng.normal(size=500).astype(np.float32)
    weights = rng.random(500).astype(np.float32)
    fit = quantcal.isotonic_regression(y, weights=weights)
    assert fit.x.dtype == fit.weights.dtype == np.float32
    exact = np.array([float(one) for one in pooled_exactly(y.tolist(), weights.tolist())])
    np.testing.assert_array_max_ulp(fit.x, exact.astype(np.float32), maxulp=1)


def test_blocks_describe_the_fit(rng: np.random.Generator) -> None:
    y, weights = rng.normal(size=3000), rng.random(3000)
    fit = quantcal.isotonic_regression(y, weights=weights, increasing=False)
    starts = fit.blocks[:-1]
    assert fit.blocks[0] == 0 and fit.blocks[-1] == 3000
    assert np.all(np.diff(fit.x[starts]) < 0)
    np.testing.assert_array_equal(np.repeat(fit.x[starts], np.diff(fit.blocks)), fit.x)
    np.testing.assert_allclose(np.add.reduceat(weights, starts), fit.weights)
    np.testing.assert_allclose(np.average(fit.x, weights=weights), np.average(y, weights=weights))


def test_fitting_a_fit_changes_nothing(rng: np.random.Generator) -> None:
    fit = quantcal.isotonic_regression(rng.normal(size=2000))
    again = quantcal.isotonic_regression(fit.x)
    assert again.x.tobytes() == fit.x.tobytes()
    np.testing.assert_array_equal(again.blocks, fit.blocks)


def test_a_decreasing_fit_is_the_reversed_one(rng: np.random.Generator) -> None:
    y = rng.normal(size=999)
    down = quantcal.isotonic_regression(y, increasing=False)
    up = quantcal.isotonic_regression(y[::-1])
    assert down.x[::-1].tobytes() == up.x.tobytes()


def test_a_point_of_weight_0_joins_the_block_at_its_left() -> None:
    fit = quantcal.isotonic_regression([9.0, 1.0, -5.0, 2.0], weights=[0, 1, 0, 1])
    assert fit.x.tolist() == [1, 1, 1, 2]
    assert fit.blocks.tolist() == [0, 3, 4] and fit.weights.tolist() == [1, 1]


def test_no_points() -> None:
    fit = quantcal.isotonic_regression([])
    assert fit.x.shape == (0,) and fit.weights.shape == (0,) and fit.blocks.tolist() == [0]


def test_unused_room_is_given_back(rng: np.random.Generator) -> None:
    fit = quantcal.isotonic_regression(-np.arange(1000.0))
    assert len(fit.weights) == 1 and fit.weights.base is None
    assert fit.blocks.base is not None and fit.blocks.base.size == 2
