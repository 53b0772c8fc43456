"""Isotonic regression under a partial order that edges of a graph give."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    bind_real,
    expect_rank,
    expect_shape,
    integer_array,
    real_vector,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._progress import ProgressCallback, reporting
from quantcal.isotonic._options import Solution
from quantcal.isotonic._order_options import OrderLoss, OrderOptions, order_options

__all__ = ["IsotonicGraphFit", "isotonic_graph"]

_GRAPH = bind_real(
    "qc_isotonic_order_graph",
    ArrayOf(np.uintp),  # from
    ArrayOf(np.uintp),  # to
    c_size_t,
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(OrderOptions),
    REALS,  # fitted
    ArrayOf(np.uintp),  # blocks
    POINTER(c_size_t),  # block_count
)


@dataclass(frozen=True, eq=False)
class IsotonicGraphFit:
    """An isotonic regression under the order of a graph.

    Attributes
    ----------
    fitted : ndarray, shape (n,)
        The fitted values.
    blocks : ndarray of intp, shape (n,)
        The block of each point, as for `IsotonicOrderFit`.
    block_count : int
        The number of blocks.
    """

    fitted: NDArray[Any]
    blocks: NDArray[np.intp]
    block_count: int


def isotonic_graph(
    edges: Array,
    y: Array,
    *,
    weights: Array | None = None,
    loss: OrderLoss = "squared",
    level: float = 0.5,
    solution: Solution = "default",
    progress: ProgressCallback | None = None,
) -> IsotonicGraphFit:
    """Isotonic regression under any partial order, given by edges.

    Parameters
    ----------
    edges : array_like of int, shape (m, 2)
        Pairs ``(a, b)`` of points with ``fitted[a] <= fitted[b]``. They must not make a
        cycle. Pairs that others imply need not be given.
    y : array_like, shape (n,)
        Finite values.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. A point of weight 0 carries the
        order on, but does not move the fit; its value is as for `isotonic_order`.
    loss, level, solution, progress
        As for `isotonic_order`.

    Returns
    -------
    IsotonicGraphFit
        With ``.fitted``, ``.blocks`` and ``.block_count``.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.isotonic_graph([(0, 1), (0, 2)], [3.0, 1.0, 5.0]).fitted
    array([2., 2., 5.])
    """
    values = real_vector("y", y)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    ends = _ends(edges)
    options = order_options(loss, level, solution)
    fitted = lent(values.shape, values.dtype)
    blocks = lent(n, np.uintp)
    count = c_size_t()
    with reporting(progress, (n + ends.size) * 16) as options.progress:
        status = _GRAPH[values.dtype](
            ends[0],
            ends[1],
            ends.shape[1],
            values,
            point_weights,
            n,
            byref(options),
            fitted,
            blocks,
            byref(count),
        )
    check(status)
    return IsotonicGraphFit(fitted, blocks.view(np.intp), count.value)


def _ends(edges: Array) -> NDArray[np.uintp]:
    """The origins and the targets of edges, as rows."""
    pairs = integer_array("edges", edges)
    if pairs.size == 0:
        return np.empty((2, 0), np.uintp)
    expect_rank("edges", pairs, 2)
    expect_shape("edges", pairs, (len(pairs), 2))
    if (pairs < 0).any():
        edge = int(np.argmax((pairs < 0).any(axis=1)))
        raise refuse(
            Status.QC_ERR_DOMAIN, f"edges[{edge}] is {pairs[edge].tolist()}; points are >= 0"
        )
    return np.ascontiguousarray(pairs.T.astype(np.uintp))
