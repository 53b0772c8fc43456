"""Vectors of `isotonic/state`: the max-min formula over the points of each x, in rationals; and the
bytes of small states, written field by field."""

import struct
from fractions import Fraction

from exact import F64
from files import VectorFile


def files():
    return [options_init(), create(), destroy(), update(), merge(), fit(), knots(), serialize(),
            deserialize()]


# -- The fit, from its definition --------------------------------------------------------------


def groups_of(x, y, weights):
    """The distinct x of positive weight, each with its points."""
    groups = []
    for key, value, weight in zip(x, y, weights or [1] * len(x)):
        if weight > 0:
            if not groups or groups[-1][0] != key:
                groups.append((key, []))
            groups[-1][1].append((Fraction(value), Fraction(weight)))
    return groups


def mean(points):
    return sum(value * weight for value, weight in points) / sum(weight for _, weight in points)


def quantile(points, level, upper):
    """The least or greatest value at which the loss is least, of those among the points."""
    total = sum(weight for _, weight in points)
    for candidate in sorted({value for value, _ in points}):
        below = sum(weight for value, weight in points if value <= candidate)
        if below > level * total or (not upper and below == level * total):
            return candidate
    raise AssertionError("the level is below 1")


def functional(loss, level, solution):
    if loss == "squared":
        return mean
    # The decimal that was written.
    exact = Fraction(repr(level))
    return lambda points: quantile(points, exact, solution == "upper")


def blocks_of(groups, value_of, decreasing):
    """(first, last, value, points) for each block: max over j <= i of min over k >= i."""
    groups = groups[::-1] if decreasing else groups
    count = len(groups)

    def joint(j, k):
        return value_of([point for _, points in groups[j:k + 1] for point in points])

    values = [max(min(joint(j, k) for k in range(i, count)) for j in range(i + 1))
              for i in range(count)]
    if decreasing:
        groups, values = groups[::-1], values[::-1]
    blocks = []
    for (key, points), value in zip(groups, values):
        if blocks and blocks[-1][2] == value:
            first, _, _, before = blocks.pop()
            blocks.append((first, key, value, before + points))
        else:
            blocks.append((key, key, value, list(points)))
    return blocks


def solve(format, x, y, weights=None, loss="squared", direction="increasing", solution="default",
          level=0.5, cuts=None, fold=None):
    groups = groups_of(x, y, weights)
    blocks = blocks_of(groups, functional(loss, level, solution), direction == "decreasing")
    return {"first": [block[0] for block in blocks], "last": [block[1] for block in blocks],
            "values": [block[2] for block in blocks],
            "weights": [sum(weight for _, weight in block[3]) for block in blocks]}


def solve_knots(format, **inputs):
    fit = solve(format, **inputs)
    x, y = [], []
    for first, last, value in zip(fit["first"], fit["last"], fit["values"]):
        for key in [first] if first == last else [first, last]:
            x.append(key), y.append(value)
    return {"x": x, "y": y}


# -- The bytes ---------------------------------------------------------------------------------


def checksum(data):
    """FNV-1a of 64 bits."""
    result = 0xCBF29CE484222325
    for byte in data:
        result = ((result ^ byte) * 0x100000001B3) % 2**64
    return struct.pack("<Q", result)


def double_double(exact):
    high = F64.round(exact)
    return struct.pack("<2d", high, F64.round(exact - Fraction(high)))


def bytes_of(x, y, weights=None, loss="squared", direction="increasing", solution="default", level=0.5):
    """The first x, the blocks of those between, the last x."""
    groups = groups_of(x, y, weights)
    decreasing = direction == "decreasing"
    value_of = functional(loss, level, solution)
    blocks = [(key, key, None, points) for key, points in groups[:1]]
    blocks += blocks_of(groups[1:-1], value_of, decreasing)
    blocks += [(key, key, None, points) for key, points in groups[1:][-1:]]
    points = [point for block in blocks for point in sorted(block[3])]
    is_quantile = loss == "quantile"
    upper = is_quantile and solution == "upper"
    data = b"QCISTATE" + struct.pack(
        "<Qiiiiddd", 1, is_quantile, decreasing, upper, 0, level if is_quantile else 0,
        max((abs(value) for value, _ in points), default=0), max((weight for _, weight in points), default=0))
    data += struct.pack("<QQ", len(blocks), len(points) if is_quantile else 0)
    for first, last, _, members in blocks:
        data += struct.pack("<2d", first, last)
        if is_quantile:
            data += struct.pack("<Q", len(members))
        else:
            data += double_double(sum(value * weight for value, weight in members))
            data += double_double(sum(weight for _, weight in members))
    if is_quantile:
        for value, weight in points:
            data += struct.pack("<2d", value, weight)
    return data + checksum(data)


