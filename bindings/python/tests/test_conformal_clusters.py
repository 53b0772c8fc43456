"""Clusters of classes: against scikit-learn's k-means; with a calibrator; what arguments may be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal

LEVELS = (5, 6, 7, 8, 9)


def _embedding(
    scores: NDArray[Any], labels: NDArray[Any], classes: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Quantiles of each class as order statistics, and the weights."""
    rows, weights = [], []
    for label in range(classes):
        own = np.sort(scores[labels == label])
        rows.append([own[-(-own.size * tenths // 10) - 1] for tenths in LEVELS])
        weights.append(math.sqrt(own.size))
    return np.array(rows), np.array(weights)


def _cost(points: NDArray[Any], weights: NDArray[Any], clusters: NDArray[Any]) -> float:
    cost = 0.0
    for cluster in np.unique(clusters):
        own, mass = points[clusters == cluster], weights[clusters == cluster]
        cost += float((mass @ (own - np.average(own, axis=0, weights=mass)) ** 2).sum())
    return cost


def test_clusters_cost_no_more_than_those_of_scikit_learn() -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    rng = np.random.default_rng(4)
    for trial in range(12):
        classes, clusters = int(rng.integers(20, 120)), int(rng.integers(2, 8))
        labels = np.concatenate([np.repeat(np.arange(classes), 12), rng.integers(0, classes, 900)])
        scores = rng.gamma(1 + 4 * (labels % clusters)) + rng.random(labels.size)
        found = quantcal.conformal_class_clusters(
            scores, labels, 0.1, cluster_count=clusters, restarts=30, seed=trial
        )
        points, weights = _embedding(scores, labels, classes)
        peer = cluster.KMeans(clusters, n_init=10, random_state=trial)
        peer.fit(points, sample_weight=weights)
        assert found.cluster_count == clusters
        assert _cost(points, weights, found.clusters) <= 1.01 * peer.inertia_, trial


def test_the_same_seed_gives_the_same_clusters() -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(3000) % 50
    scores = rng.standard_normal(3000) + labels
    call = quantcal.conformal_class_clusters
    found = [call(scores, labels, 0.1, cluster_count=20, restarts=1, seed=s) for s in (1, 1, 2, 3)]
    np.testing.assert_array_equal(found[0].clusters, found[1].clusters)
    assert len({tuple(one.clusters) for one in found}) > 1


def test_a_calibrator_takes_the_clusters_as_groups() -> None:
    """Hard classes have as much coverage as easy ones, which the marginal threshold denies them."""
    rng = np.random.default_rng(6)
    classes = 60

    def drawn(count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        labels = rng.integers(0, classes, count)
        return rng.random(count) * (1 + 3 * (labels % 2)), labels

    scores, labels = drawn(1500)
    plan = quantcal.conformal_cluster_plan(np.bincount(labels), 0.1)
    k = round(plan.fraction * scores.size)
    found = quantcal.conformal_class_clusters(
        scores[:k], labels[:k], 0.1, class_count=classes, cluster_count=plan.cluster_count
    )
    groups = found.cluster_count + 1
    calibrator = quantcal.ConformalCalibrator(group_count=groups, last_group="all")
    calibrator.update(scores[k:], groups=found.clusters[labels[k:]])
    thresholds = calibrator.thresholds(0.1)[found.clusters]
    test, truth = drawn(40_000)
    known = found.clusters < found.cluster_count
    covered = test <= thresholds[truth]
    for parity in (0, 1):
        part = covered[(truth % 2 == parity) & known[truth]]
        assert part.size > 1000
        assert 0.85 < part.mean() < 0.97
    marginal = quantcal.conformal_threshold(scores, 0.1)
    assert (test <= marginal)[truth % 2 == 1].mean() < 0.83


def test_types_and_counts_are_taken_as_they_come() -> None:
    single = np.array([0, 5, 0.5, 6], np.float32)
    found = quantcal.conformal_class_clusters(single, np.arange(4, dtype=np.uint8), np.float32(0.4))
    np.testing.assert_array_equal(found.clusters, [0] * 4)
    assert found.cluster_count == 0
    found = quantcal.conformal_class_clusters([], [], 0.1)
    assert found.clusters.size == 0
    assert quantcal.conformal_cluster_plan([], 0.1) == quantcal.ConformalClusterPlan(0.0, 0)


def test_progress_is_told_and_stops() -> None:
    scores, labels = np.arange(40.0), np.arange(40) % 8
    told: list[float] = []
    call: Any = quantcal.conformal_class_clusters
    call(scores, labels, 0.5, cluster_count=3, progress=told.append)
    assert told == [restart / 10 for restart in range(10)]
    with pytest.raises(quantcal.Cancelled):
        call(scores, labels, 0.5, cluster_count=3, progress=lambda done: done > 0.2)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[1.0]], [0], 0.1), {}, "scores"),
        (([1.0, 2.0], [0], 0.1), {}, "labels"),
        (([1.0], [-1], 0.1), {"class_count": 1}, r"labels\[0\] is -1"),
        (([1.0], [3], 0.1), {"class_count": 3}, r"labels\[0\] is 3; labels must be 0 to 2"),
        (([1.0], [0], 0.1), {"class_count": 0}, "class_count is 0"),
        (([1.0], [0], 0.1), {"class_count": -1}, "class_count"),
        (([1.0], [0], 0.1), {"class_count": 2**32}, "class_count"),
        (([1.0], [0], 1.0), {}, "alpha"),
        (([1.0], [0], 0.1), {"rare": "all"}, "rare"),
        (([1.0], [0], 0.1), {"restarts": 0}, "restarts"),
    ],
)
def test_faulty_calls_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        quantcal.conformal_class_clusters(*arguments, **options)


def test_faulty_counts_are_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="counts"):
        quantcal.conformal_cluster_plan([[1]], 0.1)
    with pytest.raises(TypeError, match="counts"):
        quantcal.conformal_cluster_plan([0.5], 0.1)
