"""Information pursuit: bounds against the entropy of any law, uniform histories, a game."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import quantcal


def test_each_order_is_as_likely_as_any_other() -> None:
    orders = quantcal.conformal_pursuit_histories(24000, queries=4, length=4, seed=5)
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert counts.size == 24
    assert stats.chisquare(counts).pvalue > 1e-6
    whole = quantcal.conformal_pursuit_histories(100, queries=50, length=9, seed=5)
    part = quantcal.conformal_pursuit_histories(60, queries=50, length=3, seed=5, first_point=40)
    np.testing.assert_array_equal(whole[40:, :3], part)


def test_the_log_of_the_mean(rng: np.random.Generator) -> None:
    sizes = rng.integers(0, 20, (200, 30))
    weights = rng.exponential(size=sizes.shape)
    np.testing.assert_allclose(
        quantcal.conformal_pursuit_log_sizes(sizes), np.log(sizes.mean(axis=1)), rtol=1e-12
    )
    np.testing.assert_allclose(
        quantcal.conformal_pursuit_log_sizes(sizes, weights=weights),
        np.log(np.average(sizes, axis=1, weights=weights)),
        rtol=1e-12,
    )


def entropy_and_sets(rng: np.random.Generator) -> tuple[float, float, float, int]:
    """A law of a class and what is known, and any sets: H(Y | X), P(miss), E|C|, classes."""
    classes, knowns = int(rng.integers(1, 7)), int(rng.integers(1, 6))
    law = rng.random((knowns, classes)) ** rng.integers(1, 9)
    law /= law.sum()
    sets = rng.random(law.shape) < rng.random()
    mass = law.sum(axis=1, keepdims=True)
    entropy = -np.sum(law * np.log(law / mass))
    return entropy, law[~sets].sum(), float((mass[:, 0] * sets.sum(axis=1)).sum()), classes


def test_no_law_has_more_entropy_than_the_bounds(rng: np.random.Generator) -> None:
    for _ in range(5000):
        entropy, miss, size, classes = entropy_and_sets(rng)
        if not 1e-9 < miss < 1 - 1e-9:
            continue
        size = min(size, classes)
        for n in (2**60, 0):
            sharp = quantcal.conformal_pursuit_entropy_bound(classes, n, miss, size)
            published = quantcal.conformal_pursuit_entropy_bound(
                classes, n, miss, size, kind="published"
            )
            assert entropy <= sharp + 1e-12
            assert sharp <= published + 1e-12


def test_the_sharp_bound_is_reached() -> None:
    """Sets that hold all but a share e of the time, and are empty otherwise."""
    classes, miss = 6, 0.25
    for held in (1, 2, 6):
        size = (1 - miss) * held
        bound = quantcal.conformal_pursuit_entropy_bound(classes, 2**60, miss, size)
        entropy = miss * np.log(classes) + (1 - miss) * np.log(held)
        coin = stats.bernoulli(miss).entropy()
        assert bound == pytest.approx(min(coin + entropy, np.log(classes)))


def test_pursuit_finds_the_number() -> None:
    """Twenty questions: the bits of a number, one of them useless. The sets are what is left."""
    numbers = np.arange(16)
    queries = [numbers >> bit & 1 for bit in range(4)]
    queries.insert(2, np.zeros(16, int))  # tells nothing
    secret, left, asked = 11, np.ones(16, bool), np.zeros(5, bool)
    sizes_seen = []
    while True:
        answers = [[left & (query == answer) for answer in (0, 1)] for query in queries]
        sizes = [[one.sum() for one in pair] for pair in answers]
        choice = quantcal.conformal_pursuit_choose(
            quantcal.conformal_pursuit_log_sizes(sizes, weights=np.maximum(sizes, 1e-300)),
            asked=asked,
        )
        if choice.spread < 1e-9:
            break
        asked[choice.index] = True
        left &= queries[choice.index] == queries[choice.index][secret]
        sizes_seen.append(int(left.sum()))
    assert sizes_seen == [8, 4, 2, 1]
    assert np.flatnonzero(left).tolist() == [secret]
    assert not asked[2]


def test_what_is_refused() -> None:
    with pytest.raises(quantcal.Infeasible, match="were asked"):
        quantcal.conformal_pursuit_choose([1.0], asked=[True])
    with pytest.raises(quantcal.QuantcalValueError, match="expected bool"):
        quantcal.conformal_pursuit_choose([1.0], asked=[1])
    with pytest.raises(quantcal.QuantcalValueError, match="32 bits"):
        quantcal.conformal_pursuit_log_sizes([[2**31]])
    with pytest.raises(quantcal.QuantcalValueError, match="weights has shape"):
        quantcal.conformal_pursuit_log_sizes([[1, 2]], weights=[[1.0]])
    with pytest.raises(quantcal.QuantcalValueError, match="length is 9"):
        quantcal.conformal_pursuit_histories(3, queries=8, length=9)
