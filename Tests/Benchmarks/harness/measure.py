"""Runs a row: first the answers, then the times.

A shared machine's speed changes from second to second, so nothing is compared over more
than a moment: each time of a rival has a time of ours just before it, and what counts is
the ratio of the two.
"""

from __future__ import annotations

import gc
import time
import zlib
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import quantcal

from harness.row import Call, Data, Rival, Row, WrongAnswer

#: Seconds of rest before each call: the threads of a peer's pool spin for a while when their
#: work is done, and shall not take a core from the next one.
PAUSE = 0.02


@dataclass
class Comparison:
    """The times of a rival and of ours, in seconds, and what its answer was like."""

    rival: Rival
    note: str
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Its time divided by ours, pair by pair."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def missed(self) -> bool:
        return self.rival.at_least is not None and median(self.ratios) < self.rival.at_least


@dataclass
class Outcome:
    """A row that was run; `failure` says what was wrong with an answer, or is empty."""

    row: Row
    shape: tuple[int, ...] = ()
    comparisons: list[Comparison] = field(default_factory=list)
    failure: str = ""


def run(row: Row, size: int, runs: int, repeat: int = 1) -> Outcome:
    """Make the data, look at the answers, and time."""
    outcome = Outcome(row)
    try:
        data = row.data(size)
        outcome.shape = data.inputs[0].shape
        before = _checksums(data)
        quantcal.set_thread_count(row.threads)
        comparisons = _compare_answers(row, data)
        _time(row, data, comparisons, runs, repeat)
        if _checksums(data) != before:
            raise WrongAnswer("an input was changed")
        outcome.comparisons = comparisons
    except WrongAnswer as wrong:
        outcome.failure = str(wrong)
    except Exception as error:  # one row that breaks does not take the others along
        outcome.failure = f"{type(error).__name__}: {error}"
    return outcome


def _checksums(data: Data) -> list[int]:
    return [zlib.crc32(array.data) for array in data.inputs]


def _compare_answers(row: Row, data: Data) -> list[Comparison]:
    """Everybody's answer, which is the warm-up too."""
    ours = row.ours(data)
    if row.right is not None:
        row.right(data, ours)
    rivals = [rival for rival in row.against if rival.installed]
    return [Comparison(rival, _note(rival, data, ours)) for rival in rivals]


def _note(rival: Rival, data: Data, ours: Any) -> str:
    try:
        return rival.agrees(data, ours, rival.call(data))
    except WrongAnswer as wrong:
        raise WrongAnswer(f"against {rival.name}: {wrong}") from wrong


def _time(
    row: Row, data: Data, comparisons: list[Comparison], runs: int, repeat: int
) -> None:
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            for comparison in comparisons:
                comparison.ours.append(_seconds(row.ours, data, repeat))
                comparison.theirs.append(_seconds(comparison.rival.call, data, repeat))
    finally:
        gc.enable()


def _seconds(call: Call, data: Data, repeat: int) -> float:
    """The shortest of some calls in a row, each without the release of what it returns."""
    time.sleep(PAUSE)
    shortest = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        answer = call(data)
        shortest = min(shortest, time.perf_counter() - start)
        del answer
    return shortest
