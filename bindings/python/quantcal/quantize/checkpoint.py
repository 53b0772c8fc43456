"""Integer matrices as checkpoints and operators of other runtimes hold them."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_size, constant, contiguous, integer_array, real_array
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal.quantize.integer import QuantizedMatrix
from quantcal.quantize.layout import Granularity, Options, integer_options, layout_of, sized

CheckpointFormat = Literal["compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits"]

_layout = bind(
    "qc_quantize_checkpoint_layout",
    c_size_t,
    c_size_t,
    POINTER(Options),
    c_int32,  # format
    POINTER(c_size_t),  # weight_bytes
    POINTER(c_size_t),  # zero_bytes
)

_write = bind(
    "qc_quantize_checkpoint_write",
    ArrayOf(np.uint8),  # codes
    ArrayOf(np.float32),  # scales
    ArrayOf(np.uint8),  # zeros
    c_size_t,
    c_size_t,
    POINTER(Options),
    c_int32,  # format
    ArrayOf(np.uint8),  # weights
    ArrayOf(np.float32),  # weight_scales
    ArrayOf(np.uint8),  # weight_zeros
)

_read = bind(
    "qc_quantize_checkpoint_read",
    ArrayOf(np.uint8),  # weights
    ArrayOf(np.float32),  # weight_scales
    ArrayOf(np.uint8),  # weight_zeros
    c_size_t,
    c_size_t,
    POINTER(Options),
    c_int32,  # format
    ArrayOf(np.uint8),  # codes
    ArrayOf(np.float32),  # scales
    ArrayOf(np.uint8),  # zeros
)


class CheckpointWeights(NamedTuple):
    """A matrix in another runtime's tensors."""

    weights: NDArray[Any]
    """The codes: int32, or uint8 for ``"matmul_nbits"``."""
    scales: NDArray[np.float32]
    """A scale for each group, in the format's order. Most formats store them in the type of
    the model: ``scales.astype(np.float16)``."""
    zeros: NDArray[Any] | None
    """The zero points, of the type of the weights; None where there are none."""


class CheckpointLayout(NamedTuple):
    """The bytes of a matrix in another layout."""

    weight_bytes: int
    """Of the codes."""
    zero_bytes: int
    """Of the zero points; 0 where there are none."""


def _sizes(rows: int, columns: int, options: Options, number: int) -> CheckpointLayout:
    weight_bytes, zero_bytes = c_size_t(), c_size_t()
    sizes = as_size("rows", rows), as_size("columns", columns)
    check(_layout(*sizes, byref(options), number, byref(weight_bytes), byref(zero_bytes)))
    return CheckpointLayout(weight_bytes.value, zero_bytes.value)


def quantize_checkpoint_layout(
    rows: int,
    columns: int,
    format: CheckpointFormat,
    *,
    bits: int = 4,
    group_size: int = 128,
    symmetric: bool = True,
    granularity: Granularity = "group",
) -> CheckpointLayout:
    """How many bytes a matrix takes in another layout; whether the format has such a matrix.

    Parameters
    ----------
    rows, columns : int
        Outputs and inputs.
    format : {"compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits"}
        As for `quantize_checkpoint_write`.
    bits, group_size, symmetric, granularity
        As for `quantize`.

    Raises
    ------
    QuantcalValueError
        If the format has no such matrix.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_checkpoint_layout(64, 100, "matmul_nbits", group_size=32)
    CheckpointLayout(weight_bytes=4096, zero_bytes=0)
    """
    options = integer_options(bits, group_size, symmetric, granularity)
    return _sizes(rows, columns, options, constant("format", format, CheckpointFormat))


