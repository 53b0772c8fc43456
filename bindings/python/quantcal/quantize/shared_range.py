"""Ranges that are shared by channels, or by time steps, that have their own."""

from __future__ import annotations

from ctypes import POINTER, byref, c_float, c_int32, c_size_t, c_uint64
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    F64,
    Array,
    as_int32,
    as_rows,
    as_size,
    constant,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

CommonRange = Literal["mean", "median"]
GroupMethod = Literal["k_means", "runs"]


class _ReparameterizeOptions(Struct):
    """qc_quantize_reparameterize_options."""

    _fields_ = (("common", c_int32), ("real_zero", c_int32))


class _GroupOptions(Struct):
    """qc_quantize_range_groups_options."""

    _fields_ = (
        ("method", c_int32),
        ("restarts", c_int32),
        ("seed", c_uint64),
        ("progress", Progress),
    )


_new_reparameterize_options = options_of(
    "qc_quantize_reparameterize_options_init", _ReparameterizeOptions
)
_new_group_options = options_of("qc_quantize_range_groups_options_init", _GroupOptions)
_reparameterize = bind(
    "qc_quantize_reparameterize_f32",
    ArrayOf(F32),  # scales
    ArrayOf(F32),  # zeros
    c_size_t,
    ArrayOf(F32),  # gamma
    ArrayOf(F32),  # beta
    ArrayOf(F32),  # weights
    c_size_t,
    ArrayOf(F32),  # bias
    POINTER(_ReparameterizeOptions),
    POINTER(c_float),
    POINTER(c_float),
)
_groups = bind(
    "qc_quantize_range_groups",
    ArrayOf(np.float64),  # minimum
    ArrayOf(np.float64),  # maximum
    c_size_t,
    c_size_t,
    POINTER(_GroupOptions),
    ArrayOf(np.uintp),  # group_of
    ArrayOf(np.float64),  # group_minimum
    ArrayOf(np.float64),  # group_maximum
    POINTER(c_size_t),
)
_places = bind(
    "qc_quantize_step_places",
    ArrayOf(np.float64),  # calibrated
    c_size_t,
    ArrayOf(np.float64),  # steps
    c_size_t,
    ArrayOf(np.uintp),  # places
)


class ReparameterizedLayers(NamedTuple):
    """A normalization and a linear layer whose channels share a scale and a zero point."""

    scale: float
    zero: float
    gamma: NDArray[np.float32]
    beta: NDArray[np.float32] | None
    weights: NDArray[np.float32]
    bias: NDArray[np.float32] | None


def quantize_reparameterize(
    scales: Array,
    zeros: Array | None,
    gamma: Array,
    beta: Array | None,
    weights: Array,
    bias: Array | None = None,
    *,
    common: CommonRange = "mean",
    real_zero: bool = False,
) -> ReparameterizedLayers:
    """One scale and zero point for activations whose channels have their own, without a change of
    what the model computes, as RepQ-ViT does it: the differences go into the normalization
    before the channels and into the linear layer behind them.

    Parameters
    ----------
    scales : array_like, shape (channels,)
        As `QuantizeObserver.range` gives them. Channels of scale 0 are skipped, which is for those
        that are always 0.
    zeros : array_like, shape (channels,), optional
        None: there are no zero points.
    gamma, beta : array_like, shape (channels,)
        Of the normalization. `beta` may be None if `zeros` is.
    weights : array_like, shape (outputs, channels)
        Of the linear layer.
    bias : array_like, shape (outputs,), optional
        None is a layer without; with zero points it gets one.
    common : {"mean", "median"}
        Where the common values lie among those of the channels; the median is MOSF of
        DopQ-ViT.
    real_zero : bool
        Whether the common zero point need not be a whole number.

    Returns
    -------
    ReparameterizedLayers
        ``(scale, zero, gamma, beta, weights, bias)``, the layers as new arrays. Ranges of the
        weights are to be chosen afterwards.

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, negative scales, results that would not be finite, other shapes.

    Examples
    --------
    >>> import quantcal
    >>> found = quantcal.quantize_reparameterize([1, 3], [4, 8], [2, 2], [1, 1], [[1, 1]])
    >>> found.scale, found.zero, found.weights, found.bias
    (2.0, 6.0, array([[0.5, 1.5]], dtype=float32), array([-4.], dtype=float32))
    """
    options = _new_reparameterize_options()
    options.common = constant("common", common, CommonRange)
    options.real_zero = int(bool(real_zero))
    own = real_vector("scales", scales, F32)
    moved = None if zeros is None else real_vector("zeros", zeros, F32)
    matrix = as_rows("weights", np.array(real_array("weights", weights, F32)))
    rows = matrix.shape[0]
    given = {"zeros": moved, "gamma": np.array(real_vector("gamma", gamma, F32))}
    given["beta"] = None if beta is None else np.array(real_vector("beta", beta, F32))
    for name, array in given.items():
        if array is not None:
            expect_shape(name, array, own.shape)
    expect_shape("weights", matrix, (rows, own.size))
    if bias is None:
        shift = None if moved is None else np.zeros(rows, F32)
    else:
        shift = np.array(real_vector("bias", bias, F32))
        expect_shape("bias", shift, (rows,))
    scale, zero = c_float(), c_float()
    check(
        _reparameterize(
            own,
            moved,
            own.size,
            given["gamma"],
            given["beta"],
            matrix,
            rows,
            shift,
            byref(options),
            byref(scale),
            byref(zero),
        )
    )
    gamma_out, beta_out = given["gamma"], given["beta"]
    assert gamma_out is not None
    return ReparameterizedLayers(scale.value, zero.value, gamma_out, beta_out, matrix, shift)


