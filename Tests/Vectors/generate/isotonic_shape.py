"""Family `isotonic`, unimodal and convex fits: the definitions, over rationals."""

from fractions import Fraction
from itertools import chain, combinations

from exact import F32
from files import Repeat, VectorFile

FLOAT_MAX = float(F32.maximum)
DOUBLE_MAX = 1.7976931348623157e308


def files():
    return [unimodal(), unimodal_options_init(), convex(), convex_options_init()]


def rationals(values):
    return [Fraction(value) for value in values]


def squared_error(y, weights, x):
    return sum(weight * (a - b) ** 2 for weight, a, b in zip(weights, y, x))


# -- Unimodal ------------------------------------------------------------------


def peak_at(y, weights, mode):
    """x[i] = max over upper sets U with i of min over lower sets L with i of the mean over both: the
    formula for any partial order. Here upper sets are the intervals around the mode."""
    return [highest(y, weights, mode, i) for i in range(len(y))]


def highest(y, weights, mode, i):
    means = [least(y, weights, mode, i, range(a, b + 1))
             for a in range(min(i, mode) + 1) for b in range(max(i, mode), len(y))]
    return max(mean for mean in means if mean is not None)


def least(y, weights, mode, i, upper):
    """The least mean over what is left of an upper set without a smaller one that lacks i."""
    means = [mean_of(y, weights, upper)]
    for c in range(upper.start, mode + 1):
        for d in range(mode, upper.stop):
            if not c <= i <= d:
                means.append(mean_of(y, weights, chain(range(upper.start, c), range(d + 1, upper.stop))))
    return min((mean for mean in means if mean is not None), default=None)


def mean_of(y, weights, places):
    places = list(places)
    total = sum(weights[i] for i in places)
    return sum(weights[i] * y[i] for i in places) / total if total else None


def solve_unimodal(format, y, weights=None, shape="peak", mode=None):
    y, weights = rationals(y), rationals(weights or [1] * len(y))
    sign = 1 if shape == "peak" else -1
    y = [sign * value for value in y]
    if not y:
        return {"x": [], "mode": 0}
    kept = [i for i, weight in enumerate(weights) if weight > 0]
    if len(kept) < len(y):
        raise ValueError("write down what becomes of points of weight 0")
    if mode is None:
        fits = [peak_at(y, weights, m) for m in range(len(y))]
        errors = [squared_error(y, weights, x) for x in fits]
        mode = errors.index(min(errors))
    return {"x": [sign * value for value in peak_at(y, weights, mode)], "mode": mode}


def unimodal():
    file = VectorFile(
        "isotonic/unimodal.json", "qc_isotonic_unimodal", ["f64", "f32"],
        "the max-min formula of partial orders for every mode, in rational arithmetic, rounded once"
        " (generate/isotonic_shape.py)",
        solve_unimodal, inputs={"y": "T", "weights": "T"}, outputs={"x": "T"}, tolerance={"ulps": 2})
    unimodal_shapes(file)
    unimodal_weighted(file)
    unimodal_extremes(file)
    unimodal_refused(file)
    return file


