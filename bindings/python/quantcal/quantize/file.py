"""Files of models: GGUF, safetensors and .npy."""

from __future__ import annotations

import os
from ctypes import (
    POINTER,
    byref,
    c_char,
    c_char_p,
    c_int32,
    c_size_t,
    create_string_buffer,
)
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quantcal._arrays import as_array, as_size
from quantcal._errors import Status, check, refuse
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct

FileFormat = Literal["gguf", "safetensors", "npy"]


class _Tensor(Struct):
    """qc_quantize_file_tensor."""

    _fields_ = (
        ("name_bytes", c_size_t),
        ("rank", c_size_t),
        ("rows", c_size_t),
        ("columns", c_size_t),
        ("bytes", c_size_t),
        ("type", c_char * 16),
        ("decodable", c_int32),
        ("reserved", c_int32),
    )


_FILE = handle_kind("qc_quantize_file_destroy")
_open = bind("qc_quantize_file_open", c_char_p, NEW_HANDLE)
_contents = bind("qc_quantize_file_contents", _FILE, POINTER(c_int32), POINTER(c_size_t))
_describe = bind(
    "qc_quantize_file_describe",
    _FILE,
    c_size_t,
    c_char_p,  # name
    c_size_t,
    ArrayOf(np.uintp),  # shape
    c_size_t,
    POINTER(_Tensor),
)
_find = bind("qc_quantize_file_find", _FILE, c_char_p, POINTER(c_size_t))
_write_npy = bind(
    "qc_quantize_file_write_npy",
    c_char_p,
    c_char_p,  # type
    ArrayOf(np.uintp),  # shape
    c_size_t,
    ArrayOf(np.uint8),  # values
    c_size_t,
    c_int32,
)
_decode = bind(
    "qc_quantize_file_decode_f32", _FILE, c_size_t, c_size_t, c_size_t, ArrayOf(np.float32)
)


class FileTensor(NamedTuple):
    """A tensor of a file."""

    name: str
    type: str
    """Its elements' type as the formats name it, such as ``"F32"`` or ``"Q4_K"``."""
    shape: tuple[int, ...]
    """The last index runs fastest."""
    bytes: int
    """In the file."""
    decodable: bool
    """Whether `QuantizeFile.decode` knows the type."""


def encoded(name: str, value: str | os.PathLike[str]) -> bytes:
    """A path or another text as the library takes it."""
    text = os.fspath(value)
    if "\0" in text:
        raise refuse(Status.QC_ERR_DOMAIN, f"{name} is {text!r}; it must have no NUL")
    return text.encode("utf-8", "surrogateescape")


