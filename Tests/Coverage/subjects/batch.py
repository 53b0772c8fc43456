"""Batches of test points: events of their ranks have the chance that counted orders give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import accumulate
from math import comb
from types import SimpleNamespace
from typing import Any

import numpy as np

from harness import (
    SHAPES,
    Claim,
    Event,
    Run,
    guarantee,
    is_tied,
    mutant,
    scores,
)


@cache
def rank_cdf(n: int, m: int, zeta: int) -> list[Fraction]:
    """P(R <= k) of the zeta-th smallest of m test scores, for k = 0 ... n + 1."""
    orders = (
        comb(k + zeta - 2, zeta - 1) * comb(n + m - k - zeta + 1, m - zeta) for k in range(1, n + 2)
    )
    return [Fraction(count, comb(n + m, m)) for count in accumulate(orders, initial=0)]


@cache
def rank_sum_cdf(n: int, m: int) -> list[Fraction]:
    """P(U <= u) of the sum of the ranks less one, for u = 0 ... n m."""
    ways = [[1] + [0] * (n * m)] + [[0] * (n * m + 1) for _ in range(m)]
    for value in range(n + 1):
        for size in range(1, m + 1):
            for total in range(value, n * m + 1):
                ways[size][total] += ways[size - 1][total - value]
    return [Fraction(count, comb(n + m, m)) for count in accumulate(ways[m])]


def first_to_reach(cdf: list[Fraction], alpha: float) -> int:
    return next(k for k, chance in enumerate(cdf) if chance >= 1 - Fraction(str(alpha)))


def last_within(cdf: list[Fraction], alpha: float) -> int:
    return max(k for k, chance in enumerate(cdf) if chance <= Fraction(str(alpha)))


QUANTILES = ((20, 10, 5, 0.1), (99, 5, 5, 0.1), (200, 40, 20, 0.05), (3, 30, 10, 0.4))


@guarantee(
    {"n": 4, "m": 9, "zeta": 9, "alpha": 0.1, "shape": "normal"},  # too few: all is covered
    *(
        {"n": n, "m": m, "zeta": zeta, "alpha": alpha, "shape": shape}
        for n, m, zeta, alpha in QUANTILES
        for shape in SHAPES
    ),
)
def batch_quantile(
    run: Run, n: int, m: int, zeta: int, alpha: float, shape: str
) -> Iterator[Claim]:
    package = run.package
    bounds = package.conformal_batch_rank(n, m, zeta, alpha_lower=alpha, alpha_upper=alpha)
    not_below = not_above = 0
    for _ in range(run.draws):
        drawn = scores(run.random, shape, n + m)
        quantile = np.sort(drawn[n:])[zeta - 1]
        not_below += quantile >= package.conformal_order_statistic(drawn[:n], bounds.lower)
        not_above += quantile <= package.conformal_order_statistic(drawn[:n], bounds.upper)
    cdf = rank_cdf(n, m, zeta)
    above = float(1 - cdf[last_within(cdf, alpha)])
    below = float(cdf[first_to_reach(cdf, alpha)])
    tied = is_tied(shape)
    yield Event("not below the lower", not_below, run.draws, above, 1.0 if tied else above)
    yield Event("not above the upper", not_above, run.draws, below, 1.0 if tied else below)


@guarantee(
    *(
        {"n": n, "m": m, "low": low, "high": high, "alpha": 0.2, "shape": shape}
        for n, m, low, high in ((50, 20, 5, 15), (9, 3, 1, 3), (30, 40, 20, 21))
        for shape in SHAPES
    )
)
def batch_bracket(
    run: Run, n: int, m: int, low: int, high: int, alpha: float, shape: str
) -> Iterator[Claim]:
    bracket = run.package.conformal_batch_bracket(n, m, low, high, alpha)
    inside = 0
    for _ in range(run.draws):
        drawn = scores(run.random, shape, n + m)
        known, batch = np.array([-np.inf, *np.sort(drawn[:n]), np.inf]), np.sort(drawn[n:])
        inside += known[bracket.lower] <= batch[low - 1] and batch[high - 1] <= known[bracket.upper]
    chance = bracket.probability
    yield Event("inside", inside, run.draws, chance, 1.0 if is_tied(shape) else chance)
    yield Event("inside, as promised", inside, run.draws, 1 - alpha, 1.0)


@guarantee(*({"n": n, "m": m, "alpha": alpha} for n, m, alpha in ((10, 5, 0.1), (25, 8, 0.05))))
def batch_mean(run: Run, n: int, m: int, alpha: float) -> Iterator[Claim]:
    rank_sum = run.package.conformal_batch_rank_sum(n, m, alpha)
    within = bounded = 0
    for _ in range(run.draws):
        drawn = run.random.random(n + m) ** 3
        known, batch = drawn[:n], drawn[n:]
        within += np.searchsorted(np.sort(known), batch).sum() <= rank_sum
        bound = run.package.conformal_batch_mean(known, m, rank_sum, upper=1.0)
        bounded += batch.mean() <= bound
    cdf = rank_sum_cdf(n, m)
    chance = float(cdf[first_to_reach(cdf, alpha)])
    yield Event("the ranks add up to no more", within, run.draws, chance, chance)
    yield Event("the mean is bounded", bounded, run.draws, chance, 1.0)


@guarantee(*({"n": 100, "m": 10, "false": k, "alpha": alpha} for k, alpha in ((2, 0.1), (1, 0.2))))
def batch_selection(run: Run, n: int, m: int, false: int, alpha: float) -> Iterator[Claim]:
    """Points whose outcome is above 0 are wanted; the others are selected falsely."""
    rank = run.package.conformal_batch_rank(n, m, false, alpha_lower=alpha).lower
    failures = 0
    for _ in range(run.draws):
        predicted = run.random.standard_normal(n + m)
        outcome = predicted + 0.5 * run.random.standard_normal(n + m) - 0.5
        # Small is promising; what is rightly selected does not count as a score.
        known = np.where(outcome > 0, np.inf, -predicted)[:n]
        selected = -predicted[n:] < run.package.conformal_order_statistic(known, rank)
        failures += np.sum(selected & (outcome[n:] <= 0)) >= false
    yield Event("too many false selections", failures, run.draws, 0.0, alpha)


def _independent_ranks(package: Any) -> dict[str, Callable[..., Any]]:
    """Ranks drawn independently and uniformly from 1 to n + 1, with replacement."""

    def cdf_of_place(n: int, m: int, zeta: int) -> list[Fraction]:
        return [
            sum(
                comb(m, j) * Fraction(k, n + 1) ** j * Fraction(n + 1 - k, n + 1) ** (m - j)
                for j in range(zeta, m + 1)
            )
            for k in range(n + 2)
        ]

    def batch_rank(
        n: int, m: int, zeta: int, *, alpha_lower: float = 0.0, alpha_upper: float = 0.0
    ) -> Any:
        cdf = cdf_of_place(n, m, zeta)
        return SimpleNamespace(
            lower=last_within(cdf, alpha_lower), upper=first_to_reach(cdf, alpha_upper)
        )

    def batch_rank_sum(n: int, m: int, alpha: float) -> int:
        ways = [1]
        for _ in range(m):
            ways = [sum(ways[max(0, s - n) : s + 1]) for s in range(len(ways) + n)]
        return first_to_reach([Fraction(w, (n + 1) ** m) for w in accumulate(ways)], alpha)

    return {"conformal_batch_rank": batch_rank, "conformal_batch_rank_sum": batch_rank_sum}


@mutant(batch_quantile)
def batch_quantile_of_independent_ranks(package: Any) -> dict[str, Callable[..., Any]]:
    return {"conformal_batch_rank": _independent_ranks(package)["conformal_batch_rank"]}


@mutant(batch_mean)
def batch_mean_of_independent_ranks(package: Any) -> dict[str, Callable[..., Any]]:
    return {"conformal_batch_rank_sum": _independent_ranks(package)["conformal_batch_rank_sum"]}


@mutant(batch_quantile)
def batch_quantile_of_one_rank_less(package: Any) -> dict[str, Callable[..., Any]]:
    def batch_rank(*sizes: int, **levels: float) -> Any:
        bounds = package.conformal_batch_rank(*sizes, **levels)
        return SimpleNamespace(lower=bounds.lower, upper=bounds.upper - 1)

    return {"conformal_batch_rank": batch_rank}


@mutant(batch_bracket)
def batch_bracket_of_two_separate_bounds(package: Any) -> dict[str, Callable[..., Any]]:
    """Each end fails with alpha, both together with more."""

    def bracket(n: int, m: int, low: int, high: int, alpha: float) -> Any:
        lower = package.conformal_batch_rank(n, m, low, alpha_lower=alpha).lower
        upper = package.conformal_batch_rank(n, m, high, alpha_upper=alpha).upper
        return SimpleNamespace(lower=lower, upper=upper, probability=1 - alpha)

    return {"conformal_batch_bracket": bracket}


@mutant(batch_selection)
def batch_selection_of_each_point_alone(package: Any) -> dict[str, Callable[..., Any]]:
    """The level is kept for each point, as if there were no others."""

    def batch_rank(n: int, m: int, zeta: int, **levels: float) -> Any:
        return package.conformal_batch_rank(n, 1, 1, **levels)

    return {"conformal_batch_rank": batch_rank}
