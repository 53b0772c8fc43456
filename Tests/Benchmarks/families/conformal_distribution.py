"""Conformal predictive distributions: as many calibration points as predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@dataclass(frozen=True)
class Points:
    """Residuals of calibration points; predictions and their outcomes."""

    residuals: NDArray[np.float64]
    mean: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.residuals, self.mean, self.y]

    def share(self, part: int) -> int:
        """How many predictions one of so many parts has."""
        return max(1, len(self.mean) // part)


def points(n: int) -> Points:
    rng = generator()
    mean = rng.standard_normal(n)
    return Points(rng.standard_normal(n), mean, mean + rng.standard_normal(n))


def quantiles(data: Points) -> tuple[NDArray[Any], NDArray[Any]]:
    return quantcal.conformal_distribution_quantile(data.residuals, data.mean, LEVELS)


def crps(data: Points) -> NDArray[Any]:
    return quantcal.conformal_distribution_crps(data.residuals, data.mean, data.y)


def _crepes(data: Points) -> Any:
    from crepes import ConformalPredictiveSystem

    system = ConformalPredictiveSystem()
    system.fit(data.residuals)
    return system


def crepes_quantiles(part: int) -> Callable[[Points], NDArray[Any]]:
    """Of one part of the predictions: it makes a whole distribution of each, one after the other."""

    def call(data: Points) -> NDArray[Any]:
        percentiles = list(100 * LEVELS)
        return np.asarray(
            _crepes(data).predict_percentiles(
                data.mean[: data.share(part)],
                lower_percentiles=percentiles,
                higher_percentiles=percentiles,
            )
        )

    return call


def crepes_crps(part: int) -> Callable[[Points], float]:
    """Of one part of the predictions: of all it would keep n^2 numbers, 80 GB for 10^5 points."""

    def call(data: Points) -> float:
        count = data.share(part)
        found = _crepes(data).evaluate(data.mean[:count], data.y[:count], metrics=["CRPS"])
        return float(found["CRPS"])

    return call


def same_quantiles(
    _data: Points, ours: tuple[NDArray[Any], NDArray[Any]], theirs: NDArray[Any]
) -> str:
    own = np.concatenate(ours, axis=1)[: len(theirs)]
    # Where too few residuals are left, it warns and gives infinities as well.
    if not np.array_equal(own, theirs):
        raise WrongAnswer("the quantiles differ")
    return f"on {len(theirs)} of {len(ours[0])} predictions"


def same_crps(part: int) -> Callable[[Points, NDArray[Any], float], str]:
    def compare(data: Points, ours: NDArray[Any], theirs: float) -> str:
        count = data.share(part)
        own = float(ours[:count].mean())
        if not abs(own - theirs) <= 1e-9 * own:
            raise WrongAnswer(f"the mean score is {own}, not {theirs}")
        return f"on {count} of {len(ours)} predictions"

    return compare
