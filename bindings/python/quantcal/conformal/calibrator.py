"""Calibrators: scores as they come, and the thresholds and p-values that they give."""

from __future__ import annotations

from contextlib import ExitStack
from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_array,
    as_int32,
    as_level,
    as_size,
    bind_real,
    constant,
    counted,
    expect_shape,
    label_array,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of

__all__ = ["ConformalCalibrator"]

LastGroup = Literal["own", "all"]
Tail = Literal["upper", "lower"]
I64 = np.dtype(np.int64)


class _Options(Struct):
    """qc_conformal_calibrator_options."""

    _fields_ = (
        ("group_count", c_int32),
        ("weighted", c_int32),
        ("last_group", c_int32),
        ("reserved", c_int32),
    )


class PValueOptions(Struct):
    """qc_conformal_p_value_options."""

    _fields_ = (
        ("tail", c_int32),
        ("randomised", c_int32),
        ("seed", c_uint64),
        ("first_point", c_uint64),
    )


_CALIBRATOR = handle_kind("qc_conformal_calibrator_destroy")
_new_options = options_of("qc_conformal_calibrator_options_init", _Options)
new_p_value_options = options_of("qc_conformal_p_value_options_init", PValueOptions)
_create = bind("qc_conformal_calibrator_create", POINTER(_Options), NEW_HANDLE)
_UPDATE = bind_real(
    "qc_conformal_calibrator_update",
    _CALIBRATOR,
    REALS,  # scores
    REALS,  # weights
    ArrayOf(I64),  # groups
    c_size_t,
)
_merge = bind("qc_conformal_calibrator_merge", _CALIBRATOR, _CALIBRATOR)
_counts = bind(
    "qc_conformal_calibrator_counts", _CALIBRATOR, ArrayOf(I64), c_size_t, POINTER(c_size_t)
)
_thresholds = bind(
    "qc_conformal_calibrator_thresholds", _CALIBRATOR, ArrayOf(F64), c_size_t, ArrayOf(F64)
)
_point_thresholds = bind(
    "qc_conformal_calibrator_point_thresholds",
    _CALIBRATOR,
    ArrayOf(F64),  # test_weights
    ArrayOf(I64),  # groups
    c_size_t,
    c_double,  # alpha
    ArrayOf(F64),  # thresholds
)
_P_VALUES = bind_real(
    "qc_conformal_calibrator_p_values",
    _CALIBRATOR,
    REALS,  # scores
    ArrayOf(F64),  # test_weights
    ArrayOf(I64),  # groups
    c_size_t,
    POINTER(PValueOptions),
    ArrayOf(F64),  # p_values
)
_STORED = StoredKind(
    _CALIBRATOR, "qc_conformal_calibrator_serialize", "qc_conformal_calibrator_deserialize"
)


def _group_array(
    name: str, groups: Array | None, shape: tuple[int, ...]
) -> NDArray[np.int64] | None:
    return None if groups is None else label_array(name, groups, shape)


