"""The blocks of ggml and GGUF."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_rows,
    as_size,
    constant,
    contiguous,
    expect_shape,
    integer_array,
    real_vector,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.kinds import KINDS, input_array

GgmlType = Literal[
    "f16",
    "q4_0",
    "q4_1",
    "q5_0",
    "q5_1",
    "q8_0",
    "q2_k",
    "q3_k",
    "q4_k",
    "q5_k",
    "q6_k",
    "iq2_xxs",
    "iq2_xs",
    "iq3_xxs",
    "iq1_s",
    "iq4_nl",
    "iq3_s",
    "iq2_s",
    "iq4_xs",
    "iq1_m",
    "bf16",
    "tq1_0",
    "tq2_0",
    "mxfp4",
    "nvfp4",
    "q1_0",
]

GgmlMode = Literal["reference", "best"]

# ggml's own numbers.
_NUMBERS: dict[str, int] = dict(
    zip(
        get_args(GgmlType),
        [1, 2, 3, 6, 7, 8, *range(10, 15), *range(16, 24), 29, 30, 34, 35, 39, 40, 41],
        strict=True,
    )
)


def _number(type: GgmlType) -> int:
    if type not in _NUMBERS:
        expected = ", ".join(repr(one) for one in _NUMBERS)
        raise refuse(Status.QC_ERR_OPTIONS, f"type is {type!r}; expected one of {expected}")
    return _NUMBERS[type]


class GgmlLayout(NamedTuple):
    """How a matrix lies in blocks."""

    block_length: int
    """The elements of a block."""
    block_bytes: int
    """Its bytes."""
    row_bytes: int
    """Bytes of a row."""
    bytes: int
    """Bytes of all rows."""


_layout = bind(
    "qc_quantize_ggml_layout",
    c_int32,
    c_size_t,
    c_size_t,
    POINTER(c_size_t),  # block_length
    POINTER(c_size_t),  # block_bytes
    POINTER(c_size_t),  # row_bytes
    POINTER(c_size_t),  # bytes
)


def quantize_ggml_layout(rows: int, columns: int, type: GgmlType) -> GgmlLayout:
    """How much room a matrix takes in blocks of one of ggml's types.

    Parameters
    ----------
    rows, columns : int
        The matrix's shape. Columns must be a multiple of the type's block.
    type : str
        ggml's name in lower case, such as ``"q4_k"``.

    Returns
    -------
    GgmlLayout
        The named tuple ``(block_length, block_bytes, row_bytes, bytes)``.

    Raises
    ------
    QuantcalValueError
        If the blocks do not divide a row (the message names the type that llama.cpp falls
        back on), the type is unknown, or a product does not fit memory.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_ggml_layout(2, 512, "q6_k")
    GgmlLayout(block_length=256, block_bytes=210, row_bytes=420, bytes=840)
    """
    number = _number(type)
    sizes = [c_size_t() for _ in range(4)]
    shape = as_size("rows", rows), as_size("columns", columns)
    check(_layout(number, *shape, *(byref(size) for size in sizes)))
    return GgmlLayout(*(size.value for size in sizes))


class Options(Struct):
    """qc_quantize_ggml_options."""

    _fields_ = (("mode", c_int32), ("reserved", c_int32), ("progress", Progress))


_new_options = options_of("qc_quantize_ggml_options_init", Options)

_ENCODE = {
    kind: bind(
        f"qc_quantize_ggml_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        c_int32,  # type
        ArrayOf(np.float32),  # importance
        POINTER(Options),
        ArrayOf(np.uint8),  # blocks
    )
    for kind, suffix, stored in KINDS
}


def quantize_ggml_encode(
    w: Array,
    type: GgmlType,
    importance: Array | None = None,
    *,
    mode: GgmlMode = "best",
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint8]:
    """Quantize a matrix to blocks of one of ggml's types.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values; columns a multiple of the type's block. float32, float16 and bfloat16
        (of PyTorch or ml_dtypes) are read in place, all else is first rounded to float32.
    type : str
        ``"f16"``, ``"bf16"``, ``"q4_0"``, ``"q4_1"``, ``"q5_0"``, ``"q5_1"``, ``"q8_0"``,
        ``"q2_k"`` to ``"q6_k"``, ``"iq4_nl"``, ``"iq4_xs"``, ``"tq1_0"``, ``"tq2_0"``,
        ``"mxfp4"`` or ``"nvfp4"``.
    importance : array_like of float, shape (columns,), optional
        How much a squared error in each column counts: a row of an importance matrix. Types
        that search no scale do not use it.
    mode : {"best", "reference"}
        With little squared error, in no block more than ggml's own encoders have; or as those
        do, byte for byte (as built without fused multiply-add).
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    ndarray of uint8, shape (..., row_bytes)
        As GGUF files hold them. A scale beyond half precision is stored as an infinity.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, negative importance, a type that can only be decoded, or rows
        that blocks do not divide (the message names the type that llama.cpp falls back on).
    TypeError
        If `w` is not of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import quantcal
    >>> blocks = quantcal.quantize_ggml_encode(np.linspace(-1, 1, 64), "q4_0")
    >>> blocks.shape
    (36,)
    >>> quantcal.quantize_ggml_decode(blocks, "q4_0")[[0, 21, 63]].round(3)
    array([-0.972, -0.364,  0.972], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    number = _number(type)
    weights = None
    if importance is not None:
        weights = real_vector("importance", importance, F32)
        expect_shape("importance", weights, (columns,))
    row_bytes = quantize_ggml_layout(rows, columns, type).row_bytes
    blocks = lent((*values.shape[:-1], row_bytes), np.uint8)
    options = _new_options()
    options.mode = constant("mode", mode, GgmlMode)
    with reporting(progress, values.size) as options.progress:
        status = _ENCODE[kind](values, rows, columns, number, weights, byref(options), blocks)
    check(status)
    return blocks


_decode = bind(
    "qc_quantize_ggml_decode_f32",
    ArrayOf(np.uint8),  # blocks
    c_size_t,
    c_size_t,
    c_int32,  # type
    ArrayOf(np.float32),  # values
)


def quantize_ggml_decode(blocks: Array, type: GgmlType) -> NDArray[np.float32]:
    """The numbers in blocks of one of ggml's types, bit for bit as ggml decodes them.

    Parameters
    ----------
    blocks : array_like of uint8, shape (..., row_bytes)
        Rows of whole blocks, as GGUF files hold them and as `gguf` gives them.
    type : str
        ggml's name in lower case, such as ``"q4_k"``.

    Returns
    -------
    ndarray of float32, shape (..., columns)
        Every pattern of bytes decodes; a scale that is infinite or NaN gives such numbers.

    Raises
    ------
    QuantcalValueError
        If a row is not a whole number of blocks, or the type is unknown.
    TypeError
        If `blocks` are not of uint8.

    Examples
    --------
    >>> import numpy as np
    >>> import quantcal
    >>> block = np.array([0x00, 0x40] + 16 * [0x98], np.uint8)  # scale 2, levels 8 and 9
    >>> quantcal.quantize_ggml_decode(block, "q4_0")[[0, 15, 16, 31]]
    array([0., 0., 2., 2.], dtype=float32)
    """
    block_length, block_bytes, _, _ = quantize_ggml_layout(0, 0, type)
    array = _bytes("blocks", blocks)
    rows, row_bytes = as_rows("blocks", array).shape
    if row_bytes % block_bytes:
        raise refuse(
            Status.QC_ERR_SIZE,
            f"blocks has rows of {row_bytes} bytes; {type} has blocks of {block_bytes}",
        )
    columns = row_bytes // block_bytes * block_length
    values = lent((*array.shape[:-1], columns), np.float32)
    check(_decode(array, rows, columns, _number(type), values))
    return values


def _bytes(name: str, value: Array) -> NDArray[Any]:
    array = integer_array(name, value)
    if array.size and array.dtype != np.uint8:
        raise TypeError(f"{name} has dtype {array.dtype}; expected uint8")
    return contiguous(array, np.dtype(np.uint8))
