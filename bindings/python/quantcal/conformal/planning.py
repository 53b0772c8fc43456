"""What a calibration set of a given size can promise, and how large it must be."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_float,
    as_level,
    as_size,
    real_vector,
    size_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = [
    "ConformalCoverageLaw",
    "ConformalCoveredLaw",
    "conformal_coverage_law",
    "conformal_coverage_quantile",
    "conformal_covered_law",
    "conformal_covered_quantile",
    "conformal_pac_rank",
    "conformal_pac_sample_size",
    "conformal_sample_size",
]

_DOUBLES, _SIZES = ArrayOf(np.float64), ArrayOf(np.uintp)


@dataclass(frozen=True, eq=False)
class ConformalCoverageLaw:
    """Tails of the law of the coverage, each accurate however small.

    Attributes
    ----------
    at_most : ndarray of float64
        The probability that the coverage is at most each value: its CDF.
    at_least : ndarray of float64
        The probability that it is at least each value.
    """

    at_most: NDArray[np.float64]
    at_least: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ConformalCoveredLaw:
    """The law of the number of covered points.

    Attributes
    ----------
    pmf : ndarray of float64
        The probability of each number.
    at_most : ndarray of float64
        The probability of at most each number: the CDF.
    at_least : ndarray of float64
        The probability of at least each number.
    """

    pmf: NDArray[np.float64]
    at_most: NDArray[np.float64]
    at_least: NDArray[np.float64]


_coverage_law = bind(
    "qc_conformal_coverage_law", c_size_t, c_size_t, _DOUBLES, c_size_t, _DOUBLES, _DOUBLES
)


def conformal_coverage_law(values: Array, n: int, rank: int) -> ConformalCoverageLaw:
    """The law of the coverage that one calibration set gives: Beta(rank, n + 1 - rank).

    The coverage is the probability, given the calibration scores, that a new score is at
    most the rank-th smallest of them. It varies from one calibration set to the next; its
    mean is ``rank / (n + 1)``. Scores are independent and have no ties; with ties the
    coverage is stochastically larger.

    Parameters
    ----------
    values : array_like, shape (k,)
        Where to evaluate the law; coverages are 0 to 1. NaN is an error.
    n : int
        Number of calibration scores, at most 2**40.
    rank : int
        1 to n + 1, as from `conformal_rank` or `conformal_pac_rank`. With n + 1 the
        threshold is +inf and the coverage 1.

    Returns
    -------
    ConformalCoverageLaw
        With ``.at_most`` and ``.at_least``, of shape (k,).

    Raises
    ------
    QuantcalValueError
        For NaN, or an `n` or `rank` outside its range.

    Examples
    --------
    >>> import quantcal
    >>> rank = quantcal.conformal_rank(9, alpha=0.1)
    >>> quantcal.conformal_coverage_law([0.5, 1.0], 9, rank).at_most.tolist()
    [0.001953125, 1.0]
    """
    points = real_vector("values", values, F64)
    at_most, at_least = lent(points.shape, points.dtype), lent(points.shape, points.dtype)
    sizes = as_size("n", n), as_size("rank", rank)
    check(_coverage_law(*sizes, points, points.size, at_most, at_least))
    return ConformalCoverageLaw(at_most, at_least)


_coverage_quantile = bind(
    "qc_conformal_coverage_quantile", c_size_t, c_size_t, _DOUBLES, c_size_t, _DOUBLES
)


def conformal_coverage_quantile(levels: Array, n: int, rank: int) -> NDArray[np.float64]:
    """Quantiles of the coverage that one calibration set gives.

    Parameters
    ----------
    levels : array_like, shape (k,)
        Probabilities, 0 to 1.
    n, rank : int
        As in `conformal_coverage_law`.

    Returns
    -------
    ndarray of float64, shape (k,)
        What the coverage does not exceed with these probabilities.

    Raises
    ------
    QuantcalValueError
        For a level, an `n` or a `rank` outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_coverage_quantile([0.05, 0.95], n=99, rank=90).round(3)
    array([0.847, 0.944])
    """
    points = real_vector("levels", levels, F64)
    quantiles = lent(points.shape, points.dtype)
    sizes = as_size("n", n), as_size("rank", rank)
    check(_coverage_quantile(*sizes, points, points.size, quantiles))
    return quantiles


_covered_law = bind(
    "qc_conformal_covered_law",
    c_size_t,
    c_size_t,
    c_size_t,
    _SIZES,  # counts
    c_size_t,
    _DOUBLES,  # pmf
    _DOUBLES,  # at_most
    _DOUBLES,  # at_least
)


def conformal_covered_law(counts: Array, n: int, rank: int, m: int) -> ConformalCoveredLaw:
    """How many of m new points are covered: BetaBinomial(m, rank, n + 1 - rank).

    Over calibration sets and new points together. One calibration set with its m points
    is one draw of this law: to count a coverage, draw a new calibration set each time.

    Parameters
    ----------
    counts : array_like of int, shape (k,)
        Numbers of points, at least 0.
    n, rank : int
        As in `conformal_coverage_law`.
    m : int
        Number of new points, at most 2**40.

    Returns
    -------
    ConformalCoveredLaw
        With ``.pmf``, ``.at_most`` and ``.at_least``, of shape (k,).

    Raises
    ------
    QuantcalValueError
        For a number outside its range.

    Examples
    --------
    >>> import quantcal
    >>> law = quantcal.conformal_covered_law([0, 1, 2], n=1, rank=1, m=2)
    >>> law.pmf.round(12).tolist()  # every order of three scores is equally likely
    [0.333333333333, 0.333333333333, 0.333333333333]
    """
    points = size_array("counts", counts, 1)
    pmf, at_most, at_least = (lent(points.size, np.float64) for _ in range(3))
    sizes = as_size("n", n), as_size("rank", rank), as_size("m", m)
    check(_covered_law(*sizes, points, points.size, pmf, at_most, at_least))
    return ConformalCoveredLaw(pmf, at_most, at_least)


_covered_quantile = bind(
    "qc_conformal_covered_quantile", c_size_t, c_size_t, c_size_t, _DOUBLES, c_size_t, _SIZES
)


def conformal_covered_quantile(levels: Array, n: int, rank: int, m: int) -> NDArray[np.int64]:
    """Quantiles of the number of covered points.

    Parameters
    ----------
    levels : array_like, shape (k,)
        Probabilities, 0 to 1.
    n, rank, m : int
        As in `conformal_covered_law`.

    Returns
    -------
    ndarray of int64, shape (k,)
        The smallest numbers that are not exceeded with at least these probabilities.

    Raises
    ------
    QuantcalValueError
        For a level or a number outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_covered_quantile([0.005, 0.995], n=99, rank=90, m=1000)
    array([805, 964])
    """
    points = real_vector("levels", levels, F64)
    quantiles = lent(points.size, np.uintp)
    sizes = as_size("n", n), as_size("rank", rank), as_size("m", m)
    check(_covered_quantile(*sizes, points, points.size, quantiles))
    return quantiles.astype(np.int64)


_pac_rank = bind("qc_conformal_pac_rank", c_size_t, c_double, c_double, POINTER(c_size_t))


def conformal_pac_rank(n: int, alpha: float, delta: float) -> int:
    """The smallest rank that covers 1 - alpha for nearly every calibration set.

    With probability at least 1 - delta over the n calibration scores, the coverage of the
    score of this rank is at least 1 - alpha. (`conformal_rank` promises that on the
    average of calibration sets only.)

    Parameters
    ----------
    n : int
        Number of calibration scores, at most 2**40.
    alpha : float
        Miscoverage level, strictly between 0 and 1.
    delta : float
        Probability of a calibration set that fails, strictly between 0 and 1.

    Returns
    -------
    int
        1 to n + 1. n + 1 means that n scores are too few: the threshold is +inf.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_pac_rank(100, alpha=0.1, delta=0.05)
    96
    """
    rank = c_size_t()
    check(_pac_rank(as_size("n", n), as_level(alpha), as_float("delta", delta), byref(rank)))
    return rank.value


_pac_sample_size = bind("qc_conformal_pac_sample_size", c_double, c_double, POINTER(c_size_t))


def conformal_pac_sample_size(alpha: float, delta: float) -> int:
    """How many scores `conformal_pac_rank` needs for a finite threshold.

    Parameters
    ----------
    alpha, delta : float
        As there.

    Returns
    -------
    int
        The smallest n with ``(1 - alpha)**n <= delta``.

    Raises
    ------
    Infeasible
        If no n up to 10**8 suffices.
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_pac_sample_size(alpha=0.05, delta=0.05)
    59
    """
    n = c_size_t()
    check(_pac_sample_size(as_level(alpha), as_float("delta", delta), byref(n)))
    return n.value


_sample_size = bind("qc_conformal_sample_size", c_double, c_double, c_double, POINTER(c_size_t))


def conformal_sample_size(alpha: float, tolerance: float, delta: float) -> int:
    """How many scores bring the coverage within a tolerance of 1 - alpha.

    Parameters
    ----------
    alpha : float
        Miscoverage level, strictly between 0 and 1.
    tolerance : float
        How far the coverage may be from 1 - alpha, strictly between 0 and 1.
    delta : float
        Probability with which it may be farther, strictly between 0 and 1.

    Returns
    -------
    int
        The smallest n for which the threshold of `conformal_rank` is finite and the
        coverage is within `tolerance` of ``1 - alpha`` with probability at least
        ``1 - delta``. As ranks go in steps, a few numbers above it may fall a little
        short again.

    Raises
    ------
    Infeasible
        If no n up to 10**8 suffices.
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_sample_size(alpha=0.1, tolerance=0.03, delta=0.05)
    374
    """
    n = c_size_t()
    limits = as_float("tolerance", tolerance), as_float("delta", delta)
    check(_sample_size(as_level(alpha), *limits, byref(n)))
    return n.value
