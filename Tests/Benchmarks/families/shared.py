"""What the families have in common."""

from __future__ import annotations

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
