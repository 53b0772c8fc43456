"""Matrices on scalar grids: scales, codes and the numbers that they stand for."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import F32, Array, as_rows, as_size, real_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize.grid import (
    GridOptions,
    GridStruct,
    QuantizeGrid,
    grid_layout_of,
    grid_options,
    grid_struct,
)
from quantcal.quantize.kinds import BITS, KINDS, input_array, output_array
from quantcal.quantize.layout import Granularity, sized
from quantcal.quantize.packing import packed_rows, row_bytes

_SCALES = {
    kind: bind(
        f"qc_quantize_grid_scales_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(GridStruct),
        POINTER(GridOptions),
        ArrayOf(np.float32),  # scales
    )
    for kind, suffix, stored in KINDS
}

_ENCODE = {
    kind: bind(
        f"qc_quantize_grid_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(GridStruct),
        POINTER(GridOptions),
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
        ArrayOf(np.uint8),  # codes
    )
    for kind, suffix, stored in KINDS
}

_DECODE = {
    kind: bind(
        f"qc_quantize_grid_decode_{suffix}",
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
        c_size_t,
        c_size_t,
        POINTER(GridStruct),
        POINTER(GridOptions),
        ArrayOf(stored),  # values
    )
    for kind, suffix, stored in KINDS
}


def group_shape(rows: int, columns: int, grid: GridStruct, options: GridOptions) -> tuple[int, int]:
    """The shape of a matrix of scales: a row for each row, or one for all."""
    count = grid_layout_of(rows, columns, grid, options).group_count
    return (count, 1) if options.granularity == 2 else (rows, count // max(rows, 1))


def group_parameters(
    scales: Array, zeros: Array | None, shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Scales and zero points of groups: as many as there are, in any shape."""
    parameters = sized("scales", real_array("scales", scales, F32), shape)
    if zeros is None:
        return parameters, None
    return parameters, sized("zeros", real_array("zeros", zeros, F32), shape)


def quantize_grid_scales(
    w: Array,
    grid: QuantizeGrid | str,
    *,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """Min-max scales: the smallest with which no value lies beyond the outermost levels.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows; 1-D is one row; empty is allowed.
    grid : QuantizeGrid or str
        The grid, or its name. Without negative levels only the largest value counts.
    group_size, granularity, progress
        As for `quantize_grid_encode`.

    Returns
    -------
    ndarray of float32
        Shape (rows, groups), (rows, 1) or (1, 1), as `granularity` says. A group of zeros has
        scale 1.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_grid_scales([[0.5, -3.0, 1.2], [0.0, 0.0, 0.0]], "e2m1fn")
    array([[0.5],
           [1. ]], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    scales = lent(group_shape(rows, columns, struct, options), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _SCALES[kind](values, rows, columns, byref(struct), byref(options), scales)
    check(status)
    return scales


def quantize_grid_encode(
    w: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    zeros: Array | None = None,
    *,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint8]:
    """Round a matrix to a grid: the codes of the levels that ``w / scale + zero`` go to.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values; infinities only for floats, NaN only for floats that have it. Leading
        axes count rows; 1-D is one row; empty is allowed. float32, float16 and bfloat16 (of
        PyTorch or ml_dtypes) are read in place, all else is first rounded to float32.
    grid : QuantizeGrid or str
        The grid, or its name.
    scales : array_like
        One for each group, as `quantize_grid_scales` gives them; positive.
    zeros : array_like, optional
        One for each group, in units of levels. With whole ones integers are rounded as by
        ONNX's QuantizeLinear: ``w / scale`` first.
    group_size : int
        Neighbours in a row that share a scale, at least 1; a row's last group may be
        shorter. Used for ``granularity="group"`` only.
    granularity : {"group", "row", "tensor"}
        What shares a scale: groups in a row, a whole row, or all.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    ndarray of uint8, shape (rows, ceil(columns * bits / 8))
        The codes without gaps; `unpack_codes` takes them apart.

    Raises
    ------
    QuantcalValueError
        For values that the grid cannot take, a scale that is not positive, a wrong shape, or an
        option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> codes = quantcal.quantize_grid_encode([[1.2, -0.4, 9.0]], "e2m1fn", [1.0])
    >>> quantcal.unpack_codes(codes, 3, 4, signed=False)
    array([[2, 9, 7]], dtype=uint8)
    >>> quantcal.quantize_grid_decode(codes, "e2m1fn", [1.0], 3)
    array([[ 1. , -0.5,  6. ]], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    shape = group_shape(rows, columns, struct, options)
    parameters, offsets = group_parameters(scales, zeros, shape)
    codes = lent((rows, row_bytes(columns, struct.bits)), np.uint8)
    with reporting(progress, values.size) as options.progress:
        status = _ENCODE[kind](
            values, rows, columns, byref(struct), byref(options), parameters, offsets, codes
        )
    check(status)
    return codes


def quantize_grid_decode(
    codes: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    columns: int,
    zeros: Array | None = None,
    *,
    group_size: int = 128,
    granularity: Granularity = "group",
    dtype: DTypeLike | None = None,
    progress: ProgressCallback | None = None,
) -> NDArray[Any]:
    """The numbers that codes stand for: ``(level - zero) * scale`` in single precision.

    Parameters
    ----------
    codes : array_like of uint8, shape (rows, ceil(columns * bits / 8))
        As `quantize_grid_encode` gives them.
    grid, scales, zeros, group_size, granularity, progress
        As given there. Scales may be any finite numbers here.
    columns : int
        Numbers in a row.
    dtype : dtype, optional
        float32 (the default), float16, or ``ml_dtypes.bfloat16``; ``"bfloat16"`` gives its
        bits as uint16. 16-bit numbers are rounded from the single-precision ones.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    QuantcalValueError
        For parameters that are not finite, a wrong shape, or an option outside its range.
    """
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    columns = as_size("columns", columns)
    packed, rows = packed_rows(codes, columns, struct.bits)
    shape = group_shape(rows, columns, struct, options)
    parameters, offsets = group_parameters(scales, zeros, shape)
    kind, result = output_array((rows, columns), dtype, None)
    stored = BITS if kind != F32 else F32
    with reporting(progress, result.size) as options.progress:
        status = _DECODE[kind](
            packed,
            parameters,
            offsets,
            rows,
            columns,
            byref(struct),
            byref(options),
            result.view(stored),
        )
    check(status)
    return result
