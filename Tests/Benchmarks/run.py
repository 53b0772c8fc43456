"""Times the installed package against its peers: see README.md."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from harness import machine, report
from harness.measure import Outcome, run
from harness.row import Row

#: How much smaller the data of a quick run are.
QUICK = 100


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", metavar="REGEX", help="rows whose name matches")
    parser.add_argument("--runs", type=int, default=7, help="how often each is timed (default 7)")
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        help="calls in a row each time, the shortest of which counts (default 1)",
    )
    parser.add_argument("--quick", action="store_true", help="small data: a test of the harness")
    parser.add_argument("--strict", action="store_true", help="a missed row is a failure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--list", action="store_true", help="the names of the rows, and no more")
    arguments = parser.parse_args(argv)
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    if arguments.repeat < 1:
        parser.error("--repeat must be at least 1")
    if arguments.quick and arguments.strict:
        parser.error("--strict judges speed, --quick does not: small data have other ratios")
    return arguments


def _missing(rows: Sequence[Row]) -> list[str]:
    """The modules of rivals that are not installed."""
    return sorted({rival.needs for row in rows for rival in row.against if not rival.installed})


def _run_all(
    rows: Sequence[Row], arguments: argparse.Namespace, judge: report.Judge
) -> list[Outcome]:
    print(report.HEADER)
    outcomes = []
    for row in rows:
        size = max(row.size // QUICK, 1) if arguments.quick else row.size
        outcomes.append(run(row, size, arguments.runs, arguments.repeat))
        print(*report.lines(outcomes[-1], judge), sep="\n", flush=True)
    return outcomes


def main(rows: Sequence[Row], argv: Sequence[str] | None = None) -> int:
    """Run them; 0, or 1 if an answer was wrong (if strict, also if a row was missed)."""
    arguments = _arguments(argv)
    rows = [row for row in rows if re.search(arguments.only or "", row.name)]
    if not rows:
        print(f"no row matches {arguments.only!r}", file=sys.stderr)
        return 2
    if arguments.list:
        print(*(row.name for row in rows), sep="\n")
        return 0
    if missing := _missing(rows):
        print("not installed:", ", ".join(missing), file=sys.stderr)
        if not arguments.quick or os.environ.get("QUANTCAL_BENCH_PEERS") == "1":
            return 2
    judge = report.Judge(judging=not arguments.quick)
    outcomes = _run_all(rows, arguments, judge)
    facts = machine.describe()
    print("", *machine.lines(facts), "", *report.summary(outcomes, judge), sep="\n")
    if arguments.json:
        results = [report.as_json(outcome, judge) for outcome in outcomes]
        document = {
            "machine": facts,
            "runs": arguments.runs,
            "repeat": arguments.repeat,
            "quick": arguments.quick,
            "rows": results,
        }
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")
    failed = any(outcome.failure for outcome in outcomes)
    return int(failed or (arguments.strict and bool(judge.missed(outcomes))))


if __name__ == "__main__":
    from rows import ROWS

    sys.exit(main(ROWS))
