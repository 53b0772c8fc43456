"""Candidates for the codes of vectors, chosen by what a layer gives out."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
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
    expect_rank,
    expect_shape,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize._candidates import Options, new_options, table_of
from quantcal.quantize._code_books import CodeBooks, Result, code_books

_find = bind(
    "qc_quantize_candidates_find_f32",
    ArrayOf(np.float32),  # vectors
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.uint16),  # candidates
    ArrayOf(np.float32),  # logits
)
_calibrate = bind(
    "qc_quantize_candidates_calibrate_f32",
    ArrayOf(np.float32),  # matrix
    c_size_t,
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # hessian
    ArrayOf(np.float32),  # weights
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.float32),  # refined_centres
    ArrayOf(np.uint16),  # codes
    POINTER(Result),
)


class VectorCandidates(NamedTuple):
    """What `quantize_candidates_find` gives."""

    candidates: NDArray[np.uint16]
    """Rows of centres, the nearest first; shape (..., candidates)."""
    logits: NDArray[np.float32]
    """In the same shape; to be learned."""


def quantize_candidates_find(
    vectors: Array, centres: Array, *, candidates: int = 2
) -> VectorCandidates:
    """Candidates for the codes of vectors: their nearest centres, and logits to begin with.

    A vector is a mixture of its candidates, with ratios that are the softmax of logits, until
    one candidate is left (VQ4DiT). A framework learns logits and centres with
    `quantize_candidates_mix` forward, `quantize_candidates_gradient` backward, and
    `quantize_candidates_settle` between steps; `quantize_candidates_calibrate` does all of it
    for a linear layer.

    Parameters
    ----------
    vectors : array_like, shape (..., dimension)
        Finite numbers, rounded to float32.
    centres : array_like, shape (centres, dimension)
        One code book.
    candidates : int
        Of each vector, 1 to 64.

    Returns
    -------
    VectorCandidates
        The named tuple ``(candidates, logits)``. Ratios are in proportion to 1 / distance; a
        vector that is a centre is settled.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, more candidates than centres, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> found = quantcal.quantize_candidates_find([[1.0]], [[9.0], [0.0], [3.0]])
    >>> found.candidates
    array([[1, 2]], dtype=uint16)
    >>> quantcal.quantize_candidates_mix(*found, [[9.0], [0.0], [3.0]]).ratios.round(6)
    array([[0.666667, 0.333333]], dtype=float32)
    """
    x = real_array("vectors", vectors, F32)
    count, dimension = as_rows("vectors", x).shape
    options = new_options()
    table = table_of(centres, options)
    expect_shape("centres", table, (table.shape[0], dimension))
    options.candidates = as_size("candidates", candidates)
    shape = (*x.shape[:-1], min(options.candidates, 64))
    codes, logits = lent(shape, np.uint16), lent(shape, np.float32)
    check(_find(x, count, dimension, table, byref(options), codes, logits))
    return VectorCandidates(codes, logits)


def quantize_candidates_calibrate(
    matrix: Array,
    hessian: Array,
    centres: Array,
    *,
    weights: Array | None = None,
    candidates: int = 2,
    penalty: float = 1.0,
    settled: float = 0.99,
    iterations: int = 500,
    logit_step: float = 0.05,
    centre_step: float = 1e-4,
    smoothing: float = 0.9,
    progress: ProgressCallback | None = None,
) -> CodeBooks:
    """Candidates of a layer's weights, chosen by what the layer gives out, without labels.

    The squared error of the outputs, as a share of all of them, and a penalty that grows to
    `penalty` are brought down by RMSprop on logits and centres, until every vector has one
    candidate left. The result is never worse than the nearest of the given centres.

    Parameters
    ----------
    matrix : array_like, shape (rows, columns)
        A layer's weights, a row for each output; rounded to float32.
    hessian : array_like, shape (columns, columns)
        ``x.T @ x`` of the layer's inputs.
    centres : array_like, shape (centres, dimension)
        One code book for the vectors that rows are cut into.
    weights : array_like, shape (rows,), optional
        The weight of each row's error, at least 0.
    candidates : int
        Of each vector, 1 to 64.
    penalty, settled : float
        As of `quantize_candidates_gradient` and `quantize_candidates_settle`.
    iterations : int
        Steps, at most.
    logit_step, centre_step, smoothing : float
        Sizes of steps, and of the running mean of squared gradients.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    CodeBooks
        `centres` in the shape (1, 1, centres, dimension), `codes` (vectors, 1, 1); `objective` is
        the error of the outputs, and `converged` says whether all vectors settled by themselves.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative diagonal, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> hessian = [[1.0, 1.0], [1.0, 1.0]]
    >>> books = quantcal.quantize_candidates_calibrate(
    ...     [[0.55, 0.45]], hessian, [[0.0], [1.0]], centre_step=0
    ... )
    >>> books.codes.ravel().tolist()
    [1, 0]
    """
    w = real_array("matrix", matrix, F32)
    expect_rank("matrix", w, 2, 2)
    form = real_array("hessian", hessian, F32)
    expect_shape("hessian", form, (w.shape[1], w.shape[1]))
    options = new_options()
    table = table_of(centres, options)
    options.candidates = as_size("candidates", candidates)
    options.penalty, options.settled = as_float("penalty", penalty), as_float("settled", settled)
    options.logit_step = as_float("logit_step", logit_step)
    options.centre_step = as_float("centre_step", centre_step)
    options.smoothing = as_float("smoothing", smoothing)
    options.iterations = as_int32("iterations", iterations)
    own = weight_array("weights", weights, F32, w.shape[:1])
    refined = lent((1, 1, *table.shape), np.float32)
    codes = lent((w.size // max(table.shape[1], 1), 1, 1), np.uint16)
    result = Result()
    with reporting(progress, w.size * min(options.iterations, 1 << 16)) as options.progress:
        status = _calibrate(
            w,
            *w.shape,
            table.shape[1],
            form,
            own,
            table,
            byref(options),
            refined,
            codes,
            byref(result),
        )
    check(status)
    return code_books(refined, codes, result)
