"""Predictive distributions: what residuals say of outcomes, with a guarantee."""

from __future__ import annotations

from ctypes import c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_array,
    as_size,
    bind_real,
    expect_rank,
    expect_shape,
    label_array,
    real_array,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf

__all__ = [
    "ConformalBand",
    "ConformalDistributionTransform",
    "conformal_distribution_cdf",
    "conformal_distribution_crps",
    "conformal_distribution_pit",
    "conformal_distribution_quantile",
]

#: residuals, residual_groups, n, mean, scale, groups: the distributions; and m, their number.
_DISTRIBUTIONS = (REALS, ArrayOf(np.int64), c_size_t, REALS, REALS, ArrayOf(np.int64))

_CDF = bind_real(
    "qc_conformal_distribution_cdf",
    *_DISTRIBUTIONS,
    c_size_t,  # m
    REALS,  # thresholds
    c_size_t,
    c_uint64,  # seed
    *[REALS] * 3,  # lower, upper, smoothed
)
_QUANTILE = bind_real(
    "qc_conformal_distribution_quantile",
    *_DISTRIBUTIONS,
    c_size_t,  # m
    ArrayOf(F64),  # levels
    c_size_t,
    *[REALS] * 2,  # lower, upper
)
_CRPS = bind_real(
    "qc_conformal_distribution_crps",
    *_DISTRIBUTIONS,
    REALS,  # y
    c_size_t,  # m
    REALS,  # crps
)
_PIT = bind_real(
    "qc_conformal_distribution_pit",
    *_DISTRIBUTIONS,
    REALS,  # y
    c_size_t,  # m
    c_uint64,  # seed
    *[REALS] * 3,  # lower, upper, pit
)


@dataclass(frozen=True, eq=False)
class ConformalBand:
    """Values of distribution functions: bounds, and a smoothed value between them.

    Attributes
    ----------
    lower, upper : ndarray, shape (m, k), or (m,) for a single threshold
        ``#{r < z} / (n + 1)`` and ``(#{r <= z} + 1) / (n + 1)``.
    smoothed : ndarray of the same shape
        Between the two, by one uniform number for each prediction.
    """

    lower: NDArray[Any]
    upper: NDArray[Any]
    smoothed: NDArray[Any]


@dataclass(frozen=True, eq=False)
class ConformalDistributionTransform:
    """Where outcomes lie in their distributions.

    Attributes
    ----------
    lower, upper : ndarray, shape (m,)
        Bounds of the distribution function at each outcome.
    pit : ndarray, shape (m,)
        A draw between the two: uniform on 0 to 1 for exchangeable outcomes.
    """

    lower: NDArray[Any]
    upper: NDArray[Any]
    pit: NDArray[Any]


def _distributions(
    residuals: Array,
    mean: Array,
    scale: Array | None,
    residual_groups: Array | None,
    groups: Array | None,
) -> tuple[list[Any], NDArray[Any]]:
    """The first arguments of every function, in the type of the residuals; and the mean."""
    values = real_vector("residuals", residuals)
    centres = real_vector("mean", mean, values.dtype)
    scales = weight_array("scale", scale, values.dtype, centres.shape)
    labels = [
        None if given is None else label_array(name, given, shape)
        for name, given, shape in (
            ("residual_groups", residual_groups, values.shape),
            ("groups", groups, centres.shape),
        )
    ]
    return [values, labels[0], values.size, centres, scales, labels[1]], centres


def _outcomes(y: Array, mean: NDArray[Any]) -> NDArray[Any]:
    outcomes = real_vector("y", y, mean.dtype)
    expect_shape("y", outcomes, mean.shape)
    return outcomes


def _levels(levels: Array) -> NDArray[Any]:
    """The levels as the caller typed them: a float32 0.1 means 0.1, not 0.10000000149."""
    array = as_array("levels", levels)
    if array.dtype in (np.float16, np.float32):
        array = np.array([float(str(level)) for level in array.flat]).reshape(array.shape)
    columns = real_array("levels", array, F64)
    expect_rank("levels", columns, 0, 1)
    return columns


def conformal_distribution_cdf(
    residuals: Array,
    mean: Array,
    thresholds: Array,
    *,
    scale: Array | None = None,
    residual_groups: Array | None = None,
    groups: Array | None = None,
    seed: int = 0,
) -> ConformalBand:
    """Distribution functions of ``mean + scale * residual``, with a guarantee.

    With ``z = (threshold - mean) / scale``, the function is between
    ``#{residuals < z} / (n + 1)`` and ``(#{residuals <= z} + 1) / (n + 1)``. Its smoothed
    value at the outcome that comes is exactly uniform, if that is exchangeable with the
    calibration points, however wrong the model.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        ``(y - mean) / scale`` of calibration points, in just this arithmetic (without the
        division if there are no scales), so that ties are ties. Infinities are data; NaN
        is an error. All else is converted to their type, float32 or float64.
    mean : array_like, shape (m,)
        Finite predictions.
    thresholds : float or array_like, shape (k,)
        In any order, not NaN.
    scale : array_like, shape (m,), optional
        Finite and > 0; by default ones.
    residual_groups, groups : array_like of int, shapes (n,) and (m,), optional
        Groups of the residuals and of the predictions (Mondrian categories), any integers:
        each prediction has the residuals of its own group, of which n is the number.
    seed : int
        From 0 to 2**64 - 1, of the uniform numbers; the same seed gives the same.

    Returns
    -------
    ConformalBand
        With ``.lower``, ``.upper`` and ``.smoothed``.

    Raises
    ------
    QuantcalValueError
        For NaN, an infinite mean, a scale outside its range, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> band = quantcal.conformal_distribution_cdf(
    ...     [-2.0, -1.0, 1.0, 4.0], mean=[10.0], thresholds=[11.0, 12.0], scale=[2.0]
    ... )
    >>> band.lower
    array([[0.4, 0.4]])
    >>> band.upper
    array([[0.6, 0.8]])
    """
    given, centres = _distributions(residuals, mean, scale, residual_groups, groups)
    columns = real_array("thresholds", thresholds, centres.dtype)
    expect_rank("thresholds", columns, 0, 1)
    outputs = [lent(centres.shape + columns.shape, centres.dtype) for _ in range(3)]
    number = as_size("seed", seed)
    check(_CDF[centres.dtype](*given, centres.size, columns, columns.size, number, *outputs))
    return ConformalBand(*outputs)


