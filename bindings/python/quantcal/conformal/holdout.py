"""A holdout set that may be asked again and again."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_float,
    as_size,
    constant,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of

__all__ = [
    "ConformalHoldout",
    "HoldoutAnswers",
    "conformal_holdout_error",
    "conformal_holdout_questions",
]

Mechanism = Literal["noise", "grid"]


class _Options(Struct):
    """qc_conformal_holdout_options."""

    _fields_ = (
        ("mechanism", c_int32),
        ("reserved", c_int32),
        ("threshold", c_double),
        ("sigma", c_double),
        ("grid", c_size_t),
        ("budget", c_size_t),
        ("seed", c_uint64),
    )


_HOLDOUT = handle_kind("qc_conformal_holdout_destroy")
_new_options = options_of("qc_conformal_holdout_options_init", _Options)
_create = bind("qc_conformal_holdout_create", POINTER(_Options), NEW_HANDLE)
_ask = bind(
    "qc_conformal_holdout_ask",
    _HOLDOUT,
    ArrayOf(F64),  # training
    ArrayOf(F64),  # holdout
    c_size_t,
    ArrayOf(F64),  # answers
    ArrayOf(np.uint8),  # from_holdout
    POINTER(c_size_t),
)
_remaining = bind("qc_conformal_holdout_remaining", _HOLDOUT, POINTER(c_size_t), POINTER(c_size_t))
_STORED = StoredKind(_HOLDOUT, "qc_conformal_holdout_serialize", "qc_conformal_holdout_deserialize")


@dataclass(frozen=True, eq=False)
class HoldoutAnswers:
    """The answers to the questions that the budget allowed.

    Attributes
    ----------
    values : ndarray of float64, shape (answered,)
        The answers; fewer than questions if the budget was spent on the way.
    from_holdout : ndarray of bool, shape (answered,)
        Whether an answer came from the holdout, and cost one of the budget.
    """

    values: NDArray[np.float64]
    from_holdout: NDArray[np.bool_]


class ConformalHoldout(Stored):
    """A holdout set that may be asked by questions that depend on earlier answers.

    A question is a function of one point with values from 0 to 1, given by its means over
    the training and the holdout set. Where the two are close, the answer is that of the
    training set. Else it is that of the holdout, blurred, and costs one of the budget. When
    the budget is spent, no question is answered any more, for good.

    Holdouts can be pickled and copied. Threads may share one: they take turns.

    Parameters
    ----------
    mechanism : {"noise", "grid"}
        "noise" is Thresholdout (Dwork et al., 2015): Laplace noise of scale 2 sigma on the
        threshold, 4 sigma on a comparison, sigma on an answer. "grid" has no noise and
        rounds answers; `conformal_holdout_error` says what that guarantees.
    threshold : float
        Which gap between the means is still close, 0 to 1.
    sigma : float
        Scale of the noise, above 0, at most 1.
    grid : int
        The number of evenly spaced answers from 0 to 1, 2 to 2**20.
    budget : int
        How many answers may come from the holdout, 1 to 2**20.
    seed : int
        Of the noise, 0 to 2**64 - 1. Keep it from those who ask.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import quantcal
    >>> holdout = quantcal.ConformalHoldout(mechanism="grid", budget=1)
    >>> holdout.ask([0.52, 0.9, 0.5], [0.5, 0.514, 0.5]).values
    array([0.52, 0.51])
    >>> holdout.remaining, holdout.asked
    (0, 2)
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(
        self,
        *,
        mechanism: Mechanism = "noise",
        threshold: float = 0.04,
        sigma: float = 0.01,
        grid: int = 101,
        budget: int = 100,
        seed: int = 0,
    ) -> None:
        options = _new_options()
        options.mechanism = constant("mechanism", mechanism, Mechanism)
        options.threshold = as_float("threshold", threshold)
        options.sigma = as_float("sigma", sigma)
        options.grid = as_size("grid", grid)
        options.budget = as_size("budget", budget)
        options.seed = as_size("seed", seed)
        self._handle = _HOLDOUT.create(lambda place: _create(byref(options), place))

    def ask(self, training: Array, holdout: Array) -> HoldoutAnswers:
        """Answer questions, one after the other, until the budget is spent.

        Parameters
        ----------
        training, holdout : array_like, shape (k,)
            Means over the training and over the holdout set, 0 to 1.

        Returns
        -------
        HoldoutAnswers
            With ``.values`` and ``.from_holdout``; shorter than `training` if the budget
            was spent on the way.

        Raises
        ------
        Infeasible
            If the budget was spent before.
        QuantcalValueError
            For a mean outside its range or a wrong shape.
        """
        one, other = real_vector("training", training, F64), real_array("holdout", holdout, F64)
        expect_shape("holdout", other, one.shape)
        values, origins, count = np.empty(one.size), np.empty(one.size, np.uint8), c_size_t()
        with self._handle.exclusively() as state:
            check(_ask(state, one, other, one.size, values, origins, byref(count)))
        answered = slice(count.value)
        return HoldoutAnswers(values[answered], origins[answered].view(np.bool_))

    def _counts(self) -> tuple[int, int]:
        budget, asked = c_size_t(), c_size_t()
        with self._handle.exclusively() as state:
            check(_remaining(state, byref(budget), byref(asked)))
        return budget.value, asked.value

    @property
    def remaining(self) -> int:
        """How many answers from the holdout are left."""
        return self._counts()[0]

    @property
    def asked(self) -> int:
        """How many questions were answered."""
        return self._counts()[1]


