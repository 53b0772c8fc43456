"""From what callers have to what the library reads, without copying where that can be."""

from __future__ import annotations

import ctypes
import operator
import sys
from collections.abc import Callable
from ctypes import byref, c_size_t
from typing import Any, Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf, bind


class SupportsDLPack(Protocol):
    """An array of another library that can lend its memory."""

    def __dlpack__(self, *, stream: Any = ...) -> Any: ...

    def __dlpack_device__(self) -> tuple[Any, Any]: ...


#: Whatever the functions take for an array.
Array = ArrayLike | SupportsDLPack

F32 = np.dtype(np.float32)
F64 = np.dtype(np.float64)

#: The element types of functions that have a _f32 and a _f64 form: NumPy's, the suffix
#: of the name, and the type of a single number.
REAL_TYPES = ((F32, "f32", ctypes.c_float), (F64, "f64", ctypes.c_double))

#: In the parameter types of such a function: an array of its element type, and one number.
REALS, REAL = object(), object()


def bind_real(name: str, *argtypes: Any) -> dict[np.dtype[Any], Callable[..., Any]]:
    """Both forms of the function `name` of the library, by their element types."""
    forms = {}
    for dtype, suffix, number in REAL_TYPES:
        own = {REALS: ArrayOf(dtype), REAL: number}
        forms[dtype] = bind(f"{name}_{suffix}", *(own.get(one, one) for one in argtypes))
    return forms


#: NumPy has no bfloat16. Here its bits carry this type, wherever they come from, so that
#: nothing can mistake them for integers.
BFLOAT16 = np.dtype([("bfloat16", np.uint16)])


def _torch_view(tensor: Any) -> NDArray[Any]:
    """A PyTorch tensor's memory; a gradient plays no part here."""
    tensor = tensor.detach()
    if str(tensor.dtype) == "torch.bfloat16":
        bits: NDArray[Any] = np.asarray(tensor.view(sys.modules["torch"].int16))
        return bits.view(BFLOAT16)
    return np.asarray(tensor)


def as_array(name: str, value: Any) -> NDArray[Any]:
    """The array behind `value`: its own memory if it can lend it, else a copy."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _torch_view(value)
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(f"{name} has masked elements; fill or drop them first")
    has_dlpack = hasattr(value, "__dlpack__") and not hasattr(value, "__array__")
    array: NDArray[Any] = np.from_dlpack(value) if has_dlpack else np.asarray(value)
    return array.view(BFLOAT16) if array.dtype.name == "bfloat16" else array


def _refuse_type(name: str, array: NDArray[Any], expected: str) -> TypeError:
    return TypeError(f"{name} has dtype {array.dtype}; expected {expected}")


def contiguous(array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The array itself if the library can read it as it lies, else a copy that it can."""
    # A value too large for the type becomes infinite, which the library refuses by index.
    with np.errstate(over="ignore"):
        return np.require(array, dtype, ["C_CONTIGUOUS", "ALIGNED"])


def widened(bits: NDArray[Any]) -> NDArray[np.float32]:
    """The values of bfloat16 bits: the upper halves of single-precision numbers."""
    return (bits.view(np.uint16).astype(np.uint32) << np.uint32(16)).view(np.float32)


