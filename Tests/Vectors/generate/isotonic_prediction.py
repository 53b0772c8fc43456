"""`isotonic/prediction`: ties, directions, knots and predictions over rationals."""

from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import isotone
from exact import decimal
from files import VectorFile

OPTIONS = {"level": "f64", "lower_bound": "f64", "upper_bound": "f64", "minimum_gap": "f64",
           "tie_tolerance": "f64"}


def files():
    return [fit(), direction(), predict(), options_init()]


# -- The fit ----------------------------------------------------------------------------------------


def solve(format, x, y, weights=None, direction="increasing", ties="secondary", loss="squared", level=0.5,
          lower_bound=None, upper_bound=None, minimum_gap=0, tie_tolerance=0):
    """The max-min formula for ties of points, each with the loss's own summary of all its members."""
    x, y = [Fraction(v) for v in x], [Fraction(v) for v in y]
    weights = [Fraction(v) for v in weights or [1] * len(x)]
    rises = direction == "increasing"
    if direction == "auto":
        rho = spearman(x, y)
        rises = rho is not None and rho >= 0
    summary = mean if loss == "squared" else lambda members: quantile(members, Fraction(level))
    groups = tied([i for i in sorted(range(len(x)), key=lambda i: x[i]) if weights[i] > 0], x,
                  Fraction(tie_tolerance))
    gap = Fraction(minimum_gap)
    offset = [gap * (g if rises else len(groups) - 1 - g) for g in range(len(groups))]
    atoms = []  # what gets one value: its members and the number of its group
    for g, members in enumerate(groups):
        if ties == "primary":
            members = sorted(members, key=lambda i: y[i] if rises else -y[i])
            atoms += [([i], g) for i in members]
        else:
            atoms.append((members, g))
    shifted = [[(y[i] - offset[g], weights[i]) for i in members] for members, g in atoms]
    levels = max_min(shifted if rises else shifted[::-1], summary)
    levels = levels if rises else levels[::-1]
    if lower_bound is not None:
        levels = [max(v, Fraction(lower_bound)) for v in levels]
    if upper_bound is not None:
        levels = [min(v, Fraction(upper_bound) - max(offset, default=0)) for v in levels]
    fitted, heights = [None] * len(x), [[] for _ in groups]
    for (members, g), value in zip(atoms, levels):
        for i in members:
            fitted[i] = value + offset[g]
            heights[g].append((fitted[i], weights[i]))
    heights = [mean(members) for members in heights]
    knots, values = [], []
    for value, run in groupby(zip(groups, heights), key=lambda pair: pair[1]):
        run = [i for members, _ in run for i in members]
        for place in sorted({min(x[i] for i in run), max(x[i] for i in run)}):
            knots.append(place)
            values.append(value)
    if ties == "tertiary":
        for members, height in zip(groups, heights):
            own = summary([(y[i], weights[i]) for i in members])
            for i in members:
                fitted[i] = y[i] + height - own
    fitted = [curve(knots, values, x[i], "linear", "outside_clip") if v is None else v
              for i, v in enumerate(fitted)]
    return {"fitted": fitted, "knots": knots, "values": values,
            "direction": "increasing" if rises else "decreasing"}


def tied(order, x, tolerance):
    groups = []
    for i in order:
        first = x[groups[-1][0]] if groups else None
        if groups and x[i] - first <= tolerance * max(abs(x[i]), abs(first)):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def max_min(atoms, summary):
    n = len(atoms)

    def value(j, k):
        return summary([member for atom in atoms[j:k + 1] for member in atom])

    return [max(min(value(j, k) for k in range(i, n)) for j in range(i + 1)) for i in range(n)]


def mean(members):
    return sum(v * w for v, w in members) / sum(w for _, w in members)


def quantile(members, level):
    """The least value with at least the share `level` of the weight at or below it."""
    wanted, reached = level * sum(w for _, w in members), 0
    for value, weight in sorted(members):
        reached += weight
        if reached >= wanted:
            return value


