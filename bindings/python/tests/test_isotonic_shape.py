"""Unimodal and convex regression: against exact arithmetic, nonnegative least squares, and by
their properties."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import isotonic_regression, nnls

import quantcal

CURVATURES = ("convex", "concave")
MONOTONICITIES = ("any", "increasing", "decreasing")

# -- Unimodal ----------------------------------------------------------------------------


def best_split(y: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """The best of all splits into a rising and a falling part, each fitted by SciPy."""
    fits = []
    for k in range(y.size):
        parts = [
            isotonic_regression(y[part], weights=weights[part], increasing=rises).x
            for part, rises in ((slice(k), True), (slice(k, None), False))
            if y[part].size
        ]
        x = np.concatenate(parts)
        fits.append((float(np.sum(weights * (y - x) ** 2)), x))
    return min(fits, key=lambda fit: fit[0])


@pytest.mark.parametrize("shape", ["peak", "valley"])
def test_unimodal_is_the_best_of_all_splits(rng: np.random.Generator, shape: str) -> None:
    sign = 1 if shape == "peak" else -1
    for round in range(300):
        n = int(rng.integers(1, 30))
        y = rng.integers(-4, 5, n).astype(float) if round % 2 else rng.normal(size=n)
        weights = rng.random(n) + 0.1 if round % 3 else np.ones(n)
        error, x = best_split(sign * y, weights)
        fit = quantcal.isotonic_unimodal(y, weights=weights, shape=shape)
        assert np.sum(weights * (y - fit.x) ** 2) <= error * (1 + 1e-12) + 1e-14
        rises = np.diff(sign * fit.x)
        assert np.all(rises[: fit.mode] >= 0) and np.all(rises[fit.mode :] <= 0)
        if round % 2 == 0:  # without ties the solution is unique
            np.testing.assert_allclose(sign * fit.x, x, rtol=0, atol=1e-13)


def test_the_mode_found_is_the_smallest_of_the_best(rng: np.random.Generator) -> None:
    for _ in range(200):
        y = rng.integers(0, 4, int(rng.integers(1, 12))).astype(float)
        fits = [quantcal.isotonic_unimodal(y, mode=mode).x for mode in range(y.size)]
        errors = [float(np.sum((y - x) ** 2)) for x in fits]
        best = next(mode for mode, error in enumerate(errors) if error <= min(errors) + 1e-12)
        found = quantcal.isotonic_unimodal(y)
        assert found.mode == best
        np.testing.assert_array_max_ulp(found.x, fits[best], maxulp=1)


@pytest.mark.parametrize("shape", ["peak", "valley"])
def test_a_given_mode_agrees_with_nonnegative_least_squares(
    rng: np.random.Generator, shape: str
) -> None:
    """A fit is its value at the mode, less what the steps away from it go down."""
    sign = 1.0 if shape == "peak" else -1.0
    for round in range(300):
        n = int(rng.integers(1, 16))
        y = rng.integers(-4, 5, n).astype(float) if round % 2 else rng.normal(size=n)
        weights = rng.integers(1, 5, n) / 4 if round % 3 else np.ones(n)
        mode = int(rng.integers(n))
        place = np.arange(n)
        steps = [place <= k for k in range(mode)] + [place >= k for k in range(mode + 1, n)]
        columns = -np.array([np.ones(n), -np.ones(n), *steps], float).T
        scale = np.sqrt(weights)
        factors, _ = nnls(columns * scale[:, None], sign * y * scale)
        best = sign * (columns @ factors)
        x = quantcal.isotonic_unimodal(y, weights=weights, shape=shape, mode=mode).x
        np.testing.assert_allclose(x, best, rtol=0, atol=1e-12)
        error = np.sum(weights * (y - best) ** 2)
        assert np.sum(weights * (y - x) ** 2) <= error * (1 + 1e-13) + 1e-14


def test_a_given_mode_is_the_highest_point(rng: np.random.Generator) -> None:
    y, weights = rng.normal(size=400), rng.random(400)
    for mode in (0, 1, 200, 398, 399):
        fit = quantcal.isotonic_unimodal(y, weights=weights, mode=mode)
        rises = np.diff(fit.x)
        assert fit.mode == mode
        assert np.all(rises[:mode] >= 0) and np.all(rises[mode:] <= 0)
        again = quantcal.isotonic_unimodal(fit.x, weights=weights, mode=mode)
        np.testing.assert_array_max_ulp(again.x, fit.x, maxulp=1)


def test_a_large_offset_costs_unimodal_no_accuracy(rng: np.random.Generator) -> None:
    y = np.round(rng.normal(size=3000) - np.linspace(-3, 3, 3000) ** 2, 5)
    plain, shifted = quantcal.isotonic_unimodal(y), quantcal.isotonic_unimodal(y + 1e9)
    assert shifted.mode == plain.mode
    np.testing.assert_allclose(shifted.x - 1e9, plain.x, rtol=0, atol=3e-7)


# -- Convex ------------------------------------------------------------------------------


def hinges(x: np.ndarray, curvature: str, monotonicity: str) -> np.ndarray:
    """Columns whose nonnegative combinations are the functions wanted, at x."""
    sign = 1.0 if curvature == "convex" else -1.0
    ends = np.unique(x)
    columns = [np.ones_like(x), -np.ones_like(x)]
    if monotonicity == "any":
        columns += [x - ends[0], ends[0] - x]
    if monotonicity == "any" or (monotonicity == "increasing") == (sign > 0):
        knots = ends[1:-1] if monotonicity == "any" else ends[:-1]
        columns += [sign * np.maximum(0, x - knot) for knot in knots]
    else:
        columns += [sign * np.maximum(0, knot - x) for knot in ends[1:]]
    return np.array(columns).T


@pytest.mark.parametrize("curvature", CURVATURES)
@pytest.mark.parametrize("monotonicity", MONOTONICITIES)
def test_convex_agrees_with_nonnegative_least_squares(
    rng: np.random.Generator, curvature: str, monotonicity: str
) -> None:
    for round in range(150):
        n = int(rng.integers(1, 25))
        x = [rng.normal(size=n), rng.integers(0, 9, n).astype(float)][round % 2]
        y = rng.normal(size=n) + rng.choice([-1, 0, 1]) * x**2
        weights = rng.random(n) + 0.1 if round % 3 else np.ones(n)
        columns, scale = hinges(x, curvature, monotonicity), np.sqrt(weights)
        factors, _ = nnls(columns * scale[:, None], y * scale)
        fit = quantcal.isotonic_convex(
            x, y, weights=weights, curvature=curvature, monotonicity=monotonicity
        )
        np.testing.assert_allclose(fit.fitted, columns @ factors, rtol=0, atol=1e-8)
        least = np.sum(weights * (y - columns @ factors) ** 2)
        assert np.sum(weights * (y - fit.fitted) ** 2) <= least * (1 + 1e-13) + 1e-14


def exact_fit(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, knots: np.ndarray
) -> list[Fraction]:
    """The least squares fit that bends at the knots, as values at them, in rationals."""
    t = [Fraction(knot) for knot in knots.tolist()]
    diagonal, beside, right = ([Fraction(0)] * len(t) for _ in range(3))
    for one, value, weight in zip(
        *(map(Fraction, a.tolist()) for a in (x, y, weights)), strict=True
    ):
        k = min(max(sum(knot <= one for knot in t), 1), len(t) - 1)
        share = (one - t[k - 1]) / (t[k] - t[k - 1])
        diagonal[k - 1] += weight * (1 - share) ** 2
        diagonal[k] += weight * share**2
        beside[k] += weight * share * (1 - share)
        right[k - 1] += weight * (1 - share) * value
        right[k] += weight * share * value
    for k in range(1, len(t)):
        factor = beside[k] / diagonal[k - 1]
        diagonal[k] -= factor * beside[k]
        right[k] -= factor * right[k - 1]
    values = [right[-1] / diagonal[-1]]
    for k in range(len(t) - 2, -1, -1):
        values.insert(0, (right[k] - beside[k + 1] * values[0]) / diagonal[k])
    return values


def test_convex_is_optimal_in_exact_arithmetic(rng: np.random.Generator) -> None:
    """The values at the knots are those of the exact fit, which bends the right way and cannot be
    bettered by another bend: the conditions of the optimum, without a tolerance."""
    for noise in (1.0, 0.1, 1e-4):
        x = np.sort(rng.exponential(size=90)).round(6)
        y, weights = (x**2 + noise * rng.normal(size=90)).round(9), rng.random(90).round(3) + 0.001
        fit = quantcal.isotonic_convex(x, y, weights=weights)
        values = exact_fit(x, y, weights, fit.knots)
        np.testing.assert_allclose(fit.values, [float(v) for v in values], rtol=0, atol=2e-13)
        t = [Fraction(knot) for knot in fit.knots.tolist()]
        slopes = [
            (b - a) / (d - c) for a, b, c, d in zip(values, values[1:], t, t[1:], strict=False)
        ]
        assert all(a < b for a, b in pairwise(slopes))
        rest = []
        for one, value, weight in zip(
            *(map(Fraction, a.tolist()) for a in (x, y, weights)), strict=True
        ):
            k = min(max(sum(knot <= one for knot in t), 1), len(t) - 1)
            line = values[k - 1] + slopes[k - 1] * (one - t[k - 1])
            rest.append((one, weight * (value - line)))
        for knot in map(Fraction, x.tolist()):
            assert sum(force * max(one - knot, Fraction(0)) for one, force in rest) <= 0


@pytest.mark.parametrize("curvature", CURVATURES)
@pytest.mark.parametrize("monotonicity", MONOTONICITIES)
def test_convex_has_the_shape_and_its_knots(
    rng: np.random.Generator, curvature: str, monotonicity: str
) -> None:
    sign = 1 if curvature == "convex" else -1
    for n in (3, 50, 4000):
        x = rng.normal(size=n)
        y = np.sin(x) + 0.3 * rng.normal(size=n)
        fit = quantcal.isotonic_convex(x, y, curvature=curvature, monotonicity=monotonicity)
        assert fit.knots[0] == x.min() and fit.knots[-1] == x.max()
        assert np.all(np.diff(fit.knots) > 0) and np.isin(fit.knots, x).all()
        slopes = np.diff(fit.values) / np.diff(fit.knots)
        assert np.all(sign * np.diff(slopes) > 0)
        np.testing.assert_allclose(
            fit.fitted, np.interp(x, fit.knots, fit.values), rtol=0, atol=1e-13
        )
        steps = np.diff(fit.fitted[np.argsort(x)])
        assert monotonicity != "increasing" or np.all(steps >= 0)
        assert monotonicity != "decreasing" or np.all(steps <= 0)


def test_knots_are_where_the_data_bend(rng: np.random.Generator) -> None:
    """Of points on a few lines; a node that was tried on the way and bends nothing is none."""
    for _ in range(100):
        n = int(rng.integers(3, 400))
        x = np.arange(n, dtype=float)
        bends = np.unique(rng.integers(1, n - 1, int(rng.integers(0, 4))))
        y = sum((np.maximum(0, x - bend) for bend in bends), -x)
        fit = quantcal.isotonic_convex(x, y, weights=rng.integers(1, 4, n))
        assert fit.knots.tolist() == [0, *bends, n - 1]
        np.testing.assert_allclose(fit.fitted, y, rtol=0, atol=1e-12 * n)


def test_convex_data_are_their_own_fit() -> None:
    x = np.linspace(-1, 1, 20001)
    fit = quantcal.isotonic_convex(x, x**2)
    np.testing.assert_allclose(fit.fitted, x**2, rtol=0, atol=1e-15)
    assert fit.knots.size > 19900


def test_reflections_agree(rng: np.random.Generator) -> None:
    x, y, weights = rng.normal(size=300), rng.normal(size=300), rng.random(300)
    fit = quantcal.isotonic_convex(x, y, weights=weights, monotonicity="increasing").fitted
    concave = {"weights": weights, "curvature": "concave"}
    falling = quantcal.isotonic_convex(-x, y, weights=weights, monotonicity="decreasing")
    upside_down = quantcal.isotonic_convex(x, -y, **concave, monotonicity="decreasing")
    turned = quantcal.isotonic_convex(-x, -y, **concave, monotonicity="increasing")
    assert falling.fitted.tobytes() == fit.tobytes()
    assert (-upside_down.fitted).tobytes() == fit.tobytes()
    assert (-turned.fitted).tobytes() == fit.tobytes()


def test_the_order_of_points_and_how_weight_is_split_do_not_matter(
    rng: np.random.Generator,
) -> None:
    x, y, weights = rng.normal(size=200), rng.normal(size=200), rng.random(200)
    fit = quantcal.isotonic_convex(x, y, weights=weights)
    order = rng.permutation(200)
    shuffled = quantcal.isotonic_convex(x[order], y[order], weights=weights[order])
    assert shuffled.fitted.tobytes() == fit.fitted[order].tobytes()
    twice = quantcal.isotonic_convex(
        np.tile(x, 2), np.tile(y, 2), weights=np.concatenate([weights / 4, weights * 0.75])
    )
    np.testing.assert_allclose(twice.fitted[:200], fit.fitted, rtol=0, atol=1e-13)


def test_types_follow_both_arrays(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=50).astype(np.float32), rng.normal(size=50)
    assert quantcal.isotonic_convex(x, y).fitted.dtype == np.float64
    single = quantcal.isotonic_convex(x, y.astype(np.float32))
    assert single.fitted.dtype == single.knots.dtype == single.values.dtype == np.float32
    assert quantcal.isotonic_unimodal(x).x.dtype == np.float32


def test_what_is_no_option_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="curvature is 'flat'"):
        quantcal.isotonic_convex([1, 2], [1, 2], curvature="flat")
    with pytest.raises(quantcal.QuantcalValueError, match="monotonicity is 'up'"):
        quantcal.isotonic_convex([1, 2], [1, 2], monotonicity="up")
    with pytest.raises(quantcal.QuantcalValueError, match="shape is 'hill'"):
        quantcal.isotonic_unimodal([1, 2], shape="hill")
    with pytest.raises(quantcal.QuantcalValueError, match="mode is -1"):
        quantcal.isotonic_unimodal([1, 2], mode=-1)
    with pytest.raises(quantcal.QuantcalValueError, match=r"y has shape \(3,\)"):
        quantcal.isotonic_convex([1, 2], [1, 2, 3])


def test_progress_stops_the_work(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=5000), rng.normal(size=5000)
    for call in (
        lambda progress: quantcal.isotonic_convex(x, x**2, progress=progress),
        lambda progress: quantcal.isotonic_unimodal(y, progress=progress),
    ):
        fractions: list[float] = []
        call(fractions.append)
        assert len(fractions) > 1 and fractions == sorted(fractions) and fractions[-1] <= 1
        with pytest.raises(quantcal.Cancelled):
            call(lambda fraction: True)
