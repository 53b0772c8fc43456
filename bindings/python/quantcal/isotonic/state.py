"""Partial isotonic fits of ranges of x, which merge exactly."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from ctypes import POINTER, byref, c_double, c_int32, c_size_t, sizeof
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    F64,
    REAL_TYPES,
    Array,
    as_float,
    choice,
    expect_rank,
    expect_shape,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, Handle, HandleKind
from quantcal._library import ArrayOf, bind

__all__ = ["IsotonicBlocks", "IsotonicState"]


class _Options(ctypes.Structure):
    """qc_isotonic_state_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("loss", c_int32),
        ("direction", c_int32),
        ("solution", c_int32),
        ("reserved", c_int32),
        ("level", c_double),
    ]


_STATE = HandleKind(
    "qc_isotonic_state", bind("qc_isotonic_state_destroy", ctypes.c_void_p, restype=None)
)
_options_init = bind("qc_isotonic_state_options_init", POINTER(_Options), c_size_t)
_create = bind("qc_isotonic_state_create", POINTER(_Options), NEW_HANDLE)
_UPDATE = {
    real: bind(
        f"qc_isotonic_state_update_{suffix}",
        _STATE,
        ArrayOf(real),  # x
        ArrayOf(real),  # y
        ArrayOf(real),  # weights
        c_size_t,
    )
    for real, suffix, _ in REAL_TYPES
}
_merge = bind("qc_isotonic_state_merge", _STATE, _STATE)
_fit = bind(
    "qc_isotonic_state_fit",
    _STATE,
    *[ArrayOf(F64)] * 4,  # first, last, values, weights
    c_size_t,
    POINTER(c_size_t),
)
_knots = bind("qc_isotonic_state_knots", _STATE, *[ArrayOf(F64)] * 2, c_size_t, POINTER(c_size_t))
_serialize = bind(
    "qc_isotonic_state_serialize", _STATE, ArrayOf(np.uint8), c_size_t, POINTER(c_size_t)
)
_deserialize = bind("qc_isotonic_state_deserialize", ArrayOf(np.uint8), c_size_t, NEW_HANDLE)


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


class IsotonicState:
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

    _handle: Handle

    def __init__(
        self,
        *,
        loss: Literal["squared", "quantile"] = "squared",
        increasing: bool = True,
        level: float = 0.5,
        solution: Literal["default", "lower", "upper"] = "default",
    ) -> None:
        options = _Options()
        check(_options_init(byref(options), sizeof(options)))
        options.loss = choice("loss", loss, ("squared", "quantile"))
        options.direction = 0 if increasing else 1
        options.level = as_float("level", level)
        options.solution = choice("solution", solution, ("default", "lower", "upper"))
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
        predictors, values = real_array("x", x), real_array("y", y)
        real = F32 if predictors.dtype == values.dtype == F32 else F64
        predictors, values = real_array("x", predictors, real), real_array("y", values, real)
        expect_rank("x", predictors, 1)
        expect_shape("y", values, predictors.shape)
        point_weights = weight_array("weights", weights, real, predictors.shape)
        with self._handle.exclusively() as state:
            check(_UPDATE[real](state, predictors, values, point_weights, predictors.size))

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
            count = c_size_t()
            check(_fit(state, None, None, None, None, 0, byref(count)))
            columns = [np.empty(count.value) for _ in range(4)]
            check(_fit(state, *columns, count.value, None))
        return IsotonicBlocks(*columns)

    def knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same fit as knots for interpolation: both ends of every block, or its only x.

        Returns
        -------
        x, y : ndarray
            x rises strictly.
        """
        with self._handle.exclusively() as state:
            count = c_size_t()
            check(_knots(state, None, None, 0, byref(count)))
            x, y = np.empty(count.value), np.empty(count.value)
            check(_knots(state, x, y, count.value, None))
        return x, y

    def to_bytes(self) -> bytes:
        """The state as bytes, the same on every machine."""
        with self._handle.exclusively() as state:
            size = c_size_t()
            check(_serialize(state, None, 0, byref(size)))
            data = np.empty(size.value, np.uint8)
            check(_serialize(state, data, size.value, None))
        return data.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> IsotonicState:
        """The state that `to_bytes` wrote. The bytes may come from anyone.

        Raises
        ------
        QuantcalValueError
            If they are not a state.
        """
        content = np.frombuffer(data, np.uint8)
        state = cls.__new__(cls)
        state._handle = _STATE.create(lambda place: _deserialize(content, content.size, place))
        return state

    def __reduce__(self) -> tuple[object, ...]:
        # Copying goes the same way.
        return type(self).from_bytes, (self.to_bytes(),)
