"""Rewards from a judge's scores: cross-fitted isotonic calibration to an oracle's labels."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Sequence
from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64, sizeof
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REAL_TYPES,
    Array,
    as_array,
    as_int32,
    as_size,
    choice,
    contiguous,
    expect_rank,
    expect_shape,
    integer_array,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, Handle, HandleKind
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting

__all__ = [
    "IsotonicReward",
    "RewardFolds",
    "RewardMean",
    "isotonic_reward_fit",
    "isotonic_reward_folds",
]

Mode = Literal["auto", "monotone", "two_stage"]
_MODES: tuple[Mode, ...] = ("auto", "monotone", "two_stage")


class _Options(ctypes.Structure):
    """qc_isotonic_reward_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("seed", c_uint64),
        ("folds", c_int32),
        ("mode", c_int32),
        ("progress", Progress),
    ]


class _Result(ctypes.Structure):
    """qc_isotonic_reward_result."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("mode", c_int32),
        ("folds", c_int32),
        ("thirds_won", c_int32),
        ("reserved", c_int32),
        ("rmse", c_double),
        ("rmse_out_of_fold", c_double),
        ("rmse_monotone", c_double),
        ("rmse_two_stage", c_double),
        ("rmse_standard_error", c_double),
    ]


_options_init = bind("qc_isotonic_reward_options_init", POINTER(_Options), c_size_t)

_folds = bind(
    "qc_isotonic_reward_folds",
    ArrayOf(np.uint8),  # text
    c_size_t,
    ArrayOf(np.uintp),  # ends
    ArrayOf(np.uint8),  # labelled
    c_size_t,
    POINTER(_Options),
    ArrayOf(np.int32),  # fold
    POINTER(c_int32),  # fold_count
)

_destroy = bind("qc_isotonic_reward_destroy", ctypes.c_void_p, restype=None)
_MODEL = HandleKind("qc_isotonic_reward", _destroy)

_FIT = {
    real: bind(
        f"qc_isotonic_reward_fit_{suffix}",
        ArrayOf(real),  # scores
        ArrayOf(real),  # labels
        ArrayOf(real),  # weights
        ArrayOf(np.int32),  # fold
        c_size_t,
        POINTER(_Options),
        ArrayOf(real),  # calibrated
        ArrayOf(real),  # out_of_fold
        POINTER(_Result),
        NEW_HANDLE,
    )
    for real, suffix, _ in REAL_TYPES
}

_PREDICT = {
    real: bind(
        f"qc_isotonic_reward_predict_{suffix}",
        _MODEL,
        ArrayOf(real),  # scores
        ArrayOf(np.int32),  # fold
        c_size_t,
        ArrayOf(real),  # rewards
    )
    for real, suffix, _ in REAL_TYPES
}

_MEAN = {
    real: bind(
        f"qc_isotonic_reward_mean_{suffix}",
        _MODEL,
        ArrayOf(real),  # scores
        ArrayOf(real),  # weights
        c_size_t,
        ArrayOf(np.float64),  # mean
        ArrayOf(np.float64),  # variance
        ArrayOf(np.float64),  # fold_means
    )
    for real, suffix, _ in REAL_TYPES
}


def _options(folds: int, seed: int, mode: Mode = "auto") -> _Options:
    options = _Options()
    check(_options_init(byref(options), sizeof(options)))
    options.folds = as_int32("folds", folds)
    options.seed = as_size("seed", seed)
    options.mode = choice("mode", mode, _MODES)
    return options


def fold_array(name: str, value: Array | None, n: int) -> NDArray[np.int32] | None:
    """Fold numbers; what does not fit 32 bits is no fold, and stays none."""
    if value is None:
        return None
    array = integer_array(name, value)
    expect_shape(name, array, (n,))
    limits = np.iinfo(np.int32)
    return contiguous(np.clip(array, limits.min, limits.max), np.dtype(np.int32))


class RewardFolds(NamedTuple):
    """The fold of each point, and how many folds there are."""

    fold: NDArray[np.int32]
    fold_count: int


def isotonic_reward_folds(
    clusters: Sequence[Any] | NDArray[Any] | int,
    *,
    labelled: Array | None = None,
    folds: int = 5,
    seed: int = 42,
) -> RewardFolds:
    """Deal clusters to folds, whole and evenly, by a hash of their names.

    Points of one cluster (all answers to one prompt, say) share a fold, so none is
    predicted by a model that has seen its siblings.

    Parameters
    ----------
    clusters : sequence of str or other identifiers, or int
        The cluster of each point, by ``str()`` of what is given. A number n stands for n
        points that are each a cluster, ``"row_0"``, ``"row_1"``, ...
    labelled : array_like of bool, shape (n,), optional
        Which points have a label; all by default. The labelled clusters are dealt
        evenly, the others go where their hash says.
    folds : int
        How many, 2 to 1000; half the number of labelled clusters if that is less than
        twice as many.
    seed : int
        0 to 2**64 - 1.

    Returns
    -------
    RewardFolds
        ``fold``, int32, and ``fold_count``.

    Raises
    ------
    QuantcalValueError
        For less than 4 labelled clusters, or an option out of range.

    Notes
    -----
    The folds are those of the package cje-eval 0.6.0.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.isotonic_reward_folds(["ann", "bob", "ann", "cyd", "dee"])
    RewardFolds(fold=array([0, 0, 0, 1, 1], dtype=int32), fold_count=2)
    """
    text: NDArray[np.uint8] | None = None
    ends: NDArray[np.uintp] | None = None
    if isinstance(clusters, (int, np.integer)):
        n = as_size("clusters", int(clusters))
    else:
        names = [str(one).encode() for one in clusters]
        n = len(names)
        text = np.frombuffer(b"".join(names), np.uint8)
        ends = np.fromiter(itertools.accumulate(map(len, names)), np.uintp, n)
    mask: NDArray[np.uint8] | None = None
    if labelled is not None:
        array = as_array("labelled", labelled)
        expect_shape("labelled", array, (n,))
        mask = contiguous(array.astype(bool), np.dtype(np.uint8))
    fold = np.empty(n, np.int32)
    count = c_int32()
    options = _options(folds, seed)
    size = 0 if text is None else text.size
    check(_folds(text, size, ends, mask, n, byref(options), fold, byref(count)))
    return RewardFolds(fold, count.value)


class RewardMean(NamedTuple):
    """A mean reward, and its delete-one-fold jackknife.

    ``variance`` is the part of the mean's variance that comes from the labels being few;
    ``fold_means`` are the means by the models fitted without each fold.
    """

    mean: float
    variance: float
    fold_means: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IsotonicReward:
    """A fitted calibration. Called on scores, it gives rewards.

    Attributes
    ----------
    calibrated : ndarray, shape (n,)
        The rewards of the points, by the model that serves.
    out_of_fold : ndarray, shape (n,)
        The rewards of the points, each by the model that was fitted without its fold.
    mode : str
        ``"monotone"`` or ``"two_stage"``: what serves.
    folds : int
        How many folds there are.
    thirds_won : int
        In how many thirds of the scores two stages did better; 0 if not compared.
    rmse, rmse_out_of_fold : float
        Root mean square errors of `calibrated` and of `out_of_fold`.
    rmse_monotone, rmse_two_stage : float
        Those of each mode out of fold; NaN for a mode that was not fitted.
    rmse_standard_error : float
        The standard error of `rmse_monotone`.
    """

    calibrated: NDArray[Any]
    out_of_fold: NDArray[Any]
    mode: Mode
    folds: int
    thirds_won: int
    rmse: float
    rmse_out_of_fold: float
    rmse_monotone: float
    rmse_two_stage: float
    rmse_standard_error: float
    _model: Handle

    def __call__(self, scores: Array) -> NDArray[Any]:
        """``self.predict(scores)``."""
        return self.predict(scores)

    def predict(self, scores: Array, *, fold: Array | None = None) -> NDArray[Any]:
        """The rewards of new scores, 0 to 1.

        Parameters
        ----------
        scores : array_like, shape (m,)
            Finite.
        fold : array_like of int, shape (m,), optional
            For each score the fold without which its model was fitted; by default all
            rewards are those of the model that serves.

        Returns
        -------
        ndarray, shape (m,)
        """
        values = real_array("scores", scores)
        expect_rank("scores", values, 1)
        rewards = np.empty_like(values)
        numbers = fold_array("fold", fold, values.size)
        check(_PREDICT[values.dtype](self._model, values, numbers, values.size, rewards))
        return rewards

    def mean(self, scores: Array, *, weights: Array | None = None) -> RewardMean:
        """The weighted mean reward of new scores, with a jackknife over the folds.

        Parameters
        ----------
        scores : array_like, shape (m,)
            Finite; at least one.
        weights : array_like, shape (m,), optional
            Finite and >= 0, not all zero; ones by default.

        Returns
        -------
        RewardMean
        """
        values = real_array("scores", scores)
        expect_rank("scores", values, 1)
        shares = weight_array("weights", weights, values.dtype, values.shape)
        mean, variance = np.empty(1), np.empty(1)
        fold_means = np.empty(self.folds)
        check(
            _MEAN[values.dtype](
                self._model, values, shares, values.size, mean, variance, fold_means
            )
        )
        return RewardMean(float(mean[0]), float(variance[0]), fold_means)


def isotonic_reward_fit(
    scores: Array,
    labels: Array,
    *,
    weights: Array | None = None,
    fold: Array | None = None,
    mode: Mode = "auto",
    folds: int = 5,
    seed: int = 42,
    progress: ProgressCallback | None = None,
) -> IsotonicReward:
    """Calibrate a judge's scores to an oracle's labels (AutoCal-R).

    ``"monotone"`` is isotonic regression of the labels on the scores. ``"two_stage"`` first
    smooths the labels by a ridge-penalised cubic spline g of the score, then regresses them
    on the ranks of g, for scores that are not monotone. ``"auto"`` takes the better out of
    fold: two stages if their error is less by more than a standard error, or in
    two of three thirds of the scores.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Finite. float32 gives float32 rewards, all else float64.
    labels : array_like, shape (n,)
        0 to 1.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. A point of weight 0 moves nothing,
        and still gets its rewards.
    fold : array_like of int, shape (n,), optional
        The fold of each point, as of `isotonic_reward_folds`; by default each point is a
        cluster of its own.
    mode : {"auto", "monotone", "two_stage"}
        Fewer than 20 points are always monotone.
    folds, seed : int
        As of `isotonic_reward_folds`, if `fold` is not given.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    IsotonicReward

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, labels, weights or folds outside their range, less than 4
        points, or wrong shapes.
    TypeError
        If an argument is not of real numbers, or `fold` not of integers.

    References
    ----------
    Causal Judge Evaluation, arXiv:2512.11150.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_reward_fit([1, 2, 3, 4, 5], [0, 0.5, 0.25, 1, 1])
    >>> fit.calibrated
    array([0.   , 0.375, 0.375, 1.   , 1.   ])
    >>> fit([2.5, 3.5, 9])
    array([0.375 , 0.6875, 1.    ])
    """
    values = real_array("scores", scores)
    expect_rank("scores", values, 1)
    n = values.size
    targets = real_array("labels", labels, values.dtype)
    expect_shape("labels", targets, (n,))
    shares = weight_array("weights", weights, values.dtype, (n,))
    numbers = fold_array("fold", fold, n)
    options = _options(folds, seed, mode)
    calibrated, out_of_fold = np.empty_like(values), np.empty_like(values)
    result = _Result(struct_size=sizeof(_Result))
    pointer = ctypes.c_void_p()
    with reporting(progress, n) as options.progress:
        status = _FIT[values.dtype](
            values,
            targets,
            shares,
            numbers,
            n,
            byref(options),
            calibrated,
            out_of_fold,
            byref(result),
            byref(pointer),
        )
    check(status)
    return IsotonicReward(
        calibrated=calibrated,
        out_of_fold=out_of_fold,
        mode=_MODES[result.mode],
        folds=result.folds,
        thirds_won=result.thirds_won,
        rmse=result.rmse,
        rmse_out_of_fold=result.rmse_out_of_fold,
        rmse_monotone=result.rmse_monotone,
        rmse_two_stage=result.rmse_two_stage,
        rmse_standard_error=result.rmse_standard_error,
        _model=Handle(_MODEL, pointer),
    )
