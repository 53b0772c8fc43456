"""Parameters whose risk is controlled: conformal risk control, and Learn then Test."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_array,
    as_float,
    as_level,
    as_size,
    constant,
    expect_rank,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = [
    "ConformalRiskControl",
    "conformal_risk_best",
    "conformal_risk_control",
    "conformal_risk_graph",
    "conformal_risk_p_values",
    "conformal_risk_select",
    "conformal_risk_steps",
]

_DOUBLES, _BYTES = ArrayOf(np.float64), ArrayOf(np.uint8)

Bound = Literal["hoeffding_bentkus", "hoeffding", "bentkus", "binomial"]
Procedure = Literal["holm", "bonferroni", "fixed_sequence"]


@dataclass(frozen=True, eq=False)
class ConformalRiskControl:
    """The first valid parameter of a grid.

    Attributes
    ----------
    index : int
        Its place; 0 if all parameters are valid.
    bounds : ndarray of float64, shape (parameters,)
        For each parameter what is compared with alpha.
    """

    index: int
    bounds: NDArray[np.float64]


_control = bind(
    "qc_conformal_risk_control",
    _DOUBLES,  # losses
    c_size_t,
    c_size_t,
    c_double,  # bound
    c_double,  # alpha
    c_int32,  # monotonize
    _DOUBLES,  # bounds
    POINTER(c_size_t),
)


def conformal_risk_control(
    losses: Array, alpha: float, *, bound: float = 1.0, monotonize: bool = False
) -> ConformalRiskControl:
    """Conformal risk control: the first parameter whose expected loss is at most alpha.

    That is the first column j with ``(losses[:, j].sum() + bound) / (n + 1) <= alpha``.
    With exchangeable points the expected loss of a new one is then at most `alpha`.

    Parameters
    ----------
    losses : array_like, shape (n, parameters)
        A row for each point. At most `bound`, not rising along a row.
    alpha : float
        The wanted risk, > 0.
    bound : float, default 1.0
        What no loss exceeds, also of a new point.
    monotonize : bool, default False
        Let each loss stand for the largest of it and all later ones of its row. Otherwise
        a row that rises is an error.

    Returns
    -------
    ConformalRiskControl
        With ``.index`` and ``.bounds``.

    Raises
    ------
    Infeasible
        If no parameter is valid; none can be with ``n + 1 < bound / alpha``.
    QuantcalValueError
        For a loss above `bound` or the one before it, or a wrong shape.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> losses = np.repeat([[1, 0, 0]], 9, axis=0)
    >>> quantcal.conformal_risk_control(losses, alpha=0.2).index
    1
    """
    values = real_array("losses", losses, F64)
    expect_rank("losses", values, 2)
    bounds, index = lent(values.shape[1], np.float64), c_size_t()
    limits = as_float("bound", bound), as_level(alpha)
    check(_control(values, *values.shape, *limits, int(monotonize), bounds, byref(index)))
    return ConformalRiskControl(index.value, bounds)


_steps = bind(
    "qc_conformal_risk_steps",
    _DOUBLES,  # positions
    _DOUBLES,  # drops
    c_size_t,
    c_size_t,
    c_double,  # bound
    c_double,  # alpha
    POINTER(c_double),
)


def conformal_risk_steps(
    positions: Array, alpha: float, *, n: int, drops: Array | None = None, bound: float = 1.0
) -> float:
    """Conformal risk control of losses that fall in steps as a threshold grows.

    The loss of a threshold t is the sum of the drops of its point at positions above t.
    With the scores of every true label as positions and 1 / (number of true labels of its
    point) as drops, the sets of labels with scores up to the threshold miss at most a
    share `alpha` of the true labels, in expectation.

    Parameters
    ----------
    positions : array_like, shape (k,)
        Where losses fall, of all points together. Infinities are data, NaN is an error.
    alpha : float
        The wanted risk, > 0.
    n : int
        Number of points.
    drops : array_like, shape (k,), optional
        By how much, at least 0. Ones if not given. Those of one point must not exceed
        `bound` in sum.
    bound : float, default 1.0
        What no loss exceeds, also of a new point.

    Returns
    -------
    float
        The least threshold with ``(sum of drops above it + bound) / (n + 1) <= alpha``: a
        position, or -inf if every threshold is valid.

    Raises
    ------
    Infeasible
        If no threshold is valid: ``n + 1 < bound / alpha``.
    QuantcalValueError
        For a value outside its range or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> scores, labels_of_the_point = [0.1, 0.7, 0.4, 0.2], [1, 2, 2, 1]
    >>> drops = [1 / labels for labels in labels_of_the_point]
    >>> quantcal.conformal_risk_steps(scores, 0.4, n=3, drops=drops)
    0.4
    """
    places = real_vector("positions", positions, F64)
    heights = None
    if drops is not None:
        heights = real_array("drops", drops, F64)
        expect_shape("drops", heights, places.shape)
    threshold = c_double()
    limits = as_float("bound", bound), as_level(alpha)
    check(_steps(places, heights, places.size, as_size("n", n), *limits, byref(threshold)))
    return threshold.value


_p_values = bind(
    "qc_conformal_risk_p_values", _DOUBLES, c_size_t, c_size_t, c_double, c_int32, _DOUBLES
)


def conformal_risk_p_values(
    risks: Array, n: int, alpha: float, *, bound: Bound = "hoeffding_bentkus"
) -> NDArray[np.float64]:
    """p-values of the hypotheses that risks are above alpha (Learn then Test).

    Accurate in relative terms also where they are tiny.

    Parameters
    ----------
    risks : array_like, shape (k,)
        Means of n independent losses from 0 to 1, one for each parameter.
    n : int
        The number of losses that each is the mean of.
    alpha : float
        The wanted risk, strictly between 0 and 1.
    bound : {"hoeffding_bentkus", "hoeffding", "bentkus", "binomial"}
        What they come from: the smaller of the next two (the default), Hoeffding's bound,
        Bentkus's; or the exact tail for losses that are 0 or 1.

    Returns
    -------
    ndarray of float64, shape (k,)
        0 to 1.

    Raises
    ------
    QuantcalValueError
        For a value outside its range, or, with "binomial", means that are none of losses
        0 and 1.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_risk_p_values([0.05], 100, 0.1).round(5)
    array([0.15651])
    """
    means = real_vector("risks", risks, F64)
    values = lent(means.shape, means.dtype)
    which = constant("bound", bound, Bound)
    check(_p_values(means, means.size, as_size("n", n), as_level(alpha), which, values))
    return values


_select = bind(
    "qc_conformal_risk_select",
    _DOUBLES,  # p_values
    c_size_t,
    c_double,  # delta
    c_int32,  # procedure
    c_size_t,  # starts
    _BYTES,  # selected
    POINTER(c_size_t),
)


def conformal_risk_select(
    p_values: Array, delta: float, *, procedure: Procedure = "holm", starts: int = 1
) -> NDArray[np.bool_]:
    """Parameters that all have their risk controlled, with probability 1 - delta.

    Parameters
    ----------
    p_values : array_like, shape (k,)
        As from `conformal_risk_p_values`.
    delta : float
        Probability of any false selection, strictly between 0 and 1.
    procedure : {"holm", "bonferroni", "fixed_sequence"}
        "fixed_sequence" takes the parameters in their order, which must not come from the
        data, up to the first whose p-value is above ``delta / starts``.
    starts : int, default 1
        From how many evenly spaced places a fixed sequence starts.

    Returns
    -------
    ndarray of bool, shape (k,)
        True where selected; there may be none.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_risk_select([0.001, 0.03, 0.2], 0.1)
    array([ True,  True, False])
    """
    values = real_vector("p_values", p_values, F64)
    selected = lent(values.size, np.uint8)
    which, places = constant("procedure", procedure, Procedure), as_size("starts", starts)
    level = as_float("delta", delta)
    check(_select(values, values.size, level, which, places, selected, None))
    return selected.view(np.bool_)


_graph = bind(
    "qc_conformal_risk_graph",
    _DOUBLES,  # p_values
    _DOUBLES,  # weights
    _DOUBLES,  # transitions
    c_size_t,
    c_double,  # delta
    _BYTES,  # selected
    POINTER(c_size_t),
)


def conformal_risk_graph(
    p_values: Array, delta: float, *, weights: Array, transitions: Array
) -> NDArray[np.bool_]:
    """The same by a graph of tests (Bretz et al., 2009).

    A parameter is selected if its p-value is at most its share of `delta`; its share then
    goes on to others.

    Parameters
    ----------
    p_values : array_like, shape (k,)
        As from `conformal_risk_p_values`.
    delta : float
        Probability of any false selection, strictly between 0 and 1.
    weights : array_like, shape (k,)
        Shares of delta, at most 1 in sum.
    transitions : array_like, shape (k, k)
        ``transitions[i, j]`` is the part of the share of i that goes to j. Rows are at
        most 1 in sum, the diagonal is 0.

    Returns
    -------
    ndarray of bool, shape (k,)
        True where selected; there may be none.

    Raises
    ------
    QuantcalValueError
        For a value outside its range or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> chain = [[0, 1], [0, 0]]
    >>> quantcal.conformal_risk_graph([0.01, 0.04], 0.05, weights=[1, 0], transitions=chain)
    array([ True,  True])
    """
    values = real_vector("p_values", p_values, F64)
    shares = real_array("weights", weights, F64)
    edges = real_array("transitions", transitions, F64)
    expect_shape("weights", shares, values.shape)
    expect_shape("transitions", edges, (values.size, values.size))
    selected = lent(values.size, np.uint8)
    level = as_float("delta", delta)
    check(_graph(values, shares, edges, values.size, level, selected, None))
    return selected.view(np.bool_)


_best = bind("qc_conformal_risk_best", _BYTES, _DOUBLES, c_size_t, POINTER(c_size_t))


def conformal_risk_best(selected: Array, costs: Array | None = None) -> int:
    """The selected parameter of least cost.

    Parameters
    ----------
    selected : array_like of bool, shape (k,)
        As from `conformal_risk_select`.
    costs : array_like, shape (k,), optional
        Infinities are data, NaN is an error. Without costs the first is the best.

    Returns
    -------
    int
        Its place, the first if costs tie.

    Raises
    ------
    Infeasible
        If none is selected.
    QuantcalValueError
        For NaN or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_risk_best([True, True, False], costs=[3.0, 2.0, 1.0])
    1
    """
    mask: NDArray[Any] = as_array("selected", selected)
    expect_rank("selected", mask, 1)
    if mask.dtype != np.bool_ and mask.size:
        raise refuse(Status.QC_ERR_DOMAIN, f"selected has dtype {mask.dtype}; expected bool")
    prices = None
    if costs is not None:
        prices = real_array("costs", costs, F64)
        expect_shape("costs", prices, mask.shape)
    index = c_size_t()
    check(_best(np.ascontiguousarray(mask, np.uint8), prices, mask.size, byref(index)))
    return index.value