# -- Cases -------------------------------------------------------------------------------------

OUTPUTS = {"first": "f64", "last": "f64", "values": "f64", "weights": "f64"}
QUANTILE = {"loss": "quantile"}
SOURCE = "the max-min formula in rational arithmetic, rounded once (generate/isotonic_state.py)"


def file_of(name, types, solver=solve, outputs=OUTPUTS):
    kind = "T" if "f32" in types else "f64"
    return VectorFile(f"isotonic/state_{name}.json", f"qc_isotonic_state_{name}", types, SOURCE, solver,
                      inputs={"x": kind, "y": kind, "weights": kind}, outputs=outputs,
                      tolerance={"ulps": 1})


def options_init():
    file = VectorFile("isotonic/state_options_init.json", "qc_isotonic_state_options_init", [""],
                      "the comments of include/quantcal/isotonic/state.h")
    file.expect("the defaults", {"loss": "squared", "direction": "increasing", "solution": "default",
                                 "level": 0.5})
    return file


def create():
    file = file_of("create", [""])
    file.add("the defaults: a state without points", x=[], y=[])
    file.add("quantiles: a state without points", x=[], y=[], level=0.9, solution="upper",
             direction="decreasing", **QUANTILE)
    for level in [0, 1, -0.5, 2, "nan", "inf"]:
        file.refuse(f"level {level}", "QC_ERR_OPTIONS", "level is", x=[], y=[], level=level, **QUANTILE)
    return file


def destroy():
    file = file_of("destroy", [""])
    file.add("a state without points", x=[], y=[])
    file.add("a state with points", x=[1, 2, 3], y=[3, 1, 2])
    file.add("a state of quantiles", x=[1, 2, 3], y=[3, 1, 2], **QUANTILE)
    return file


def fit():
    file = file_of("fit", [""])
    for loss in ["squared", "quantile"]:
        for direction in ["increasing", "decreasing"]:
            tag = f" ({loss}, {direction})"
            given = {"loss": loss, "direction": direction}
            file.add("no points" + tag, x=[], y=[], **given)
            file.add("one point" + tag, x=[-2.5], y=[7], weights=[0.25], **given)
            file.add("one x" + tag, x=[4, 4, 4], y=[1, 5, 9], **given)
            file.add("two x, rising" + tag, x=[1, 2], y=[1, 2], **given)
            file.add("two x, falling" + tag, x=[1, 2], y=[2, 1], **given)
            file.add("two x, equal" + tag, x=[1, 2], y=[2, 2], **given)
            file.add("all equal" + tag, x=[1, 2, 3, 4, 5], y=[3.25] * 5, **given)
            file.add("the first x pools everything" + tag, x=[1, 2, 3, 4, 5], y=[100, 1, 2, 3, 4], **given)
            file.add("the last x pools everything" + tag, x=[1, 2, 3, 4, 5], y=[1, 2, 3, 4, -100], **given)
            file.add("zero and minus zero are one x" + tag, x=[-0.0, 0.0, 1], y=[1, 3, -0.0], **given)
    file.add("the example of R's isoreg", x=[*range(9)], y=[1, 0, 4, 3, 3, 5, 4, 2, 0],
             source="R, help page of stats::isoreg; fit by the max-min formula")
    file.add("the largest numbers", x=[1, 2, 3, 4], y=[1.7976931348623157e308] * 3 + [-1.7976931348623157e308])
    file.add("subnormal values", x=[1, 2, 3, 4], y=[4 * 5e-324, 2 * 5e-324, 9 * 5e-324, 7 * 5e-324])
    file.add("tiny values and tiny weights", x=[1, 2, 3], y=[2e-308, 1e-308, 3e-308],
             weights=[1e-308, 3e-308, 1e-308])
    file.add("huge values and tiny weights", x=[1, 2, 3], y=[1e308, -1e308, 1e308], weights=[1e-308] * 3)
    file.add("huge values and huge weights", x=[1, 2, 3], y=[1e308, 5e307, 1e308],
             weights=[6e306, 1e307, 6e306])
    file.add("a large offset", x=[*range(9)], y=[1e9 + v for v in [3, 1, 2, 0.5, 4, 4.25, 3.75, 9, 8]])
    return file