def fit():
    file = VectorFile(
        "isotonic/fit.json", "qc_isotonic_fit", ["f64", "f32"],
        "the max-min formula over ties in rational arithmetic, rounded once "
        "(generate/isotonic_prediction.py)", solve,
        inputs={"x": "T", "y": "T", "weights": "T", **OPTIONS},
        outputs={"fitted": "T", "knots": "T", "values": "T"}, tolerance={"ulps": 4})
    published(file)
    shapes(file)
    options(file)
    refused_fits(file)
    return file


def published(file):
    file.add("the example of R's isoreg", x=list(range(9)), y=[1, 0, 4, 3, 3, 5, 4, 2, 0],
             source="R, help page of stats::isoreg; fit by the max-min formula")
    file.expect("ties and a weight of zero, as scikit-learn's knots",
                {"fitted": [1, 2, 2, 2, 2], "knots": [1, 2, 3], "values": [1, 2, 2]},
                x=[1, 2, 2, 3, 4], y=[1, 5, 1, 2, 4], weights=[1, 1, 3, 1, 0],
                source="by hand: the tie weighs 4 and has the mean 2; scikit-learn 1.9.1 has these knots")
    file.expect("a tie has its weighted mean", {"fitted": [1, 3, 3, 3]},
                x=[1, 2, 2, 3], y=[1, 4, 0, 3], weights=[1, 3, 1, 1],
                source="by hand: (3 * 4 + 1 * 0) / 4 = 3")
    isotone_examples(file)


def isotone_examples(file):
    for ties, theirs in isotone.PITUITARY_FITS.items():
        fit = solve(None, **isotone.PITUITARY, ties=ties)
        isotone.confirm(fit["fitted"], theirs, 1e-12)
        if ties == "tertiary":
            means = [mean([(v, 1) for v, age in zip(fit["fitted"], isotone.PITUITARY["x"]) if age == a])
                     for a in (8, 10, 12, 14)]
            isotone.confirm(means, isotone.PITUITARY_MEANS, 5e-6)
        file.add(f"the pituitary fissure, {ties} ties", **isotone.PITUITARY, ties=ties,
                 source=f"data and fit: {isotone.PAPER}, section 5.2, and gpava() of isotone 1.1-2; "
                        "exact by the max-min formula")
        for level in (0.5, 0.25):
            file.add(f"the pituitary fissure, {ties} ties, quantile {level}", **isotone.PITUITARY, ties=ties,
                     loss="quantile", level=level,
                     source=f"data: {isotone.PAPER}, section 5.2; the lowest fit by the max-min formula")
        file.add(f"the pituitary fissure, {ties} ties, weighted, falling", **isotone.PITUITARY, ties=ties,
                 weights=list(range(1, 12)), direction="decreasing",
                 source=f"data: {isotone.PAPER}, section 5.2; fit by the max-min formula")
    scores = {"x": [height for height, *_ in isotone.POSTURO for _ in range(3)],
              "y": [score for _, *trials in isotone.POSTURO for score in trials]}
    curve_of_means = solve(None, **scores)
    heights = sorted(set(scores["x"]))
    isotone.confirm([curve(curve_of_means["knots"], curve_of_means["values"], Fraction(h), "linear", "outside_clip")
                     for h in heights], isotone.POSTURO_FIT, 1e-11)
    file.add("repeated measures, the mean", **scores, keep=["knots", "values"],
             source=f"data and fit: {isotone.PAPER}, section 5.3, and gpava() of isotone 1.1-2; "
                    "exact by the max-min formula")
    file.add("repeated measures, the median of all members", **scores, keep=["knots", "values"], loss="quantile",
             source=f"data: {isotone.PAPER}, section 5.3; the lowest fit by the max-min formula")


