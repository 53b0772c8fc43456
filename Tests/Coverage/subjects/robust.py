"""Robust sets: the truth is covered though its input was moved as far as it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Claim, Event, Run, guarantee, mutant

SIGMA = 0.5


def _smoothed(package: Any, run: Run, inputs: Any, draws: int, shape: str) -> Any:
    """A score is 1 where the noisy input is positive: then no attack moves a smoothed score
    further than one to the right. Or it climbs there, so that draws vary less."""
    noisy = inputs[:, np.newaxis] + SIGMA * run.random.standard_normal((len(inputs), draws))
    return package.conformal_smoothed_scores(noisy > 0 if shape == "step" else np.clip(noisy, 0, 1))


@guarantee(
    {"n": 9, "draws": 20, "alpha": 0.1, "radius": 0.5, "shape": "step"},  # too few
    *(
        {"n": n, "draws": draws, "alpha": alpha, "radius": radius, "shape": shape}
        for n, draws, alpha, radius in ((40, 100, 0.2, 1.0), (99, 1000, 0.1, 0.25))
        for shape in ("step", "slope")
    ),
)
def robust_sets(
    run: Run, n: int, draws: int, alpha: float, radius: float, shape: str
) -> Iterator[Claim]:
    package, beta = run.package, 0.01
    covered = clean = 0
    for _ in range(run.draws):
        inputs = run.random.standard_normal(n + 1) - 1
        known = _smoothed(package, run, inputs[:n], draws, shape)
        threshold = package.conformal_robust_threshold(known, alpha, beta=beta)
        for moved in (0.0, radius):
            scores = _smoothed(package, run, inputs[n:] + moved, draws, shape)
            bound = package.conformal_robust_bounds(scores, beta=beta, radius=radius, sigma=SIGMA)
            covered += bool(moved > 0 and bound[0] <= threshold)
            clean += bool(moved == 0 and bound[0] <= threshold)
    yield Event("covered, attacked", covered, run.draws, 1 - alpha, 1.0)
    yield Event("covered, left alone", clean, run.draws, 1 - alpha, 1.0)


@guarantee(
    *(
        {"chance": chance, "draws": draws, "correction": correction}
        for chance in (0.03, 0.5)
        for draws in (10, 200)
        for correction in ("empirical_bernstein", "hoeffding", "clopper_pearson")
    )
)
def bounds_of_draws(run: Run, chance: float, draws: int, correction: str) -> Iterator[Claim]:
    samples = run.random.random((run.draws, draws)) < chance
    scores = run.package.conformal_smoothed_scores(samples)
    options = {"correction": correction, "beta": 0.05}
    lower = run.package.conformal_robust_bounds(scores, **options)
    upper = run.package.conformal_robust_bounds(scores, side="upper", **options)
    yield Event("above the lower bound", int(np.sum(lower <= chance)), run.draws, 0.95, 1.0)
    yield Event("below the upper bound", int(np.sum(upper >= chance)), run.draws, 0.95, 1.0)


def _with_bounds(package: Any, **changed: Any) -> dict[str, Callable[..., Any]]:
    def bounds(scores: Any, **options: Any) -> Any:
        return package.conformal_robust_bounds(scores, **{**options, **changed})

    return {"conformal_robust_bounds": bounds}


@mutant(robust_sets)
def robust_sets_that_know_of_no_attack(package: Any) -> dict[str, Callable[..., Any]]:
    return _with_bounds(package, radius=0.0)


@mutant(bounds_of_draws)
def draws_taken_for_expectations(package: Any) -> dict[str, Callable[..., Any]]:
    return _with_bounds(package, correction="exact_means")
