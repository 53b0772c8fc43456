"""What a row of the benchmark is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from numpy.typing import NDArray


class Data(Protocol):
    """What a row works on, made once and shared by all that are timed."""

    @property
    def inputs(self) -> Sequence[NDArray[Any]]:
        """The arrays that nobody may change; the first one's shape is shown."""


class WrongAnswer(Exception):
    """Ours is not right, or not what the other one gives: nothing is timed."""


#: Does the work on the data and returns the answer, if it is not in a buffer of the data.
Call = Callable[[Any], Any]
#: Takes the data, our answer and the other's. Raises `WrongAnswer`, or says what there is to
#: say about the other's.
Agreement = Callable[[Any, Any, Any], str]


def nothing_to_compare(_data: Any, _ours: Any, _theirs: Any) -> str:
    """For a limit, which does other work."""
    return ""


@dataclass(frozen=True)
class Rival:
    """What we are timed against: a peer that does the same work, or a physical limit such as
    a memory copy.

    `at_least` is the least of its time divided by ours: 2.5 asks us to be 2.5 times faster,
    0.5 to take at most twice its time. None: for information. `needs` is the module that
    must be installed.
    """

    name: str
    call: Call
    at_least: float | None = None
    agrees: Agreement = nothing_to_compare
    needs: str = "numpy"

    @property
    def installed(self) -> bool:
        return find_spec(self.needs) is not None


@dataclass(frozen=True)
class Row:
    """One kind of work on one kind of data.

    `data` takes the number of rows or elements, `size`. `right` raises `WrongAnswer` unless
    our answer is right by itself, in another way than by a rival's. `threads` is how many
    we use, 0 for all.
    """

    name: str
    size: int
    data: Callable[[int], Data]
    ours: Call
    against: Sequence[Rival]
    right: Callable[[Any, Any], None] | None = None
    threads: int = 0
