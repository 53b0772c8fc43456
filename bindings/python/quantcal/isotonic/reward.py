"""Rewards from a judge's scores: cross-fitted isotonic calibration to an oracle's labels."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    bind_real,
    constant,
    expect_rank,
    expect_shape,
    real_array,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, Handle, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._progress import ProgressCallback, reporting
from quantcal._structs import Struct
from quantcal.isotonic.folds import RewardOptions, fold_array, reward_options

__all__ = ["IsotonicReward", "RewardMean", "isotonic_reward_fit"]

Mode = Literal["auto", "monotone", "two_stage"]


class _Result(Struct):
    """qc_isotonic_reward_result."""

    _fields_ = (
        ("mode", c_int32),
        ("folds", c_int32),
        ("thirds_won", c_int32),
        ("reserved", c_int32),
        ("rmse", c_double),
        ("rmse_out_of_fold", c_double),
        ("rmse_monotone", c_double),
        ("rmse_two_stage", c_double),
        ("rmse_standard_error", c_double),
    )


_MODEL = handle_kind("qc_isotonic_reward_destroy")

_FIT = bind_real(
    "qc_isotonic_reward_fit",
    REALS,  # scores
    REALS,  # labels
    REALS,  # weights
    ArrayOf(np.int32),  # fold
    c_size_t,
    POINTER(RewardOptions),
    REALS,  # calibrated
    REALS,  # out_of_fold
    POINTER(_Result),
    NEW_HANDLE,
)

_PREDICT = bind_real(
    "qc_isotonic_reward_predict",
    _MODEL,
    REALS,  # scores
    ArrayOf(np.int32),  # fold
    c_size_t,
    REALS,  # rewards
)

_MEAN = bind_real(
    "qc_isotonic_reward_mean",
    _MODEL,
    REALS,  # scores
    REALS,  # weights
    c_size_t,
    ArrayOf(np.float64),  # mean
    ArrayOf(np.float64),  # variance
    ArrayOf(np.float64),  # fold_means
)


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
        rewards = lent(values.shape, values.dtype)
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
    values = real_vector("scores", scores)
    n = values.size
    targets = real_array("labels", labels, values.dtype)
    expect_shape("labels", targets, (n,))
    shares = weight_array("weights", weights, values.dtype, (n,))
    numbers = fold_array("fold", fold, n)
    options = reward_options(folds, seed)
    options.mode = constant("mode", mode, Mode)
    calibrated, out_of_fold = lent(values.shape, values.dtype), lent(values.shape, values.dtype)
    result = _Result()
    pointer = c_void_p()
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
        _model=Handle(_MODEL, pointer),
        **{**result.content(), "mode": get_args(Mode)[result.mode]},
    )
