"""The outcome of the rows, to read and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Any

from harness.measure import Comparison, Outcome

HEADER = (
    f"{'row':45} {'size':>12} {'threads':>7} {'ours ms':>8}  {'against':25} {'ms':>8}"
    f" {'ratio':>6} {'(min-max)':>15} {'at least':>8}"
)


@dataclass(frozen=True)
class Judge:
    """Says whether a ratio is good enough; on small data there is nothing to say."""

    judging: bool

    def verdict(self, comparison: Comparison) -> str:
        if comparison.rival.at_least is None:
            return "information"
        if not self.judging:
            return "not judged"
        return "MISSED" if comparison.missed else "OK"

    def missed(self, outcomes: list[Outcome]) -> list[tuple[Outcome, Comparison]]:
        return [
            (outcome, comparison)
            for outcome in outcomes
            for comparison in outcome.comparisons
            if self.verdict(comparison) == "MISSED"
        ]


def _number(value: float) -> str:
    """Three digits that count; more before the point are kept."""
    if value == 0:
        return "0"
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}"


def _title(outcome: Outcome) -> str:
    size = " x ".join(str(length) for length in outcome.shape)
    return f"{outcome.row.name:45} {size:>12} {outcome.row.threads or 'all':>7}"


def _line(outcome: Outcome, comparison: Comparison, verdict: str) -> str:
    rival, ratios = comparison.rival, comparison.ratios
    spread = f"({_number(min(ratios))}-{_number(max(ratios))})"
    wanted = "" if rival.at_least is None else _number(rival.at_least)
    note = f"; {comparison.note}" if comparison.note else ""
    return (
        f"{_title(outcome)} {_number(median(comparison.ours) * 1e3):>8}"
        f"  {rival.name:25} {_number(median(comparison.theirs) * 1e3):>8}"
        f" {_number(median(ratios)):>6} {spread:>15} {wanted:>8}  {verdict}{note}"
    )


def lines(outcome: Outcome, judge: Judge) -> list[str]:
    """A line for each comparison, the row's name in the first; or what is wrong."""
    if outcome.failure:
        return [f"FAILED {outcome.row.name}: {outcome.failure}"]
    if not outcome.comparisons:
        return [f"{_title(outcome)}  the answer is right; no rival is installed"]
    out = [_line(outcome, one, judge.verdict(one)) for one in outcome.comparisons]
    title = len(_title(outcome))
    return out[:1] + [" " * title + line[title:] for line in out[1:]]


def summary(outcomes: list[Outcome], judge: Judge) -> list[str]:
    """What missed and what failed, again, and a count of the rows."""
    missed = judge.missed(outcomes)
    failed = [outcome for outcome in outcomes if outcome.failure]
    out = [f"missed: {len(missed)}"] if judge.judging else ["speed was not judged: small data"]
    out += [_line(outcome, comparison, "MISSED") for outcome, comparison in missed]
    for outcome in failed:
        out += lines(outcome, judge)
    out.append(
        f"rows with the right answer: {len(outcomes) - len(failed)} passed, {len(failed)} failed"
    )
    return out


def _statistics(times: list[float]) -> dict[str, Any]:
    return {"median": median(times), "min": min(times), "max": max(times), "all": times}


def as_json(outcome: Outcome, judge: Judge) -> dict[str, Any]:
    """The same as numbers: times in seconds, one by one."""
    return {
        "name": outcome.row.name,
        "shape": outcome.shape,
        "threads": outcome.row.threads,
        "failure": outcome.failure,
        "against": [
            {
                "name": comparison.rival.name,
                "ours": _statistics(comparison.ours),
                "theirs": _statistics(comparison.theirs),
                "ratio": _statistics(comparison.ratios),
                "at_least": comparison.rival.at_least,
                "verdict": judge.verdict(comparison),
                "note": comparison.note,
            }
            for comparison in outcome.comparisons
        ],
    }
