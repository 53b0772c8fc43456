"""What quantization did to a model's outputs."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    REALS,
    Array,
    as_rows,
    bind_real,
    contiguous,
    expect_rank,
    expect_shape,
    real_array,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct


class LogitDivergence(NamedTuple):
    """The divergence of a quantized model's logits."""

    mean: float
    """Of the rows' divergences, in nats."""
    standard_error: float
    """Of the mean; NaN for one row."""
    maximum: float
    top_agreement: float
    """The share of rows whose first largest logit is in the same column."""
    per_row: NDArray[np.float64]
    """The divergence of each row."""


class _KLResult(Struct):
    """qc_quantize_kl_result."""

    _fields_ = tuple((name, c_double) for name in LogitDivergence._fields[:-1])


_KL = bind_real(
    "qc_quantize_kl_divergence",
    REALS,  # reference
    REALS,  # approximation
    c_size_t,
    c_size_t,
    ArrayOf(np.float64),  # per_row
    POINTER(_KLResult),
)


def quantize_kl_divergence(reference: Array, approximation: Array) -> LogitDivergence:
    """The Kullback-Leibler divergence of ``softmax(approximation)`` from ``softmax(reference)``.

    Parameters
    ----------
    reference : array_like, shape (..., classes)
        The original model's logits, a row for each token. -inf is a class without
        probability. float32 stays float32 if both are.
    approximation : array_like, in the shape of `reference`
        The quantized model's logits.

    Returns
    -------
    LogitDivergence
        ``(mean, standard_error, maximum, top_agreement, per_row)``. Divergences are accurate
        however small; a class that only the reference has makes one infinite.

    Raises
    ------
    QuantcalValueError
        For NaN, +inf, a row without a finite logit, no rows, or another shape.

    Examples
    --------
    >>> import quantcal
    >>> found = quantcal.quantize_kl_divergence([[0.0, 0.0], [2.0, 1.0]], [[0.0, 0.0], [1.0, 2.0]])
    >>> found.per_row.round(4)
    array([0.    , 0.4621])
    >>> found.top_agreement
    0.5
    """
    a, b = real_array("reference", reference), real_array("approximation", approximation)
    expect_shape("approximation", b, a.shape)
    rows, classes = as_rows("reference", a).shape
    dtype = np.result_type(a, b)
    per_row: NDArray[Any] = np.empty(a.shape[:-1], np.float64)
    result = _KLResult()
    values = contiguous(a, dtype), contiguous(b, dtype)
    check(_KL[dtype](*values, rows, classes, per_row, byref(result)))
    return LogitDivergence(**result.content(), per_row=per_row)


class ErrorPropagation(NamedTuple):
    """How the error of a linear layer comes about."""

    input_error: float
    """``norm(x' - x) / norm(x)``"""
    weight_error: float
    """``norm(w' - w) / norm(w)``"""
    carried_error: float
    """``norm((x' - x) @ w.T) / norm(y)``: what the layer makes of its input's error."""
    own_error: float
    """``norm(x' @ (w' - w).T) / norm(y)``: what its own weights add."""
    cross_term: float
    """Twice the inner product of the two parts, over ``norm(y)**2``."""
    total_error: float
    """``norm(y' - y) / norm(y)``; its square is carried**2 + own**2 + cross."""
    amplification: float
    """``carried_error / input_error``"""


class _PropagationResult(Struct):
    """qc_quantize_propagation_result."""

    _fields_ = tuple((name, c_double) for name in ErrorPropagation._fields)


_propagation = bind(
    "qc_quantize_propagation_f32",
    ArrayOf(np.float32),  # input
    ArrayOf(np.float32),  # approximate_input
    ArrayOf(np.float32),  # weights
    ArrayOf(np.float32),  # approximate_weights
    c_size_t,
    c_size_t,
    c_size_t,
    POINTER(_PropagationResult),
)


def quantize_propagation(
    x: Array, approximate_x: Array, w: Array, approximate_w: Array
) -> ErrorPropagation:
    """How the error of a linear layer ``y = x @ w.T`` comes about when it computes
    ``y' = x' @ w'.T``.

    ``y' - y`` is ``(x' - x) @ w.T``, which was there in the input, and ``x' @ (w' - w).T``,
    which is the layer's own. Going through a model layer by layer shows where errors arise, and
    where they grow.

    Parameters
    ----------
    x, approximate_x : array_like, shape (..., inner)
        The layer's input in the original and in the quantized model, finite, in float32.
    w, approximate_w : array_like, shape (outputs, inner)
        Its weights, and what they are decoded to.

    Returns
    -------
    ErrorPropagation
        ``(input_error, weight_error, carried_error, own_error, cross_term, total_error,
        amplification)``; NaN relative to a norm of 0.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, an empty matrix, or shapes that do not fit.

    Examples
    --------
    >>> import quantcal
    >>> x, w = [[1.0, 2.0]], [[2.0, 4.0]]
    >>> error = quantcal.quantize_propagation(x, [[1.0, 2.5]], w, [[2.0, 3.0]])
    >>> error.carried_error, error.own_error, error.cross_term, error.total_error
    (0.2, 0.25, -0.1, 0.05)
    """
    original, approximate = real_array("x", x, F32), real_array("approximate_x", approximate_x, F32)
    weights = real_array("w", w, F32)
    approximate_weights = real_array("approximate_w", approximate_w, F32)
    expect_shape("approximate_x", approximate, original.shape)
    rows, inner = as_rows("x", original).shape
    expect_rank("w", weights, 2)
    expect_shape("w", weights, (weights.shape[0], inner))
    expect_shape("approximate_w", approximate_weights, weights.shape)
    result = _PropagationResult()
    arrays = original, approximate, weights, approximate_weights
    check(_propagation(*arrays, rows, inner, weights.shape[0], byref(result)))
    return ErrorPropagation(**result.content())
