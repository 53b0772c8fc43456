"""Isotonic regression of a sequence."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import REALS, Array, bind_real, real_vector, weight_array
from quantcal._errors import check
from quantcal._lent import kept, lent
from quantcal._library import ArrayOf
from quantcal._progress import ProgressCallback, reporting
from quantcal.isotonic._options import (
    Increasing,
    Loss,
    RegressionOptions,
    Solution,
    regression_options,
)

__all__ = ["IsotonicFit", "isotonic_regression"]

_REGRESSION = bind_real(
    "qc_isotonic_regression",
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(RegressionOptions),
    REALS,  # x
    REALS,  # block_weights
    ArrayOf(np.uintp),  # blocks
    POINTER(c_size_t),  # block_count
)


@dataclass(frozen=True, eq=False)
class IsotonicFit:
    """An isotonic regression, in the form of `scipy.optimize.isotonic_regression`.

    Attributes
    ----------
    x : ndarray, shape (n,)
        The fitted values, in the type of `y`.
    weights : ndarray, shape (B,)
        The sum of the weights of each block.
    blocks : ndarray of intp, shape (B + 1,)
        Block ``b`` holds the points ``blocks[b]:blocks[b + 1]``; the first entry is 0,
        the last is n. Fitted values differ strictly from block to block. With a minimum
        gap, a block is a run of neighbours that lie just the gap apart.
    """

    x: NDArray[Any]
    weights: NDArray[Any]
    blocks: NDArray[np.intp]


def isotonic_regression(
    y: Array,
    *,
    weights: Array | None = None,
    increasing: Increasing = True,
    loss: Loss = "squared",
    level: float = 0.5,
    huber_threshold: float = 1.0,
    power: float = 2.0,
    solution: Solution = "default",
    lower: float = -inf,
    upper: float = inf,
    minimum_gap: float = 0.0,
    progress: ProgressCallback | None = None,
) -> IsotonicFit:
    """The monotone sequence nearest to `y`, in weighted least squares or another loss.

    It minimises ``sum(weights * (y - x)**2)`` subject to ``x[0] <= x[1] <= ...`` (``>=``
    if not `increasing`), in linear time. The solution is unique: blocks of neighbours
    that share one value, their weighted mean. With another `loss` the value of a block
    is another summary of its points: a quantile, an expectile, ...

    Parameters
    ----------
    y : array_like, shape (n,)
        Finite values. float32 is computed on as it is (sums in double) and gives a
        float32 result, all else as float64. Empty is allowed: it gives no blocks.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero, converted to the type of `y`; ones by default. A
        point of weight 0 does not move the fit: it joins the block to its left, the
        first points the block to their right.
    increasing : bool or "auto"
        False for a decreasing fit. "auto" decides by the sign of Spearman's rank
        correlation of `y` with its positions.
    loss : str
        What ``r = y - x`` costs:

        - ``"squared"``: ``r**2``, fitted by means;
        - ``"quantile"``: ``level * r`` where ``r >= 0``, ``(level - 1) * r`` elsewhere,
          fitted by quantiles; the absolute loss for the default level;
        - ``"expectile"``: ``level * r**2`` where ``r >= 0``, ``(1 - level) * r**2``
          elsewhere;
        - ``"huber"``: squared up to `huber_threshold`, linear beyond;
        - ``"power"``: ``abs(r)**power``;
        - ``"chebyshev"``: the largest ``weights * abs(r)`` of all points, not a sum;
        - ``"poisson"``, ``"binomial"``: deviances, for ``y >= 0`` and ``0 <= y <= 1``.
          Their fit is that of the squared loss, as blocks are fitted by their means.
    level : float
        Of ``"quantile"`` and ``"expectile"``; above 0, below 1. It is taken as the simple
        fraction that rounds to it (0.9 is nine tenths), so that ties are exact.
    huber_threshold : float
        Of ``"huber"``; above 0.
    power : float
        Of ``"power"``; above 1.
    solution : {"default", "lower", "upper", "middle"}
        Which optimal fit, where there are several ("quantile", "huber", "chebyshev"): the
        pointwise lowest, the highest, or the mean of both. The default is the middle for
        ``"chebyshev"`` and the lower for the others.
    lower, upper : float
        Bounds on the fit.
    minimum_gap : float
        How far neighbours in the fit must lie apart: ``x[i + 1] - x[i] >= minimum_gap``.
        Not for ``"poisson"`` and ``"binomial"``.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    IsotonicFit
        With ``.x``, ``.weights`` and ``.blocks``, as SciPy's function returns them.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative weight, weights that are all 0, a wrong shape,
        values that the loss is not defined for, or an option out of its range.
    TypeError
        If `y` or `weights` are not real numbers.

    Notes
    -----
    Neighbours with equal fitted values are one block. SciPy refuses weights of 0 and lets
    NaN through; here it is the other way round.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_regression([1, 3, 2, 4])
    >>> fit.x
    array([1. , 2.5, 2.5, 4. ])
    >>> fit.weights, fit.blocks
    (array([1., 2., 1.]), array([0, 1, 3, 4]))
    >>> quantcal.isotonic_regression([3, 1, 2, 5, 4], loss="quantile", level=0.5).x
    array([1., 1., 2., 4., 4.])
    """
    values = real_vector("y", y)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    options = regression_options(
        increasing, loss, level, huber_threshold, power, solution, lower, upper, minimum_gap
    )
    x = lent(values.shape, values.dtype)
    block_weights = lent(n, values.dtype)
    blocks = lent(n + 1, np.uintp)
    count = c_size_t()
    with reporting(progress, n) as options.progress:
        status = _REGRESSION[values.dtype](
            values, point_weights, n, byref(options), x, block_weights, blocks, byref(count)
        )
    check(status)
    blocks = kept(blocks, count.value + 1).view(np.intp)
    return IsotonicFit(x, kept(block_weights, count.value), blocks)
