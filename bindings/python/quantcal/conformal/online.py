"""Online conformal prediction: thresholds that follow scores as they come."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from math import nan
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_array,
    as_float,
    as_size,
    constant,
    expect_shape,
    real_vector,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of

__all__ = [
    "ConformalOnline",
    "ConformalOnlineInterval",
    "ConformalOnlinePath",
    "ConformalOnlineSummary",
]

OnlineMethod = Literal["aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi", "nexcp"]
OnlineSides = Literal["one", "two"]
OnlineIntegrator = Literal["tangent", "none"]
OnlineRate = Literal["scaled", "fixed"]


class _Options(Struct):
    """qc_conformal_online_options."""

    _fields_ = (
        ("method", c_int32),
        ("sides", c_int32),
        ("integrator", c_int32),
        ("rate", c_int32),
        ("alpha", c_double),
        ("start", c_double),
        ("horizon", c_double),
        ("score_bound", c_double),
        ("learning_rate", c_double),
        ("saturation", c_double),
        ("integral_gain", c_double),
        ("rho", c_double),
        ("cap", c_double),
        ("window", c_size_t),
        ("batch", c_size_t),
        ("lifetime", c_size_t),
    )


class _Summary(Struct):
    """qc_conformal_online_summary."""

    _fields_ = (
        ("observed", c_size_t),
        ("misses", c_size_t),
        ("missing", c_size_t),
        ("score_count", c_size_t),
        ("expert_count", c_size_t),
        ("lower_position", c_double),
        ("upper_position", c_double),
        ("step_size", c_double),
    )


_STATE = handle_kind("qc_conformal_online_destroy")
_new_options = options_of("qc_conformal_online_options_init", _Options)
_create = bind("qc_conformal_online_create", POINTER(_Options), ArrayOf(F64), c_size_t, NEW_HANDLE)
_calibrate = bind("qc_conformal_online_calibrate", _STATE, ArrayOf(F64), c_size_t)
_threshold = bind(
    "qc_conformal_online_threshold", _STATE, c_double, POINTER(c_double), POINTER(c_double)
)
_observe = bind("qc_conformal_online_observe", _STATE, c_double, c_double, POINTER(c_int32))
_run = bind(
    "qc_conformal_online_run",
    _STATE,
    ArrayOf(F64),  # scores
    ArrayOf(F64),  # forecasts
    c_size_t,
    ArrayOf(F64),  # lower
    ArrayOf(F64),  # upper
    ArrayOf(np.int32),  # covered
)
_summarize = bind("qc_conformal_online_summarize", _STATE, POINTER(_Summary))
_STORED = StoredKind(_STATE, "qc_conformal_online_serialize", "qc_conformal_online_deserialize")


class ConformalOnlineInterval(NamedTuple):
    """What a score must lie between to count as covered, both ends included.

    An upper end of +infinity with a lower one of -infinity covers every score; an upper end of
    -infinity covers none.
    """

    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class ConformalOnlinePath:
    """The thresholds of points, one after the other, and whether they held.

    Attributes
    ----------
    lower, upper : ndarray, shape (n,)
        What each score had to lie between.
    covered : ndarray of int32, shape (n,)
        1 if it did, 0 if not, -1 if the outcome is missing.
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    covered: NDArray[np.int32]


@dataclass(frozen=True)
class ConformalOnlineSummary:
    """What can be read off a state.

    Attributes
    ----------
    observed, misses, missing : int
        Points whose outcome came, those of them that were not covered, and points whose
        outcome did not come.
    score_count, expert_count : int
        How many scores are in the window, and how many experts there are.
    lower_position, upper_position : float
        The level or radius that the rule of each side steers; NaN where there is none.
    step_size : float
        How far a miss moves it; of "dtaci" the learning rate of the weights.
    """

    observed: int
    misses: int
    missing: int
    score_count: int
    expert_count: int
    lower_position: float
    upper_position: float
    step_size: float


