"""Probabilities corrected by knowledge rules, and certified bounds of them."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_size_t
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F64, Array, as_float, as_int32, expect_rank, expect_shape, real_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = ["KnowledgeRule", "conformal_circuit_bounds", "conformal_circuit_probabilities"]

_DOUBLES, _NUMBERS = ArrayOf(np.float64), ArrayOf(np.int32)
_RULES = (
    _NUMBERS,  # premises
    _NUMBERS,  # conclusions
    _DOUBLES,  # weights
    _NUMBERS,  # circuits
    c_size_t,
    _DOUBLES,  # shares
    c_size_t,
)

_probabilities = bind(
    "qc_conformal_circuit_probabilities", _DOUBLES, c_size_t, c_size_t, *_RULES, _DOUBLES
)
_bounds = bind(
    "qc_conformal_circuit_bounds",
    _DOUBLES,  # lower
    _DOUBLES,  # upper
    c_size_t,
    c_size_t,
    *_RULES,
    _DOUBLES,  # corrected_lower
    _DOUBLES,  # corrected_upper
)


class KnowledgeRule(NamedTuple):
    """A weighted implication: broken where the premise holds and the conclusion does not.

    Premise and conclusion are the number of a leaf (a class or a concept), or ``~number``
    for "not that leaf". So ``KnowledgeRule(~a, b, w)`` says "a or b", ``KnowledgeRule(a,
    ~b, w)`` "never both". Of several circuits, each rule is of one.
    """

    premise: int
    conclusion: int
    weight: float
    circuit: int = 0


Rules = Sequence[KnowledgeRule | tuple[int, int, float] | tuple[int, int, float, int]]


def _arguments(rules: Rules, circuits: int, shares: Array | None) -> tuple[Any, ...]:
    """Rules and shares as C takes them."""
    known = [KnowledgeRule(*rule) for rule in rules]

    def numbers(name: str) -> NDArray[np.int32]:
        values = [as_int32(name, getattr(rule, name)) for rule in known]
        return np.array(values, np.int32)

    weights = np.array([as_float("weight", rule.weight) for rule in known], F64)
    parts = None if shares is None else real_array("shares", shares, F64)
    if parts is not None:
        expect_shape("shares", parts, (circuits + 1,))
    literals = numbers("premise"), numbers("conclusion")
    return (*literals, weights, numbers("circuit"), len(known), parts, circuits)


def _leaves(name: str, leaves: Array) -> NDArray[np.float64]:
    values = real_array(name, leaves, F64)
    expect_rank(name, values, 1, 2)
    return values


def conformal_circuit_probabilities(
    leaves: Array, rules: Rules, *, circuits: int = 1, shares: Array | None = None
) -> NDArray[np.float64]:
    """Probabilities of classes and concepts, corrected by rules.

    A world says of each leaf whether it is there. Its probability is that of independent
    leaves, times the exponential of the weights of the rules that hold in it, divided by
    the sum over all worlds; the corrected probability of a leaf is that of the worlds where
    it is there. Scores are made of these, as `conformal_label_scores` does.

    Parameters
    ----------
    leaves : array_like, shape (rows, leaves) or (leaves,)
        Probabilities, 0 to 1, from models.
    rules : sequence of KnowledgeRule
        Or of tuples (premise, conclusion, weight) or (premise, conclusion, weight, circuit).
        At most 16 leaves of a circuit may be tied together; absolute weights of a circuit
        sum to at most 1000.
    circuits : int
        How many circuits there are, whose results are mixed.
    shares : array_like, shape (1 + circuits,), optional
        In the mixture: of the leaf itself, then of each circuit. Equal ones of circuits if
        not given.

    Returns
    -------
    ndarray of float64
        In the shape of `leaves`.

    Raises
    ------
    QuantcalValueError
        For values outside their range, wrong shapes, too many leaves tied together.

    Examples
    --------
    >>> import quantcal
    >>> rules = [quantcal.KnowledgeRule(0, 1, 2.0)]  # the class 0 has the concept 1
    >>> quantcal.conformal_circuit_probabilities([0.6, 0.2], rules).round(6)
    array([0.316194, 0.341903])
    """
    values = _leaves("leaves", leaves)
    rows, columns = (1, *values.shape) if values.ndim == 1 else values.shape
    corrected = lent(values.shape, np.float64)
    check(_probabilities(values, rows, columns, *_arguments(rules, circuits, shares), corrected))
    return corrected


def conformal_circuit_bounds(
    lower: Array,
    upper: Array,
    rules: Rules,
    *,
    circuits: int = 1,
    shares: Array | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Certified bounds of the corrected probabilities under bounds of the leaves.

    With bounds that hold under an attack (`conformal_robust_bounds`), a robust set takes in
    each class whose score at its upper bound is at most the threshold.

    Parameters
    ----------
    lower, upper : array_like, shape (rows, leaves) or (leaves,)
        Between which each leaf's probability lies.
    rules, circuits, shares
        As for `conformal_circuit_probabilities`.

    Returns
    -------
    lower, upper : ndarray of float64
        Exact for one circuit, but for rounding outwards; valid for a mixture.

    Raises
    ------
    QuantcalValueError
        For values outside their range, lower above upper, wrong shapes.

    Examples
    --------
    >>> import quantcal
    >>> low, high = quantcal.conformal_circuit_bounds([0.5, 0.1], [0.7, 0.3], [(0, 1, 2.0)])
    >>> low.round(6), high.round(6)
    (array([0.181537, 0.163693]), array([0.479451, 0.520549]))
    """
    low, high = _leaves("lower", lower), _leaves("upper", upper)
    expect_shape("upper", high, low.shape)
    rows, columns = (1, *low.shape) if low.ndim == 1 else low.shape
    below, above = lent(low.shape, np.float64), lent(low.shape, np.float64)
    given = _arguments(rules, circuits, shares)
    check(_bounds(low, high, rows, columns, *given, below, above))
    return below, above