def real_array(name: str, value: Array, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """Real numbers, contiguous, of type `dtype`; if none is given, single precision stays
    single and all else (other floats, integers, booleans) becomes double."""
    array = as_array(name, value)
    if array.dtype == BFLOAT16:
        return contiguous(widened(array), dtype or F64)
    if array.dtype.kind not in "fiub":
        raise _refuse_type(name, array, "real numbers")
    single = array.dtype.kind == "f" and array.dtype.itemsize == 4
    return contiguous(array, dtype or (F32 if single else F64))


def real_vector(name: str, value: Array, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """A `real_array` of one dimension."""
    array = real_array(name, value, dtype)
    expect_rank(name, array, 1)
    return array


def real_points(name: str, value: Array, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """A `real_array` of points as rows; a vector is points of one dimension."""
    array = real_array(name, value, dtype)
    expect_rank(name, array, 1, 2)
    return array.reshape(-1, 1) if array.ndim == 1 else array


def integer_array(name: str, value: Array) -> NDArray[Any]:
    """Integers of any type, as they lie. An empty list has no type: it passes."""
    array = as_array(name, value)
    if array.dtype.kind not in "iub" and array.size:
        raise _refuse_type(name, array, "integers")
    return array


def label_array(name: str, value: Array, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Class indices, as 64-bit integers."""
    array = integer_array(name, value)
    if array.dtype == np.uint64:  # too large a label must not come out as a negative one
        array = np.minimum(array, np.uint64(np.iinfo(np.int64).max))
    expect_shape(name, array, shape)
    return contiguous(array, np.dtype(np.int64))


def size_array(name: str, value: Array, *ranks: int) -> NDArray[np.uintp]:
    """Whole numbers, none negative, in an array of one of these numbers of dimensions."""
    array = integer_array(name, value)
    expect_rank(name, array, *ranks)
    if np.any(array < 0):
        index = int(np.argmax(array < 0))
        raise refuse(
            Status.QC_ERR_DOMAIN, f"{name}[{index}] is {array.flat[index]}; {name} must be >= 0"
        )
    return contiguous(array, np.dtype(np.uintp))


def event_array(name: str, value: Array, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Whether things happened: booleans, or 0 and 1."""
    array = integer_array(name, value)
    expect_shape(name, array, shape)
    # What is neither must not become one of them in a byte.
    known = array if array.dtype == bool else np.where((array == 0) | (array == 1), array, 2)
    return contiguous(known, np.dtype(np.uint8))


def weight_array(
    name: str, value: Array | None, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any] | None:
    """Weights of the given type and shape, or None for ones."""
    if value is None:
        return None
    array = real_array(name, value, dtype)
    expect_shape(name, array, shape)
    return array


def expect_rank(name: str, array: NDArray[Any], *ranks: int) -> None:
    """Refuse an array with another number of dimensions."""
    if array.ndim not in ranks:
        wanted = " or ".join(f"{rank}-D" for rank in ranks)
        raise refuse(
            Status.QC_ERR_SIZE, f"{name} has shape {array.shape}; expected a {wanted} array"
        )


def expect_shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Refuse an array of another shape."""
    if array.shape != shape:
        raise refuse(Status.QC_ERR_SIZE, f"{name} has shape {array.shape}; expected {shape}")


def real_pair(first: str, x: Array, second: str, y: Array) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two vectors of one length and one type: single precision if both are."""
    a, b = real_array(first, x), real_array(second, y)
    expect_rank(first, a, 1)
    expect_shape(second, b, a.shape)
    real = np.result_type(a, b)
    return contiguous(a, real), contiguous(b, real)


def as_rows(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The same memory as a matrix: the last axis is a row, the leading axes count rows."""
    if array.ndim == 0:
        raise refuse(Status.QC_ERR_SIZE, f"{name} has shape (); expected at least 1-D")
    rows = int(np.prod(array.shape[:-1], dtype=np.intp))
    return array.reshape(rows, array.shape[-1])


_INT32 = np.iinfo(np.int32)


def as_int32(name: str, value: int) -> int:
    """A whole number that fits int32_t; its range proper is for the library to check."""
    number = operator.index(value)
    if not _INT32.min <= number <= _INT32.max:
        raise refuse(Status.QC_ERR_OPTIONS, f"{name} is {number}; it must fit 32 bits")
    return number


def as_size(name: str, value: int) -> int:
    """A whole number that fits size_t."""
    number = operator.index(value)
    if not 0 <= number <= sys.maxsize * 2 + 1:
        raise refuse(Status.QC_ERR_SIZE, f"{name} is {number}; it must be a size")
    return number


def as_float(name: str, value: float) -> float:
    """One real number. NaN and infinities are for the library to judge."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError(f"{name} is {value!r}; expected a number")
    return float(value)


def as_level(alpha: float) -> float:
    """A level as the caller typed it: a float32 0.1 means 0.1, not 0.10000000149."""
    if isinstance(alpha, (np.float16, np.float32)):
        return float(str(alpha))
    return as_float("alpha", alpha)


def constant(name: str, value: str, names: Any) -> int:
    """The number of an enumeration's constant: the position of its name in a `Literal`."""
    known = get_args(names)
    if value not in known:
        expected = ", ".join(repr(one) for one in known)
        raise refuse(Status.QC_ERR_OPTIONS, f"{name} is {value!r}; expected one of {expected}")
    return known.index(value)


def counted(call: Callable[..., int], *dtypes: np.dtype[Any]) -> list[NDArray[Any]]:
    """The arrays that a call of the library fills, each of as many elements as it counts. The
    call takes them, their length, and where to put the count, which comes without them, too."""
    count = c_size_t()
    check(call(*[None] * len(dtypes), 0, byref(count)))
    arrays = [np.empty(count.value, dtype) for dtype in dtypes]
    check(call(*arrays, count.value, byref(count)))
    return arrays
