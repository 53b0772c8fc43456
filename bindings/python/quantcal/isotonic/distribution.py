"""Isotonic distributions: what has been fitted, and its answers."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t, c_uint64
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_size,
    bind_real,
    counted,
    expect_rank,
    expect_shape,
    real_array,
    real_points,
    real_vector,
)
from quantcal._errors import Status, check, refuse
from quantcal._handles import Handle, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._stored import StoredKind

__all__ = ["DISTRIBUTION", "IsotonicDistribution"]

DISTRIBUTION = handle_kind("qc_isotonic_distribution_destroy")

_dimensions = bind("qc_isotonic_distribution_dimensions", DISTRIBUTION, POINTER(c_size_t))
_THRESHOLDS = bind_real(
    "qc_isotonic_distribution_thresholds", DISTRIBUTION, REALS, c_size_t, POINTER(c_size_t)
)
_CDF = bind_real(
    "qc_isotonic_distribution_cdf",
    DISTRIBUTION,
    REALS,  # queries
    c_size_t,
    REALS,  # thresholds
    c_size_t,
    REALS,  # probabilities
)
_QUANTILE = bind_real(
    "qc_isotonic_distribution_quantile",
    DISTRIBUTION,
    REALS,  # queries
    c_size_t,
    ArrayOf(F64),  # levels
    c_size_t,
    REALS,  # quantiles
)
_CRPS = bind_real(
    "qc_isotonic_distribution_crps",
    DISTRIBUTION,
    REALS,  # queries
    REALS,  # y
    c_size_t,
    REALS,  # crps
)
_PIT = bind_real(
    "qc_isotonic_distribution_pit",
    DISTRIBUTION,
    REALS,  # queries
    REALS,  # y
    c_size_t,
    c_uint64,  # seed
    *[REALS] * 3,  # lower, upper, pit
)
_STORED = StoredKind(
    DISTRIBUTION, "qc_isotonic_distribution_serialize", "qc_isotonic_distribution_deserialize"
)


class IsotonicDistribution:
    """Distributions of an outcome given a covariate; `isotonic_distribution` fits them.

    It never changes, threads may share it, and it can be copied and pickled. A query
    between two covariates of the fit gets their distribution functions' linear
    interpolation, one beyond the outermost that one's. With several coordinates it gets the
    mean of two bounds, the least of the functions of the covariates below it and the
    greatest of those above it; or the one that there is; or if it is comparable to no
    covariate the distribution of all outcomes.

    In the methods `x` has shape ``(m, d)`` as `dimensions` says, or ``(m,)`` for one
    dimension; it is converted to the type that was fitted, in which answers come.
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
    def dimensions(self) -> int:
        """How many coordinates a covariate has."""
        count = c_size_t()
        check(_dimensions(self._handle, byref(count)))
        return count.value

    @cached_property
    def thresholds(self) -> NDArray[Any]:
        """The distinct outcomes, ascending: where distribution functions may jump."""
        (values,) = counted(partial(_THRESHOLDS[self._dtype], self._handle), self._dtype)
        values.flags.writeable = False
        return values

    def _queries(self, x: Array) -> NDArray[Any]:
        queries = real_points("x", x, self._dtype)
        expect_shape("x", queries, (len(queries), self.dimensions))
        return queries

    def _pair(self, x: Array, y: Array) -> tuple[NDArray[Any], NDArray[Any]]:
        queries = self._queries(x)
        outcomes = real_vector("y", y, self._dtype)
        expect_shape("y", outcomes, (len(queries),))
        return queries, outcomes

    def cdf(self, x: Array, thresholds: Array | None = None) -> NDArray[Any]:
        """The probability of an outcome of at most each threshold.

        Parameters
        ----------
        x : array_like, shape (m, d) or (m,)
            Covariates; not NaN.
        thresholds : float or array_like, shape (k,), optional
            In any order, not NaN; by default all of `thresholds`.

        Returns
        -------
        ndarray, shape (m, k), or (m,) for a single threshold
        """
        queries = self._queries(x)
        given = self.thresholds if thresholds is None else thresholds
        columns = real_array("thresholds", given, self._dtype)
        expect_rank("thresholds", columns, 0, 1)
        probabilities = lent(queries.shape[:1] + columns.shape, self._dtype)
        check(
            _CDF[self._dtype](
                self._handle, queries, len(queries), columns, columns.size, probabilities
            )
        )
        return probabilities

    def quantile(self, x: Array, levels: Array) -> NDArray[Any]:
        """The least threshold at which the distribution function reaches each level.

        Parameters
        ----------
        x : array_like, shape (m, d) or (m,)
            Covariates; not NaN.
        levels : float or array_like, shape (k,)
            Strictly between 0 and 1, in any order.

        Returns
        -------
        ndarray, shape (m, k), or (m,) for a single level
            Infinity where the distribution function stays below the level, as it may
            after censoring.
        """
        queries = self._queries(x)
        columns = real_array("levels", levels, F64)
        expect_rank("levels", columns, 0, 1)
        quantiles = lent(queries.shape[:1] + columns.shape, self._dtype)
        check(
            _QUANTILE[self._dtype](
                self._handle, queries, len(queries), columns, columns.size, quantiles
            )
        )
        return quantiles

    def crps(self, x: Array, y: Array) -> NDArray[Any]:
        """The continuous ranked probability score of each forecast: the lower, the better.

        The integral of ``(F(z | x[i]) - (y[i] <= z))**2``.

        Parameters
        ----------
        x : array_like, shape (m, d) or (m,)
            Covariates; not NaN.
        y : array_like, shape (m,)
            The outcomes that came: finite.

        Returns
        -------
        ndarray, shape (m,)
            Infinity where the distribution function stays below 1.
        """
        queries, outcomes = self._pair(x, y)
        scores = lent(outcomes.shape, outcomes.dtype)
        check(_CRPS[self._dtype](self._handle, queries, outcomes, outcomes.size, scores))
        return scores

    def pit(self, x: Array, y: Array, *, seed: int = 0) -> NDArray[Any]:
        """The randomised probability integral transform.

        A uniform draw from the interval of `pit_bounds`. Draws are uniform on 0 to 1 if
        the distributions are right.

        Parameters
        ----------
        x : array_like, shape (m, d) or (m,)
            Covariates; not NaN.
        y : array_like, shape (m,)
            The outcomes that came; not NaN.
        seed : int
            From 0 to 2**64 - 1. The same seed gives the same draws.

        Returns
        -------
        ndarray, shape (m,)
        """
        queries, outcomes = self._pair(x, y)
        number = as_size("seed", seed)
        draws = lent(outcomes.shape, outcomes.dtype)
        check(
            _PIT[self._dtype](
                self._handle, queries, outcomes, outcomes.size, number, None, None, draws
            )
        )
        return draws

    def pit_bounds(self, x: Array, y: Array) -> tuple[NDArray[Any], NDArray[Any]]:
        """The distribution function just below each outcome, and at it.

        Parameters
        ----------
        x : array_like, shape (m, d) or (m,)
            Covariates; not NaN.
        y : array_like, shape (m,)
            The outcomes that came; not NaN.

        Returns
        -------
        lower, upper : ndarray, shape (m,)
        """
        queries, outcomes = self._pair(x, y)
        lower, upper = lent(outcomes.shape, outcomes.dtype), lent(outcomes.shape, outcomes.dtype)
        check(
            _PIT[self._dtype](self._handle, queries, outcomes, outcomes.size, 0, lower, upper, None)
        )
        return lower, upper

    def to_bytes(self) -> bytes:
        """The distributions as bytes, the same on every machine, with a checksum."""
        return _STORED.written(self._handle)

    @classmethod
    def from_bytes(
        cls, content: bytes | bytearray | memoryview, dtype: DTypeLike = F64
    ) -> IsotonicDistribution:
        """What `to_bytes` was called on. The bytes may come from anywhere.

        Raises
        ------
        QuantcalValueError
            If they are no distribution, down to the last bit.
        """
        real = np.dtype(dtype)
        if real not in _CDF:
            raise refuse(Status.QC_ERR_OPTIONS, f"dtype is {real}; it must be float32 or float64")
        return cls(_STORED.read(content), real)
