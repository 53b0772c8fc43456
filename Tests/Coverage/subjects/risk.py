"""Risk control: the mean loss is at most alpha, any selection false with probability delta."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Claim, Event, Run, guarantee, losses, mutant


def _labels(run: Run, points: int, tied: bool) -> list[np.ndarray]:
    """For each point the scores of its true labels."""
    drawn = [run.random.exponential(size=run.random.integers(1, 5)) for _ in range(points)]
    return [np.round(one, 1) for one in drawn] if tied else drawn


@guarantee(
    *(
        {"n": n, "alpha": alpha, "tied": tied}
        for n, alpha in ((3, 0.3), (9, 0.1), (20, 0.3), (200, 0.05))
        for tied in (False, True)
    )
)
def risk_of_missed_labels(run: Run, n: int, alpha: float, tied: bool) -> Iterator[Claim]:
    missed = []
    for _ in range(run.draws):
        scores = _labels(run, n + 1, tied)
        drops = np.concatenate([np.full(one.size, 1 / one.size) for one in scores[:n]])
        positions = np.concatenate(scores[:n])
        threshold = run.package.conformal_risk_steps(positions, alpha, n=n, drops=drops)
        missed.append(float(np.mean(scores[n] > threshold)))
    yield losses("share of labels missed", np.array(missed), run.random, at_most=alpha)


@guarantee(
    *(
        {"n": n, "delta": 0.1, "procedure": procedure}
        for n in (30, 400)
        for procedure in ("holm", "bonferroni", "fixed_sequence")
    )
)
def risk_of_selected_parameters(run: Run, n: int, delta: float, procedure: str) -> Iterator[Claim]:
    alpha, count = 0.2, 10
    risks = np.where(np.arange(count) < 3, 0.05, alpha)
    false = 0
    for _ in range(run.draws):
        means = run.random.binomial(n, risks) / n
        values = run.package.conformal_risk_p_values(means, n, alpha, bound="binomial")
        selected = run.package.conformal_risk_select(values, delta, procedure=procedure)
        false += bool(selected[3:].any())
    yield Event("any false selection", false, run.draws, at_most=delta)


@guarantee(*({"n": n, "alpha": alpha, "delta": 0.1} for n, alpha in ((60, 0.1), (500, 0.05))))
def coverage_of_nearly_every_calibration(
    run: Run, n: int, alpha: float, delta: float
) -> Iterator[Claim]:
    rank = run.package.conformal_pac_rank(n, alpha, delta)
    coverage = np.sort(run.random.random((run.draws, n)), axis=1)[:, rank - 1]
    failed = int(np.sum(coverage < 1 - alpha))
    yield Event("coverage below 1 - alpha", failed, run.draws, at_most=delta)


@mutant(risk_of_missed_labels)
def shares_of_the_most_labels_there_are(package: Any) -> dict[str, Callable[..., Any]]:
    def steps(positions: Any, alpha: float, *, n: int, drops: Any) -> float:
        equal = np.full(len(drops), np.min(drops))
        return float(package.conformal_risk_steps(positions, alpha, n=n, drops=equal))

    return {"conformal_risk_steps": steps}


@mutant(risk_of_selected_parameters)
def selection_without_correction(package: Any) -> dict[str, Callable[..., Any]]:
    return {"conformal_risk_select": lambda values, delta, procedure: values <= delta}


@mutant(coverage_of_nearly_every_calibration)
def marginal_rank_for_every_calibration(package: Any) -> dict[str, Callable[..., Any]]:
    return {"conformal_pac_rank": lambda n, alpha, delta: package.conformal_rank(n, alpha)}