class ConformalCalibrator(Stored):
    """Calibration scores as they come, and the thresholds and p-values that they give.

    Points may have weights (covariate shift) and groups (Mondrian categories, classes,
    clusters of classes). Calibrators of parts of the data merge to that of all of it, to the
    last bit: nothing depends on the order of the points. Calibrators can be pickled and
    copied. Threads may share one: they take turns.

    Parameters
    ----------
    group_count : int
        Number of groups, or 0 for none.
    weighted : bool
        Whether points have weights.
    last_group : {"own", "all"}
        With "all" the last group holds every point, whatever group it comes with: its
        threshold is the marginal one.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import quantcal
    >>> calibrator = quantcal.ConformalCalibrator()
    >>> calibrator.update([0.3, 0.1, 0.9, 0.5])
    >>> calibrator.thresholds([0.4, 0.1])
    array([[0.5, inf]])
    >>> calibrator.p_values([0.4, 0.9])
    array([0.6, 0.4])

    With weights, a test point has a threshold of its own:

    >>> shifted = quantcal.ConformalCalibrator(weighted=True)
    >>> shifted.update([1, 2, 3, 4], weights=[1, 2, 1, 4])
    >>> shifted.point_thresholds(0.3, test_weights=[2, 4])
    array([ 4., inf])
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(
        self, *, group_count: int = 0, weighted: bool = False, last_group: LastGroup = "own"
    ) -> None:
        options = _new_options()
        options.group_count = as_int32("group_count", group_count)
        options.weighted = int(bool(weighted))
        options.last_group = constant("last_group", last_group, LastGroup)
        self._handle = _CALIBRATOR.create(lambda place: _create(byref(options), place))

    def update(
        self, scores: Array, *, weights: Array | None = None, groups: Array | None = None
    ) -> None:
        """Add points. After an error the calibrator is what it was.

        Parameters
        ----------
        scores : array_like, shape (n,)
            Larger is stranger. Infinities are data, NaN is an error. float32 is read as it is;
            scores are kept as float64.
        weights : array_like, shape (n,)
            Finite and >= 0, of any scale; for a weighted calibrator and no other.
        groups : array_like of int, shape (n,)
            0 to ``group_count - 1``, or -1 for a point of no group; if there are groups.

        Raises
        ------
        QuantcalValueError
            For NaN, a negative weight, an unknown group, weights or groups that are missing
            or not wanted, or a wrong shape.
        """
        values = real_vector("scores", scores)
        point_weights = weight_array("weights", weights, values.dtype, values.shape)
        point_groups = _group_array("groups", groups, values.shape)
        with self._handle.exclusively() as calibrator:
            check(
                _UPDATE[values.dtype](calibrator, values, point_weights, point_groups, values.size)
            )

    def merge(self, other: ConformalCalibrator) -> None:
        """Add all points of `other`, which was made with the same options and does not change.

        Raises
        ------
        QuantcalValueError
            If the options differ, or both are the same calibrator.
        """
        if not isinstance(other, ConformalCalibrator):
            raise TypeError(f"other is {other!r}; expected a ConformalCalibrator")
        # In the order of addresses, so that two threads that merge each way do not block.
        handles = {one.address: one for one in (self._handle, other._handle)}
        with ExitStack() as stack:
            for address in sorted(handles):
                stack.enter_context(handles[address].exclusively())
            check(_merge(self._handle, other._handle))

    def counts(self) -> NDArray[np.int64]:
        """How many points each group has; one number if there are no groups.

        Returns
        -------
        ndarray of int64
        """
        with self._handle.exclusively() as calibrator:
            (counts,) = counted(partial(_counts, calibrator), I64)
        return counts

    def thresholds(self, alpha: float | Array) -> NDArray[np.float64]:
        """The threshold of each group at each level; with weights, for a test weight of 1.

        Parameters
        ----------
        alpha : float or array_like, shape (k,)
            Miscoverage levels, strictly between 0 and 1.

        Returns
        -------
        ndarray
            Of shape (group_count, k), with one row if there are no groups; without the axis of
            levels for a single one. +inf where there are too few points.

        Raises
        ------
        QuantcalValueError
            For a level outside its range.
        """
        given = as_array("alpha", alpha)
        # In single precision they are the decimals that they print as.
        levels = np.array([as_level(one) for one in np.atleast_1d(given)], F64)
        with self._handle.exclusively() as calibrator:
            rows = c_size_t()
            check(_counts(calibrator, None, 0, byref(rows)))
            thresholds = lent((rows.value, levels.size), F64)
            check(_thresholds(calibrator, levels, levels.size, thresholds))
        return thresholds[:, 0] if given.ndim == 0 else thresholds

    def point_thresholds(
        self,
        alpha: float,
        *,
        test_weights: Array | None = None,
        groups: Array | None = None,
        m: int | None = None,
    ) -> NDArray[np.float64]:
        """The threshold of each test point, by its weight and group.

        Parameters
        ----------
        alpha : float
            Miscoverage level, strictly between 0 and 1.
        test_weights : array_like, shape (m,)
            Weights >= 0, of the scale of the points' weights; +inf gives +inf. Ones by default.
        groups : array_like of int, shape (m,)
            0 to ``group_count - 1``, or -1 for a point of no group, which has +inf; if there
            are groups.
        m : int, optional
            Number of test points: that of their weights or groups, or 1, by default.

        Returns
        -------
        ndarray, shape (m,)

        Raises
        ------
        QuantcalValueError
            For an impossible level, weight or group, a total weight of 0, groups that are
            missing or not wanted, or a wrong shape.
        """
        weights = None if test_weights is None else real_vector("test_weights", test_weights, F64)
        if m is None:
            m = 1 if weights is None else weights.size
            if weights is None and groups is not None:
                m = as_array("groups", groups).size
        count = as_size("m", m)
        if weights is not None:
            expect_shape("test_weights", weights, (count,))
        point_groups = _group_array("groups", groups, (count,))
        thresholds = lent(count, F64)
        with self._handle.exclusively() as calibrator:
            check(
                _point_thresholds(
                    calibrator, weights, point_groups, count, as_level(alpha), thresholds
                )
            )
        return thresholds

    def p_values(
        self,
        scores: Array,
        *,
        test_weights: Array | None = None,
        groups: Array | None = None,
        tail: Tail = "upper",
        randomised: bool = False,
        seed: int = 0,
        first_point: int = 0,
    ) -> NDArray[np.float64]:
        """The conformal p-value of each test point.

        Without weights, ``(1 + number of scores at least as large) / (n + 1)``.

        Parameters
        ----------
        scores : array_like, shape (m,)
            Infinities are data, NaN is an error.
        test_weights, groups : array_like, shape (m,)
            As for `point_thresholds`.
        tail : {"upper", "lower"}
            Which scores count against a point: those at least as large, so that a small value
            means a strange point, or those at most as large.
        randomised : bool
            Whether ties, and the point itself, count in a random share: p-values are then exactly
            uniform if the points are exchangeable.
        seed : int
            Of the shares, from 0 to 2**64 - 1.
        first_point : int
            The number of the first test point: calls for parts of the points give what one call
            for all of them does.

        Returns
        -------
        ndarray, shape (m,)
            Above 0, at most 1.

        Raises
        ------
        QuantcalValueError
            As for `point_thresholds`, and for a NaN score.
        """
        values = real_vector("scores", scores)
        weights = weight_array("test_weights", test_weights, F64, values.shape)
        point_groups = _group_array("groups", groups, values.shape)
        options = new_p_value_options()
        options.tail = constant("tail", tail, Tail)
        options.randomised = int(bool(randomised))
        options.seed = as_size("seed", seed)
        options.first_point = as_size("first_point", first_point)
        p_values = lent(values.size, F64)
        with self._handle.exclusively() as calibrator:
            check(
                _P_VALUES[values.dtype](
                    calibrator, values, weights, point_groups, values.size, byref(options), p_values
                )
            )
        return p_values
