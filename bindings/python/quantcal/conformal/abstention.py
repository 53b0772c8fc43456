"""When to give no answer: abstention thresholds, and decisions by two thresholds."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REAL,
    REALS,
    Array,
    as_array,
    as_float,
    as_level,
    bind_real,
    constant,
    contiguous,
    expect_rank,
    expect_shape,
    integer_array,
    real_vector,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import kept, lent
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct

__all__ = [
    "AbstentionCurve",
    "AbstentionSummary",
    "AbstentionThreshold",
    "conformal_abstention_curve",
    "conformal_abstention_decisions",
    "conformal_abstention_summary",
    "conformal_abstention_threshold",
]

_BYTES, _SIZES = ArrayOf(np.uint8), ArrayOf(np.uintp)

Rule = Literal["youden", "abstentions", "false_alarms", "misses", "errors"]


def _flags(name: str, value: Array, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    array = as_array(name, value)
    if array.dtype != np.bool_ and array.size:
        raise refuse(Status.QC_ERR_DOMAIN, f"{name} has dtype {array.dtype}; expected bool")
    expect_shape(name, array, shape)
    return contiguous(array, np.dtype(np.uint8))


@dataclass(frozen=True, eq=False)
class AbstentionCurve:
    """What every abstention threshold would do, ascending from -inf.

    Attributes
    ----------
    thresholds : ndarray of float
        A point is answered if its uncertainty is at most the threshold.
    answered : ndarray of int
        How many points are.
    answered_wrong : ndarray of int
        How many of these are wrong. The last row answers all points.
    """

    thresholds: NDArray[Any]
    answered: NDArray[np.uintp]
    answered_wrong: NDArray[np.uintp]

    @property
    def abstention(self) -> NDArray[np.float64]:
        """Of all points, the share that is abstained from."""
        return _share(self.answered[-1] - self.answered, self.answered[-1])

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Of the answers, the share that is right; NaN where there are none."""
        return _share(self.answered - self.answered_wrong, self.answered)

    @property
    def hit_rate(self) -> NDArray[np.float64]:
        """Of the wrong points, the share that is abstained from: the height of the ROC curve."""
        wrong = self.answered_wrong[-1]
        return _share(wrong - self.answered_wrong, wrong)

    @property
    def false_alarm_rate(self) -> NDArray[np.float64]:
        """Of the right points, the share that is abstained from."""
        right = self.answered - self.answered_wrong
        return _share(right[-1] - right, right[-1])


def _share(part: Any, whole: Any) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        return np.asarray(part / whole, np.float64)


_CURVE = bind_real(
    "qc_conformal_abstention_curve",
    REALS,  # uncertainties
    _BYTES,  # wrong
    c_size_t,
    REALS,  # thresholds
    _SIZES,  # answered
    _SIZES,  # answered_wrong
    POINTER(c_size_t),
)


def conformal_abstention_curve(uncertainties: Array, wrong: Array) -> AbstentionCurve:
    """What every abstention threshold would do, by points whose truth is known.

    Parameters
    ----------
    uncertainties : array_like, shape (n,)
        Larger is more uncertain. Infinities are data, NaN is an error. Points that tie
        are answered together.
    wrong : array_like of bool, shape (n,)
        Whether the point's answer would be wrong.

    Returns
    -------
    AbstentionCurve
        A row for -inf and for each distinct uncertainty: counts, and as properties the
        rates of the ROC curve and of coverage against abstention.

    Raises
    ------
    QuantcalValueError
        For NaN or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> wrong = [False, False, True, True]
    >>> curve = quantcal.conformal_abstention_curve([0.1, 0.4, 0.8, 0.4], wrong)
    >>> curve.thresholds, curve.coverage.round(3)
    (array([-inf,  0.1,  0.4,  0.8]), array([  nan, 1.   , 0.667, 0.5  ]))
    """
    values = real_vector("uncertainties", uncertainties)
    flags = _flags("wrong", wrong, values.shape)
    thresholds = lent(values.size + 1, values.dtype)
    answered, errors = (lent(values.size + 1, np.uintp) for _ in range(2))
    count = c_size_t()
    call = _CURVE[values.dtype]
    check(call(values, flags, values.size, thresholds, answered, errors, byref(count)))
    return AbstentionCurve(*(kept(room, count.value) for room in (thresholds, answered, errors)))


@dataclass(frozen=True)
class AbstentionThreshold:
    """An abstention threshold and what it does to the points that it was picked by.

    Attributes
    ----------
    threshold : float
        One of the uncertainties, or -inf.
    answered : int
        How many points have an uncertainty up to it.
    answered_wrong : int
        How many of these are wrong.
    """

    threshold: float
    answered: int
    answered_wrong: int


_THRESHOLD = bind_real(
    "qc_conformal_abstention_threshold",
    REALS,  # uncertainties
    _BYTES,  # wrong
    c_size_t,
    c_int32,  # rule
    c_double,  # target
    REALS,  # threshold
    POINTER(c_size_t),
    POINTER(c_size_t),
)


