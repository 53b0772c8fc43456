"""Intervals without a calibration set: CV+, jackknife+, minmax, and after the bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_array,
    as_level,
    bind_real,
    constant,
    contiguous,
    expect_rank,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.isotonic.folds import fold_array

__all__ = [
    "conformal_cross_bootstrap_intervals",
    "conformal_cross_bootstrap_predictions",
    "conformal_cross_intervals",
]

Method = Literal["plus", "minmax"]
Sides = Literal["symmetric", "asymmetric", "lower", "upper"]
Aggregation = Literal["mean", "median"]


class _Options(Struct):
    """qc_conformal_cross_options."""

    _fields_ = (
        ("method", c_int32),
        ("sides", c_int32),
        ("aggregation", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


_new_options = options_of("qc_conformal_cross_options_init", _Options)


def _options(method: Method, sides: Sides, aggregation: Aggregation) -> _Options:
    options = _new_options()
    options.method = constant("method", method, Method)
    options.sides = constant("sides", sides, Sides)
    options.aggregation = constant("aggregation", aggregation, Aggregation)
    return options


_INTERVALS = bind_real(
    "qc_conformal_cross_intervals",
    REALS,  # residuals
    ArrayOf(np.int32),  # fold
    c_size_t,
    REALS,  # predictions
    c_size_t,
    c_size_t,
    c_double,
    POINTER(_Options),
    REALS,  # lower
    REALS,  # upper
)
_BOOTSTRAP_PREDICTIONS = bind_real(
    "qc_conformal_cross_bootstrap_predictions",
    ArrayOf(np.uint8),  # in_bag
    REALS,  # predictions
    c_size_t,
    c_size_t,
    POINTER(_Options),
    REALS,  # aggregated
)
_BOOTSTRAP_INTERVALS = bind_real(
    "qc_conformal_cross_bootstrap_intervals",
    REALS,  # residuals
    ArrayOf(np.uint8),  # in_bag
    c_size_t,
    REALS,  # predictions
    c_size_t,
    c_size_t,
    c_double,
    POINTER(_Options),
    REALS,  # lower
    REALS,  # upper
)


def conformal_cross_intervals(
    residuals: Array,
    predictions: Array,
    alpha: float,
    *,
    fold: Array | None = None,
    method: Method = "plus",
    sides: Sides = "symmetric",
    progress: ProgressCallback | None = None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Prediction intervals of CV+ or the jackknife+, without a calibration set.

    Every training point has a residual, from a model that was fitted without its fold;
    the candidates for the ends of an interval are the predictions of that model less and
    plus the residual. The ends are candidates of ranks ``floor(alpha * (n + 1))`` from
    below and from above, in exact arithmetic. No matrix of training by test points is
    made.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        Absolute residuals ``abs(y - cross_val_predict(...))``; for other `sides` than
        "symmetric" signed ones, ``y - cross_val_predict(...)``.
    predictions : array_like, shape (m, folds)
        Of each test point by the model without each fold; finite. Converted, like
        `residuals`, to float64 unless both are float32.
    alpha : float
        Level, strictly between 0 and 1. Coverage is at least 1 - 2 alpha (for few and
        small folds a little less), typically 1 - alpha; with "minmax" at least 1 - alpha.
    fold : array_like of int, shape (n,), optional
        The fold of each training point, counted from 0. If not given, each point is a fold
        of its own: the jackknife+.
    method : {"plus", "minmax"}
        "minmax" takes the least and the greatest prediction, and the residual of the rank.
    sides : {"symmetric", "asymmetric", "lower", "upper"}
        With signed residuals both sides miss equally often, or there is one side alone.
    progress : callable, optional
        Called with the fraction done; returning True stops the work.

    Returns
    -------
    lower, upper : ndarray, shape (m,)
        Both ends belong to the interval; infinite if there are too few points for `alpha`.

    Raises
    ------
    QuantcalValueError
        For NaN, a negative absolute residual, an unknown fold, wrong shapes.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_cross_intervals(
    ...     [0.5, 1.0, 0.25, 0.75], [[2.0, 3.0]], 0.4, fold=[0, 0, 1, 1]
    ... )
    (array([1.5]), array([3.25]))
    """
    options = _options(method, sides, "mean")
    values = real_array("predictions", predictions)
    own = real_vector("residuals", residuals)
    expect_rank("predictions", values, 2)
    rows, folds = values.shape
    folds_of_points = fold_array("fold", fold, own.size)

    def call(real: np.dtype[Any], lower: NDArray[Any], upper: NDArray[Any]) -> int:
        status: int = _INTERVALS[real](
            contiguous(own, real),
            folds_of_points,
            own.size,
            contiguous(values, real),
            rows,
            folds,
            as_level(alpha),
            byref(options),
            lower,
            upper,
        )
        return status

    return _ends(call, np.result_type(values, own), rows, options, progress)


