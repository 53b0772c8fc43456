"""Isotonic regression of a matrix."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any

from numpy.typing import NDArray

from quantcal._arrays import REALS, Array, bind_real, expect_rank, real_array, weight_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._progress import ProgressCallback, reporting
from quantcal.isotonic._options import Solution
from quantcal.isotonic._order_options import OrderLoss, OrderOptions, directions_of, order_options

__all__ = ["isotonic_grid"]

_GRID = bind_real(
    "qc_isotonic_order_grid",
    REALS,  # y
    REALS,  # weights
    c_size_t,
    c_size_t,
    c_int32,
    c_int32,
    POINTER(OrderOptions),
    REALS,  # fitted
)


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
    row_direction, column_direction = directions_of(increasing, 2).tolist()
    options = order_options(loss, level, solution)
    fitted = lent(values.shape, values.dtype)
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
