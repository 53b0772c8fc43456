"""Scores of regression models, and the intervals that thresholds on them give."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_float,
    bind_real,
    constant,
    contiguous,
    expect_rank,
    expect_shape,
    real_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._structs import Struct, options_of

__all__ = ["conformal_regression_intervals", "conformal_regression_scores"]

Kind = Literal["absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m", "quantiles"]
Sides = Literal["symmetric", "asymmetric", "lower", "upper"]
ThresholdFor = Literal["all", "each_row"]
Empty = Literal["midpoint", "marked"]


class _Options(Struct):
    """qc_conformal_regression_options."""

    _fields_ = (
        ("kind", c_int32),
        ("sides", c_int32),
        ("threshold_for", c_int32),
        ("empty", c_int32),
        ("beta", c_double),
        ("minimum_scale", c_double),
    )


_new_options = options_of("qc_conformal_regression_options_init", _Options)

_SCORES = bind_real(
    "qc_conformal_regression_scores",
    REALS,  # y
    c_size_t,
    REALS,  # predictions
    c_size_t,
    ArrayOf(np.float64),  # levels
    POINTER(_Options),
    REALS,  # scores
)
_INTERVALS = bind_real(
    "qc_conformal_regression_intervals",
    REALS,  # predictions
    c_size_t,
    c_size_t,
    ArrayOf(np.float64),  # levels
    REALS,  # thresholds
    POINTER(_Options),
    REALS,  # lower
    REALS,  # upper
)


def _options(kind: Kind, sides: Sides, beta: float, minimum_scale: float) -> _Options:
    options = _new_options()
    options.kind = constant("kind", kind, Kind)
    options.sides = constant("sides", sides, Sides)
    options.beta = as_float("beta", beta)
    options.minimum_scale = as_float("minimum_scale", minimum_scale)
    return options


def _columns(predictions: Array) -> NDArray[Any]:
    """Predictions as a matrix; a vector is one column."""
    values = real_array("predictions", predictions)
    expect_rank("predictions", values, 1, 2)
    return values[:, np.newaxis] if values.ndim == 1 else values


def _levels(levels: Array | None, kind: Kind, columns: int) -> NDArray[np.float64] | None:
    if levels is None:
        return None
    values = real_array("levels", levels, F64)
    if kind == "quantiles":
        expect_shape("levels", values, (columns,))
    return values


def conformal_regression_scores(
    y: Array,
    predictions: Array,
    *,
    kind: Kind = "absolute",
    sides: Sides = "symmetric",
    levels: Array | None = None,
    beta: float = 0.0,
    minimum_scale: float = 1e-8,
) -> NDArray[Any]:
    """Nonconformity scores of outcomes: how far each lies outside what was predicted.

    A score is ``max(below, above)``, with

    ============  ============  ===================================================
    kind          columns       below, above
    ============  ============  ===================================================
    "absolute"    mean          mean - y, y - mean
    "normalised"  mean, sigma   the same, divided by sigma + beta
    "gamma"       mean          the same, divided by mean; mean > 0, y >= 0
    "cqr"         lo, hi        lo - y, y - hi
    "cqr_r"       lo, hi        the same, divided by hi - lo
    "cqr_m"       lo, mid, hi   the same, divided by mid - lo, and by hi - mid
    "quantiles"   one a level   1/2 - F(y), F(y-) - 1/2
    ============  ============  ===================================================

    Columns of quantiles that cross are sorted. For "quantiles" F is the distribution
    function that is linear between the predicted quantiles, the outermost probabilities
    lying at the outermost quantiles. Scores are rounded up, so that `y` lies in its
    interval (see `conformal_regression_intervals`) exactly if its score is at most the
    threshold.

    Parameters
    ----------
    y : array_like, shape (n,)
        Finite outcomes.
    predictions : array_like, shape (n, columns) or (n,) for one column
        Finite; converted, like `y`, to float64 unless both are float32.
    kind : str
        See above.
    sides : {"symmetric", "asymmetric", "lower", "upper"}
        One score for both sides; or two, each with a threshold of its own at its own
        level, whose sum bounds the misses; or one side alone, for a one-sided bound.
    levels : array_like, shape (columns,), optional
        For "quantiles": strictly increasing, between 0 and 1.
    beta : float
        Added to sigma, at least 0.
    minimum_scale : float
        The least that "normalised", "cqr_r" and "cqr_m" divide by.

    Returns
    -------
    ndarray, shape (n,), or (n, 2) for asymmetric sides

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_regression_scores([1.0, 4.0, 7.0], [[2.0, 5.0]] * 3, kind="cqr")
    array([ 1., -1.,  2.])
    """
    options = _options(kind, sides, beta, minimum_scale)
    values, outcomes = _columns(predictions), real_array("y", y)
    expect_shape("y", outcomes, (values.shape[0],))
    real = np.result_type(values, outcomes)
    values, outcomes = contiguous(values, real), contiguous(outcomes, real)
    rows, columns = values.shape
    scores = lent((rows, 2) if sides == "asymmetric" else rows, real)
    check(
        _SCORES[real](
            outcomes,
            rows,
            values,
            columns,
            _levels(levels, kind, columns),
            byref(options),
            scores,
        )
    )
    return scores


def conformal_regression_intervals(
    predictions: Array,
    thresholds: Array,
    *,
    kind: Kind = "absolute",
    sides: Sides = "symmetric",
    threshold_for: ThresholdFor = "all",
    empty: Empty = "midpoint",
    levels: Array | None = None,
    beta: float = 0.0,
    minimum_scale: float = 1e-8,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The intervals of all outcomes whose scores are at most the thresholds.

    `kind`, `sides`, `levels`, `beta` and `minimum_scale` are those of the scores
    (`conformal_regression_scores`) from which the thresholds come.

    Parameters
    ----------
    predictions : array_like, shape (n, columns) or (n,) for one column
        Finite.
    thresholds : float or array_like
        For all: one number, or two (for below and above) with asymmetric sides. For each
        row: shape (n,), or (n, 2). +inf gives the whole line. Rounded to the type of
        `predictions`.
    threshold_for : {"all", "each_row"}
        Whose `thresholds` are.
    empty : {"midpoint", "marked"}
        What becomes of an interval that a negative threshold leaves empty: its middle,
        which can only add coverage, or NaN at both ends.

    Returns
    -------
    lower, upper : ndarray, shape (n,)
        Both ends belong to the interval.

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_regression_intervals([[2.0, 5.0], [3.0, 9.0]], 2.0, kind="cqr")
    (array([0., 1.]), array([ 7., 11.]))
    """
    options = _options(kind, sides, beta, minimum_scale)
    options.threshold_for = constant("threshold_for", threshold_for, ThresholdFor)
    options.empty = constant("empty", empty, Empty)
    values = _columns(predictions)
    rows, columns = values.shape
    limits = real_array("thresholds", thresholds, values.dtype)
    shape = (rows,) if threshold_for == "each_row" else ()
    expect_shape("thresholds", limits, (*shape, 2) if sides == "asymmetric" else shape)
    lower, upper = lent(rows, values.dtype), lent(rows, values.dtype)
    check(
        _INTERVALS[values.dtype](
            values,
            rows,
            columns,
            _levels(levels, kind, columns),
            limits,
            byref(options),
            lower,
            upper,
        )
    )
    return lower, upper
