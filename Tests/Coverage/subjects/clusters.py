"""Clusters of classes: with classes of two kinds, a class has the coverage that its cluster has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import Claim, Event, Run, guarantee, mutant

CLASSES = 12
POINTS = 600


@guarantee(*({"alpha": alpha, "rounded": rounded} for alpha in (0.1, 0.25) for rounded in (False, True)))
def clustered_thresholds(run: Run, alpha: float, rounded: bool) -> Iterator[Claim]:
    """Scores of the one kind lie above all of the other, so clusters are the kinds."""
    covered = 0
    for _ in range(run.draws):
        labels = run.random.integers(0, CLASSES, POINTS + 1)
        labels[-1] = 1
        scores = run.random.exponential(size=POINTS + 1) + 100 * (labels % 2)
        if rounded:
            scores = np.ceil(scores)
        first, rest = slice(0, POINTS // 2), slice(POINTS // 2, POINTS)
        found = run.package.conformal_class_clusters(
            scores[first], labels[first], alpha, class_count=CLASSES, cluster_count=2, restarts=1
        )
        calibrator = run.package.ConformalCalibrator(
            group_count=found.cluster_count + 1, last_group="all"
        )
        calibrator.update(scores[rest], groups=found.clusters[labels[rest]])
        covered += bool(scores[-1] <= calibrator.thresholds(alpha)[found.clusters[1]])
    yield Event("covered", covered, run.draws, 1 - alpha, 1.0)


@mutant(clustered_thresholds)
def clusters_of_nothing(package: Any) -> dict[str, Callable[..., Any]]:
    """All classes in the null cluster: the marginal threshold."""

    def clusters(*_: Any, class_count: int, **options: Any) -> Any:
        return package.ConformalClassClusters(np.zeros(class_count, np.int64), 0)

    return {"conformal_class_clusters": clusters}
