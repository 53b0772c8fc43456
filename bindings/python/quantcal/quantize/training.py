"""Periodic binary weights, and rotations before rounding, in training."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_rows,
    as_size,
    constant,
    expect_shape,
    real_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import GridStruct, QuantizeGrid, grid_options, grid_struct
from quantcal.quantize.grid_codes import group_shape
from quantcal.quantize.layout import Granularity, sized


class _PeriodicOptions(Struct):
    """qc_quantize_periodic_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("is_binary", c_int32),
        ("group_size", c_size_t),
        ("frequency", c_double),
        ("penalty", c_double),
        ("progress", Progress),
    )


class _RotationOptions(Struct):
    """qc_quantize_rotation_options."""

    _fields_ = (("seed", c_uint64), ("block", c_size_t), ("progress", Progress))


class _RotationResult(Struct):
    """qc_quantize_rotation_result."""

    _fields_ = (
        ("plain_error", c_double),
        ("rotated_error", c_double),
        ("rotates", c_int32),
        ("reserved", c_int32),
    )


_new_periodic_options = options_of("qc_quantize_periodic_options_init", _PeriodicOptions)
_new_rotation_options = options_of("qc_quantize_rotation_options_init", _RotationOptions)
_periodic = bind(
    "qc_quantize_periodic_f32",
    ArrayOf(F32),  # values
    c_size_t,
    c_size_t,
    ArrayOf(F32),  # scales
    POINTER(_PeriodicOptions),
    ArrayOf(F32),  # quantized
    ArrayOf(F32),  # upstream
    ArrayOf(F32),  # value_gradients
    ArrayOf(F32),  # scale_gradients
    POINTER(c_double),  # penalty
)
_rotate = bind(
    "qc_quantize_rotate_f32",
    ArrayOf(F32),  # values
    c_size_t,
    c_size_t,
    c_int32,
    POINTER(_RotationOptions),
    ArrayOf(F32),  # result
)
_choose = bind(
    "qc_quantize_rotation_choose_f32",
    ArrayOf(F32),  # activations
    c_size_t,
    ArrayOf(F32),  # weights
    c_size_t,
    c_size_t,
    POINTER(GridStruct),
    POINTER(GridStruct),
    POINTER(_RotationOptions),
    POINTER(_RotationResult),
)


class PeriodicWeights(NamedTuple):
    """Periodic binary weights, and gradients."""

    quantized: NDArray[np.float32]
    """In the shape of those given."""
    value_gradients: NDArray[np.float32] | None
    """The gradient of each number; None without upstream gradients."""
    scale_gradients: NDArray[np.float32] | None
    """The gradient of each scale; None likewise."""
    penalty: float
    """What is added to the loss; its gradients are part of those above."""