def conformal_cross_bootstrap_predictions(
    in_bag: Array, predictions: Array, *, aggregation: Aggregation = "mean"
) -> NDArray[Any]:
    """Out-of-bag predictions: of each training point by the models that have not seen it.

    Parameters
    ----------
    in_bag : array_like of bool or counts, shape (n, models)
        Whether, or how often, each model's bag holds each training point.
    predictions : array_like, shape (n, models)
        Of each training point by every model; finite.
    aggregation : {"mean", "median"}
        How the predictions of several models become one.

    Returns
    -------
    ndarray, shape (n,)
        NaN for a point that every bag holds.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_cross_bootstrap_predictions(
    ...     [[True, False, False], [False, True, True]], [[1.0, 2.0, 4.0], [5.0, 6.0, 7.0]]
    ... )
    array([3., 5.])
    """
    options = _options("plus", "symmetric", aggregation)
    values = real_array("predictions", predictions)
    expect_rank("predictions", values, 2)
    n, models = values.shape
    bags = _bags(in_bag, (n, models))
    aggregated = lent(n, values.dtype)
    call = _BOOTSTRAP_PREDICTIONS[values.dtype]
    check(call(bags, values, n, models, byref(options), aggregated))
    return aggregated


def conformal_cross_bootstrap_intervals(
    residuals: Array,
    in_bag: Array,
    predictions: Array,
    alpha: float,
    *,
    method: Method = "plus",
    sides: Sides = "symmetric",
    aggregation: Aggregation = "mean",
    progress: ProgressCallback | None = None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Prediction intervals of the jackknife+ after the bootstrap.

    As `conformal_cross_intervals`; the model without a training point is the aggregate of
    all models whose bags do not hold it.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        Of `conformal_cross_bootstrap_predictions`. That of a point which every bag holds
        is not looked at: the point widens the intervals.
    in_bag : array_like of bool or counts, shape (n, models)
        Whether, or how often, each model's bag holds each training point.
    predictions : array_like, shape (m, models)
        Of each test point by every model; finite.
    alpha, method, sides, progress
        As of `conformal_cross_intervals`.
    aggregation : {"mean", "median"}
        How the predictions of several models become one.

    Returns
    -------
    lower, upper : ndarray, shape (m,)

    Raises
    ------
    QuantcalValueError
        For NaN, a negative absolute residual, wrong shapes.
    """
    options = _options(method, sides, aggregation)
    values = real_array("predictions", predictions)
    own = real_vector("residuals", residuals)
    expect_rank("predictions", values, 2)
    rows, models = values.shape
    bags = _bags(in_bag, (own.size, models))

    def call(real: np.dtype[Any], lower: NDArray[Any], upper: NDArray[Any]) -> int:
        status: int = _BOOTSTRAP_INTERVALS[real](
            contiguous(own, real),
            bags,
            own.size,
            contiguous(values, real),
            rows,
            models,
            as_level(alpha),
            byref(options),
            lower,
            upper,
        )
        return status

    return _ends(call, np.result_type(values, own), rows, options, progress)


def _ends(
    call: Callable[[np.dtype[Any], NDArray[Any], NDArray[Any]], int],
    real: np.dtype[Any],
    rows: int,
    options: _Options,
    progress: ProgressCallback | None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The ends that a call writes."""
    lower, upper = lent(rows, real), lent(rows, real)
    with reporting(progress, rows) as options.progress:
        status = call(real, lower, upper)
    check(status)
    return lower, upper


def _bags(in_bag: Array, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Booleans or counts as bytes; only what is 0 matters."""
    bags = as_array("in_bag", in_bag)
    if bags.dtype.kind not in "iub" and bags.size:
        raise TypeError(f"in_bag has dtype {bags.dtype}; expected booleans or counts")
    expect_shape("in_bag", bags, shape)
    return contiguous(bags != 0, np.dtype(np.uint8))
