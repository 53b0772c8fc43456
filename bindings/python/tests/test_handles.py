"""Owners of the library's objects."""

from __future__ import annotations

import copy
import ctypes
import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from quantcal._handles import Handle, HandleKind


class Objects:
    """Stands for the library: numbers its objects, and notes which it destroyed."""

    def __init__(self) -> None:
        self.made = 0
        self.destroyed: list[int | None] = []
        self.kind = HandleKind("qc_thing", lambda pointer: self.destroyed.append(pointer.value))

    def create(self) -> Handle:
        return self.kind.create(self._make)

    def _make(self, place: Any) -> int:
        self.made += 1
        place._obj.value = self.made
        return 0


def test_an_object_goes_with_its_owner() -> None:
    objects = Objects()
    first, second = objects.create(), objects.create()
    assert (first.pointer.value, second.pointer.value) == (1, 2)
    del first
    gc.collect()
    assert objects.destroyed == [1]
    del second
    gc.collect()
    assert objects.destroyed == [1, 2]


def test_an_object_in_a_cycle_goes_once() -> None:
    objects = Objects()
    cycle: list[Any] = [objects.create()]
    cycle.append(cycle)
    del cycle
    gc.collect()
    gc.collect()
    assert objects.destroyed == [1]


def test_a_call_that_fails_owns_nothing() -> None:
    objects = Objects()
    with pytest.raises(ValueError):
        objects.kind.create(lambda place: -4)
    gc.collect()
    assert objects.destroyed == []


def test_only_handles_of_the_kind_are_passed() -> None:
    objects, others = Objects(), Objects()
    handle, other = objects.create(), others.create()
    assert objects.kind.from_param(handle) is handle.pointer
    for wrong in (other, None, 7, ctypes.c_void_p(7)):
        with pytest.raises(TypeError, match="not a qc_thing"):
            objects.kind.from_param(wrong)  # type: ignore[arg-type]


def test_addresses_are_not_copied() -> None:
    handle = Objects().create()
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(handle)


def test_other_threads_wait() -> None:
    handle = Objects().create()
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            with handle.exclusively():
                inside.append(1)
                time.sleep(1e-5)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}


def test_the_interpreter_exits_with_objects_alive() -> None:
    """Nothing is destroyed at exit, not even for owners that modules or cycles hold."""
    script = (
        "import sys, test_handles\n"
        "objects = test_handles.Objects()\n"
        "objects.kind.destroy = lambda pointer: print('destroyed', flush=True)\n"
        "kept = objects.create(); sys.kept = objects.create()\n"
        "cycle = [objects.create()]; cycle.append(cycle)\n"
    )
    path = os.pathsep.join(
        [os.path.dirname(__file__), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