class GroupedRanges(NamedTuple):
    """Groups of ranges."""

    group_of: NDArray[np.intp]
    """The group of each range, numbered by their first members."""
    minimum: NDArray[np.float64]
    """With `maximum` the smallest range that holds those of each group."""
    maximum: NDArray[np.float64]


def quantize_range_groups(
    minimum: Array,
    maximum: Array,
    groups: int,
    *,
    method: GroupMethod = "k_means",
    restarts: int = 10,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> GroupedRanges:
    """Fewer ranges than there are channels or time steps: those that are alike share one.

    Where each step of a diffusion model had a `QuantizeObserver`, the observers of a group are
    merged, and give its table by any rule; `quantize_step_places` finds the table of a step.

    Parameters
    ----------
    minimum, maximum : array_like, shape (n,)
        The ranges.
    groups : int
        The most groups there may be.
    method : {"k_means", "runs"}
        By k-means of the points (minimum, maximum), as DGQ groups channels; or neighbours in
        runs of equal length.
    restarts : int
        "k_means": the best of so many is taken, 1 to 1000.
    seed : int
        Of the first centres.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    GroupedRanges
        ``(group_of, minimum, maximum)``. No group is empty.

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, a maximum below its minimum, an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_range_groups([-1, -9, -2], [1, 9, 1], 2).group_of
    array([0, 1, 0])
    """
    options = _new_group_options()
    options.method = constant("method", method, GroupMethod)
    options.restarts = as_int32("restarts", restarts)
    options.seed = as_size("seed", seed)
    low = real_vector("minimum", minimum, F64)
    high = real_vector("maximum", maximum, F64)
    expect_shape("maximum", high, low.shape)
    size = as_size("groups", groups)
    group_of = np.empty(low.size, np.uintp)
    ends = np.empty((2, size), np.float64)
    count = c_size_t()
    with reporting(progress, low.size) as options.progress:
        status = _groups(
            low, high, low.size, size, byref(options), group_of, ends[0], ends[1], byref(count)
        )
    check(status)
    return GroupedRanges(group_of.astype(np.intp), ends[0, : count.value], ends[1, : count.value])


def quantize_step_places(calibrated: Array, steps: Array) -> NDArray[np.intp]:
    """The places of the calibrated time steps that are nearest, so that steps find their tables.

    Parameters
    ----------
    calibrated : array_like, shape (m,)
        Ascending, no two equal.
    steps : array_like, shape (n,)
        Halfway between two calibrated steps, the first of them is taken.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, no calibrated steps, or if they do not ascend.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_step_places([0, 50, 100], [20, 30, 999])
    array([0, 1, 2])
    """
    known = real_vector("calibrated", calibrated, F64)
    asked = real_vector("steps", steps, F64)
    places = np.empty(asked.size, np.uintp)
    check(_places(known, known.size, asked, asked.size, places))
    return places.astype(np.intp)
