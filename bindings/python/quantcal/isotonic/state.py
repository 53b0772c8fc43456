"""Partial isotonic fits of ranges of x, which merge exactly."""

from __future__ import annotations

from contextlib import ExitStack
from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_float,
    bind_real,
    constant,
    counted,
    real_pair,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of

__all__ = ["IsotonicBlocks", "IsotonicState"]

StateLoss = Literal["squared", "quantile"]
StateSolution = Literal["default", "lower", "upper"]


class _Options(Struct):
    """qc_isotonic_state_options."""

    _fields_ = (
        ("loss", c_int32),
        ("direction", c_int32),
        ("solution", c_int32),
        ("reserved", c_int32),
        ("level", c_double),
    )


_STATE = handle_kind("qc_isotonic_state_destroy")
_new_options = options_of("qc_isotonic_state_options_init", _Options)
_create = bind("qc_isotonic_state_create", POINTER(_Options), NEW_HANDLE)
_UPDATE = bind_real(
    "qc_isotonic_state_update",
    _STATE,
    REALS,  # x
    REALS,  # y
    REALS,  # weights
    c_size_t,
)
_merge = bind("qc_isotonic_state_merge", _STATE, _STATE)
_fit = bind(
    "qc_isotonic_state_fit",
    _STATE,
    *[ArrayOf(F64)] * 4,  # first, last, values, weights
    c_size_t,
    POINTER(c_size_t),
)
_knots = bind("qc_isotonic_state_knots", _STATE, *[ArrayOf(F64)] * 2, c_size_t, POINTER(c_size_t))
_STORED = StoredKind(_STATE, "qc_isotonic_state_serialize", "qc_isotonic_state_deserialize")


@dataclass(frozen=True, eq=False)
class IsotonicBlocks:
    """The blocks of an isotonic fit, from low to high x.

    Attributes
    ----------
    first, last : ndarray, shape (B,)
        The x that each block begins and ends with.
    values : ndarray, shape (B,)
        The value of each block. Values differ strictly from block to block.
    weights : ndarray, shape (B,)
        The sum of the weights of each block.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]


class IsotonicState(Stored):
    """An isotonic fit that takes points as they come, and merges with that of the next range.

    It keeps what the fit of all its points needs: for the squared loss the blocks, which
    may be far fewer than the points; for quantiles every point. States can be pickled and
    copied. Threads may share one: they take turns.

    Parameters
    ----------
    loss : {"squared", "quantile"}
        What a residual costs.
    increasing : bool
        False for a fit that falls.
    level : float
        Of the quantile, above 0 and below 1.
    solution : {"default", "lower", "upper"}
        Of the quantile loss, which of several optimal fits: the lowest (the default) or
        the highest.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import quantcal
    >>> state = quantcal.IsotonicState()
    >>> state.update([1, 2, 3], [1, 4, 3])
    >>> following = quantcal.IsotonicState()
    >>> following.update([3, 4], [2, 6])
    >>> state.merge(following)
    >>> state.fit().values
    array([1., 3., 6.])
    >>> x, y = state.knots()
    >>> x, y
    (array([1., 2., 3., 4.]), array([1., 3., 3., 6.]))
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(
        self,
        *,
        loss: StateLoss = "squared",
        increasing: bool = True,
        level: float = 0.5,
        solution: StateSolution = "default",
    ) -> None:
        options = _new_options()
        options.loss = constant("loss", loss, StateLoss)
        options.direction = 0 if increasing else 1
        options.level = as_float("level", level)
        options.solution = constant("solution", solution, StateSolution)
        self._handle = _STATE.create(lambda place: _create(byref(options), place))

    def update(self, x: Array, y: Array, *, weights: Array | None = None) -> None:
        """Add points to the end of the range. After an error the state is what it was.

        Parameters
        ----------
        x : array_like, shape (n,)
            Finite and never falling; none below the last x so far, which the first may
            equal. Points of equal x get one value.
        y : array_like, shape (n,)
            Finite values. If both `x` and `y` are float32 they are read as they are; the
            state is float64 in any case.
        weights : array_like, shape (n,), optional
            Finite and >= 0, not all zero; ones by default. A point of weight 0 is ignored.

        Raises
        ------
        QuantcalValueError
            For x that fall, NaN, infinities, a negative weight, weights that are all 0, or
            a wrong shape.
        """
        predictors, values = real_pair("x", x, "y", y)
        real = values.dtype
        point_weights = weight_array("weights", weights, real, values.shape)
        with self._handle.exclusively() as state:
            check(_UPDATE[real](state, predictors, values, point_weights, values.size))

    def merge(self, other: IsotonicState) -> None:
        """Add all that `other` has: the state of the range that follows.

        Its first x may equal the last one here. The result is the state of all points; for
        quantiles, and for sums that 106 bits hold exactly, to the last bit. `other` is not
        changed.

        Raises
        ------
        QuantcalValueError
            If the ranges overlap, the options differ, or both are the same state.
        """
        if not isinstance(other, IsotonicState):
            raise TypeError(f"other is {other!r}; expected an IsotonicState")
        # In the order of addresses, so that two threads that merge each way do not block.
        handles = {one.address: one for one in (self._handle, other._handle)}
        with ExitStack() as stack:
            for address in sorted(handles):
                stack.enter_context(handles[address].exclusively())
            check(_merge(self._handle, other._handle))

    def fit(self) -> IsotonicBlocks:
        """The blocks of the fit of all points so far.

        Returns
        -------
        IsotonicBlocks
            With ``.first``, ``.last``, ``.values`` and ``.weights``.
        """
        with self._handle.exclusively() as state:
            return IsotonicBlocks(*counted(partial(_fit, state), *[F64] * 4))

    def knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same fit as knots for interpolation: both ends of every block, or its only x.

        Returns
        -------
        x, y : ndarray
            x rises strictly.
        """
        with self._handle.exclusively() as state:
            x, y = counted(partial(_knots, state), F64, F64)
        return x, y
