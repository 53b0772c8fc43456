"""Scalar grids: which level each code of 1 to 8 bits stands for."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_size_t, c_void_p, sizeof
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, as_float, as_int32, as_size, constant, real_vector
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of
from quantcal.quantize.layout import Granularity, QuantizeLayout

GridKind = Literal[
    "integer",
    "midrise",
    "binary",
    "log2",
    "log_sqrt2",
    "sqrt2_powers",
    "power",
    "tangent",
    "float",
    "code_book",
]
GridSpecials = Literal["none", "ieee", "fn", "fnuz", "exponent"]
GridOverflow = Literal["saturate", "ieee"]


class GridStruct(Struct):
    """qc_quantize_grid."""

    _fields_ = (
        ("kind", c_int32),
        ("bits", c_int32),
        ("is_signed", c_int32),
        ("is_narrow", c_int32),
        ("exponent_bits", c_int32),
        ("specials", c_int32),
        ("overflow", c_int32),
        ("reserved", c_int32),
        ("bias", c_double),
        ("parameter", c_double),
        ("levels", c_void_p),
        ("level_count", c_size_t),
    )

    # Keeps the memory of `levels`.
    level_array: NDArray[np.float32]


@dataclass(frozen=True)
class QuantizeGrid:
    """A scalar grid: codes of 1 to 8 bits, each for a level in units of a scale. Usually
    `quantize_grid` makes it, from a name. Fields that a kind does not use are not looked at.

    Attributes
    ----------
    kind : str
        "integer", "midrise" (``k + 1/2``), "binary" (-1 and 1), "log2" and "log_sqrt2" (powers
        of 2 or its root, and 0), "sqrt2_powers" (the same with signs), "power" (integers to
        the power ``1 / parameter``), "tangent" (finer near 0 and 1), "float", "code_book".
    bits : int
        Of a code.
    signed : bool
        Of integers and floats.
    narrow : bool
        Of signed integers: without the lowest code, so symmetric. Integers that are not narrow,
        with zero points of -1/2, are the levels of StatsQ.
    exponent_bits : int
        Of floats; what remains of `bits` besides the sign is the mantissa.
    specials : {"none", "ieee", "fn", "fnuz", "exponent"}
        The float codes that are no numbers: none; infinities and NaN (e5m2); one NaN for each
        sign (e4m3fn); NaN in place of -0 (e4m3fnuz); exponents only, the last NaN (e8m0fnu).
    overflow : {"saturate", "ieee"}
        Where a float grid puts what is too large, and infinities: the largest level; or
        infinity, or NaN where there is none, as casts of ml_dtypes do.
    bias : float
        Of a float's exponent; any real number.
    parameter : float
        "power": the exponent, 1/16 to 1. "tangent": the angle, 0 to 1.5.
    levels : tuple of float
        Of a code book, at most ``2**bits``: code k is ``levels[k]``.
    """

    kind: GridKind = "integer"
    bits: int = 4
    signed: bool = True
    narrow: bool = True
    exponent_bits: int = 0
    specials: GridSpecials = "none"
    overflow: GridOverflow = "saturate"
    bias: float = 0.0
    parameter: float = 0.0
    levels: tuple[float, ...] = ()

    def struct(self) -> GridStruct:
        """The grid as the library takes it."""
        struct = GridStruct()
        struct.kind = constant("kind", self.kind, GridKind)
        struct.bits = as_int32("bits", self.bits)
        struct.is_signed = bool(self.signed)
        struct.is_narrow = bool(self.narrow)
        struct.exponent_bits = as_int32("exponent_bits", self.exponent_bits)
        struct.specials = constant("specials", self.specials, GridSpecials)
        struct.overflow = constant("overflow", self.overflow, GridOverflow)
        struct.bias = as_float("bias", self.bias)
        struct.parameter = as_float("parameter", self.parameter)
        struct.level_array = real_vector("levels", self.levels, F32)
        struct.level_count = len(struct.level_array)
        struct.levels = struct.level_array.ctypes.data if struct.level_count else None
        return struct


_init = bind("qc_quantize_grid_init", POINTER(GridStruct), c_size_t, c_char_p)
_levels = bind("qc_quantize_grid_levels", POINTER(GridStruct), ArrayOf(np.float32))


def quantize_grid(name: str = "int4", **changes: Any) -> QuantizeGrid:
    """The grid of a name, with fields changed.

    Parameters
    ----------
    name : str
        "int2" to "int8" (signed, symmetric), "uint1" to "uint8", "midrise1" to "midrise8",
        "binary", "ternary", "log2_1" to "log2_7", "log_sqrt2_1" to "log_sqrt2_7",
        "sqrt2_powers2" to "sqrt2_powers8", "power2" to "power8", "tangent1" to "tangent8",
        "e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e3m2fn", "e2m3fn", "e2m1fn", "e8m0fnu", "nf4".
    **changes
        Fields of `QuantizeGrid` that are to be different.

    Raises
    ------
    QuantcalValueError
        If the name is unknown.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_grid_levels("e2m1fn")[:8]
    array([0. , 0.5, 1. , 1.5, 2. , 3. , 4. , 6. ], dtype=float32)
    >>> quantcal.quantize_grid("int4", narrow=False).bits
    4
    """
    struct = GridStruct()
    check(_init(byref(struct), sizeof(struct), name.encode()))
    levels = (ctypes.c_float * struct.level_count).from_address(struct.levels or 0)
    grid = QuantizeGrid(
        kind=get_args(GridKind)[struct.kind],
        bits=struct.bits,
        signed=bool(struct.is_signed),
        narrow=bool(struct.is_narrow),
        exponent_bits=struct.exponent_bits,
        specials=get_args(GridSpecials)[struct.specials],
        overflow=get_args(GridOverflow)[struct.overflow],
        bias=struct.bias,
        parameter=struct.parameter,
        levels=tuple(levels),
    )
    unknown = set(changes) - {field.name for field in fields(grid)}
    if unknown:
        raise TypeError(f"{min(unknown)} is not a field of QuantizeGrid")
    return replace(grid, **changes)


def grid_struct(grid: QuantizeGrid | str) -> GridStruct:
    """A grid, or the grid of a name, as the library takes it."""
    return (quantize_grid(grid) if isinstance(grid, str) else grid).struct()


def quantize_grid_levels(grid: QuantizeGrid | str) -> NDArray[np.float32]:
    """The level of each code, in units of the scale.

    Parameters
    ----------
    grid : QuantizeGrid or str
        The grid, or its name.

    Returns
    -------
    ndarray of float32, shape (2**bits,)
        NaN for codes that are NaN or are not used.

    Raises
    ------
    QuantcalValueError
        For a grid that cannot be.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_grid_levels("log2_2")
    array([1.  , 0.5 , 0.25, 0.  ], dtype=float32)
    """
    struct = grid_struct(grid)
    levels = np.empty(1 << min(max(struct.bits, 0), 8), np.float32)
    check(_levels(byref(struct), levels))
    return levels


class GridOptions(Struct):
    """qc_quantize_grid_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("reserved", c_int32),
        ("group_size", c_size_t),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_grid_options_init", GridOptions)
