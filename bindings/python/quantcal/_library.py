"""Finds libquantcal, loads it, and binds its functions."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def _path() -> Path:
    """The library: the one in this package, unless QUANTCAL_LIBRARY names another."""
    override = os.environ.get("QUANTCAL_LIBRARY")
    return Path(override) if override else Path(__file__).with_name("libquantcal.so")


def _load(path: Path) -> ctypes.CDLL:
    """Load it. A CDLL (unlike a PyDLL) gives up the GIL while a function runs."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(f"quantcal cannot load its library: {error}") from error


library = _load(_path())


class ArrayOf:
    """The ctypes parameter type of an array of one element type; None is NULL.

    It checks what the wrappers promise, since a pointer carries no type: a wrong
    array here would be a crash, or worse, a wrong number.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)

    def from_param(self, value: NDArray[Any] | None) -> ctypes.c_void_p | None:
        if value is None:
            return None
        if value.dtype != self.dtype or not (value.flags.c_contiguous and value.flags.aligned):
            raise TypeError(f"not a contiguous, aligned array of {self.dtype}: {value!r}")
        return ctypes.c_void_p(value.ctypes.data)


def bind(name: str, *argtypes: Any, restype: Any = ctypes.c_int32) -> Callable[..., Any]:
    """The function `name` of the library, with the types of its parameters."""
    try:
        function = getattr(library, name)
    except AttributeError:
        raise ImportError(
            f"{library._name} has no function {name}: it is not of this package's version"
        ) from None
    function.argtypes = argtypes
    function.restype = restype
    return function  # type: ignore[no-any-return]
