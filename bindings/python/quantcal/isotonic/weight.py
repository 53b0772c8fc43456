"""Importance weights, made steadier by isotonic regression on a score."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_float,
    as_int32,
    as_size,
    bind_real,
    expect_shape,
    real_array,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.isotonic.folds import fold_array

__all__ = ["StabilizedWeights", "isotonic_weight_stabilize"]


class _Options(Struct):
    """qc_isotonic_weight_options."""

    _fields_ = (
        ("seed", c_uint64),
        ("folds", c_int32),
        ("target", c_int32),
        ("include_raw", c_int32),
        ("reserved", c_int32),
        ("variance_cap", c_double),
        ("ess_floor", c_double),
        ("weight_floor", c_double),
        ("shrinkage", c_double),
        ("progress", Progress),
    )


class _Result(Struct):
    """qc_isotonic_weight_result."""

    _fields_ = (
        ("variance_before", c_double),
        ("variance_after", c_double),
        ("ess_before", c_double),
        ("ess_after", c_double),
        ("blend", c_double),
        ("mixture_increasing", c_double),
        ("mixture_decreasing", c_double),
        ("mixture_raw", c_double),
        ("folds", c_int32),
        ("reserved", c_int32),
    )


_new_options = options_of("qc_isotonic_weight_options_init", _Options)

_STABILIZE = bind_real(
    "qc_isotonic_weight_stabilize",
    REALS,  # weights
    REALS,  # scores
    REALS,  # targets
    ArrayOf(np.int32),  # fold
    c_size_t,
    REALS,  # new_weights
    REALS,  # new_scores
    c_size_t,
    POINTER(_Options),
    REALS,  # stabilized
    REALS,  # new_stabilized
    POINTER(_Result),
)


@dataclass(frozen=True, eq=False)
class StabilizedWeights:
    """Importance weights of mean 1, before and after.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        The stabilised weights.
    new_weights : ndarray, shape (m,)
        Those of the further points; empty if there are none.
    variance_before, variance_after : float
        Of the weights scaled to mean 1, dividing by n.
    ess_before, ess_after : float
        The effective sample sizes, ``n / (1 + variance)``.
    blend : float
        How much of the uniform weights came in, 0 to 1.
    mixture_increasing, mixture_decreasing, mixture_raw : float
        The shares of the candidates, of sum 1.
    folds : int
        How many folds there are.
    """

    weights: NDArray[Any]
    new_weights: NDArray[Any]
    variance_before: float
    variance_after: float
    ess_before: float
    ess_after: float
    blend: float
    mixture_increasing: float
    mixture_decreasing: float
    mixture_raw: float
    folds: int


def isotonic_weight_stabilize(
    weights: Array,
    scores: Array,
    *,
    rewards: Array | None = None,
    residuals: Array | None = None,
    fold: Array | None = None,
    new_scores: Array | None = None,
    new_weights: Array | None = None,
    include_raw: bool = False,
    variance_cap: float = 1.0,
    ess_floor: float = 0.2,
    weight_floor: float = 1e-9,
    shrinkage: float = 0.0,
    folds: int = 5,
    seed: int = 42,
    progress: ProgressCallback | None = None,
) -> StabilizedWeights:
    """Make importance weights steadier by making them a function of a score (SIMCal-W).

    The rising and the falling isotonic regression of the weights on the score are mixed so
    that the out-of-fold influence of the points varies least, and blended with uniform
    weights until the variance is within its cap.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Finite and >= 0, not all zero; scaled to mean 1. float32 is computed on as it is,
        in double, and gives float32 weights.
    scores : array_like, shape (n,)
        Finite.
    rewards, residuals : array_like, shape (n,), optional
        Of which the influences are taken: the rewards of a weighted mean, or the residuals
        of a doubly robust estimate. One of them at most; neither stands for rewards of 1.
    fold : array_like of int, shape (n,), optional
        The fold of each point; by default each point is a cluster of its own in
        `isotonic_reward_folds`.
    new_scores : array_like, shape (m,), optional
        Further points, for which weights are made in the same way.
    new_weights : array_like, shape (m,), optional
        Their raw weights; needed with `include_raw` and `shrinkage`.
    include_raw : bool
        Whether the raw weights are a candidate for the mixture, too.
    variance_cap : float
        The most variance of the result, above 0; ``inf`` for no cap.
    ess_floor : float
        The least effective sample size as a share of n, 0 to 1.
    weight_floor : float
        The least weight of a candidate, above 0 and at most 1.
    shrinkage : float
        Towards the raw weights at the end, 0 to 1.
    folds, seed : int
        As of `isotonic_reward_folds`, if `fold` is not given.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    StabilizedWeights

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, bad weights or folds, an option out of range, or wrong shapes.
    TypeError
        If an argument is not of real numbers, or both `rewards` and `residuals` are given.

    References
    ----------
    Causal Judge Evaluation, arXiv:2512.11150.

    Examples
    --------
    >>> import quantcal
    >>> steady = quantcal.isotonic_weight_stabilize(
    ...     [0.5, 4, 1, 0.5, 2, 4], [1, 2, 3, 4, 5, 6], rewards=[1, 0, 1, 0, 1, 0]
    ... )
    >>> bool(steady.ess_after > steady.ess_before)
    True
    """
    if rewards is not None and residuals is not None:
        raise TypeError("rewards and residuals exclude each other; give one of them")
    raw = real_vector("weights", weights)
    n = raw.size
    values = real_array("scores", scores, raw.dtype)
    expect_shape("scores", values, (n,))
    name = "rewards" if residuals is None else "residuals"
    # Reals of the points' number, which is all that is asked of weights at this place.
    targets = weight_array(name, rewards if residuals is None else residuals, raw.dtype, (n,))
    numbers = fold_array("fold", fold, n)
    further = real_vector("new_scores", () if new_scores is None else new_scores, raw.dtype)
    m = further.size
    new_raw = weight_array("new_weights", new_weights, raw.dtype, (m,))
    options = _new_options()
    options.seed = as_size("seed", seed)
    options.folds = as_int32("folds", folds)
    options.target = 0 if residuals is None else 1
    options.include_raw = 1 if include_raw else 0
    options.variance_cap = as_float("variance_cap", variance_cap)
    options.ess_floor = as_float("ess_floor", ess_floor)
    options.weight_floor = as_float("weight_floor", weight_floor)
    options.shrinkage = as_float("shrinkage", shrinkage)
    stabilized, new_stabilized = lent(raw.shape, raw.dtype), lent(further.shape, further.dtype)
    result = _Result()
    with reporting(progress, n) as options.progress:
        status = _STABILIZE[raw.dtype](
            raw,
            values,
            targets,
            numbers,
            n,
            new_raw,
            further,
            m,
            byref(options),
            stabilized,
            new_stabilized,
            byref(result),
        )
    check(status)
    return StabilizedWeights(weights=stabilized, new_weights=new_stabilized, **result.content())