_layout = bind(
    "qc_quantize_grid_layout",
    POINTER(GridStruct),
    c_size_t,
    c_size_t,
    POINTER(GridOptions),
    POINTER(c_size_t),  # code_bytes
    POINTER(c_size_t),  # group_count
)


def grid_options(group_size: int, granularity: Granularity) -> GridOptions:
    """The library's options, from those of this package."""
    options = _new_options()
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    return options


def grid_layout_of(
    rows: int, columns: int, grid: GridStruct, options: GridOptions
) -> QuantizeLayout:
    """The room that a matrix needs on this grid."""
    code_bytes, group_count = c_size_t(), c_size_t()
    sizes = as_size("rows", rows), as_size("columns", columns)
    check(_layout(byref(grid), *sizes, byref(options), byref(code_bytes), byref(group_count)))
    return QuantizeLayout(code_bytes.value, group_count.value)


def quantize_grid_layout(
    rows: int,
    columns: int,
    grid: QuantizeGrid | str,
    *,
    group_size: int = 128,
    granularity: Granularity = "group",
) -> QuantizeLayout:
    """How much room a matrix needs on a grid, as `quantize_layout` for `quantize`.

    Parameters
    ----------
    rows, columns : int
        The matrix's shape; 0 is allowed.
    grid : QuantizeGrid or str
        The grid, or its name.
    group_size, granularity
        As for `quantize_grid_encode`.

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
    >>> quantcal.quantize_grid_layout(2, 300, "nf4", group_size=64)
    QuantizeLayout(code_bytes=300, group_count=10)
    """
    options = grid_options(group_size, granularity)
    return grid_layout_of(rows, columns, grid_struct(grid), options)
