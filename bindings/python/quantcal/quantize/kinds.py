"""The kinds of numbers that quantization reads and writes: single and half precision, bfloat16."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import BFLOAT16, F32, Array, as_array, contiguous, expect_shape, real_array
from quantcal._lent import lent

F16 = np.dtype(np.float16)
BITS = np.dtype(np.uint16)

# The forms of the functions: the type of the numbers, the suffix of the name, and the
# type of a C array of them.
KINDS = ((F32, "f32", F32), (F16, "f16", BITS), (BFLOAT16, "bf16", BITS))


def _kind(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Which of the library's kinds of numbers an array of this type holds."""
    if dtype in (F32, F16):
        return dtype
    if dtype == BITS or dtype.name == "bfloat16":
        return BFLOAT16
    raise TypeError(f"dtype is {dtype}; expected float32, float16 or bfloat16")


def output_array(
    shape: tuple[int, ...], dtype: DTypeLike | None, out: NDArray[Any] | None
) -> tuple[np.dtype[Any], NDArray[Any]]:
    """The kind of numbers to decode to, and the array for them."""
    if isinstance(dtype, str) and dtype == "bfloat16":
        dtype = BITS
    if out is None:
        result: NDArray[Any] = lent(shape, F32 if dtype is None else dtype)
        return _kind(result.dtype), result
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out is a {type(out).__name__}; expected a NumPy array")
    if dtype is not None and out.dtype != np.dtype(dtype):
        raise TypeError(f"out has dtype {out.dtype}; expected {np.dtype(dtype)}")
    kind = _kind(out.dtype)
    expect_shape("out", out, shape)
    if not out.flags.carray:
        raise ValueError("out must be C-contiguous, aligned and writeable")
    return kind, out


def input_array(w: Array, name: str = "w") -> tuple[np.dtype[Any], NDArray[Any]]:
    """The kind of numbers that were given, and a C array of them."""
    array = as_array(name, w)
    if array.dtype == BFLOAT16:
        return BFLOAT16, contiguous(array.view(BITS), BITS)
    if array.dtype.kind == "f" and array.dtype.itemsize == 2:
        return F16, contiguous(array, F16).view(BITS)
    return F32, real_array(name, array, F32)