def conformal_abstention_threshold(
    uncertainties: Array, wrong: Array, *, rule: Rule = "youden", target: float = 0.0
) -> AbstentionThreshold:
    """The threshold of `conformal_abstention_curve` that a rule picks, exactly.

    Parameters
    ----------
    uncertainties, wrong : array_like, shape (n,)
        As for the curve.
    rule : {"youden", "abstentions", "false_alarms", "misses", "errors"}
        "youden" takes the largest of hit rate less false alarm rate, and of thresholds
        that tie the largest. "abstentions" and "false_alarms" take the smallest threshold
        with that rate at most `target`; "misses" (wrong points that are answered, of all
        wrong points) and "errors" (wrong points of those answered) the largest.
    target : float, default 0.0
        0 to 1, the decimal that is typed. Not for "youden".

    Returns
    -------
    AbstentionThreshold
        Its rates are those of these points, with no guarantee for new ones.

    Raises
    ------
    Infeasible
        If there are no wrong or no right points ("youden"), or no threshold meets the
        target, as points of -inf are wrong.
    QuantcalValueError
        For NaN, a wrong shape, a target outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_abstention_threshold([0.1, 0.4, 0.8, 0.4], [False, False, True, True])
    AbstentionThreshold(threshold=0.4, answered=3, answered_wrong=1)
    """
    values = real_vector("uncertainties", uncertainties)
    flags = _flags("wrong", wrong, values.shape)
    threshold = np.empty((), values.dtype)
    answered, errors = c_size_t(), c_size_t()
    which, rate = constant("rule", rule, Rule), as_level(target)
    counts = byref(answered), byref(errors)
    check(_THRESHOLD[values.dtype](values, flags, values.size, which, rate, threshold, *counts))
    return AbstentionThreshold(float(threshold), answered.value, errors.value)


_DECISIONS = bind_real(
    "qc_conformal_abstention_decisions",
    REALS,  # uncertainties
    ArrayOf(np.int32),  # sizes
    c_size_t,
    REAL,  # single_threshold
    REAL,  # abstention_threshold
    _BYTES,
)


def conformal_abstention_decisions(
    uncertainties: Array,
    *,
    single_threshold: float,
    abstention_threshold: float,
    sizes: Array | None = None,
) -> NDArray[np.uint8]:
    """No answer, the top label, or the set.

    Parameters
    ----------
    uncertainties : array_like, shape (n,)
        Infinities are data, NaN is an error.
    single_threshold : float
        Up to it the answer is the top label.
    abstention_threshold : float
        Above it there is no answer, whatever the other threshold.
    sizes : array_like of int, shape (n,), optional
        Of the sets: an empty set is no answer.

    Returns
    -------
    ndarray of uint8, shape (n,)
        0 for no answer, 1 for the top label, 2 for the set.

    Raises
    ------
    QuantcalValueError
        For NaN, a negative size, a wrong shape.

    Notes
    -----
    With sets at level alpha, the probability that a set is given and misses is at most
    alpha. With the least score of a row as its uncertainty, and the threshold of the sets
    for abstention, there is no answer with probability at most alpha. Single labels have
    no such guarantee.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_abstention_decisions(
    ...     [0.1, 0.5, 0.9], single_threshold=0.2, abstention_threshold=0.8
    ... )
    array([1, 2, 0], dtype=uint8)
    """
    values = real_vector("uncertainties", uncertainties)
    counts = None
    if sizes is not None:
        counts = np.clip(integer_array("sizes", sizes), -1, np.iinfo(np.int32).max)
        expect_shape("sizes", counts, values.shape)
        counts = contiguous(counts, np.dtype(np.int32))
    single = as_float("single_threshold", single_threshold)
    abstention = as_float("abstention_threshold", abstention_threshold)
    decisions = lent(values.size, np.uint8)
    check(_DECISIONS[values.dtype](values, counts, values.size, single, abstention, decisions))
    return decisions


class _Summary(Struct):
    """qc_conformal_abstention_summary."""

    _fields_ = (
        ("abstained", c_size_t),
        ("singles", c_size_t),
        ("singles_right", c_size_t),
        ("sets", c_size_t),
        ("sets_right", c_size_t),
    )


@dataclass(frozen=True)
class AbstentionSummary:
    """What became of decisions: how many points got each, and how many answers hold."""

    abstained: int
    singles: int
    singles_right: int
    sets: int
    sets_right: int

    @property
    def abstention(self) -> float:
        """Of all points, the share without an answer; NaN if there are no points."""
        return float(_share(self.abstained, np.int64(self.abstained + self.singles + self.sets)))

    @property
    def coverage(self) -> float:
        """Of the answers, the share that holds the truth; NaN if there are none."""
        return float(
            _share(self.singles_right + self.sets_right, np.int64(self.singles + self.sets))
        )


_summarize = bind(
    "qc_conformal_abstention_summarize", _BYTES, _BYTES, _BYTES, c_size_t, POINTER(_Summary)
)


def conformal_abstention_summary(
    decisions: Array, singles_hold: Array, sets_hold: Array
) -> AbstentionSummary:
    """Count what became of decisions, over answers: coverage is not 1 - abstention.

    Parameters
    ----------
    decisions : array_like of int, shape (n,)
        As from `conformal_abstention_decisions`.
    singles_hold : array_like of bool, shape (n,)
        Whether the top label is the truth.
    sets_hold : array_like of bool, shape (n,)
        Whether the set holds the truth.

    Returns
    -------
    AbstentionSummary
        Counts, and as properties ``.abstention`` and ``.coverage``.

    Raises
    ------
    QuantcalValueError
        For a wrong shape, or what is no decision.

    Examples
    --------
    >>> import quantcal
    >>> counts = quantcal.conformal_abstention_summary([0, 1, 2], [False] * 3, [True] * 3)
    >>> counts.coverage
    0.5
    """
    numbers = integer_array("decisions", decisions)
    expect_rank("decisions", numbers, 1)
    # What does not fit a byte is no decision, as 255 is not.
    given = np.where((numbers < 0) | (numbers > 255), 255, numbers).astype(np.uint8)
    holds = (
        _flags("singles_hold", singles_hold, given.shape),
        _flags("sets_hold", sets_hold, given.shape),
    )
    result = _Summary()
    check(_summarize(given, *holds, given.size, byref(result)))
    return AbstentionSummary(**result.content())
