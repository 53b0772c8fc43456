"""Code books and codes for what a layer gives out."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t

import numpy as np

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_int32,
    as_size,
    expect_rank,
    expect_shape,
    integer_array,
    real_array,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize._code_books import (
    CodeBooks,
    Options,
    Result,
    books_of,
    code_books,
    stored_codes,
)

_refine = bind(
    "qc_quantize_vector_refine_f32",
    ArrayOf(np.float32),  # matrix
    c_size_t,
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # hessian
    ArrayOf(np.float32),  # weights
    ArrayOf(np.float32),  # centres
    ArrayOf(np.uint16),  # codes
    POINTER(Options),
    ArrayOf(np.float32),  # refined_centres
    ArrayOf(np.uint16),  # refined_codes
    POINTER(Result),
)


def quantize_vector_refine(
    matrix: Array,
    hessian: Array,
    centres: Array,
    codes: Array,
    *,
    weights: Array | None = None,
    iterations: int = 25,
    tolerance: float = 1e-4,
    beam: int = 4,
    progress: ProgressCallback | None = None,
) -> CodeBooks:
    """Code books and codes for what a layer gives out, not for its weights.

    Additive quantization (AQLM) with the whole Hessian: in turn a beam search for each row's
    codes, and least squares for the centres. What falls is the sum over rows w, approximated by
    a, of (w - a)^T H (w - a): the squared error of the layer's outputs.

    Parameters
    ----------
    matrix : array_like, shape (rows, columns)
        A layer's weights, a row for each output; rounded to float32.
    hessian : array_like, shape (columns, columns)
        ``x.T @ x`` of the layer's inputs, or blocks of it on the diagonal, which take less time.
    centres : array_like, shape (parts, stages, centres, length)
        To begin with, as `quantize_vector_train` gives them for
        ``matrix.reshape(-1, parts * length)``; or one book, (centres, length).
    codes : array_like of integers, shape (rows * columns / (parts * length), parts, stages)
        To begin with.
    weights : array_like, shape (rows,), optional
        The weight of each row's error, at least 0; of rows divided by scales these, squared.
    iterations : int
        At most; 0 only searches for codes.
    tolerance : float
        Ends the work when the objective falls by no more than this share of itself.
    beam : int
        How many rows of codes a search keeps, 1 to 256.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    CodeBooks
        As `quantize_vector_train` gives them; `objective` is that of the outputs.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative diagonal, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> weights = [[0.9, 2.0], [0.0, 0.1]]
    >>> hessian = [[1.0, 0.9], [0.9, 1.0]]
    >>> books = quantcal.quantize_vector_refine(
    ...     weights, hessian, [[0.0], [1.0], [2.0]], [[[1]], [[2]], [[0]], [[0]]], iterations=0
    ... )
    >>> round(books.objective, 4)
    0.02
    """
    w = real_array("matrix", matrix, F32)
    expect_rank("matrix", w, 2, 2)
    form = real_array("hessian", hessian, F32)
    expect_shape("hessian", form, (w.shape[1], w.shape[1]))
    books, options = books_of(centres)
    dimension = books.shape[0] * books.shape[3]
    places = integer_array("codes", codes)
    expect_shape("codes", places, (w.size // max(dimension, 1), *books.shape[:2]))
    options.iterations = as_int32("iterations", iterations)
    options.tolerance = as_float("tolerance", tolerance)
    options.beam = as_size("beam", beam)
    own = weight_array("weights", weights, F32, w.shape[:1])
    refined = lent(books.shape, np.float32)
    found = lent(places.shape, np.uint16)
    result = Result()
    with reporting(progress, w.size * books.shape[2]) as options.progress:
        status = _refine(
            w,
            *w.shape,
            dimension,
            form,
            own,
            books,
            stored_codes(places),
            byref(options),
            refined,
            found,
            byref(result),
        )
    check(status)
    return code_books(refined, found, result)
