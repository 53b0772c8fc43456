"""Room for results whose number only the library knows.

A solution has anything between one block and as many as there are points, mostly few. So
the library is lent room for the most, of which it touches what it uses. Where that is much,
the room itself becomes the result. Where it is little, as mostly, the result is a copy and
the room is lent again: its touched pages need not be cleared anew by the system, which for
a million points took longer than the blocks themselves.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Less room than this (bytes) is allocated anew each time.
_SMALLEST = 1 << 20
#: A large page (bytes): what a use of a few bytes makes resident.
_PAGE = 1 << 21
#: Rooms that wait at most. Taking and leaving one are atomic.
_ROOMS = 4
_waiting: list[mmap.mmap] = []


def _new_room(size: int) -> mmap.mmap:
    # Of whole large pages, for the system to align it.
    room = mmap.mmap(-1, -(-size // _PAGE) * _PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):
        room.madvise(mmap.MADV_HUGEPAGE)
    return room


def _room(size: int) -> mmap.mmap:
    with suppress(IndexError):
        room = _waiting.pop()
        # Much larger ones could not be used up by this call, but would be given away by it.
        if size <= len(room) <= 2 * size + _PAGE:
            return room
    return _new_room(size)


def lent(length: int, dtype: Any) -> NDArray[Any]:
    """Uninitialised room for `length` results at most. It is the caller's alone."""
    size = length * np.dtype(dtype).itemsize
    if size < _SMALLEST:
        return np.empty(length, dtype)
    return np.frombuffer(_room(size), dtype, length)


def kept(room: NDArray[Any], length: int) -> NDArray[Any]:
    """The first `length` results of what was lent. The room must not be used any more."""
    result = room[:length]
    if result.nbytes > min(_PAGE, room.nbytes // 4):
        return result
    result = result.copy()
    memory = getattr(room.base, "obj", None)  # A memoryview stands between the two.
    if isinstance(memory, mmap.mmap) and len(_waiting) < _ROOMS:
        _waiting.append(memory)
    return result
