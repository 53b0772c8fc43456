"""Isotonic distributional regression: from weak dependence to strong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

#: How often a distribution function is kept by who fits them one by one.
EVERY = 100


@dataclass(frozen=True)
class Observations:
    """Distinct covariates, and outcomes."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.x, self.y]


#: How far the outcome's mean rises from the smallest covariate to the largest, in units of its noise.
RISES = {"strong dependence": 10.0, "weak dependence": 0.1}


def observations(n: int, rise: float) -> Observations:
    rng = generator()
    x = rng.random(n)
    return Observations(x, rise * x + rng.standard_normal(n))


def fit(data: Observations) -> quantcal.IsotonicDistribution:
    return quantcal.isotonic_distribution(data.x, data.y)


def tenths(data: Observations) -> None:
    """As many observations, in ten fits."""
    for part in range(10):
        quantcal.isotonic_distribution(data.x[part::10], data.y[part::10])


def scipy_at_every_threshold(data: Observations) -> NDArray[np.float64]:
    """The textbook: at each threshold SciPy's fit to the indicators. Keeps every hundredth."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(data.x)
    outcomes = data.y[order]
    kept = []
    for index, threshold in enumerate(np.unique(outcomes)):
        values = isotonic_regression(outcomes <= threshold, increasing=False).x
        if index % EVERY == 0:
            kept.append(values)
    return np.stack(kept, 1)


def same_functions(
    data: Observations, ours: quantcal.IsotonicDistribution, theirs: NDArray[np.float64]
) -> str:
    values = ours.cdf(np.sort(data.x), ours.thresholds[::EVERY])
    difference = float(np.abs(values - theirs).max())
    if not difference <= 1e-12:
        raise WrongAnswer(f"the distribution functions differ by {difference:.3g}")
    return ""
