"""The options of isotonic regressions under a partial order, and its directions."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_double, c_int32
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import as_float, constant, expect_shape
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of
from quantcal.isotonic._options import Loss, Solution

__all__ = ["OrderLoss", "OrderOptions", "directions_of", "order_options"]

OrderLoss = Literal["squared", "quantile", "chebyshev"]


class OrderOptions(Struct):
    """qc_isotonic_order_options."""

    _fields_ = (
        ("loss", c_int32),
        ("solution", c_int32),
        ("level", c_double),
        ("progress", Progress),
    )


_new_options = options_of("qc_isotonic_order_options_init", OrderOptions)


def order_options(loss: OrderLoss, level: float, solution: Solution) -> OrderOptions:
    options = _new_options()
    constant("loss", loss, OrderLoss)
    options.loss = constant("loss", loss, Loss)
    options.solution = constant("solution", solution, Solution)
    options.level = as_float("level", level)
    return options


def directions_of(increasing: bool | Sequence[bool], dimensions: int) -> NDArray[np.int32]:
    """The number of a direction for each dimension."""
    rises = np.asarray(increasing, dtype=bool)
    if rises.ndim == 0:
        rises = np.full(dimensions, rises)
    expect_shape("increasing", rises, (dimensions,))
    return np.where(rises, 0, 1).astype(np.int32)