def shapes(file):
    file.add("no points", x=[], y=[])
    file.add("one point", x=[2], y=[-2.5])
    file.add("two points in order", x=[1, 2], y=[3, 4])
    file.add("two points out of order", x=[2, 1], y=[3, 4])
    file.add("all predictors equal", x=[1] * 5, y=[3, 1, 4, 1, 5])
    file.add("all responses equal", x=[3, 1, 2, 5], y=[7] * 4)
    file.add("shuffled, strictly rising", x=[3, 1, 4, 2], y=[30, 10, 40, 20])
    file.add("predictors that fall, responses that fall", x=[4, 3, 2, 1], y=[4, 3, 2, 1])
    file.add("predictors that fall, responses that rise", x=[4, 3, 2, 1], y=[1, 2, 3, 4])
    file.add("minus zero is zero", x=[0.0, -0.0, 1], y=[2, 4, 5])
    file.add("decreasing, shuffled", x=[3, 1, 4, 2, 5], y=[1, 5, 2, 3, 0], direction="decreasing")
    file.add("a late low value pools everything", x=[5, 1, 3, 2, 4], y=[-100, 1, 3, 2, 4])
    for ties in ["secondary", "primary", "tertiary"]:
        for direction in ["increasing", "decreasing"]:
            file.add(f"{ties} ties, {direction}", x=[2, 1, 2, 3, 1, 3, 2], y=[4, 1, 0, 2, 3, 5, 6], ties=ties,
                     direction=direction)
            file.add(f"{ties} ties, {direction}, weighted", x=[2, 1, 2, 3, 1, 3, 2, 0],
                     y=[4, 1, 0, 2, 3, 5, 6, 9], weights=[1, 2, 3, 1, 0, 2, 1, 1], ties=ties,
                     direction=direction)
    file.add("weights of zero at both ends and between", x=[0, 1, 2, 3, 4, 5, 6], y=[9, 1, 9, 3, 2, 4, 0],
             weights=[0, 1, 0, 1, 1, 1, 0])
    file.add("primary ties, weights of zero", x=[1, 1, 2, 2, 2.5, 3], y=[3, 1, 4, 2, 8, 5],
             weights=[1, 1, 0, 2, 0, 1], ties="primary")
    for types, large, small in [(["f64"], 1e308, 1e-308), (["f32"], 1e38, 1e-38)]:
        tag = f" ({types[0]})"
        file.add("huge" + tag, types, x=[large, -large, large / 2], y=[large, large, -large])
        file.add("tiny" + tag, types, x=[3 * small, small, 2 * small], y=[small, 3 * small, 2 * small])
    file.add("a large offset", x=[3, 1, 2, 5, 4], y=[1e9 + v for v in [3, 1, 2, 0.5, 4]], types=["f64"])
    file.add("predictors of 1e-16 are no ties", x=[1e-16, 2e-16, 3e-16, 4e-16], y=[1, 2, 3, 4])


def options(file):
    file.add("ties within a tolerance", x=[1, 1.04, 1.08, 1.12, 1.16], y=[1, 3, 2, 6, 5], tie_tolerance=0.1)
    file.add("a tie within a tolerance is level", x=[1, 1.0625, 2, 3], y=[1, 2, 5, 4], tie_tolerance=0.125)
    file.add("negative ties within a tolerance", x=[-1, -0.9375, 0, 2], y=[4, 2, 3, 8], tie_tolerance=0.125)
    data = {"x": [1, 2, 2, 3, 4, 5], "y": [0, 5, 1, 2, 8, 4]}
    for direction in ["increasing", "decreasing"]:
        file.add(f"bounds, {direction}", **data, direction=direction, lower_bound=1, upper_bound=4)
        file.add(f"a lower bound, {direction}", **data, direction=direction, lower_bound=2.5)
        file.add(f"a gap, {direction}", **data, direction=direction, minimum_gap=0.5)
        file.add(f"a gap, primary ties, {direction}", **data, direction=direction, minimum_gap=0.5,
                 ties="primary")
        file.add(f"a gap and bounds, {direction}", **data, direction=direction, minimum_gap=0.5,
                 lower_bound=1, upper_bound=4)
        for ties in ["secondary", "primary", "tertiary"]:
            for level in [0.5, 0.25, 0.75]:
                file.add(f"quantile {level}, {ties} ties, {direction}", x=[1, 2, 2, 3, 3, 3, 4],
                         y=[3, 5, 1, 2, 7, 4, 0], weights=[1, 2, 1, 1, 2, 1, 1], loss="quantile", level=level,
                         ties=ties, direction=direction)
    file.add("auto, rising", x=[1, 2, 3, 4, 5], y=[1, 3, 2, 5, 4], direction="auto")
    file.add("auto, falling", x=[1, 2, 3, 4, 5], y=[5, 3, 4, 1, 2], direction="auto")
    file.add("auto, no correlation at all", x=[1, 2, 3, 4], y=[1, 2, 2, 1], direction="auto")
    file.add("auto, weights do not count", x=[1, 2, 3, 4], y=[4, 1, 2, 3], weights=[0, 1, 1, 1],
             direction="auto")
    file.add("auto, all responses equal", x=[1, 2, 3, 4], y=[5] * 4, direction="auto")


