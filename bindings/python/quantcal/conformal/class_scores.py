"""Scores of classifiers, and the sets that thresholds on them give."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_float,
    as_int32,
    as_level,
    as_size,
    bind_real,
    constant,
    expect_rank,
    expect_shape,
    label_array,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._structs import Struct, options_of
from quantcal.conformal.split import ConformalSets

__all__ = [
    "RAPSPenalty",
    "conformal_class_scores",
    "conformal_class_sets",
    "conformal_label_scores",
    "conformal_raps_tune",
]

Kind = Literal["lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy", "entmax"]
Randomisation = Literal["inclusive", "exclusive", "randomised"]
Points = Literal["by_call", "calibration", "test"]
ThresholdFor = Literal["all", "each_row", "each_class"]
EmptySets = Literal["kept", "top_label"]


class _Options(Struct):
    """qc_conformal_class_options."""

    _fields_ = (
        ("kind", c_int32),
        ("randomisation", c_int32),
        ("points", c_int32),
        ("threshold_for", c_int32),
        ("empty_sets", c_int32),
        ("k_reg", c_int32),
        ("penalty", c_double),
        ("gamma", c_double),
        ("seed", c_uint64),
        ("first_row", c_uint64),
    )


class _RAPSResult(Struct):
    """qc_conformal_raps_result."""

    _fields_ = (
        ("penalty", c_double),
        ("mean_size", c_double),
        ("k_reg", c_int32),
        ("reserved", c_int32),
    )


_new_options = options_of("qc_conformal_class_options_init", _Options)

_LABEL_SCORES = bind_real(
    "qc_conformal_label_scores",
    REALS,  # probabilities
    ArrayOf(np.int64),  # labels
    c_size_t,
    c_size_t,
    POINTER(_Options),
    REALS,  # scores
)
_CLASS_SCORES = bind_real(
    "qc_conformal_class_scores",
    REALS,  # probabilities
    c_size_t,
    c_size_t,
    POINTER(_Options),
    REALS,  # scores
)
_SETS = bind_real(
    "qc_conformal_class_sets",
    REALS,  # probabilities
    c_size_t,
    c_size_t,
    REALS,  # thresholds
    POINTER(_Options),
    ArrayOf(np.uint8),  # mask
    ArrayOf(np.int32),  # sizes
)
_TUNE = bind_real(
    "qc_conformal_raps_tune",
    REALS,  # probabilities
    ArrayOf(np.int64),  # labels
    c_size_t,
    c_size_t,
    c_double,  # alpha
    ArrayOf(np.float64),  # lambdas
    c_size_t,
    POINTER(_Options),
    POINTER(_RAPSResult),
    ArrayOf(np.float64),  # mean_sizes
)


def _options(
    kind: Kind,
    randomisation: Randomisation,
    points: Points,
    penalty: float,
    k_reg: int,
    gamma: float,
    seed: int,
    first_row: int,
) -> _Options:
    options = _new_options()
    options.kind = constant("kind", kind, Kind)
    options.randomisation = constant("randomisation", randomisation, Randomisation)
    options.points = constant("points", points, Points)
    options.penalty = as_float("penalty", penalty)
    options.k_reg = as_int32("k_reg", k_reg)
    options.gamma = as_float("gamma", gamma)
    options.seed = as_size("seed", seed)
    options.first_row = as_size("first_row", first_row)
    return options


def _rows(probs: Array) -> NDArray[Any]:
    values = real_array("probs", probs)
    expect_rank("probs", values, 2)
    return values


def conformal_label_scores(
    probs: Array,
    labels: Array,
    *,
    kind: Kind = "lac",
    randomisation: Randomisation = "inclusive",
    points: Points = "by_call",
    penalty: float = 0.2,
    k_reg: int = 5,
    gamma: float = 1.5,
    seed: int = 42,
    first_row: int = 0,
) -> NDArray[Any]:
    """The nonconformity score of each row's true label, what a calibrator takes.

    With p the probability of a class, o its rank from 1 (larger first, ties by index), A
    the sum of the probabilities before it, u the point's share, p1 the largest:

    ==========  ======================================================================
    kind        score
    ==========  ======================================================================
    "lac"       1 - p
    "margin"    the largest probability of another class, less p
    "aps"       A + u p
    "raps"      A + u p + penalty * max(0, o - k_reg)
    "saps"      u p1 if o is 1, else p1 + penalty * (o - 2 + u)
    "top_k"     o - 1 + u
    "log_loss"  -ln p
    "entropy"   -ln p, less the row's entropy
    "entmax"    of logits: the norm, of exponent 1 / (gamma - 1), of their distances to
                the larger ones; gamma 2 is sparsemax, 1 the log-margin
    ==========  ======================================================================

    No row is sorted: A is a sum of whole multiples of 2**-62, exact in any order, so that
    the scores here, in `conformal_class_scores` and in `conformal_class_sets` agree to
    the last bit.

    Parameters
    ----------
    probs : array_like, shape (rows, classes)
        Probabilities, 0 to 1 ("entmax": logits). float32 and float64 are read in place.
    labels : array_like of int, shape (rows,)
        0 to classes - 1.
    kind : str
        See above.
    randomisation : {"inclusive", "exclusive", "randomised"}
        u is 1, 0, or uniform and another for each point. All are valid if calibration and
        test use the same; "randomised" makes coverage exact, the others may exceed it.
    points : {"by_call", "calibration", "test"}
        Whose random numbers are drawn. Calibration and test points have different ones;
        by call, label scores are those of calibration points.
    penalty : float
        lambda of "raps" and "saps", at least 0.
    k_reg : int
        "raps": ranks up to it cost nothing.
    gamma : {1, 1.5, 2}
        Of "entmax".
    seed, first_row : int
        u is a function of the seed and of the point's number, first_row + row. So blocks
        of rows give what all rows at once give.

    Returns
    -------
    ndarray, shape (rows,)
        In the type of `probs`.

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_label_scores([[0.5, 0.375, 0.125]] * 2, [1, 2], kind="aps")
    array([0.875, 1.   ])
    """
    options = _options(kind, randomisation, points, penalty, k_reg, gamma, seed, first_row)
    values = _rows(probs)
    rows, classes = values.shape
    truth = label_array("labels", labels, (rows,))
    scores = lent(rows, values.dtype)
    check(_LABEL_SCORES[values.dtype](values, truth, rows, classes, byref(options), scores))
    return scores


def conformal_class_scores(
    probs: Array,
    *,
    kind: Kind = "lac",
    randomisation: Randomisation = "inclusive",
    points: Points = "by_call",
    penalty: float = 0.2,
    k_reg: int = 5,
    gamma: float = 1.5,
    seed: int = 42,
    first_row: int = 0,
) -> NDArray[Any]:
    """The score of every class. The parameters are those of `conformal_label_scores`; by
    call, the points are test points. `conformal_class_sets` does without this matrix.

    Returns
    -------
    ndarray, shape (rows, classes)

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_class_scores([[0.5, 0.375, 0.125]], kind="aps")
    array([[0.5  , 0.875, 1.   ]])
    """
    options = _options(kind, randomisation, points, penalty, k_reg, gamma, seed, first_row)
    values = _rows(probs)
    rows, classes = values.shape
    scores = lent(values.shape, values.dtype)
    check(_CLASS_SCORES[values.dtype](values, rows, classes, byref(options), scores))
    return scores


def conformal_class_sets(
    probs: Array,
    thresholds: Array,
    *,
    kind: Kind = "lac",
    randomisation: Randomisation = "inclusive",
    threshold_for: ThresholdFor = "all",
    empty_sets: EmptySets = "kept",
    points: Points = "by_call",
    penalty: float = 0.2,
    k_reg: int = 5,
    gamma: float = 1.5,
    seed: int = 42,
    first_row: int = 0,
) -> ConformalSets:
    """Prediction sets, straight from probabilities: the classes whose score, as
    `conformal_class_scores` gives it, is at most the threshold.

    The parameters are those of `conformal_label_scores`; by call, the points are test
    points.

    Parameters
    ----------
    probs : array_like, shape (rows, classes)
        As for the scores.
    thresholds : float or array_like
        For all one number, for each row shape (rows,), for each class shape (classes,).
        +inf takes every class in. Rounded to the type of `probs`.
    threshold_for : {"all", "each_row", "each_class"}
        Whose `thresholds` are.
    empty_sets : {"kept", "top_label"}
        Whether the top label is added to a set that is empty: coverage can only rise, and
        is no longer exact.

    Returns
    -------
    ConformalSets
        With ``.mask``, ``.sizes`` and ``.to_bool()``.

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> sets = quantcal.conformal_class_sets([[0.5, 0.375, 0.125]], 0.9, kind="aps")
    >>> sets.to_bool()
    array([[ True,  True, False]])
    """
    options = _options(kind, randomisation, points, penalty, k_reg, gamma, seed, first_row)
    options.threshold_for = constant("threshold_for", threshold_for, ThresholdFor)
    options.empty_sets = constant("empty_sets", empty_sets, EmptySets)
    values = _rows(probs)
    rows, classes = values.shape
    limits = real_array("thresholds", thresholds, values.dtype)
    shapes: dict[str, tuple[int, ...]] = {"each_row": (rows,), "each_class": (classes,)}
    expect_shape("thresholds", limits, shapes.get(threshold_for, ()))
    mask = lent((rows, -(-classes // 8)), np.uint8)
    sizes = lent(rows, np.int32)
    check(_SETS[values.dtype](values, rows, classes, limits, byref(options), mask, sizes))
    return ConformalSets(mask, sizes, classes)


@dataclass(frozen=True, eq=False)
class RAPSPenalty:
    """A penalty of "raps": ``conformal_label_scores(..., kind="raps", k_reg=fit.k_reg,
    penalty=fit.penalty)``.

    Attributes
    ----------
    k_reg : int
        The conformal quantile of the true labels' ranks.
    penalty : float
        The candidate with the smallest sets.
    mean_size : float
        The mean size of its sets.
    mean_sizes : ndarray of float64
        That of every candidate.
    """

    k_reg: int
    penalty: float
    mean_size: float
    mean_sizes: NDArray[np.float64]


def conformal_raps_tune(
    probs: Array,
    labels: Array,
    alpha: float,
    *,
    penalties: Array = (0.001, 0.01, 0.1, 0.2, 0.5),
    randomisation: Randomisation = "inclusive",
    empty_sets: EmptySets = "kept",
    points: Points = "by_call",
    seed: int = 42,
    first_row: int = 0,
) -> RAPSPenalty:
    """The penalty of "raps" that gives the smallest sets on rows of its own, which must be
    neither calibration nor test points.

    Parameters
    ----------
    probs : array_like, shape (rows, classes)
        Probabilities, 0 to 1; at least one row.
    labels : array_like of int, shape (rows,)
        0 to classes - 1.
    alpha : float
        The miscoverage level that is aimed at, strictly between 0 and 1.
    penalties : array_like
        The candidates, at least 0; of equals the first wins.
    randomisation, empty_sets, points, seed, first_row
        As of `conformal_label_scores` and `conformal_class_sets`.

    Returns
    -------
    RAPSPenalty

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> probs = [[0.5, 0.375, 0.125], [0.25, 0.625, 0.125], [0.5, 0.25, 0.25]]
    >>> fit = quantcal.conformal_raps_tune(probs, [0, 1, 1], 0.3)
    >>> fit.k_reg, fit.penalty, round(fit.mean_size, 3)
    (2, 0.001, 1.333)
    """
    options = _options("raps", randomisation, points, 0.0, 0, 1.0, seed, first_row)
    options.empty_sets = constant("empty_sets", empty_sets, EmptySets)
    values = _rows(probs)
    rows, classes = values.shape
    truth = label_array("labels", labels, (rows,))
    candidates = real_vector("penalties", penalties, F64)
    result = _RAPSResult()
    means = np.empty(candidates.size)
    check(
        _TUNE[values.dtype](
            values,
            truth,
            rows,
            classes,
            as_level(alpha),
            candidates,
            candidates.size,
            byref(options),
            byref(result),
            means,
        )
    )
    return RAPSPenalty(result.k_reg, result.penalty, result.mean_size, means)
