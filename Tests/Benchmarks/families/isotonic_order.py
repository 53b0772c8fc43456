"""Isotonic regression under a partial order: points at random in a cube, a plane among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import Call, WrongAnswer

#: The largest difference of fitted values of order 1.
TOLERANCE = 1e-7

#: So many points are compared pair by pair.
PAIRED = 2000


@dataclass(frozen=True)
class Cloud:
    """Points, and values that rise in every coordinate but for noise."""

    points: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.points, self.y]


def cloud(n: int, dimensions: int) -> Cloud:
    rng = generator()
    points = rng.random((n, dimensions))
    return Cloud(points, points.sum(axis=1) + 0.5 * rng.standard_normal(n))


def fit(loss: Any) -> Call:
    return lambda data: quantcal.isotonic_order(data.points, data.y, loss=loss)


def _precedes(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    below = (points[:, None, :] <= points[None, :, :]).all(axis=2)
    np.fill_diagonal(below, False)
    return np.asarray(below)


def rises(data: Cloud, ours: quantcal.IsotonicOrderFit) -> None:
    """No comparable pair of some points is out of order."""
    some = slice(None, None, -(-len(data.y) // PAIRED))
    values = ours.fitted[some]
    falls = values[:, None] > values[None, :]
    if np.any(falls & _precedes(data.points[some])):
        raise WrongAnswer("the fit does not rise")


def is_least_squares(data: Cloud, ours: quantcal.IsotonicOrderFit) -> None:
    """It rises, and its blocks have the means of their points."""
    rises(data, ours)
    means = np.bincount(ours.blocks, data.y) / np.bincount(ours.blocks)
    if not np.abs(means[ours.blocks] - ours.fitted).max() < TOLERANCE:
        raise WrongAnswer("a block does not have the mean of its points")


def scipy_nnls(data: Cloud) -> NDArray[np.float64]:
    """The textbook's quadratic program, by its dual: y plus a nonnegative combination of the
    differences along pairs with nothing between."""
    from scipy.optimize import nnls

    below = _precedes(data.points)
    steps = below.astype(np.float32)
    covers = np.argwhere(below & ~(steps @ steps > 0))
    combination = np.zeros((len(data.y), len(covers)))
    combination[covers[:, 0], np.arange(len(covers))] = -1
    combination[covers[:, 1], np.arange(len(covers))] = 1
    multipliers, _ = nnls(combination, -data.y, maxiter=100 * len(covers))
    return np.asarray(data.y + combination @ multipliers)


def same_fit(_data: Cloud, ours: quantcal.IsotonicOrderFit, theirs: NDArray[np.float64]) -> str:
    difference = float(np.abs(ours.fitted - theirs).max())
    if not difference < TOLERANCE:
        raise WrongAnswer(f"the fits differ by {difference:.3g}")
    return ""


def numpy_lexsort(data: Cloud) -> NDArray[np.intp]:
    """The order of the points by rows, which any method begins with."""
    return np.lexsort(data.points.T[::-1])
