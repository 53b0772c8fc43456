"""Vectors as codes of code books: k-means, product and residual quantization."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_int32,
    as_rows,
    as_size,
    constant,
    expect_shape,
    integer_array,
    real_array,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize._code_books import (
    CodeBooks,
    Options,
    Result,
    books_of,
    code_books,
    new_options,
    room_for,
    stored_codes,
)

VectorStart = Literal["plus_plus", "sample", "given"]


_train = bind(
    "qc_quantize_vector_train_f32",
    ArrayOf(np.float32),  # vectors
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # weights
    ArrayOf(np.float32),  # importance
    POINTER(Options),
    ArrayOf(np.float32),  # centres
    ArrayOf(np.uint16),  # codes
    POINTER(Result),
)
_encode = bind(
    "qc_quantize_vector_encode_f32",
    ArrayOf(np.float32),  # vectors
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # importance
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.uint16),  # codes
)
_decode = bind(
    "qc_quantize_vector_decode_f32",
    ArrayOf(np.uint16),  # codes
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.float32),  # vectors
)


def quantize_vector_train(
    vectors: Array,
    centres: int = 256,
    *,
    parts: int = 1,
    stages: int = 1,
    weights: Array | None = None,
    importance: Array | None = None,
    start: VectorStart = "plus_plus",
    first: Array | None = None,
    seed: int = 0,
    iterations: int = 25,
    restarts: int = 1,
    passes: int = 2,
    tolerance: float = 1e-4,
    progress: ProgressCallback | None = None,
) -> CodeBooks:
    """Code books for vectors, by k-means.

    With one part and one stage this is k-means; with more parts product quantization, each part
    of a vector having code books of its own; with more stages residual quantization, each part
    being a sum of centres.

    Parameters
    ----------
    vectors : array_like, shape (..., dimension)
        Finite numbers, rounded to float32. Weights are such vectors as
        ``w.reshape(-1, dimension)``.
    centres : int
        Of a code book, 1 to 65536.
    parts, stages : int
        `parts` divides the dimension.
    weights : array_like, shape (...,), optional
        The weight of each vector's error, at least 0.
    importance : array_like, in the shape of `vectors`, optional
        The weight of each number's squared error, at least 0, such as the diagonal of a Hessian.
    start : {"plus_plus", "sample", "given"}
        k-means++ (on a sample of at most 64 vectors a centre), random vectors, or `first`.
    first : array_like, shape (parts, stages, centres, dimension // parts), optional
        The centres to begin with, if `start` is "given"; for one part and stage also (centres,
        dimension). Only with one stage and one restart.
    seed : int
        The same seed gives the same result on every machine.
    iterations : int
        Of k-means, at most.
    restarts : int
        How often k-means is begun, to keep the best.
    passes : int
        How often all stages are trained again in turn, if there are more than one.
    tolerance : float
        k-means ends when the objective falls by no more than this share of itself.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    CodeBooks
        The named tuple ``(centres, codes, objective, used, iterations, converged)``. If there
        are fewer distinct vectors than centres, `used` is their number, and the rest are copies.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, no vectors, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> books = quantcal.quantize_vector_train([[0.0, 1.0], [0.0, 3.0], [9.0, 9.0]], 2)
    >>> sorted(books.centres[0, 0].tolist())
    [[0.0, 2.0], [9.0, 9.0]]
    >>> books.objective
    2.0
    """
    x = real_array("vectors", vectors, F32)
    count, dimension = as_rows("vectors", x).shape
    options = new_options()
    options.centres, options.parts = as_size("centres", centres), as_size("parts", parts)
    options.stages = as_size("stages", stages)
    options.seed = as_size("seed", seed)
    options.start = constant("start", start, VectorStart)
    options.iterations = as_int32("iterations", iterations)
    options.restarts = as_int32("restarts", restarts)
    options.passes = as_int32("passes", passes)
    options.tolerance = as_float("tolerance", tolerance)
    books = room_for(options, dimension)
    if first is not None:
        given = real_array("first", first, F32)
        if given.ndim == 2:
            given = given[None, None]
        expect_shape("first", given, books.shape)
        books[...] = given
        if start == "plus_plus":
            options.start = constant("start", "given", VectorStart)
    elif start == "given":
        raise refuse(Status.QC_ERR_NULL_POINTER, 'first is None; start="given" needs it')
    codes = lent((*x.shape[:-1], books.shape[0], books.shape[1]), np.uint16)
    result = Result()
    own = weight_array("weights", weights, F32, x.shape[:-1])
    factors = weight_array("importance", importance, F32, x.shape)
    with reporting(progress, x.size * min(books.shape[2], 1 << 16)) as options.progress:
        status = _train(
            x, count, dimension, own, factors, byref(options), books, codes, byref(result)
        )
    check(status)
    return code_books(books, codes, result)


def quantize_vector_encode(
    vectors: Array,
    centres: Array,
    *,
    importance: Array | None = None,
    passes: int = 2,
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint16]:
    """The codes of vectors: of each part the nearest centre, the first among equally near ones.

    Parameters
    ----------
    vectors : array_like, shape (..., dimension)
        Finite numbers, rounded to float32.
    centres : array_like, shape (parts, stages, centres, dimension // parts)
        As `quantize_vector_train` gives them; or one book, (centres, dimension).
    importance : array_like, in the shape of `vectors`, optional
        The weight of each number's squared error, at least 0.
    passes : int
        With more than one stage: how often each stage's code is chosen again, given the others.
    progress : callable, optional
        Called with the fraction done; a true result stops the work.

    Returns
    -------
    ndarray of uint16, shape (..., parts, stages)

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_vector_encode([[1.0, 2.0], [8.0, 8.0]], [[0.0, 2.0], [9.0, 9.0]])
    array([[[0]],
    <BLANKLINE>
           [[1]]], dtype=uint16)
    """
    x = real_array("vectors", vectors, F32)
    count, dimension = as_rows("vectors", x).shape
    books, options = books_of(centres)
    expect_shape("centres", books, (*books.shape[:3], dimension // max(books.shape[0], 1)))
    options.passes = as_int32("passes", passes)
    factors = weight_array("importance", importance, F32, x.shape)
    codes = lent((*x.shape[:-1], books.shape[0], books.shape[1]), np.uint16)
    with reporting(progress, x.size * books.shape[2]) as options.progress:
        status = _encode(x, count, dimension, factors, books, byref(options), codes)
    check(status)
    return codes


def quantize_vector_decode(codes: Array, centres: Array) -> NDArray[np.float32]:
    """The vectors of codes.

    Parameters
    ----------
    codes : array_like of integers, shape (..., parts, stages)
        As `quantize_vector_encode` gives them.
    centres : array_like, shape (parts, stages, centres, dimension // parts)
        The code books; or one book, (centres, dimension).

    Returns
    -------
    ndarray of float32, shape (..., dimension)

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a code that has no centre, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_vector_decode([[[1]], [[0]]], [[0.0, 2.0], [9.0, 9.0]])
    array([[9., 9.],
           [0., 2.]], dtype=float32)
    """
    books, options = books_of(centres)
    places = integer_array("codes", codes)
    expect_shape("codes", places, (*places.shape[:-2], *books.shape[:2]))
    dimension = books.shape[0] * books.shape[3]
    vectors = lent((*places.shape[:-2], dimension), np.float32)
    count = int(np.prod(places.shape[:-2], dtype=np.intp))
    check(_decode(stored_codes(places), count, dimension, books, byref(options), vectors))
    return vectors
