"""Martingales: if scores are exchangeable, the largest value reaches c with probability at most 1 / c (Ville)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import SHAPES, Claim, Event, Run, guarantee, mutant, scores

BETTINGS = ("power", "mixture", "jumper", "composite")


@guarantee(
    *(
        {"betting": betting, "n": n, "shape": shape}
        for n in (10, 200)
        for betting in BETTINGS
        for shape in SHAPES
    )
)
def the_largest_value(run: Run, betting: str, n: int, shape: str) -> Iterator[Claim]:
    largest = np.empty(run.draws)
    for draw in range(run.draws):
        martingale = run.package.ConformalMartingale(betting, epsilon=0.5, seed=draw)
        martingale.update(scores(run.random, shape, n))
        largest[draw] = martingale.summary().log_maximum
    for c in (2, 5, 20, 100):
        reached = int(np.sum(largest >= np.log(c)))
        yield Event(f"reaches {c}", reached, run.draws, 0.0, 1 / c)


@mutant(the_largest_value)
def p_values_of_one_calibration_set(package: Any) -> dict[str, Callable[..., Any]]:
    """Each p-value is uniform, but they depend on each other: no martingale."""

    def made(betting: str, *, epsilon: float, seed: int) -> Any:
        return Split(package, betting, epsilon, seed)

    return {"ConformalMartingale": made}


class Split:
    """Bets on ranks among the first scores alone."""

    def __init__(self, package: Any, betting: str, epsilon: float, seed: int) -> None:
        self.package, self.seed = package, seed
        self.martingale = package.ConformalMartingale(betting, epsilon=epsilon)

    def update(self, values: Any) -> None:
        zeros = np.zeros(len(values) - 5)
        where = self.package.conformal_distribution_pit(values[:5], zeros, values[5:], seed=self.seed)
        self.martingale.bet(1 - where.pit)

    def summary(self) -> Any:
        return self.martingale.summary()