def unimodal_shapes(file):
    file.add("no points", y=[])
    file.add("no points, a valley", y=[], shape="valley")
    file.add("one point", y=[-2.5])
    file.add("two points rise", y=[1, 2])
    file.add("two points fall", y=[2, 1])
    file.add("two equal points", y=[3, 3])
    file.add("all equal", y=[3.25] * 6)
    file.add("strictly rising", y=[-3, -1, 0, 0.5, 2, 8])
    file.add("strictly falling", y=[8, 2, 0.5, 0, -1, -3])
    file.add("unimodal already, with a plateau", y=[1, 2, 4, 4, 4, 3, 0])
    file.add("pooled on both sides of a peak", y=[1, 3, 2, 5, 4, 4, 1, 2])
    file.add("two peaks, the first higher", y=[0, 5, 1, 4, 0])
    file.add("two equal peaks: the smaller mode", y=[0, 4, 1, 4, 0])
    file.add("three equal peaks: the smallest mode", y=[1, 3, 1, 3, 1, 3, 1])
    file.add("a valley in between", y=[4, 2, 0, 2, 4])
    file.add("a pooled plateau at the peak", y=[0, 3, 5, 4, 5, 1])
    file.add("labels of 0 and 1", y=[0, 1, 0, 1, 1, 0, 1, 0, 0])
    file.add("values that single precision rounds", y=[0.1, 0.3, 0.2, 0.7, 0.6, 0.65, 0.1])
    file.add("a large offset", y=[1e9 + v for v in [3, 1, 2, 4, 3.75, 3.5, 9, 1]], types=["f64"])
    for mode in range(6):
        file.add(f"the mode is given: {mode}", y=[2, 5, 1, 4, 3, 0], mode=mode)
    file.add("a given mode at the lowest point", y=[3, 1, 2, 0, 3, 1, 2], mode=3)
    file.add("a given mode takes in its neighbours in turn", y=[1, 6, 3, 5, 2], mode=2)
    file.add("a valley", y=[5, 3, 4, 1, 2, 2, 6, 5], shape="valley")
    file.add("two equal valleys: the smaller mode", y=[4, 0, 3, 0, 4], shape="valley")
    file.add("a valley at a given mode", y=[5, 3, 4, 1, 2, 2, 6, 5], shape="valley", mode=5)
    file.expect("a thousand equal points", {"x": Repeat(1.5, 1000), "mode": 0}, y=Repeat(1.5, 1000))
    file.expect("one low point among a thousand", {"mode": 0}, y=[*[1] * 500, 0, *[1] * 499],
                source="to fall to the mean of the points from there costs 499/500, to rise from that of the"
                       " points up to there 500/501")


def unimodal_weighted(file):
    file.add("equal weights", y=[4, 2, 6, 5, 7, 1], weights=[0.5] * 6)
    file.add("a heavy second peak", y=[0, 5, 1, 4, 0], weights=[1, 1, 1, 3, 1])
    file.add("a given mode, weighted", y=[1, 6, 3, 5, 2], weights=[2, 1, 3, 1, 0.5], mode=2)
    file.add("weights that differ by a factor of 2^40", y=[2, 1, 2, 1], weights=[2.0**40, 1, 1, 2.0**40])
    file.add("weights that single precision rounds", y=[2, 1, 3, 2], weights=[0.1, 0.2, 0.3, 0.7])
    source = "the definition of the treatment of weights of zero"
    for name, x, mode, inputs in [
        ("a weight of zero on the rise has the value to its left", [1, 1, 3, 4, 2], 3,
         {"y": [1, 100, 3, 4, 2], "weights": [1, 0, 1, 1, 1]}),
        ("a weight of zero on the fall has the value to its right", [1, 3, 2, 2], 1,
         {"y": [1, 3, -50, 2], "weights": [1, 1, 0, 1]}),
        ("weights of zero at both ends", [1, 1, 3, 2, 2], 2,
         {"y": [9, 1, 3, 2, 70], "weights": [0, 1, 1, 1, 0]}),
        ("a weight of zero before the peak is a smaller mode", [1, 3, 3, 2], 1,
         {"y": [1, 0, 3, 2], "weights": [1, 0, 1, 1]}),
        ("the given mode has weight zero", [1, 3, 3, 2], 1,
         {"y": [1, 0, 3, 2], "weights": [1, 0, 1, 1], "mode": 1}),
        ("only the last weight is positive", [3, 3, 3], 0, {"y": [1, 2, 3], "weights": [0, 0, 1]}),
        ("only the first weight is positive, a valley at the end", [1, 1, 1], 2,
         {"y": [1, 2, 3], "weights": [1, 0, 0], "mode": 2, "shape": "valley"}),
    ]:
        file.expect(name, {"x": x, "mode": mode}, source=source, **inputs)


