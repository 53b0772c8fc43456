"""Twin logarithms: each sign has evenly spaced logarithms of its own."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import F32, Array, as_int32, as_rows, as_size, constant, real_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import grid_options, quantize_grid
from quantcal.quantize.grid_codes import group_shape
from quantcal.quantize.kinds import BITS, KINDS, input_array, output_array
from quantcal.quantize.layout import Granularity, sized
from quantcal.quantize.packing import packed_rows, row_bytes


class _TwinLogOptions(Struct):
    """qc_quantize_twin_log_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("bits", c_int32),
        ("group_size", c_size_t),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_twin_log_options_init", _TwinLogOptions)
_FIT = {
    kind: bind(
        f"qc_quantize_twin_log_fit_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(_TwinLogOptions),
        ArrayOf(np.float32),  # parameters
    )
    for kind, suffix, stored in KINDS
}
_ENCODE = {
    kind: bind(
        f"qc_quantize_twin_log_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(_TwinLogOptions),
        ArrayOf(np.float32),  # parameters
        ArrayOf(np.uint8),  # codes
    )
    for kind, suffix, stored in KINDS
}
_DECODE = {
    kind: bind(
        f"qc_quantize_twin_log_decode_{suffix}",
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # parameters
        c_size_t,
        c_size_t,
        POINTER(_TwinLogOptions),
        ArrayOf(stored),  # values
    )
    for kind, suffix, stored in KINDS
}


def _options(bits: int, granularity: Granularity, group_size: int) -> _TwinLogOptions:
    """The library's options, from those of this package."""
    options = _new_options()
    options.bits = as_int32("bits", bits)
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    return options


def _shape(
    rows: int, columns: int, bits: int, granularity: Granularity, group_size: int
) -> tuple[int, int, int]:
    """Groups as of any grid, five parameters each. The library says which bits there may be."""
    grid = quantize_grid("uint4", bits=min(max(bits, 1), 8)).struct()
    return *group_shape(rows, columns, grid, grid_options(group_size, granularity)), 5


def quantize_twin_log_fit(
    w: Array,
    *,
    bits: int = 4,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """The parameters of least squared error for twin logarithms, among candidates.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values, of magnitudes about 1. Leading axes count rows; 1-D is one row; empty is
        allowed.
    bits, granularity, group_size, progress
        As for `quantize_twin_log_encode`.

    Returns
    -------
    ndarray of float32, shape (rows, groups, 5)
        One row if all share their parameters. Of each group the offset, the first logarithm and
        the step of positive numbers, and those of negative ones.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _options(bits, granularity, group_size)
    parameters = lent(_shape(rows, columns, bits, granularity, group_size), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _FIT[kind](values, rows, columns, byref(options), parameters)
    check(status)
    return parameters


def quantize_twin_log_encode(
    w: Array,
    parameters: Array,
    *,
    bits: int = 4,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint8]:
    """Round a matrix to twin logarithms, as LRQ-DiT has them.

    Code 0 is 0; codes from 1 on are ``2**(first + k * step) - offset`` of the positive numbers,
    codes from ``2**(bits - 1)`` on the negative ones.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values.
    parameters : array_like
        Five for each group, as `quantize_twin_log_fit` gives them.
    bits : int
        Of a code, 3 to 8.
    granularity : {"row", "group", "tensor"}
        What shares parameters.
    group_size : int
        Neighbours in a row that share them. Used for ``granularity="group"`` only.
    progress : callable, optional
        As for `quantize_grid_encode`.

    Returns
    -------
    ndarray of uint8, shape (rows, ceil(columns * bits / 8))
        Packed codes.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative offset or step, a wrong shape, or an option outside its
        range.

    Examples
    --------
    >>> import quantcal
    >>> w = [[0.5, -0.25, 0.0, 0.125, -1.0]]
    >>> parameters = [0.0, -3.0, 1.0, -2.0, 1.0]
    >>> codes = quantcal.quantize_twin_log_encode(w, parameters)
    >>> quantcal.quantize_twin_log_decode(codes, parameters, 5)
    array([[ 0.5  , -0.25 ,  0.   ,  0.125, -1.   ]], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _options(bits, granularity, group_size)
    shape = _shape(rows, columns, bits, granularity, group_size)
    given = sized("parameters", real_array("parameters", parameters, F32), shape)
    codes = lent((rows, row_bytes(columns, min(max(bits, 1), 8))), np.uint8)
    with reporting(progress, values.size) as options.progress:
        status = _ENCODE[kind](values, rows, columns, byref(options), given, codes)
    check(status)
    return codes


def quantize_twin_log_decode(
    codes: Array,
    parameters: Array,
    columns: int,
    *,
    bits: int = 4,
    granularity: Granularity = "row",
    group_size: int = 128,
    dtype: DTypeLike | None = None,
    progress: ProgressCallback | None = None,
) -> NDArray[Any]:
    """The numbers that codes of twin logarithms stand for.

    Parameters
    ----------
    codes : array_like of uint8, shape (rows, ceil(columns * bits / 8))
        As `quantize_twin_log_encode` gives them.
    parameters, bits, granularity, group_size, progress
        As given there.
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
        For parameters that cannot be, a wrong shape, or an option outside its range.
    """
    options = _options(bits, granularity, group_size)
    columns = as_size("columns", columns)
    packed, rows = packed_rows(codes, columns, bits)
    shape = _shape(rows, columns, bits, granularity, group_size)
    given = sized("parameters", real_array("parameters", parameters, F32), shape)
    kind, result = output_array((rows, columns), dtype, None)
    stored = BITS if kind != F32 else F32
    with reporting(progress, result.size) as options.progress:
        status = _DECODE[kind](packed, given, rows, columns, byref(options), result.view(stored))
    check(status)
    return result
