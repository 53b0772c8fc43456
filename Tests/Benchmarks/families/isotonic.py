"""Isotonic regression: from no block that is pooled to one block of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

#: The largest difference of fitted values, in units of the largest of them.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Sequence:
    """What is to be made monotone."""

    y: NDArray[np.float64]
    weights: NDArray[np.float64] | None

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.y] if self.weights is None else [self.y, self.weights]


def _trend(slope: float, noise: float) -> Callable[[np.random.Generator, int], NDArray[np.float64]]:
    """A line that rises by `slope` from point to point, and noise."""
    return lambda rng, n: slope * np.arange(n) + noise * rng.standard_normal(n)


SHAPES: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "noise": _trend(0, 1),
    "trend": _trend(1e-6, 1),
    "0/1 outcomes": lambda rng, n: (rng.random(n) < np.linspace(0, 1, n)).astype(np.float64),
    "near-monotone": _trend(1, 2),
    "sorted": lambda rng, n: np.sort(rng.standard_normal(n)),
    "falling": _trend(-1, 0),
    "all equal": lambda _, n: np.ones(n),
    "random walk": lambda rng, n: np.cumsum(rng.standard_normal(n)),
    "noisy increasing": lambda rng, n: _trend(10 / n, 1)(rng, n),
    "sorted and tiny noise": lambda rng, n: (
        np.sort(rng.standard_normal(n)) + 1e-7 * rng.standard_normal(n)
    ),
}


#: How many times as fast as SciPy's the fit is asked to be: on one thread, and on two for the
#: larger size. With weights 0.7 of that.
ASKED = {
    "noisy increasing": (10, 16),
    "0/1 outcomes": (7, 11),
    "random walk": (4, 6),
    "falling": (4, 6),
    "sorted": (2, 3),
}
#: The others are not to be slower than SciPy's.
OTHERS = [shape for shape in SHAPES if shape not in ASKED]


def asked(shape: str, weighted: bool, threads: int) -> float:
    return ASKED[shape][threads - 1] * (0.7 if weighted else 1)


def sequence(n: int, shape: str, weighted: bool) -> Sequence:
    rng = generator()
    y = SHAPES[shape](rng, n)
    return Sequence(y, rng.random(n) + 0.1 if weighted else None)


def regression(data: Sequence) -> quantcal.IsotonicFit:
    """Fit, block weights and blocks, in memory taken for them, as SciPy's."""
    return quantcal.isotonic_regression(data.y, weights=data.weights)


def scipy_regression(data: Sequence) -> Any:
    from scipy.optimize import isotonic_regression

    return isotonic_regression(data.y, weights=data.weights)


def quantile_regression(data: Sequence) -> NDArray[np.float64]:
    return quantcal.isotonic_regression(data.y, loss="quantile", level=0.5).x


def model_diagnostics_quantile(data: Sequence) -> Any:
    from model_diagnostics._utils.isotonic import isotonic_regression

    return isotonic_regression(data.y, functional="quantile", level=0.5)[0]


def same_loss(data: Sequence, ours: NDArray[np.float64], theirs: Any) -> str:
    """Medians are not unique, their loss is."""
    losses = [float(np.abs(data.y - fit).sum()) for fit in (ours, np.asarray(theirs))]
    if not abs(losses[0] - losses[1]) <= TOLERANCE * losses[1]:
        raise WrongAnswer(f"the losses are {losses[0]!r} and {losses[1]!r}")
    return ""


def same_fit(_data: Sequence, ours: quantcal.IsotonicFit, theirs: Any) -> str:
    difference = float(np.abs(ours.x - theirs.x).max())
    if not difference <= TOLERANCE * float(np.abs(theirs.x).max()):
        raise WrongAnswer(f"the fits differ by {difference:.3g}")
    return ""


def same_bits(_data: Sequence, ours: quantcal.IsotonicFit, theirs: quantcal.IsotonicFit) -> str:
    for name in ("x", "weights", "blocks"):
        if not np.array_equal(getattr(ours, name), getattr(theirs, name)):
            raise WrongAnswer(f"{name} differ")
    return ""
