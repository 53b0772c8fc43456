"""Noise that is added before activations are rounded and taken off again by the bias."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_float, c_int32, c_size_t, c_uint64
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_int32,
    as_rows,
    as_size,
    expect_shape,
    real_array,
    real_vector,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import GridStruct, QuantizeGrid, grid_struct


class _NoisyBiasOptions(Struct):
    """qc_quantize_noisy_bias_options."""

    _fields_ = (
        ("seed", c_uint64),
        ("amplitudes", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


class _NoisyBiasResult(Struct):
    """qc_quantize_noisy_bias_result."""

    _fields_ = (
        ("amplitude", c_double),
        ("plain_error", c_double),
        ("error", c_double),
        ("scale", c_float),
        ("zero", c_float),
    )


_new_options = options_of("qc_quantize_noisy_bias_options_init", _NoisyBiasOptions)
_noisy_bias = bind(
    "qc_quantize_noisy_bias_f32",
    ArrayOf(F32),  # values
    c_size_t,
    c_size_t,
    ArrayOf(F32),  # weights
    c_size_t,
    ArrayOf(F32),  # bias
    POINTER(GridStruct),
    c_float,
    c_float,
    POINTER(_NoisyBiasOptions),
    ArrayOf(F32),  # noise
    ArrayOf(F32),  # new_bias
    POINTER(_NoisyBiasResult),
)


class NoisyLayer(NamedTuple):
    """What a layer becomes with noise."""

    noise: NDArray[np.float32]
    """To add to each channel before it is rounded; zeros if noise does not help."""
    bias: NDArray[np.float32]
    """The layer's new bias."""
    amplitude: float
    """In steps; 0 if noise does not help."""
    scale: float
    """Of the activations, with the noise."""
    zero: float
    """The zero point likewise."""
    plain_error: float
    """The mean squared error of the layer's outputs without noise."""
    error: float
    """The same with this noise."""


def quantize_noisy_bias(
    x: Array,
    weights: Array,
    bias: Array | None,
    grid: QuantizeGrid | str,
    scale: float,
    zero: float = 0.0,
    *,
    amplitudes: int = 3,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> NoisyLayer:
    """A fixed noise for each channel of a layer's input, if it makes the output better, as
    NoisyQuant has it: the layer then computes ``weights @ round(x + noise) + bias``.

    Parameters
    ----------
    x : array_like, shape (..., channels)
        Inputs of the layer. Leading axes count rows.
    weights : array_like, shape (outputs, channels)
        As they will be used.
    bias : array_like, shape (outputs,), optional
        None: zeros.
    grid : QuantizeGrid or str
        Integer or midrise.
    scale, zero : float
        Of the activations without noise.
    amplitudes : int
        How many are tried: 1, 1/2, 1/4 and so on, times a step; 1 to 16.
    seed : int
        Of the noise.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    NoisyLayer

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, a scale that is not positive, another grid, other shapes.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> x, weights = np.full((64, 16), 0.45), np.ones((1, 16))
    >>> layer = quantcal.quantize_noisy_bias(x, weights, None, "int8", 1.0)
    >>> layer.amplitude > 0, layer.error < layer.plain_error
    (True, True)
    """
    options = _new_options()
    options.seed = as_size("seed", seed)
    options.amplitudes = as_int32("amplitudes", amplitudes)
    values = real_array("x", x, F32)
    rows, columns = as_rows("x", values).shape
    matrix = as_rows("weights", real_array("weights", weights, F32))
    expect_shape("weights", matrix, (matrix.shape[0], columns))
    own = None if bias is None else real_vector("bias", bias, F32)
    if own is not None:
        expect_shape("bias", own, (matrix.shape[0],))
    noise, shifted = np.empty(columns, np.float32), np.empty(matrix.shape[0], np.float32)
    struct, result = grid_struct(grid), _NoisyBiasResult()
    with reporting(progress, values.size * matrix.shape[0]) as options.progress:
        status = _noisy_bias(
            values,
            rows,
            columns,
            matrix,
            matrix.shape[0],
            own,
            byref(struct),
            as_float("scale", scale),
            as_float("zero", zero),
            byref(options),
            noise,
            shifted,
            byref(result),
        )
    check(status)
    return NoisyLayer(noise, shifted, **result.content())
