"""Trellis-coded quantization (QTIP): sequences of numbers as paths through a graph of states."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_int32,
    as_size,
    constant,
    expect_shape,
    real_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of
from quantcal.quantize.layout import Granularity, QuantizeLayout

TrellisCode = Literal["1mad", "3inst", "gaussian", "table", "hybrid"]


class Options(Struct):
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


new_options = options_of("qc_quantize_trellis_options_init", Options)

_values = bind(
    "qc_quantize_trellis_values_f32",
    ArrayOf(np.float32),  # table
    POINTER(Options),
    ArrayOf(np.float32),  # values
)
_layout = bind(
    "qc_quantize_trellis_layout",
    c_size_t,
    c_size_t,
    POINTER(Options),
    POINTER(c_size_t),
    POINTER(c_size_t),
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

    def options_for(self, granularity: Granularity = "row", group_size: int = 128) -> Options:
        options = new_options()
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

    def own_table(self) -> NDArray[np.float32] | None:
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


STANDARD = QuantizeTrellis()


def quantize_trellis_values(trellis: QuantizeTrellis = STANDARD) -> NDArray[np.float32]:
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
    options, table = trellis.options_for(), trellis.own_table()
    bits = options.state_bits
    # Sizes that the library refuses need no room.
    states = 1 << bits if 1 <= bits <= 20 else 1
    width = options.step_values if 1 <= options.step_values <= 16 else 1
    values = np.empty((states, width), np.float32)
    check(_values(table, byref(options), values))
    return values


def room_of(rows: int, columns: int, options: Options) -> QuantizeLayout:
    code_bytes, group_count = c_size_t(), c_size_t()
    check(_layout(rows, columns, byref(options), byref(code_bytes), byref(group_count)))
    return QuantizeLayout(code_bytes.value, group_count.value)


def quantize_trellis_layout(
    rows: int,
    columns: int,
    trellis: QuantizeTrellis = STANDARD,
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
    options = trellis.options_for(granularity, group_size)
    return room_of(as_size("rows", rows), as_size("columns", columns), options)
