"""Ranges by what they do to a model's predictions, which the caller measures."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator
from ctypes import POINTER, byref, c_double, c_float, c_size_t
from dataclasses import dataclass
from types import GeneratorType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_float, as_rows, real_array
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
from quantcal.quantize.layout import Granularity
from quantcal.quantize.range import QuantizeRangeRule, RuleStruct, quantize_range_rule


class _Candidate(Struct):
    """qc_quantize_range_candidate."""

    _fields_ = (
        ("index", c_size_t),
        ("candidates", c_size_t),
        ("factor", c_double),
        ("error", c_double),
        ("rows", c_size_t),
        ("columns", c_size_t),
        ("quantized", POINTER(c_float)),
        ("group_count", c_size_t),
        ("scales", POINTER(c_float)),
        ("zeros", POINTER(c_float)),
        ("difference", c_double),
    )


# As in quantcal._progress: the C callback is a generator's own `send`.
_Measure = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.py_object, POINTER(_Candidate))
_send = _Measure(GeneratorType.send)


class _Difference(ctypes.Structure):
    """qc_quantize_difference."""

    _fields_ = (("measure", _Measure), ("context", ctypes.py_object))


class _Result(Struct):
    """qc_quantize_prediction_range_result."""

    _fields_ = (
        ("index", c_size_t),
        ("factor", c_double),
        ("difference", c_double),
        ("error", c_double),
        ("loss", c_double),
    )


_search = bind(
    "qc_quantize_prediction_range_f32",
    ArrayOf(F32),  # values
    c_size_t,
    c_size_t,
    POINTER(GridStruct),
    POINTER(GridOptions),
    POINTER(RuleStruct),
    c_double,
    POINTER(_Difference),
    ArrayOf(F32),  # scales
    ArrayOf(F32),  # zeros
    POINTER(_Result),
)


@dataclass(frozen=True, eq=False)
class RangeCandidate:
    """A candidate range, with what a model would have in place of the values."""

    index: int
    """From 0, the widest."""
    candidates: int
    """How many there are."""
    factor: float
    """Which the min-max ranges are multiplied by."""
    error: float
    """The mean of ``abs(x - quantized) ** norm``."""
    quantized: NDArray[np.float32]
    """Decoded values, in the shape of `x`."""
    scales: NDArray[np.float32]
    """As `quantize_grid_encode` takes them."""
    zeros: NDArray[np.float32] | None
    """Zero points; None if they were not wanted."""


@dataclass(frozen=True, eq=False)
class PredictionRange:
    """The range that changes a model's predictions least."""

    scales: NDArray[np.float32]
    """As `quantize_grid_encode` takes them."""
    zeros: NDArray[np.float32] | None
    """Zero points; None if they were not wanted."""
    index: int
    """Of the candidate that is taken."""
    factor: float
    """Which its range is of the min-max range."""
    difference: float
    """What was measured for it."""
    error: float
    """Its error."""
    loss: float
    """``difference + error_weight * error``."""


def _answers(
    difference: Callable[[RangeCandidate], float | None],
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    caught: list[BaseException],
) -> Generator[int, Any, None]:
    """Take candidates, write their differences; give 0 to go on, 1 to stop."""

    def copied(pointer: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
        return np.ctypeslib.as_array(pointer, shape).copy()

    stop = 0
    while True:
        try:
            while True:
                given = (yield stop).contents
                found = difference(
                    RangeCandidate(
                        given.index,
                        given.candidates,
                        given.factor,
                        given.error,
                        copied(given.quantized, shapes[0]),
                        copied(given.scales, shapes[1]),
                        copied(given.zeros, shapes[1]) if given.zeros else None,
                    )
                )
                if found is None:
                    stop = 1
                else:
                    given.difference = float(found)
        except GeneratorExit:
            return
        except BaseException as error:
            caught.append(error)
            stop = 1


def quantize_prediction_range(
    x: Array,
    grid: QuantizeGrid | str,
    difference: Callable[[RangeCandidate], float | None],
    rule: QuantizeRangeRule | str = "mse",
    *,
    zeros: bool = False,
    error_weight: float = 0.0,
    group_size: int = 128,
    granularity: Granularity = "tensor",
    progress: ProgressCallback | None = None,
) -> PredictionRange:
    """The range that changes a model's predictions least, as PD-Quant chooses it.

    Candidates are the min-max range of each group times numbers, the same for all groups; the
    widest of those with the least ``difference + error_weight * error`` is taken.

    Parameters
    ----------
    x : array_like, shape (..., columns)
        Finite activations, or weights. Leading axes count rows; 1-D is one row.
    grid : QuantizeGrid or str
        The grid, or its name.
    difference : callable
        Gets a `RangeCandidate`, whose arrays it may keep; returns how far the model's predictions
        are, with ``quantized`` in place of `x`, from those of the model as it is (PD-Quant: the
        Kullback-Leibler divergence of ``softmax(logits / 4)``). None stops; what it raises is
        raised.
    rule : QuantizeRangeRule or str
        Of the kind "mse": `steps`, `low` and `high` say which candidates, `norm` which errors.
    zeros : bool
        Whether the levels may be moved.
    error_weight : float
        Of the error of the values beside the difference (PD-Quant: 0.1).
    group_size, granularity, progress
        As for `quantize_grid_encode`.

    Returns
    -------
    PredictionRange
        The named tuple ``(scales, zeros, index, factor, difference, error, loss)``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range; if a difference is
        NaN.
    Cancelled
        If `difference` returns None, or `progress` true.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> x = np.append(np.linspace(-1, 1, 99), 40)
    >>> def difference(candidate):  # of a model that does not look at the last value
    ...     return float(((candidate.quantized[:99] - x[:99]) ** 2).sum())
    >>> bool(quantcal.quantize_prediction_range(x, "int4", difference).factor < 0.3)
    True
    """
    if not callable(difference):
        raise TypeError(f"difference is {difference!r}; expected a function of a RangeCandidate")
    values = real_array("x", x, F32)
    rows, columns = as_rows("x", values).shape
    struct, options = grid_struct(grid), grid_options(group_size, granularity)
    of = (quantize_range_rule(rule) if isinstance(rule, str) else rule).struct()
    shape = group_shape(rows, columns, struct, options)
    scales = np.empty(shape, np.float32)
    zero_points = np.empty(shape, np.float32) if zeros else None
    result = _Result()
    caught: list[BaseException] = []
    answers = _answers(difference, (values.shape, shape), caught)
    next(answers)
    with reporting(progress, values.size) as options.progress:
        status = _search(
            values,
            rows,
            columns,
            byref(struct),
            byref(options),
            byref(of),
            as_float("error_weight", error_weight),
            byref(_Difference(_send, answers)),
            scales,
            zero_points,
            byref(result),
        )
    answers.close()
    if caught:
        raise caught[0]
    check(status)
    return PredictionRange(scales, zero_points, **result.content())