def unimodal_extremes(file):
    for types, large, small, least in [(["f64"], 1e308, 1e-308, 5e-324), (["f32"], 1e38, 1e-38, 1.4e-45)]:
        top = DOUBLE_MAX if types == ["f64"] else FLOAT_MAX
        tag = f" ({types[0]})"
        file.add("huge values" + tag, types, y=[large, -large, large, large / 2, large, -large / 4])
        file.add("the largest numbers" + tag, types, y=[top, -top, top, top, -top])
        file.add("tiny values" + tag, types, y=[3 * small, small, 2 * small, 5 * small, 4 * small])
        file.add("subnormal values" + tag, types, y=[4 * least, 2 * least, 9 * least, 7 * least])
        file.add("tiny weights" + tag, types, y=[2, 1, 3, 4, 0], weights=[small, 2 * small, small, small, small])
        file.add("huge values and huge weights" + tag, types, y=[large, large / 2, large],
                 weights=[large / 16, large / 8, large / 16])


def unimodal_refused(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "y[2]", y=[1, 2, value, 0])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1]",
                    y=[1, 2, 3], weights=[1, value, 1])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", y=[1, 2], weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", y=[1, 2, 3], weights=[0, 0, 0])
    file.refuse("the mode is n", "QC_ERR_OPTIONS", "mode is ", y=[1, 2, 3], mode=3)
    file.refuse("a mode where there are no points", "QC_ERR_OPTIONS", "mode is ", y=[], mode=0)


def unimodal_options_init():
    file = VectorFile("isotonic/unimodal_options_init.json", "qc_isotonic_unimodal_options_init", [""],
                      "the comments of include/quantcal/isotonic/shape.h")
    file.expect("the defaults", {"shape": "peak"})
    return file


# -- Convex --------------------------------------------------------------------


def solve_convex(format, x, y, weights=None, curvature="convex", monotonicity="any"):
    """All sets of bends, until one satisfies the conditions of Karush, Kuhn and Tucker."""
    x, y, weights = rationals(x), rationals(y), rationals(weights or [1] * len(y))
    merged = merge(x, y, weights)
    if not merged:
        return {"fitted": [], "knots": [], "values": []}
    t, means, masses = zip(*merged)
    value = function(t, optimum(t, means, masses, curvature, monotonicity))
    bends = [k for k in range(len(t)) if k in (0, len(t) - 1) or bends_at(t, value, k)]
    return {"fitted": [value(one) for one in x], "knots": [t[k] for k in bends],
            "values": [value(t[k]) for k in bends]}


def merge(x, y, weights):
    """Position, mean and weight of the points of each position that has weight."""
    sums = {}
    for position, value, weight in zip(x, y, weights):
        if weight > 0:
            total, mass = sums.get(position, (0, 0))
            sums[position] = (total + weight * value, mass + weight)
    return [(position, total / mass, mass) for position, (total, mass) in sorted(sums.items())]


def optimum(t, y, weights, curvature, monotonicity):
    """The values at t: free functions, and such as may only be added."""
    sign = 1 if curvature == "convex" else -1
    ones = [Fraction(1)] * len(t)
    if monotonicity == "any":
        free = [ones] + ([list(t)] if len(t) > 1 else [])
        cone = [[sign * max(s - k, Fraction(0)) for s in t] for k in t[1:-1]]
    elif (monotonicity == "increasing") == (sign > 0):
        free, cone = [ones], [[sign * max(s - k, Fraction(0)) for s in t] for k in t[:-1]]
    else:
        free, cone = [ones], [[sign * max(k - s, Fraction(0)) for s in t] for k in t[1:]]
    for size in range(len(cone) + 1):
        for active in combinations(range(len(cone)), size):
            columns = free + [cone[k] for k in active]
            factors = least_squares(columns, y, weights)
            if any(factor <= 0 for factor in factors[len(free):]):
                continue
            fit = [sum(f * c[i] for f, c in zip(factors, columns)) for i in range(len(t))]
            rest = [w * (a - b) for w, a, b in zip(weights, y, fit)]
            if all(sum(a * b for a, b in zip(column, rest)) <= 0 for column in cone):
                return fit
    raise AssertionError("some set of bends is the optimum's")


