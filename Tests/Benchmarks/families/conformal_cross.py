"""CV+ intervals: ten lines, each fitted without its fold, and as many test points as training points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator, peak_megabytes
from harness.row import Call, WrongAnswer

ALPHA = 0.1
FOLDS = 10

#: The largest difference of ends of order 1: lines are fitted in other ways.
TOLERANCE = 1e-9

#: What our call may add to the memory of the process, its results included.
MEGABYTES = 100

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Lines:
    """Training and test points, and what is known when an interval is asked for."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    test: NDArray[np.float64]
    fold: NDArray[np.int32]
    lines: NDArray[np.float64]
    residuals: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.x, self.y, self.test, self.fold, self.lines, self.residuals]

    @cached_property
    def mapie(self) -> Any:
        from mapie.regression import CrossConformalRegressor
        from sklearn.linear_model import LinearRegression
        from sklearn.model_selection import KFold

        regressor = CrossConformalRegressor(
            LinearRegression(), confidence_level=1 - ALPHA, method="plus", cv=KFold(FOLDS)
        )
        return regressor.fit_conformalize(self.x[:, np.newaxis], self.y)


def lines(n: int) -> Lines:
    rng = generator()
    x, test = rng.standard_normal(n), rng.standard_normal(n)
    y = 2 * x + rng.standard_t(3, n)
    fold = np.repeat(np.arange(FOLDS), -(-n // FOLDS))[:n].astype(np.int32)
    fitted = np.array([np.polyfit(x[fold != k], y[fold != k], 1) for k in range(FOLDS)])
    residuals = np.abs(y - fitted[fold, 0] * x - fitted[fold, 1])
    return Lines(x, y, test, fold, fitted, residuals)


def intervals(data: Lines) -> Ends:
    """The predictions are a part of the work, as they are of MAPIE's."""
    predictions = data.test[:, np.newaxis] * data.lines[:, 0] + data.lines[:, 1]
    return quantcal.conformal_cross_intervals(data.residuals, predictions, ALPHA, fold=data.fold)


def mapie_intervals(part: int = 1) -> Call:
    """Of the first of so many equal parts of the test points: it makes matrices of training
    by test points, and so takes a time that grows with the part."""

    def of_part(data: Lines) -> Ends:
        test = data.test[: max(1, len(data.test) // part), np.newaxis]
        _, ends = data.mapie.predict_interval(test)
        return ends[:, 0, 0], ends[:, 1, 0]

    return of_part


def same_ends(_data: Lines, ours: Ends, theirs: Ends) -> str:
    """For those test points that the other one was given."""
    worst = max(
        float(np.abs(own[: len(other)] - other).max())
        for own, other in zip(ours, theirs, strict=True)
    )
    if not worst < TOLERANCE:
        raise WrongAnswer(f"ends differ by up to {worst:.2g}")
    return ""


def is_right_and_small(data: Lines, ours: Ends) -> None:
    """The right rank on either side of some test points, and less memory than is allowed."""
    rank = quantcal.conformal_rank(len(data.y), ALPHA)
    for index in range(0, len(data.test), max(1, len(data.test) // 20)):
        means = data.lines[data.fold, 0] * data.test[index] + data.lines[data.fold, 1]
        lower = -np.sort(data.residuals - means)[rank - 1]
        upper = np.sort(means + data.residuals)[rank - 1]
        if not np.allclose([ours[0][index], ours[1][index]], [lower, upper], 0, TOLERANCE):
            raise WrongAnswer(f"the interval of point {index} is not that of its candidates")
    peak = peak_megabytes(lambda: intervals(data))
    if peak >= MEGABYTES:
        raise WrongAnswer(f"it took {peak:.0f} MB more; {MEGABYTES} are allowed")
