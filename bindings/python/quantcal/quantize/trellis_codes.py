"""Trellis-coded quantization: scales, the codes of a matrix, and its values again."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_rows,
    as_size,
    expect_shape,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize.layout import Granularity, sized
from quantcal.quantize.packing import code_bytes
from quantcal.quantize.trellis import STANDARD, Options, QuantizeTrellis, room_of

_scales = bind(
    "qc_quantize_trellis_scales_f32",
    ArrayOf(np.float32),  # values
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # table
    POINTER(Options),
    ArrayOf(np.float32),  # scales
)
_encode = bind(
    "qc_quantize_trellis_encode_f32",
    ArrayOf(np.float32),  # values
    ArrayOf(np.float32),  # importance
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # scales
    ArrayOf(np.float32),  # table
    POINTER(Options),
    ArrayOf(np.uint8),  # codes
    POINTER(c_double),
)
_decode = bind(
    "qc_quantize_trellis_decode_f32",
    ArrayOf(np.uint8),  # codes
    ArrayOf(np.float32),  # scales
    ArrayOf(np.float32),  # table
    c_size_t,
    c_size_t,
    POINTER(Options),
    ArrayOf(np.float32),  # values
)


class TrellisCodes(NamedTuple):
    """What `quantize_trellis_encode` gives."""

    codes: NDArray[np.uint8]
    """The sequences' bits, each from a byte on."""
    error: float
    """The sum of weighted squared errors."""


def _group_shape(rows: int, count: int, granularity: Granularity) -> tuple[int, int]:
    return (count, 1) if granularity == "tensor" else (rows, count // max(rows, 1))


def quantize_trellis_scales(
    w: Array,
    trellis: QuantizeTrellis = STANDARD,
    *,
    ratio: float = 0.9,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """Scales with which a group's root mean square is `ratio` times that of all states' numbers.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite numbers, rounded to float32.
    trellis : QuantizeTrellis, optional
    ratio : float
        2**-10 to 2**10.
    granularity, group_size, progress
        As for `quantize_trellis_encode`.

    Returns
    -------
    ndarray of float32
        Shape (rows, 1), (rows, groups) or (1, 1), as `granularity` says.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.
    """
    values = real_array("w", w, F32)
    rows, columns = as_rows("w", values).shape
    options = trellis.options_for(granularity, group_size)
    options.ratio = as_float("ratio", ratio)
    count = room_of(rows, columns, options).group_count
    scales = np.empty(_group_shape(rows, count, granularity), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _scales(values, rows, columns, trellis.own_table(), byref(options), scales)
    check(status)
    return scales


def quantize_trellis_encode(
    w: Array,
    scales: Array,
    trellis: QuantizeTrellis = STANDARD,
    *,
    importance: Array | None = None,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> TrellisCodes:
    """Codes of a matrix: for each sequence the path of least weighted squared error.

    With tail-biting the path is as good as two searches make it, the first of which says where
    it crosses from a sequence's last element to its first; otherwise it is the best.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite numbers, rounded to float32.
    scales : array_like
        One for each group, as `quantize_trellis_scales` gives them; positive.
    trellis : QuantizeTrellis, optional
    importance : array_like, in the shape of `w`, optional
        The weight of each squared error, at least 0.
    granularity : {"row", "group", "tensor"}
        What shares a scale.
    group_size : int
        Neighbours in a row that share a scale. Used for ``granularity="group"`` only.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    TrellisCodes
        The named tuple ``(codes, error)``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a scale that is not positive, a wrong shape, or an option outside
        its range.

    Examples
    --------
    >>> import quantcal
    >>> trellis = quantcal.QuantizeTrellis("table", 2, 1, table=[-1.0, 0.0, 0.5, 1.0])
    >>> codes, error = quantcal.quantize_trellis_encode([[1.0, 0.5, 0.0]], [1.0], trellis)
    >>> codes, error
    (array([192], dtype=uint8), 0.0)
    >>> quantcal.quantize_trellis_decode(codes, [1.0], (1, 3), trellis)
    array([[1. , 0.5, 0. ]], dtype=float32)
    """
    values = real_array("w", w, F32)
    rows, columns = as_rows("w", values).shape
    options = trellis.options_for(granularity, group_size)
    room = room_of(rows, columns, options)
    shape = _group_shape(rows, room.group_count, granularity)
    parameters = sized("scales", real_array("scales", scales, F32), shape)
    factors = weight_array("importance", importance, F32, values.shape)
    codes = lent(room.code_bytes, np.uint8)
    error = c_double()
    work = values.size << min(max(options.state_bits - 4, 0), 16)
    with reporting(progress, work) as options.progress:
        status = _encode(
            values,
            factors,
            rows,
            columns,
            parameters,
            trellis.own_table(),
            byref(options),
            codes,
            byref(error),
        )
    check(status)
    return TrellisCodes(codes, error.value)


def quantize_trellis_decode(
    codes: Array,
    scales: Array,
    shape: tuple[int, int],
    trellis: QuantizeTrellis = STANDARD,
    *,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """The numbers that codes stand for.

    Parameters
    ----------
    codes : array_like of uint8
        As `quantize_trellis_encode` gives them.
    scales, trellis, granularity, group_size, progress
        As given there. Scales may be any finite numbers here.
    shape : (int, int)
        Rows and columns.

    Returns
    -------
    ndarray of float32, shape (rows, columns)

    Raises
    ------
    QuantcalValueError
        For scales that are not finite, a wrong shape, or an option outside its range.
    """
    rows, columns = as_size("rows", shape[0]), as_size("columns", shape[1])
    options = trellis.options_for(granularity, group_size)
    room = room_of(rows, columns, options)
    packed = code_bytes(codes)
    expect_shape("codes", packed, (room.code_bytes,))
    parameters = sized(
        "scales",
        real_array("scales", scales, F32),
        _group_shape(rows, room.group_count, granularity),
    )
    values = lent((rows, columns), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _decode(
            packed, parameters, trellis.own_table(), rows, columns, byref(options), values
        )
    check(status)
    return values
