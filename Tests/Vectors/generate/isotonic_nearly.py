"""Family `isotonic`: nearly-isotonic paths over rationals, by trying every pattern of order.

Between neighbours there are three possibilities: equal, falling, rising. For each of the 3^(n-1) patterns the
conditions of Karush, Kuhn and Tucker give every value as a line in lambda, and linear inequalities that hold on
an interval of lambdas. These intervals, over all patterns, are the path.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

from isotonic_regression import DOUBLE_MAX, FLOAT_MAX, spread

from exact import F64
from files import AsTyped, VectorFile

INFINITY = float("inf")


def files():
    return [create(), breakpoints_of(), fit(), options_init(), destroy()]


class Piece(NamedTuple):
    """A pattern, and the lambdas at which it is the solution; `end` is None for no end."""

    begin: Fraction
    end: Fraction | None
    groups: list  # of (first, last)
    lines: list  # of (value at lambda = 0, slope), one for each group


@cache
def pieces(y, weights):
    """Of points in the order in which the fit rises, all of positive weight."""
    patterns = product(("equal", "falling", "rising"), repeat=max(len(y) - 1, 0))
    found = (piece_of(pattern, y, weights) for pattern in patterns)
    return [piece for piece in found if piece is not None]


def piece_of(pattern, y, weights):
    n = len(y)
    ends = [k for k in range(n) if k == n - 1 or pattern[k] != "equal"]
    groups = list(zip([0] + [k + 1 for k in ends[:-1]], ends))
    lines = []
    for first, last in groups:
        weight = sum(weights[first:last + 1])
        draw = (first > 0 and pattern[first - 1] == "falling") - (last < n - 1 and pattern[last] == "falling")
        moment = sum(w * v for w, v in zip(weights[first:last + 1], y[first:last + 1]))
        lines.append((moment / weight, Fraction(draw) / weight))
    conditions = []  # (a, b): a + b * lambda >= 0
    for (group, line), after in zip(zip(groups, lines), lines[1:]):
        sign = 1 if pattern[group[1]] == "falling" else -1
        conditions.append((sign * (line[0] - after[0]), sign * (line[1] - after[1])))
    for (first, last), (value, slope) in zip(groups, lines):
        # What the points up to k press on the next: between 0 and lambda.
        press = (Fraction(0), Fraction(first > 0 and pattern[first - 1] == "falling"))
        for k in range(first, last):
            press = (press[0] + weights[k] * (y[k] - value), press[1] - weights[k] * slope)
            conditions += [press, (-press[0], 1 - press[1])]
    begin, end = Fraction(0), None
    for a, b in conditions:
        if b > 0:
            begin = max(begin, -a / b)
        elif b < 0:
            end = -a / b if end is None else min(end, -a / b)
        elif a < 0:
            return None
    return None if end is not None and end < begin else Piece(begin, end, groups, lines)


def value_at(path, at):
    piece = next(p for p in path if p.begin <= at and (p.end is None or at <= p.end))
    return [value + at * slope for (first, last), (value, slope) in zip(piece.groups, piece.lines)
            for _ in range(first, last + 1)]


def group_count(x):
    return sum(1 for i in range(len(x)) if i == 0 or x[i] != x[i - 1])


def joins(path):
    """The lambdas > 0 at which there are fewer groups than before."""
    lambdas = sorted({p.begin for p in path if p.begin > 0})
    counts = [group_count(value_at(path, at)) for at in [Fraction(0), *lambdas]]
    return [at for at, before, after in zip(lambdas, counts, counts[1:]) if after < before]


def path_of(y, weights, direction):
    """The pieces of the points that weigh something, in the order in which the fit rises; and all weights in
    that order."""
    order = -1 if direction == "decreasing" else 1
    values = [Fraction(value) for value in y][::order]
    masses = [Fraction(weight) for weight in weights or [1] * len(y)][::order]
    kept = [i for i, mass in enumerate(masses) if mass > 0]
    return pieces(tuple(values[i] for i in kept), tuple(masses[i] for i in kept)), masses, order


def solve_breakpoints(format, y, weights=None, direction="increasing"):
    lambdas = joins(path_of(y, weights, direction)[0]) if y else []
    return {"lambdas": lambdas, "count": len(lambdas)}


def solve_fit(format, y, weights=None, direction="increasing", **inputs):
    if not y:
        return {"x": [], "degrees_of_freedom": 0}
    path, masses, order = path_of(y, weights, direction)
    at = inputs["lambda"]
    # From the last piece on, nothing moves.
    at = max(p.begin for p in path) if at == INFINITY else Fraction(at)
    x = value_at(path, at)
    return {"x": spread(x, masses)[::order], "degrees_of_freedom": group_count(x)}


SOURCE = "every pattern of order and its optimality conditions, in rational arithmetic (generate/isotonic_nearly.py)"


def create():
    file = VectorFile("isotonic/nearly_create.json", "qc_isotonic_nearly_create", ["f64", "f32"], SOURCE,
                      solve_breakpoints, inputs={"y": "T", "weights": "T"}, outputs={"lambdas": "f64"},
                      tolerance={"ulps": 4})
    file.add("no points", y=[])
    file.add("one point", y=[-2.5], weights=[3])
    file.add("an order that holds has no breakpoints", y=[1, 2, 2, 3])
    file.add("a single fall", y=[3, 1])
    file.add("a single fall, weighted", y=[3, 1], weights=[3, 1])
    file.add("decreasing", y=[1, 5, 3, 4, 2], direction="decreasing")
    file.add("weights of zero", y=[9, 3, -7, 1, 2, 0, 5], weights=[0, 2, 0, 1, 1, 3, 0])
    file.add("values that single precision rounds", y=[0.3, 0.1, 0.2, 0.7, 0.6])
    refused(file)
    return file


def refused(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "y[2]", y=[1, 2, value, 0])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1]", y=[1, 2, 3], weights=[1, value, 1])
    file.refuse("the only value is nan", "QC_ERR_NOT_FINITE", "y[0]", y=["nan"])
    file.refuse("a value of weight zero is nan", "QC_ERR_NOT_FINITE", "y[1]", y=[1, "nan", 3], weights=[1, 0, 1])
    file.refuse("decreasing, an index counts from the front", "QC_ERR_NOT_FINITE", "y[0]", y=["nan", 2, 3],
                direction="decreasing")
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", y=[1, 2], weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", y=[1, 2, 3], weights=[0, 0, 0])
    file.refuse("the sum of weights is infinite", "QC_ERR_DOMAIN", "weights", types=["f64"], y=[1, 2],
                weights=[1e308, 1e308])


def breakpoints_of():
    file = VectorFile("isotonic/nearly_breakpoints.json", "qc_isotonic_nearly_breakpoints", [""], SOURCE,
                      solve_breakpoints, inputs={"y": "f64", "weights": "f64"}, outputs={"lambdas": "f64"},
                      tolerance={"ulps": 4})
    for name, case in paths().items():
        file.add(name, **case)
    file.add("joins at the same lambda are one breakpoint", y=[5, 4, 2, 1, 8, 7, 5, 4])
    file.add("joins at the same lambda, which rounding would part", y=[0.75, 0.25, 7, 10, 9], weights=[1, 3, 7, 3, 1])
    file.add("strictly falling", y=[7, 6, 5, 4, 3, 2, 1, 0])
    file.add("alternating", y=[1, 0, 1, 0, 1, 0, 1, 0])
    file.add("all equal", y=[2.5] * 6)
    file.add("huge values", y=[DOUBLE_MAX, -DOUBLE_MAX / 4, DOUBLE_MAX / 2], weights=[0.25, 0.25, 0.25])
    file.add("subnormal values", y=[4 * 5e-324, 0, 5e-324], weights=[3, 1, 1])
    file.expect("a lambda beyond the largest number is infinite", {"lambdas": [INFINITY], "count": 1},
                y=[DOUBLE_MAX, -DOUBLE_MAX], weights=[8, 8])
    return file


def paths():
    return {
        "five points": {"y": [1, 3, 2, 4, 0]},
        "ties, weighted": {"y": [2, 2, 1, 1, 3, 0, 0], "weights": [1, 2, 1, 1, 3, 1, 2]},
        "thirds and quarters": {"y": [1, 3, 2, 4, 3, 5], "weights": [1, 1, 2, 1, 3, 1]},
        "the whole sequence rises and falls": {"y": [0, 2, 4, 6, 5, 3, 1, -1]},
        "decreasing": {"y": [1, 5, 3, 4, 2, 2, 3, 0], "direction": "decreasing"},
        "weights of zero": {"y": [9, 3, -7, 1, 2, 0, 5], "weights": [0, 2, 0, 1, 1, 3, 0]},
        "decreasing, weights of zero": {"y": [9, 3, -7, 1, 2, 0, 5], "weights": [0, 2, 0, 1, 1, 3, 0],
                                        "direction": "decreasing"},
    }


def fit():
    file = VectorFile("isotonic/nearly_fit.json", "qc_isotonic_nearly_fit", ["f64", "f32"], SOURCE, solve_fit,
                      inputs={"y": "T", "weights": "T", "lambda": "f64"}, outputs={"x": "T"},
                      tolerance={"ulps": 2})

    def at(name, *lambdas, **case):
        for value in lambdas:
            file.add(f"{name}, lambda {float(value):.6g}", **case, **{"lambda": value})

    for name, case in paths().items():
        lambdas = solve_breakpoints(F64, **case)["lambdas"]
        between = [float((a + b) / 2) for a, b in zip([0, *lambdas], lambdas)]
        # Where a breakpoint is no double, a lambda that is cannot hit it.
        exact = [float(value) for value in lambdas if Fraction(float(value)) == value]
        at(name, 0, *sorted(between + exact), 100, INFINITY, **case)
    at("no points", 0, 1, y=[])
    at("one point", 0, 1, INFINITY, y=[-2.5], weights=[0.25])
    at("in order", 0, 1, INFINITY, y=[-3, -1, 0, 0.5, 2, 8])
    at("all equal", 0, 1, y=[3.25] * 7)
    at("zero and minus zero are equal", 0, 1, y=[0.0, -0.0, 0.0, -0.0])
    at("alternating", 0.25, 0.5, 0.75, 1, y=[1, 0, 1, 0, 1, 0, 1, 0])
    at("a single positive weight", 0, 1, INFINITY, y=[5, 4, 3, 2, 1], weights=[0, 0, 2, 0, 0])
    at("values that single precision rounds", 0, 0.1, 0.15, INFINITY, y=[0.3, 0.1, 0.2, 0.7, 0.6])
    at("weights that single precision rounds", 0, 0.0625, 0.3, INFINITY, y=[2, 1, 3, 2], weights=[0.1, 0.2, 0.3, 0.7])
    at("a large offset", 0, 0.5, 1.25, 3, INFINITY, y=[1e9 + v for v in [3, 1, 2, 0.5, 4, 4.25, 3.75, 3]], types=["f64"])
    extremes(file, at)
    file.refuse("lambda is nan", "QC_ERR_NOT_FINITE", "lambda", y=[1, 2], **{"lambda": "nan"})
    file.refuse("lambda is negative", "QC_ERR_DOMAIN", "lambda is -0.5", y=[1, 2], **{"lambda": -0.5})
    file.refuse("lambda is -inf", "QC_ERR_DOMAIN", "lambda", y=[1, 2], **{"lambda": "-inf"})
    return file


def extremes(file, at):
    for types, large, small, least in [(["f64"], 1e308, 1e-308, 5e-324), (["f32"], 1e38, 1e-38, 1.4e-45)]:
        top = DOUBLE_MAX if types == ["f64"] else FLOAT_MAX
        tag = f" ({types[0]})"
        at("huge values" + tag, 0, large / 4, INFINITY, y=[large, -large, large, large / 2, large], types=types)
        at("the largest numbers" + tag, 0, top / 2, INFINITY, y=[top, top, -top, -top, top], types=types)
        at("tiny values" + tag, 0, AsTyped(small / 2), 1, y=[3 * small, small, 2 * small, 5 * small, 4 * small], types=types)
        at("subnormal values" + tag, 0, AsTyped(2 * least), 1, y=[4 * least, 0, 9 * least, 5 * least], types=types)
        at("tiny weights" + tag, 0, AsTyped(small / 4), 1, y=[2, 1, 3, 2], weights=[small, 2 * small, small, small],
           types=types)
        at("huge values and tiny weights" + tag, 0, 0.25, INFINITY, y=[large, -large, large],
           weights=[small, small, small], types=types)
        at("huge and tiny values" + tag, 0, 1, INFINITY, y=[small, -large, 2 * small, large], types=types)


def options_init():
    file = VectorFile("isotonic/nearly_options_init.json", "qc_isotonic_nearly_options_init", [""],
                      "the comments of include/quantcal/isotonic/nearly.h")
    file.expect("the defaults", {"direction": "increasing"})
    return file


def destroy():
    file = VectorFile("isotonic/nearly_destroy.json", "qc_isotonic_nearly_destroy", [""],
                      "the comments of include/quantcal/isotonic/nearly.h")
    file.expect("a path", {}, y=[1, 3, 2])
    file.expect("a path of no points", {}, y=[])
    return file