def refused_fits(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a predictor is {value}", "QC_ERR_NOT_FINITE", "x[1]", x=[1, value, 3], y=[1, 2, 3])
        file.refuse(f"a response is {value}", "QC_ERR_NOT_FINITE", "y[2]", x=[3, 2, 1], y=[1, 2, value])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[0]",
                    x=[3, 2, 1], y=[1, 2, 3], weights=[value, 1, 1])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", x=[1, 2], y=[1, 2],
                weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", x=[1, 2], y=[1, 2], weights=[0, 0])
    file.refuse("a negative tolerance", "QC_ERR_OPTIONS", "tie_tolerance", x=[1, 2], y=[1, 2],
                tie_tolerance=-1)
    file.refuse("bounds the wrong way round", "QC_ERR_OPTIONS", "lower_bound", x=[1, 2], y=[1, 2],
                lower_bound=2, upper_bound=1)
    file.refuse("a count of the Poisson loss is negative", "QC_ERR_DOMAIN", "y[0]", x=[2, 1], y=[-1, 2],
                loss="poisson")


# -- The direction ----------------------------------------------------------------------------------


def ranks(values):
    """Twice the mid-ranks, less their mean."""
    return [sum((v < u) - (v > u) for v in values) for u in values]


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    squares = [sum(v * v for v in side) for side in (a, b)]
    if not all(squares):
        return None
    return decimal(sum(u * v for u, v in zip(a, b))) / decimal(squares[0] * squares[1]).sqrt()


def solve_direction(format, x, y):
    rho = spearman([Fraction(v) for v in x], [Fraction(v) for v in y])
    nan = float("nan")
    if rho is None:
        return {"direction": "decreasing", "is_ambiguous": 1, "correlation": nan, "interval_lower": nan,
                "interval_upper": nan}
    out = {"direction": "increasing" if rho >= 0 else "decreasing", "is_ambiguous": 0, "correlation": rho,
           "interval_lower": nan, "interval_upper": nan}
    if len(x) > 3:
        width = Decimal("1.96") / Decimal(len(x) - 3).sqrt()
        ends = [fisher(rho, -width), fisher(rho, width)]
        out |= {"is_ambiguous": int(ends[0] <= 0 <= ends[1]), "interval_lower": ends[0],
                "interval_upper": ends[1]}
    return out


def fisher(rho, shift):
    """tanh(atanh(rho) + shift)."""
    if abs(rho) == 1:
        return rho
    power = ((1 + rho) / (1 - rho)) * (2 * shift).exp()
    return (power - 1) / (power + 1)


