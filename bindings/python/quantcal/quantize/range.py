"""Range rules: the scales and zero points of matrices on a grid."""

from __future__ import annotations

from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_size_t, sizeof
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_float, as_int32, as_rows, constant, real_vector
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal._structs import Struct
from quantcal.quantize.grid import (
    GridOptions,
    GridStruct,
    QuantizeGrid,
    grid_options,
    grid_struct,
)
from quantcal.quantize.grid_codes import group_shape
from quantcal.quantize.kinds import KINDS, input_array
from quantcal.quantize.layout import Granularity, sized

RangeKind = Literal[
    "min_max",
    "percentile",
    "mse",
    "entropy",
    "aciq_gaussian",
    "aciq_laplace",
    "gaussian",
    "laplace",
    "half_quadratic",
    "least_squares",
    "mean_absolute",
    "learned_step",
    "dual_clipping",
]
ScaleForm = Literal["real", "power_of_two", "power_of_two_up"]
PercentileDefinition = Literal["linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf"]


class RuleStruct(Struct):
    """qc_quantize_range_rule."""

    _fields_ = (
        ("kind", c_int32),
        ("scale_form", c_int32),
        ("definition", c_int32),
        ("steps", c_int32),
        ("refinements", c_int32),
        ("iterations", c_int32),
        ("bins", c_int32),
        ("reserved", c_int32),
        ("percentile", c_double),
        ("norm", c_double),
        ("low", c_double),
        ("high", c_double),
        ("strength", c_double),
        ("growth", c_double),
    )


@dataclass(frozen=True)
class QuantizeRangeRule:
    """How the range of a group is chosen, from which its scale and zero point follow. Usually
    `quantize_range_rule` makes it, from a name. Fields that a kind does not use are not looked at.

    Attributes
    ----------
    kind : str
        "min_max"; "percentile"; "mse" (the least error of candidates); "entropy" (the least
        Kullback-Leibler divergence of candidates); "aciq_gaussian" and "aciq_laplace";
        "gaussian" and "laplace" (the best scale of this grid for the distribution, times the
        spread); "half_quadratic" (HQQ; needs zero points); "least_squares" (codes and scale in
        turn, from all candidates); "mean_absolute" (binary and ternary weights); "learned_step"
        (where LSQ starts); "dual_clipping" (as "mse", each end of the range by itself, as
        RepQuant's).
    scale_form : {"real", "power_of_two", "power_of_two_up"}
        Any scale; the power of two of OCP Microscaling; the next power of two.
    definition : str
        "percentile": "linear", "lower", "higher", "nearest", "midpoint" or "inverted_cdf", as
        ``numpy.percentile`` has them.
    steps : int
        Candidates of "mse", "entropy" and "least_squares", and of each end in "dual_clipping".
    refinements : int
        Steps of golden section after the search of "mse".
    iterations : int
        Of "half_quadratic" and "least_squares", at most.
    bins : int
        Of the histogram of "entropy".
    percentile : float
        50 to 100.
    norm : float
        The exponent of errors of "mse", 0.1 to 4, and of "half_quadratic", 0.1 to 1.
    low, high : float
        Candidates are the min-max range times numbers from `high` down to `low`. "mean_absolute":
        the scale is `high` times the mean; ``2**(2 - bits)`` gives StatsQ's.
    strength, growth : float
        Of "half_quadratic".
    """

    kind: RangeKind = "min_max"
    scale_form: ScaleForm = "real"
    definition: PercentileDefinition = "linear"
    steps: int = 80
    refinements: int = 0
    iterations: int = 20
    bins: int = 2048
    percentile: float = 99.99
    norm: float = 2.0
    low: float = 0.21
    high: float = 1.0
    strength: float = 10.0
    growth: float = 1.01

    def struct(self) -> RuleStruct:
        """The rule as the library takes it."""
        struct = RuleStruct()
        struct.kind = constant("kind", self.kind, RangeKind)
        struct.scale_form = constant("scale_form", self.scale_form, ScaleForm)
        struct.definition = constant("definition", self.definition, PercentileDefinition)
        for name in ("steps", "refinements", "iterations", "bins"):
            setattr(struct, name, as_int32(name, getattr(self, name)))
        for name in ("percentile", "norm", "low", "high", "strength", "growth"):
            setattr(struct, name, as_float(name, getattr(self, name)))
        return struct


