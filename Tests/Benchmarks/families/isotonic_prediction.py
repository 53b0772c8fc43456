"""Isotonic fits on a shuffled predictor, and predictions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

#: The largest difference of fitted values, in units of the largest of them.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Points:
    """A response that rises with its predictor, and noise, in no order."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.x, self.y]


def points(n: int) -> Points:
    rng = generator()
    x = rng.random(n)
    return Points(x, x + rng.standard_normal(n))


def fit(data: Points) -> quantcal.IsotonicModel:
    return quantcal.isotonic_fit(data.x, data.y)


def sklearn_fit(data: Points) -> Any:
    from sklearn.isotonic import IsotonicRegression

    return IsotonicRegression().fit(data.x, data.y)


def same_knots(_data: Points, ours: quantcal.IsotonicModel, theirs: Any) -> str:
    if not np.array_equal(ours.knots, theirs.X_thresholds_):
        raise WrongAnswer("the knots differ")
    difference = float(np.abs(ours.values - theirs.y_thresholds_).max())
    if not difference <= TOLERANCE * float(np.abs(ours.values).max()):
        raise WrongAnswer(f"the values differ by {difference:.3g}")
    return f"{ours.knots.size} knots"


@dataclass(frozen=True)
class Queries:
    """The curve of a million points, once with each package, and where to ask it."""

    points: Points
    ours: quantcal.IsotonicModel
    queries: NDArray[np.float64]

    @cached_property
    def theirs(self) -> Any:
        """Made when the answers are compared, before anything is timed."""
        return sklearn_fit(self.points)

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.queries]


def queries(n: int, ascending: bool) -> Queries:
    data = points(10**6)
    x = generator().random(n)
    if ascending:
        x.sort()
    return Queries(data, fit(data), x)


def predict(data: Queries) -> NDArray[np.float64]:
    return data.ours.predict(data.queries)


def sklearn_predict(data: Queries) -> Any:
    return data.theirs.predict(data.queries)


def numpy_copy(data: Queries) -> NDArray[np.float64]:
    return data.queries.copy()


def same_predictions(_data: Queries, ours: NDArray[np.float64], theirs: Any) -> str:
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        raise WrongAnswer("other queries are outside")
    difference = float(np.nanmax(np.abs(ours - theirs)))
    if not difference <= TOLERANCE * float(np.nanmax(np.abs(ours))):
        raise WrongAnswer(f"the predictions differ by {difference:.3g}")
    return ""
