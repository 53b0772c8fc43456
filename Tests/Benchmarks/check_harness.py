"""Does the harness notice what it is there to notice? Rows that are made up, with known faults."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from families.shared import same_value
from harness.row import Rival, Row, WrongAnswer
from run import main


@dataclass(frozen=True)
class Numbers:
    values: NDArray[np.float64]

    @property
    def inputs(self) -> list[NDArray[np.float64]]:
        return [self.values]


def numbers(n: int) -> Numbers:
    return Numbers(np.arange(n, dtype=np.float64))


def total(data: Numbers) -> float:
    return float(data.values.sum())


def slow_total(data: Numbers) -> float:
    time.sleep(0.01)
    return total(data)


def wrong_total(data: Numbers) -> float:
    return total(data) + 1


def vandal(data: Numbers) -> float:
    answer = total(data)
    data.values[0] += 1
    return answer


def broken(_data: Numbers) -> float:
    raise ZeroDivisionError("a peer broke")


def refuse(_data: Any, _answer: Any) -> None:
    raise WrongAnswer("not right by itself")


def row(ours: Any, rival: Any, at_least: float = 1.0, **more: Any) -> Row:
    needs = more.pop("needs", "numpy")
    return Row(
        "row", 1000, numbers, ours, [Rival("rival", rival, at_least, same_value, needs)], **more
    )


@dataclass(frozen=True)
class Case:
    """A row, and the status and the words that it must end with."""

    name: str
    row: Row
    status: int
    words: str
    options: Sequence[str] = ()


CASES = [
    Case("a faster one is fine", row(total, slow_total), 0, " OK\n"),
    Case("a slower one is said to be", row(slow_total, total), 0, "missed: 1\n"),
    Case("strict: and is a failure", row(slow_total, total), 1, " MISSED\n", ["--strict"]),
    Case("strict: a faster one is none", row(total, slow_total), 0, "missed: 0\n", ["--strict"]),
    Case("quick: speed is not judged", row(slow_total, total), 0, " not judged\n", ["--quick"]),
    Case("quick and strict", row(total, total), 2, "", ["--quick", "--strict"]),
    Case("another answer", row(wrong_total, total), 1, "against rival: it gives"),
    Case("another answer, quick", row(total, wrong_total), 1, "against rival", ["--quick"]),
    Case("a wrong answer of ours", row(total, total, right=refuse), 1, "not right by itself"),
    Case("a changed input", row(total, vandal), 1, "an input was changed"),
    Case("a peer that breaks", row(total, broken), 1, "ZeroDivisionError: a peer broke"),
    Case(
        "a missing peer",
        row(total, total, needs="no_such_module"),
        2,
        "not installed: no_such_module",
    ),
    Case(
        "quick: without it", row(total, total, needs="no_such_module"), 0, "no rival", ["--quick"]
    ),
    Case("no row matches", row(total, total), 2, "no row matches", ["--only", "nothing"]),
    Case("three in a row", row(total, slow_total), 0, "missed: 0\n", ["--repeat", "3"]),
    Case("none in a row", row(total, total), 2, "at least 1", ["--repeat", "0"]),
    Case("no runs", row(total, total), 2, "at least 1", ["--runs", "0"]),
]


def run_main(case: Case, *more: str) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = main([case.row], ["--runs", "3", *case.options, *more])
        except SystemExit as end:
            status = int(end.code or 0)
    return status, said.getvalue()


def json_says_the_same() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        run_main(CASES[1], "--json", str(file))
        (result,) = json.loads(file.read_text())["rows"]
    (against,) = result["against"]
    pairs = zip(against["theirs"]["all"], against["ours"]["all"], strict=True)
    ratios = [theirs / ours for theirs, ours in pairs]
    return bool(against["verdict"] == "MISSED" and against["ratio"]["all"] == ratios)


def check_all() -> int:
    os.environ.pop("QUANTCAL_BENCH_PEERS", None)
    failed = 0
    for case in CASES:
        status, said = run_main(case)
        if status != case.status or case.words not in said:
            failed += 1
            print(f"FAILED: {case.name}: status {status}, not {case.status}; it said\n{said}")
    if not json_says_the_same():
        failed += 1
        print("FAILED: the JSON file does not say what was printed")
    print(f"harness: {len(CASES) + 1 - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(check_all())
