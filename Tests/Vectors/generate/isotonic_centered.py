"""Family `isotonic`: centered isotonic regression over rationals, and its bounds in decimals of 60 digits.

Pools come from the isotonic fit by the max-min formula: its runs of equal values, cut where the mean up to the
cut is that value, if ties are not pooled. Bounds come from their equations, by halving.
"""

from decimal import Decimal
from fractions import Fraction
from math import comb

from isotonic_regression import DOUBLE_MAX, FLOAT_MAX, max_min

from exact import decimal
from files import VectorFile

INFINITY = float("inf")


def files():
    return [centered(), options_init()]


def solve(format, x, y, weights=None, direction="increasing", ties="boundary", interval="morris",
          confidence=0.9, range_lower=0, range_upper=1):
    sign = -1 if direction == "decreasing" else 1
    points = pooled_points(format, x, y, weights or [1] * len(x))
    blocks = pools(points[::sign], ties, [range_lower, range_upper])
    names = ["knots", "values", "knot_weights"]
    if interval != "none":
        names += ["knot_lower", "knot_upper"]
        blocks = [block + pair for block, pair in zip(blocks, bounds_of(blocks, interval, confidence))]
    knots = with_ends(blocks[::sign], points)
    out = {name: [knot[k] for knot in knots] for k, name in enumerate(names)}
    for name, of in [("fitted", "values"), ("lower", "knot_lower"), ("upper", "knot_upper")]:
        if of in out:
            out[name] = [value_at(out["knots"], out[of], Fraction(place)) for place in x]
    return out


def with_ends(knots, points):
    """With a knot of weight 0 at either end of x, if the last pool has moved away from there."""
    if points and points[0][0] < knots[0][0]:
        knots = [(points[0][0], knots[0][1], 0, *knots[0][3:]), *knots]
    if points and points[-1][0] > knots[-1][0]:
        knots = [*knots, (points[-1][0], knots[-1][1], 0, *knots[-1][3:])]
    return knots


def pooled_points(format, x, y, weights):
    """(x, mean, weight) for each x of positive weight, ascending."""
    sums = {}
    for place, value, weight in zip(x, y, weights):
        if weight > 0:
            moment, mass = sums.get(Fraction(place), (0, 0))
            sums[Fraction(place)] = (moment + meant(format, value, Fraction(weight)), mass + Fraction(weight))
    return [(place, moment / mass, mass) for place, (moment, mass) in sorted(sums.items())]


def meant(format, value, weight):
    """The weighted value; that of the fraction k / weight, if `value` is the number nearest to it."""
    count = round(Fraction(value) * weight)
    is_share = weight.denominator == 1 and format.round(count / weight) == value
    return Fraction(count) if is_share else Fraction(value) * weight


def pools(points, ties, boundaries):
    """(x, mean, weight) for each block, in the order in which means rise."""
    fit = max_min([value for _, value, _ in points], [weight for *_, weight in points])
    blocks = []
    start = 0
    for i, (value, after) in enumerate(zip(fit, [*fit[1:], None])):
        mean = average(points[start:i + 1])[1]
        may_tie = ties == "never" or (ties == "boundary" and value in boundaries)
        if value != after or (may_tie and mean == value):
            blocks.append(average(points[start:i + 1]))
            start = i + 1
    return blocks


def average(points):
    weight = sum(point[2] for point in points)
    return tuple(sum(point[k] * point[2] for point in points) / weight for k in (0, 1)) + (weight,)


def value_at(knots, values, x):
    """Straight between knots, level beyond them."""
    for a, b, u, v in zip(knots, knots[1:], values, values[1:]):
        if a <= x <= b:
            return u + (v - u) * number((x - a) / (b - a), u)
    return values[0] if x <= knots[0] else values[-1]


def number(x, like):
    return decimal(x) if isinstance(like, Decimal) else x


# -- Bounds ------------------------------------------------------------------------


