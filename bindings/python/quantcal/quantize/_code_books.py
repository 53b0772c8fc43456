"""What the functions of code books share: options, results, and arrays of centres."""

from __future__ import annotations

from ctypes import c_double, c_int32, c_size_t, c_uint64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, contiguous, expect_rank, real_array
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of


class Options(Struct):
    """qc_quantize_vector_options."""

    _fields_ = (
        ("centres", c_size_t),
        ("parts", c_size_t),
        ("stages", c_size_t),
        ("seed", c_uint64),
        ("start", c_int32),
        ("iterations", c_int32),
        ("restarts", c_int32),
        ("passes", c_int32),
        ("tolerance", c_double),
        ("beam", c_size_t),
        ("progress", Progress),
    )


class Result(Struct):
    """qc_quantize_vector_result."""

    _fields_ = (
        ("objective", c_double),
        ("used", c_size_t),
        ("iterations", c_int32),
        ("converged", c_int32),
    )


new_options = options_of("qc_quantize_vector_options_init", Options)


class CodeBooks(NamedTuple):
    """What `quantize_vector_train` gives."""

    centres: NDArray[np.float32]
    """Shape (parts, stages, centres, dimension // parts)."""
    codes: NDArray[np.uint16]
    """The vectors' codes, shape (..., parts, stages)."""
    objective: float
    """The sum of weighted squared errors."""
    used: int
    """How many centres, of all code books, some vector has."""
    iterations: int
    """Of k-means, of all code books."""
    converged: bool
    """False if the limit of iterations ended some k-means."""


def code_books(
    centres: NDArray[np.float32], codes: NDArray[np.uint16], result: Result
) -> CodeBooks:
    content: dict[str, Any] = result.content()
    content["converged"] = content["converged"] != 0
    return CodeBooks(centres, codes, **content)


def room_for(options: Options, dimension: int) -> NDArray[np.float32]:
    """Code books of the options' sizes; without elements if these are for the library to refuse."""
    sizes = (options.parts, options.stages, options.centres)
    if not (0 < sizes[0] <= dimension and 0 < sizes[1] <= 64 and 0 < sizes[2] <= 65536):
        return np.zeros((1, 1, 1, max(dimension, 1)), np.float32)
    return np.zeros((*sizes, dimension // sizes[0]), np.float32)


def books_of(centres: Array) -> tuple[NDArray[np.float32], Options]:
    """Code books as the library takes them, and the options with their sizes."""
    books = real_array("centres", centres, F32)
    expect_rank("centres", books, 2, 4)
    if books.ndim == 2:
        books = books[None, None]
    options = new_options()
    options.parts, options.stages, options.centres, _ = books.shape
    return books, options


def stored_codes(codes: NDArray[np.int64]) -> NDArray[np.uint16]:
    """What does not fit must not become a code."""
    return contiguous(np.where((codes < 0) | (codes > 65535), 65535, codes), np.dtype("u2"))
