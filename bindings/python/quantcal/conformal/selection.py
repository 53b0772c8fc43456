"""Conformal p-values, and the selection of test points with few false ones among them."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_level,
    as_size,
    bind_real,
    constant,
    contiguous,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct, options_of
from quantcal.conformal.calibrator import PValueOptions, Tail, new_p_value_options

__all__ = [
    "ConformalSelection",
    "conformal_benjamini_hochberg",
    "conformal_e_benjamini_hochberg",
    "conformal_p_values",
    "conformal_select",
]

Pruning = Literal["default", "none", "heterogeneous", "homogeneous", "deterministic"]

_DOUBLES, _BYTES = ArrayOf(np.float64), ArrayOf(np.uint8)


class SelectOptions(Struct):
    """qc_conformal_select_options."""

    _fields_ = (("pruning", c_int32), ("randomised", c_int32), ("seed", c_uint64))


_new_select_options = options_of("qc_conformal_select_options_init", SelectOptions)


def _points(
    calibration: Array, test: Array, calibration_weights: Array | None, test_weights: Array | None
) -> tuple[np.dtype[Any], tuple[Any, ...], int]:
    """Scores and weights as the library takes them, their type, and the number of test points."""
    reference, asked = real_vector("calibration", calibration), real_vector("test", test)
    dtype = np.result_type(reference, asked)
    weights = weight_array("calibration_weights", calibration_weights, dtype, reference.shape)
    asked_weights = weight_array("test_weights", test_weights, dtype, asked.shape)
    given = (contiguous(reference, dtype), weights, reference.size)
    return dtype, (*given, contiguous(asked, dtype), asked_weights, asked.size), asked.size


_P_VALUES = bind_real(
    "qc_conformal_p_values",
    REALS,  # calibration
    REALS,  # calibration_weights
    c_size_t,
    REALS,  # test
    REALS,  # test_weights
    c_size_t,
    POINTER(PValueOptions),
    _DOUBLES,  # p
)


def conformal_p_values(
    calibration: Array,
    test: Array,
    *,
    calibration_weights: Array | None = None,
    test_weights: Array | None = None,
    tail: Tail = "upper",
    randomised: bool = False,
    seed: int = 0,
    first_point: int = 0,
) -> NDArray[np.float64]:
    """How strange test points are among calibration points.

    The p-value of a test point is the share of weight, its own included, of the points
    that are at least as strange. If the points are exchangeable, it is at most t with
    probability at most t.

    Parameters
    ----------
    calibration : array_like, shape (n,)
        Calibration scores. Infinities are data, NaN is an error.
    test : array_like, shape (m,)
        Scores of the points to judge.
    calibration_weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero: likelihood ratios of the test distribution to that
        of the calibration points, on any scale. Ones by default.
    test_weights : array_like, shape (m,), optional
        The same for the test points.
    tail : {"upper", "lower"}
        Whether large scores are strange, or small ones.
    randomised : bool
        Make p-values exactly uniform: the test point and what is tied with it count with
        a random share.
    seed : int
        Of the random numbers; they depend on it and the number of a point only.
    first_point : int
        The number of the first test point: calls for parts of the test points give what
        one call for all does.

    Returns
    -------
    ndarray of float64, shape (m,)

    Raises
    ------
    QuantcalValueError
        For NaN, bad weights, or shapes that do not fit.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_p_values([1.0, 2, 3, 4], [0.0, 3, 9])
    array([1. , 0.6, 0.2])
    """
    dtype, points, m = _points(calibration, test, calibration_weights, test_weights)
    options = new_p_value_options()
    options.tail = constant("tail", tail, Tail)
    options.randomised = int(bool(randomised))
    options.seed = as_size("seed", seed)
    options.first_point = as_size("first_point", first_point)
    p = lent(m, np.float64)
    check(_P_VALUES[dtype](*points, byref(options), p))
    return p


_STEP_UP = (_DOUBLES, c_size_t, c_double, _BYTES, POINTER(c_size_t))
_bh = bind("qc_conformal_benjamini_hochberg", *_STEP_UP)
_e_bh = bind("qc_conformal_e_benjamini_hochberg", *_STEP_UP)


def conformal_benjamini_hochberg(p: Array, q: float) -> NDArray[np.bool_]:
    """Which hypotheses the Benjamini-Hochberg procedure rejects, ties included.

    Parameters
    ----------
    p : array_like, shape (m,)
        p-values, 0 to 1. Ratios that were rounded to doubles are compared as ratios.
    q : float
        The bound on the expected share of true hypotheses among the rejected, strictly
        between 0 and 1; taken as the decimal that was typed.

    Returns
    -------
    ndarray of bool, shape (m,)

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_benjamini_hochberg([0.01, 0.9, 0.04, 0.03], q=0.05)
    array([ True, False, False, False])
    """
    values = real_vector("p", p, F64)
    rejected = lent(values.size, np.uint8)
    check(_bh(values, values.size, as_level(q), rejected, None))
    return rejected.view(np.bool_)


def conformal_e_benjamini_hochberg(e: Array, q: float) -> NDArray[np.bool_]:
    """The same for e-values, whatever their dependence.

    Parameters
    ----------
    e : array_like, shape (m,)
        e-values, >= 0; infinities are data.
    q : float
        As for `conformal_benjamini_hochberg`.

    Returns
    -------
    ndarray of bool, shape (m,)

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_e_benjamini_hochberg([20.0, 0, 8, 1], q=0.25)
    array([ True, False,  True, False])
    """
    values = real_vector("e", e, F64)
    rejected = lent(values.size, np.uint8)
    check(_e_bh(values, values.size, as_level(q), rejected, None))
    return rejected.view(np.bool_)


@dataclass(frozen=True, eq=False)
class ConformalSelection:
    """Test points that were selected.

    Attributes
    ----------
    selected : ndarray of bool, shape (m,)
        Which ones.
    p, e : ndarray of float64, shape (m,)
        Their p-values and e-values; of shape (0,) if they were not asked for.
    """

    selected: NDArray[np.bool_]
    p: NDArray[np.float64]
    e: NDArray[np.float64]


def select_options(pruning: Pruning, randomised: bool, seed: int) -> SelectOptions:
    options = _new_select_options()
    options.pruning = constant("pruning", pruning, Pruning)
    options.randomised = int(bool(randomised))
    options.seed = as_size("seed", seed)
    return options


_SELECT = bind_real(
    "qc_conformal_select",
    REALS,  # calibration
    REALS,  # calibration_weights
    c_size_t,
    REALS,  # test
    REALS,  # test_weights
    c_size_t,
    c_double,
    POINTER(SelectOptions),
    _BYTES,  # selected
    _DOUBLES,  # p
    _DOUBLES,  # e
    POINTER(c_size_t),
)


def conformal_select(
    calibration: Array,
    test: Array,
    q: float,
    *,
    calibration_weights: Array | None = None,
    test_weights: Array | None = None,
    pruning: Pruning = "default",
    randomised: bool = False,
    seed: int = 0,
    values: bool = True,
) -> ConformalSelection:
    """Select test points whose unseen outcome is large, with few false ones among them.

    The expected share of selected points j whose outcome does not exceed c_j is at most
    `q`, for any score V(x, y) that does not fall as y rises.

    Parameters
    ----------
    calibration : array_like, shape (n,)
        V(X_i, Y_i). A good choice of V is +inf if y > c, else -prediction(x).
    test : array_like, shape (m,)
        V(X_j, c_j): small scores are promising.
    q : float
        The bound, strictly between 0 and 1; taken as the decimal that was typed.
    calibration_weights, test_weights : array_like, optional
        As for `conformal_p_values`.
    pruning : {"default", "none", "heterogeneous", "homogeneous", "deterministic"}
        With weights every point has a Benjamini-Hochberg procedure of its own, and pruning makes
        one selection of all: with a random number for each point (the default), one
        for all, or none. "none" is the plain procedure on the p-values: the default
        without weights, for which it is proven.
    randomised : bool
        Randomise the p-values.
    seed : int
        Of all random numbers.
    values : bool
        Whether p-values and e-values are asked for. Which points are selected does not
        depend on it; for many points without weights it is known several times sooner
        than all p-values.

    Returns
    -------
    ConformalSelection
        With ``.selected``, ``.p`` and ``.e``, of shape (m,).

    Raises
    ------
    QuantcalValueError
        For NaN, bad weights, a bad `q`, or shapes that do not fit.

    Examples
    --------
    >>> import quantcal
    >>> found = quantcal.conformal_select([-3.0, -1, 98, 99], [-4.0, -2, 0], q=0.6)
    >>> found.p, found.selected
    (array([0.2, 0.4, 0.6]), array([ True,  True,  True]))
    """
    dtype, points, m = _points(calibration, test, calibration_weights, test_weights)
    options = select_options(pruning, randomised, seed)
    selected = lent(m, np.uint8)
    p, e = (lent(m if values else 0, np.float64) for _ in range(2))
    outputs = (p, e) if values else (None, None)
    check(_SELECT[dtype](*points, as_level(q), byref(options), selected, *outputs, None))
    return ConformalSelection(selected.view(np.bool_), p, e)
