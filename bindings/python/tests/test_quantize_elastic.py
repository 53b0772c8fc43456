"""Codes read at fewer bits: against encoding the numbers themselves, and NumPy's least squares."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


@pytest.mark.parametrize("bits", range(1, 9))
def test_fewer_bits_are_direct_quantization(bits: int) -> None:
    w = np.random.default_rng(bits).standard_normal((40, 250)).astype(np.float32)
    grid = f"midrise{bits}"
    scales = quantcal.quantize_range(w, grid, "mse", group_size=50).scales
    codes = quantcal.quantize_grid_encode(w, grid, scales, group_size=50)
    for fewer in range(1, bits + 1):
        made = quantcal.quantize_elastic(codes, scales, 250, bits, fewer, group_size=50)
        np.testing.assert_array_equal(made.scales, scales * 2 ** (bits - fewer))
        direct = quantcal.quantize_grid_encode(w, f"midrise{fewer}", made.scales, group_size=50)
        np.testing.assert_array_equal(made.codes, direct)


@pytest.mark.parametrize("granularity", ["group", "row", "tensor"])
def test_refitted_scales_are_least_squares(
    granularity: quantcal.quantize.layout.Granularity,
) -> None:
    w = np.random.default_rng(0).standard_normal((6, 100)).astype(np.float32)
    shared = {"tensor": (6, 100), "row": (1, 100), "group": (1, 25)}[granularity]
    scales = quantcal.quantize_grid_scales(w, "midrise8", group_size=25, granularity=granularity)
    codes = quantcal.quantize_grid_encode(
        w, "midrise8", scales, group_size=25, granularity=granularity
    )
    full = quantcal.quantize_grid_decode(
        codes, "midrise8", scales, 100, group_size=25, granularity=granularity
    ).astype(float)
    for fewer in range(1, 8):
        plain, fitted = (
            quantcal.quantize_elastic(
                codes, scales, 100, 8, fewer, refit=refit, group_size=25, granularity=granularity
            )
            for refit in (False, True)
        )
        np.testing.assert_array_equal(plain.codes, fitted.codes)
        levels = quantcal.unpack_codes(plain.codes, 100, fewer, False) + 0.5 - 2.0 ** (fewer - 1)
        for index, scale in np.ndenumerate(fitted.scales):
            rows, columns = (size * place for size, place in zip(shared, index, strict=True))
            block = np.s_[rows : rows + shared[0], columns : columns + shared[1]]
            expected = np.linalg.lstsq(levels[block].reshape(-1, 1), full[block].ravel())[0][0]
            assert scale == pytest.approx(expected, rel=1e-6)


def test_what_does_not_fit_is_refused() -> None:
    codes = np.zeros((2, 3), np.uint8)
    with pytest.raises(quantcal.QuantcalValueError, match="fewer_bits is 5"):
        quantcal.quantize_elastic(codes, [1, 1], 6, 4, 5)
    with pytest.raises(quantcal.QuantcalValueError, match="codes has shape"):
        quantcal.quantize_elastic(codes, [1, 1], 7, 4, 2)
    with pytest.raises(quantcal.QuantcalValueError, match="scales has shape"):
        quantcal.quantize_elastic(codes, [1, 1, 1], 6, 4, 2)
    with pytest.raises(TypeError, match="codes has dtype int64"):
        quantcal.quantize_elastic(codes.astype(np.int64), [1, 1], 6, 4, 2)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_elastic(codes, [1, 1], 6, 4, 2, progress=lambda _: True)
