"""The options of integer quantization, and the room that codes and scales need."""

from __future__ import annotations

import math
from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any, Literal, NamedTuple

from numpy.typing import NDArray

from quantcal._arrays import as_int32, as_size, constant, expect_shape
from quantcal._errors import check
from quantcal._library import bind
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of

Granularity = Literal["group", "row", "tensor"]


class Options(Struct):
    """qc_quantize_integer_options."""

    _fields_ = (
        ("bits", c_int32),
        ("scheme", c_int32),
        ("granularity", c_int32),
        ("reserved", c_int32),
        ("group_size", c_size_t),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_integer_options_init", Options)


def integer_options(
    bits: int, group_size: int, symmetric: bool, granularity: Granularity
) -> Options:
    """The library's options, from those of this package."""
    options = _new_options()
    options.bits = as_int32("bits", bits)
    options.scheme = 0 if symmetric else 1
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    return options


class QuantizeLayout(NamedTuple):
    """The room that a quantized matrix needs."""

    code_bytes: int
    """Bytes of packed codes: ``rows * ceil(columns * bits / 8)``."""
    group_count: int
    """The number of scales (and of zero points)."""


_layout = bind(
    "qc_quantize_integer_layout",
    c_size_t,
    c_size_t,
    POINTER(Options),
    POINTER(c_size_t),  # code_bytes
    POINTER(c_size_t),  # group_count
)


def layout_of(rows: int, columns: int, options: Options) -> QuantizeLayout:
    """The room that a matrix needs with these options."""
    code_bytes, group_count = c_size_t(), c_size_t()
    sizes = as_size("rows", rows), as_size("columns", columns)
    check(_layout(*sizes, byref(options), byref(code_bytes), byref(group_count)))
    return QuantizeLayout(code_bytes.value, group_count.value)


def quantize_layout(
    rows: int,
    columns: int,
    *,
    bits: int = 4,
    group_size: int = 128,
    symmetric: bool = True,
    granularity: Granularity = "group",
) -> QuantizeLayout:
    """How much room `quantize` needs for a matrix, before there is one.

    Parameters
    ----------
    rows, columns : int
        The matrix's shape; 0 is allowed.
    bits, group_size, symmetric, granularity
        As for `quantize`.

    Returns
    -------
    QuantizeLayout
        The named tuple ``(code_bytes, group_count)``.

    Raises
    ------
    QuantcalValueError
        If an option is outside its range, or a product does not fit memory.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_layout(2, 300, bits=3)
    QuantizeLayout(code_bytes=226, group_count=6)
    """
    return layout_of(rows, columns, integer_options(bits, group_size, symmetric, granularity))


def sized(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The same elements in another shape; another number of them is refused."""
    if array.size != math.prod(shape):
        expect_shape(name, array, shape)
    return array.reshape(shape)
