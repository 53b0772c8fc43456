"""Outlier-victim pairs: four-bit integers of which one gives its place to a large neighbour."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_int32,
    as_rows,
    as_size,
    constant,
    real_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import grid_options, grid_struct
from quantcal.quantize.grid_codes import group_shape
from quantcal.quantize.kinds import BITS, KINDS, input_array, output_array
from quantcal.quantize.layout import Granularity, sized
from quantcal.quantize.packing import packed_rows, row_bytes


class OutlierVictimOptions(Struct):
    """qc_quantize_outlier_victim_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("steps", c_int32),
        ("group_size", c_size_t),
        ("low", c_double),
        ("high", c_double),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_outlier_victim_options_init", OutlierVictimOptions)
_SCALES = {
    kind: bind(
        f"qc_quantize_outlier_victim_scales_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(OutlierVictimOptions),
        ArrayOf(np.float32),  # scales
    )
    for kind, suffix, stored in KINDS
}
_ENCODE = {
    kind: bind(
        f"qc_quantize_outlier_victim_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(OutlierVictimOptions),
        ArrayOf(np.float32),  # scales
        ArrayOf(np.uint8),  # codes
    )
    for kind, suffix, stored in KINDS
}
_DECODE = {
    kind: bind(
        f"qc_quantize_outlier_victim_decode_{suffix}",
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # scales
        c_size_t,
        c_size_t,
        POINTER(OutlierVictimOptions),
        ArrayOf(stored),  # values
    )
    for kind, suffix, stored in KINDS
}


def _sharing(granularity: Granularity, group_size: int) -> OutlierVictimOptions:
    """The library's options, from those of this package."""
    options = _new_options()
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    return options


def _group_shape(
    rows: int, columns: int, granularity: Granularity, group_size: int
) -> tuple[int, int]:
    """The shape of a matrix of scales: that of any grid of four bits."""
    return group_shape(rows, columns, grid_struct("int4"), grid_options(group_size, granularity))


def quantize_outlier_victim_scales(
    w: Array,
    *,
    steps: int = 51,
    low: float = 0.5,
    high: float = 1.5,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """The scales of least squared error for outlier-victim pairs.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows; 1-D is one row; empty is allowed.
    steps : int
        Candidates: ``(abs(mean) + 3 * std) / 7`` times numbers from `high` down to `low`.
    low, high : float
        2**-10 to 16.
    granularity, group_size, progress
        As for `quantize_outlier_victim_encode`.

    Returns
    -------
    ndarray of float32
        Shape (rows, 1), (rows, groups) or (1, 1), as `granularity` says.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _sharing(granularity, group_size)
    options.steps = as_int32("steps", steps)
    options.low, options.high = as_float("low", low), as_float("high", high)
    scales = lent(_group_shape(rows, columns, granularity, group_size), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _SCALES[kind](values, rows, columns, byref(options), scales)
    check(status)
    return scales


def quantize_outlier_victim_encode(
    w: Array,
    scales: Array,
    *,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint8]:
    """Round a matrix to outlier-victim pairs.

    A pair of neighbours is two integers from -7 to 7, or 0 and an outlier (+-12, 16, 24, 32, 48,
    64, 96) in units of the scale. Of two outliers the larger stays.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values.
    scales : array_like
        One for each group, as `quantize_outlier_victim_scales` gives them; positive.
    granularity : {"row", "group", "tensor"}
        What shares a scale.
    group_size : int
        Neighbours in a row that share a scale, even. Used for ``granularity="group"`` only.
    progress : callable, optional
        As for `quantize_grid_encode`.

    Returns
    -------
    ndarray of uint8, shape (rows, ceil(columns / 2))
        A pair each, its first element in the low half.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a scale that is not positive, a wrong shape, or an option outside
        its range.

    Examples
    --------
    >>> import quantcal
    >>> w = [[3, 100, 50, -300, 37.9, 9, -3, 29]]
    >>> codes = quantcal.quantize_outlier_victim_encode(w, [4])
    >>> quantcal.quantize_outlier_victim_decode(codes, [4], 8)
    array([[   0.,   96.,    0., -256.,   28.,    8.,   -4.,   28.]],
          dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _sharing(granularity, group_size)
    shape = _group_shape(rows, columns, granularity, group_size)
    parameters = sized("scales", real_array("scales", scales, F32), shape)
    codes = lent((rows, row_bytes(columns, 4)), np.uint8)
    with reporting(progress, values.size) as options.progress:
        status = _ENCODE[kind](values, rows, columns, byref(options), parameters, codes)
    check(status)
    return codes


def quantize_outlier_victim_decode(
    codes: Array,
    scales: Array,
    columns: int,
    *,
    granularity: Granularity = "row",
    group_size: int = 128,
    dtype: DTypeLike | None = None,
    progress: ProgressCallback | None = None,
) -> NDArray[Any]:
    """The numbers that outlier-victim pairs stand for.

    Parameters
    ----------
    codes : array_like of uint8, shape (rows, ceil(columns / 2))
        As `quantize_outlier_victim_encode` gives them.
    scales, granularity, group_size, progress
        As given there. Scales may be any finite numbers here.
    columns : int
        Numbers in a row.
    dtype : dtype, optional
        As for `quantize_grid_decode`.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    QuantcalValueError
        For scales that are not finite, a wrong shape, or an option outside its range.
    """
    options = _sharing(granularity, group_size)
    columns = as_size("columns", columns)
    packed, rows = packed_rows(codes, columns, 4)
    shape = _group_shape(rows, columns, granularity, group_size)
    parameters = sized("scales", real_array("scales", scales, F32), shape)
    kind, result = output_array((rows, columns), dtype, None)
    stored = BITS if kind != F32 else F32
    with reporting(progress, result.size) as options.progress:
        status = _DECODE[kind](
            packed, parameters, rows, columns, byref(options), result.view(stored)
        )
    check(status)
    return result
