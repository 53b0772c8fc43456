"""The options of isotonic regressions, shared by the functions that take them."""

from __future__ import annotations

from ctypes import c_double, c_int32
from typing import Literal

from quantcal._arrays import as_float, constant
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of

__all__ = ["Increasing", "Loss", "RegressionOptions", "Solution", "regression_options"]

Increasing = bool | Literal["auto"]
Loss = Literal[
    "squared", "quantile", "expectile", "huber", "power", "chebyshev", "poisson", "binomial"
]
Solution = Literal["default", "lower", "upper", "middle"]


class RegressionOptions(Struct):
    """qc_isotonic_regression_options."""

    _fields_ = (
        ("direction", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
        ("loss", c_int32),
        ("solution", c_int32),
        ("level", c_double),
        ("huber_threshold", c_double),
        ("power", c_double),
        ("lower_bound", c_double),
        ("upper_bound", c_double),
        ("minimum_gap", c_double),
        ("ties", c_int32),
        ("reserved_2", c_int32),
        ("tie_tolerance", c_double),
    )


_new_options = options_of("qc_isotonic_regression_options_init", RegressionOptions)


def _direction(increasing: Increasing) -> int:
    if isinstance(increasing, str):
        constant("increasing", increasing, Literal["auto"])
        return 2
    return 0 if increasing else 1


def regression_options(
    increasing: Increasing,
    loss: Loss,
    level: float,
    huber_threshold: float,
    power: float,
    solution: Solution,
    lower: float,
    upper: float,
    minimum_gap: float,
) -> RegressionOptions:
    """The options for the arguments of `isotonic_regression`."""
    options = _new_options()
    options.direction = _direction(increasing)
    options.loss = constant("loss", loss, Loss)
    options.solution = constant("solution", solution, Solution)
    options.level = as_float("level", level)
    options.huber_threshold = as_float("huber_threshold", huber_threshold)
    options.power = as_float("power", power)
    options.lower_bound = as_float("lower", lower)
    options.upper_bound = as_float("upper", upper)
    options.minimum_gap = as_float("minimum_gap", minimum_gap)
    return options
