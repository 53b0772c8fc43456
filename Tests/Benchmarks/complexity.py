"""How time grows with the number of points: see README.md.

Each curve is one function on one kind of data, at sizes a factor of ten apart. Reported is
the time per element, which stays level where the function is linear, and the exponent e of
time ~ n^e between the two largest sizes.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import quantcal
from harness import machine
from harness.growth import CURVES, Curve, isoreg_seconds

#: A size that takes longer than this in one call is the last of its curve.
PATIENCE = 20.0

#: So long is timed at least, by as many calls as that takes.
LEAST_TIME = 0.02


def seconds(call: Callable[[], Any], runs: int) -> float:
    """The shortest time of one call."""
    start = time.perf_counter()
    call()
    once = time.perf_counter() - start
    if once > PATIENCE:
        return once
    calls = max(1, math.ceil(LEAST_TIME / max(once, 1e-9)))
    shortest = math.inf
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        shortest = min(shortest, (time.perf_counter() - start) / calls)
    return shortest


def measure(curve: Curve, largest: int, runs: int) -> dict[str, Any]:
    """The points of a curve, as far as patience goes."""
    points: list[dict[str, float]] = []
    for n in curve.sizes:
        if n > largest:
            break
        taken = isoreg_seconds(curve, n) if curve.is_isoreg else seconds(curve.prepare(n), runs)
        points.append({"n": n, "seconds": taken, "ns_per_element": taken / n * 1e9})
        if taken > PATIENCE:
            break
    return {
        "name": curve.name,
        "group": curve.group,
        "points": points,
        "exponent": exponent(points),
    }


def exponent(points: Sequence[dict[str, float]]) -> float | None:
    if len(points) < 2:
        return None
    a, b = points[-2:]
    return math.log(b["seconds"] / a["seconds"]) / math.log(b["n"] / a["n"])


def line(result: dict[str, Any]) -> str:
    times = "  ".join(f"{point['ns_per_element']:9.2f}" for point in result["points"])
    grows = f"  n^{result['exponent']:.2f}" if result["exponent"] is not None else ""
    least = f"{result['points'][0]['n']:>8,}" if result["points"] else ""
    return f"{result['name']:<34}{least}{times}{grows}"


def plot(results: Sequence[dict[str, Any]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    groups = list(dict.fromkeys(result["group"] for result in results))
    figure, axes = pyplot.subplots(
        1, len(groups), figsize=(5.5 * len(groups), 5), squeeze=False, layout="constrained"
    )
    for axis, group in zip(axes[0], groups, strict=True):
        for result in results:
            if result["group"] == group:
                n = [point["n"] for point in result["points"]]
                times = [point["ns_per_element"] for point in result["points"]]
                style = "--" if "isoreg" in result["name"] else "-"
                axis.plot(n, times, style, marker="o", markersize=4, label=result["name"])
        axis.set(xscale="log", yscale="log", xlabel="n", title=group)
        axis.set_ylabel("time per element, ns")
        axis.grid(True, which="major", alpha=0.3)
        axis.legend(fontsize=8)
    figure.savefig(path)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--largest", type=float, default=1e7, help="the most points (default 1e7)")
    parser.add_argument("--runs", type=int, default=3, help="how often each is timed (default 3)")
    parser.add_argument("--threads", type=int, default=1, help="that may be used (default 1)")
    parser.add_argument("--only", metavar="REGEX", default="", help="curves whose name matches")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the times there")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them: .png or .svg")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    given = arguments(argv)
    quantcal.set_thread_count(given.threads)
    results = []
    print("least n; ns per element there, at 10 n, 100 n, ... where it goes so far; growth")
    for curve in CURVES:
        if not re.search(given.only, curve.name):
            continue
        if curve.missing:
            print(f"{curve.name:<34}not measured: {curve.missing}")
            continue
        results.append(measure(curve, int(given.largest), given.runs))
        print(line(results[-1]), flush=True)
    if not results:
        print(f"no curve matches {given.only!r}", file=sys.stderr)
        return 2
    facts = machine.describe()
    print("", *machine.lines(facts), f"measured  on {given.threads} thread(s)", sep="\n")
    if given.json:
        document = {
            "machine": facts,
            "threads": given.threads,
            "runs": given.runs,
            "curves": results,
        }
        given.json.write_text(json.dumps(document, indent=1) + "\n")
    if given.plot:
        plot(results, given.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
