"""Centered isotonic regression, with intervals."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_float,
    bind_real,
    constant,
    real_pair,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import kept, lent
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.isotonic.prediction import isotonic_predict

__all__ = ["CenteredIsotonicFit", "isotonic_centered"]

CenteredTies = Literal["boundary", "never", "always"]
CenteredInterval = Literal["wilson", "morris"]


class _Options(Struct):
    """qc_isotonic_centered_options."""

    _fields_ = (
        ("direction", c_int32),
        ("ties", c_int32),
        ("interval", c_int32),
        ("reserved", c_int32),
        ("confidence", c_double),
        ("range_lower", c_double),
        ("range_upper", c_double),
        ("progress", Progress),
    )


_new_options = options_of("qc_isotonic_centered_options_init", _Options)

_CENTERED = bind_real(
    "qc_isotonic_centered",
    *[REALS] * 3,  # x, y, weights
    c_size_t,
    POINTER(_Options),
    *[REALS] * 3,  # fitted, lower, upper
    *[REALS] * 5,  # knots, values, knot_weights, knot_lower, knot_upper
    POINTER(c_size_t),  # knot_count
)


@dataclass(frozen=True, eq=False)
class CenteredIsotonicFit:
    """A centered isotonic regression: a curve straight between its knots, and level beyond
    them. A fit can be called, pickled and copied; it holds arrays and nothing else.

    Attributes
    ----------
    fitted : ndarray, shape (n,)
        The curve at each point, in the order of the input.
    lower, upper : ndarray, shape (n,), or None
        Its bounds there, if there is an interval.
    knots : ndarray, shape (k,)
        Where the curve bends, strictly ascending.
    values : ndarray, shape (k,)
        The curve at the knots.
    knot_weights : ndarray, shape (k,)
        The weight behind each knot; 0 for one that only leads the curve to its first or
        last point.
    knot_lower, knot_upper : ndarray, shape (k,), or None
        The bounds at the knots.
    """

    fitted: NDArray[Any]
    lower: NDArray[Any] | None
    upper: NDArray[Any] | None
    knots: NDArray[Any]
    values: NDArray[Any]
    knot_weights: NDArray[Any]
    knot_lower: NDArray[Any] | None
    knot_upper: NDArray[Any] | None

    def predict(self, x: Array) -> NDArray[Any]:
        """The curve at `x`, of any shape. (Interpolating between the points and their fitted
        values would be another curve.)"""
        return isotonic_predict(self.knots, self.values, x, outside="clip")

    def predict_interval(self, x: Array) -> tuple[NDArray[Any], NDArray[Any]]:
        """The bounds of the curve at `x`: lower, upper."""
        if self.knot_lower is None or self.knot_upper is None:
            raise refuse(Status.QC_ERR_OPTIONS, "the fit was made with interval=None")
        lower, upper = (
            isotonic_predict(self.knots, bound, x, outside="clip")
            for bound in (self.knot_lower, self.knot_upper)
        )
        return lower, upper

    def __call__(self, x: Array) -> NDArray[Any]:
        return self.predict(x)


def isotonic_centered(
    x: Array,
    y: Array,
    *,
    weights: Array | None = None,
    increasing: bool = True,
    ties: CenteredTies = "boundary",
    interval: CenteredInterval | None = "morris",
    confidence: float = 0.9,
    y_range: tuple[float, float] = (0.0, 1.0),
    progress: ProgressCallback | None = None,
) -> CenteredIsotonicFit:
    """Centered isotonic regression, with intervals for shares of successes.

    Neighbours in `x` whose means are out of order are pooled, as in isotonic regression;
    but a pool is one point, at the weighted mean of its `x`, and the curve runs straight
    from point to point. So it rises strictly inside, where isotonic regression has steps.

    Parameters
    ----------
    x : array_like, shape (n,)
        Predictors, such as doses; finite, in any order. Equal ones are pooled.
    y : array_like, shape (n,)
        Responses, finite; for an interval shares of successes, 0 to 1. If `x` and `y` are
        both float32, so are the results.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero, ones by default; for an interval whole numbers of
        trials. A point of weight 0 takes no part; its fitted value is that of the curve.
    increasing : bool
        False for a curve that falls.
    ties : {"boundary", "never", "always"}
        Whether neighbours with equal means are pooled; "boundary" is always but where both
        are at the same end of the range of `y`.
    interval : {"morris", "wilson"} or None
        Morris's exact bounds for ordered chances, narrowed by Wilson's; or Wilson's alone.
        With None, `y` may be anything.
    confidence : float
        Of the intervals, strictly between 0 and 1.
    y_range : tuple of float
        The ends of the range of `y`, for `ties`; either may be infinite.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    CenteredIsotonicFit

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, bad weights, arrays of different lengths, an option out of its
        range; for an interval also a share outside 0 to 1, or weights that are not whole.

    Notes
    -----
    Means are compared exactly; a share stands for the fraction of its whole number of
    trials that it is nearest to, so shares tie where the fractions do.

    References
    ----------
    Oron and Flournoy (2017), Centered isotonic regression: point and interval estimation
    for dose-response studies. Morris (1988), Small-sample confidence limits for parameters
    under inequality constraints with application to quantal bioassay.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_centered([1, 2, 3, 4], [0.1, 0.3, 0.2, 0.6], weights=[10] * 4)
    >>> fit.knots, fit.values
    (array([1. , 2.5, 4. ]), array([0.1 , 0.25, 0.6 ]))
    >>> fit.predict([1.75, 9]).round(4)
    array([0.175, 0.6  ])
    >>> fit.lower.round(4), fit.upper.round(4)
    (array([0.0226, 0.0925, 0.2021, 0.3516]), array([0.3251, 0.3965, 0.5567, 0.8058]))
    """
    predictors, responses = real_pair("x", x, "y", y)
    n = predictors.size
    trials = weight_array("weights", weights, predictors.dtype, (n,))
    options = _new_options()
    options.direction = 0 if increasing else 1
    options.ties = constant("ties", ties, CenteredTies)
    has_interval = interval is not None
    options.interval = (
        0 if interval is None else 1 + constant("interval", interval, CenteredInterval)
    )
    options.confidence = as_float("confidence", confidence)
    options.range_lower, options.range_upper = (as_float("y_range", end) for end in y_range)
    at_points = [lent(n, predictors.dtype) for _ in range(3 if has_interval else 1)]
    at_knots = [lent(n + 1, predictors.dtype) for _ in range(5 if has_interval else 3)]
    bounds = [] if has_interval else [None] * 2
    count = c_size_t()
    with reporting(progress, n) as options.progress:
        status = _CENTERED[predictors.dtype](
            predictors,
            responses,
            trials,
            n,
            byref(options),
            *at_points,
            *bounds,
            *at_knots,
            *bounds,
            byref(count),
        )
    check(status)
    knots = [kept(values, count.value) for values in at_knots]
    return CenteredIsotonicFit(*at_points, *bounds, *knots, *bounds)
