"""Split conformal: coverage is rank / (n + 1), exactly if nothing ties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import (
    CONTINUOUS,
    SHAPES,
    Claim,
    Event,
    Run,
    beta_binomial_counts,
    exact_rank,
    guarantee,
    is_tied,
    mutant,
    scores,
)

PAIRS = ((1, 0.5), (9, 0.1), (24, 0.44), (100, 0.1), (999, 0.001), (10_000, 0.05))


@guarantee(
    {"n": 8, "alpha": 0.1, "shape": "normal"},  # too few: everything is covered
    *({"n": n, "alpha": alpha, "shape": shape} for n, alpha in PAIRS for shape in SHAPES),
)
def split_threshold(run: Run, n: int, alpha: float, shape: str) -> Iterator[Claim]:
    covered = 0
    for _ in range(run.draws):
        drawn = scores(run.random, shape, n + 1)
        covered += drawn[n] <= run.package.conformal_threshold(drawn[:n], alpha)
    chance = exact_rank(n, alpha) / (n + 1)
    yield Event("covered", covered, run.draws, chance, 1.0 if is_tied(shape) else chance)


@guarantee(*({"n": 99, "alpha": 0.1, "m": 1000, "shape": shape} for shape in CONTINUOUS))
def split_coverage_of_one_calibration(
    run: Run, n: int, alpha: float, m: int, shape: str
) -> Iterator[Claim]:
    counts = []
    for _ in range(run.draws):
        threshold = run.package.conformal_threshold(scores(run.random, shape, n), alpha)
        counts.append(int(np.sum(scores(run.random, shape, m) <= threshold)))
    rank = exact_rank(n, alpha)
    yield beta_binomial_counts("covered", counts, run.random, m=m, a=rank, b=n + 1 - rank)


def _off_by(step: int) -> Callable[[Any], dict[str, Callable[..., Any]]]:
    def change(package: Any) -> dict[str, Callable[..., Any]]:
        def threshold(values: Any, alpha: float) -> float:
            ordered = np.append(np.sort(values), np.inf)
            place = package.conformal_rank(len(values), alpha) - 1 + step
            return float(ordered[min(max(place, 0), len(values))])

        return {"conformal_threshold": threshold}

    return change


@mutant(split_threshold)
def split_one_rank_too_low(package: Any) -> dict[str, Callable[..., Any]]:
    return _off_by(-1)(package)


@mutant(split_threshold)
def split_one_rank_too_high(package: Any) -> dict[str, Callable[..., Any]]:
    return _off_by(+1)(package)


@mutant(split_threshold)
def split_largest_score_where_infinity_is_due(package: Any) -> dict[str, Callable[..., Any]]:
    def threshold(values: Any, alpha: float) -> float:
        return min(float(package.conformal_threshold(values, alpha)), float(np.max(values)))

    return {"conformal_threshold": threshold}


@mutant(split_coverage_of_one_calibration)
def split_five_ranks_too_low(package: Any) -> dict[str, Callable[..., Any]]:
    return _off_by(-5)(package)