def conformal_distribution_quantile(
    residuals: Array,
    mean: Array,
    levels: Array,
    *,
    scale: Array | None = None,
    residual_groups: Array | None = None,
    groups: Array | None = None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Quantiles that are safe on one side.

    The outcome is at most `upper` with probability at least the level, and below `lower`
    with probability at most the level: from `lower` at 0.05 to `upper` at 0.95 it lies
    with probability at least 0.9. Ranks are exact for the decimals typed.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        As in `conformal_distribution_cdf`.
    mean : array_like, shape (m,)
        Finite predictions.
    levels : float or array_like, shape (k,)
        Strictly between 0 and 1, in any order.
    scale : array_like, shape (m,), optional
        Finite and > 0; by default ones.
    residual_groups, groups : array_like of int, shapes (n,) and (m,), optional
        As in `conformal_distribution_cdf`.

    Returns
    -------
    lower, upper : ndarray, shape (m, k), or (m,) for a single level
        ``mean + scale * r``, where r is the residual of rank ``floor(level * (n + 1))``
        and ``ceil(level * (n + 1))``; -inf for rank 0, +inf for rank n + 1.

    Raises
    ------
    QuantcalValueError
        For NaN, an infinite mean, a scale or level outside its range, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_distribution_quantile(
    ...     [-2.0, -1.0, 1.0, 4.0], mean=[10.0], levels=[0.1, 0.5], scale=[2.0]
    ... )
    (array([[-inf,   8.]]), array([[ 6., 12.]]))
    """
    given, centres = _distributions(residuals, mean, scale, residual_groups, groups)
    columns = _levels(levels)
    lower, upper = (lent(centres.shape + columns.shape, centres.dtype) for _ in range(2))
    check(_QUANTILE[centres.dtype](*given, centres.size, columns, columns.size, lower, upper))
    return lower, upper


def conformal_distribution_crps(
    residuals: Array,
    mean: Array,
    y: Array,
    *,
    scale: Array | None = None,
    residual_groups: Array | None = None,
    groups: Array | None = None,
) -> NDArray[Any]:
    """The continuous ranked probability score of each distribution: the lower, the better.

    The integral of ``(F(t) - (y[i] <= t))**2``, where F has mass ``1 / n`` at each
    ``mean[i] + scale[i] * residual``.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        As in `conformal_distribution_cdf`, at least one.
    mean : array_like, shape (m,)
        Finite predictions.
    y : array_like, shape (m,)
        The outcomes that came: finite.
    scale : array_like, shape (m,), optional
        Finite and > 0; by default ones.
    residual_groups, groups : array_like of int, shapes (n,) and (m,), optional
        As in `conformal_distribution_cdf`.

    Returns
    -------
    ndarray, shape (m,)
        Infinite if a residual is.

    Raises
    ------
    QuantcalValueError
        For no residuals (in a group), NaN, an infinite mean or outcome, a scale outside its
        range, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_distribution_crps(
    ...     [-2.0, -1.0, 1.0, 4.0], mean=[10.0], y=[11.0], scale=[2.0]
    ... )
    array([1.5])
    """
    given, centres = _distributions(residuals, mean, scale, residual_groups, groups)
    outcomes = _outcomes(y, centres)
    scores = lent(outcomes.shape, outcomes.dtype)
    check(_CRPS[outcomes.dtype](*given, outcomes, outcomes.size, scores))
    return scores


def conformal_distribution_pit(
    residuals: Array,
    mean: Array,
    y: Array,
    *,
    scale: Array | None = None,
    residual_groups: Array | None = None,
    groups: Array | None = None,
    seed: int = 0,
) -> ConformalDistributionTransform:
    """The probability integral transform of each distribution at its outcome: a p-value.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        As in `conformal_distribution_cdf`.
    mean : array_like, shape (m,)
        Finite predictions.
    y : array_like, shape (m,)
        The outcomes that came; not NaN.
    scale : array_like, shape (m,), optional
        Finite and > 0; by default ones.
    residual_groups, groups : array_like of int, shapes (n,) and (m,), optional
        As in `conformal_distribution_cdf`.
    seed : int
        From 0 to 2**64 - 1. The same seed gives the same draws, those of
        `conformal_distribution_cdf`.

    Returns
    -------
    ConformalDistributionTransform
        With ``.lower``, ``.upper`` and ``.pit``, the draw between them.

    Raises
    ------
    QuantcalValueError
        For NaN, an infinite mean, a scale outside its range, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> where = quantcal.conformal_distribution_pit([-2.0, -1.0, 1.0, 4.0], mean=[10.0], y=[11.0])
    >>> where.lower, where.upper
    (array([0.4]), array([0.8]))
    """
    given, centres = _distributions(residuals, mean, scale, residual_groups, groups)
    outcomes = _outcomes(y, centres)
    outputs = [lent(outcomes.shape, outcomes.dtype) for _ in range(3)]
    number = as_size("seed", seed)
    check(_PIT[outcomes.dtype](*given, outcomes, outcomes.size, number, *outputs))
    return ConformalDistributionTransform(*outputs)