def bounds_of(blocks, interval, confidence):
    """(lower, upper) for each block."""
    tail = decimal((1 - Fraction(confidence)) / 2)
    z = normal_quantile(tail)
    pairs = [wilson(decimal(p), decimal(n), z) for _, p, n in blocks]
    if interval == "wilson":
        return pairs
    groups = [(round(p * n), int(n)) for _, p, n in blocks]
    mirrored = [(n - k, n) for k, n in groups[::-1]]
    upper = [morris_upper(groups[j:], tail) for j in range(len(groups))]
    lower = [1 - morris_upper(mirrored[j:], tail) for j in range(len(groups))][::-1]
    lower = [max(one, pair[0]) for one, pair in zip(lower, pairs)]
    upper = [min(one, pair[1]) for one, pair in zip(upper, pairs)]
    return [(max(lower[:j + 1]), min(upper[j:])) for j in range(len(blocks))]


def wilson(p, n, z):
    middle = p + z * z / (2 * n)
    reach = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    lower, upper = ((middle + side * reach) / (1 + z * z / n) for side in (-1, 1))
    # Exactly, where the roots are 0 or 1.
    return Decimal(0) if p == 0 else lower, Decimal(1) if p == 1 else upper


def morris_upper(groups, tail):
    """The chance at which G of the first group is `tail`. G falls from 1; to 0, unless nothing failed."""
    if all(k == n for k, n in groups):
        return Decimal(1)
    low, high = Decimal(0), Decimal(1)
    for _ in range(110):
        middle = (low + high) / 2
        if unlikeliness(groups, middle) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def unlikeliness(groups, chance):
    value = Decimal(1)
    for k, n in reversed(groups):
        chances = [comb(n, i) * chance**i * (1 - chance)**(n - i) for i in range(k + 1)]
        value = sum(chances[:k]) + chances[k] * value
    return value


def normal_quantile(tail):
    """The z that a standard normal number exceeds with probability `tail`."""
    low, high = Decimal(-12), Decimal(12)
    for _ in range(190):
        middle = (low + high) / 2
        if normal_tail(middle) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def normal_tail(z):
    """1/2 minus the density's integral from 0, a series of powers."""
    term = z
    total = term
    k = 0
    while abs(term) > Decimal("1e-58"):
        k += 1
        term = -term * z * z / (2 * k)
        total += term / (2 * k + 1)
    return Decimal("0.5") - total / (2 * PI).sqrt()


# -- Cases -------------------------------------------------------------------------


def centered():
    file = VectorFile(
        "isotonic/centered.json", "qc_isotonic_centered", ["f64", "f32"],
        "the max-min formula and the equations of the bounds, in rational arithmetic and decimals of 60 digits "
        "(generate/isotonic_centered.py)", solve,
        inputs={"x": "T", "y": "T", "weights": "T", "confidence": "f64", "range_lower": "f64",
                "range_upper": "f64"},
        outputs=dict.fromkeys(["fitted", "lower", "upper", "knots", "values", "knot_weights", "knot_lower",
                               "knot_upper"], "T"),
        tolerance={"relative": 2e-14}, tolerance_f32={"relative": 5e-7})
    published(file)
    shapes(file)
    tied(file)
    bounded(file)
    values(file)
    extremes(file)
    refused(file)
    return file


def shares(successes, trials):
    return {"y": [k / n for k, n in zip(successes, trials)], "weights": trials}


def published(file):
    file.add("five doses, ten trials each", x=[1, 2, 3, 4, 5], y=[0.1, 0.3, 0.2, 0.6, 0.8], weights=[10] * 5)
    file.add("run 664 of an up-and-down experiment", x=[1, 2, 3, 4, 5], **shares([1, 3, 10, 3, 4], [7, 24, 20, 12, 17]),
             source="data of the examples of package cir (Oron), help page of isotInterval")
    file.add("the same, by Wilson alone", x=[1, 2, 3, 4, 5], **shares([1, 3, 10, 3, 4], [7, 24, 20, 12, 17]),
             interval="wilson")