def least_squares(columns, y, weights):
    """Gauss's elimination on the normal equations."""
    rows = [[sum(w * a * b for w, a, b in zip(weights, one, other)) for other in columns + [y]]
            for one in columns]
    for i, row in enumerate(rows):
        for later in rows[i + 1:]:
            factor = later[i] / row[i]
            later[:] = [a - factor * b for a, b in zip(later, row)]
    factors = []
    for i in reversed(range(len(rows))):
        known = sum(a * b for a, b in zip(rows[i][i + 1:-1], reversed(factors)))
        factors.append((rows[i][-1] - known) / rows[i][i])
    return factors[::-1]


def function(t, fit):
    """Linear between the points of t, and on at both ends."""
    def value(s):
        if len(t) == 1:
            return fit[0]
        k = min(max(sum(one <= s for one in t), 1), len(t) - 1)
        return fit[k - 1] + (fit[k] - fit[k - 1]) * (s - t[k - 1]) / (t[k] - t[k - 1])
    return value


def bends_at(t, value, k):
    before = (value(t[k]) - value(t[k - 1])) / (t[k] - t[k - 1])
    return before != (value(t[k + 1]) - value(t[k])) / (t[k + 1] - t[k])


def convex():
    file = VectorFile(
        "isotonic/convex.json", "qc_isotonic_convex", ["f64", "f32"],
        "enumeration of all sets of bends in rational arithmetic, rounded once (generate/isotonic_shape.py)",
        solve_convex, inputs={"x": "T", "y": "T", "weights": "T"},
        outputs={"fitted": "T", "knots": "T", "values": "T"},
        tolerance={"absolute": 1e-13}, tolerance_f32={"absolute": 2e-6})
    convex_shapes(file)
    convex_weighted(file)
    convex_extremes(file)
    convex_refused(file)
    return file


def convex_shapes(file):
    file.add("no points", x=[], y=[])
    file.add("one point", x=[3], y=[-2.5])
    file.add("two points", x=[1, 3], y=[2, 5])
    file.add("two points with one predictor", x=[2, 2], y=[1, 4])
    file.add("all predictors equal", x=[2] * 4, y=[1, 2, 3, 6])
    file.add("all values equal", x=[0, 1, 3, 4, 9], y=[0.1] * 5)
    file.add("on a line", x=[0, 1, 2, 4, 7], y=[1, 3, 5, 9, 15])
    file.add("convex already", x=[0, 1, 2, 3, 4], y=[4, 1, 0, 1, 4])
    file.add("concave data become a line", x=[0, 1, 2, 3, 4], y=[0, 3, 4, 3, 0])
    file.add("a bend between the points", x=[-3, -2, -1, 0, 1, 2, 3], y=[5, 3, 1, 0, 1, 3, 5])
    file.add("predictors in no order", x=[3, 0, 5, 1, 4, 2], y=[0, 3, 6, 1, 2, 2])
    file.add("predictors fall", x=[5, 4, 3, 2, 1, 0], y=[6, 2, 0, 2, 1, 3])
    file.add("equal predictors", x=[1, 0, 1, 2, 3, 2, 1, 4], y=[0, 3, 2, 2, 0, 1, 4, 6])
    file.add("zero and minus zero are equal", x=[0.0, -0.0, 1, 2], y=[1, 3, 0, 2])
    file.add("unequal spacing", x=[0, 0.125, 1, 1.5, 6, 20, 21], y=[3, 2, 2, -1, 0, 4, 9])
    file.add("a large offset", types=["f64"], x=[1e9 + v for v in range(6)],
             y=[1e9 + v for v in [3, 1, 2, 0, 2, 6]], tolerance={"ulps": 4})
    for curvature in ["convex", "concave"]:
        for monotonicity in ["any", "increasing", "decreasing"]:
            options = {"curvature": curvature, "monotonicity": monotonicity}
            name = f"{curvature}, {monotonicity}: "
            file.add(name + "noise", x=[0, 1, 2, 3, 4, 5], y=[3, 1, 2, 0, 2, 6], **options)
            file.add(name + "noise that falls", x=[0, 1, 2, 4, 5, 6], y=[7, 4, 5, 1, 3, 0], **options)
            file.add(name + "unequal spacing, weights", x=[0, 1, 1.5, 4, 4.25, 9, 10],
                     y=[0, 3, 1, 4, 6, 5, 9], weights=[1, 2, 0.5, 1, 3, 1, 0.25], **options)
            file.add(name + "one point", x=[1], y=[2], **options)
            file.add(name + "two points rise", x=[1, 2], y=[2, 5], **options)
            file.add(name + "two points fall", x=[1, 2], y=[5, 2], **options)