def quantize_periodic(
    w: Array,
    scales: Array,
    upstream: Array | None = None,
    *,
    binary: bool = True,
    frequency: float = 30.0,
    penalty: float = 0.001,
    granularity: Granularity = "row",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> PeriodicWeights:
    """Binary weights that are periodic in what is trained, as BiPer has them, with gradients:
    ``scale * sign(sin(frequency * w))``.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows.
    scales : array_like
        One for each group, usually for each row; any finite numbers.
    upstream : array_like, in the shape of `w`, optional
        The gradient of the loss by the rounded numbers.
    binary : bool
        Whether the sign is taken; otherwise the sine itself, for the first stage of training.
    frequency : float
        Above 0.
    penalty : float
        Times the mean of ``(abs(sin(frequency * w)) - scale)**2``; at least 0.
    granularity : {"row", "group", "tensor"}
        What shares a scale.
    group_size : int
        Neighbours in a row that share one. Used for ``granularity="group"`` only.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    PeriodicWeights

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> made = quantcal.quantize_periodic([[0.05, -0.05, 0.2]], [0.5], [[1.0, 1.0, 1.0]])
    >>> made.quantized
    array([[ 0.5, -0.5, -0.5]], dtype=float32)
    """
    options = _new_periodic_options()
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    options.is_binary = bool(binary)
    options.frequency = as_float("frequency", frequency)
    options.penalty = as_float("penalty", penalty)
    values = real_array("w", w, F32)
    rows, columns = as_rows("w", values).shape
    sharing = grid_options(group_size, granularity)
    shape = group_shape(rows, columns, grid_struct("binary"), sharing)
    own = sized("scales", real_array("scales", scales, F32), shape)
    quantized = lent(values.shape, np.float32)
    given: Any = None
    of_values = of_scales = None
    if upstream is not None:
        given = real_array("upstream", upstream, F32)
        expect_shape("upstream", given, values.shape)
        of_values, of_scales = lent(values.shape, np.float32), lent(shape, np.float32)
    added = c_double()
    with reporting(progress, values.size) as options.progress:
        status = _periodic(
            values,
            rows,
            columns,
            own,
            byref(options),
            quantized,
            given,
            of_values,
            of_scales,
            byref(added),
        )
    check(status)
    return PeriodicWeights(quantized, of_values, of_scales, added.value)


def _rotation(block: int, seed: int) -> _RotationOptions:
    options = _new_rotation_options()
    options.block = as_size("block", block)
    options.seed = as_size("seed", seed)
    return options


def quantize_rotate(
    x: Array,
    *,
    inverse: bool = False,
    block: int = 128,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """Rows times a rotation, random signs and then Hadamard matrices in blocks, which spreads
    outliers before rounding.

    Activations and weights that are both rotated have the product that they had. In training
    gradients go straight through rounding, and are rotated back (RoSTE).

    Parameters
    ----------
    x : array_like, shape (..., columns)
        Finite values.
    inverse : bool
        Whether the inverse rotation is wanted.
    block : int
        A power of two. The rest of a row is in blocks of falling powers of two.
    seed : int
        Of the signs.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    ndarray of float32, in the shape of `x`

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, or an option outside its range.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> x = np.array([[8.0, 0, 0, 0]])
    >>> y = quantcal.quantize_rotate(x, block=4)
    >>> np.abs(y), np.array_equal(quantcal.quantize_rotate(y, inverse=True, block=4), x)
    (array([[4., 4., 4., 4.]], dtype=float32), True)
    """
    options = _rotation(block, seed)
    values = real_array("x", x, F32)
    rows, columns = as_rows("x", values).shape
    result = lent(values.shape, np.float32)
    with reporting(progress, values.size) as options.progress:
        status = _rotate(values, rows, columns, bool(inverse), byref(options), result)
    check(status)
    return result


class RotationChoice(NamedTuple):
    """Whether a rotation makes rounding better."""

    rotates: bool
    plain_error: float
    """Without it: the relative squared errors of activations and weights together."""
    rotated_error: float
    """With it."""


def quantize_rotation_choose(
    activations: Array,
    weights: Array,
    activation_grid: QuantizeGrid | str,
    weight_grid: QuantizeGrid | str,
    *,
    block: int = 128,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> RotationChoice:
    """Whether a layer is to be rotated before its activations and weights are rounded.

    Parameters
    ----------
    activations : array_like, shape (..., columns)
        Inputs of the layer.
    weights : array_like, shape (outputs, columns)
    activation_grid, weight_grid : QuantizeGrid or str
        With a min-max scale for each row.
    block, seed, progress
        As for `quantize_rotate`.

    Returns
    -------
    RotationChoice

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, other shapes, or an option outside its range.
    """
    options = _rotation(block, seed)
    values = real_array("activations", activations, F32)
    rows, columns = as_rows("activations", values).shape
    matrix = as_rows("weights", real_array("weights", weights, F32))
    expect_shape("weights", matrix, (matrix.shape[0], columns))
    grids = grid_struct(activation_grid), grid_struct(weight_grid)
    result = _RotationResult()
    with reporting(progress, values.size) as options.progress:
        status = _choose(
            values,
            rows,
            matrix,
            matrix.shape[0],
            columns,
            byref(grids[0]),
            byref(grids[1]),
            byref(options),
            byref(result),
        )
    check(status)
    return RotationChoice(bool(result.rotates), result.plain_error, result.rotated_error)