def shapes(file):
    file.add("no points", x=[], y=[])
    file.add("one point", x=[3], y=[0.25], weights=[8])
    file.add("one trial", x=[3], y=[1])
    file.add("two points in order", x=[1, 2], y=[0.25, 0.5], weights=[4, 4])
    file.add("two points out of order", x=[1, 2], y=[0.5, 0.25], weights=[4, 12])
    file.add("strictly falling", x=[1, 2, 4, 7], **shares([9, 6, 4, 1], [10, 10, 10, 10]))
    file.add("strictly rising", x=[1, 2, 4, 7], **shares([1, 4, 6, 9], [10, 10, 10, 10]))
    file.add("x in any order, some equal", x=[3, 1, 2, 3, 1, 5, 4, 2],
             **shares([2, 0, 3, 4, 1, 5, 3, 1], [5, 4, 6, 5, 3, 6, 7, 4]))
    file.add("all x equal", x=[2, 2, 2], **shares([1, 3, 0], [4, 5, 2]))
    file.add("minus zero is zero", x=[-0.0, 0.0, 1], **shares([1, 2, 3], [4, 4, 4]))
    file.add("weights of zero", x=[0, 1, 2, 2.5, 3, 4, 9], y=[0.75, 0.5, 0, 0.25, 0.25, 0.75, 0],
             weights=[0, 4, 0, 8, 4, 4, 0])
    file.add("decreasing", x=[1, 2, 3, 4, 5], **shares([8, 9, 4, 5, 1], [10, 12, 10, 8, 9]), direction="decreasing")
    file.add("decreasing, rising data", x=[1, 2, 4], **shares([1, 2, 3], [4, 4, 4]), direction="decreasing")


def tied(file):
    case = {"x": [1, 2, 3, 4, 5, 6, 7], **shares([0, 0, 3, 3, 2, 6, 6], [5, 4, 6, 6, 4, 6, 6])}
    for ties in ["boundary", "never", "always"]:
        file.add(f"ties inside and at both ends, {ties}", ties=ties, **case)
    # 1/7 and the pool of 3/7 and 0/14 tie as fractions, though not as the numbers nearest to them.
    file.add("shares tie where the fractions do", x=[1, 2, 3, 4], **shares([1, 3, 0, 5], [7, 7, 14, 7]))
    file.add("shares tie where the fractions do, never pooled", x=[1, 2, 3, 4], **shares([1, 3, 0, 5], [7, 7, 14, 7]),
             ties="never")
    file.add("all without success", x=[1, 2, 3], **shares([0, 0, 0], [3, 4, 5]))
    file.add("all without failure", x=[1, 2, 3], **shares([3, 4, 5], [3, 4, 5]))
    file.add("all without success, pooled", x=[1, 2, 3], **shares([0, 0, 0], [3, 4, 5]), ties="always")
    file.add("single trials", x=[1, 2, 3, 4, 5, 6], y=[0, 0, 1, 0, 1, 1])
    file.add("another range", x=[1, 2, 3, 4], y=[0.25, 0.25, 0.5, 0.5], weights=[4, 8, 4, 8], range_lower=0.25)
    file.add("a range without ends", x=[1, 2, 3, 4], y=[0, 0, 1, 1], weights=[4, 8, 4, 8],
             range_lower=-INFINITY, range_upper=INFINITY)


def bounded(file):
    case = {"x": [1, 2, 3, 4, 5], **shares([0, 2, 3, 3, 9], [6, 9, 7, 11, 9])}
    for interval in ["wilson", "morris"]:
        for confidence in [0.5, 0.8, 0.95, 0.999]:
            file.add(f"{interval}, confidence {confidence}", interval=interval, confidence=confidence, **case)
    file.add("many and few trials", x=[1, 2, 3, 4], **shares([3, 1, 30, 2], [50, 2, 60, 2]))
    file.add("shares that are no whole number of trials", x=[1, 2, 3], y=[0.125, 0.25, 0.75], weights=[4, 10, 5],
             keep=["fitted", "lower", "upper", "knots", "values"])
    file.add("a very small tail", x=[1, 2], **shares([2, 5], [8, 8]), confidence=1 - 2.0**-40,
             tolerance={"relative": 1e-12}, types=["f64"])


