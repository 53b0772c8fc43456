"""Scalar grids: against ml_dtypes, exhaustively where that can be, and by brute force."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

import quantcal

FORMATS: dict[str, Any] = {
    "e4m3fn": ml_dtypes.float8_e4m3fn,
    "e5m2": ml_dtypes.float8_e5m2,
    "e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "e5m2fnuz": ml_dtypes.float8_e5m2fnuz,
    "e3m2fn": ml_dtypes.float6_e3m2fn,
    "e2m3fn": ml_dtypes.float6_e2m3fn,
    "e2m1fn": ml_dtypes.float4_e2m1fn,
    "e8m0fnu": ml_dtypes.float8_e8m0fnu,
}
HAS_NAN = {"e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e8m0fnu"}


def codes_of(values: Any, grid: quantcal.QuantizeGrid | str, **options: Any) -> Any:
    """One code a number, at scale 1."""
    grid = quantcal.quantize_grid(grid) if isinstance(grid, str) else grid
    packed = quantcal.quantize_grid_encode(values, grid, [1.0], granularity="tensor", **options)
    return quantcal.unpack_codes(packed, np.size(values), grid.bits, signed=False).ravel()


def hard_numbers(name: str) -> Any:
    """Every midpoint of levels and its neighbours, every half, random bit patterns."""
    levels = quantcal.quantize_grid_levels(name)
    finite = np.unique(levels[np.isfinite(levels)]).astype(np.float64)
    middles = ((finite[1:] + finite[:-1]) / 2).astype(np.float32)
    random = np.random.default_rng(7)
    bits = random.integers(0, 2**32, 200_000, dtype=np.uint64).astype(np.uint32)
    near = np.concatenate([middles, finite.astype(np.float32)])
    numbers = np.concatenate(
        [
            near,
            np.nextafter(near, np.float32(np.inf)),
            np.nextafter(near, np.float32(-np.inf)),
            np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32),
            bits.view(np.float32),
            random.standard_normal(50_000).astype(np.float32),
        ]
    )
    if name not in HAS_NAN:
        numbers = numbers[~np.isnan(numbers)]
    if name == "e8m0fnu":
        # ml_dtypes 0.6 rounds 1.05 * 2**-127 up to 2**-126, as all between there and halfway.
        numbers = numbers[~((numbers > 2.0**-127) & (numbers < 1.5 * 2.0**-127))]
    return numbers


@pytest.mark.parametrize("name", FORMATS)
def test_levels_are_those_of_ml_dtypes(name: str) -> None:
    grid = quantcal.quantize_grid(name)
    expected = np.arange(2**grid.bits, dtype=np.uint8).view(FORMATS[name]).astype(np.float32)
    levels = quantcal.quantize_grid_levels(grid)
    np.testing.assert_array_equal(levels, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(levels)[numbers], np.signbit(expected)[numbers])


@pytest.mark.parametrize("name", FORMATS)
def test_rounding_is_that_of_ml_dtypes(name: str) -> None:
    numbers = hard_numbers(name)
    with np.errstate(all="ignore"):
        expected = numbers.astype(FORMATS[name]).view(np.uint8)
    grid = quantcal.quantize_grid(name, overflow="ieee")
    np.testing.assert_array_equal(codes_of(numbers, grid), expected)


@pytest.mark.parametrize("name", FORMATS)
def test_saturation_clips_before_rounding(name: str) -> None:
    levels = quantcal.quantize_grid_levels(name)
    finite = levels[np.isfinite(levels)]
    numbers = hard_numbers(name)
    clipped = np.clip(numbers, finite.min(), finite.max())
    with np.errstate(all="ignore"):
        expected = clipped.astype(FORMATS[name]).view(np.uint8)
    codes = codes_of(numbers, name)
    # Where nothing is clipped codes agree; elsewhere levels do (a zero's sign may go).
    same = (codes == expected) | (levels[codes] == levels[expected])
    np.testing.assert_array_equal(same, np.full(same.shape, True))


def test_every_half_and_bfloat16_is_read_as_it_is() -> None:
    bits = np.arange(2**16, dtype=np.uint16)
    for kind in (np.float16, ml_dtypes.bfloat16):
        numbers = bits.view(kind)
        with np.errstate(all="ignore"):
            single = codes_of(numbers.astype(np.float32), "e5m2")
        np.testing.assert_array_equal(codes_of(numbers, "e5m2"), single)


@pytest.mark.parametrize("count", [1, 2, 5, 16, 17, 100, 256])
def test_a_code_book_gives_the_nearest_level(count: int) -> None:
    random = np.random.default_rng(count)
    levels = random.choice(np.arange(-2000, 2000), count, replace=False) / 8
    numbers = random.integers(-5000, 5000, 2000) / 16
    grid = quantcal.QuantizeGrid("code_book", 8, levels=tuple(levels))
    distances = np.abs(numbers[:, None] - levels)
    nearest = distances == distances.min(axis=1, keepdims=True)
    expected = np.where(nearest, levels, np.inf).min(axis=1)  # of two the lower
    np.testing.assert_array_equal(levels[codes_of(numbers, grid)], expected)


def test_nf4_error_of_the_normal_distribution() -> None:
    # The published mean squared error of blocks of 64.
    w = np.random.default_rng(0).standard_normal((1000, 640)).astype(np.float32)
    scales = quantcal.quantize_grid_scales(w, "nf4", group_size=64)
    codes = quantcal.quantize_grid_encode(w, "nf4", scales, group_size=64)
    values = quantcal.quantize_grid_decode(codes, "nf4", scales, 640, group_size=64)
    assert np.mean((values - w) ** 2) == pytest.approx(0.00846, rel=0.01)


def test_integers_are_those_of_quantize() -> None:
    w = np.random.default_rng(1).standard_normal((7, 100)).astype(np.float32)
    for bits in range(2, 9):
        q = quantcal.quantize(w, bits, 32)
        scales = quantcal.quantize_grid_scales(w, f"int{bits}", group_size=32)
        np.testing.assert_array_equal(scales, q.scales)
        codes = quantcal.quantize_grid_encode(w, f"int{bits}", scales, group_size=32)
        np.testing.assert_array_equal(codes, q.packed)
        values = quantcal.quantize_grid_decode(codes, f"int{bits}", scales, 100, group_size=32)
        np.testing.assert_array_equal(values, q.dequantize())


def test_published_examples() -> None:
    assert codes_of([1, 0.9, 0.7, 0.5, 0.3, 0.1, 0.01, 0], "log2_4").tolist() == [
        0,
        0,
        1,
        1,
        2,
        3,
        7,
        15,
    ]
    tangent = quantcal.quantize_grid_levels("tangent3")
    expected = [0, 0.0532, 0.1525, 0.3533, 0.6467, 0.8475, 0.9468, 1]
    np.testing.assert_allclose(tangent, expected, atol=5e-5)
    roots = quantcal.quantize_grid_levels("sqrt2_powers4")[:8]
    np.testing.assert_allclose(roots, [0, 1, 0.7071, 0.5, 0.3536, 0.25, 0.1768, 0.125], atol=5e-5)
    assert np.isnan(quantcal.quantize_grid_levels("sqrt2_powers4")[8])
    w = np.array([-1, -0.5, -0.1, 0, 0.02, 0.3, 0.9], np.float32)
    scale = quantcal.quantize_grid_scales(w, "power4")
    power = quantcal.quantize_grid_encode(w, "power4", scale)
    signed = quantcal.unpack_codes(power, 7, 4, signed=True).ravel()
    assert signed.tolist() == [-7, -5, -2, 0, 1, 4, 7]
    x = np.array([-1, -0.3, 0, 0.5, 2], np.float32)
    scale = quantcal.quantize_grid_scales(x, "midrise4")
    codes = quantcal.quantize_grid_encode(x, "midrise4", scale)
    values = quantcal.quantize_grid_decode(codes, "midrise4", scale, 5).ravel()
    np.testing.assert_allclose(values, [-0.9333, -0.4, -0.1333, 0.4, 2], atol=5e-5)


def test_zero_points_shift_the_levels() -> None:
    w = np.array([[0.0, 1.0, 2.0, 5.0]], np.float32)
    codes = quantcal.quantize_grid_encode(w, "uint4", [1], [3])
    assert quantcal.unpack_codes(codes, 4, 4, signed=False).tolist() == [[3, 4, 5, 8]]
    np.testing.assert_array_equal(quantcal.quantize_grid_decode(codes, "uint4", [1], 4, [3]), w)


def test_a_matrix_without_elements() -> None:
    for shape in [(0, 5), (3, 0)]:
        w = np.zeros(shape, np.float32)
        scales = quantcal.quantize_grid_scales(w, "nf4")
        codes = quantcal.quantize_grid_encode(w, "nf4", scales)
        assert quantcal.quantize_grid_decode(codes, "nf4", scales, shape[1]).shape == shape


def test_what_does_not_fit_is_refused() -> None:
    w = np.ones((2, 4), np.float32)
    with pytest.raises(quantcal.QuantcalValueError, match='name is "e9m9"'):
        quantcal.quantize_grid("e9m9")
    with pytest.raises(TypeError, match="width is not a field"):
        quantcal.quantize_grid("int4", width=3)
    with pytest.raises(quantcal.QuantcalValueError, match="kind is 'cubic'"):
        quantcal.quantize_grid_levels(quantcal.quantize_grid(kind="cubic"))
    with pytest.raises(quantcal.QuantcalValueError, match=r"scales has shape \(1,\)"):
        quantcal.quantize_grid_encode(w, "int4", [1.0])
    with pytest.raises(quantcal.QuantcalValueError, match=r"scales\[1\] is 0"):
        quantcal.quantize_grid_encode(w, "int4", [1.0, 0.0])
    with pytest.raises(quantcal.QuantcalValueError, match="NaN, which this grid does not have"):
        quantcal.quantize_grid_encode([[np.nan]], "e2m1fn", [1.0])
    with pytest.raises(TypeError, match="codes has dtype int64"):
        quantcal.quantize_grid_decode([[1, 2]], "int4", [1.0], 4)
    with pytest.raises(quantcal.QuantcalValueError, match="codes has shape"):
        quantcal.quantize_grid_decode(np.zeros((1, 3), np.uint8), "int4", [1.0], 4)


def test_work_is_cancelled() -> None:
    w = np.ones((2, 4), np.float32)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_grid_encode(w, "int4", [1, 1], progress=lambda _: True)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_grid_scales(w, "int4", progress=lambda _: True)
