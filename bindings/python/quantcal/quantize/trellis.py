"""Trellis-coded quantization (QTIP): sequences of numbers as paths through a graph of states."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_int32,
    as_rows,
    as_size,
    constant,
    expect_shape,
    real_array,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.layout import Granularity, QuantizeLayout, sized
from quantcal.quantize.packing import code_bytes

TrellisCode = Literal["1mad", "3inst", "gaussian", "table", "hybrid"]


class _Options(Struct):
    """qc_quantize_trellis_options."""

    _fields_ = (
        ("code", c_int32),
        ("state_bits", c_int32),
        ("step_bits", c_int32),
        ("step_values", c_int32),
        ("table_bits", c_int32),
        ("is_tail_biting", c_int32),
        ("granularity", c_int32),
        ("reserved", c_int32),
        ("group_size", c_size_t),
        ("length", c_size_t),
        ("seed", c_uint64),
        ("ratio", c_double),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_trellis_options_init", _Options)

_values = bind(
    "qc_quantize_trellis_values_f32",
    ArrayOf(np.float32),  # table
    POINTER(_Options),
    ArrayOf(np.float32),  # values
)
_layout = bind(
    "qc_quantize_trellis_layout",
    c_size_t,
    c_size_t,
    POINTER(_Options),
    POINTER(c_size_t),
    POINTER(c_size_t),
)
_scales = bind(
    "qc_quantize_trellis_scales_f32",
    ArrayOf(np.float32),  # values
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # table
    POINTER(_Options),
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
    POINTER(_Options),
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
    POINTER(_Options),
    ArrayOf(np.float32),  # values
)


@dataclass(frozen=True, eq=False)
class QuantizeTrellis:
    """A bitshift trellis and its code: what the states of a path stand for.

    A state is `state_bits` bits; the next one has `step_bits` new bits below the low ones of
    this. It stands for `step_values` numbers, so an element takes ``step_bits / step_values``
    bits.
    """

    code: TrellisCode = "1mad"
    """"1mad" and "3inst" compute a state's number, with one value a step; "gaussian" draws
    normal numbers from `seed`; "table" has them in `table`; "hybrid" looks hashes of the
    states up in a smaller one."""
    state_bits: int = 16
    """1 to 20."""
    step_bits: int = 2
    """1 to 16, at most `state_bits`."""
    step_values: int = 1
    """1 to 16."""
    table: Array | None = None
    """For "table" of shape (2**state_bits, step_values), for "hybrid" (2**table_bits,
    step_values); magnitudes at most 2**20."""
    table_bits: int = 9
    """For "hybrid" only: 1 to 15."""
    tail_biting: bool = True
    """Whether a sequence's last state leads to its first, which saves the bits of a first
    state."""
    length: int = 256
    """Elements of a sequence."""
    seed: int = 0
    """Of "gaussian"."""

    def _options(self, granularity: Granularity = "row", group_size: int = 128) -> _Options:
        options = _new_options()
        options.code = constant("code", self.code, TrellisCode)
        options.state_bits = as_int32("state_bits", self.state_bits)
        options.step_bits = as_int32("step_bits", self.step_bits)
        options.step_values = as_int32("step_values", self.step_values)
        options.table_bits = as_int32("table_bits", self.table_bits)
        options.is_tail_biting = int(bool(self.tail_biting))
        options.granularity = constant("granularity", granularity, Granularity)
        options.group_size = as_size("group_size", group_size)
        options.length = as_size("length", self.length)
        options.seed = as_size("seed", self.seed)
        return options

    def _table(self) -> NDArray[np.float32] | None:
        bits = {"table": self.state_bits, "hybrid": self.table_bits}.get(self.code)
        if bits is None:
            return None
        if self.table is None:
            raise refuse(
                Status.QC_ERR_NULL_POINTER, f'table is None; the code "{self.code}" needs it'
            )
        table = real_array("table", self.table, F32)
        if table.ndim == 1:
            table = table[:, None]
        # Sizes that the library refuses are for it to name.
        if 1 <= bits <= (20 if self.code == "table" else 15):
            expect_shape("table", table, (1 << bits, self.step_values))
        return table


_STANDARD = QuantizeTrellis()


class TrellisCodes(NamedTuple):
    """What `quantize_trellis_encode` gives."""

    codes: NDArray[np.uint8]
    """The sequences' bits, each from a byte on."""
    error: float
    """The sum of weighted squared errors."""


def quantize_trellis_values(trellis: QuantizeTrellis = _STANDARD) -> NDArray[np.float32]:
    """The numbers that each state of a trellis stands for.

    Parameters
    ----------
    trellis : QuantizeTrellis, optional

    Returns
    -------
    ndarray of float32, shape (2**state_bits, step_values)

    Raises
    ------
    QuantcalValueError
        For an option outside its range, or a table that does not fit.

    Examples
    --------
    >>> import quantcal
    >>> values = quantcal.quantize_trellis_values(quantcal.QuantizeTrellis("3inst"))
    >>> values.shape, round(float(values[0, 0]), 6)
    ((65536, 1), 0.768066)
    """
    options, table = trellis._options(), trellis._table()
    bits = options.state_bits
    # Sizes that the library refuses need no room.
    states = 1 << bits if 1 <= bits <= 20 else 1
    width = options.step_values if 1 <= options.step_values <= 16 else 1
    values = np.empty((states, width), np.float32)
    check(_values(table, byref(options), values))
    return values


def _room(rows: int, columns: int, options: _Options) -> QuantizeLayout:
    code_bytes, group_count = c_size_t(), c_size_t()
    check(_layout(rows, columns, byref(options), byref(code_bytes), byref(group_count)))
    return QuantizeLayout(code_bytes.value, group_count.value)


def _group_shape(rows: int, count: int, granularity: Granularity) -> tuple[int, int]:
    return (count, 1) if granularity == "tensor" else (rows, count // max(rows, 1))


def quantize_trellis_layout(
    rows: int,
    columns: int,
    trellis: QuantizeTrellis = _STANDARD,
    *,
    granularity: Granularity = "row",
    group_size: int = 128,
) -> QuantizeLayout:
    """How many bytes the codes of a matrix need, and how many scales it has.

    A sequence is `trellis.length` neighbours in the order of the rows, across their ends; the
    last may be shorter. Its codes begin at a byte.

    Returns
    -------
    QuantizeLayout
        The named tuple ``(code_bytes, group_count)``.

    Raises
    ------
    QuantcalValueError
        For an option outside its range, or a matrix that is too large.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_trellis_layout(64, 256).code_bytes
    4096
    """
    options = trellis._options(granularity, group_size)
    return _room(as_size("rows", rows), as_size("columns", columns), options)


def quantize_trellis_scales(
    w: Array,
    trellis: QuantizeTrellis = _STANDARD,
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
    options = trellis._options(granularity, group_size)
    options.ratio = as_float("ratio", ratio)
    count = _room(rows, columns, options).group_count
    scales = np.empty(_group_shape(rows, count, granularity), np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _scales(values, rows, columns, trellis._table(), byref(options), scales)
    check(status)
    return scales


def quantize_trellis_encode(
    w: Array,
    scales: Array,
    trellis: QuantizeTrellis = _STANDARD,
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
    options = trellis._options(granularity, group_size)
    room = _room(rows, columns, options)
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
            trellis._table(),
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
    trellis: QuantizeTrellis = _STANDARD,
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
    options = trellis._options(granularity, group_size)
    room = _room(rows, columns, options)
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
            packed, parameters, trellis._table(), rows, columns, byref(options), values
        )
    check(status)
    return values