def values(file):
    free = {"interval": "none", "range_lower": -INFINITY, "range_upper": INFINITY}
    file.add("any values", x=[1, 2, 3, 4, 5], y=[-3, 7, 2, 2, 11], weights=[0.5, 1, 2.5, 1, 3], **free)
    file.add("any values, unweighted", x=[5, 1, 4, 2, 3, 9], y=[2, -1, 8, 3, 0.5, 6], **free)
    file.add("thirds", x=[1, 2, 4, 8], y=[2, 3, 1, 1], **free)
    file.add("a large offset", x=[1e9, 1e9 + 1, 1e9 + 2, 1e9 + 4], y=[1e9 + 1, 1e9 + 5, 1e9 + 2, 1e9 + 7],
             types=["f64"], **free)
    file.add("values inside of a range of their own", x=[1, 2, 3, 4, 5, 6], y=[10, 10, 14, 12, 20, 20],
             interval="none", range_lower=10, range_upper=20)


def extremes(file):
    for types, large, small in [(["f64"], 1e308, 1e-308), (["f32"], 1e38, 1e-38)]:
        top = DOUBLE_MAX if types == ["f64"] else FLOAT_MAX
        tag = f" ({types[0]})"
        free = {"interval": "none", "types": types}
        file.add("huge x and y" + tag, x=[-large, 0, large / 2, large], y=[large, -large, large / 2, large], **free)
        file.add("the largest numbers" + tag, x=[-top, top], y=[-top, top], **free)
        file.add("the largest numbers, falling" + tag, x=[-top, top, 0], y=[top, -top, 0], **free)
        file.add("tiny x and y" + tag, x=[3 * small, small, 2 * small], y=[4 * small, 2 * small, 2 * small], **free)
        file.add("tiny weights" + tag, x=[1, 2, 3, 4], y=[1, 3, 2, 4], weights=[small, small, 3 * small, small], **free)


def refused(file):
    good = {"x": [1, 2, 3], "y": [0, 0.5, 1]}
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"an x is {value}", "QC_ERR_NOT_FINITE", "x[1]", x=[1, value, 3], y=[0, 0.5, 1])
        file.refuse(f"a y is {value}", "QC_ERR_NOT_FINITE", "y[2]", x=[1, 2, 3], y=[0, 0.5, value])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[0]", **good, weights=[value, 1, 1])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", **good, weights=[1, -0.5, 1])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", **good, weights=[0, 0, 0])
    file.refuse("a share above 1", "QC_ERR_DOMAIN", "y[1] is 1.5", x=[1, 2], y=[0, 1.5])
    file.refuse("a negative share", "QC_ERR_DOMAIN", "y[0] is -0.25", x=[1, 2], y=[-0.25, 1], interval="wilson")
    file.refuse("half a trial", "QC_ERR_DOMAIN", "weights[2] is 2.5", **good, weights=[1, 2, 2.5])
    file.refuse("too many trials", "QC_ERR_DOMAIN", "weights", **good, weights=[1, 1e9, 1], types=["f64"])
    for value, status in [(0, "QC_ERR_DOMAIN"), (1, "QC_ERR_DOMAIN"), (-0.5, "QC_ERR_DOMAIN"),
                          ("inf", "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"confidence is {value}", status, "confidence", **good, confidence=value)
    file.refuse("a range that is empty", "QC_ERR_DOMAIN", "range_lower", **good, range_lower=1)
    file.refuse("range_lower is nan", "QC_ERR_NOT_FINITE", "range_lower", **good, range_lower="nan")
    file.refuse("range_upper is nan", "QC_ERR_NOT_FINITE", "range_upper", **good, range_upper="nan")


def options_init():
    file = VectorFile("isotonic/centered_options_init.json", "qc_isotonic_centered_options_init", [""],
                      "the comments of include/quantcal/isotonic/centered.h")
    file.expect("the defaults", {"direction": "increasing", "ties": "boundary", "interval": "morris",
                                 "confidence": 0.9, "range_lower": 0, "range_upper": 1})
    return file