_init = bind("qc_quantize_range_rule_init", POINTER(RuleStruct), c_size_t, c_char_p)


def quantize_range_rule(name: str = "min_max", **changes: Any) -> QuantizeRangeRule:
    """The range rule of a name, with fields changed.

    Parameters
    ----------
    name : str
        "min_max", "power_of_two" (min-max with the scales of OCP Microscaling), "percentile",
        "mse", "entropy", "aciq_gaussian", "aciq_laplace", "gaussian", "laplace",
        "half_quadratic", "least_squares", "mean_absolute", "learned_step" or
        "dual_clipping".
    **changes
        Fields of `QuantizeRangeRule` that are to be different.

    Raises
    ------
    QuantcalValueError
        If the name is unknown.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_range_rule("mse", norm=2.4).steps
    80
    """
    struct = RuleStruct()
    check(_init(byref(struct), sizeof(struct), name.encode()))
    content = struct.content()
    for field, words in (
        ("kind", RangeKind),
        ("scale_form", ScaleForm),
        ("definition", PercentileDefinition),
    ):
        content[field] = get_args(words)[content[field]]
    rule = QuantizeRangeRule(**content)
    unknown = set(changes) - {field.name for field in fields(rule)}
    if unknown:
        raise TypeError(f"{min(unknown)} is not a field of QuantizeRangeRule")
    return replace(rule, **changes)


_RANGE = {
    kind: bind(
        f"qc_quantize_range_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        ArrayOf(np.float32),  # importance
        POINTER(GridStruct),
        POINTER(GridOptions),
        POINTER(RuleStruct),
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
    )
    for kind, suffix, stored in KINDS
}


class GridParameters(NamedTuple):
    """What `quantize_grid_encode` needs besides values and grid."""

    scales: NDArray[np.float32]
    """Shape (rows, groups), (rows, 1) or (1, 1), as `granularity` says."""
    zeros: NDArray[np.float32] | None
    """Zero points in units of levels, in the same shape; None if they were not wanted."""


def quantize_range(
    w: Array,
    grid: QuantizeGrid | str,
    rule: QuantizeRangeRule | str = "min_max",
    *,
    zeros: bool = False,
    importance: Array | None = None,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> GridParameters:
    """The scales, and zero points if wanted, of a matrix on a grid by a rule.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows; 1-D is one row; empty is allowed.
    grid : QuantizeGrid or str
        The grid, or its name.
    rule : QuantizeRangeRule or str
        The rule, or its name.
    zeros : bool
        Whether the levels may be moved: whole zero points for integers (real ones with
        "half_quadratic"), real ones for other grids.
    importance : array_like, shape (columns,), optional
        Weights of errors, at least 0: for "mse", "entropy" and "least_squares".
    group_size, granularity, progress
        As for `quantize_grid_encode`. With ``granularity="row"`` activations are quantized
        token by token.

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
    >>> import quantcal
    >>> w = [[7.9, -3.0, 0.4, 0.1]]
    >>> quantcal.quantize_range(w, "e2m1fn", "power_of_two").scales
    array([[1.]], dtype=float32)
    >>> scales, zeros = quantcal.quantize_range([[-1.0, -0.3, 0.5, 2.0]], "uint4", zeros=True)
    >>> zeros
    array([[5.]], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    of = (quantize_range_rule(rule) if isinstance(rule, str) else rule).struct()
    weights = None
    if importance is not None:
        weights = sized("importance", real_vector("importance", importance, F32), (columns,))
    shape = group_shape(rows, columns, struct, options)
    scales = np.empty(shape, np.float32)
    zero_points = np.empty(shape, np.float32) if zeros else None
    with reporting(progress, values.size) as options.progress:
        status = _RANGE[kind](
            values,
            rows,
            columns,
            weights,
            byref(struct),
            byref(options),
            byref(of),
            scales,
            zero_points,
        )
    check(status)
    return GridParameters(scales, zero_points)
