"""What the families have in common."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import quantcal

from harness.row import Call, WrongAnswer


def generator() -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(20220501)


def on_one_thread(call: Call) -> Call:
    """Ours on one thread, for a row that uses more."""

    def one_thread(data: Any) -> Any:
        before = quantcal.thread_count()
        quantcal.set_thread_count(1)
        try:
            return call(data)
        finally:
            quantcal.set_thread_count(before)

    return one_thread


def same_value(_data: Any, ours: float, theirs: float) -> str:
    """Equal numbers: what a selection must give, and what threads must not change."""
    if ours != theirs:
        raise WrongAnswer(f"it gives {theirs!r}, we give {ours!r}")
    return ""


def peak_megabytes(call: Callable[[], object]) -> float:
    """By how much the memory of this process grows at most during a call."""
    process = Path("/proc/self")
    ctypes.CDLL(None).malloc_trim(0)  # what was released before does not hide growth
    (process / "clear_refs").write_text("5")  # the peak begins anew
    before = _resident_kilobytes(process, "VmRSS")
    answer = call()
    peak = _resident_kilobytes(process, "VmHWM")
    del answer
    return (peak - before) / 1000


def _resident_kilobytes(process: Path, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB$", (process / "status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
