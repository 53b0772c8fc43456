"""Circuits of knowledge rules: bounds that are certified keep the coverage under an attack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Certain, Claim, Event, Run, guarantee, mutant

CLASSES = 3


@guarantee(
    {"n": 8, "alpha": 0.1, "weight": 3.0, "size": 0.1},  # too few
    *(
        {"n": n, "alpha": alpha, "weight": weight, "size": size}
        for n, alpha in ((50, 0.2), (199, 0.05))
        for weight, size in ((3.0, 0.1), (-1.0, 0.15))
    ),
)
def certified_circuits(
    run: Run, n: int, alpha: float, weight: float, size: float
) -> Iterator[Claim]:
    """Each class has an attribute. The attack moves all leaves against the truth."""
    package, random = run.package, run.random
    rules = [(label, CLASSES + label, weight) for label in range(CLASSES)]
    rows, covered, holds = np.arange(n), 0, True
    for _ in range(run.draws):
        labels = random.integers(0, CLASSES, n + 1)
        truth = np.tile(np.eye(CLASSES)[labels], 2)
        noise = random.standard_normal(truth.shape)
        leaves = np.clip(0.35 + 0.3 * truth + 0.12 * noise, 2 * size, 1 - 2 * size)
        corrected = package.conformal_circuit_probabilities(leaves, rules)
        threshold = package.conformal_threshold(1 - corrected[rows, labels[:n]], alpha)
        attacked = leaves[n] - size * np.sign(truth[n] - 0.5)
        lower, upper = package.conformal_circuit_bounds(attacked - size, attacked + size, rules)
        holds = holds and bool(np.all((lower <= corrected[n]) & (corrected[n] <= upper)))
        covered += bool(1 - upper[labels[n]] <= threshold)
    yield Event("covered, attacked", covered, run.draws, 1 - alpha, 1.0)
    yield Certain("the bounds hold what was before", holds)


@mutant(certified_circuits)
def bounds_at_the_attacked_leaves(package: Any) -> dict[str, Callable[..., Any]]:
    def bounds(lower: Any, upper: Any, rules: Any) -> Any:
        found = package.conformal_circuit_probabilities((lower + upper) / 2, rules)
        return found, found

    return {"conformal_circuit_bounds": bounds}
