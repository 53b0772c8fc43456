"""Scalar grids in training: neighbouring levels, and rounding with gradients."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_rows, as_size, constant, expect_shape, real_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import (
    GridOptions,
    GridStruct,
    QuantizeGrid,
    grid_options,
    grid_struct,
)
from quantcal.quantize.grid_codes import group_parameters, group_shape
from quantcal.quantize.layout import Granularity

GridGradient = Literal["clipped", "identity", "learned_step", "trust", "triangle"]

_neighbours = bind(
    "qc_quantize_grid_neighbours_f32",
    ArrayOf(np.float32),  # values
    c_size_t,
    c_size_t,
    POINTER(GridStruct),
    POINTER(GridOptions),
    ArrayOf(np.float32),  # scales
    ArrayOf(np.float32),  # zeros
    ArrayOf(np.uint8),  # lower
    ArrayOf(np.uint8),  # upper
)


class GridNeighbours(NamedTuple):
    """The levels on either side of each number, as codes."""

    lower: NDArray[np.uint8]
    """Of the largest level that is not above."""
    upper: NDArray[np.uint8]
    """Of the smallest level that is not below."""


def quantize_grid_neighbours(
    w: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    zeros: Array | None = None,
    *,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> GridNeighbours:
    """The two levels that each number lies between: what rounding has to choose from.

    Parameters
    ----------
    w, grid, scales, zeros, group_size, granularity, progress
        As for `quantize_grid_encode`, but values are finite and single precision.

    Returns
    -------
    GridNeighbours
        ``(lower, upper)``, one code a byte in the shape of `w`. Both are the level that is met,
        and the outermost one beyond it.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a scale that is not positive, a wrong shape, or an option outside
        its range.

    Examples
    --------
    >>> import quantcal
    >>> lower, upper = quantcal.quantize_grid_neighbours([[1.2, -0.4, 9.0, 3.0]], "e2m1fn", [1.0])
    >>> quantcal.quantize_grid_levels("e2m1fn")[[lower[0], upper[0]]]
    array([[ 1. , -0.5,  6. ,  3. ],
           [ 1.5,  0. ,  6. ,  3. ]], dtype=float32)
    """
    values = real_array("w", w, F32)
    rows, columns = as_rows("w", values).shape
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    shape = group_shape(rows, columns, struct, options)
    parameters, offsets = group_parameters(scales, zeros, shape)
    found = GridNeighbours(lent(values.shape, np.uint8), lent(values.shape, np.uint8))
    with reporting(progress, values.size) as options.progress:
        status = _neighbours(
            values, rows, columns, byref(struct), byref(options), parameters, offsets, *found
        )
    check(status)
    return found


class FakeOptions(Struct):
    """qc_quantize_grid_fake_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("gradient", c_int32),
        ("group_size", c_size_t),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_grid_fake_options_init", FakeOptions)
_fake = bind(
    "qc_quantize_grid_fake_f32",
    ArrayOf(np.float32),  # values
    c_size_t,
    c_size_t,
    POINTER(GridStruct),
    POINTER(FakeOptions),
    ArrayOf(np.float32),  # scales
    ArrayOf(np.float32),  # zeros
    ArrayOf(np.float32),  # quantized
    ArrayOf(np.float32),  # upstream
    ArrayOf(np.float32),  # value_gradients
    ArrayOf(np.float32),  # scale_gradients
)


class GridFake(NamedTuple):
    """A matrix rounded to a grid, and gradients."""

    quantized: NDArray[np.float32]
    """The rounded numbers, in the shape of those given."""
    value_gradients: NDArray[np.float32] | None
    """The gradient of each number; None without upstream gradients."""
    scale_gradients: NDArray[np.float32] | None
    """The gradient of each scale, in the shape of `quantize_grid_scales`; None likewise."""


def quantize_grid_fake(
    w: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    zeros: Array | None = None,
    upstream: Array | None = None,
    *,
    gradient: GridGradient = "clipped",
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> GridFake:
    """Round a matrix to a grid and back, with gradients for training.

    Parameters
    ----------
    w, grid, scales, zeros, group_size, granularity, progress
        As for `quantize_grid_encode`, but values are finite and single precision, and floats
        saturate.
    upstream : array_like, in the shape of `w`, optional
        The gradient of the loss by the rounded numbers.
    gradient : {"clipped", "identity", "learned_step", "trust", "triangle"}
        Where it passes to the numbers: between the outermost levels; everywhere; strictly
        between them, gradients of scales being multiplied by ``1 / sqrt(n * highest)`` (LSQ);
        up to half a step beyond them (QuEST); times ``max(0, 2 - 2 * abs(w / scale))``, for
        the sign (Bi-Real Net).

    Returns
    -------
    GridFake
        ``(quantized, value_gradients, scale_gradients)``

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a scale that is not positive, a wrong shape, or an option outside
        its range.

    Examples
    --------
    >>> import quantcal
    >>> v = [[-3, -0.4, 0.26, 0.6, 2.2]]
    >>> grid = quantcal.quantize_grid("int3", narrow=False)
    >>> fake = quantcal.quantize_grid_fake(v, grid, [0.5], upstream=[[1.0] * 5])
    >>> fake.quantized
    array([[-2. , -0.5,  0.5,  0.5,  1.5]], dtype=float32)
    >>> fake.value_gradients
    array([[0., 1., 1., 1., 0.]], dtype=float32)
    >>> fake.scale_gradients.round(2)
    array([[-0.92]], dtype=float32)
    """
    values = real_array("w", w, F32)
    rows, columns = as_rows("w", values).shape
    struct, sharing = grid_struct(grid), grid_options(group_size, granularity)
    options = _new_options()
    options.granularity = sharing.granularity
    options.gradient = constant("gradient", gradient, GridGradient)
    options.group_size = as_size("group_size", group_size)
    shape = group_shape(rows, columns, struct, sharing)
    parameters, offsets = group_parameters(scales, zeros, shape)
    quantized = lent(values.shape, np.float32)
    given: Any = None
    value_gradients = scale_gradients = None
    if upstream is not None:
        given = real_array("upstream", upstream, F32)
        expect_shape("upstream", given, values.shape)
        value_gradients = lent(values.shape, np.float32)
        scale_gradients = lent(shape, np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _fake(
            values,
            rows,
            columns,
            byref(struct),
            byref(options),
            parameters,
            offsets,
            quantized,
            given,
            value_gradients,
            scale_gradients,
        )
    check(status)
    return GridFake(quantized, value_gradients, scale_gradients)
