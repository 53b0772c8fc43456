"""Isotonic regression on a predictor: a curve that can be asked at new points."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal

from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_float,
    bind_real,
    constant,
    real_array,
    real_pair,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import kept, lent
from quantcal._progress import ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.isotonic._options import (
    Increasing,
    Loss,
    RegressionOptions,
    Solution,
    regression_options,
)
from quantcal.isotonic.direction import DirectionResult, IsotonicDirection

__all__ = [
    "IsotonicModel",
    "isotonic_fit",
    "isotonic_predict",
]

Ties = Literal["secondary", "primary", "tertiary"]
Interpolation = Literal["linear", "step"]
Outside = Literal["nan", "clip", "error", "extrapolate"]


class _Options(Struct):
    """qc_isotonic_predict_options."""

    _fields_ = (("interpolation", c_int32), ("outside", c_int32))


_new_options = options_of("qc_isotonic_predict_options_init", _Options)

_FIT = bind_real(
    "qc_isotonic_fit",
    REALS,  # x
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(RegressionOptions),
    REALS,  # fitted
    REALS,  # knots
    REALS,  # values
    POINTER(c_size_t),  # knot_count
    POINTER(DirectionResult),
)

_PREDICT = bind_real(
    "qc_isotonic_predict",
    REALS,  # knots
    REALS,  # values
    c_size_t,
    REALS,  # queries
    c_size_t,
    POINTER(_Options),
    REALS,  # predictions
)


@dataclass(frozen=True, eq=False)
class IsotonicModel:
    """A fitted curve: knots and values, linear between them.

    A model can be called, pickled and copied; it holds arrays and nothing else.

    Attributes
    ----------
    knots : ndarray, shape (k,)
        Strictly ascending predictors: both ends of each run of equal fitted values.
    values : ndarray, shape (k,)
        The value of the curve at each knot.
    direction : IsotonicDirection
        Which way the curve goes; with ``increasing="auto"`` also why.
    fitted : ndarray, shape (n,), or None
        The fitted value of each point, if they were asked for.
    """

    knots: NDArray[Any]
    values: NDArray[Any]
    direction: IsotonicDirection
    fitted: NDArray[Any] | None = field(default=None, repr=False)

    def predict(
        self, x: Array, *, interpolation: Interpolation = "linear", outside: Outside = "nan"
    ) -> NDArray[Any]:
        """The curve at `x`; see `isotonic_predict`."""
        return isotonic_predict(
            self.knots, self.values, x, interpolation=interpolation, outside=outside
        )

    def __call__(
        self, x: Array, *, interpolation: Interpolation = "linear", outside: Outside = "nan"
    ) -> NDArray[Any]:
        return self.predict(x, interpolation=interpolation, outside=outside)


def isotonic_fit(
    x: Array,
    y: Array,
    *,
    weights: Array | None = None,
    increasing: Increasing = True,
    loss: Loss = "squared",
    level: float = 0.5,
    huber_threshold: float = 1.0,
    power: float = 2.0,
    solution: Solution = "default",
    lower: float = -inf,
    upper: float = inf,
    minimum_gap: float = 0.0,
    ties: Ties = "secondary",
    tie_tolerance: float = 0.0,
    fitted: bool = False,
    progress: ProgressCallback | None = None,
) -> IsotonicModel:
    """Fit a curve that rises (or falls) with `x`.

    Parameters
    ----------
    x : array_like, shape (n,)
        Predictors, finite, in any order.
    y : array_like, shape (n,)
        Responses, finite. If `x` and `y` are both float32, so are the results.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. A point of weight 0 takes no part;
        its fitted value is that of the curve.
    increasing : bool or "auto"
        False for a curve that falls; "auto" decides as `isotonic_direction` does.
    loss, level, huber_threshold, power, solution, lower, upper
        See `isotonic_regression`. The bounds hold for the curve.
    minimum_gap : float
        How far the values of neighbouring, different `x` must lie apart.
    ties : {"secondary", "primary", "tertiary"}
        What is asked of points of equal `x`: one fitted value; nothing, so that they are
        put in order of `y`; or order of what they have in common only.
    tie_tolerance : float
        Predictors are equal that differ from the least of them by no more than this part
        of the larger magnitude.
    fitted : bool
        Whether to keep the fitted value of each point.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    IsotonicModel

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative weight, weights that are all 0, arrays of
        different lengths, or an option out of its range.

    Examples
    --------
    >>> import quantcal
    >>> model = quantcal.isotonic_fit([1, 2, 2, 3, 4], [1, 5, 1, 2, 4], weights=[1, 1, 3, 1, 0])
    >>> model.knots, model.values
    (array([1., 2., 3.]), array([1., 2., 2.]))
    >>> model([0, 1.5, 9], outside="clip")
    array([1. , 1.5, 2. ])
    """
    predictors, responses = real_pair("x", x, "y", y)
    n = predictors.size
    point_weights = weight_array("weights", weights, predictors.dtype, (n,))
    options = regression_options(
        increasing, loss, level, huber_threshold, power, solution, lower, upper, minimum_gap
    )
    options.ties = constant("ties", ties, Ties)
    options.tie_tolerance = as_float("tie_tolerance", tie_tolerance)
    values_of_points = lent(responses.shape, responses.dtype) if fitted else None
    knots, values = (lent(n, predictors.dtype) for _ in range(2))
    count = c_size_t()
    result = DirectionResult()
    with reporting(progress, n) as options.progress:
        status = _FIT[predictors.dtype](
            predictors,
            responses,
            point_weights,
            n,
            byref(options),
            values_of_points,
            knots,
            values,
            byref(count),
            byref(result),
        )
    check(status)
    knots, values = kept(knots, count.value), kept(values, count.value)
    return IsotonicModel(knots, values, result.decision(), values_of_points)


def isotonic_predict(
    knots: Array,
    values: Array,
    x: Array,
    *,
    interpolation: Interpolation = "linear",
    outside: Outside = "nan",
) -> NDArray[Any]:
    """The curve through knots and values, at `x`.

    Exact at knots, never beyond the values of two neighbouring knots between them, and in
    order wherever the values are, rounding included. Ascending `x` are quicker.

    Parameters
    ----------
    knots, values : array_like, shape (k,)
        At least one; knots ascend strictly. Values need not be in order.
    x : array_like
        Of any shape; not NaN. Computed in single precision if knots and values are, too,
        which is also the type of the result.
    interpolation : {"linear", "step"}
        "step" takes the value of the last knot at or below `x`.
    outside : {"nan", "clip", "error", "extrapolate"}
        What `x` beyond the knots gives: NaN, the value of the nearest knot, an error, or
        the line through the last two knots at that end. One knot is its value everywhere.

    Returns
    -------
    ndarray
        Of the shape of `x`.

    Raises
    ------
    QuantcalValueError
        For no knots, knots that do not ascend, NaN, or a query outside if that is an
        error.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.isotonic_predict([0, 1, 3], [0, 2, 3], [0.5, 2, 4], outside="extrapolate")
    array([1. , 2.5, 3.5])
    """
    places, heights = real_pair("knots", knots, "values", values)
    queries = real_array("x", x, places.dtype)
    options = _new_options()
    options.interpolation = constant("interpolation", interpolation, Interpolation)
    options.outside = constant("outside", outside, Outside)
    predictions = lent(queries.shape, queries.dtype)
    call = _PREDICT[places.dtype]
    check(call(places, heights, places.size, queries, queries.size, byref(options), predictions))
    return predictions
