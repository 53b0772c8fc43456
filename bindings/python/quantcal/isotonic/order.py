"""Isotonic regression under a partial order: points, grids, graphs."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, byref, c_double, c_int32, c_size_t, sizeof
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REAL_TYPES,
    Array,
    as_float,
    choice,
    expect_rank,
    expect_shape,
    integer_array,
    real_array,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting

__all__ = [
    "IsotonicGraphFit",
    "IsotonicOrderFit",
    "isotonic_graph",
    "isotonic_grid",
    "isotonic_order",
]

OrderLoss = Literal["squared", "quantile", "chebyshev"]
Solution = Literal["default", "lower", "upper", "middle"]

# The numbers of the losses that a partial order has.
_LOSSES = {"squared": 0, "quantile": 1, "chebyshev": 5}


class _Options(ctypes.Structure):
    """qc_isotonic_order_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("loss", c_int32),
        ("solution", c_int32),
        ("level", c_double),
        ("progress", Progress),
    ]


class _PredictOptions(ctypes.Structure):
    """qc_isotonic_order_predict_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("solution", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    ]


_options_init = bind("qc_isotonic_order_options_init", POINTER(_Options), c_size_t)
_predict_options_init = bind(
    "qc_isotonic_order_predict_options_init", POINTER(_PredictOptions), c_size_t
)

_POINTS = {
    real: bind(
        f"qc_isotonic_order_points_{suffix}",
        ArrayOf(real),  # points
        c_size_t,
        c_size_t,
        ArrayOf(np.int32),  # directions
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        POINTER(_Options),
        ArrayOf(real),  # fitted
        ArrayOf(np.uintp),  # blocks
        POINTER(c_size_t),  # block_count
    )
    for real, suffix, _ in REAL_TYPES
}

_GRID = {
    real: bind(
        f"qc_isotonic_order_grid_{suffix}",
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        c_size_t,
        c_size_t,
        c_int32,
        c_int32,
        POINTER(_Options),
        ArrayOf(real),  # fitted
    )
    for real, suffix, _ in REAL_TYPES
}

_GRAPH = {
    real: bind(
        f"qc_isotonic_order_graph_{suffix}",
        ArrayOf(np.uintp),  # from
        ArrayOf(np.uintp),  # to
        c_size_t,
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        c_size_t,
        POINTER(_Options),
        ArrayOf(real),  # fitted
        ArrayOf(np.uintp),  # blocks
        POINTER(c_size_t),  # block_count
    )
    for real, suffix, _ in REAL_TYPES
}

_PREDICT = {
    real: bind(
        f"qc_isotonic_order_predict_{suffix}",
        ArrayOf(real),  # points
        ArrayOf(real),  # fitted
        c_size_t,
        c_size_t,
        ArrayOf(np.int32),  # directions
        ArrayOf(real),  # queries
        c_size_t,
        POINTER(_PredictOptions),
        ArrayOf(real),  # predictions
    )
    for real, suffix, _ in REAL_TYPES
}


def _order_options(loss: OrderLoss, level: float, solution: Solution) -> _Options:
    options = _Options()
    check(_options_init(byref(options), sizeof(options)))
    choice("loss", loss, ("squared", "quantile", "chebyshev"))
    options.loss = _LOSSES[loss]
    options.solution = choice("solution", solution, ("default", "lower", "upper", "middle"))
    options.level = as_float("level", level)
    return options


def _coordinates(name: str, points: Array, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """Points as rows; a vector is points of one dimension."""
    array = real_array(name, points, dtype)
    expect_rank(name, array, 1, 2)
    return array.reshape(-1, 1) if array.ndim == 1 else array


def _directions(increasing: bool | Sequence[bool], dimensions: int) -> NDArray[np.int32]:
    """The number of a direction for each dimension."""
    rises = np.asarray(increasing, dtype=bool)
    if rises.ndim == 0:
        rises = np.full(dimensions, rises)
    expect_shape("increasing", rises, (dimensions,))
    return np.where(rises, 0, 1).astype(np.int32)


@dataclass(frozen=True, eq=False)
class IsotonicOrderFit:
    """An isotonic function of points in several dimensions, known at the points.

    Attributes
    ----------
    points : ndarray, shape (n, d)
        Where it is known.
    fitted : ndarray, shape (n,)
        Its values there.
    blocks : ndarray of intp, shape (n,)
        The block of each point. Points with equal fitted values are one block; blocks are
        numbered from 0 by rising value.
    block_count : int
        The number of blocks.
    directions : ndarray of int32, shape (d,)
        0 for each coordinate in which it rises, 1 where it falls.
    """

    points: NDArray[Any]
    fitted: NDArray[Any]
    blocks: NDArray[np.intp]
    block_count: int
    directions: NDArray[np.int32]

    def predict(
        self,
        queries: Array,
        *,
        solution: Solution = "middle",
        progress: ProgressCallback | None = None,
    ) -> NDArray[Any]:
        """Values at new points.

        The order allows all values from the largest fitted value of the points that
        precede or equal the new one (``"lower"``) to the smallest of those that follow or
        equal it (``"upper"``).

        Parameters
        ----------
        queries : array_like, shape (m, d), or (m,) if d is 1
            Finite, converted to the type of the points.
        solution : {"middle", "lower", "upper"}
            ``"middle"`` is half way between the two, or the one of them that there is.
        progress : callable, optional
            As for `isotonic_order`.

        Returns
        -------
        ndarray, shape (m,)
            NaN where the order says nothing.

        Examples
        --------
        >>> import quantcal
        >>> fit = quantcal.isotonic_order([[0, 0], [1, 1]], [1.0, 3.0])
        >>> fit.predict([[0.5, 0.5], [2, 2], [2, -1]])
        array([ 2.,  3., nan])
        """
        asked = _coordinates("queries", queries, self.points.dtype)
        n, dimensions = self.points.shape
        expect_shape("queries", asked, (len(asked), dimensions))
        options = _PredictOptions()
        check(_predict_options_init(byref(options), sizeof(options)))
        options.solution = choice("solution", solution, ("default", "lower", "upper", "middle"))
        predictions = np.empty(len(asked), self.points.dtype)
        with reporting(progress, n + asked.size) as options.progress:
            status = _PREDICT[self.points.dtype](
                self.points,
                self.fitted,
                n,
                dimensions,
                self.directions,
                asked,
                len(asked),
                byref(options),
                predictions,
            )
        check(status)
        return predictions


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


def isotonic_order(
    points: Array,
    y: Array,
    *,
    weights: Array | None = None,
    increasing: bool | Sequence[bool] = True,
    loss: OrderLoss = "squared",
    level: float = 0.5,
    solution: Solution = "default",
    progress: ProgressCallback | None = None,
) -> IsotonicOrderFit:
    """Isotonic regression of points in any number of dimensions.

    Of all functions that rise in every coordinate, the one whose values at the points are
    nearest to `y`. Points that are not comparable do not constrain each other. The fit is
    exact. In one or two dimensions 100,000 points take about a second; in more the time is
    that of greatest flows in a graph, seconds for 10,000 points.

    Parameters
    ----------
    points : array_like, shape (n, d), or (n,) for one dimension
        Finite coordinates. If they are float32 and `y` is, so is the result.
    y : array_like, shape (n,)
        Finite values.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. A point of weight 0 does not move
        the fit; it has the largest fitted value of the points before it, or if there are
        none the smallest of all.
    increasing : bool or sequence of bool, one for each coordinate
        False where the fit is to fall.
    loss : {"squared", "quantile", "chebyshev"}
        What is minimised: ``sum(weights * (y - x)**2)``; the sum of
        ``weights * level * (y - x)`` above the fit and ``weights * (1 - level) * (x - y)``
        below it; or the largest ``weights * abs(y - x)``.
    level : float
        Of the quantile loss. 0.5 is the absolute loss.
    solution : {"default", "lower", "upper", "middle"}
        Of all best fits for the quantile and the Chebyshev loss the smallest, the largest, or
        the mean of the two. The default is the smallest for the quantile loss and the
        mean for Chebyshev's.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    IsotonicOrderFit
        With ``.fitted``, ``.blocks`` and ``.predict(queries)``.

    Examples
    --------
    >>> import quantcal
    >>> points = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> quantcal.isotonic_order(points, [3.0, 1.0, 2.0, 5.0]).fitted
    array([2., 2., 2., 5.])
    >>> quantcal.isotonic_order(points, [3.0, 1.0, 2.0, 5.0], loss="chebyshev").fitted
    array([2. , 2. , 2.5, 5. ])
    """
    values = real_array("y", y)
    expect_rank("y", values, 1)
    given = _coordinates("points", points)
    real = np.result_type(values.dtype, given.dtype)
    values, given = real_array("y", values, real), real_array("points", given, real)
    n, dimensions = given.shape
    expect_shape("y", values, (n,))
    point_weights = weight_array("weights", weights, real, (n,))
    directions = _directions(increasing, dimensions)
    options = _order_options(loss, level, solution)
    fitted = np.empty_like(values)
    blocks = np.empty(n, np.uintp)
    count = c_size_t()
    with reporting(progress, given.size * 16) as options.progress:
        status = _POINTS[real](
            given,
            n,
            dimensions,
            directions,
            values,
            point_weights,
            byref(options),
            fitted,
            blocks,
            byref(count),
        )
    check(status)
    return IsotonicOrderFit(given, fitted, blocks.view(np.intp), count.value, directions)


def isotonic_grid(
    y: Array,
    *,
    weights: Array | None = None,
    increasing: tuple[bool, bool] = (True, True),
    loss: OrderLoss = "squared",
    level: float = 0.5,
    solution: Solution = "default",
    progress: ProgressCallback | None = None,
) -> NDArray[Any]:
    """Isotonic regression of a matrix, also called bimonotone regression.

    The matrix nearest to `y` whose values rise from row to row and from column to column.

    Parameters
    ----------
    y : array_like, shape (rows, columns)
        Finite values.
    weights : array_like, shape (rows, columns), optional
        Finite and >= 0, not all zero; ones by default. Cells of weight 0 are missing
        cells: they are left out of the fit and then filled with the largest fitted value
        before them, or if there is none with the smallest of all.
    increasing : pair of bool
        Whether values rise from row to row, and whether from column to column.
    loss, level, solution, progress
        As for `isotonic_order`.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> import quantcal
    >>> quantcal.isotonic_grid([[1.0, 4, 2], [3, 2, 5]])
    array([[1.  , 2.75, 2.75],
           [2.75, 2.75, 5.  ]])
    """
    values = real_array("y", y)
    expect_rank("y", values, 2)
    cell_weights = weight_array("weights", weights, values.dtype, values.shape)
    row_direction, column_direction = _directions(increasing, 2).tolist()
    options = _order_options(loss, level, solution)
    fitted = np.empty_like(values)
    with reporting(progress, values.size * 16) as options.progress:
        status = _GRID[values.dtype](
            values,
            cell_weights,
            *values.shape,
            row_direction,
            column_direction,
            byref(options),
            fitted,
        )
    check(status)
    return fitted


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
    values = real_array("y", y)
    expect_rank("y", values, 1)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    ends = _ends(edges)
    options = _order_options(loss, level, solution)
    fitted = np.empty_like(values)
    blocks = np.empty(n, np.uintp)
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
