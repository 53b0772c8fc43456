"""Temperature scaling: one number that makes a classifier's logits honest."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_float,
    as_int32,
    as_rows,
    bind_real,
    expect_rank,
    label_array,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of


class _Options(Struct):
    """qc_calibration_temperature_options."""

    _fields_ = (
        ("max_iterations", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


class _Result(Struct):
    """qc_calibration_temperature_result."""

    _fields_ = (
        ("temperature", c_double),
        ("inverse_temperature", c_double),
        ("nll_before", c_double),
        ("nll_after", c_double),
        ("gradient", c_double),
        ("outcome", c_int32),
        ("iterations", c_int32),
    )


_new_options = options_of("qc_calibration_temperature_options_init", _Options)

_FIT = bind_real(
    "qc_calibration_temperature_fit",
    REALS,  # logits
    ArrayOf(np.int64),  # labels
    REALS,  # weights
    c_size_t,
    c_size_t,
    POINTER(_Options),
    POINTER(_Result),
)

Outcome = Literal["ok", "separated", "inverted", "degenerate", "not_converged"]


@dataclass(frozen=True)
class TemperatureFit:
    """A fitted temperature. Called on logits, it gives calibrated probabilities.

    Attributes
    ----------
    temperature : float
        T. Not a number to use blindly: see `outcome`.
    inverse_temperature : float
        1 / T.
    nll_before, nll_after : float
        Weighted mean negative log-likelihood at T = 1 and at `temperature`, in nats.
    gradient : float
        The derivative of the latter by 1 / T.
    outcome : str
        - ``"ok"``: the optimum was found.
        - ``"separated"``: every label has the highest logit of its row, so the likelihood
          grows as T falls to 0 and has no optimum; `temperature` is 0.
        - ``"inverted"``: no positive temperature beats the uniform distribution;
          `temperature` is +inf.
        - ``"degenerate"``: each row's logits are all equal, so every temperature is as
          good; `temperature` is 1.
        - ``"not_converged"``: `max_iterations` was reached; the best so far.
    iterations : int
        Passes over all rows.
    """

    temperature: float
    inverse_temperature: float
    nll_before: float
    nll_after: float
    gradient: float
    outcome: Outcome
    iterations: int

    def __call__(self, logits: Array) -> NDArray[Any]:
        """``temperature_apply(logits, self.temperature)``."""
        return temperature_apply(logits, self.temperature)


def temperature_fit(
    logits: Array,
    labels: Array,
    *,
    weights: Array | None = None,
    max_iterations: int = 100,
    progress: ProgressCallback | None = None,
) -> TemperatureFit:
    """Temperature scaling: the T > 0 that makes ``softmax(logits / T)`` fit the labels best.

    It minimises the weighted mean negative log-likelihood, which is convex in 1 / T.

    Parameters
    ----------
    logits : array_like, shape (rows, classes)
        Finite; at least one row and two classes. For a binary model with one logit z,
        pass the columns 0 and z. float32 is computed on as it is (sums in double).
    labels : array_like of int, shape (rows,)
        The true classes, 0 to classes - 1.
    weights : array_like, shape (rows,), optional
        Finite and >= 0, not all zero, converted to the type of `logits`; ones by
        default. A row of weight 0 counts for nothing, not even for the outcome.
    max_iterations : int
        The most passes over the data, at least 1; about six are usual.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    TemperatureFit
        Look at its ``outcome``: data without a best temperature have one that says so.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, labels or weights outside their range, or wrong shapes.
    TypeError
        If an argument is not of real numbers, or `labels` not of integers.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.temperature_fit([[2, 0], [2, 0], [2, 0], [0, 2]], [0, 0, 1, 1])
    >>> fit.outcome, round(fit.temperature, 6)  # 2 / log(3): three of four are right
    ('ok', 1.820478)
    >>> fit([[2.0, 0.0]]).round(6)
    array([[0.75, 0.25]])
    """
    values = real_array("logits", logits)
    expect_rank("logits", values, 2)
    rows, classes = values.shape
    classes_of_rows = label_array("labels", labels, (rows,))
    row_weights = weight_array("weights", weights, values.dtype, (rows,))
    options = _new_options()
    options.max_iterations = as_int32("max_iterations", max_iterations)
    result = _Result()
    with reporting(progress, values.size) as options.progress:
        status = _FIT[values.dtype](
            values, classes_of_rows, row_weights, rows, classes, byref(options), byref(result)
        )
    check(status)
    return TemperatureFit(**{**result.content(), "outcome": get_args(Outcome)[result.outcome]})


_APPLY = bind_real(
    "qc_calibration_temperature_apply",
    REALS,  # logits
    c_size_t,
    c_size_t,
    c_double,  # temperature
    REALS,  # probabilities
)


def temperature_apply(logits: Array, temperature: float) -> NDArray[Any]:
    """``softmax(logits / temperature)`` along the last axis.

    Parameters
    ----------
    logits : array_like, shape (..., classes)
        Finite; at least one class. There may be no rows.
    temperature : float
        0 to +inf. 0 gives the limit: the highest logits of a row share all probability
        equally; +inf gives ``1 / classes``.

    Returns
    -------
    ndarray, shape (..., classes)
        Probabilities, float32 for float32 logits, else float64.

    Raises
    ------
    QuantcalValueError
        For NaN, infinite logits, a negative temperature, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.temperature_apply([1.0, 3.0, 3.0], 0)
    array([0. , 0.5, 0.5])
    """
    values = real_array("logits", logits)
    rows, classes = as_rows("logits", values).shape
    probabilities = lent(values.shape, values.dtype)
    number = as_float("temperature", temperature)
    check(_APPLY[values.dtype](values, rows, classes, number, probabilities))
    return probabilities
