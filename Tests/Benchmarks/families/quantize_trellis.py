"""Trellis-coded quantization: the best paths of sequences, against the same search in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

LENGTH = 256
STATE_BITS, STEP_BITS = 16, 2
BRANCHES, GROUPS = 1 << STEP_BITS, 1 << (STATE_BITS - STEP_BITS)
TRELLIS = quantcal.QuantizeTrellis(
    "3inst", STATE_BITS, STEP_BITS, tail_biting=False, length=LENGTH
)


@dataclass(frozen=True)
class Sequences:
    """Normal numbers, a sequence in a row, and the numbers of all states."""

    values: NDArray[np.float32]
    numbers: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]


def sequences(count: int) -> Sequences:
    values = generator().standard_normal((count, LENGTH), np.float32) * np.float32(1.2)
    return Sequences(values, quantcal.quantize_trellis_values(TRELLIS)[:, 0])


def error(data: Sequences) -> float:
    scales = np.ones(1, np.float32)
    return quantcal.quantize_trellis_encode(
        data.values, scales, TRELLIS, granularity="tensor"
    ).error


def numpy_error(data: Sequences) -> float:
    """The least sum at the end of each sequence, with the decisions that a path would be read from."""
    total = 0.0
    groups = np.arange(GROUPS)
    decisions = np.empty((LENGTH, GROUPS), np.uint8)
    for row in data.values:
        sums = np.zeros(1 << STATE_BITS, np.float32)
        for step, x in enumerate(row):
            before = sums.reshape(BRANCHES, GROUPS)
            np.argmin(before, axis=0, out=(choice := np.empty(GROUPS, np.intp)))
            decisions[step] = choice
            own = data.numbers - x
            own *= own
            own.reshape(GROUPS, BRANCHES)[...] += before[choice, groups][:, None]
            sums = own
        total += float(sums.min())
    return total


def is_below_a_grid(data: Sequences, ours: float) -> None:
    """Between the bound of two bits and what the best grid of two bits leaves."""
    square = float(np.mean(data.values.astype(float) ** 2))
    share = ours / data.values.size / square
    if not 0.0625 * 0.95 < share < 0.075:
        raise WrongAnswer(f"the error is {share} of the mean square")


def same_error(data: Sequences, ours: float, theirs: float) -> str:
    if abs(ours - theirs) > 1e-4 * theirs:
        raise WrongAnswer(f"the error is {ours}, not {theirs}")
    return ""
