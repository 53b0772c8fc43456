"""The reusable holdout: answers stay near the truth, although questions are chosen by earlier answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Claim, Event, Run, guarantee, mutant

THRESHOLD, GRID, DELTA = 0.05, 101, 0.1


@guarantee({"n": 2000, "features": 15}, {"n": 5000, "features": 31})
def answers_of_an_adaptive_analyst(run: Run, n: int, features: int) -> Iterator[Claim]:
    """Coins are asked for their shares of heads, one after the other; then how often most of the coins
    agree with what was found, which fits the few training points well. All the truths are 1/2."""
    budget = features + 1
    error = run.package.conformal_holdout_error(
        n, features + 1, budget=budget, threshold=THRESHOLD, grid=GRID, delta=DELTA
    )
    near = 0
    for _ in range(run.draws):
        holdout = run.package.ConformalHoldout(
            mechanism="grid", threshold=THRESHOLD, grid=GRID, budget=budget
        )
        training, held = (run.random.random((rows, features)) < 0.5 for rows in (20, n))
        answers = holdout.ask(training.mean(axis=0), held.mean(axis=0)).values
        signs = np.where(answers > 0.5, 1, -1)
        agree = [((2 * bits - 1) @ signs > 0).mean() for bits in (training, held)]
        last = holdout.ask(agree[:1], agree[1:]).values
        near += np.abs(np.append(answers, last) - 0.5).max() <= error
    yield Event("all answers are near", near, run.draws, 1 - DELTA, 1.0)


@mutant(answers_of_an_adaptive_analyst)
def answers_from_the_training_set(package: Any) -> dict[str, Callable[..., Any]]:
    class Holdout:
        def __init__(self, **options: Any) -> None:
            self.options = options

        def ask(self, training: Any, _holdout: Any) -> Any:
            trusting = package.ConformalHoldout(**{**self.options, "threshold": 1.0})
            return trusting.ask(training, training)

    return {"ConformalHoldout": Holdout}
