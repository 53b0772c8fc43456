"""Predictive distributions: p-values of outcomes are uniform, quantiles safe on their side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from harness import SHAPES, Claim, Event, Run, Uniform, guarantee, is_tied, mutant, scores


@guarantee(*({"n": n, "shape": shape} for n in (1, 9, 100, 2000) for shape in SHAPES))
def p_values_of_outcomes(run: Run, n: int, shape: str) -> Iterator[Claim]:
    values = []
    for draw in range(run.draws):
        drawn = scores(run.random, shape, n + 1)
        where = run.package.conformal_distribution_pit(drawn[:n], [0.0], drawn[n:], seed=draw)
        values.append(where.pit[0])
    yield Uniform("p-values", np.array(values))


@guarantee(
    *(
        {"n": n, "level": level, "shape": shape}
        for n, level in ((9, 0.1), (9, 0.95), (24, 0.56), (100, 0.29))
        for shape in SHAPES
    )
)
def outcomes_and_quantiles(run: Run, n: int, level: float, shape: str) -> Iterator[Claim]:
    below, up_to = 0, 0
    for _ in range(run.draws):
        drawn = scores(run.random, shape, n + 1)
        lower, upper = run.package.conformal_distribution_quantile(drawn[:n], [0.0], level)
        below += drawn[n] < lower[0]
        up_to += drawn[n] <= upper[0]
    place = Fraction(repr(level)) * (n + 1)
    least, most = ceil(place) / (n + 1), floor(place) / (n + 1)
    yield Event("at most the upper one", up_to, run.draws, least, 1.0 if is_tied(shape) else least)
    yield Event("below the lower one", below, run.draws, 0.0 if is_tied(shape) else most, most)


@guarantee(*({"sizes": sizes, "shape": shape} for sizes in ((1, 4), (30, 9)) for shape in SHAPES))
def p_values_within_groups(run: Run, sizes: tuple[int, int], shape: str) -> Iterator[Claim]:
    """The second group has other scores than the first."""
    labels = np.repeat([3, -8], sizes)
    values = np.empty((run.draws, 2))
    for draw in range(run.draws):
        parts = [scores(run.random, shape, size + 1) for size in sizes]
        parts[1] = 5 * parts[1] + 1
        where = run.package.conformal_distribution_pit(
            np.concatenate([part[1:] for part in parts]),
            [0.0, 0.0],
            [part[0] for part in parts],
            residual_groups=labels,
            groups=[3, -8],
            seed=draw,
        )
        values[draw] = where.pit
    for group in range(2):
        yield Uniform(f"p-values of group {group}", values[:, group])


@mutant(p_values_within_groups)
def groups_left_out(package: Any) -> dict[str, Callable[..., Any]]:
    def pit(*arrays: Any, residual_groups: Any, groups: Any, seed: int) -> Any:
        return package.conformal_distribution_pit(*arrays, seed=seed)

    return {"conformal_distribution_pit": pit}


@mutant(p_values_of_outcomes)
def p_values_without_the_outcome(package: Any) -> dict[str, Callable[..., Any]]:
    def pit(residuals: Any, mean: Any, y: Any, *, seed: int) -> Any:
        where = package.conformal_distribution_pit(residuals, mean, y, seed=seed)
        n = len(residuals)
        where.pit[:] = (where.pit * (n + 1) - 0.5).clip(0, n) / n
        return where

    return {"conformal_distribution_pit": pit}


@mutant(outcomes_and_quantiles)
def quantiles_one_rank_inside(package: Any) -> dict[str, Callable[..., Any]]:
    def quantile(residuals: Any, mean: Any, level: float) -> Any:
        step = 1 / (len(residuals) + 1)
        inner = [max(level - step, step / 2), min(level + step, 1 - step / 2)]
        lower, upper = package.conformal_distribution_quantile(residuals, mean, inner)
        return lower[:, 1], upper[:, 0]

    return {"conformal_distribution_quantile": quantile}