def update():
    file = file_of("update", ["f64", "f32"])
    file.add("no points", x=[], y=[])
    file.add("one call", x=[1, 2, 3, 4, 5, 6], y=[1, 3, 2, 4, 3, 5], weights=[1, 1, 2, 1, 3, 1])
    file.add("a call for each point", x=[1, 2, 3, 4, 5, 6], y=[1, 3, 2, 4, 3, 5],
             weights=[1, 1, 2, 1, 3, 1], cuts=[1, 2, 3, 4, 5])
    file.add("an x that ends one call and begins the next", x=[1, 2, 2, 2, 3], y=[1, 9, 3, 0, 5],
             cuts=[2, 3])
    file.add("an empty call", x=[1, 2], y=[2, 1], cuts=[1, 1])
    file.add("ties in x have one value", x=[1, 1, 2, 2, 3], y=[1, 5, 1, 3, 2])
    file.add("weights of zero are ignored, and so is their x", x=[1, 2, 3, 4, 5], y=[1, 100, 2, -7, 9],
             weights=[1, 0, 1, 0, 0])
    file.add("decreasing", x=[1, 2, 3, 4, 5, 6, 7, 8], y=[1, 5, 3, 4, 2, 2, 3, 0], direction="decreasing",
             cuts=[3, 5])
    file.add("values that single precision rounds", x=[0.1, 0.2, 0.3, 0.4], y=[0.1, 0.3, 0.2, 0.7],
             weights=[0.1, 0.2, 0.3, 0.7], cuts=[2])
    # y = 3 1 2 5 4 6 0 7: its extreme medians are known from the literature on two sides.
    y = [3, 1, 2, 5, 4, 6, 0, 7]
    for solution in ["default", "lower", "upper"]:
        for direction in ["increasing", "decreasing"]:
            for level in [0.5, 0.25, 0.9]:
                file.add(f"quantile {level}, {solution}, {direction}", x=[*range(8)], y=y, cuts=[3, 4],
                         level=level, solution=solution, direction=direction, **QUANTILE)
    file.add("a median of ties", x=[1, 1, 1, 2, 2, 3], y=[5, 1, 4, 2, 2, 3], cuts=[2, 4], **QUANTILE)
    file.add("a weighted median", x=[1, 2, 3, 4], y=[4, 1, 3, 2], weights=[1, 2, 3, 0], cuts=[1], **QUANTILE)
    refused(file)
    return file


def refused(file):
    for loss in ["squared", "quantile"]:
        given = {"loss": loss}
        for value in ["nan", "inf", "-inf"]:
            file.refuse(f"x is {value} ({loss})", "QC_ERR_NOT_FINITE", "x[1]", x=[1, value], y=[1, 2], **given)
            file.refuse(f"y is {value} ({loss})", "QC_ERR_NOT_FINITE", "y[1]", x=[1, 2], y=[1, value], **given)
            file.refuse(f"a weight is {value} ({loss})", "QC_ERR_NOT_FINITE", "weights[0]", x=[1, 2],
                        y=[1, 2], weights=[value, 1], **given)
        file.refuse(f"x falls ({loss})", "QC_ERR_DOMAIN", "x[2] is 1", x=[1, 2, 1], y=[1, 2, 3], **given)
        file.refuse(f"x falls where the weight is zero ({loss})", "QC_ERR_DOMAIN", "x[1] is 0",
                    x=[1, 0, 2], y=[1, 2, 3], weights=[1, 0, 1], **given)
        file.refuse(f"x begins below the last one ({loss})", "QC_ERR_DOMAIN", "x[0] is 2", x=[1, 3, 2],
                    y=[1, 2, 3], cuts=[2], **given)
        file.refuse(f"a negative weight ({loss})", "QC_ERR_DOMAIN", "weights[1] is -0.5", x=[1, 2], y=[1, 2],
                    weights=[1, -0.5], **given)
        file.refuse(f"all weights zero ({loss})", "QC_ERR_DOMAIN", "weights", x=[1, 2], y=[1, 2],
                    weights=[0, 0], **given)
        file.refuse(f"the sum of all weights is infinite ({loss})", "QC_ERR_DOMAIN", "sum of all weights",
                    types=["f64"], x=[1, 2], y=[1, 2], weights=[1e308, 1e308], cuts=[1], **given)


