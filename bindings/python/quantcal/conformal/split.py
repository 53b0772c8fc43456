"""Split conformal prediction: the threshold of calibration scores, and what it gives."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import (
    REAL,
    REALS,
    Array,
    as_float,
    as_level,
    as_size,
    bind_real,
    expect_rank,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = [
    "ConformalSets",
    "conformal_intervals",
    "conformal_rank",
    "conformal_sets",
    "conformal_threshold",
]


_rank = bind("qc_conformal_rank", c_size_t, c_double, POINTER(c_size_t))


def conformal_rank(n: int, alpha: float) -> int:
    """The smallest integer ``k >= (n + 1) * (1 - alpha)``, in exact arithmetic.

    `alpha` is taken as the decimal that was typed. The usual
    ``ceil((n + 1) * (1 - alpha))`` in floating point is one too large for many pairs.

    Parameters
    ----------
    n : int
        Number of calibration scores, at least 0.
    alpha : float
        Miscoverage level, strictly between 0 and 1.

    Returns
    -------
    int
        1 to n + 1. n + 1 means that n scores are too few for this `alpha`.

    Raises
    ------
    QuantcalValueError
        If `n` or `alpha` is outside its range.

    Examples
    --------
    >>> import math, quantcal
    >>> quantcal.conformal_rank(24, 0.44), math.ceil(25 * (1 - 0.44))
    (14, 15)
    """
    rank = c_size_t()
    check(_rank(as_size("n", n), as_level(alpha), byref(rank)))
    return rank.value


_THRESHOLD = bind_real(
    "qc_conformal_threshold",
    REALS,  # scores
    c_size_t,
    c_double,  # alpha
    REALS,  # threshold
)


def conformal_threshold(scores: Array, alpha: float) -> float:
    """The `conformal_rank`-th smallest score; +inf if there are too few scores.

    Exact, with no interpolation, in about one pass: the scores are neither sorted nor
    copied.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Calibration scores in any order. Infinities are data, ties are counted each, NaN
        is an error; no scores at all give +inf. float32 and float64 are read in place.
    alpha : float
        Miscoverage level, strictly between 0 and 1.

    Returns
    -------
    float
        One of the scores, or +inf.

    Raises
    ------
    QuantcalValueError
        For a NaN score, a wrong shape, or an `alpha` outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_threshold([0.3, 0.1, 0.9, 0.5], alpha=0.4)
    0.5
    >>> quantcal.conformal_threshold([0.3, 0.1, 0.9, 0.5], alpha=0.1)
    inf
    """
    values = real_vector("scores", scores)
    threshold = np.empty((), values.dtype)
    check(_THRESHOLD[values.dtype](values, values.size, as_level(alpha), threshold))
    return float(threshold)


_SETS = bind_real(
    "qc_conformal_sets",
    REALS,  # scores
    c_size_t,
    c_size_t,
    REAL,  # threshold
    ArrayOf(np.uint8),  # mask
    ArrayOf(np.int32),  # sizes
)


@dataclass(frozen=True, eq=False)
class ConformalSets:
    """One set of classes for each row. ``numpy.asarray`` gives the matrix of booleans.

    Attributes
    ----------
    mask : ndarray of uint8, shape (rows, ceil(classes / 8))
        Class j of row i is bit ``j % 8`` (0 the lowest) of ``mask[i, j // 8]``: what
        ``numpy.packbits(..., axis=1, bitorder="little")`` makes.
    sizes : ndarray of int32, shape (rows,)
        The number of classes in each set.
    classes : int
        The number of classes there are.
    """

    mask: NDArray[np.uint8]
    sizes: NDArray[np.int32]
    classes: int

    def __len__(self) -> int:
        return len(self.sizes)

    def to_bool(self) -> NDArray[np.bool_]:
        """The sets as a matrix of shape (rows, classes): True where the class is in."""
        bits = np.unpackbits(self.mask, axis=1, count=self.classes, bitorder="little")
        return bits.view(np.bool_)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("the mask is packed: an array of its classes is always a copy")
        return self.to_bool().astype(dtype or np.bool_, copy=False)


def conformal_sets(scores: Array, threshold: float) -> ConformalSets:
    """Prediction sets: the classes whose score is at most the threshold.

    Parameters
    ----------
    scores : array_like, shape (rows, classes)
        Scores of every class. Infinities are data, NaN is an error. There may be no
        rows, but there must be a class.
    threshold : float
        As from `conformal_threshold`; rounded to the nearest float32 if the scores are
        float32. +inf takes every class in, -inf only scores of -inf.

    Returns
    -------
    ConformalSets
        With ``.mask``, ``.sizes`` and ``.to_bool()``. A set may be empty.

    Raises
    ------
    QuantcalValueError
        For NaN or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> sets = quantcal.conformal_sets([[0.1, 0.9, 0.4], [0.8, 0.7, 0.6]], 0.5)
    >>> sets.sizes
    array([2, 0], dtype=int32)
    >>> sets.to_bool()
    array([[ True, False,  True],
           [False, False, False]])
    """
    values = real_array("scores", scores)
    expect_rank("scores", values, 2)
    rows, classes = values.shape
    mask = lent((rows, -(-classes // 8)), np.uint8)
    sizes = lent(rows, np.int32)
    limit = as_float("threshold", threshold)
    check(_SETS[values.dtype](values, rows, classes, limit, mask, sizes))
    return ConformalSets(mask, sizes, classes)


_INTERVALS = bind_real(
    "qc_conformal_intervals",
    REALS,  # mean
    c_size_t,
    REAL,  # threshold
    REALS,  # lower
    REALS,  # upper
)


def conformal_intervals(mean: Array, threshold: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Prediction intervals for absolute residuals: ``mean - threshold, mean + threshold``.

    Parameters
    ----------
    mean : array_like, shape (n,)
        Finite predictions; none at all is allowed.
    threshold : float
        At least 0, as from `conformal_threshold` of ``abs(y - mean)``; +inf gives the
        whole line. Rounded to the nearest float32 if `mean` is float32.

    Returns
    -------
    lower, upper : ndarray, shape (n,)
        In the type of `mean`, each rounded to nearest once.

    Raises
    ------
    QuantcalValueError
        For NaN, an infinite mean, a threshold below 0, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_intervals([1.0, 2.0], 0.5)
    (array([0.5, 1.5]), array([1.5, 2.5]))
    """
    values = real_vector("mean", mean)
    lower, upper = lent(values.shape, values.dtype), lent(values.shape, values.dtype)
    limit = as_float("threshold", threshold)
    check(_INTERVALS[values.dtype](values, values.size, limit, lower, upper))
    return lower, upper
