"""Range rules: against SciPy's integrals and optimizers, NumPy's percentiles, by brute force."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

import quantcal

RULES = [
    "min_max",
    "power_of_two",
    "percentile",
    "mse",
    "entropy",
    "aciq_gaussian",
    "aciq_laplace",
    "gaussian",
    "laplace",
    "half_quadratic",
    "least_squares",
    "mean_absolute",
    "learned_step",
    "dual_clipping",
]


def rounded(w: Any, grid: str, found: quantcal.GridParameters, **options: Any) -> Any:
    codes = quantcal.quantize_grid_encode(w, grid, *found, **options)
    columns = np.shape(w)[1]
    return quantcal.quantize_grid_decode(codes, grid, found.scales, columns, found.zeros, **options)


def loss(w: Any, grid: str, rule: Any, **options: Any) -> float:
    zeros, importance = options.pop("zeros", False), options.pop("importance", None)
    found = quantcal.quantize_range(w, grid, rule, zeros=zeros, importance=importance, **options)
    weights = 1 if importance is None else importance
    return float(np.sum((rounded(w, grid, found, **options).astype(float) - w) ** 2 * weights))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_min_max_is_what_scales_are(dtype: Any) -> None:
    w = np.random.default_rng(0).standard_normal((9, 300)).astype(dtype)
    for grid in ["int4", "uint4", "nf4", "e4m3fn", "midrise3", "log2_4"]:
        for granularity in ("group", "row", "tensor"):
            found = quantcal.quantize_range(w, grid, granularity=granularity)
            expected = quantcal.quantize_grid_scales(w, grid, granularity=granularity)
            np.testing.assert_array_equal(found.scales, expected)
            assert found.zeros is None


def test_affine_integers_are_those_of_quantize() -> None:
    w = np.random.default_rng(1).standard_normal((7, 100)).astype(np.float32) + 0.5
    for bits in range(2, 9):
        q = quantcal.quantize(w, bits, 32, symmetric=False)
        found = quantcal.quantize_range(w, f"uint{bits}", zeros=True, group_size=32)
        np.testing.assert_array_equal(found.scales, q.scales)
        np.testing.assert_array_equal(found.zeros, q.zeros)


def test_percentiles_are_those_of_numpy() -> None:
    random = np.random.default_rng(2)
    for _ in range(300):
        n = int(random.integers(1, 40)) if random.random() < 0.9 else 20_000
        w = random.choice([random.standard_normal(n), random.integers(-3, 4, n)])
        w = w.astype(np.float32)[None] + np.float32(5)
        percentile = float(random.choice([50, 75, 90, 99, 99.9, 99.99, 100]))
        for definition in ["linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf"]:
            rule = quantcal.quantize_range_rule(
                "percentile", percentile=percentile, definition=definition
            )
            found = quantcal.quantize_range(w, "uint8", rule, group_size=n)
            method: Any = definition
            value = np.percentile(w.astype(float), percentile, method=method)
            if definition == "inverted_cdf":
                # Of 20000 values NumPy takes one too far up for 99.9, as 99.9 / 100 is in doubles.
                rank = math.ceil(Fraction(str(percentile)) * n / 100)
                value = np.sort(w[0])[rank - 1]
            expected = value / 255
            assert found.scales[0, 0] == pytest.approx(expected, rel=1e-6)
            two_sided = quantcal.quantize_range(-w, "int4", rule, group_size=n)
            assert two_sided.scales[0, 0] == pytest.approx(expected * 255 / 7, rel=1e-6)


def exact_error(scale: float, levels: Any, density: Any) -> float:
    """The mean squared error of the nearest level, cell by cell."""
    edges = [-np.inf, *((levels[1:] + levels[:-1]) / 2 * scale), np.inf]
    total = 0.0
    for level, (low, high) in zip(levels, pairwise(edges), strict=True):
        total += integrate.quad(
            lambda x, c=level * scale: (x - c) ** 2 * density(x), max(low, -60), min(high, 60)
        )[0]
    return total


@pytest.mark.parametrize(
    "grid", ["midrise1", "midrise2", "midrise4", "midrise6", "ternary", "int4", "nf4", "e2m1fn"]
)
@pytest.mark.parametrize(("rule", "law"), [("gaussian", stats.norm), ("laplace", stats.laplace)])
def test_the_best_scale_for_a_distribution(grid: str, rule: str, law: Any) -> None:
    levels = quantcal.quantize_grid_levels(grid)
    levels = np.unique(levels[np.isfinite(levels)].astype(float))
    w = np.array([[1.0, -1.0] * 500 + [100.0]])
    spread = np.sqrt(np.mean(w**2)) if rule == "gaussian" else np.mean(np.abs(w))
    scale = quantcal.quantize_range(w, grid, rule, group_size=2000).scales[0, 0] / spread
    best = optimize.minimize_scalar(
        exact_error, bounds=(scale * 0.8, scale * 1.25), args=(levels, law.pdf), method="bounded"
    )
    least = exact_error(scale, levels, law.pdf)
    assert least == pytest.approx(best.fun, rel=1e-6)
    assert scale == pytest.approx(best.x, rel=2e-3)
    far = [exact_error(scale * factor, levels, law.pdf) for factor in (0.3, 0.5, 0.7, 1.5, 2, 3)]
    assert least < min(far)


def test_the_best_clip_of_more_bits_than_five() -> None:
    # QuEST's constants are 3.2766, 3.6010, 3.8849; these are less wrong.
    w = np.array([[1.0, -1.0] * 500 + [100.0]])
    spread = np.sqrt(np.mean(w**2))
    for bits, published in [(6, 3.2765972826), (7, 3.6010497188), (8, 3.8849386788)]:
        levels = np.arange(2**bits) - 2 ** (bits - 1) + 0.5
        scale = quantcal.quantize_range(w, f"midrise{bits}", "gaussian", group_size=2000).scales[
            0, 0
        ]
        clip = scale / spread * levels[-1]
        assert abs(clip - published) > 1e-3
        theirs = exact_error(published / levels[-1], levels, stats.norm.pdf)
        assert exact_error(clip / levels[-1], levels, stats.norm.pdf) < theirs


@pytest.mark.parametrize("zeros", [False, True])
def test_the_search_is_that_of_its_definition(zeros: bool) -> None:
    random = np.random.default_rng(3)
    for _ in range(100):
        w = (random.standard_t(2, (1, int(random.integers(1, 40)))) + 0.3).astype(np.float32)
        importance = random.integers(0, 4, w.shape[1]).astype(np.float32) + np.float32(0.5)
        norm = float(random.choice([0.7, 1, 2, 2.4]))
        grid = str(random.choice(["int2", "int4", "uint3"]))
        rule = quantcal.quantize_range_rule("mse", norm=norm, steps=40, low=0.3, high=1.1)
        found = quantcal.quantize_range(w, grid, rule, zeros=zeros, importance=importance)

        def error(parameters: quantcal.GridParameters, w: Any = w, grid: str = grid) -> float:
            apart = np.abs(rounded(w, grid, parameters).astype(float) - w)
            return float(np.sum(apart**norm * importance))  # noqa: B023

        candidates = []
        for factor in np.linspace(1.1, 0.3, 40):
            ends = np.array([[min(w.min(), 0), max(w.max(), 0)]]) * factor
            candidates.append(quantcal.quantize_range(ends.astype(np.float32), grid, zeros=zeros))
        assert error(found) <= min(map(error, candidates)) * (1 + 1e-4) + 1e-12
        refined = quantcal.quantize_range(
            w,
            grid,
            quantcal.quantize_range_rule(
                "mse", norm=norm, steps=40, low=0.3, high=1.1, refinements=20
            ),
            zeros=zeros,
            importance=importance,
        )
        assert error(refined) <= error(found)


def test_the_least_squares_of_three_levels_are_nearly_the_best() -> None:
    # The best k elements of largest magnitude, by exhaustion; the search gets there from 19 starts.
    random = np.random.default_rng(4)
    reached = 0
    for _ in range(200):
        w = random.standard_normal((1, 24)).astype(np.float32)
        ordered = np.sort(np.abs(w[0].astype(float)))[::-1]
        sums = np.cumsum(ordered)
        best = np.sum(ordered**2) - np.max(sums**2 / np.arange(1, 25))
        found = loss(w, "ternary", "least_squares")
        assert found >= best * (1 - 1e-5)
        reached += found <= best * (1 + 1e-5)
    assert reached >= 195


def test_zero_points_are_found_by_least_squares() -> None:
    w = np.random.default_rng(5).gamma(2.0, size=(16, 128)).astype(np.float32) + 3
    for grid in ["uint2", "uint4", "nf4"]:
        plain = loss(w, grid, "min_max", zeros=True)
        assert loss(w, grid, "least_squares", zeros=True) < 0.9 * plain
        assert loss(w, grid, "mse", zeros=True) <= plain
    importance = np.arange(128, dtype=np.float32)
    weighted = loss(w, "uint3", "least_squares", zeros=True, importance=importance)
    codes_for_all = quantcal.quantize_range(w, "uint3", "least_squares", zeros=True)
    apart = rounded(w, "uint3", codes_for_all).astype(float) - w
    assert weighted < np.sum(apart**2 * importance)


def test_half_quadratic_keeps_the_best_zero_point() -> None:
    random = np.random.default_rng(6)
    for _ in range(20):
        w = random.standard_t(3, (4, 64)).astype(np.float32)
        scale = (w.max(1) - w.min(1)) / 3
        found = quantcal.quantize_range(w, "uint2", "half_quadratic", zeros=True)
        start = quantcal.GridParameters(scale[:, None], -(w.min(1) / scale)[:, None])
        apart, before = (np.abs(rounded(w, "uint2", p) - w).sum(1) for p in (found, start))
        assert np.all(apart <= before * (1 + 1e-5))
        np.testing.assert_allclose(found.scales[:, 0], scale, rtol=1e-6)


def test_entropy_keeps_the_bulk_and_clips_outliers() -> None:
    w = np.random.default_rng(7).standard_normal((1, 20_000)).astype(np.float32)
    w[0, :3] = [60, -50, 40]
    rule = quantcal.quantize_range_rule("entropy", steps=256, low=1 / 64)
    scale = quantcal.quantize_range(w, "int8", rule, granularity="tensor").scales[0, 0]
    assert 3 < scale * 127 < 10


def test_microscaling_is_a_grid_and_a_rule() -> None:
    import ml_dtypes

    w = np.random.default_rng(8).standard_normal((8, 96)).astype(np.float32)
    formats = {
        "e2m1fn": (ml_dtypes.float4_e2m1fn, 2, 6.0),
        "e2m3fn": (ml_dtypes.float6_e2m3fn, 2, 7.5),
        "e3m2fn": (ml_dtypes.float6_e3m2fn, 4, 28.0),
        "e4m3fn": (ml_dtypes.float8_e4m3fn, 8, 448.0),
        "e5m2": (ml_dtypes.float8_e5m2, 15, 57344.0),
    }
    for grid, (element, largest_exponent, largest) in formats.items():
        found = quantcal.quantize_range(w, grid, "power_of_two", group_size=32)
        blocks = w.reshape(8, 3, 32)
        exponent = np.floor(np.log2(np.abs(blocks).max(2))) - largest_exponent
        np.testing.assert_array_equal(found.scales, np.exp2(exponent))
        shared = quantcal.quantize_grid_encode(found.scales, "e8m0fnu", [1], granularity="tensor")
        np.testing.assert_array_equal(shared, exponent + 127)
        clipped = np.clip(blocks / found.scales[:, :, None], -largest, largest)
        expected = clipped.astype(element).astype(np.float32) * found.scales[:, :, None]
        np.testing.assert_array_equal(
            rounded(w, grid, found, group_size=32), expected.reshape(8, 96)
        )


def test_two_levels_of_scales_are_two_calls() -> None:
    # NVFP4: the published example, to its digits.
    w = np.zeros((1, 32), np.float32)
    w[0, :3], w[0, 16:19] = [7.9, -3, 0.4], [0.05, 0.02, -0.011]
    blocks = quantcal.quantize_range(w, "e2m1fn", group_size=16).scales
    whole = quantcal.quantize_range(blocks, "e4m3fn", granularity="tensor").scales
    assert 1 / whole[0, 0] == pytest.approx(340.253, rel=1e-5)
    codes = quantcal.quantize_grid_encode(blocks, "e4m3fn", whole, granularity="tensor")
    stored = quantcal.quantize_grid_decode(codes, "e4m3fn", whole, 2, granularity="tensor")
    np.testing.assert_allclose(stored / whole, [[448, 2.75]], rtol=1e-6)
    found = quantcal.GridParameters(stored, None)
    back = rounded(w, "e2m1fn", found, group_size=16)
    np.testing.assert_allclose(back[0, :3], [7.9, -2.633, 0.6583], rtol=1e-3)
    np.testing.assert_allclose(back[0, 16:19], [0.04849, 0.01616, -0.01212], rtol=1e-3)


@pytest.mark.parametrize("rule", RULES)
def test_all_types_and_shapes(rule: str) -> None:
    import ml_dtypes

    w = np.random.default_rng(9).standard_normal((3, 50)).astype(ml_dtypes.bfloat16)
    zeros = rule == "half_quadratic"
    found = quantcal.quantize_range(w, "uint4", rule, zeros=zeros, group_size=20)
    assert found.scales.shape == (3, 3)
    again = quantcal.quantize_range(w.astype(np.float32), "uint4", rule, zeros=zeros, group_size=20)
    np.testing.assert_array_equal(found.scales, again.scales)
    for shape in [(0, 5), (3, 0)]:
        empty = quantcal.quantize_range(np.zeros(shape, np.float32), "nf4", rule, zeros=True)
        assert empty.scales.size == 0
        assert empty.zeros is not None and empty.zeros.size == 0


def test_what_does_not_fit_is_refused() -> None:
    w = np.ones((2, 4), np.float32)
    with pytest.raises(quantcal.QuantcalValueError, match='name is "best"'):
        quantcal.quantize_range(w, "int4", "best")
    with pytest.raises(TypeError, match="width is not a field"):
        quantcal.quantize_range_rule("mse", width=3)
    with pytest.raises(quantcal.QuantcalValueError, match="kind is 'best'"):
        quantcal.quantize_range(w, "int4", quantcal.quantize_range_rule(kind="best"))
    with pytest.raises(quantcal.QuantcalValueError, match="zeros is NULL"):
        quantcal.quantize_range(w, "int4", "half_quadratic")
    with pytest.raises(quantcal.QuantcalValueError, match=r"importance has shape \(3,\)"):
        quantcal.quantize_range(w, "int4", importance=[1, 2, 3])
    with pytest.raises(quantcal.QuantcalValueError, match=r"importance\[1\] is -1"):
        quantcal.quantize_range(w, "int4", "mse", importance=[1, -1, 1, 1])
    with pytest.raises(quantcal.QuantcalValueError, match=r"values\[5\] is nan"):
        quantcal.quantize_range([[1, 2, 3, 4], [1, np.nan, 2, 3]], "int4", "mse")
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_range(w, "int4", "mse", progress=lambda _: True)
