"""Parts of a matrix, each on a grid of its own: their room, scales and zero points."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    Array,
    as_array,
    as_rows,
    as_size,
    constant,
    expect_rank,
    expect_shape,
)
from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import GridStruct, QuantizeGrid, grid_struct
from quantcal.quantize.kinds import KINDS, input_array
from quantcal.quantize.layout import Granularity
from quantcal.quantize.range import (
    GridParameters,
    QuantizeRangeRule,
    RuleStruct,
    quantize_range_rule,
)


class MaskedOptions(Struct):
    """qc_quantize_masked_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("selected", c_int32),
        ("group_size", c_size_t),
        ("is_shared", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


_new_masked_options = options_of("qc_quantize_masked_options_init", MaskedOptions)
_layout = bind(
    "qc_quantize_masked_layout",
    ArrayOf(np.uint8),  # mask
    c_size_t,
    c_size_t,
    POINTER(GridStruct),
    POINTER(MaskedOptions),
    POINTER(c_size_t),  # selected_count
    POINTER(c_size_t),  # code_bytes
    POINTER(c_size_t),  # group_count
)
_RANGE = {
    kind: bind(
        f"qc_quantize_masked_range_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        ArrayOf(np.uint8),  # mask
        POINTER(GridStruct),
        POINTER(MaskedOptions),
        POINTER(RuleStruct),
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
    )
    for kind, suffix, stored in KINDS
}


class MaskedLayout(NamedTuple):
    """The room that a part of a matrix needs."""

    selected_count: int
    """The elements of the part."""
    code_bytes: int
    """Bytes of packed codes; each row starts on a byte."""
    group_count: int
    """The number of scales (and of zero points)."""


class Part:
    """A part of a matrix on a grid, as the library takes it."""

    def __init__(
        self,
        mask: Array,
        rows: int | None,
        grid: QuantizeGrid | str,
        selected: bool,
        group_size: int,
        granularity: Granularity,
    ) -> None:
        given = as_array("mask", mask)
        if given.dtype != np.bool_:
            raise TypeError(f"mask has dtype {given.dtype}; expected bool")
        expect_rank("mask", given, 1, 2)
        if rows is None and given.ndim == 1:
            raise refuse(Status.QC_ERR_SIZE, "mask is 1-D; rows must be given")
        self.rows = len(given) if rows is None else as_size("rows", rows)
        self.columns = given.shape[-1]
        if given.ndim == 2:
            expect_shape("mask", given, (self.rows, self.columns))
        self.mask = np.packbits(given, axis=-1, bitorder="little")
        self.grid = grid_struct(grid)
        self.options = _new_masked_options()
        self.options.granularity = constant("granularity", granularity, Granularity)
        self.options.group_size = as_size("group_size", group_size)
        self.options.selected = bool(selected)
        self.options.is_shared = given.ndim == 1

    def layout(self) -> MaskedLayout:
        """The room that the part needs."""
        sizes = c_size_t(), c_size_t(), c_size_t()
        check(
            _layout(
                self.mask,
                self.rows,
                self.columns,
                byref(self.grid),
                byref(self.options),
                *(byref(size) for size in sizes),
            )
        )
        return MaskedLayout(*(size.value for size in sizes))

    def group_shape(self) -> tuple[int, int]:
        """The shape of a matrix of scales."""
        count = self.layout().group_count
        is_tensor = self.options.granularity == 2
        return (count, 1) if is_tensor else (self.rows, count // max(self.rows, 1))

    def expect(self, values: NDArray[Any]) -> None:
        """Refuse a matrix of another shape."""
        if as_rows("w", values).shape != (self.rows, self.columns):
            expect_shape("w", values, (self.rows, self.columns))


def quantize_masked_layout(
    mask: Array,
    grid: QuantizeGrid | str,
    *,
    rows: int | None = None,
    selected: bool = True,
    group_size: int = 128,
    granularity: Granularity = "group",
) -> MaskedLayout:
    """How much room a part of a matrix needs on a grid.

    Parameters
    ----------
    rows : int, optional
        The rows of the matrix, which a 1-D mask does not say.
    mask, grid, selected, group_size, granularity
        As for `quantize_masked_range`.

    Returns
    -------
    MaskedLayout
        The named tuple ``(selected_count, code_bytes, group_count)``.

    Raises
    ------
    QuantcalValueError
        If an option is outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_masked_layout([[True, False, True, True]], "int8")
    MaskedLayout(selected_count=3, code_bytes=3, group_count=1)
    """
    return Part(mask, rows, grid, selected, group_size, granularity).layout()


def quantize_masked_range(
    w: Array,
    mask: Array,
    grid: QuantizeGrid | str,
    rule: QuantizeRangeRule | str = "min_max",
    *,
    selected: bool = True,
    zeros: bool = False,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> GridParameters:
    """The scales, and zero points if wanted, of a part of a matrix by a rule.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values, in the part or not.
    mask : array_like of bool, shape (rows, columns), or (columns,) for all rows
        Which elements belong to the part.
    grid : QuantizeGrid or str
        The grid of the part, or its name.
    rule : QuantizeRangeRule or str
        The rule, or its name. What is not in the part counts nowhere.
    selected : bool
        False for the elements whose place in the mask is False.
    zeros : bool
        Whether the levels may be moved.
    group_size, granularity, progress
        As for `quantize_grid_encode`. Groups are neighbours in the matrix, of which a part has
        the selected ones.

    Returns
    -------
    GridParameters
        The named tuple ``(scales, zeros)``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.

    Examples
    --------
    Weights in one bit, but for a third, which has eight.

    >>> import numpy as np, quantcal
    >>> w = np.array([[3, 2.5, 0.1, -0.1, 0.3, -0.05]])
    >>> mask = quantcal.quantize_salient_mask(w, 1 / 3)
    >>> decoded = np.zeros(w.shape, np.float32)
    >>> for grid, rule, part in [("uint8", "min_max", True), ("binary", "mean_absolute", False)]:
    ...     scales, zeros = quantcal.quantize_masked_range(
    ...         w, mask, grid, rule, selected=part, zeros=True
    ...     )
    ...     codes = quantcal.quantize_masked_encode(w, mask, grid, scales, zeros, selected=part)
    ...     _ = quantcal.quantize_masked_decode(
    ...         codes, mask, grid, scales, zeros, selected=part, out=decoded
    ...     )
    >>> decoded.round(3)
    array([[ 3.   ,  2.494,  0.2  , -0.075,  0.2  , -0.075]], dtype=float32)
    """
    kind, values = input_array(w)
    rows = as_rows("w", values).shape[0]
    part = Part(mask, rows, grid, selected, group_size, granularity)
    part.expect(values)
    of = (quantize_range_rule(rule) if isinstance(rule, str) else rule).struct()
    shape = part.group_shape()
    scales = np.empty(shape, np.float32)
    zero_points = np.empty(shape, np.float32) if zeros else None
    with reporting(progress, values.size) as part.options.progress:
        status = _RANGE[kind](
            values,
            rows,
            part.columns,
            part.mask,
            byref(part.grid),
            byref(part.options),
            byref(of),
            scales,
            zero_points,
        )
    check(status)
    return GridParameters(scales, zero_points)