def direction():
    file = VectorFile(
        "isotonic/direction.json", "qc_isotonic_direction", ["f64", "f32"],
        "mid-ranks counted pair by pair, Fisher's interval in decimals of 60 digits "
        "(generate/isotonic_prediction.py)", solve_direction,
        inputs={"x": "T", "y": "T"},
        outputs={"correlation": "f64", "interval_lower": "f64", "interval_upper": "f64"},
        tolerance={"relative": 1e-14})
    file.add("ten points, rho 0.93939", x=list(range(10)), y=[0, 2, 1, 3, 5, 4, 6, 9, 7, 8])
    file.add("ten points, falling", x=list(range(10)), y=[8, 7, 9, 6, 4, 5, 3, 1, 2, 0])
    file.add("no points", x=[], y=[])
    file.add("one point", x=[1], y=[2])
    file.add("two points rise", x=[2, 1], y=[5, 4])
    file.add("two points fall", x=[1, 2], y=[5, 4])
    file.add("three points have no interval", x=[1, 2, 3], y=[1, 3, 2])
    file.add("four points, in order", x=[1, 2, 3, 4], y=[1, 8, 9, 27])
    file.add("four points, falling", x=[1, 2, 3, 4], y=[4, 3, 2, -1])
    file.add("four points that do not tell", x=[1, 2, 3, 4], y=[2, 1, 4, 3])
    file.add("rho is zero", x=[1, 2, 3, 4], y=[1, 2, 2, 1])
    file.add("all responses equal", x=[1, 2, 3, 4, 5], y=[1] * 5)
    file.add("all predictors equal", x=[2] * 5, y=[1, 2, 3, 4, 5])
    file.add("ties on both sides", x=[1, 1, 2, 2, 3, 3, 4, 4], y=[1, 2, 2, 3, 3, 3, 5, 1])
    file.add("equal ties on both sides, in order", x=[1, 1, 2, 2, 3], y=[5, 5, 6, 6, 9])
    file.add("minus zero ties with zero", x=[0.0, -0.0, 1, 2, 3], y=[1, 2, -0.0, 0.0, 4])
    file.add("only ranks count", x=[-1e30, 0, 1e-30, 5, 1e30], y=[1, 4, 2, 8, 16])
    for value in ["nan", "inf"]:
        file.refuse(f"a predictor is {value}", "QC_ERR_NOT_FINITE", "x[1]", x=[1, value], y=[1, 2])
        file.refuse(f"a response is {value}", "QC_ERR_NOT_FINITE", "y[0]", x=[1, 2], y=[value, 2])
    return file


# -- Predictions --------------------------------------------------------------------------------------


def curve(knots, values, query, interpolation, outside):
    """`outside` as in the constants of the header: "nan" by itself would be a number."""
    last = len(knots) - 1
    if last == 0:
        return values[0]
    if not knots[0] <= query <= knots[last]:
        end = 0 if query < knots[0] else last
        if outside == "outside_nan":
            return float("nan")
        if outside == "outside_clip" or interpolation == "step":
            return values[end]
        a, b = (0, 1) if end == 0 else (last - 1, last)
    else:
        a = max(i for i in range(last + 1) if knots[i] <= query)
        if interpolation == "step" or knots[a] == query:
            return values[a]
        b = a + 1
    return values[a] + (query - knots[a]) / (knots[b] - knots[a]) * (values[b] - values[a])


def solve_predict(format, knots, values, queries, interpolation="linear", outside="outside_nan"):
    knots, values = [Fraction(v) for v in knots], [Fraction(v) for v in values]
    return {"predictions": [curve(knots, values, Fraction(q), interpolation, outside) for q in queries]}


