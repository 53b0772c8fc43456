"""Observers: ranges of values that come in batches."""

from __future__ import annotations

from contextlib import ExitStack
from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_float, as_int32, as_size
from quantcal._errors import Status, check, refuse
from quantcal._handles import NEW_HANDLE, Handle, handle_kind
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import GridStruct, QuantizeGrid, grid_struct
from quantcal.quantize.kinds import KINDS, input_array
from quantcal.quantize.range import (
    GridParameters,
    QuantizeRangeRule,
    RuleStruct,
    quantize_range_rule,
)


class _Options(Struct):
    """qc_quantize_observer_options."""

    _fields_ = (
        ("channels", c_size_t),
        ("moving_average", c_double),
        ("bins", c_int32),
        ("reserved", c_int32),
    )


class _Summary(Struct):
    """qc_quantize_observer_summary."""

    _fields_ = (
        ("channels", c_size_t),
        ("count", c_size_t),
        ("zero_count", c_size_t),
        ("minimum", c_double),
        ("maximum", c_double),
        ("average_minimum", c_double),
        ("average_maximum", c_double),
        ("mean", c_double),
        ("standard_deviation", c_double),
        ("bin_width", c_double),
    )


_OBSERVER = handle_kind("qc_quantize_observer_destroy")
_new_options = options_of("qc_quantize_observer_options_init", _Options)
_create = bind("qc_quantize_observer_create", POINTER(_Options), NEW_HANDLE)
_UPDATE = {
    kind: bind(
        f"qc_quantize_observer_update_{suffix}", _OBSERVER, ArrayOf(stored), c_size_t, c_size_t
    )
    for kind, suffix, stored in KINDS
}
_merge = bind("qc_quantize_observer_merge", _OBSERVER, _OBSERVER)
_summarize = bind("qc_quantize_observer_summarize", _OBSERVER, c_size_t, POINTER(_Summary))
_range = bind(
    "qc_quantize_observer_range",
    _OBSERVER,
    POINTER(GridStruct),
    POINTER(RuleStruct),
    ArrayOf(F32),  # scales
    ArrayOf(F32),  # zeros
)
_STORED = StoredKind(
    _OBSERVER, "qc_quantize_observer_serialize", "qc_quantize_observer_deserialize"
)


@dataclass(frozen=True, eq=False)
class QuantizeObserverSummary:
    """What can be read off an observer: arrays with an entry for each channel, NaN where there are
    no values.

    Attributes
    ----------
    channels, count : int
        The number of channels, and that of the values of each.
    zero_count : ndarray of int
        How many values are 0.
    minimum, maximum : ndarray
        Exact.
    average_minimum, average_maximum : ndarray
        Their moving averages; NaN if there are none.
    mean, standard_deviation : ndarray
        Of the bins' centres, so within half a bin.
    bin_width : ndarray
        Powers of two.
    """

    channels: int
    count: int
    zero_count: NDArray[np.intp]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    average_minimum: NDArray[np.float64]
    average_maximum: NDArray[np.float64]
    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    bin_width: NDArray[np.float64]


def _summary(observer: Handle, channel: int = 0) -> _Summary:
    result = _Summary()
    check(_summarize(observer, channel, byref(result)))
    return result


