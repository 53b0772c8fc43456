"""Isotonic distributional regression."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int32, c_size_t, c_uint64, c_void_p, sizeof
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import (
    F64,
    REAL_TYPES,
    Array,
    as_size,
    contiguous,
    expect_rank,
    expect_shape,
    integer_array,
    real_array,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._handles import NEW_HANDLE, Handle, HandleKind
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting

__all__ = ["IsotonicDistribution", "isotonic_distribution"]


class _Options(ctypes.Structure):
    """qc_isotonic_distribution_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("direction", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    ]


_options_init = bind("qc_isotonic_distribution_options_init", POINTER(_Options), c_size_t)
_KIND = HandleKind(
    "qc_isotonic_distribution",
    bind("qc_isotonic_distribution_destroy", c_void_p, restype=None),
)
_BYTES = ArrayOf(np.uint8)

_CREATE = {
    real: bind(
        f"qc_isotonic_distribution_create_{suffix}",
        ArrayOf(real),  # x
        c_size_t,
        c_size_t,  # dimensions
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        _BYTES,  # events
        POINTER(_Options),
        NEW_HANDLE,
    )
    for real, suffix, _ in REAL_TYPES
}
_THRESHOLDS = {
    real: bind(
        f"qc_isotonic_distribution_thresholds_{suffix}",
        _KIND,
        ArrayOf(real),
        c_size_t,  # capacity
        POINTER(c_size_t),  # count
    )
    for real, suffix, _ in REAL_TYPES
}
_CDF = {
    real: bind(
        f"qc_isotonic_distribution_cdf_{suffix}",
        _KIND,
        ArrayOf(real),  # queries
        c_size_t,
        ArrayOf(real),  # thresholds
        c_size_t,
        ArrayOf(real),  # probabilities
    )
    for real, suffix, _ in REAL_TYPES
}
_QUANTILE = {
    real: bind(
        f"qc_isotonic_distribution_quantile_{suffix}",
        _KIND,
        ArrayOf(real),  # queries
        c_size_t,
        ArrayOf(np.float64),  # levels
        c_size_t,
        ArrayOf(real),  # quantiles
    )
    for real, suffix, _ in REAL_TYPES
}
_CRPS = {
    real: bind(
        f"qc_isotonic_distribution_crps_{suffix}",
        _KIND,
        ArrayOf(real),  # queries
        ArrayOf(real),  # y
        c_size_t,
        ArrayOf(real),  # crps
    )
    for real, suffix, _ in REAL_TYPES
}
_PIT = {
    real: bind(
        f"qc_isotonic_distribution_pit_{suffix}",
        _KIND,
        ArrayOf(real),  # queries
        ArrayOf(real),  # y
        c_size_t,
        c_uint64,  # seed
        ArrayOf(real),  # lower
        ArrayOf(real),  # upper
        ArrayOf(real),  # pit
    )
    for real, suffix, _ in REAL_TYPES
}
_serialize = bind("qc_isotonic_distribution_serialize", _KIND, _BYTES, c_size_t, POINTER(c_size_t))
_deserialize = bind("qc_isotonic_distribution_deserialize", _BYTES, c_size_t, NEW_HANDLE)

Self = TypeVar("Self", bound="IsotonicDistribution")