class QuantizeFile:
    """A file of tensors that is open for reading.

    GGUF, safetensors and .npy are told apart by their content. The index of a model in several
    safetensors files (``model.safetensors.index.json``) opens them all. Headers are believed
    in nothing; tensors are read when they are asked for. Threads may share one.

    Parameters
    ----------
    path : str or path-like

    Attributes
    ----------
    format : str
        ``"gguf"``, ``"safetensors"`` or ``"npy"``.
    tensors : list of FileTensor
        What the tensors are, in the order of the file. That of an .npy file is called
        ``"array"``.

    Raises
    ------
    QuantcalOSError
        If the file cannot be opened or read.
    QuantcalValueError
        If it does not follow its format.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> import quantcal
    >>> with tempfile.NamedTemporaryFile(suffix=".npy") as place:
    ...     np.save(place.name, np.arange(6, dtype=np.float16).reshape(2, 3))
    ...     file = quantcal.QuantizeFile(place.name)
    >>> file.tensors
    [FileTensor(name='array', type='F16', shape=(2, 3), bytes=12, decodable=True)]
    >>> file.decode("array", 1)
    array([[3., 4., 5.]], dtype=float32)
    """

    __module__ = "quantcal"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = encoded("path", path)
        self._handle = _FILE.create(lambda place: _open(name, place))
        format, count = c_int32(), c_size_t()
        check(_contents(self._handle, byref(format), byref(count)))
        self.format: FileFormat = get_args(FileFormat)[format.value]
        self.tensors = [self._describe(index) for index in range(count.value)]

    def _describe(self, index: int) -> FileTensor:
        tensor = _Tensor()
        check(_describe(self._handle, index, None, 0, None, 0, byref(tensor)))
        name = create_string_buffer(tensor.name_bytes + 1)
        shape = np.empty(tensor.rank, np.uintp)
        check(_describe(self._handle, index, name, len(name), shape, shape.size, byref(tensor)))
        return FileTensor(
            name.value.decode(),
            tensor.type.decode(),
            tuple(shape.tolist()),
            tensor.bytes,
            bool(tensor.decodable),
        )

    def index(self, name: str) -> int:
        """The index of the tensor with a name, compared byte by byte.

        Parameters
        ----------
        name : str

        Returns
        -------
        int

        Raises
        ------
        QuantcalValueError
            If no tensor has that name.
        """
        if "\0" in name:
            raise refuse(Status.QC_ERR_DOMAIN, f"name is {name!r}; no tensor has that name")
        index = c_size_t()
        check(_find(self._handle, name.encode("utf-8", "surrogatepass"), byref(index)))
        return index.value

    def decode(
        self, tensor: str | int, first_row: int | None = None, row_count: int | None = None
    ) -> NDArray[np.float32]:
        """The numbers of a tensor in single precision.

        Parameters
        ----------
        tensor : str or int
            Its name or index.
        first_row, row_count : int, optional
            Rows to decode, a row being as long as the last dimension; by default all. From
            `first_row` on one, if `row_count` is not given.

        Returns
        -------
        ndarray of float32
            Of the tensor's shape, or of shape ``(row_count, columns)``. F64 and wide integers
            are rounded.

        Raises
        ------
        QuantcalValueError
            For an unknown tensor, rows that it does not have, a type that is not decodable, or
            a number beyond single precision.
        QuantcalOSError
            If the file cannot be read.
        """
        index = self.index(tensor) if isinstance(tensor, str) else as_size("tensor", tensor)
        found = _Tensor()
        check(_describe(self._handle, index, None, 0, None, 0, byref(found)))
        is_whole = first_row is None and row_count is None
        first = 0 if first_row is None else as_size("first_row", first_row)
        if row_count is not None:
            count = as_size("row_count", row_count)
        else:
            count = found.rows if is_whole else 1
        if first + count > found.rows:
            raise refuse(
                Status.QC_ERR_SIZE,
                f"first_row is {first} and row_count {count}; there are {found.rows} rows",
            )
        shape = self.tensors[index].shape if is_whole else (count, found.columns)
        values = lent(shape, np.float32)
        check(_decode(self._handle, index, first, count, values))
        return values


#: Types of NumPy, by kind and size, as files of models name them.
_ELEMENT_TYPES = {
    "b1": "BOOL",
    **{f"i{size}": f"I{8 * size}" for size in (1, 2, 4, 8)},
    **{f"u{size}": f"U{8 * size}" for size in (1, 2, 4, 8)},
    **{f"f{size}": f"F{8 * size}" for size in (2, 4, 8)},
}


def quantize_file_write_npy(
    path: str | os.PathLike[str], values: ArrayLike, *, overwrite: bool = False
) -> None:
    """Write an array into an .npy file, byte for byte as `numpy.save` does.

    Unlike it, this refuses to replace a file silently, writes under another name that becomes
    the file's at the end, and leaves nothing after an error.

    Parameters
    ----------
    path : str or path-like
    values : array_like
        Integers, booleans, or floats of 16, 32 or 64 bits. It is written row-major and
        little-endian, whatever it is in memory.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    QuantcalOSError
        If the file cannot be written, or is there already.
    TypeError
        For elements of another type, such as objects, texts, complex numbers or bfloat16.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> import quantcal
    >>> with tempfile.TemporaryDirectory() as place:
    ...     quantcal.quantize_file_write_npy(f"{place}/a.npy", np.arange(3, dtype=np.int16))
    ...     np.load(f"{place}/a.npy", allow_pickle=False)
    array([0, 1, 2], dtype=int16)
    """
    array = as_array("values", values)
    kind = _ELEMENT_TYPES.get(f"{array.dtype.kind}{array.dtype.itemsize}")
    if kind is None:
        raise TypeError(f"values has dtype {array.dtype}; .npy has integers, bool, and floats")
    ordered = np.require(array, array.dtype.newbyteorder("<"), ["C_CONTIGUOUS", "ALIGNED"])
    shape = np.array(array.shape, np.uintp)
    content = ordered.reshape(-1).view(np.uint8)
    place = encoded("path", path)
    check(
        _write_npy(place, kind.encode(), shape, shape.size, content, content.size, int(overwrite))
    )
