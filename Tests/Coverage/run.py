"""Counts every guarantee of `subjects/`, and sees whether every mutant is found.

    python3 Tests/Coverage/run.py [--draws N] [subject ...]

The last line is `N passed, M failed`.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import quantcal

from harness.claims import Claim
from harness.registry import Guarantee, Mutant, guarantees, mutants

FAILURE_PROBABILITY = 1e-6
"""That of the whole run, if all is right: each way to fail has an equal share."""

MUTANT_DRAWS = 2000
"""Enough to find a fault where it is large."""

MUTANT_WAYS = 1000
"""A mutant is found by as small a probability as in a run with so many ways to fail."""


def discover(names: list[str]) -> None:
    """Loads the subjects, which register what they have."""
    there = sorted(path.stem for path in (Path(__file__).parent / "subjects").glob("*.py"))
    if unknown := set(names) - set(there):
        raise SystemExit(f"no subject is called {', '.join(sorted(unknown))}; there are: {there}")
    for name in names or there:
        importlib.import_module(f"subjects.{name}")


def is_broken(claim: Claim, ways: int) -> bool:
    """Whether luck is no explanation, for one claim of a run with so many ways to fail."""
    return any(p < FAILURE_PROBABILITY / ways for p in claim.p_values())


def ways_to_fail(claims: Iterable[Claim]) -> int:
    return max(1, sum(len(claim.p_values()) for claim in claims))


def count(package: Any, draws: int, counted: Iterable[Guarantee]) -> list[tuple[str, Claim]]:
    """All claims of some guarantees. What must be far too slow shows on the way."""
    results = []
    for one in counted:
        start = time.monotonic()
        results += one.claims(package, draws)
        print(f"counted: {one.name}, {time.monotonic() - start:.1f} s", flush=True)
    return results


def is_found(one: Mutant, package: Any) -> bool:
    """Whether the guarantee notices the mutant."""
    claims = one.guarantee.claims(one.package(package), MUTANT_DRAWS)
    return any(is_broken(claim, MUTANT_WAYS) for _, claim in claims)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--draws", type=int, default=500, help="of each case (default: %(default)s)"
    )
    parser.add_argument("subjects", nargs="*", help="of these only")
    arguments = parser.parse_args()
    discover(arguments.subjects)
    results = count(quantcal, arguments.draws, guarantees)
    ways = ways_to_fail(claim for _, claim in results)
    verdicts = [
        (not is_broken(claim, ways), f"{title}: {claim.describe()}") for title, claim in results
    ]
    verdicts += [(is_found(one, quantcal), f"{one.name} is found") for one in mutants]
    for holds, text in verdicts:
        print(f"{'ok' if holds else 'FAILED'}: {text}")
    failed = sum(not holds for holds, _ in verdicts)
    print(f"{len(verdicts) - failed} passed, {failed} failed")
    return int(failed > 0 or not verdicts)


if __name__ == "__main__":
    raise SystemExit(main())