def _shapes(
    format: CheckpointFormat, rows: int, groups: int, sizes: CheckpointLayout
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The shapes of weights, scales and zero points, of which the format fixes all sides but
    one; that follows from the size."""
    words, zero_words = sizes.weight_bytes // 4, sizes.zero_bytes // 4
    by_group = (groups, rows)
    if format == "matmul_nbits":
        blob = sizes.weight_bytes // max(rows * groups, 1)
        return (rows, groups, blob), (rows, groups), (rows, sizes.zero_bytes // max(rows, 1))
    if format == "compressed_tensors":
        zeros = (zero_words // max(groups, 1), groups)
        return (rows, words // max(rows, 1)), (rows, groups), zeros
    zeros = (groups, zero_words // max(groups, 1))
    if format == "awq":
        # Eight outputs are a word.
        return (words // max(rows // 8, 1), rows // 8), by_group, zeros
    return (words // max(rows, 1), rows), by_group, zeros


def quantize_checkpoint_write(q: QuantizedMatrix, format: CheckpointFormat) -> CheckpointWeights:
    """Lay a quantized matrix out as a checkpoint or an operator of another runtime has it.

    Parameters
    ----------
    q : QuantizedMatrix
        Two-dimensional: outputs by inputs.
    format : str
        - ``"compressed_tensors"``: "pack-quantized" of compressed-tensors (vLLM, llm-compressor):
          ``weight_packed``, ``weight_scale``, ``weight_zero_point``. 2, 4 or 8 bits.
        - ``"gptq"``, ``"gptq_v2"``: ``qweight``, ``scales``, ``qzeros`` of AutoGPTQ and GPTQModel.
          2, 3, 4 or 8 bits.
        - ``"awq"``: the same of AutoAWQ's "gemm". 4 bits.
        - ``"matmul_nbits"``: ``B``, ``scales``, ``zero_points`` of ONNX Runtime's MatMulNBits. 2,
          4 or 8 bits in groups of 16, 32, 64, 128 or 256.

    Returns
    -------
    CheckpointWeights
        The named tuple ``(weights, scales, zeros)``, in the format's shapes.

    Raises
    ------
    QuantcalValueError
        If the format has no such matrix.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> q = quantcal.quantize(np.arange(-7.0, 8.0).reshape(1, 15), group_size=15)
    >>> stored = quantcal.quantize_checkpoint_write(q, "compressed_tensors")
    >>> [hex(word) for word in stored.weights.view(np.uint32)[0]]
    ['0x87654321', '0xfedcba9']
    """
    if len(q.shape) != 2:
        raise refuse(Status.QC_ERR_SIZE, f"q has {len(q.shape)} dimensions; expected 2")
    rows, columns = q.shape
    options = integer_options(q.bits, q.group_size, q.symmetric, q.granularity)
    number = constant("format", format, CheckpointFormat)
    sizes = _sizes(rows, columns, options, number)
    group_count = q.scales.size
    weights = lent(sizes.weight_bytes, np.uint8)
    scales = lent(group_count, np.float32)
    zeros = lent(sizes.zero_bytes, np.uint8)
    check(
        _write(
            q.packed,
            q.scales,
            q.zeros,
            rows,
            columns,
            byref(options),
            number,
            weights,
            scales,
            zeros,
        )
    )
    shapes = _shapes(format, rows, group_count // max(rows, 1), sizes)
    word = np.uint8 if format == "matmul_nbits" else np.int32
    has_zeros = sizes.zero_bytes > 0 or not q.symmetric
    return CheckpointWeights(
        weights.view(word).reshape(shapes[0]),
        scales.reshape(shapes[1]),
        zeros.view(word).reshape(shapes[2]) if has_zeros else None,
    )


def _bytes(name: str, array: Array, size: int) -> NDArray[np.uint8]:
    given = integer_array(name, array)
    if given.dtype not in (np.dtype(np.uint8), np.dtype(np.int32), np.dtype(np.uint32)):
        raise TypeError(f"{name} has dtype {given.dtype}; expected int32 or uint8")
    return sized(name, contiguous(given, given.dtype).reshape(-1).view(np.uint8), (size,))


def quantize_checkpoint_read(
    weights: Array,
    scales: Array,
    zeros: Array | None,
    shape: tuple[int, int],
    format: CheckpointFormat,
    *,
    bits: int = 4,
    group_size: int = 128,
    symmetric: bool = True,
    granularity: Granularity = "group",
) -> QuantizedMatrix:
    """The quantized matrix that a checkpoint or an operator of another runtime holds.

    Parameters
    ----------
    weights, scales, zeros : array_like
        As `quantize_checkpoint_write` gives them; scales of any real type, `zeros` None where
        there are none.
    shape : tuple of int
        Outputs and inputs.
    format : {"compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits"}
        As for `quantize_checkpoint_write`.
    bits, group_size, symmetric, granularity
        As for `quantize`.

    Raises
    ------
    QuantcalValueError
        If the sizes do not fit, or a zero point is none that such a matrix can have; of a
        symmetric matrix it must be the middle one.

    Examples
    --------
    >>> import numpy as np, quantcal
    >>> words = np.array([[0x76543210, -0x01234568]], dtype=np.int32)
    >>> q = quantcal.quantize_checkpoint_read(
    ...     words, [[1.0]], None, (1, 16), "compressed_tensors", group_size=16
    ... )
    >>> q.codes[0].tolist()
    [-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]
    """
    rows, columns = (as_size("shape", side) for side in shape)
    options = integer_options(bits, group_size, symmetric, granularity)
    number = constant("format", format, CheckpointFormat)
    sizes = _sizes(rows, columns, options, number)
    code_bytes, group_count = layout_of(rows, columns, options)
    packed = lent(code_bytes, np.uint8)
    own_scales = lent(group_count, np.float32)
    own_zeros = None if symmetric else lent(group_count, np.uint8)
    stored_zeros = np.empty(0, np.uint8) if zeros is None else zeros
    check(
        _read(
            _bytes("weights", weights, sizes.weight_bytes),
            sized("scales", real_array("scales", scales, F32).reshape(-1), (group_count,)),
            _bytes("zeros", stored_zeros, sizes.zero_bytes),
            rows,
            columns,
            byref(options),
            number,
            packed,
            own_scales,
            own_zeros,
        )
    )
    return QuantizedMatrix(
        packed, own_scales, own_zeros, (rows, columns), bits, group_size, granularity
    )
