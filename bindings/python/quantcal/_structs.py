"""Structs of the library: they begin with their size, and may grow at their end."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from ctypes import POINTER, byref, c_size_t, sizeof
from typing import Any, ClassVar, TypeVar

from quantcal._errors import check
from quantcal._library import bind


class Struct(ctypes.Structure):
    """A struct that knows its size. Subclasses add the other fields."""

    _fields_: ClassVar[Sequence[tuple[str, type]]] = (("struct_size", c_size_t),)

    def __init__(self) -> None:
        super().__init__(struct_size=sizeof(self))

    def content(self) -> dict[str, Any]:
        """The values of the fields that a subclass adds, but for those in reserve."""
        return {
            name: getattr(self, name)
            for name, _ in type(self)._fields_
            if not name.startswith("reserved")
        }


Options = TypeVar("Options", bound=Struct)


def options_of(init: str, struct: type[Options]) -> Callable[[], Options]:
    """What makes a new `struct` with the defaults, by the library's function `init`."""
    fill = bind(init, POINTER(struct), c_size_t)

    def make() -> Options:
        options = struct()
        check(fill(byref(options), sizeof(options)))
        return options

    return make
