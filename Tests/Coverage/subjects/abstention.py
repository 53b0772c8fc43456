"""Abstention: with one threshold for sets and for no answer, what is not answered and what the
sets miss share alpha."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Claim, Event, Run, exact_rank, guarantee, mutant

CLASSES = 4


@guarantee(
    *(
        {"n": n, "alpha": alpha, "tied": tied}
        for n, alpha in ((4, 0.3), (19, 0.1), (99, 0.25))
        for tied in (False, True)
    )
)
def abstention_and_missed_sets(run: Run, n: int, alpha: float, tied: bool) -> Iterator[Claim]:
    abstained = failed = 0
    for _ in range(run.draws):
        scores = run.random.exponential(size=(n + 1, CLASSES))
        scores[:, 0] *= run.random.random(n + 1)
        if tied:
            scores = np.ceil(4 * scores) / 4
        labels = run.random.integers(0, 2, n + 1)
        own = scores[np.arange(n + 1), labels]
        threshold = run.package.conformal_threshold(own[:n], alpha)
        sets = run.package.conformal_sets(scores[n:], threshold)
        decisions = run.package.conformal_abstention_decisions(
            scores[n:].min(axis=1),
            sizes=sets.sizes,
            single_threshold=-np.inf,
            abstention_threshold=threshold,
        )
        holds = sets.to_bool()[:, labels[n]]
        counts = run.package.conformal_abstention_summary(decisions, [False], holds)
        abstained += counts.abstained
        failed += 1 - counts.sets_right
    share = 1 - exact_rank(n, alpha) / (n + 1)
    yield Event("no answer", abstained, run.draws, at_most=share)
    least = 0.0 if tied else share
    yield Event("no answer or a miss", failed, run.draws, at_least=least, at_most=share)


@mutant(abstention_and_missed_sets)
def what_is_answered_is_right(package: Any) -> dict[str, Callable[..., Any]]:
    def summary(decisions: Any, singles_hold: Any, sets_hold: Any) -> Any:
        """Coverage as 1 - abstention: whatever is answered is taken for right."""
        return package.conformal_abstention_summary(decisions, singles_hold, decisions == 2)

    return {"conformal_abstention_summary": summary}