def convex_weighted(file):
    file.add("a heavy point is met almost exactly", x=[0, 1, 2, 3], y=[0, 5, 1, 0], weights=[1, 1000, 1, 1])
    file.add("weights that single precision rounds", x=[0, 1, 2, 3, 4], y=[2, 1, 3, 2, 4],
             weights=[0.1, 0.2, 0.3, 0.7, 0.9])
    file.add("a weight of zero between the points", x=[0, 1, 2, 3, 4], y=[4, 1, 100, 1, 4],
             weights=[1, 1, 0, 1, 1])
    file.add("weights of zero beyond the points", x=[-2, 0, 1, 2, 3, 5], y=[50, 4, 1, 0, 3, -50],
             weights=[0, 1, 1, 1, 1, 0])
    file.add("weights of zero beyond a flat part", x=[-2, 0, 1, 2, 3, 5], y=[50, 4, 1, 2, 5, -50],
             weights=[0, 1, 1, 1, 1, 0], monotonicity="increasing")
    file.add("weights of zero beyond the steep end", x=[-2, 0, 1, 2, 3, 5], y=[50, 4, 1, 2, 5, -50],
             weights=[0, 1, 1, 1, 1, 0], monotonicity="decreasing")
    file.add("a single positive weight", x=[0, 1, 2], y=[5, 7, 1], weights=[0, 2, 0])
    file.add("weights of a predictor add up", x=[0, 1, 1, 2, 3], y=[1, 5, 2, 1, 0], weights=[1, 1, 2, 1, 3])


def convex_extremes(file):
    for types, large, small in [(["f64"], 2.0**1023, 2.0**-1020), (["f32"], 2.0**127, 2.0**-124)]:
        tag = f" ({types[0]})"
        y = [3, 1, 2, 0, 2, 6]
        close = {"relative": 1e-12 if types == ["f64"] else 1e-6}
        file.add("huge values" + tag, types, close, x=list(range(6)), y=[v / 8 * large for v in y])
        file.add("tiny values" + tag, types, close, x=list(range(6)), y=[v * small for v in y])
        file.add("huge predictors" + tag, types, close, x=[(v - 2.5) / 4 * large for v in range(6)], y=[4 + v for v in y])
        file.add("tiny predictors" + tag, types, close, x=[v * small for v in range(6)], y=[4 + v for v in y])
        file.add("huge weights" + tag, types, close, x=list(range(6)), y=[4 + v for v in y], weights=[large / 8] * 6)
        file.add("tiny weights" + tag, types, close, x=list(range(6)), y=[4 + v for v in y], weights=[small] * 6)


def convex_refused(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a predictor is {value}", "QC_ERR_NOT_FINITE", "x[1]", x=[1, value, 3], y=[1, 2, 3])
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "y[2]", x=[1, 2, 3], y=[1, 2, value])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1]", x=[1, 2, 3], y=[1, 2, 3],
                    weights=[1, value, 1])
    file.refuse("a value of weight zero is nan", "QC_ERR_NOT_FINITE", "y[1]", x=[1, 2, 3],
                y=[1, "nan", 3], weights=[1, 0, 1])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", x=[1, 2], y=[1, 2],
                weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", x=[1, 2], y=[1, 2], weights=[0, 0])


def convex_options_init():
    file = VectorFile("isotonic/convex_options_init.json", "qc_isotonic_convex_options_init", [""],
                      "the comments of include/quantcal/isotonic/shape.h")
    file.expect("the defaults", {"curvature": "convex", "monotonicity": "any"})
    return file