def merge():
    file = file_of("merge", [""])
    y = [3, 1, 2, 5, 4, 6, 0, 7, 2, 2, 9, 1]
    x = [0, 1, 1, 2, 3, 3, 3, 4, 5, 6, 6, 7]
    for loss in ["squared", "quantile"]:
        for fold in ["left", "right"]:
            for direction in ["increasing", "decreasing"]:
                tag = f", from the {fold} ({loss}, {direction})"
                given = {"loss": loss, "fold": fold, "direction": direction}
                file.add("two parts" + tag, x=x, y=y, cuts=[6], **given)
                file.add("three parts, an x in all of them" + tag, x=x, y=y, cuts=[5, 6], **given)
                file.add("many parts" + tag, x=x, y=y, cuts=[1, 3, 4, 7, 9, 11], **given)
                file.add("parts without points" + tag, x=x, y=y, cuts=[0, 0, 6, 6, 12, 12], **given)
    file.add("upper medians", x=x, y=y, cuts=[4, 8], solution="upper", **QUANTILE)
    file.add("weighted", x=x, y=y, weights=[1, 2, 0.5, 1, 3, 1, 1, 0.25, 1, 2, 1, 1], cuts=[4, 8])
    for loss in ["squared", "quantile"]:
        file.refuse(f"ranges that overlap ({loss})", "QC_ERR_DOMAIN", "first x of other is 2",
                    x=[1, 3, 2, 4], y=[1, 2, 3, 4], cuts=[2], loss=loss)
        file.refuse(f"the sum of all weights is infinite ({loss})", "QC_ERR_DOMAIN", "sum of all weights",
                    x=[1, 2], y=[1, 2], weights=[1e308, 1e308], cuts=[1], loss=loss)
    return file


def knots():
    file = file_of("knots", [""], solve_knots, {"x": "f64", "y": "f64"})
    file.add("no points", x=[], y=[])
    file.add("one x", x=[1, 1], y=[1, 2])
    file.add("a block of one x has one knot", x=[1, 2, 3, 4, 5, 6], y=[1, 3, 2, 4, 3, 5],
             weights=[1, 1, 2, 1, 3, 1])
    file.add("decreasing medians", x=[*range(8)], y=[3, 1, 2, 5, 4, 6, 0, 7], direction="decreasing", **QUANTILE)
    return file


SMALL = [
    ("no points", {"x": [], "y": []}),
    ("one x", {"x": [2.5, 2.5], "y": [1, 4], "weights": [1, 2]}),
    ("two x", {"x": [1, 2], "y": [3, -1]}),
    ("blocks", {"x": [1, 2, 3, 4, 5, 6, 7], "y": [9, 3, 2, 4, 3, 7, -5]}),
    ("decreasing", {"x": [1, 2, 3, 4, 5], "y": [9, 3, 4, 1, 8], "direction": "decreasing"}),
    ("equal means, decreasing", {"x": [1, 2, 3, 4, 5, 6], "y": [5, 2, 2, 1, 1, 0], "direction": "decreasing"}),
    ("equal means, increasing", {"x": [1, 2, 3, 4, 5, 6], "y": [0, 1, 1, 2, 2, 5]}),
    ("a sum of more bits than a double has", {"x": [1, 2, 2, 3], "y": [1, 2**53, 0.5, 2]}),
    ("no points of quantiles", {"x": [], "y": [], "level": 0.75, **QUANTILE}),
    ("medians", {"x": [1, 2, 2, 3, 4, 5], "y": [9, 3, 1, 0, 4, 2], **QUANTILE}),
    ("upper quantiles", {"x": [1, 2, 3, 4], "y": [1, 3, 2, 2], "level": 0.25, "solution": "upper",
                         "direction": "decreasing", "weights": [1, 2, 1, 0.5], **QUANTILE}),
]


