"""Objects of the library that live between calls, and their owners."""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from quantcal._errors import check
from quantcal._library import bind


class Handle:
    """Owns one object of the library, which goes when its owner does.

    The object is destroyed once, in whichever thread drops the last reference. At the
    interpreter's exit objects stay: another thread may still be inside a call, and their
    memory goes with the process.
    """

    def __init__(self, kind: HandleKind, pointer: ctypes.c_void_p) -> None:
        self.kind = kind
        self.pointer = pointer
        self._lock = threading.Lock()
        weakref.finalize(self, kind.destroy, pointer).atexit = False

    @property
    def address(self) -> int:
        return self.pointer.value or 0

    @contextmanager
    def exclusively(self) -> Iterator[Handle]:
        """For calls that change the object, and any that could meet one: other threads wait."""
        with self._lock:
            yield self

    def __reduce__(self) -> NoReturn:
        # A copy of the address would be destroyed twice.
        raise TypeError("an object of the library can be neither copied nor pickled by its address")


class HandleKind:
    """One type of object. Also the ctypes parameter type of its handles, which accepts no
    other: a wrong pointer would be a crash."""

    def __init__(self, name: str, destroy: Callable[[ctypes.c_void_p], None]) -> None:
        self.name = name
        self.destroy = destroy

    def create(self, call: Callable[[Any], int]) -> Handle:
        """The owner of what `call` makes, when told where to put the handle."""
        pointer = ctypes.c_void_p()
        check(call(ctypes.byref(pointer)))
        return Handle(self, pointer)

    def from_param(self, value: Handle) -> ctypes.c_void_p:
        if not isinstance(value, Handle) or value.kind is not self:
            raise TypeError(f"not a {self.name}: {value!r}")
        return value.pointer


def handle_kind(destroy: str) -> HandleKind:
    """The objects that the library's function `destroy` ends, and is named for."""
    function = bind(destroy, ctypes.c_void_p, restype=None)
    return HandleKind(destroy.removesuffix("_destroy"), function)


#: The ctypes parameter type of the place where a call puts a new handle.
NEW_HANDLE = ctypes.POINTER(ctypes.c_void_p)
