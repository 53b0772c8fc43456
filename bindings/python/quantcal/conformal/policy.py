"""Policies of abstention: two levels, tried and learned on tuning points."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_float,
    as_int32,
    as_level,
    as_size,
    bind_real,
    expect_rank,
    label_array,
    real_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

__all__ = ["AbstentionPolicy", "conformal_policy_learn", "conformal_policy_value"]


class _Options(Struct):
    """qc_conformal_policy_options."""

    _fields_ = (
        ("wrong_cost", c_double),
        ("size_cost", c_double),
        ("abstention_cost", c_double),
        ("single_low", c_double),
        ("single_high", c_double),
        ("abstention_low", c_double),
        ("abstention_high", c_double),
        ("candidates", c_int32),
        ("rounds", c_int32),
        ("seed", c_uint64),
        ("progress", Progress),
    )


class _Policy(Struct):
    """qc_conformal_policy."""

    _fields_ = (
        ("single_alpha", c_double),
        ("abstention_alpha", c_double),
        ("value", c_double),
        ("abstained", c_size_t),
        ("singles", c_size_t),
        ("singles_right", c_size_t),
        ("sets", c_size_t),
        ("sets_right", c_size_t),
        ("set_sizes", c_size_t),
    )


_new_options = options_of("qc_conformal_policy_options_init", _Options)

_VALUE = bind_real(
    "qc_conformal_policy_value",
    REALS,  # scores
    ArrayOf(np.int64),  # labels
    c_size_t,
    c_size_t,
    c_double,  # single_alpha
    c_double,  # abstention_alpha
    POINTER(_Options),
    POINTER(_Policy),
)
_LEARN = bind_real(
    "qc_conformal_policy_learn",
    REALS,  # scores
    ArrayOf(np.int64),  # labels
    c_size_t,
    c_size_t,
    POINTER(_Options),
    POINTER(_Policy),
)


@dataclass(frozen=True)
class AbstentionPolicy:
    """Two levels, and what became of the points that they were tried on.

    Attributes
    ----------
    single_alpha : float
        The level of the threshold up to which the top label is the answer.
    abstention_alpha : float
        That of the threshold of the sets, above which there is no answer.
    value : float
        Of a point, on average.
    abstained, singles, singles_right, sets, sets_right : int
        How many points got each answer, and how many of these hold the truth.
    set_sizes : int
        The sum of the sets' sizes.
    """

    single_alpha: float
    abstention_alpha: float
    value: float
    abstained: int
    singles: int
    singles_right: int
    sets: int
    sets_right: int
    set_sizes: int

    @property
    def abstention(self) -> float:
        """Of all points, the share without an answer."""
        return self.abstained / (self.abstained + self.singles + self.sets)

    @property
    def coverage(self) -> float:
        """Of the answers, the share that holds the truth; NaN if there are none."""
        answers = self.singles + self.sets
        return (self.singles_right + self.sets_right) / answers if answers else float("nan")


def _points(scores: Array, labels: Array) -> tuple[NDArray[Any], NDArray[np.int64]]:
    values = real_array("scores", scores)
    expect_rank("scores", values, 2)
    return values, label_array("labels", labels, values.shape[:1])


def _costs(wrong: float, size: float, abstention: float) -> _Options:
    options = _new_options()
    options.wrong_cost = as_float("wrong_cost", wrong)
    options.size_cost = as_float("size_cost", size)
    options.abstention_cost = as_float("abstention_cost", abstention)
    return options


def conformal_policy_value(
    scores: Array,
    labels: Array,
    *,
    single_alpha: float,
    abstention_alpha: float,
    wrong_cost: float = 1.0,
    size_cost: float = 1.0,
    abstention_cost: float = 0.0,
) -> AbstentionPolicy:
    """What a policy of abstention is worth on tuning points.

    Each point is decided by the thresholds that the other points make, so that its label
    has no part in its own decision: no answer if its least score is above the threshold of
    `abstention_alpha`, the top label if that score is at most the threshold of
    `single_alpha`, else the set of classes up to the first threshold.

    Parameters
    ----------
    scores : array_like, shape (n, classes)
        Larger is stranger. Infinities are data, NaN is an error.
    labels : array_like of int, shape (n,)
        0 to classes - 1; at least one.
    single_alpha, abstention_alpha : float
        The policy: two levels strictly between 0 and 1. If the first is the smaller, no
        sets are given.
    wrong_cost : float, default 1.0
        Of an answer that does not hold the truth; one that does is worth 1.
    size_cost : float, default 1.0
        Of a set of all classes, and in proportion to size - 1 of smaller ones.
    abstention_cost : float, default 0.0
        Of no answer.

    Returns
    -------
    AbstentionPolicy

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes.

    Examples
    --------
    >>> import quantcal
    >>> scores = [[0.1, 0.9], [0.4, 0.6], [0.7, 0.3], [0.6, 0.4], [0.2, 0.8]]
    >>> tried = quantcal.conformal_policy_value(
    ...     scores, [0, 1, 1, 1, 0], single_alpha=0.6, abstention_alpha=0.2
    ... )
    >>> tried.value, tried.coverage
    (0.4, 0.8)
    """
    values, truth = _points(scores, labels)
    options = _costs(wrong_cost, size_cost, abstention_cost)
    result = _Policy()
    levels = as_level(single_alpha), as_level(abstention_alpha)
    call = _VALUE[values.dtype]
    check(call(values, truth, *values.shape, *levels, byref(options), byref(result)))
    return AbstentionPolicy(**result.content())


def conformal_policy_learn(
    scores: Array,
    labels: Array,
    *,
    wrong_cost: float = 1.0,
    size_cost: float = 1.0,
    abstention_cost: float = 0.0,
    single_range: tuple[float, float] = (0.05, 0.95),
    abstention_range: tuple[float, float] = (0.01, 0.05),
    candidates: int = 100,
    rounds: int = 30,
    seed: int = 42,
    progress: ProgressCallback | None = None,
) -> AbstentionPolicy:
    """Learn the policy of the highest `conformal_policy_value` on tuning points.

    The search is the cross-entropy method: of the candidates of a round the best tenth
    give the mean and the spread of the next round; the policy is the last mean. The same
    seed gives the same policy.

    Parameters
    ----------
    scores, labels, wrong_cost, size_cost, abstention_cost
        As for the value.
    single_range, abstention_range : tuple of two floats
        The least and the largest level, strictly between 0 and 1.
    candidates, rounds : int
        1 to 65536.
    seed : int, default 42
        0 to 2**64 - 1.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    AbstentionPolicy
        With its value on the points that it was chosen on.

    Raises
    ------
    QuantcalValueError
        For NaN, values outside their range, wrong shapes.
    Cancelled
        If `progress` asked to stop.

    Notes
    -----
    Use it with thresholds from calibration points that had no part in it:
    ``conformal_threshold(own, policy.abstention_alpha)`` and the same with
    ``policy.single_alpha``, then `conformal_sets` and `conformal_abstention_decisions`.
    The set then misses the truth with probability at most ``policy.abstention_alpha``,
    whatever is answered, and so there is no answer. Single labels have no such guarantee.

    Examples
    --------
    >>> import quantcal
    >>> scores = [[0.1, 0.9], [0.4, 0.6], [0.7, 0.3], [0.6, 0.4], [0.2, 0.8]]
    >>> policy = quantcal.conformal_policy_learn(
    ...     scores, [0, 1, 1, 1, 0], abstention_range=(0.05, 0.5)
    ... )
    >>> policy.value
    0.6
    """
    values, truth = _points(scores, labels)
    options = _costs(wrong_cost, size_cost, abstention_cost)
    options.single_low, options.single_high = _range("single_range", single_range)
    options.abstention_low, options.abstention_high = _range("abstention_range", abstention_range)
    options.candidates = as_int32("candidates", candidates)
    options.rounds = as_int32("rounds", rounds)
    options.seed = as_size("seed", seed)
    result = _Policy()
    work = values.size * options.candidates * options.rounds
    with reporting(progress, work) as options.progress:
        status = _LEARN[values.dtype](values, truth, *values.shape, byref(options), byref(result))
    check(status)
    return AbstentionPolicy(**result.content())


def _range(name: str, ends: tuple[float, float]) -> list[float]:
    if len(ends) != 2:
        raise refuse(Status.QC_ERR_SIZE, f"{name} has {len(ends)} elements; expected 2")
    return [as_level(end) for end in ends]