def predict():
    file = VectorFile(
        "isotonic/predict.json", "qc_isotonic_predict", ["f64", "f32"],
        "linear interpolation in rational arithmetic (generate/isotonic_prediction.py)", solve_predict,
        inputs={"knots": "T", "values": "T", "queries": "T"}, outputs={"predictions": "T"},
        tolerance={"ulps": 4})
    knots, values = [1, 2, 4, 4.5, 8], [0, 0, 3, 5, 5]
    queries = [8, 1, 4.25, 1.5, 3, 2, 4, 4.5, 6, 2.5, 7.75]
    for interpolation in ["linear", "step"]:
        file.add(f"inside, {interpolation}", knots=knots, values=values, queries=queries,
                 interpolation=interpolation)
        file.add(f"ascending, {interpolation}", knots=knots, values=values, queries=sorted(queries),
                 interpolation=interpolation)
        for outside in ["outside_nan", "outside_clip", "outside_extrapolate"]:
            file.add(f"{outside}, {interpolation}", knots=knots, values=[0, 1, 3, 5, 4],
                     queries=[9, 3, -1, 0.5, 10, 1, 8], interpolation=interpolation, outside=outside)
            file.add(f"{outside}, ascending, {interpolation}", knots=knots, values=[0, 1, 3, 5, 4],
                     queries=[-2, 0, 1, 3, 8, 9], interpolation=interpolation, outside=outside)
    file.add("no queries", knots=knots, values=values, queries=[])
    for outside in ["outside_nan", "outside_clip", "outside_error", "outside_extrapolate"]:
        file.add(f"one knot is its value everywhere, {outside}", knots=[2], values=[7], queries=[1, 2, 3],
                 outside=outside)
    file.add("inside where outside is an error", knots=knots, values=values, queries=[1, 8],
             outside="outside_error")
    file.add("falling values", knots=[0, 1, 2], values=[5, 3, -4], queries=[0.25, 1.75, 1])
    file.add("values that go up and down", knots=[0, 1, 2, 3], values=[5, -3, 4, 4],
             queries=[2.5, 0.5, 1.5, 0.125])
    file.add("an offset", knots=[1e6, 1e6 + 1, 1e6 + 2], values=[0, 1, 8], queries=[1e6 + 0.5, 1e6 + 1.75])
    for types, top, least in [(["f64"], 1e308, 5e-324), (["f32"], 1e38, 1.4e-45)]:
        tag = f" ({types[0]})"
        file.add("the widest range" + tag, types, knots=[-top, top], values=[-top, top],
                 queries=[0, top / 2, -top / 2, top, -top])
        file.add("the narrowest range" + tag, types, knots=[0, 4 * least], values=[0, 8],
                 queries=[least, 2 * least, 3 * least, 4 * least])
    file.expect("infinite queries are clipped", {"predictions": [0, 5]}, knots=knots, values=values,
                queries=["-inf", "inf"], outside="outside_clip", source="the limits")
    file.expect("infinite queries extrapolate", {"predictions": ["-inf", "inf", 2]}, knots=[0, 1, 2],
                values=[0, 1, 2], queries=["-inf", "inf", 2], outside="outside_extrapolate", source="the limits")
    file.expect("infinite queries extrapolate a level end", {"predictions": [1, 1]}, knots=[0, 1],
                values=[1, 1], queries=["-inf", "inf"], outside="outside_extrapolate", source="the limits")
    file.expect("infinite queries are outside", {"predictions": ["nan", "nan"]}, knots=knots, values=values,
                queries=["-inf", "inf"], source="the limits")
    refused_predictions(file, knots, values)
    return file


def refused_predictions(file, knots, values):
    file.refuse("a query is nan", "QC_ERR_NOT_FINITE", "queries[2] is nan", knots=knots, values=values,
                queries=[1, 2, "nan"])
    file.refuse("a query is below", "QC_ERR_DOMAIN", "queries[1] is 0.5", knots=knots, values=values,
                queries=[2, 0.5, 9], outside="outside_error")
    file.refuse("a query is above", "QC_ERR_DOMAIN", "queries[2] is 9", knots=knots, values=values,
                queries=[2, 3, 9], outside="outside_error")
    file.refuse("no knots", "QC_ERR_SIZE", "knot_count", knots=[], values=[], queries=[1])
    file.refuse("a knot is inf", "QC_ERR_NOT_FINITE", "knots[1]", knots=[1, "inf"], values=[1, 2], queries=[])
    file.refuse("a value is nan", "QC_ERR_NOT_FINITE", "values[0]", knots=[1, 2], values=["nan", 2],
                queries=[1])
    file.refuse("knots that fall", "QC_ERR_DOMAIN", "knots[2] is 2", knots=[1, 3, 2], values=[1, 2, 3],
                queries=[1])
    file.refuse("knots that are equal", "QC_ERR_DOMAIN", "knots[1] is 1", knots=[1, 1], values=[1, 2],
                queries=[1])


def options_init():
    file = VectorFile("isotonic/predict_options_init.json", "qc_isotonic_predict_options_init",
                      [""], "the comments of include/quantcal/isotonic/prediction.h")
    file.expect("the defaults", {"interpolation": "linear", "outside": "outside_nan"})
    return file
