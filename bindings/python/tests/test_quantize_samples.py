"""Calibration samples: against NumPy on more of them than the vectors have, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


def spread(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (values.max() - values.min())


@pytest.mark.parametrize("count", [97, 512, 513, 1100])
def test_the_weights_are_those_of_the_definition(count: int) -> None:
    """Counts on both sides of the blocks in which pairs are compared."""
    x = np.random.default_rng(count).standard_normal((count, 20)).astype(np.float32)
    exact = x.astype(np.float64)
    squares = (exact**2).sum(1)
    means = (squares[:, None] + squares - 2 * exact @ exact.T) / 20
    # In the middle of all distances, and a radius that no pair is next to.
    radius = float(np.median(means[np.triu_indices(count, 1)]))
    assert np.abs(means - radius).min() > 1e-12
    directions = exact / np.sqrt(squares)[:, None]
    density = spread(((means <= radius).sum(1) - 1).astype(np.float64))
    weights = density + 1.3 * spread(count - (directions @ directions.T).sum(1))
    found = quantcal.quantize_samples_allocate(x, 10_000, radius=radius, diversity=1.3)
    np.testing.assert_allclose(found.weights, weights / weights.sum(), rtol=1e-9, atol=1e-13)
    assert found.counts.sum() == 10_000
    assert np.abs(found.counts - 10_000 * found.weights).max() <= 1.5


def test_choices_do_not_depend_on_threads_and_continue() -> None:
    x = np.random.default_rng(1).standard_normal((3000, 64)).astype(np.float32)
    before = quantcal.thread_count()
    try:
        found = []
        for threads in (1, 2, 7):
            quantcal.set_thread_count(threads)
            found.append(quantcal.quantize_samples_select(x, 300, radius=1.9))
            found.append(quantcal.quantize_samples_select(x, 200, radius=1.9))
            found.append(quantcal.quantize_samples_select(x, 100, method="clusters", seed=3))
    finally:
        quantcal.set_thread_count(before)
    for again in (found[3:6], found[6:9]):
        for one, other in zip(found[:3], again, strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found[0][:200], found[1])
    assert len(set(found[0])) == 300
    assert not np.array_equal(
        found[2], quantcal.quantize_samples_select(x, 100, method="clusters", seed=4)
    )


def test_diverse_samples_cover_more_than_random_ones() -> None:
    random = np.random.default_rng(2)
    x = np.concatenate([random.normal(i**2, 0.3, (200 // (i + 1), 2)) for i in range(5)])

    def farthest(rows: np.ndarray) -> float:
        gaps = np.linalg.norm(x[:, None] - x[rows][None], axis=2)
        return float(gaps.min(1).max())

    chosen = quantcal.quantize_samples_select(x, 8, radius=0.1, diversity=5)
    draws = [farthest(random.choice(len(x), 8, replace=False)) for _ in range(50)]
    assert farthest(chosen) < np.median(draws)


def test_a_filter_then_clusters() -> None:
    random = np.random.default_rng(3)
    x = random.standard_normal((60, 8)).astype(np.float32)
    x[[5, 17]] *= 100
    kept = quantcal.quantize_samples_filter(np.stack([x.mean(1), x.std(1)], axis=1))
    assert not kept[[5, 17]].any()
    assert kept.sum() > 50
    chosen = quantcal.quantize_samples_select(x, 20, kept, method="clusters")
    assert kept[chosen].all()
    assert (np.diff(chosen) > 0).all()


def test_normal_steps_have_the_mean_and_deviation_of_a_truncated_normal() -> None:
    steps = quantcal.quantize_samples_steps(10**6, 40_000, draw="normal", deviation=0.1, seed=5)
    assert abs(steps.mean() / 1e6 - 0.4) < 4 * 0.1 / 200
    assert abs(steps.std() / 1e6 - 0.1) < 2e-3
    uniform = quantcal.quantize_samples_steps(10, 40_000, draw="uniform")
    assert np.abs(np.bincount(uniform, minlength=10) - 4000).max() < 300


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="choose is 3"):
        quantcal.quantize_samples_select([[1.0], [2.0]], 3)
    with pytest.raises(ValueError, match="kept"):
        quantcal.quantize_samples_select([[1.0], [2.0]], 1, [True])
    with pytest.raises(ValueError, match="categories"):
        quantcal.quantize_samples_filter([[1.0], [2.0]], [1])
    with pytest.raises(ValueError, match="method"):
        quantcal.quantize_samples_select([[1.0]], 1, method="random")  # type: ignore[arg-type]
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_samples_allocate([[1.0], [2.0]], 1, progress=lambda fraction: True)