_error = bind(
    "qc_conformal_holdout_error",
    *[c_size_t] * 4,  # n, questions, budget, grid
    c_double,  # threshold
    c_double,  # delta
    POINTER(c_double),
)


def conformal_holdout_error(
    n: int,
    questions: int,
    *,
    budget: int = 100,
    grid: int = 101,
    threshold: float = 0.04,
    delta: float = 0.05,
) -> float:
    """How wrong the answers of a holdout with a grid can be.

    With probability at least 1 - delta over the holdout points every answer is so close
    to the expectation of its function, however questions are chosen from earlier answers.

    Parameters
    ----------
    n : int
        Number of independent holdout points, at least 1.
    questions : int
        Number of questions, 1 to 2**40.
    budget, grid, threshold
        As of `ConformalHoldout`; a budget of 0 is allowed.
    delta : float
        Strictly between 0 and 1.

    Returns
    -------
    float
        The bound.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> error = quantcal.conformal_holdout_error(10_000, 1000, budget=10, threshold=0.04)
    >>> round(error - 0.04, 5)
    0.07439
    """
    error = c_double()
    sizes = (
        as_size(name, value)
        for name, value in {"n": n, "questions": questions, "budget": budget, "grid": grid}.items()
    )
    limits = as_float("threshold", threshold), as_float("delta", delta)
    check(_error(*sizes, *limits, byref(error)))
    return error.value


_questions = bind(
    "qc_conformal_holdout_questions",
    *[c_size_t] * 3,  # n, budget, grid
    *[c_double] * 3,  # threshold, delta, accuracy
    POINTER(c_size_t),
)


def conformal_holdout_questions(
    n: int,
    accuracy: float,
    *,
    budget: int = 100,
    grid: int = 101,
    threshold: float = 0.04,
    delta: float = 0.05,
) -> int:
    """How many questions a holdout with a grid can answer within an accuracy.

    Less those that were asked, it is how many adaptive looks are left.

    Parameters
    ----------
    n : int
        Number of independent holdout points, at least 1.
    accuracy : float
        What no error may exceed, strictly between 0 and 1.
    budget, grid, threshold, delta
        As of `conformal_holdout_error`.

    Returns
    -------
    int
        The largest number for which `conformal_holdout_error` is at most `accuracy`; at
        most 2**40.

    Raises
    ------
    Infeasible
        If not even one question has an answer that accurate.
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_holdout_questions(10_000, 0.12, budget=10)
    4814
    """
    questions = c_size_t()
    sizes = as_size("n", n), as_size("budget", budget), as_size("grid", grid)
    limits = as_float("threshold", threshold), as_float("delta", delta)
    check(_questions(*sizes, *limits, as_float("accuracy", accuracy), byref(questions)))
    return questions.value
