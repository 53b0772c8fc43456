"""Sets that hold the truth though an adversary moves the test input."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_float,
    as_level,
    as_size,
    bind_real,
    constant,
    expect_rank,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct, options_of

__all__ = [
    "SmoothedScores",
    "conformal_robust_bounds",
    "conformal_robust_threshold",
    "conformal_smoothed_scores",
    "conformal_transformed_scores",
]

Side = Literal["lower", "upper"]
Correction = Literal["empirical_bernstein", "hoeffding", "clopper_pearson", "exact_means"]
_DOUBLES = ArrayOf(np.float64)


class _RobustOptions(Struct):
    """qc_conformal_robust_options."""

    _fields_ = (
        ("side", c_int32),
        ("correction", c_int32),
        ("beta", c_double),
        ("radius", c_double),
        ("sigma", c_double),
    )


class _TransformOptions(Struct):
    """qc_conformal_transform_options."""

    _fields_ = (("steepness", c_double), ("centre", c_double))


_new_robust_options = options_of("qc_conformal_robust_options_init", _RobustOptions)
_new_transform_options = options_of("qc_conformal_transform_options_init", _TransformOptions)

_SMOOTHED = bind_real(
    "qc_conformal_smoothed_scores",
    REALS,  # samples
    c_size_t,
    c_size_t,
    _DOUBLES,  # earlier_means
    _DOUBLES,  # earlier_variances
    c_size_t,
    _DOUBLES,  # means
    _DOUBLES,  # variances
)
_bounds = bind(
    "qc_conformal_robust_bounds",
    _DOUBLES,  # means
    _DOUBLES,  # variances
    c_size_t,
    c_size_t,
    POINTER(_RobustOptions),
    _DOUBLES,  # bounds
)
_threshold = bind(
    "qc_conformal_robust_threshold",
    _DOUBLES,  # scores
    c_size_t,
    c_size_t,
    c_double,
    c_double,
    POINTER(c_double),
)
_TRANSFORMED = bind_real(
    "qc_conformal_transformed_scores",
    REALS,  # scores
    c_size_t,
    REALS,  # reference
    c_size_t,
    POINTER(_TransformOptions),
    REALS,  # transformed
)


@dataclass(frozen=True, eq=False)
class SmoothedScores:
    """Scores smoothed by noise.

    Attributes
    ----------
    means, variances : ndarray of float64
        Of the draws of each point; sample variances, with draws - 1.
    draws : int
        How many there were.
    """

    means: NDArray[np.float64]
    variances: NDArray[np.float64]
    draws: int


def conformal_smoothed_scores(
    samples: Array, *, earlier: SmoothedScores | None = None
) -> SmoothedScores:
    """Means of scores under noise, and what is needed to bound their error.

    Parameters
    ----------
    samples : array_like, shape (..., draws)
        Scores from 0 to 1 under independent noise; draws come last.
    earlier : SmoothedScores, optional
        Earlier draws of the same points, to which these are added.

    Returns
    -------
    SmoothedScores
        With ``.means`` and ``.variances`` of shape (...) and the number of ``.draws``.

    Raises
    ------
    QuantcalValueError
        For a value outside 0 to 1, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_smoothed_scores([[0, 1, 0, 0], [1, 1, 1, 0.5]]).means
    array([0.25 , 0.875])
    """
    values = real_array("samples", samples)
    if values.ndim == 0:
        expect_rank("samples", values, 1, 2, 3)
    shape, draws = values.shape[:-1], values.shape[-1]
    before: tuple[Any, Any, int] = (None, None, 0)
    if earlier is not None:
        kept = [real_array("earlier", part, F64) for part in (earlier.means, earlier.variances)]
        for part in kept:
            expect_shape("earlier", part, shape)
        before = (kept[0], kept[1], as_size("earlier.draws", earlier.draws))
    means, variances = lent(shape, np.float64), lent(shape, np.float64)
    check(_SMOOTHED[values.dtype](values, means.size, draws, *before, means, variances))
    return SmoothedScores(means, variances, draws + before[2])


def conformal_robust_bounds(
    means: Array | SmoothedScores,
    *,
    draws: int | None = None,
    variances: Array | None = None,
    side: Side = "lower",
    correction: Correction = "empirical_bernstein",
    beta: float = 0.001,
    radius: float = 0.0,
    sigma: float = 1.0,
) -> NDArray[np.float64]:
    """Bounds of smoothed scores against the error of their draws and an attack.

    Each holds with probability at least 1 - beta for the expectation at every input
    within `radius` of the one that the draws are from. A class is in the robust set if
    the lower bound of its score is at most the threshold (`conformal_sets`).

    Parameters
    ----------
    means : SmoothedScores, or array_like of numbers from 0 to 1
        Any smoothed probabilities will do.
    draws : int
        Of each mean; not needed for smoothed scores and exact means.
    variances : array_like
        Of the draws; needed by "empirical_bernstein" unless there are smoothed scores.
    side : {"lower", "upper"}
        What the score was at the least, or at the most.
    correction : str
        "empirical_bernstein"; "hoeffding", which needs no variances; "clopper_pearson" for
        draws that are 0 or 1; "exact_means" for expectations.
    beta : float
        Chance that a bound does not hold, 1e-20 to below 0.5.
    radius : float
        Of the attack, in Euclidean norm.
    sigma : float
        Standard deviation of the noise.

    Returns
    -------
    ndarray of float64
        In the shape of the means.

    Raises
    ------
    QuantcalValueError
        For values outside their range, wrong shapes, an unknown name.

    Examples
    --------
    >>> import quantcal
    >>> bounds = quantcal.conformal_robust_bounds([0.3], correction="exact_means", radius=0.5)
    >>> bounds.round(5)
    array([0.15282])
    """
    options = _new_robust_options()
    options.side = constant("side", side, Side)
    options.correction = constant("correction", correction, Correction)
    options.beta = as_float("beta", beta)
    options.radius = as_float("radius", radius)
    options.sigma = as_float("sigma", sigma)
    if isinstance(means, SmoothedScores):
        draws = means.draws if draws is None else draws
        variances = means.variances if variances is None else variances
        means = means.means
    values = real_array("means", means, F64)
    spread = None if variances is None else real_array("variances", variances, F64)
    if spread is not None:
        expect_shape("variances", spread, values.shape)
    bounds = lent(values.shape, np.float64)
    count = 0 if draws is None else as_size("draws", draws)
    check(_bounds(values, spread, values.size, count, byref(options), bounds))
    return bounds


def conformal_robust_threshold(
    scores: Array | SmoothedScores,
    alpha: float,
    *,
    draws: int | None = None,
    beta: float = 0.001,
) -> float:
    """The threshold for lower bounds of test scores (`conformal_robust_bounds`).

    It is the conformal threshold of the calibration scores at alpha - 2 beta, plus
    Hoeffding's correction for the draws. Robust sets then hold the true label with
    probability at least 1 - alpha, if the bounds have the same `beta`.

    Parameters
    ----------
    scores : SmoothedScores, or array_like of shape (n,)
        Smoothed scores of calibration points with their true labels, not attacked.
    alpha : float
        Miscoverage level.
    draws : int
        Of each score; not needed for smoothed scores.
    beta : float
        1e-20 to below 0.5.

    Returns
    -------
    float
        At most 1, or inf if there are too few scores.

    Raises
    ------
    Infeasible
        If alpha is at most 2 beta.
    QuantcalValueError
        For values outside their range.

    Examples
    --------
    >>> import quantcal
    >>> round(quantcal.conformal_robust_threshold([0.1, 0.2, 0.3, 0.4], 0.5, draws=256), 5)
    0.41615
    """
    if isinstance(scores, SmoothedScores):
        draws = scores.draws if draws is None else draws
        scores = scores.means
    values = real_vector("scores", scores, F64)
    count = 0 if draws is None else as_size("draws", draws)
    threshold = c_double()
    level, chance = as_level(alpha), as_float("beta", beta)
    check(_threshold(values, values.size, count, level, chance, byref(threshold)))
    return threshold.value


def conformal_transformed_scores(
    scores: Array, reference: Array, *, steepness: float = 400.0, centre: float = 0.9
) -> NDArray[Any]:
    """The transformation of scores before they are smoothed: smaller robust sets.

    With q the share of reference scores that are at most s, the transformed score is
    ``1 / (1 + exp(-steepness * (q - centre)))``. Transform calibration and test scores
    alike, each draw by itself.

    Parameters
    ----------
    scores : array_like
        Any numbers but NaN.
    reference : array_like, shape (m,)
        Scores of true labels, of points that are neither calibration nor test points.
    steepness : float
        Above 0.
    centre : float
        Of use near 1 - alpha.

    Returns
    -------
    ndarray
        In the shape and type of `scores`.

    Raises
    ------
    QuantcalValueError
        For NaN, no reference scores, options outside their range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_transformed_scores([0.1, 5.0], [1.0, 2.0], steepness=2, centre=0.5)
    array([0.26894142, 0.73105858])
    """
    options = _new_transform_options()
    options.steepness = as_float("steepness", steepness)
    options.centre = as_float("centre", centre)
    values = real_array("scores", scores)
    known = real_vector("reference", reference, values.dtype)
    transformed = lent(values.shape, values.dtype)
    call = _TRANSFORMED[values.dtype]
    check(call(values, values.size, known, known.size, byref(options), transformed))
    return transformed
