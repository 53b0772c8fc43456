"""Observers of ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

BINS = 2048


@dataclass(frozen=True)
class Batch:
    """A matrix of tokens, whose columns may be channels."""

    values: NDArray[np.float32]
    channels: int

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]


def batch(rows: int, channels: int) -> Batch:
    """Of normal numbers, of which with channels each has a scale of its own."""
    values = generator().standard_normal((rows, 4096), np.float32)
    if channels > 1:
        values *= np.linspace(0.5, 2, 4096, dtype=np.float32)
    return Batch(values, channels)


def observe(data: Batch) -> quantcal.QuantizeObserver:
    observer = quantcal.QuantizeObserver(data.channels, bins=BINS)
    observer.update(data.values)
    return observer


def numpy_histogram(data: Batch) -> tuple[NDArray[Any], ...]:
    """The ends and a histogram; of channels the ends only, as there is no such histogram."""
    if data.channels > 1:
        return data.values.min(axis=0), data.values.max(axis=0)
    ends = (data.values.min(), data.values.max())
    return (*ends, np.histogram(data.values, BINS, range=ends)[0])


def torch_histogram(data: Batch) -> Any:
    """What is in a HistogramObserver after its first batch: the same."""
    import torch

    values = torch.from_numpy(data.values)
    low, high = torch.aminmax(values)
    return torch.histc(values, BINS, min=low.item(), max=high.item())


def is_observed(data: Batch, observer: quantcal.QuantizeObserver) -> None:
    """The ends are the values', and median and deviation those of values within a bin."""
    for channel in {0, data.channels - 1}:
        values = data.values.ravel() if data.channels == 1 else data.values[:, channel]
        seen = quantcal_summary(observer, channel)
        if (seen["minimum"], seen["maximum"]) != (values.min(), values.max()):
            raise WrongAnswer(f"the ends of channel {channel} are {seen['minimum']}, {seen['maximum']}")
        width = seen["bin_width"]
        if not abs(seen["mean"] - values.astype(np.float64).mean()) <= width / 2:
            raise WrongAnswer(f"the mean of channel {channel} is {seen['mean']}")


def quantcal_summary(observer: quantcal.QuantizeObserver, channel: int) -> dict[str, float]:
    summary = observer.summary()
    return {
        name: float(np.ravel(getattr(summary, name))[channel])
        for name in ("minimum", "maximum", "mean", "bin_width")
    }


def same_ends(data: Batch, ours: quantcal.QuantizeObserver, theirs: tuple[NDArray[Any], ...]) -> str:
    summary = ours.summary()
    if not (np.all(summary.minimum == theirs[0]) and np.all(summary.maximum == theirs[1])):
        raise WrongAnswer("its ends are not ours")
    return "" if data.channels == 1 else "it finds the ends only"
