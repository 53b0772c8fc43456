"""Conformal selection: p-values by counting, then the Benjamini-Hochberg procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

LEVEL = 0.1


@dataclass(frozen=True)
class Points:
    """Scores of as many calibration as test points, with weights or without."""

    calibration: NDArray[Any]
    test: NDArray[Any]
    weights: NDArray[Any] | None
    test_weights: NDArray[Any] | None

    @property
    def inputs(self) -> list[NDArray[Any]]:
        given = (self.calibration, self.test, self.weights, self.test_weights)
        return [one for one in given if one is not None]


def points(size: int, *, weighted: bool) -> Points:
    """One in three outcomes is large, which the prediction knows in part. Test points weigh the
    same, as deterministic pruning leaves none of them where their weights differ much."""
    rng = generator()
    half = size // 2
    x = rng.standard_normal(size)
    promising = x + 0.5 * rng.standard_normal(size) > 0.4
    calibration = np.where(promising[:half], np.inf, -x[:half])
    if not weighted:
        return Points(calibration, -x[half:], None, None)
    weights = rng.uniform(0.5, 2, half)
    return Points(calibration, -x[half:], weights, np.full(size - half, 1.25))


def select(data: Points, *, values: bool = False) -> quantcal.ConformalSelection:
    """Which points are selected, as all definitions here give; more only with `values`."""
    return quantcal.conformal_select(
        data.calibration,
        data.test,
        LEVEL,
        calibration_weights=data.weights,
        test_weights=data.test_weights,
        pruning="none" if data.weights is None else "deterministic",
        values=values,
    )


def _step_up(p: NDArray[np.float64]) -> int:
    m = p.size
    below = np.flatnonzero(np.sort(p) <= LEVEL * np.arange(1, m + 1) / m)
    return int(below[-1]) + 1 if below.size else 0


def _rejected(p: NDArray[np.float64]) -> NDArray[np.bool_]:
    return p <= LEVEL * _step_up(p) / p.size


def definition(data: Points) -> NDArray[np.bool_]:
    """Each p-value by a pass over the calibration points."""
    n = data.calibration.size
    counts = [np.count_nonzero(data.calibration <= s) for s in data.test]
    return _rejected((1 + np.array(counts)) / (n + 1))


def by_searching(data: Points) -> NDArray[np.bool_]:
    """ConfSelect's definition, (#{V_i < s} + U (1 + #{V_i = s})) / (n + 1) with U = 1, and its step-up
    procedure, with sorted arrays for loops: the counts by binary searches."""
    ordered = np.sort(data.calibration)
    below = np.searchsorted(ordered, data.test, side="left")
    ties = np.searchsorted(ordered, data.test, side="right") - below
    p = (below + 1.0 * (1 + ties)) / (data.calibration.size + 1)
    m = p.size
    order = np.argsort(p)
    reached = np.flatnonzero(p[order] <= LEVEL * np.linspace(1, m, m) / m)
    selected = np.zeros(m, dtype=bool)
    if reached.size:
        selected[order[: reached[-1] + 1]] = True
    return selected


def by_one_search(data: Points) -> NDArray[np.bool_]:
    """The same with U = 1 made use of: calibration points tied or before are counted at once."""
    counts = np.searchsorted(np.sort(data.calibration), data.test, side="right")
    return _rejected((1 + counts) / (data.calibration.size + 1))


def weighted_definition(data: Points) -> NDArray[np.bool_]:
    """A step-up procedure for each test point, then deterministic pruning."""
    assert data.weights is not None
    assert data.test_weights is not None
    m, whole = data.test.size, data.weights.sum()
    below = np.array([data.weights[data.calibration < s].sum() for s in data.test])
    beside = np.array([data.weights[data.calibration == s].sum() for s in data.test])
    counts = np.empty(m)
    for j, (s, w) in enumerate(zip(data.test, data.test_weights, strict=True)):
        p = (below + w * (s < data.test)) / (whole + w)
        p[j] = 0
        counts[j] = _step_up(p)
    own = (below + beside + data.test_weights) / (whole + data.test_weights)
    candidates = own <= LEVEL * counts / m
    reached = np.cumsum(np.bincount(counts[candidates].astype(int), minlength=m + 1))
    limit = np.flatnonzero(reached >= np.arange(m + 1))[-1]
    return np.asarray(candidates & (counts <= limit))


def same_points(_data: Points, ours: quantcal.ConformalSelection, theirs: NDArray[Any]) -> str:
    """The same points are selected, and some where there are enough for any."""
    if not np.array_equal(ours.selected, theirs):
        raise WrongAnswer(f"{np.sum(ours.selected != theirs)} points are not selected by both")
    if theirs.size >= 500 and not theirs.any():
        raise WrongAnswer("no point is selected")
    return ""
