"""What a theorem promises of a count, with the probability that luck alone breaks it so far.

A claim has p-values, each a bound on the probability of a count at least as far off if the theorem
holds. The suite rejects a claim one of whose p-values is below its share of the failure probability
of the whole suite.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.laws import beta_binomial, binomial, lower_tail, upper_tail


class Claim(ABC):
    """Something that holds unless it is out of luck."""

    name: str

    @abstractmethod
    def p_values(self) -> list[float]:
        """One for each way to be wrong."""

    @abstractmethod
    def describe(self) -> str:
        """What was counted and what was promised."""


@dataclass(frozen=True)
class Event(Claim):
    """An event that happened `count` times in `trials` independent ones, its probability promised
    to lie between `at_least` and `at_most`: equal numbers promise the probability itself."""

    name: str
    count: int
    trials: int
    at_least: float = 0.0
    at_most: float = 1.0

    def p_values(self) -> list[float]:
        values = []
        if self.at_least > 0:
            values.append(lower_tail(binomial(self.trials, self.at_least), self.count))
        if self.at_most < 1:
            values.append(upper_tail(binomial(self.trials, self.at_most), self.count))
        return values

    def describe(self) -> str:
        rate = self.count / self.trials
        promise = f"[{self.at_least:.5f}, {self.at_most:.5f}]"
        return f"{self.name} {rate:.5f} of {self.trials} in {promise}"


def losses(
    name: str, values: NDArray[np.float64], random: np.random.Generator, *, at_most: float
) -> Event:
    """The mean of independent losses in [0, 1] is at most so much: each becomes an event that has
    the loss as its probability, so that the law is binomial whatever the losses' own."""
    if values.min() < 0 or values.max() > 1:
        raise ValueError(f"{name}: losses must be 0 to 1")
    count = int(np.sum(random.random(values.size) < values))
    return Event(name, count, values.size, at_most=at_most)


@dataclass(frozen=True)
class Superuniform(Claim):
    """Independent values whose probability of being at most t is at most t."""

    name: str
    values: NDArray[np.float64]

    def excess(self) -> float:
        """By how much the distribution of the values rises above the uniform one."""
        ordered = np.sort(self.values)
        return float(np.max(np.arange(1, ordered.size + 1) / ordered.size - ordered, initial=0.0))

    def p_values(self) -> list[float]:
        # Massart's constant, one-sided: valid where it is at most one half.
        bound = math.exp(-2 * self.values.size * self.excess() ** 2)
        return [bound if bound <= 0.5 else 1.0]

    def describe(self) -> str:
        return f"{self.name}: {self.values.size} values, {self.excess():.5f} above the uniform law"


@dataclass(frozen=True)
class Uniform(Superuniform):
    """Independent values that are uniform on [0, 1]."""

    def p_values(self) -> list[float]:
        mirrored = Superuniform(self.name, 1 - self.values)
        return [*super().p_values(), *mirrored.p_values()]


def beta_binomial_counts(
    name: str, counts: Sequence[int], random: np.random.Generator, *, m: int, a: int, b: int
) -> Uniform:
    """Independent counts, each of `m` points that share a probability from Beta(a, b): what the
    randomised distribution function of their law gives is uniform."""
    places = np.asarray(counts)
    terms = beta_binomial(m, a, b)
    below = np.concatenate([[0.0], np.cumsum(terms)])[places]
    return Uniform(name, below + random.random(places.size) * terms[places])


@dataclass(frozen=True)
class Certain(Claim):
    """What holds on every path, whatever the data."""

    name: str
    holds: bool

    def p_values(self) -> list[float]:
        return [1.0 if self.holds else 0.0]

    def describe(self) -> str:
        return f"{self.name}, on every path"
