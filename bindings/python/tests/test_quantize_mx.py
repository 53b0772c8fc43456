"""Microscaling formats by the values that microxcaling's own tests expect.

The numbers are those of mx/tests/test_corners_mx.py and test_fp8_e4m3_fix.py in
microsoft/microxcaling. Where they have ties that it rounds away from zero, the OCP specification
and this library round to even.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import quantcal


def microscaled(x: Any, grid: str, block: int) -> Any:
    """To a grid with a power of two for each block, and back."""
    x = np.asarray(x, np.float32)
    scales = quantcal.quantize_range(x, grid, "power_of_two", group_size=block).scales
    assert np.all(np.frexp(scales)[0] == 0.5)
    codes = quantcal.quantize_grid_encode(x, grid, scales, group_size=block)
    return quantcal.quantize_grid_decode(codes, grid, scales, x.shape[-1], group_size=block)


MXFP8 = [
    (-0.582733273506, -0.5625),
    (-0.256973713636, -0.25),
    (0.506033003330, 0.5),
    (0.400039970875, 0.40625),
    (-0.437093466520, -0.4375),
    (1.275019764900, 1.25),
    (-2.123294353485, -2.0),
    (1.514909625053, 1.5),
    (-2.660086154938, -2.75),
    (-0.200791791081, -0.203125),
    (-0.060985822231, -0.0625),
    (-0.209203109145, -0.203125),
    (2.385987281799, 2.5),
    (0.062245476991, 0.0625),
    (0.217003762722, 0.21875),
    (-0.857734560966, -0.875),
    (0.507945835590, 0.5),
    (0.896152675152, 0.875),
    (-0.751049160957, -0.75),
    (-0.488164335489, -0.5),
    (0.805381953716, 0.8125),
    (-0.172028362751, -0.171875),
    (0.271137863398, 0.28125),
    (-0.503807783127, -0.5),
    (1.879478693008, 1.875),
    (-0.294227510691, -0.28125),
    (0.968807995319, 1.0),
    (0.670037031174, 0.6875),
    (-0.871595799923, -0.875),
    (0.304561793804, 0.3125),
    (-0.567594051361, -0.5625),
    (-1.265962004662, -1.25),
]


def test_mxfp8_values() -> None:
    x, expected = np.transpose(MXFP8)
    np.testing.assert_array_equal(microscaled(x[None], "e4m3fn", 32)[0], expected)


@pytest.mark.parametrize("tail", [0, 1, 24, 56])
def test_e4m3_goes_to_its_largest_and_not_to_nan(tail: int) -> None:
    x = [485, 475, 400, -485, -475, -450, 2**-6, -(2**-6)] + [0] * tail
    expected = [448, 448, 416, -448, -448, -448, 2**-6, -(2**-6)] + [0] * tail
    # A tie: 400 / 32 = 12.5 goes to 12, away from zero it would be 13.
    expected[2] = 384
    np.testing.assert_array_equal(microscaled([x], "e4m3fn", 32)[0], expected)


def test_the_lowest_code_is_not_used() -> None:
    x = [[-1.0, -1.75, -1.99, 1.99], [1.0, -1.75, -1.99, 1.99]]
    expected = [[-1.0, -1.75, -1.75, 1.75], [1.0, -1.75, -1.75, 1.75]]
    np.testing.assert_array_equal(microscaled(x, "int4", 4), expected)


HARDWARE = [
    ([1.0] * 10, [1.0] * 10),
    ([1.0] * 5 + [2.0] * 5, [1.0] * 5 + [2.0] * 5),
    ([-1.0] * 5 + [-2.0] * 5, [-1.0] * 5 + [-2.0] * 5),
    ([1.0] * 5 + [-2.0] * 5, [1.0] * 5 + [-2.0] * 5),
    # Ties to even: 66.5, 79.5, 80.5 (away from zero 67, 80, 81), 124.5, 127.5.
    (
        [
            1.015625,
            1.0234375,
            1.03125,
            1.0390625,
            1.25,
            1.2578125,
            1.9375,
            1.9453125,
            1.984375,
            1.9921875,
        ],
        [1.015625, 1.03125, 1.03125, 1.03125, 1.25, 1.25, 1.9375, 1.9375, 1.984375, 1.984375],
    ),
    (
        [
            1.99609375,
            1.98828125,
            0.0,
            0.00390625,
            0.0078125,
            0.01171875,
            -0.015625,
            -0.01171875,
            -0.0078125,
            -0.00390625,
        ],
        [1.984375, 1.984375, 0.0, 0.0, 0.0, 0.015625, -0.015625, -0.015625, 0.0, 0.0],
    ),
]


@pytest.mark.parametrize(("x", "expected"), HARDWARE)
def test_mxint8_values(x: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(microscaled([x], "int8", 10)[0], expected)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("grid", ["e4m3fn", "e2m1fn", "int4"])
def test_what_is_not_finite_is_refused(value: float, grid: str) -> None:
    # microxcaling makes NaN of the whole block.
    with pytest.raises(ValueError, match=r"values\[0\] is"):
        microscaled([[value, 0, 2**127, 0]], grid, 4)