def serialize():
    file = VectorFile("isotonic/state_serialize.json", "qc_isotonic_state_serialize", [""],
                      "the fields of a state one after the other, sums in rationals (generate/isotonic_state.py)")
    for name, inputs in SMALL:
        file.expect(name, {"bytes": list(bytes_of(**inputs))}, **inputs)
    return file


def deserialize():
    file = VectorFile("isotonic/state_deserialize.json", "qc_isotonic_state_deserialize", [""],
                      "the fields of a state one after the other, sums in rationals (generate/isotonic_state.py)",
                      outputs=OUTPUTS, tolerance={"ulps": 1})
    for name, inputs in SMALL:
        file.expect(name, solve(F64, **inputs), bytes=list(bytes_of(**inputs)))
    good = bytes_of(**dict(SMALL)["blocks"])
    points = bytes_of(**dict(SMALL)["medians"])
    for name, data in broken(good, points):
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not a state", bytes=list(data))
    return file


def broken(good, points):
    def patched(data, place, form, *values):
        """Other fields, under a checksum that is right."""
        data = bytearray(data[:-8])
        struct.pack_into(form, data, place, *values)
        return bytes(data) + checksum(data)

    yield "no bytes", b""
    yield "a byte", b"Q"
    yield "a byte too few", good[:-1]
    yield "a byte too many", good + b"\0"
    yield "a wrong checksum", good[:-1] + bytes([good[-1] ^ 1])
    yield "a byte that changed on the way", good[:80] + bytes([good[80] ^ 4]) + good[81:]
    yield "another beginning", patched(good, 0, "<B", 0)
    yield "a later version", patched(good, 8, "<Q", 2)
    yield "an unknown loss", patched(good, 16, "<i", 2)
    yield "an unknown direction", patched(good, 20, "<i", 2)
    yield "an unknown solution", patched(points, 24, "<i", 2)
    yield "a solution where there is one only", patched(good, 24, "<i", 1)
    yield "a reserved field that is set", patched(points, 28, "<i", 1)
    yield "a level of 1", patched(points, 32, "<d", 1.0)
    yield "a level that is NaN", patched(points, 32, "<d", float("nan"))
    yield "a largest value below a mean", patched(good, 40, "<d", 0.5)
    yield "a largest weight of 0", patched(good, 48, "<d", 0.0)
    yield "more blocks than bytes", patched(good, 56, "<Q", 6)
    yield "2^63 blocks", patched(good, 56, "<Q", 2**63)
    yield "2^64 - 1 points", patched(points, 64, "<Q", 2**64 - 1)
    yield "an x that is NaN", patched(good, 72, "<2d", float("nan"), float("nan"))
    yield "an x of -0", patched(good, 72, "<2d", -0.0, -0.0)
    yield "a first block of two x", patched(good, 72, "<2d", 0.5, 1)
    yield "blocks that overlap", patched(good, 120, "<d", 1)
    yield "a block that ends before it begins", patched(good, 128, "<d", 1.5)
    yield "values that fall", patched(good, 136, "<d", 9)
    yield "a sum that is infinite", patched(good, 136, "<d", float("inf"))
    yield "a sum that is not normal", patched(good, 136, "<2d", 5, 1)
    yield "a weight of 0", patched(good, 152, "<d", 0)
    yield "a negative weight", patched(good, 152, "<d", -2)
    yield "a block without points", patched(points, 88, "<Q", 0)
    yield "more points than there are", patched(points, 88, "<Q", 7)
    yield "points that belong to no block", patched(points, len(points) - 8 - 6 * 16 - 8, "<Q", 0)
    yield "points that are not sorted", patched(points, len(points) - 8 - 4 * 16, "<d", 3.5)
    yield "a point of weight 0", patched(points, len(points) - 16, "<d", 0)
    yield "a point that is infinite", patched(points, len(points) - 24, "<d", float("inf"))
    yield "weights whose sum is infinite", patched(
        patched(points, 48, "<d", 1.7e308), len(points) - 32, "<3d", 1.7e308, 2, 1.7e308)
