"""Guarantees and mutants: what the files of `subjects/` register."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from harness.claims import Claim

Case = Mapping[str, Any]
Changes = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Run:
    """What a guarantee counts with."""

    package: Any
    """`quantcal`, or a copy of its names in which a mutant has changed some."""
    draws: int
    """How many independent draws to make."""
    random: np.random.Generator
    """The same numbers in every run of a case."""


Count = Callable[..., Iterable[Claim]]


@dataclass(frozen=True)
class Guarantee:
    name: str
    count: Count
    cases: tuple[Case, ...]

    def claims(self, package: Any, draws: int) -> Iterator[tuple[str, Claim]]:
        """The claims of all cases, each with its case's name."""
        for case in self.cases:
            title = " ".join([self.name, *(f"{key}={value}" for key, value in case.items())])
            random = np.random.Generator(np.random.Philox(zlib.crc32(title.encode())))
            for claim in self.count(Run(package, draws, random), **case):
                yield title, claim


@dataclass(frozen=True)
class Mutant:
    name: str
    guarantee: Guarantee
    change: Callable[[Any], Changes]

    def package(self, package: Any) -> Any:
        """A copy of a package's names with the changed ones."""
        return SimpleNamespace(**{**vars(package), **self.change(package)})


guarantees: list[Guarantee] = []
mutants: list[Mutant] = []


def guarantee(*cases: Case) -> Callable[[Count], Guarantee]:
    """Registers a function that counts: called with a Run and, by name, what is in a case, it
    yields claims. It takes what it tests from `run.package`, so that mutants can change that."""

    def register(count: Count) -> Guarantee:
        guarantees.append(Guarantee(count.__name__, count, cases or ({},)))
        return guarantees[-1]

    return register


def mutant(of: Guarantee) -> Callable[[Callable[[Any], Changes]], Mutant]:
    """Registers a fault that a guarantee must find: a function that takes the package and gives,
    by name, what is to stand in for what."""

    def register(change: Callable[[Any], Changes]) -> Mutant:
        mutants.append(Mutant(change.__name__, of, change))
        return mutants[-1]

    return register
