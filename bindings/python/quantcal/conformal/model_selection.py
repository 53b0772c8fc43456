"""Conformal selection with a choice among scores, and with scores fitted on the same points."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_level,
    bind_real,
    contiguous,
    expect_rank,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf
from quantcal.conformal.selection import (
    ConformalSelection,
    Pruning,
    SelectOptions,
    select_options,
)

__all__ = ["ConformalModelSelection", "conformal_select_models", "conformal_select_ridge"]

_DOUBLES, _BYTES, _SIZES = ArrayOf(np.float64), ArrayOf(np.uint8), ArrayOf(np.uintp)

Outputs = tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.float64], NDArray[np.uintp]]


@dataclass(frozen=True, eq=False)
class ConformalModelSelection(ConformalSelection):
    """The same, with a score for each point.

    Attributes
    ----------
    chosen : ndarray of intp, shape (m,)
        The column of the score, or the number of the penalty or model, that each test point
        has.
    """

    chosen: NDArray[np.intp]


def selection_outputs(m: int) -> Outputs:
    return lent(m, np.uint8), lent(m, np.float64), lent(m, np.float64), lent(m, np.uintp)


def selection_of(
    selected: NDArray[np.uint8],
    p: NDArray[np.float64],
    e: NDArray[np.float64],
    chosen: NDArray[np.uintp],
) -> ConformalModelSelection:
    return ConformalModelSelection(selected.view(np.bool_), p, e, chosen.view(np.intp))


_SELECT_MODELS = bind_real(
    "qc_conformal_select_models",
    REALS,  # calibration
    c_size_t,
    REALS,  # test
    c_size_t,
    c_size_t,
    c_double,
    POINTER(SelectOptions),
    _BYTES,  # selected
    _DOUBLES,  # p
    _DOUBLES,  # e
    _SIZES,  # chosen
    POINTER(c_size_t),
)


def conformal_select_models(
    calibration: Array,
    test: Array,
    q: float,
    *,
    pruning: Pruning = "default",
    seed: int = 0,
) -> ConformalModelSelection:
    """Select test points, each with the best of several scores.

    For each point the score is taken with which most points would be selected if this
    one were promising. The bound `q` holds although the scores are chosen on the same
    data.

    Parameters
    ----------
    calibration : array_like, shape (n, models)
        A column for each score, as for `conformal_select`.
    test : array_like, shape (m, models)
        Small scores are promising.
    q, seed
        As for `conformal_select`.
    pruning : {"default", "heterogeneous", "homogeneous", "deterministic"}
        As for `conformal_select`; the default is "heterogeneous".

    Returns
    -------
    ConformalModelSelection
        With ``.selected``, ``.p``, ``.e`` and ``.chosen``, of shape (m,).

    Examples
    --------
    >>> import quantcal
    >>> calibration = [[5.0, 1], [6, 2], [7, 3]]
    >>> found = quantcal.conformal_select_models(calibration, [[4.0, 9], [3, 9]], q=0.5)
    >>> found.chosen.tolist(), found.p.tolist()
    ([0, 0], [0.25, 0.25])
    """
    reference, asked = real_array("calibration", calibration), real_array("test", test)
    expect_rank("calibration", reference, 2)
    expect_shape("test", asked, (*asked.shape[:1], reference.shape[1]))
    dtype = np.result_type(reference, asked)
    m, models = asked.shape
    options = select_options(pruning, False, seed)
    out = selection_outputs(m)
    rows = contiguous(reference, dtype), len(reference), contiguous(asked, dtype), m, models
    check(_SELECT_MODELS[dtype](*rows, as_level(q), byref(options), *out, None))
    return selection_of(*out)


_SELECT_RIDGE = bind_real(
    "qc_conformal_select_ridge",
    REALS,  # x
    REALS,  # outcomes
    c_size_t,
    REALS,  # test
    c_size_t,
    c_size_t,
    _DOUBLES,  # penalties
    c_size_t,
    c_double,
    POINTER(SelectOptions),
    _BYTES,  # selected
    _DOUBLES,  # p
    _DOUBLES,  # e
    _SIZES,  # chosen
    POINTER(c_size_t),
)


def conformal_select_ridge(
    x: Array,
    outcomes: Array,
    test: Array,
    q: float,
    *,
    penalties: Any = 1.0,
    pruning: Pruning = "default",
    seed: int = 0,
) -> ConformalModelSelection:
    """Select test points by a model that is fitted on the calibration points themselves.

    No points are set apart for the fit: scores are those of ridge regression that leaves
    each point out, with the test point in question among the others as one that is not
    promising. The expected share of selected points whose outcome is 0 is at most `q`.

    Parameters
    ----------
    x : array_like, shape (n, features)
        The calibration points. There is no constant; a column of ones is one.
    outcomes : array_like, shape (n,)
        By how much the outcome of each exceeds its bound, 0 if it does not; or 1 and 0.
    test : array_like, shape (m, features)
        The points to select from.
    q : float
        The bound, strictly between 0 and 1; taken as the decimal that was typed.
    penalties : float or array_like, shape (models,)
        Of the squared coefficients, positive. Of several each test point has the one with
        which most points would be selected if it were promising.
    pruning : {"default", "heterogeneous", "homogeneous", "deterministic"}
        As for `conformal_select`; the default is "heterogeneous".
    seed : int
        Of all random numbers.

    Returns
    -------
    ConformalModelSelection
        With ``.selected``, ``.p``, ``.e`` and ``.chosen``, of shape (m,).

    Examples
    --------
    >>> import quantcal
    >>> x, outcomes = [[-3.0], [-2], [-1], [1], [2], [3]], [0, 0, 0, 1, 1, 1]
    >>> found = quantcal.conformal_select_ridge(
    ...     x, outcomes, [[4.0], [5.0], [-4.0]], q=0.5, pruning="deterministic"
    ... )
    >>> found.selected
    array([ True,  True, False])
    """
    known, asked = real_array("x", x), real_array("test", test)
    expect_rank("x", known, 2)
    expect_shape("test", asked, (*asked.shape[:1], known.shape[1]))
    gains = real_vector("outcomes", outcomes)
    expect_shape("outcomes", gains, known.shape[:1])
    amounts = real_vector("penalties", np.atleast_1d(penalties), F64)
    dtype = np.result_type(known, asked, gains)
    (n, columns), m = known.shape, len(asked)
    options = select_options(pruning, False, seed)
    out = selection_outputs(m)
    points = contiguous(known, dtype), contiguous(gains, dtype), n, contiguous(asked, dtype), m
    status = _SELECT_RIDGE[dtype](
        *points, columns, amounts, amounts.size, as_level(q), byref(options), *out, None
    )
    check(status)
    return selection_of(*out)
