"""Policies of abstention: what is learned on tuning points keeps its promise with thresholds from
other points, and a policy's value is that of a further point."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness import Claim, Event, Run, exact_rank, guarantee, losses, mutant

CLASSES = 4


def points(run: Run, n: int, tied: bool) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    scores = run.random.exponential(size=(n, CLASSES))
    scores[:, 0] *= run.random.random(n)
    if tied:
        scores = np.ceil(4 * scores) / 4
    return scores, run.random.integers(0, 2, n)


@guarantee(*({"n": n, "tied": tied} for n, tied in itertools.product((19, 29), (False, True))))
def what_is_learned_keeps_its_promise(run: Run, n: int, tied: bool) -> Iterator[Claim]:
    # All levels of the range have the same rank of n points.
    low, high = 2.1 / (n + 1), 2.9 / (n + 1)
    abstained = failed = 0
    for _ in range(run.draws):
        tuning = points(run, 12, tied)
        policy = run.package.conformal_policy_learn(
            *tuning, abstention_range=(low, high), candidates=6, rounds=2
        )
        scores, labels = points(run, n + 1, tied)
        own = scores[np.arange(n + 1), labels]
        threshold = run.package.conformal_threshold(own[:n], policy.abstention_alpha)
        abstained += int(scores[n].min() > threshold)
        failed += int(own[n] > threshold)
    share = 1 - exact_rank(n, high) / (n + 1)
    yield Event("no answer", abstained, run.draws, at_most=share)
    least = 0.0 if tied else share
    yield Event(
        "no answer or a set that misses",
        failed,
        run.draws,
        at_least=least,
        at_most=share,
    )


@mutant(what_is_learned_keeps_its_promise)
def levels_are_drawn_around_the_mean(package: Any) -> dict[str, Callable[..., Any]]:
    """The policy acts at random: a draw around the mean may leave the range."""
    random = np.random.default_rng(5)

    def learn(*points: Any, abstention_range: tuple[float, float], **options: Any) -> Any:
        policy = package.conformal_policy_learn(
            *points, abstention_range=abstention_range, **options
        )
        low, high = abstention_range
        drawn = policy.abstention_alpha + 10 * (high - low) * random.standard_normal()
        return replace(policy, abstention_alpha=float(np.clip(drawn, 0.001, 0.999)))

    return {"conformal_policy_learn": learn}


@guarantee(
    *(
        {"n": n, "single": single, "abstention": abstention}
        for n, single, abstention in ((3, 0.9, 0.4), (10, 0.7, 0.1), (30, 0.4, 0.1))
    )
)
def values_are_those_of_a_further_point(
    run: Run, n: int, single: float, abstention: float
) -> Iterator[Claim]:
    """Of n points each is decided by n - 1; so is the last one by those before it. Where wrong
    answers and sizes cost nothing, the value is the share of right answers."""
    estimates, outcomes = np.empty(run.draws), np.empty(run.draws)
    for draw in range(run.draws):
        estimates[draw] = run.package.conformal_policy_value(
            *points(run, n, tied=False),
            single_alpha=single,
            abstention_alpha=abstention,
            wrong_cost=0,
            size_cost=0,
        ).value
        scores, labels = points(run, n, tied=False)
        own = scores[np.arange(n), labels]
        limit, confident = (
            run.package.conformal_threshold(own[:-1], level) for level in (abstention, single)
        )
        least = scores[-1].min()
        right = own[-1] == least if least <= confident else own[-1] <= limit
        outcomes[draw] = right and least <= limit
    # Either difference has a mean of 0, and lies in [-1, 1].
    for name, difference in (
        ("more", estimates - outcomes),
        ("less", outcomes - estimates),
    ):
        yield losses(f"value is {name}", (difference + 1) / 2, run.random, at_most=0.5)


@mutant(values_are_those_of_a_further_point)
def points_have_a_part_in_their_own_thresholds(
    package: Any,
) -> dict[str, Callable[..., Any]]:
    def value(
        scores: NDArray[np.float64],
        labels: NDArray[np.int64],
        *,
        single_alpha: float,
        abstention_alpha: float,
        **costs: float,
    ) -> Any:
        own = scores[np.arange(labels.size), labels]
        limit = package.conformal_threshold(own, abstention_alpha)
        confident = package.conformal_threshold(own, single_alpha)
        least = scores.min(axis=1)
        right = np.where(least <= confident, own == least, own <= limit) & (least <= limit)
        return SimpleNamespace(value=right.mean())

    return {"conformal_policy_value": value}
