"""Calibrators: exact ranks, groups, covariate shift, p-values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import (
    SHAPES,
    Certain,
    Claim,
    Event,
    Run,
    Superuniform,
    Uniform,
    exact_rank,
    guarantee,
    is_tied,
    mutant,
    scores,
)

Changes = dict[str, Callable[..., Any]]


@guarantee()
def ranks(run: Run) -> Iterator[Claim]:
    """Group n has the scores 1 to n, so its threshold is its rank: every n up to 10,000 at every
    level of four digits in the long form, and some of them in the short one."""
    step = 1 if run.draws >= 10_000 else 83
    sizes = np.arange(0, 10_001, step)
    calibrator = run.package.ConformalCalibrator(group_count=sizes.size)
    groups = np.repeat(np.arange(sizes.size), sizes)
    places = np.arange(groups.size) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1
    calibrator.update(places.astype(np.float32), groups=groups)
    del groups, places
    wrong = 0
    for part in np.array_split(np.arange(1, 10_000, step), max(1, 100 // step)):
        # In ten-thousandths.
        exact = ((sizes[:, None] + 1) * (10_000 - part) + 9_999) // 10_000
        expected = np.where(exact > sizes[:, None], np.inf, exact)
        wrong += int(np.sum(calibrator.thresholds(part / 10_000) != expected))
    yield Certain("ranks agree with integers", wrong == 0)


@guarantee(*({"sizes": (5, 19, 200), "alpha": 0.1, "shape": shape} for shape in SHAPES))
def mondrian(run: Run, sizes: tuple[int, ...], alpha: float, shape: str) -> Iterator[Claim]:
    """Coverage in each group, by its own size: all draws are groups of one calibrator."""
    for size in sizes:
        calibrator = run.package.ConformalCalibrator(group_count=run.draws)
        calibrator.update(
            scores(run.random, shape, run.draws * size),
            groups=np.arange(run.draws * size) % run.draws,
        )
        truths = scores(run.random, shape, run.draws)
        covered = int(np.sum(truths <= calibrator.thresholds(alpha)))
        chance = exact_rank(size, alpha) / (size + 1)
        yield Event(
            f"covered, n = {size}", covered, run.draws, chance, 1 if is_tied(shape) else chance
        )


@guarantee(
    *(
        {"n": n, "alpha": alpha, "shape": shape}
        for n, alpha in ((5, 0.4), (30, 0.1))
        for shape in SHAPES
    )
)
def covariate_shift(run: Run, n: int, alpha: float, shape: str) -> Iterator[Claim]:
    """A covariate x of two values is drawn with another law at test time, and moves the scores."""
    ratio = np.array([0.25, 4.0])  # of the laws (0.8, 0.2) and (0.2, 0.8)
    x = (run.random.random((run.draws, n)) < 0.2).astype(int)
    test_x = (run.random.random(run.draws) < 0.8).astype(int)
    calibrator = run.package.ConformalCalibrator(group_count=run.draws, weighted=True)
    calibrator.update(
        (scores(run.random, shape, run.draws, n) + 2 * x).ravel(),
        weights=ratio[x].ravel(),
        groups=np.repeat(np.arange(run.draws), n),
    )
    thresholds = calibrator.point_thresholds(
        alpha, test_weights=ratio[test_x], groups=np.arange(run.draws)
    )
    covered = int(np.sum(scores(run.random, shape, run.draws) + 2 * test_x <= thresholds))
    # Without ties, above by no more than the mean of the largest share of the weights.
    weights = np.column_stack([ratio[x], ratio[test_x]])
    largest = float(np.mean(weights.max(axis=1) / weights.sum(axis=1)))
    most = 1.0 if is_tied(shape) else min(1.0, 1 - alpha + largest + 5 / np.sqrt(run.draws))
    yield Event("covered", covered, run.draws, 1 - alpha, most)


@guarantee(
    *(
        {"n": n, "shape": shape, "tail": tail}
        for n in (1, 20, 300)
        for shape in SHAPES
        for tail in ("upper", "lower")
    )
)
def p_values(run: Run, n: int, shape: str, tail: str) -> Iterator[Claim]:
    """Randomised ones are uniform whatever ties; the others are never too small."""
    calibrator = run.package.ConformalCalibrator(group_count=run.draws)
    groups = np.arange(run.draws)
    calibrator.update(scores(run.random, shape, run.draws * n), groups=np.repeat(groups, n))
    points = scores(run.random, shape, run.draws)
    options = {"groups": groups, "tail": tail}
    seed = int(run.random.integers(2**62))
    yield Uniform("p", calibrator.p_values(points, randomised=True, seed=seed, **options))
    yield Superuniform("p", calibrator.p_values(points, **options))


class _Wrapped:
    """A calibrator of which a mutant changes some of what it gives."""

    def __init__(self, calibrator: Any) -> None:
        self._calibrator = calibrator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calibrator, name)


def _changed(package: Any, **methods: Callable[..., Any]) -> Changes:
    kind = type("Changed", (_Wrapped,), methods)
    return {"ConformalCalibrator": lambda **options: kind(package.ConformalCalibrator(**options))}


@mutant(mondrian)
def mondrian_one_rank_too_low(package: Any) -> Changes:
    def thresholds(self: Any, alpha: float) -> Any:
        return self._calibrator.thresholds(alpha + 1 / (self._calibrator.counts()[0] + 1))

    return _changed(package, thresholds=thresholds)


@mutant(ranks)
def ranks_in_doubles(package: Any) -> Changes:
    def thresholds(self: Any, alphas: Any) -> Any:
        counts = self._calibrator.counts()[:, None]
        rank = np.ceil((counts + 1) * (1 - alphas))
        return np.where(rank > counts, np.inf, rank)

    return _changed(package, thresholds=thresholds)


@mutant(covariate_shift)
def shift_without_test_weights(package: Any) -> Changes:
    def point_thresholds(self: Any, alpha: float, *, test_weights: Any, groups: Any) -> Any:
        tiny = np.full_like(test_weights, 1e-9)
        return self._calibrator.point_thresholds(alpha, test_weights=tiny, groups=groups)

    return _changed(package, point_thresholds=point_thresholds)


@mutant(covariate_shift)
def shift_without_weights(package: Any) -> Changes:
    def update(self: Any, values: Any, *, weights: Any, groups: Any) -> None:
        self._calibrator.update(values, weights=np.ones_like(weights), groups=groups)

    def point_thresholds(self: Any, alpha: float, *, test_weights: Any, groups: Any) -> Any:
        return self._calibrator.point_thresholds(alpha, groups=groups)

    return _changed(package, update=update, point_thresholds=point_thresholds)


@mutant(p_values)
def p_values_that_do_not_count_the_point(package: Any) -> Changes:
    def p_values(self: Any, points: Any, **options: Any) -> Any:
        n = self._calibrator.counts()[0]
        return (self._calibrator.p_values(points, **options) * (n + 1) - 1) / n

    return _changed(package, p_values=p_values)
