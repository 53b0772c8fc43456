"""Conformal thresholds: scores in orders and with ties that are hard for a selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator, peak_megabytes
from harness.row import WrongAnswer

ALPHA = 0.1


@dataclass(frozen=True)
class Scores:
    """Calibration scores, and the rank of the one to find."""

    values: NDArray[Any]
    rank: int

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]


def _with_infinities(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """One in ten infinite, half of them negative: the threshold itself is finite."""
    values, kind = rng.standard_normal(n), rng.random(n)
    values[kind < 0.05] = -np.inf
    values[kind > 0.95] = np.inf
    return values


SHAPES: dict[str, Callable[[np.random.Generator, int], NDArray[Any]]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "sorted": lambda rng, n: np.sort(rng.standard_normal(n)),
    "reversed": lambda rng, n: np.sort(rng.standard_normal(n))[::-1],
    "heavy ties": lambda rng, n: rng.integers(0, 5, n),
    "all equal": lambda _, n: np.ones(n),
    "with infinities": _with_infinities,
}


def scores(n: int, shape: str, dtype: str) -> Scores:
    values = np.ascontiguousarray(SHAPES[shape](generator(), n), dtype)
    return Scores(values, quantcal.conformal_rank(n, ALPHA))


def threshold(data: Scores) -> float:
    return quantcal.conformal_threshold(data.values, ALPHA)


def is_small(data: Scores, _ours: float) -> None:
    """No second copy of the scores is made."""
    peak, size = peak_megabytes(lambda: threshold(data)), data.values.nbytes / 1e6
    if peak >= max(size / 4, 10):
        raise WrongAnswer(f"it took {peak:.0f} MB more for {size:.0f} MB of scores")


def numpy_partition(data: Scores) -> float:
    """With the copy that it makes of the scores, which must not be changed."""
    return float(np.partition(data.values, data.rank - 1)[data.rank - 1])


def numpy_copy(data: Scores) -> NDArray[Any]:
    """The part of that which is the copy."""
    return data.values.copy()


def numpy_sum(data: Scores) -> float:
    """The limit: every score is looked at once."""
    with np.errstate(invalid="ignore"):  # infinity - infinity
        return float(data.values.sum())
