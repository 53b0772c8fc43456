"""Progress callbacks, and Ctrl-C during long work.

While a function of the library runs, Python handles no signals, except when the
library reports its progress. So long work gets a callback in any case. It must catch
whatever a signal handler or the user's callback raises, since ctypes can only print it,
and stop the work. A function cannot do that: the interpreter may handle a signal when
the function is entered, before its first `try`. A generator can, because it is resumed
inside its `try`. The C callback is therefore a generator's own `send`, and its context
the generator.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import GeneratorType
from typing import Any

ProgressCallback = Callable[[float], Any]

_Report = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.py_object, ctypes.c_double)
_send = _Report(GeneratorType.send)

# Work on fewer elements than this ends sooner than anyone can press a key.
_LONG_WORK = 1 << 20


class Progress(ctypes.Structure):
    """qc_progress."""

    _fields_ = [("report", _Report), ("context", ctypes.py_object)]


def _reports(
    callback: ProgressCallback | None, caught: list[BaseException]
) -> Generator[int, float, None]:
    """Take the fractions done; give 0 to go on, 1 to stop."""
    stop = 0
    while True:
        try:
            while True:
                fraction = yield stop
                if callback is not None and not stop and callback(fraction):
                    stop = 1
        except GeneratorExit:
            return
        except BaseException as error:
            caught.append(error)
            stop = 1


@contextmanager
def reporting(callback: ProgressCallback | None, elements: int) -> Iterator[Progress]:
    """The qc_progress for one call of the library on so many elements.

    At the end of the block, what was raised meanwhile is raised again. The block must
    not check the call's status: an exception of the callback comes before "cancelled".
    """
    if callback is not None and not callable(callback):
        raise TypeError(f"progress is {callback!r}; expected a function of one number, or None")
    in_main_thread = threading.current_thread() is threading.main_thread()
    if callback is None and not (in_main_thread and elements >= _LONG_WORK):
        yield Progress()  # no callback
        return
    caught: list[BaseException] = []
    reports = _reports(callback, caught)
    next(reports)
    yield Progress(_send, reports)
    reports.close()
    if caught:
        raise caught[0]
