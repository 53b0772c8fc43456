"""Isotonic regression of a sequence."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int32, c_size_t, sizeof
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import REAL_TYPES, Array, expect_rank, real_array, weight_array
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting

__all__ = ["IsotonicFit", "isotonic_regression"]


class _Options(ctypes.Structure):
    """qc_isotonic_regression_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("direction", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    ]


_options_init = bind("qc_isotonic_regression_options_init", POINTER(_Options), c_size_t)

_REGRESSION = {
    real: bind(
        f"qc_isotonic_regression_{suffix}",
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        c_size_t,
        POINTER(_Options),
        ArrayOf(real),  # x
        ArrayOf(real),  # block_weights
        ArrayOf(np.uintp),  # blocks
        POINTER(c_size_t),  # block_count
    )
    for real, suffix, _ in REAL_TYPES
}


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
        the last is n. Fitted values differ strictly from block to block.
    """

    x: NDArray[Any]
    weights: NDArray[Any]
    blocks: NDArray[np.intp]


def isotonic_regression(
    y: Array,
    *,
    weights: Array | None = None,
    increasing: bool = True,
    progress: ProgressCallback | None = None,
) -> IsotonicFit:
    """The monotone sequence nearest to `y` in weighted least squares.

    It minimises ``sum(weights * (y - x)**2)`` subject to ``x[0] <= x[1] <= ...`` (``>=``
    if not `increasing`), in linear time. The solution is unique: blocks of neighbours
    that share one value, their weighted mean.

    Parameters
    ----------
    y : array_like, shape (n,)
        Finite values. float32 is computed on as it is (sums in double) and gives a
        float32 result, all else as float64. Empty is allowed: it gives no blocks.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero, converted to the type of `y`; ones by default. A
        point of weight 0 does not move the fit: it joins the block to its left, the
        first points the block to their right.
    increasing : bool
        False for a decreasing fit.
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
        For NaN, infinities, a negative weight, weights that are all 0, or a wrong shape.
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
    """
    values = real_array("y", y)
    expect_rank("y", values, 1)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    options = _Options()
    check(_options_init(byref(options), sizeof(options)))
    options.direction = 0 if increasing else 1
    x = np.empty_like(values)
    block_weights = np.empty_like(values)
    blocks = np.empty(n + 1, np.uintp)
    count = c_size_t()
    with reporting(progress, n) as options.progress:
        status = _REGRESSION[values.dtype](
            values, point_weights, n, byref(options), x, block_weights, blocks, byref(count)
        )
    check(status)
    # Room for the most blocks possible was lent; what is not used goes back.
    block_weights.resize(count.value, refcheck=False)
    blocks.resize(count.value + 1, refcheck=False)
    return IsotonicFit(x, block_weights, blocks.view(np.intp))
