"""Memory for results.

Large results live in memory that is lent to them: when the last array on it is gone, it waits
for the next one. The system clears every page that it hands out, which for ten million numbers
takes longer than to fit them; memory that waits need not be cleared. What waits is marked as
free for the system, which takes it back whenever memory runs short (`MADV_FREE`).

A result of unknown size is lent room for the most, of which the library touches what it uses:
a solution has anything between one block and as many as there are points, mostly few.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from ctypes import addressof, c_char
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Less than this (bytes) is allocated anew each time.
_SMALLEST = 1 << 20
#: A large page (bytes): what a use of a few bytes makes resident.
_PAGE = 1 << 21
#: Rooms that wait at most, and how large each of them may be (bytes).
_ROOMS = 4
_LARGEST = 1 << 30
#: The one that was given back last stands last. Each use of this list is one atomic step, as
#: rooms come back at any time: arrays are collected between any two lines.
_waiting: list[mmap.mmap] = []


def _new_room(size: int) -> mmap.mmap:
    # Of whole large pages, for the system to align it.
    room = mmap.mmap(-1, -(-size // _PAGE) * _PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):
        room.madvise(mmap.MADV_HUGEPAGE)
    return room


def _room(size: int) -> mmap.mmap:
    for room in reversed(list(_waiting)):
        # Small results would hold on to much larger rooms.
        if size <= len(room) <= 2 * size + _PAGE:
            with suppress(ValueError):
                _waiting.remove(room)
                return room
    return _new_room(size)


class _Loan:
    """What an array's memory belongs to. Views of the array hold it too."""

    def __init__(self, size: int) -> None:
        self._room = _room(size)
        address = addressof(c_char.from_buffer(self._room))
        self.__array_interface__ = {
            "version": 3,
            "shape": (size,),
            "typestr": "|u1",
            "data": (address, False),
        }

    def __del__(self) -> None:
        # Where there was none, where the system does not know how, and where Python is coming to
        # its end, nothing is kept.
        with suppress(Exception):
            if len(self._room) <= _LARGEST:
                self._room.madvise(mmap.MADV_FREE)
                _waiting.append(self._room)
                del _waiting[:-_ROOMS]


def lent(shape: int | tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """An array for results, uninitialised and in rows. It is the caller's alone."""
    sides = shape if isinstance(shape, tuple) else (shape,)
    size = prod(sides) * np.dtype(dtype).itemsize
    if size < _SMALLEST:
        return np.empty(shape, dtype)
    try:
        memory: NDArray[Any] = np.asarray(_Loan(size)).view(dtype)
    except (OSError, OverflowError):
        return np.empty(shape, dtype)  # which says how much could not be had
    return memory.reshape(shape)


def kept(room: NDArray[Any], length: int) -> NDArray[Any]:
    """The first `length` of the results in what was lent for the most there can be. Few of them do
    not hold on to all of the room."""
    result = room[:length]
    if result.nbytes > min(_PAGE, room.nbytes // 4):
        return result
    return result.copy()
