"""Bounds for the scores of several test points together, a batch."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REAL,
    REALS,
    Array,
    as_float,
    as_level,
    as_size,
    bind_real,
    real_vector,
    size_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = [
    "ConformalBatchLaw",
    "ConformalRankBounds",
    "ConformalRankBracket",
    "conformal_batch_bracket",
    "conformal_batch_law",
    "conformal_batch_mean",
    "conformal_batch_rank",
    "conformal_batch_rank_sum",
    "conformal_order_statistic",
]

_DOUBLES, _SIZES = ArrayOf(np.float64), ArrayOf(np.uintp)


class ConformalRankBounds(NamedTuple):
    """Ranks of calibration scores: 0 stands for -inf, n + 1 for +inf."""

    lower: int
    upper: int


class ConformalRankBracket(NamedTuple):
    """Ranks of calibration scores, and the probability of what lies between them."""

    lower: int
    upper: int
    probability: float


@dataclass(frozen=True, eq=False)
class ConformalBatchLaw:
    """The law of the rank of a test score among the calibration scores.

    Attributes
    ----------
    pmf : ndarray of float64
        The probability of each rank.
    at_most : ndarray of float64
        The probability of at most each rank: the CDF.
    at_least : ndarray of float64
        The probability of at least each rank.
    """

    pmf: NDArray[np.float64]
    at_most: NDArray[np.float64]
    at_least: NDArray[np.float64]


_ORDER_STATISTIC = bind_real(
    "qc_conformal_order_statistic",
    REALS,  # scores
    c_size_t,
    c_size_t,  # rank
    REALS,  # value
)


def conformal_order_statistic(scores: Array, rank: int) -> float:
    """The rank-th smallest score, by selection: the scores are neither sorted nor copied.

    Parameters
    ----------
    scores : array_like, shape (n,)
        In any order. Infinities are data, ties are counted each, NaN is an error.
    rank : int
        0 to n + 1: 0 gives -inf, n + 1 gives +inf.

    Returns
    -------
    float
        One of the scores, or an infinity.

    Raises
    ------
    QuantcalValueError
        For a NaN score, a wrong shape, or a `rank` outside its range.

    Examples
    --------
    >>> import quantcal
    >>> [quantcal.conformal_order_statistic([0.3, 0.1, 0.9], rank) for rank in (0, 2, 4)]
    [-inf, 0.3, inf]
    """
    values = real_vector("scores", scores)
    value = np.empty((), values.dtype)
    check(_ORDER_STATISTIC[values.dtype](values, values.size, as_size("rank", rank), value))
    return float(value)


_law = bind(
    "qc_conformal_batch_law",
    c_size_t,
    c_size_t,
    c_size_t,  # zeta
    _SIZES,  # ranks
    c_size_t,
    _DOUBLES,  # pmf
    _DOUBLES,  # at_most
    _DOUBLES,  # at_least
)


def conformal_batch_law(ranks: Array, n: int, m: int, zeta: int) -> ConformalBatchLaw:
    """The rank of the zeta-th smallest of m test scores among n calibration scores.

    The rank is 1 and one more for each calibration score below, 1 to n + 1. Without ties
    all orders of the n + m scores are equally likely; that is not the law of ranks drawn
    independently of each other.

    Parameters
    ----------
    ranks : array_like of int, shape (k,)
        At least 0; those outside 1 to n + 1 have probability 0.
    n, m : int
        Numbers of calibration and test scores, at most 2**40 each.
    zeta : int
        1 to m.

    Returns
    -------
    ConformalBatchLaw
        With ``.pmf``, ``.at_most`` and ``.at_least``, of shape (k,).

    Raises
    ------
    QuantcalValueError
        For a number outside its range.

    Examples
    --------
    >>> import quantcal
    >>> law = quantcal.conformal_batch_law([14, 15], n=20, m=10, zeta=5)
    >>> law.at_most.round(5)
    array([0.88173, 0.92878])
    """
    points = size_array("ranks", ranks, 1)
    pmf, at_most, at_least = (lent(points.size, np.float64) for _ in range(3))
    sizes = as_size("n", n), as_size("m", m), as_size("zeta", zeta)
    check(_law(*sizes, points, points.size, pmf, at_most, at_least))
    return ConformalBatchLaw(pmf, at_most, at_least)


_rank = bind(
    "qc_conformal_batch_rank",
    c_size_t,
    c_size_t,
    c_size_t,  # zeta
    c_double,  # alpha_lower
    c_double,  # alpha_upper
    POINTER(c_size_t),
    POINTER(c_size_t),
)


def conformal_batch_rank(
    n: int, m: int, zeta: int, *, alpha_lower: float = 0.0, alpha_upper: float = 0.0
) -> ConformalRankBounds:
    """Ranks of calibration scores that bound the zeta-th smallest of m test scores.

    `conformal_order_statistic` gives the scores of the ranks. With ``zeta=m`` and
    `alpha_upper`, all m test scores together are at most the upper one. With ``zeta=k``
    and `alpha_lower`, of scores of a selection: those test points whose score is less
    than the lower one are selected, k or more of them falsely with probability at most
    `alpha_lower`.

    Parameters
    ----------
    n, m : int
        Numbers of calibration and test scores, at most 2**40 each.
    zeta : int
        1 to m.
    alpha_lower, alpha_upper : float
        The probabilities with which the test score may be less than the lower score and
        greater than the upper one. 0 asks for no bound on that side. Taken as the
        decimals that were typed; their sum is strictly between 0 and 1.

    Returns
    -------
    ConformalRankBounds
        The largest ``.lower``, 0 to n, and the smallest ``.upper``, 1 to n + 1.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_batch_rank(200, 40, 20, alpha_upper=0.05)
    ConformalRankBounds(lower=0, upper=127)
    >>> quantcal.conformal_batch_rank(200, 40, 20, alpha_lower=0.025, alpha_upper=0.025)
    ConformalRankBounds(lower=65, upper=132)
    """
    lower, upper = c_size_t(), c_size_t()
    sizes = as_size("n", n), as_size("m", m), as_size("zeta", zeta)
    check(_rank(*sizes, as_level(alpha_lower), as_level(alpha_upper), byref(lower), byref(upper)))
    return ConformalRankBounds(lower.value, upper.value)


_bracket = bind(
    "qc_conformal_batch_bracket",
    c_size_t,
    c_size_t,
    c_size_t,  # zeta_low
    c_size_t,  # zeta_high
    c_double,
    POINTER(c_size_t),
    POINTER(c_size_t),
    POINTER(c_double),
)


def conformal_batch_bracket(
    n: int, m: int, zeta_low: int, zeta_high: int, alpha: float
) -> ConformalRankBracket:
    """Ranks between which two quantiles of a batch lie together.

    With probability at least 1 - alpha the zeta_low-th smallest of m test scores is at
    least the lower calibration score and the zeta_high-th at most the upper one. The
    bracket widens by one rank at a time, up and down in turn, from where the quantiles
    are expected; the first that suffices is given.

    Parameters
    ----------
    n, m : int
        Numbers of calibration and test scores, at most 2**20 each.
    zeta_low, zeta_high : int
        1 to m, in this order.
    alpha : float
        Strictly between 0 and 1.

    Returns
    -------
    ConformalRankBracket
        ``.lower``, ``.upper`` and the ``.probability`` of the bracket.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> bracket = quantcal.conformal_batch_bracket(100, 20, 5, 15, alpha=0.1)
    >>> bracket.lower, bracket.upper, round(bracket.probability, 4)
    (9, 88, 0.9096)
    """
    lower, upper, probability = c_size_t(), c_size_t(), c_double()
    sizes = as_size("n", n), as_size("m", m)
    zetas = as_size("zeta_low", zeta_low), as_size("zeta_high", zeta_high)
    check(_bracket(*sizes, *zetas, as_level(alpha), byref(lower), byref(upper), byref(probability)))
    return ConformalRankBracket(lower.value, upper.value, probability.value)


_rank_sum = bind("qc_conformal_batch_rank_sum", c_size_t, c_size_t, c_double, POINTER(c_size_t))


def conformal_batch_rank_sum(n: int, m: int, alpha: float) -> int:
    """How large the ranks of m test scores, less 1 each, are together.

    Parameters
    ----------
    n, m : int
        Numbers of calibration and test scores.
    alpha : float
        Strictly between 0 and 1.

    Returns
    -------
    int
        The smallest number that the sum is at most with probability at least 1 - alpha,
        0 to n * m; exact.

    Raises
    ------
    QuantcalValueError
        For a value outside its range, or sizes whose law takes more than 2**32 additions.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_batch_rank_sum(10, 5, alpha=0.1)
    36
    """
    total = c_size_t()
    check(_rank_sum(as_size("n", n), as_size("m", m), as_level(alpha), byref(total)))
    return total.value


_MEAN = bind_real(
    "qc_conformal_batch_mean",
    REALS,  # scores
    c_size_t,
    c_size_t,
    c_size_t,  # rank_sum
    REAL,  # upper
    REALS,  # bound
)


def conformal_batch_mean(scores: Array, m: int, rank_sum: int, *, upper: float = np.inf) -> float:
    """An upper bound for the mean of m test scores.

    It holds whenever the ranks less 1 add up to at most `rank_sum`. For a lower bound,
    negate the scores.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Calibration scores in any order. Infinities are data, NaN is an error.
    m : int
        Number of test scores, at least 1.
    rank_sum : int
        0 to n * m, as from `conformal_batch_rank_sum`.
    upper : float
        What no score exceeds; rounded to the nearest float32 if the scores are float32.
        Without it the bound is +inf if `rank_sum` is n or more.

    Returns
    -------
    float
        The bound; for float32 scores a float32, rounded upwards.

    Raises
    ------
    QuantcalValueError
        For NaN, a score above `upper`, or a number outside its range.

    Examples
    --------
    >>> import quantcal
    >>> total = quantcal.conformal_batch_rank_sum(4, 3, alpha=0.2)
    >>> round(quantcal.conformal_batch_mean([0.1, 0.2, 0.3, 0.5], 3, total, upper=1), 12)
    0.7
    """
    values = real_vector("scores", scores)
    bound = np.empty((), values.dtype)
    sizes = as_size("m", m), as_size("rank_sum", rank_sum)
    limit = as_float("upper", upper)
    check(_MEAN[values.dtype](values, values.size, *sizes, limit, bound))
    return float(bound)