class ConformalOnline(Stored):
    """Online conformal prediction, for scores that come one after the other and may drift.

    Before each point :meth:`threshold` says what its score must lie between to count as
    covered; afterwards :meth:`observe` takes the score, and the threshold adapts. States can
    be pickled and copied. Threads may share one: they take turns.

    Parameters
    ----------
    method : {"aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi", "nexcp"}
        Adaptive conformal inference, aggregated (signed residuals), or dynamically tuned;
        scale-free gradient descent, or the strongly adaptive mixture of it; the PID controller;
        the narrowest interval of a window of signed residuals; weights that fall with age.
    alpha : float
        Wanted share of misses, above 0 and below 1.
    gamma : float or array_like, optional
        Step size of the levels: one for "aci" (0.005), or a grid for "agaci" and "dtaci" (0.001,
        0.002, 0.004, ..., 0.128).
    sides : {"one", "two"}
        "two" for signed scores: each side is followed by itself, at alpha / 2. "agaci" and
        "enbpi" have two sides in any case.
    start : float, optional
        The first level, radius or P term; by default alpha (of a side), 0 and 0.
    window : int
        How many of the latest scores are kept; 0 for all.
    horizon : float
        Of "dtaci": in about how many steps the best level may change.
    score_bound : float
        Of "sf_ogd" and "saocp": what scores are not expected to exceed.
    lifetime : int
        Of "saocp": steps that the shortest-lived radius lives.
    learning_rate : float
        Of the P term of "pid".
    rate : {"scaled", "fixed"}
        Whether `learning_rate` is times the largest magnitude of the scores in the window.
    integrator : {"tangent", "none"}
        The I term of "pid".
    saturation, integral_gain : float
        C_sat and K_I of the tangent integrator.
    rho : float
        Of "nexcp": what the weight of a score falls by with each step, above 0, at most 1.
    cap : float
        Of "agaci": what an infinite end counts as; 0 for the largest magnitude in the window.
    batch : int
        Of "enbpi": how many residuals join the window at a time.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import quantcal
    >>> state = quantcal.ConformalOnline("aci", alpha=0.25, gamma=0.125)
    >>> state.calibrate([4.0, 1.0, 3.0, 2.0])
    >>> state.threshold()
    ConformalOnlineInterval(lower=-inf, upper=4.0)
    >>> state.observe(5.0)
    False
    >>> state.threshold().upper
    inf
    >>> state.run([2.5, 1.5, 0.5]).upper
    array([inf,  5.,  5.])
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(
        self,
        method: OnlineMethod = "aci",
        *,
        alpha: float = 0.1,
        gamma: Array | None = None,
        sides: OnlineSides = "one",
        start: float = nan,
        window: int = 0,
        horizon: float = 100.0,
        score_bound: float = 1.0,
        lifetime: int = 8,
        learning_rate: float = 0.1,
        rate: OnlineRate = "scaled",
        integrator: OnlineIntegrator = "tangent",
        saturation: float = 1.0,
        integral_gain: float = 1.0,
        rho: float = 0.99,
        cap: float = 0.0,
        batch: int = 1,
    ) -> None:
        options = _new_options()
        options.method = constant("method", method, OnlineMethod)
        options.sides = constant("sides", sides, OnlineSides)
        options.integrator = constant("integrator", integrator, OnlineIntegrator)
        options.rate = constant("rate", rate, OnlineRate)
        options.alpha = as_float("alpha", alpha)
        options.start = as_float("start", start)
        options.horizon = as_float("horizon", horizon)
        options.score_bound = as_float("score_bound", score_bound)
        options.learning_rate = as_float("learning_rate", learning_rate)
        options.saturation = as_float("saturation", saturation)
        options.integral_gain = as_float("integral_gain", integral_gain)
        options.rho = as_float("rho", rho)
        options.cap = as_float("cap", cap)
        options.window = as_size("window", window)
        options.batch = as_size("batch", batch)
        options.lifetime = as_size("lifetime", lifetime)
        steps = real_vector(
            "gamma", np.atleast_1d(as_array("gamma", () if gamma is None else gamma)), F64
        )
        self._handle = _STATE.create(
            lambda place: _create(byref(options), steps, steps.size, place)
        )

    def calibrate(self, scores: Array) -> None:
        """Add scores of calibration points, oldest first, and change nothing else.

        Parameters
        ----------
        scores : array_like, shape (n,)
            Of the same kind as those to come; for "enbpi" the leave-one-out residuals.

        Raises
        ------
        QuantcalValueError
            For NaN, -infinity, an infinite signed score, or a method that keeps no scores.
        """
        given = real_vector("scores", scores, F64)
        with self._handle.exclusively() as state:
            check(_calibrate(state, given, given.size))

    def threshold(self, forecast: float = 0.0) -> ConformalOnlineInterval:
        """What the next score must lie between to count as covered.

        Parameters
        ----------
        forecast : float
            Of the next score, for "pid"; 0 for the other methods.
        """
        lower, upper = c_double(), c_double()
        with self._handle.exclusively() as state:
            check(_threshold(state, as_float("forecast", forecast), byref(lower), byref(upper)))
        return ConformalOnlineInterval(lower.value, upper.value)

    def observe(self, score: float, *, forecast: float = 0.0) -> bool | None:
        """Take the score of the point that the threshold was for.

        Parameters
        ----------
        score : float
            NaN if the outcome is missing: then nothing moves, but that "enbpi" takes the last
            residual again.
        forecast : float
            What :meth:`threshold` was given.

        Returns
        -------
        bool or None
            Whether the point was covered; None if its outcome is missing.
        """
        covered = c_int32()
        with self._handle.exclusively() as state:
            check(
                _observe(
                    state,
                    as_float("score", score),
                    as_float("forecast", forecast),
                    byref(covered),
                )
            )
        return None if covered.value < 0 else covered.value == 1

    def run(self, scores: Array, *, forecasts: Array | None = None) -> ConformalOnlinePath:
        """Points one after the other: the threshold of each, and then its score.

        Parameters
        ----------
        scores : array_like, shape (n,)
            As for :meth:`observe`.
        forecasts : array_like, shape (n,), optional
            Forecasts of the scores, for "pid".

        Returns
        -------
        ConformalOnlinePath
            With ``.lower``, ``.upper`` and ``.covered``.
        """
        given = real_vector("scores", scores, F64)
        predicted = None
        if forecasts is not None:
            predicted = real_vector("forecasts", forecasts, F64)
            expect_shape("forecasts", predicted, given.shape)
        lower, upper = lent(given.shape, given.dtype), lent(given.shape, given.dtype)
        covered = lent(given.shape, np.int32)
        with self._handle.exclusively() as state:
            check(_run(state, given, predicted, given.size, lower, upper, covered))
        return ConformalOnlinePath(lower, upper, covered)

    def summary(self) -> ConformalOnlineSummary:
        """Counts so far, and what the method steers."""
        result = _Summary()
        with self._handle.exclusively() as state:
            check(_summarize(state, byref(result)))
        return ConformalOnlineSummary(**result.content())