class QuantizeObserver(Stored):
    """The ranges of values that come in batches, such as activations.

    It keeps the number of values, the smallest and the largest, the number of zeros, and a
    histogram of bounded memory; of all values together, or of each channel. It depends on the
    values only: not on their order, nor on how they were shared out to observers that were
    merged. It can be pickled and copied. Threads may share one: they take turns.

    Ranges of each token at run time need no observer: they are `quantize_range` with
    ``granularity="row"``.

    Parameters
    ----------
    channels : int
        1: all values together; more: a range for each channel.
    bins : int
        The most bins of a histogram, 16 to 65536.
    moving_average : float
        0: none. Up to 1: c of the averages ``(1 - c) * average + c * end`` that follow the
        smallest and the largest value from update to update, as the range of "min_max". ONNX
        Runtime has 0.01. They depend on the order, so such observers do not merge.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import numpy as np
    >>> import quantcal
    >>> observer = quantcal.QuantizeObserver()
    >>> for batch in np.random.default_rng(0).standard_normal((10, 1000)):
    ...     observer.update(batch)
    >>> observer.summary().count
    10000
    >>> observer.range("int8").scales.shape
    (1, 1)
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(self, channels: int = 1, *, bins: int = 2048, moving_average: float = 0.0) -> None:
        options = _new_options()
        options.channels = as_size("channels", channels)
        options.bins = as_int32("bins", bins)
        options.moving_average = as_float("moving_average", moving_average)
        self._handle = _OBSERVER.create(lambda place: _create(byref(options), place))

    def update(self, values: Array, axis: int = -1) -> None:
        """Take a batch of values.

        Parameters
        ----------
        values : array_like
            Finite, of any shape. float32, float16 and bfloat16 are read in place, all else is
            first rounded to float32.
        axis : int
            Where the channels are, if there is more than one.

        Raises
        ------
        QuantcalValueError
            For NaN and infinities; the observer is then what it was.
        """
        kind, given = input_array(values, "values")
        shape = given.shape
        with self._handle.exclusively() as observer:
            channels = _summary(observer).channels
            outer, inner = 1, given.size
            if channels > 1:
                if not -len(shape) <= axis < len(shape) or shape[axis] != channels:
                    raise refuse(
                        Status.QC_ERR_SIZE,
                        f"values has shape {shape}; axis {axis} must have {channels} channels",
                    )
                outer = prod(shape[: axis % len(shape)])
                inner = prod(shape[axis % len(shape) + 1 :])
            check(_UPDATE[kind](observer, given, outer, inner))

    def merge(self, other: QuantizeObserver) -> None:
        """Add what another observer of the same options has seen; it is not changed.

        Parameters
        ----------
        other : QuantizeObserver
            Not this one.

        Raises
        ------
        QuantcalValueError
            If it has other options, or there are moving averages.
        """
        if not isinstance(other, QuantizeObserver):
            raise TypeError(f"other is {other!r}; expected a QuantizeObserver")
        # In the order of addresses, so that two threads that merge each way do not block.
        handles = {one.address: one for one in (self._handle, other._handle)}
        with ExitStack() as stack:
            for address in sorted(handles):
                stack.enter_context(handles[address].exclusively())
            check(_merge(self._handle, other._handle))

    def summary(self) -> QuantizeObserverSummary:
        """The number of values, their range, and roughly their mean and spread."""
        with self._handle.exclusively() as observer:
            first = _summary(observer)
            all = [_summary(observer, channel).content() for channel in range(first.channels)]
        shared = {name: all[0].pop(name) for name in ("channels", "count")}
        arrays: dict[str, Any] = {name: np.array([each[name] for each in all]) for name in all[0]}
        return QuantizeObserverSummary(**shared, **arrays)

    def range(
        self,
        grid: QuantizeGrid | str,
        rule: QuantizeRangeRule | str = "min_max",
        *,
        zeros: bool = False,
    ) -> GridParameters:
        """What `quantize_range` gives for the values of each channel in one group; of most rules
        nearly, as an observer sees bins.

        Parameters
        ----------
        grid : QuantizeGrid or str
            The grid, or its name.
        rule : QuantizeRangeRule or str
            The rule, or its name.
        zeros : bool
            Whether the levels may be moved.

        Returns
        -------
        GridParameters
            The named tuple ``(scales, zeros)``, of shape (channels, 1) each: as a matrix has
            them whose rows are channels. Without values scales are 1.
        """
        struct = grid_struct(grid)
        of = (quantize_range_rule(rule) if isinstance(rule, str) else rule).struct()
        with self._handle.exclusively() as observer:
            shape = (_summary(observer).channels, 1)
            scales = np.empty(shape, F32)
            moved = np.empty(shape, F32) if zeros else None
            check(_range(observer, byref(struct), byref(of), scales, moved))
        return GridParameters(scales, moved)