class IsotonicDistribution:
    """Distributions of an outcome given a covariate; `isotonic_distribution` fits them.

    It never changes, threads may share it, and it can be copied and pickled. A query
    between two covariates of the fit gets their distribution functions' linear
    interpolation, one beyond the outermost that one's. Queries are converted to the
    type that was fitted, in which answers come.
    """

    def __init__(self, handle: Handle, dtype: np.dtype[Any]) -> None:
        self._handle = handle
        self._dtype = dtype

    def __repr__(self) -> str:
        return f"IsotonicDistribution({self.thresholds.size} thresholds, {self._dtype})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(), self._dtype.str)

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64: that of the queries and the answers."""
        return self._dtype

    @cached_property
    def thresholds(self) -> NDArray[Any]:
        """The distinct outcomes, ascending: where distribution functions may jump."""
        count = c_size_t()
        check(_THRESHOLDS[self._dtype](self._handle, None, 0, byref(count)))
        values = np.empty(count.value, self._dtype)
        check(_THRESHOLDS[self._dtype](self._handle, values, values.size, None))
        values.flags.writeable = False
        return values

    def _vector(self, name: str, value: Array) -> NDArray[Any]:
        array = real_array(name, value, self._dtype)
        expect_rank(name, array, 1)
        return array

    def _pair(self, x: Array, y: Array) -> tuple[NDArray[Any], NDArray[Any]]:
        queries, outcomes = self._vector("x", x), self._vector("y", y)
        expect_shape("y", outcomes, queries.shape)
        return queries, outcomes

    def cdf(self, x: Array, thresholds: Array | None = None) -> NDArray[Any]:
        """The probability of an outcome of at most each threshold.

        Parameters
        ----------
        x : array_like, shape (m,)
            Covariates; not NaN.
        thresholds : float or array_like, shape (k,), optional
            In any order, not NaN; by default all of `thresholds`.

        Returns
        -------
        ndarray, shape (m, k), or (m,) for a single threshold
        """
        queries = self._vector("x", x)
        given = self.thresholds if thresholds is None else thresholds
        columns = real_array("thresholds", given, self._dtype)
        expect_rank("thresholds", columns, 0, 1)
        probabilities = np.empty(queries.shape + columns.shape, self._dtype)
        check(
            _CDF[self._dtype](
                self._handle, queries, queries.size, columns, columns.size, probabilities
            )
        )
        return probabilities

    def quantile(self, x: Array, levels: Array) -> NDArray[Any]:
        """The least threshold at which the distribution function reaches each level.

        Parameters
        ----------
        x : array_like, shape (m,)
            Covariates; not NaN.
        levels : float or array_like, shape (k,)
            Strictly between 0 and 1, in any order.

        Returns
        -------
        ndarray, shape (m, k), or (m,) for a single level
            Infinity where the distribution function stays below the level, as it may
            after censoring.
        """
        queries = self._vector("x", x)
        columns = real_array("levels", levels, F64)
        expect_rank("levels", columns, 0, 1)
        quantiles = np.empty(queries.shape + columns.shape, self._dtype)
        check(
            _QUANTILE[self._dtype](
                self._handle, queries, queries.size, columns, columns.size, quantiles
            )
        )
        return quantiles

    def crps(self, x: Array, y: Array) -> NDArray[Any]:
        """The continuous ranked probability score of each forecast: the lower, the better.

        The integral of ``(F(z | x[i]) - (y[i] <= z))**2``.

        Parameters
        ----------
        x, y : array_like, shape (m,)
            Covariates, and the outcomes that came: finite.

        Returns
        -------
        ndarray, shape (m,)
            Infinity where the distribution function stays below 1.
        """
        queries, outcomes = self._pair(x, y)
        scores = np.empty_like(queries)
        check(_CRPS[self._dtype](self._handle, queries, outcomes, queries.size, scores))
        return scores

    def pit(self, x: Array, y: Array, *, seed: int = 0) -> NDArray[Any]:
        """The randomised probability integral transform.

        A uniform draw from the interval of `pit_bounds`. Draws are uniform on 0 to 1 if
        the distributions are right.

        Parameters
        ----------
        x, y : array_like, shape (m,)
            Covariates, and the outcomes that came; not NaN.
        seed : int
            From 0 to 2**64 - 1. The same seed gives the same draws.

        Returns
        -------
        ndarray, shape (m,)
        """
        queries, outcomes = self._pair(x, y)
        number = as_size("seed", seed)
        draws = np.empty_like(queries)
        check(
            _PIT[self._dtype](
                self._handle, queries, outcomes, queries.size, number, None, None, draws
            )
        )
        return draws

    def pit_bounds(self, x: Array, y: Array) -> tuple[NDArray[Any], NDArray[Any]]:
        """The distribution function just below each outcome, and at it.

        Parameters
        ----------
        x, y : array_like, shape (m,)
            Covariates, and the outcomes that came; not NaN.

        Returns
        -------
        lower, upper : ndarray, shape (m,)
        """
        queries, outcomes = self._pair(x, y)
        lower, upper = np.empty_like(queries), np.empty_like(queries)
        check(
            _PIT[self._dtype](self._handle, queries, outcomes, queries.size, 0, lower, upper, None)
        )
        return lower, upper

    def to_bytes(self) -> bytes:
        """The distributions as bytes, the same on every machine, with a checksum."""
        size = c_size_t()
        check(_serialize(self._handle, None, 0, byref(size)))
        content = np.empty(size.value, np.uint8)
        check(_serialize(self._handle, content, content.size, None))
        return content.tobytes()

    @classmethod
    def from_bytes(
        cls: type[Self], content: bytes | bytearray | memoryview, dtype: DTypeLike = F64
    ) -> Self:
        """What `to_bytes` was called on. The bytes may come from anywhere.

        Raises
        ------
        QuantcalValueError
            If they are no distribution, down to the last bit.
        """
        real = np.dtype(dtype)
        if real not in _CREATE:
            raise refuse(Status.QC_ERR_OPTIONS, f"dtype is {real}; it must be float32 or float64")
        memory = np.frombuffer(content, np.uint8)
        return cls(
            _KIND.create(lambda handle: int(_deserialize(memory, memory.size, handle))), real
        )


def _event_array(events: Array | None, n: int) -> NDArray[np.uint8] | None:
    """Whether outcomes were observed: booleans, or 0 and 1."""
    if events is None:
        return None
    array = integer_array("events", events)
    expect_shape("events", array, (n,))
    # What is neither must not become one of them in a byte.
    known = array if array.dtype == bool else np.where((array == 0) | (array == 1), array, 2)
    return contiguous(known, np.dtype(np.uint8))


def isotonic_distribution(
    x: Array,
    y: Array,
    *,
    weights: Array | None = None,
    events: Array | None = None,
    increasing: bool = True,
    progress: ProgressCallback | None = None,
) -> IsotonicDistribution:
    """Isotonic distributional regression of outcomes on a covariate.

    Fits the distribution of `y` given `x` under one assumption: larger `x` make for
    stochastically larger `y` (smaller ones if not `increasing`). At every threshold
    ``t`` the distribution functions are the least-squares fit, falling as `x` rises, to
    the indicators ``y <= t``. No other isotonic distributions have a lower mean CRPS.

    Parameters
    ----------
    x : array_like, shape (n,)
        Covariates, finite, at least one. float32 stays float32, all else becomes float64.
    y : array_like, shape (n,)
        Outcomes, finite, converted to the type of `x`.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. What weighs nothing is ignored.
    events : array_like of bool, shape (n,), optional
        Whether each outcome was observed, or right-censored at `y`. By default all were.
    increasing : bool
        False if outcomes fall as the covariate rises.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    IsotonicDistribution
        With ``.cdf``, ``.quantile``, ``.crps``, ``.pit`` and ``.thresholds``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, bad weights, no event, or a wrong shape.
    TypeError
        If `x`, `y` or `weights` are not real numbers, or `events` not booleans.

    Notes
    -----
    Time is O(n log(n)**2), whether the dependence is strong or weak; memory follows the
    number of changes between neighbouring distribution functions, usually little more
    than n. With censored outcomes (S-IDR) indicators give way to Kaplan-Meier estimates,
    which takes time and memory quadratic in the number of distinct covariates.

    References
    ----------
    Henzi, Ziegel, Gneiting (2021), Isotonic distributional regression. Journal of the
    Royal Statistical Society B 83, 963-993.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_distribution([1, 2, 3, 4], [2, 1, 3, 2])
    >>> fit.thresholds
    array([1., 2., 3.])
    >>> fit.cdf([1, 2.5])
    array([[0.5 , 1.  , 1.  ],
           [0.25, 0.75, 1.  ]])
    >>> fit.quantile([1, 2.5], 0.9)
    array([2., 3.])
    """
    covariates = real_array("x", x)
    expect_rank("x", covariates, 1)
    n = covariates.size
    outcomes = real_array("y", y, covariates.dtype)
    expect_shape("y", outcomes, (n,))
    point_weights = weight_array("weights", weights, covariates.dtype, (n,))
    observed = _event_array(events, n)
    options = _Options()
    check(_options_init(byref(options), sizeof(options)))
    options.direction = 0 if increasing else 1
    # An observation takes as long as many elements of simpler work; censored ones meet all others.
    work = 64 * n if observed is None else n * n

    def create(place: Any) -> int:
        with reporting(progress, work) as options.progress:
            status: int = _CREATE[covariates.dtype](
                covariates, n, 1, outcomes, point_weights, observed, byref(options), place
            )
        return status

    return IsotonicDistribution(_KIND.create(create), covariates.dtype)
