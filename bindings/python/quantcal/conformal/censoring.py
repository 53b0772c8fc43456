"""Weights for outcomes that are right-censored, for any weighted calibrator."""

from __future__ import annotations

import math
from ctypes import POINTER, byref, c_double, c_size_t
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_float,
    event_array,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = ["ConformalCensoringWeights", "conformal_censoring_weights"]

_DOUBLES, _BYTES = ArrayOf(np.float64), ArrayOf(np.uint8)


@dataclass(frozen=True, eq=False)
class ConformalCensoringWeights:
    """What points count for others that were censored.

    Attributes
    ----------
    weights : ndarray of float64, shape (m,)
        1 / survival; 0 where the outcome is not known.
    survival : ndarray of float64, shape (m,)
        The probability G(t-) of not being censored before the time of each point.
    capped : int
        How many weights were above the cap.
    """

    weights: NDArray[np.float64]
    survival: NDArray[np.float64]
    capped: int


_weights = bind(
    "qc_conformal_censoring_weights",
    _DOUBLES,  # times
    _BYTES,  # events
    _DOUBLES,  # weights
    c_size_t,
    _DOUBLES,  # points
    _BYTES,  # point_events
    c_size_t,
    c_double,  # horizon
    c_double,  # cap
    _DOUBLES,  # survival
    _DOUBLES,  # point_weights
    POINTER(c_size_t),
)


def conformal_censoring_weights(
    times: Array,
    events: Array,
    *,
    weights: Array | None = None,
    points: Array | None = None,
    point_events: Array | None = None,
    horizon: float = math.inf,
    cap: float = math.inf,
) -> ConformalCensoringWeights:
    """Weights by the inverse probability of not having been censored.

    With C the time of censoring, its Kaplan-Meier estimate G(t-) of P(C >= t) comes from
    `times` and `events`, where at equal times events precede censorings. The weight of a
    point at t is 1 / G(t-), or 0 if its outcome is not known. With them a weighted
    `ConformalCalibrator` is calibrated for all points; a candidate outcome t of a test
    point has the weight of t, and the weight at the horizon is safe for every t up to it.

    Parameters
    ----------
    times : array_like, shape (n,)
        When an outcome was observed or censored. NaN is an error.
    events : array_like of bool, shape (n,)
        True where the outcome was observed, False where it is only known to be later.
    weights : array_like, shape (n,), optional
        Weights of the observations, at least 0.
    points : array_like, shape (m,), optional
        The times that get weights. The observations themselves if not given.
    point_events : array_like of bool, shape (m,), optional
        As `events`; without, the outcomes of all `points` are known.
    horizon : float, default inf
        Outcomes beyond it are only wanted to be so: their weight is that of the horizon,
        and those censored beyond it are known.
    cap : float, default inf
        No weight is larger; at least 1.

    Returns
    -------
    ConformalCensoringWeights
        With ``.weights``, ``.survival`` and ``.capped``. A weight is infinite where G(t-)
        is 0, which it can only be for points later than all observations.

    Raises
    ------
    QuantcalValueError
        For a value outside its range or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> times, events = [1, 2, 3, 4, 5], [True, False, True, False, True]
    >>> quantcal.conformal_censoring_weights(times, events).survival
    array([1.   , 1.   , 0.75 , 0.75 , 0.375])
    """
    moments = real_vector("times", times, F64)
    observed = event_array("events", events, moments.shape)
    masses = weight_array("weights", weights, F64, moments.shape)
    if points is None:
        wanted, known = moments, None if point_events is not None else observed
    else:
        wanted, known = real_vector("points", points, F64), None
    if point_events is not None:
        known = event_array("point_events", point_events, wanted.shape)
    survival, inverse = lent(wanted.shape, wanted.dtype), lent(wanted.shape, wanted.dtype)
    capped = c_size_t()
    limits = as_float("horizon", horizon), as_float("cap", cap)
    check(
        _weights(
            moments,
            observed,
            masses,
            moments.size,
            wanted,
            known,
            wanted.size,
            *limits,
            survival,
            inverse,
            byref(capped),
        )
    )
    return ConformalCensoringWeights(inverse, survival, capped.value)
