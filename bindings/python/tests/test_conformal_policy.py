"""Policies of abstention: values by the library's own steps, the search against all policies."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


def points(rng: np.random.Generator, n: int, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    logits = 2 * rng.normal(size=(n, classes))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (probs.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return np.round(1 - probs, int(rng.integers(1, 6))), labels


def test_values_are_those_of_decisions_by_the_other_points(rng: np.random.Generator) -> None:
    for _ in range(60):
        scores, labels = points(rng, int(rng.integers(2, 30)))
        n, classes = scores.shape
        single, abstention = (round(rng.uniform(0.01, 0.99), 2) for _ in range(2))
        own = scores[np.arange(n), labels]
        decisions, holds, sizes = np.empty(n, np.uint8), np.empty(n, np.bool_), 0
        for i in range(n):
            others = np.delete(own, i)
            limit = quantcal.conformal_threshold(others, abstention)
            sets = quantcal.conformal_sets(scores[i : i + 1], limit)
            (decisions[i],) = quantcal.conformal_abstention_decisions(
                scores[i : i + 1].min(axis=1),
                single_threshold=quantcal.conformal_threshold(others, single),
                abstention_threshold=limit,
                sizes=sets.sizes,
            )
            holds[i] = sets.to_bool()[0, labels[i]]
            sizes += int(sets.sizes[0]) if decisions[i] == 2 else 0
        top = scores.argmin(axis=1) == labels
        counts = quantcal.conformal_abstention_summary(decisions, top, holds)
        tried = quantcal.conformal_policy_value(
            scores,
            labels,
            single_alpha=single,
            abstention_alpha=abstention,
            wrong_cost=3,
            size_cost=0.5,
            abstention_cost=0.25,
        )
        assert vars(tried).items() >= vars(counts).items()
        assert tried.set_sizes == sizes
        assert tried.abstention == counts.abstention
        assert tried.coverage == pytest.approx(counts.coverage, nan_ok=True)
        right = counts.singles_right + counts.sets_right
        wrong = counts.singles + counts.sets - right
        excess = (sizes - counts.sets) / (classes - 1)
        total = right - 3 * wrong - 0.25 * counts.abstained - 0.5 * excess
        assert tried.value == pytest.approx(total / n)


@pytest.mark.parametrize("costs", [{}, {"wrong_cost": 4.0}, {"size_cost": 0.25}])
def test_the_search_finds_what_trying_all_levels_finds(
    rng: np.random.Generator, costs: dict[str, float]
) -> None:
    scores, labels = points(rng, 60)
    # Between multiples of 1/60 a level has the same rank.
    levels = (np.arange(1, 60) + 0.5) / 60
    values = [
        quantcal.conformal_policy_value(
            scores, labels, single_alpha=single, abstention_alpha=abstention, **costs
        ).value
        for single in levels
        for abstention in levels
    ]
    learned = quantcal.conformal_policy_learn(
        scores, labels, single_range=(0.02, 0.99), abstention_range=(0.02, 0.99), **costs
    )
    assert learned.value <= max(values) + 1e-12
    assert learned.value >= max(values) - 0.05
    assert learned.value >= np.quantile(values, 0.99)


def test_it_is_what_was_tried(rng: np.random.Generator) -> None:
    scores, labels = points(rng, 200)
    learned = quantcal.conformal_policy_learn(scores, labels, wrong_cost=2)
    again = quantcal.conformal_policy_value(
        scores,
        labels,
        single_alpha=learned.single_alpha,
        abstention_alpha=learned.abstention_alpha,
        wrong_cost=2,
    )
    assert learned == again
    assert 0.05 <= learned.single_alpha <= 0.95
    assert 0.01 <= learned.abstention_alpha <= 0.05
    fixed = quantcal.conformal_policy_learn(
        scores, labels, single_range=(0.3, 0.3), abstention_range=(0.1, 0.1), rounds=1
    )
    assert (fixed.single_alpha, fixed.abstention_alpha) == (0.3, 0.1)


def test_threads_and_seeds(rng: np.random.Generator) -> None:
    scores, labels = points(rng, 3000)
    few = {"candidates": 12, "rounds": 4, "abstention_range": (0.01, 0.3)}
    quantcal.set_thread_count(1)
    try:
        one = quantcal.conformal_policy_learn(scores, labels, **few)
        quantcal.set_thread_count(4)
        four = quantcal.conformal_policy_learn(scores, labels, **few)
    finally:
        quantcal.set_thread_count(0)
    assert one == four
    assert quantcal.conformal_policy_learn(scores, labels, seed=2**64 - 1, **few) != one


def test_progress_and_cancelling(rng: np.random.Generator) -> None:
    scores, labels = points(rng, 50)
    seen: list[float] = []
    quantcal.conformal_policy_learn(scores, labels, rounds=4, progress=seen.append)
    assert seen == [0, 0.25, 0.5, 0.75, 1]
    with pytest.raises(quantcal.Cancelled):
        quantcal.conformal_policy_learn(scores, labels, progress=lambda done: done > 0.5)


def test_what_is_refused() -> None:
    scores = [[0.1, 0.9], [0.6, 0.4]]
    with pytest.raises(quantcal.QuantcalValueError, match="labels has shape"):
        quantcal.conformal_policy_learn(scores, [0])
    with pytest.raises(quantcal.QuantcalValueError, match="abstention_range has 3"):
        quantcal.conformal_policy_learn(scores, [0, 1], abstention_range=(0.1, 0.2, 0.3))
    with pytest.raises(quantcal.QuantcalValueError, match="single_high"):
        quantcal.conformal_policy_learn(scores, [0, 1], single_range=(0.5, 0.4))
    with pytest.raises(quantcal.QuantcalValueError, match="seed"):
        quantcal.conformal_policy_learn(scores, [0, 1], seed=-1)
    none = quantcal.conformal_policy_value(
        [[1.0, 1.0], [2.0, 2.0]], [0, 0], single_alpha=0.99, abstention_alpha=0.99
    )
    assert none.coverage == 1.0
