"""Binned calibration error, and the bins behind it."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_int32,
    bind_real,
    constant,
    expect_rank,
    label_array,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal._structs import Struct, options_of

Target = Literal["top_label", "classwise"]
Binning = Literal["equal_width", "equal_mass"]
Norm = Literal["l1", "l2", "max"]
Edges = Literal["right", "left"]


class _Options(Struct):
    """qc_calibration_error_options."""

    _fields_ = (
        ("bins", c_int32),
        ("target", c_int32),
        ("binning", c_int32),
        ("norm", c_int32),
        ("edges", c_int32),
        ("reserved", c_int32),
    )


_new_options = options_of("qc_calibration_error_options_init", _Options)

_ERROR = bind_real(
    "qc_calibration_error",
    REALS,  # probabilities
    ArrayOf(np.int64),  # labels
    REALS,  # weights
    c_size_t,
    c_size_t,
    POINTER(_Options),
    POINTER(c_double),  # error
    ArrayOf(np.float64),  # bin_table
)


def _options(bins: int, target: Target, binning: Binning, norm: Norm, edges: Edges) -> _Options:
    options = _new_options()
    options.bins = as_int32("bins", bins)
    options.target = constant("target", target, Target)
    options.binning = constant("binning", binning, Binning)
    options.norm = constant("norm", norm, Norm)
    options.edges = constant("edges", edges, Edges)
    return options


def calibration_error(
    probs: Array,
    labels: Array,
    *,
    weights: Array | None = None,
    bins: int = 15,
    target: Target = "top_label",
    binning: Binning = "equal_width",
    norm: Norm = "l1",
    edges: Edges = "right",
) -> float:
    """Binned calibration error; by default the expected calibration error (ECE).

    Predictions are put into bins by their confidence; a bin's gap is the distance
    between its mean confidence and its mean outcome.

    Parameters
    ----------
    probs : array_like, shape (rows, classes) or (rows,)
        Probabilities, 0 to 1; at least one row. Rows need not sum to 1. 1-D: the
        probability of class 1 of a binary model.
    labels : array_like of int, shape (rows,)
        The true classes, 0 to classes - 1 (0 or 1 for 1-D `probs`).
    weights : array_like, shape (rows,), optional
        Finite and >= 0, not all zero, converted to the type of `probs`; ones by default.
    bins : int
        1 to 1,000,000.
    target : {"top_label", "classwise"}
        What is binned: the highest probability of a row (the lowest index among ties)
        against whether that class is the label; or each class by itself, combined over
        the classes by the mean ("l1"), the root of the mean square ("l2") or the maximum.
    binning : {"equal_width", "equal_mass"}
        Equal-mass bins never split ties; bins that a heavy tie passes over stay empty.
    norm : {"l1", "l2", "max"}
        The weighted mean of the bins' gaps, the root of the weighted mean of their
        squares, or the largest.
    edges : {"right", "left"}
        Equal-width bins are (a, b] or [a, b). 0 and 1 are always in the first and the
        last bin.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes, or an unknown name.
    TypeError
        If an argument is not of real numbers, or `labels` not of integers.

    See Also
    --------
    reliability_bins : the bins themselves.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.calibration_error([0.25, 0.25, 0.75, 0.75], [0, 1, 1, 1], bins=2)
    0.25
    """
    options = _options(bins, target, binning, norm, edges)
    return _measure(probs, labels, weights, options, None)


@dataclass(frozen=True, eq=False)
class ReliabilityBins:
    """What a reliability diagram shows.

    Attributes
    ----------
    error : float
        What `calibration_error` gives.
    weight : ndarray of float64, shape (bins,) or (classes, bins)
        The weight in each bin (the number of rows, if they have no weights). The second
        shape is for ``target="classwise"`` with 2-D probabilities.
    confidence, outcome : ndarray of float64, of the same shape
        The bin's mean probability, and the share of its predictions that came true. NaN
        in a bin of weight 0.
    """

    error: float
    weight: NDArray[np.float64]
    confidence: NDArray[np.float64]
    outcome: NDArray[np.float64]


def reliability_bins(
    probs: Array,
    labels: Array,
    *,
    weights: Array | None = None,
    bins: int = 15,
    target: Target = "top_label",
    binning: Binning = "equal_width",
    norm: Norm = "l1",
    edges: Edges = "right",
) -> ReliabilityBins:
    """The bins behind `calibration_error`, whose parameters and errors these are.

    Returns
    -------
    ReliabilityBins
        With ``.error``, ``.weight``, ``.confidence`` and ``.outcome``.

    Examples
    --------
    >>> import quantcal
    >>> bins = quantcal.reliability_bins([0.25, 0.25, 0.75, 0.75], [0, 1, 1, 1], bins=2)
    >>> bins.weight, bins.confidence, bins.outcome
    (array([2., 2.]), array([0.25, 0.75]), array([0.5, 1. ]))
    """
    options = _options(bins, target, binning, norm, edges)
    values = real_array("probs", probs)
    # A number of bins out of range is refused before the table is looked at.
    count = bins if 1 <= bins <= 1_000_000 else 0
    by_class = target == "classwise" and values.ndim == 2
    table = lent((values.shape[1], count, 3) if by_class else (count, 3), np.float64)
    error = _measure(values, labels, weights, options, table)
    return ReliabilityBins(error, table[..., 0], table[..., 1], table[..., 2])


def _measure(
    probs: Array,
    labels: Array,
    weights: Array | None,
    options: _Options,
    table: NDArray[np.float64] | None,
) -> float:
    """The error; the table of bins is filled in if there is one."""
    values = real_array("probs", probs)
    expect_rank("probs", values, 1, 2)
    rows, classes = values.shape if values.ndim == 2 else (values.size, 1)
    classes_of_rows = label_array("labels", labels, (rows,))
    row_weights = weight_array("weights", weights, values.dtype, (rows,))
    error = c_double()
    check(
        _ERROR[values.dtype](
            values, classes_of_rows, row_weights, rows, classes, byref(options), byref(error), table
        )
    )
    return error.value
