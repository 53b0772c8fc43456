"""Objects of the library that can be kept as bytes."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import POINTER, c_size_t
from functools import partial
from typing import ClassVar, TypeVar

import numpy as np

from quantcal._arrays import counted
from quantcal._handles import NEW_HANDLE, Handle, HandleKind
from quantcal._library import ArrayOf, bind

_Object = TypeVar("_Object", bound="Stored")


class StoredKind:
    """How one kind of object is written and read, by two functions of the library."""

    def __init__(self, kind: HandleKind, serialize: str, deserialize: str) -> None:
        self._kind = kind
        self._serialize: Callable[..., int] = bind(
            serialize, kind, ArrayOf(np.uint8), c_size_t, POINTER(c_size_t)
        )
        self._deserialize: Callable[..., int] = bind(
            deserialize, ArrayOf(np.uint8), c_size_t, NEW_HANDLE
        )

    def written(self, handle: Handle) -> bytes:
        (content,) = counted(partial(self._serialize, handle), np.dtype(np.uint8))
        return content.tobytes()

    def read(self, data: bytes | bytearray | memoryview) -> Handle:
        content = np.frombuffer(data, np.uint8)
        return self._kind.create(lambda place: self._deserialize(content, content.size, place))


class Stored:
    """An owner of such an object; it can be pickled and copied."""

    _stored: ClassVar[StoredKind]
    _handle: Handle

    def to_bytes(self) -> bytes:
        """This object as bytes, the same on every machine."""
        with self._handle.exclusively() as handle:
            return self._stored.written(handle)

    @classmethod
    def from_bytes(cls: type[_Object], data: bytes | bytearray | memoryview) -> _Object:
        """The object that `to_bytes` wrote. The bytes may come from anyone.

        Raises
        ------
        QuantcalValueError
            If they are not such an object.
        """
        result = cls.__new__(cls)
        result._handle = cls._stored.read(data)
        return result

    def __reduce__(self) -> tuple[object, ...]:
        # Copying goes the same way.
        return type(self).from_bytes, (self.to_bytes(),)
