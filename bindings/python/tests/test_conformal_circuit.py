"""Circuits: against the sum over all worlds, and the coverage that certified bounds leave."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import quantcal
from quantcal import KnowledgeRule


def holds(literal: int, world: tuple[int, ...]) -> bool:
    return world[literal] == 1 if literal >= 0 else world[~literal] == 0


def by_worlds(leaves: NDArray[np.float64], rules: list[KnowledgeRule]) -> NDArray[np.float64]:
    """The definition, world by world, in logarithms."""
    sums = np.full(len(leaves), -np.inf)
    total = -np.inf
    with np.errstate(divide="ignore"):
        logs = np.log(np.stack([1 - leaves, leaves]))
    for world in product((0, 1), repeat=len(leaves)):
        weight = sum(logs[there, leaf] for leaf, there in enumerate(world))
        for rule in rules:
            if not holds(rule.premise, world) or holds(rule.conclusion, world):
                weight += rule.weight
        total = np.logaddexp(total, weight)
        for leaf, there in enumerate(world):
            if there:
                sums[leaf] = np.logaddexp(sums[leaf], weight)
    return np.exp(sums - total)


def some_rules(rng: np.random.Generator, leaves: int, count: int) -> list[KnowledgeRule]:
    literals = rng.integers(-leaves, leaves, (count, 2))
    return [KnowledgeRule(int(a), int(b), rng.normal() * 3) for a, b in literals]


def test_corrected_probabilities_are_sums_over_worlds(rng: np.random.Generator) -> None:
    for _ in range(150):
        count = int(rng.integers(1, 7))
        leaves = np.where(rng.random(count) < 0.15, rng.integers(0, 2, count), rng.random(count))
        rules = some_rules(rng, count, int(rng.integers(0, 6)))
        found = quantcal.conformal_circuit_probabilities(leaves, rules)
        np.testing.assert_allclose(found, by_worlds(leaves, rules), rtol=1e-11)


def test_a_mixture_is_that_of_its_circuits(rng: np.random.Generator) -> None:
    leaves = rng.random((20, 6))
    rules = [some_rules(rng, 6, 3) for _ in range(3)]
    every = [rule._replace(circuit=c) for c, part in enumerate(rules) for rule in part]
    apart = [quantcal.conformal_circuit_probabilities(leaves, part) for part in rules]
    mixed = quantcal.conformal_circuit_probabilities(leaves, every, circuits=3)
    np.testing.assert_allclose(mixed, np.mean(apart, axis=0), rtol=1e-12)
    shared = quantcal.conformal_circuit_probabilities(
        leaves, every, circuits=3, shares=[4, 0, 1, 3]
    )
    np.testing.assert_allclose(shared, (4 * leaves + apart[1] + 3 * apart[2]) / 8, rtol=1e-12)


def test_bounds_are_the_extremes_of_all_corners(rng: np.random.Generator) -> None:
    for _ in range(60):
        count = int(rng.integers(1, 6))
        rules = some_rules(rng, count, int(rng.integers(1, 6)))
        lower, upper = np.sort(rng.random((2, count)), axis=0)
        corners = np.array(list(product((0, 1), repeat=count)))
        found = quantcal.conformal_circuit_probabilities(np.where(corners, upper, lower), rules)
        below, above = quantcal.conformal_circuit_bounds(lower, upper, rules)
        np.testing.assert_allclose(below, found.min(axis=0), rtol=1e-11)
        np.testing.assert_allclose(above, found.max(axis=0), rtol=1e-11)
        inside = rng.uniform(lower, upper, (200, count))
        values = quantcal.conformal_circuit_probabilities(inside, rules)
        assert np.all((below <= values) & (values <= above))


def test_independent_rules_may_be_many(rng: np.random.Generator) -> None:
    leaves = rng.random((3, 400))
    rules = [(2 * i, 2 * i + 1, 1.5) for i in range(200)]
    found = quantcal.conformal_circuit_probabilities(leaves, rules)
    pair = quantcal.conformal_circuit_probabilities(leaves.reshape(-1, 2), [(0, 1, 1.5)])
    np.testing.assert_array_equal(found, pair.reshape(3, 400))


def test_extreme_weights_stay_probabilities() -> None:
    leaves = [1e-300, 1e-300, 1.0]
    rules = [(2, 0, 400.0), (0, 1, 300.0), (1, ~2, -200.0)]
    found = quantcal.conformal_circuit_probabilities(leaves, rules)
    expected = by_worlds(np.array(leaves), [KnowledgeRule(*rule) for rule in rules])
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_certified_bounds_keep_the_coverage(rng: np.random.Generator) -> None:
    """An attack moves each leaf by up to 0.1; classes whose score at the upper bound is at
    most the threshold cover, those at the value itself do not."""
    n, alpha, draws, size = 50, 0.2, 1500, 0.1
    rules = [(label, 3 + label, 3.0) for label in range(3)]
    covered = {"robust": 0, "plain": 0}
    for _ in range(draws):
        labels = rng.integers(0, 3, n + 1)
        truth = np.concatenate([np.eye(3)[labels], np.eye(3)[labels]], axis=1)
        leaves = np.clip(0.35 + 0.4 * truth + 0.1 * rng.standard_normal((n + 1, 6)), 0.1, 0.9)
        scores = 1 - quantcal.conformal_circuit_probabilities(leaves, rules)
        threshold = quantcal.conformal_threshold(scores[np.arange(n), labels[:n]], alpha)
        attacked = leaves[n] - size * np.sign(truth[n] - 0.5)
        _, above = quantcal.conformal_circuit_bounds(attacked - size, attacked + size, rules)
        own = quantcal.conformal_circuit_probabilities(attacked, rules)
        covered["robust"] += bool(1 - above[labels[n]] <= threshold)
        covered["plain"] += bool(1 - own[labels[n]] <= threshold)
    least = stats.binom.ppf(1e-7, draws, 1 - alpha)
    assert covered["robust"] >= least > covered["plain"]


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=r"conclusions\[0\] is 2"):
        quantcal.conformal_circuit_probabilities([0.5, 0.5], [(0, 2, 1.0)])
    with pytest.raises(quantcal.QuantcalValueError, match="tie 17 leaves together"):
        chain = [(leaf, leaf + 1, 1.0) for leaf in range(16)]
        quantcal.conformal_circuit_probabilities(np.full(17, 0.5), chain)
    with pytest.raises(quantcal.QuantcalValueError, match="shares has shape"):
        quantcal.conformal_circuit_probabilities([0.5], [], shares=[1])
    with pytest.raises(quantcal.QuantcalValueError, match=r"lower\[1\] is 0.5, above"):
        quantcal.conformal_circuit_bounds([0.1, 0.5], [0.2, 0.4], [])
