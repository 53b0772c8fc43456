"""Conformal selection by any model, which is refitted on the calibration points themselves."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from typing import NamedTuple

import numpy as np

from quantcal._arrays import (
    REALS,
    Array,
    as_level,
    as_size,
    bind_real,
    contiguous,
    expect_shape,
    real_vector,
    size_array,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal.conformal.model_selection import (
    ConformalModelSelection,
    selection_of,
    selection_outputs,
)
from quantcal.conformal.selection import Pruning, SelectOptions, select_options

__all__ = ["ConformalRefitRank", "conformal_refit_rank", "conformal_select_refitted"]

_DOUBLES, _BYTES, _SIZES = ArrayOf(np.float64), ArrayOf(np.uint8), ArrayOf(np.uintp)


class ConformalRefitRank(NamedTuple):
    """What a test point has with one model that was refitted with it."""

    rank: int
    """1 to n + 1: the p-value is ``rank / (n + 1)``."""
    rejections: int
    """How many points would be selected if it were promising, itself among them."""


_REFIT_RANK = bind_real(
    "qc_conformal_refit_rank",
    REALS,  # calibration
    c_size_t,
    REALS,  # test
    c_size_t,
    c_size_t,  # j
    c_double,
    POINTER(c_size_t),  # rank
    POINTER(c_size_t),  # rejections
)


def conformal_refit_rank(calibration: Array, test: Array, j: int, q: float) -> ConformalRefitRank:
    """What one test point has with one model that was refitted with it.

    The first step of a selection without a split; `conformal_select_refitted` is the
    second, and its example shows both. For test point `j` the model is fitted to the
    calibration points and to `j`, as a point that is not promising, all of them treated
    alike.

    Parameters
    ----------
    calibration : array_like, shape (n,)
        The score of each calibration point by the fit without it (or without its fold),
        such as the negative prediction; infinity if its outcome is promising.
    test : array_like, shape (m,)
        The score of `j` by the fit without it, and of each other test point by the mean
        of all fits. Small scores are promising.
    j : int
        The number of the test point, from 0.
    q : float
        The bound on the expected share of false selections, strictly between 0 and 1;
        taken as the decimal that was typed.

    Returns
    -------
    ConformalRefitRank
        With ``.rank`` and ``.rejections``.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_refit_rank([5.0, 6, 7], [4.0, 6, 3], j=0, q=0.5)
    ConformalRefitRank(rank=1, rejections=2)
    """
    known, asked = real_vector("calibration", calibration), real_vector("test", test)
    dtype = np.result_type(known, asked)
    points = contiguous(known, dtype), known.size, contiguous(asked, dtype), asked.size
    rank, rejections = c_size_t(), c_size_t()
    counts = byref(rank), byref(rejections)
    check(_REFIT_RANK[dtype](*points, as_size("j", j), as_level(q), *counts))
    return ConformalRefitRank(rank.value, rejections.value)


_select_refitted = bind(
    "qc_conformal_select_refitted",
    _SIZES,  # ranks
    _SIZES,  # rejections
    c_size_t,
    c_size_t,
    c_size_t,  # n
    c_double,
    POINTER(SelectOptions),
    _BYTES,  # selected
    _DOUBLES,  # p
    _DOUBLES,  # e
    _SIZES,  # chosen
    POINTER(c_size_t),
)


def conformal_select_refitted(
    ranks: Array,
    rejections: Array,
    n: int,
    q: float,
    *,
    pruning: Pruning = "default",
    seed: int = 0,
) -> ConformalModelSelection:
    """Select test points by models that were refitted on the calibration points.

    No points are set apart for the fit: for each test point every model is fitted to the
    calibration points and to this one, as a point that is not promising, and
    `conformal_refit_rank` counts what its scores say. Each test point then has the model
    with which most points would be selected if it were promising. The expected share of
    selected points that are not promising is at most `q`, if the n + 1 points are treated
    alike: each has its score from a fit without it, with folds that are drawn at random
    for all of them, and other test points have theirs from all fits together. There is no
    such bound if other test points are judged by the one fit without `j`, or if
    calibration points are judged by fits that know them and `j` is not. A model with K
    folds costs m K fits.

    Parameters
    ----------
    ranks, rejections : array_like of int, shape (m, models) or (m,)
        What `conformal_refit_rank` has found for each test point with each model.
    n : int
        The number of calibration points.
    q : float
        The same bound as before, strictly between 0 and 1.
    pruning : {"default", "heterogeneous", "homogeneous", "deterministic"}
        As for `conformal_select`; the default is "heterogeneous".
    seed : int
        Of all random numbers.

    Returns
    -------
    ConformalModelSelection
        With ``.selected``, ``.p``, ``.e`` and ``.chosen``, of shape (m,).

    Examples
    --------
    Polynomials of two degrees, with 5 folds.

    >>> import numpy as np
    >>> import quantcal
    >>> random = np.random.default_rng(3)
    >>> n, q, degrees, folds = 60, 0.15, (1, 3), 5
    >>> x, test = random.uniform(-2, 2, n), np.linspace(-1.9, 1.9, 8)
    >>> promising = x + 0.5 * random.standard_normal(n) > 0.5
    >>> found = []
    >>> for j in range(len(test)):
    ...     known = np.append(x, test[j]), np.append(promising, 0.0)
    ...     fold = random.permutation(n + 1) % folds
    ...     for degree in degrees:
    ...         fits = [np.polyfit(*(a[fold != k] for a in known), degree) for k in range(folds)]
    ...         predicted = np.array([np.polyval(fit, known[0]) for fit in fits])
    ...         own = -predicted[fold, np.arange(n + 1)]
    ...         scores = -np.mean([np.polyval(fit, test) for fit in fits], axis=0)
    ...         scores[j] = own[n]
    ...         calibration = np.where(promising, np.inf, own[:n])
    ...         found.append(quantcal.conformal_refit_rank(calibration, scores, j, q))
    >>> ranks, rejections = np.reshape(found, (len(test), len(degrees), 2)).transpose(2, 0, 1)
    >>> result = quantcal.conformal_select_refitted(ranks, rejections, n, q)
    >>> result.selected.astype(int)
    array([0, 0, 0, 0, 0, 1, 1, 1])
    """
    places, counts = size_array("ranks", ranks, 1, 2), size_array("rejections", rejections, 1, 2)
    expect_shape("rejections", counts, places.shape)
    m, models = (*places.shape, 1)[:2]
    options = select_options(pruning, False, seed)
    out = selection_outputs(m)
    sizes = m, models, as_size("n", n)
    check(_select_refitted(places, counts, *sizes, as_level(q), byref(options), *out, None))
    return selection_of(*out)
