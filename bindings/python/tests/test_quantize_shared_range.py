"""Ranges that are shared: what a model computes stays, and groups are as good as scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import quantcal


def layer_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x = x - x.mean(1, keepdims=True)
    return x / x.std(1, keepdims=True) * gamma + beta


@pytest.mark.parametrize("common", ["mean", "median"])
def test_a_layer_norm_and_a_linear_layer_compute_what_they_did(common: Any) -> None:
    random = np.random.default_rng(0)
    tokens, channels, outputs = 200, 24, 9
    x = random.standard_normal((tokens, channels))
    gamma, beta = random.gamma(2, 1, channels), random.standard_normal(channels)
    gamma[3], beta[3] = 0, 0
    weights, bias = random.standard_normal((outputs, channels)), random.standard_normal(outputs)
    activations = layer_norm(x, gamma, beta)
    observer = quantcal.QuantizeObserver(channels)
    observer.update(activations)
    own = observer.range("uint8", zeros=True)
    assert own.zeros is not None
    summary = observer.summary()
    scales = np.where((summary.minimum == 0) & (summary.maximum == 0), 0, own.scales[:, 0])
    assert scales[3] == 0
    found = quantcal.quantize_reparameterize(
        scales, own.zeros[:, 0], gamma, beta, weights, bias, common=common
    )
    assert found.beta is not None and found.bias is not None
    live = scales > 0
    middle = np.mean if common == "mean" else lambda v: np.quantile(v, 0.5, method="lower")
    np.testing.assert_allclose(found.scale, middle(scales[live]), rtol=1e-6)
    assert found.zero == np.round(middle(own.zeros[live, 0]))
    moved = layer_norm(x, found.gamma, found.beta)
    expected = activations @ weights.T + bias
    np.testing.assert_allclose(moved @ found.weights.T + found.bias, expected, atol=2e-4)
    codes = activations[:, live] / scales[live] + own.zeros[live, 0]
    np.testing.assert_allclose(moved[:, live] / found.scale + found.zero, codes, atol=2e-3)
    np.testing.assert_array_equal(found.weights[:, 3], weights[:, 3].astype(np.float32))


def test_inputs_are_not_changed() -> None:
    gamma, weights = np.ones(2, np.float32), np.ones((3, 2), np.float32)
    found = quantcal.quantize_reparameterize([1, 3], None, gamma, None, weights)
    assert found.beta is None and found.bias is None and found.zero == 0
    assert np.all(gamma == 1) and np.all(weights == 1)
    with pytest.raises(quantcal.QuantcalValueError, match="beta"):
        quantcal.quantize_reparameterize([1, 3], [0, 1], gamma, None, weights)
    with pytest.raises(quantcal.QuantcalValueError, match=r"scales\[0\] is -1"):
        quantcal.quantize_reparameterize([-1, 3], None, gamma, None, weights)
    with pytest.raises(ValueError, match="gamma"):
        quantcal.quantize_reparameterize([1, 3, 4], None, gamma, None, np.ones((3, 3)))


def spread(low: Any, high: Any, group_of: Any) -> float:
    points = np.stack([low, high], 1)
    groups = [points[group_of == group] for group in np.unique(group_of)]
    return float(sum(((own - own.mean(0)) ** 2).sum() for own in groups))


def test_groups_are_as_good_as_those_of_scikit_learn() -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    random = np.random.default_rng(1)
    for _ in range(20):
        n, groups = int(random.integers(5, 200)), int(random.integers(2, 5))
        low = -random.gamma(2, 1, n)
        high = random.gamma(2, 1, n)
        found = quantcal.quantize_range_groups(low, high, groups, restarts=20)
        theirs = cluster.KMeans(groups, n_init=20, random_state=0).fit(np.stack([low, high], 1))
        assert spread(low, high, found.group_of) <= theirs.inertia_ * 1.02
        runs = quantcal.quantize_range_groups(low, high, groups, method="runs")
        sizes = np.bincount(runs.group_of)
        assert np.all(np.diff(runs.group_of) >= 0) and sizes.max() - sizes.min() <= 1


def test_tables_by_time_step() -> None:
    random = np.random.default_rng(2)
    steps = np.arange(0, 1000, 50)
    observers = []
    for step in steps:
        observer = quantcal.QuantizeObserver()
        observer.update(random.standard_normal(500) * (1 + step / 100))
        observers.append(observer)
    ends = [observer.summary() for observer in observers]
    low, high = (
        np.concatenate([getattr(end, name) for end in ends]) for name in ("minimum", "maximum")
    )
    found = quantcal.quantize_range_groups(low, high, 4, method="runs")
    tables = []
    for group in range(4):
        merged = quantcal.QuantizeObserver()
        for member in np.flatnonzero(found.group_of == group):
            merged.merge(observers[member])
        tables.append(merged.range("int8", "mse").scales[0, 0])
        assert merged.summary().maximum == found.maximum[group]
    assert np.all(np.diff(tables) > 0)
    places = quantcal.quantize_step_places(steps, np.arange(1000))
    nearest = np.abs(np.arange(1000)[:, None] - steps).argmin(1)
    np.testing.assert_array_equal(places, nearest)


def test_progress_can_stop() -> None:
    low, high = np.zeros(50), np.arange(50.0)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_range_groups(low, high, 3, progress=lambda fraction: True)
