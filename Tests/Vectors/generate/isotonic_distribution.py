"""Isotonic distributional regression: separate fits at every threshold, by min-max over rationals."""

from fractions import Fraction

from distributions import INF, Fit
from exact import F32
from files import Matrix0, VectorFile

FLOAT_MAX = float(F32.maximum)
DOUBLE_MAX = 1.7976931348623157e308
NAMES = {"x": "T", "y": "T", "weights": "T", "queries": "T", "outcomes": "T", "thresholds": "T"}
SOURCE = ("the definition: at every threshold by itself the min-max formula for the falling fit, in "
          "rationals (generate/distributions.py)")
CENSORED = ("the definition: Kaplan-Meier survival of every run, bounded by its parts, the max-min of "
            "those, in rationals (generate/distributions.py)")
ORDERED = ("the definition: at every threshold by itself the max-min formula over all lower and upper sets of the "
           "componentwise order, in rationals (generate/distributions.py)")


def files():
    return [options_init(), create(), destroy(), dimensions(), thresholds(), cdf(), quantile(), crps(), pit()]


# -- The solutions -----------------------------------------------------------------


def model(inputs):
    keys = ["x", "y", "weights", "events", "direction"]
    return Fit(**{key: inputs[key] for key in keys if key in inputs})


def solve_create(format, **inputs):
    fit = model(inputs)
    return {"thresholds": fit.thresholds, "probabilities": [fit.at(q) for q in inputs["x"]]}


def matrix(rows):
    """Rows of equal length, as files have them: a matrix without elements by its shape."""
    return rows if rows and rows[0] else Matrix0(len(rows), 0)


def solve_cdf(format, queries, thresholds, **inputs):
    fit = model(inputs)
    return {"probabilities": matrix([[fit.function(q, t) for t in thresholds] for q in queries])}


def solve_quantile(format, queries, levels, **inputs):
    fit = model(inputs)

    def quantile(query, level):
        values = fit.at(query)
        return next((t for t, value in zip(fit.thresholds, values) if value >= Fraction(str(level))), INF)

    return {"quantiles": matrix([[quantile(q, level) for level in levels] for q in queries])}


def integral(thresholds, values, y):
    """Of (F(z) - [y <= z])^2, piece by piece."""
    if values[-1] != 1:
        return INF
    places = sorted({*thresholds, y})
    total = Fraction(0)
    for low, high in zip(places, places[1:]):
        passed = sum(t <= low for t in thresholds)
        value = values[passed - 1] if passed else Fraction(0)
        total += (high - low) * (value - (y <= low)) ** 2
    return total


def solve_crps(format, queries, outcomes, **inputs):
    fit = model(inputs)
    return {"crps": [integral(fit.thresholds, fit.at(q), Fraction(y)) for q, y in zip(queries, outcomes)]}


def philox(seed, index, purpose, stream=0):
    """Philox 4x32-10 (Salmon and others, 2011): the four words of a block."""
    counter = [index & 0xFFFFFFFF, index >> 32, stream, purpose]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        counter = [b >> 32 ^ counter[1] ^ key[0], b & 0xFFFFFFFF,
                   a >> 32 ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return counter


def uniform(seed, index):
    words = philox(seed, index, 2)
    return Fraction((words[1] << 32 | words[0]) >> 11, 2**53)


def solve_pit(format, queries, outcomes, seed, **inputs):
    fit = model(inputs)
    lower = [fit.function(q, y, closed=False) for q, y in zip(queries, outcomes)]
    upper = [fit.function(q, y) for q, y in zip(queries, outcomes)]
    pit = [a + uniform(seed, i) * (b - a) for i, (a, b) in enumerate(zip(lower, upper))]
    return {"lower": lower, "upper": upper, "pit": pit}


# -- The cases ---------------------------------------------------------------------

FOUR = {"x": [1, 2, 3, 4], "y": [2, 1, 3, 2]}
FIVE = {"x": [0.125, 0.5, 0.25, 0.25, 0.5], "y": [1, 1.25, 1.5, 1.75, 2], "events": [1, 1, 0, 1, 1]}
SEVENTEEN = {"x": [(7 * i) % 17 for i in range(17)], "y": [(5 * i * i + 3 * i) % 11 + i / 4 for i in range(17)]}
TIED = {"x": [3, 1, 2, 3, 1, 2, 2, 4, 4], "y": [5, 1, 4, 2, 3, 1, 5, 4, 2]}
LIFETIMES = {"x": [1, 2, 3, 4, 5, 1, 3, 4, 2, 5, 6, 6], "y": [4, 2, 6, 3, 8, 1, 2, 9, 5, 7, 4, 2],
             "events": [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1]}
SQUARE = {"x": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [2, 1, 3, 4]}
CUBE = {"x": [[i & 1, i >> 1 & 1, i >> 2] for i in range(8)], "y": [4, 2, 5, 1, 3, 6, 2, 5]}
PLANE = {"x": [[1, 3], [2, 1], [3, 2], [1, 1], [2, 3], [3, 3], [2, 1], [4, 0], [1, 3]],
         "y": [3, 5, 1, 2, 4, 2, 3, 6, 5]}
PLACES = [[1, 3], [2, 2], [2.5, 2.5], [0, 0], [9, 9], [0.5, 7], [5, -1], [INF, 1], [2, -INF], [1.5, 2]]
ONE_PLACE = {"x": [1, 1, 1], "y": [0, 1, 3], "weights": [2, 3, 5]}


def options_init():
    file = VectorFile("isotonic/distribution_options_init.json", "qc_isotonic_distribution_options_init", [""],
                      "the header's comments")
    file.expect("defaults", {"direction": "increasing"})
    return file


def create():
    file = VectorFile("isotonic/distribution_create.json", "qc_isotonic_distribution_create", ["f64", "f32"],
                      SOURCE, solve_create, inputs=NAMES,
                      outputs={"thresholds": "T", "probabilities": "T"}, tolerance={"ulps": 1})
    half = [[0.5, 1, 1], [0.5, 1, 1], [0, 0.5, 1], [0, 0.5, 1]]
    file.expect("four observations", {"thresholds": [1, 2, 3], "probabilities": half},
                source="by hand: shares of the indicators, pooled", **FOUR)
    file.add("one observation", x=[0.5], y=[3])
    file.add("two in order", x=[1, 2], y=[3, 4])
    file.add("two out of order", x=[1, 2], y=[4, 3])
    file.add("two of one covariate", x=[1, 1], y=[4, 3])
    file.add("two of one outcome", x=[1, 2], y=[4, 4])
    file.add("all equal", x=[2] * 6, y=[7] * 6)
    file.add("strictly falling", x=[1, 2, 3, 4, 5], y=[5, 4, 3, 2, 1])
    file.add("strictly rising", x=[1, 2, 3, 4, 5], y=[1, 2, 3, 4, 5])
    file.add("strictly falling, decreasing", x=[1, 2, 3, 4, 5], y=[5, 4, 3, 2, 1], direction="decreasing")
    file.add("in no order", **SEVENTEEN)
    file.add("in no order, decreasing", **SEVENTEEN, direction="decreasing")
    file.add("ties in both", **TIED)
    file.add("ties in both, decreasing", **TIED, direction="decreasing")
    file.add("weights", **TIED, weights=[1, 2, 3, 1, 2, 3, 1, 2, 3])
    file.add("a weight of 0", **FOUR, weights=[1, 0, 1, 1])
    file.add("weights far apart", tolerance={"relative": 1e-14}, **FOUR, weights=[1e-6, 1e6, 1, 1e-6])
    file.add("a common factor of weights is nothing", ["f64"], **FOUR, weights=[2.0**1000] * 4)
    file.add("the lightest weights", ["f64"], **FOUR, weights=[5e-324] * 4)
    file.add("zeros of both signs are one covariate", x=[0.0, -0.0, 1], y=[1, 2, 0])
    file.add("zeros of both signs are one outcome", x=[1, 2], y=[0.0, -0.0])
    file.add("a large offset", ["f64"], x=[1e9 + 1, 1e9 + 2, 1e9 + 3], y=[1e9, 1e9 - 1, 1e9 + 1])
    for types, top, least in [(["f64"], DOUBLE_MAX, 5e-324), (["f32"], FLOAT_MAX, 1.4e-45)]:
        tag = f" ({types[0]})"
        file.add("the largest numbers" + tag, types, x=[-top, top, 0], y=[top, -top, 1])
        file.add("the smallest numbers" + tag, types, x=[-least, least, 0], y=[least, -least, 0])
    file.add("all events observed", **FOUR, events=[1, 1, 1, 1])
    example = [[1, 1, 1, 1], [0, 0.25, 1, 1], [0, 0.25, 1, 1], [0, 0.25, 0.5, 1]]
    order = [example[0], example[3], example[1], example[2], example[3]]
    file.expect("censored, five observations",
                {"thresholds": [1, 1.25, 1.75, 2], "probabilities": order},
                source="the R package isodistrreg 0.6.0 on an example with the same orders", **FIVE)
    file.add("censored, twelve observations", source=CENSORED, tolerance={"relative": 1e-14}, **LIFETIMES)
    file.add("censored, decreasing", source=CENSORED, tolerance={"relative": 1e-14}, **LIFETIMES,
             direction="decreasing")
    file.add("censored, weights", source=CENSORED, tolerance={"relative": 1e-14}, **LIFETIMES,
             weights=[1, 2, 1, 3, 1, 1, 2, 2, 1, 1, 0, 1])
    file.add("censored before the first event", source=CENSORED,
             x=[1, 2, 2, 3], y=[2, 1, 3, 4], events=[1, 0, 1, 1])
    file.add("censored last: mass beyond all thresholds", source=CENSORED,
             x=[1, 2, 3], y=[1, 2, 3], events=[1, 1, 0])
    create_ordered(file)
    refuse_observations(file)
    return file


def create_ordered(file):
    """Of several dimensions."""
    file.expect("a square", {"thresholds": [1, 2, 3, 4], "probabilities": [
        [0.5, 1, 1, 1], [0.5, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]},
        source="by hand: at 1 the first two are pooled", **SQUARE)
    file.add("a square, decreasing", source=ORDERED, **SQUARE, direction="decreasing")
    file.add("a square, falling", source=ORDERED, x=SQUARE["x"], y=[4, 3, 2, 1])
    file.add("points of the plane with ties", source=ORDERED, **PLANE)
    file.add("points of the plane, decreasing", source=ORDERED, **PLANE, direction="decreasing")
    file.add("points of the plane, weights", source=ORDERED, tolerance={"ulps": 2}, **PLANE,
             weights=[1, 2, 0, 3, 1, 0.5, 2, 1, 4])
    file.add("all points equal", source=ORDERED, x=[[1, 2]] * 5, y=[3, 1, 2, 1, 5])
    file.add("no two comparable", source=ORDERED, x=[[1, 4], [2, 3], [3, 2], [4, 1]], y=[2, 1, 2, 3])
    file.add("on a line in the plane", x=[[i, 2 * i] for i in TIED["x"]], y=TIED["y"], source=ORDERED)
    file.add("one point of three coordinates", source=ORDERED, x=[[1, 2, 3]], y=[7])
    file.add("a cube", source=ORDERED, **CUBE)
    file.add("a cube, decreasing", source=ORDERED, **CUBE, direction="decreasing")
    file.add("a cube, weights", source=ORDERED, **CUBE, weights=[1, 2, 3, 1, 2, 3, 1, 2])
    file.add("all of the plane observed", source=ORDERED, **SQUARE, events=[1, 1, 1, 1])
    file.add("in the plane, censored before the first event", source=ORDERED, x=[*SQUARE["x"], [0.5, 0.5]],
             y=[*SQUARE["y"], 0], events=[1, 1, 1, 1, 0])
    file.add("coordinates at the ends of the range", ["f64"], source=ORDERED,
             x=[[-DOUBLE_MAX, 0], [DOUBLE_MAX, 5e-324], [0, -5e-324], [0, DOUBLE_MAX]], y=[2, 1, 3, 2])
    file.refuse("censored in the plane", "QC_ERR_SIZE", "dimensions is 2", **SQUARE, events=[1, 1, 0, 1])
    file.refuse("a coordinate is NaN", "QC_ERR_NOT_FINITE", "x[3]", x=[[0, 0], [0, "nan"]], y=[1, 2])


def refuse_observations(file):
    for name in ["x", "y"]:
        for value in ["nan", "inf", "-inf"]:
            file.refuse(f"{name} has {value}", "QC_ERR_NOT_FINITE", f"{name}[1]",
                        **{**FOUR, name: [1, value, 2, 3]})
    file.refuse("no observations", "QC_ERR_SIZE", "n is 0", x=[], y=[])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", **FOUR, weights=[1, -1, 1, 1])
    file.refuse("weights all 0", "QC_ERR_DOMAIN", "weights", **FOUR, weights=[0] * 4)
    file.refuse("a weight is NaN", "QC_ERR_NOT_FINITE", "weights[3]", **FOUR, weights=[1, 1, 1, "nan"])
    file.refuse("no event", "QC_ERR_DOMAIN", "events", **FOUR, events=[0] * 4)
    file.refuse("no event with weight", "QC_ERR_DOMAIN", "events", **FOUR, events=[1, 0, 0, 0],
                weights=[0, 1, 1, 1])


def destroy():
    file = VectorFile("isotonic/distribution_destroy.json", "qc_isotonic_distribution_destroy", [""],
                      "the outcomes, sorted: asked for before the object goes")
    file.expect("made, asked and destroyed", {"thresholds": [1, 2, 3]}, **FOUR)
    return file


def dimensions():
    file = VectorFile("isotonic/distribution_dimensions.json", "qc_isotonic_distribution_dimensions", [""],
                      "how many coordinates each x has")
    for name, sample, count in [("a line", FOUR, 1), ("a plane", SQUARE, 2), ("space", CUBE, 3)]:
        file.expect(name, {"dimensions": count}, **sample)
    return file


def thresholds():
    file = VectorFile("isotonic/distribution_thresholds.json", "qc_isotonic_distribution_thresholds",
                      ["f64", "f32"], "the distinct outcomes, sorted",
                      lambda format, **inputs: {"thresholds": model(inputs).thresholds}, inputs=NAMES,
                      outputs={"thresholds": "T"})
    file.add("ties", **TIED)
    file.add("one", x=[1], y=[0.1])
    file.add("what weighs nothing has none", **FOUR, weights=[1, 1, 0, 1])
    file.add("what is censored has none", **LIFETIMES)
    return file


def cdf():
    file = VectorFile("isotonic/distribution_cdf.json", "qc_isotonic_distribution_cdf", ["f64", "f32"], SOURCE,
                      solve_cdf, inputs=NAMES, outputs={"probabilities": "T"},
                      tolerance={"relative": 1e-14}, tolerance_f32={"ulps": 1})
    between = [0, 1, 1.5, 2, 2.25, 2.5, 3, 3.75, 4, 9]
    file.add("between covariates", **FOUR, queries=between, thresholds=[0, 1, 1.5, 2, 2.5, 3, 4])
    file.add("decreasing", **FOUR, direction="decreasing", queries=between, thresholds=[1, 2, 3])
    file.add("thresholds in any order", **SEVENTEEN, queries=[4.5, 2, 16, 0], thresholds=[7, 3, 9, 3, 1])
    file.add("many thresholds", **SEVENTEEN, queries=[4.5, 4.75, 5, 12.5, 3.25],
             thresholds=[i / 2 for i in range(30)])
    file.add("many thresholds, decreasing", **SEVENTEEN, queries=[4.5, 4.75, 5, 12.5, 3.25],
             thresholds=[i / 2 for i in range(30)], direction="decreasing")
    file.add("weights", **TIED, weights=[1, 2, 3, 1, 2, 3, 1, 2, 3], queries=[1, 1.5, 2.5, 3.5, 4],
             thresholds=[1, 2, 3, 4, 5])
    file.add("censored", source=CENSORED, **LIFETIMES, queries=[1, 2.5, 5.5, 6], thresholds=[1, 2, 4, 6, 9])
    file.add("infinite queries and thresholds", **FOUR, queries=[-INF, INF], thresholds=[-INF, 2, INF])
    file.add("one observation", x=[2], y=[1], queries=[1, 2, 3], thresholds=[0, 1, 2])
    file.add("covariates at the ends of the range", ["f64"], x=[-DOUBLE_MAX, DOUBLE_MAX], y=[0, 1],
             queries=[-DOUBLE_MAX, -1e308, 0, 1e308, DOUBLE_MAX], thresholds=[0])
    file.add("neighbouring covariates", ["f64"], x=[1, 1 + 2.0**-51], y=[0, 1], queries=[1 + 2.0**-52],
             thresholds=[0])
    file.add("no thresholds", **FOUR, queries=[1, 2], thresholds=[])
    file.add("between bounds in the plane", source=ORDERED, **PLANE, queries=PLACES, thresholds=[0, 1, 2, 3.5, 5, 6])
    file.add("between bounds in the plane, decreasing", source=ORDERED, **PLANE, queries=PLACES,
             thresholds=[1, 2, 3, 4, 5, 6], direction="decreasing")
    file.add("many thresholds in the plane", source=ORDERED, **PLANE, queries=PLACES,
             thresholds=[i / 2 for i in range(16)])
    file.add("comparable to none", source=ORDERED + "; the distribution of all outcomes", x=[[0, 1], [1, 0]],
             y=[3, 1], weights=[1, 3], queries=[[-1, 2], [2, -1], [0.5, 0.5], [2, 2], [-1, -1]],
             thresholds=[0, 1, 2, 3])
    file.add("comparable to none, many thresholds", source=ORDERED + "; the distribution of all outcomes",
             x=[[0, 1], [1, 0]], y=[3, 1], weights=[1, 3], queries=[[-1, 2], [2, 2]],
             thresholds=[i / 4 for i in range(16)])
    file.add("in space", source=ORDERED, **CUBE, queries=[[0.5, 0.5, 0.5], [1, 0, 0.5], [0, 2, 2], [-1, 0, 0]],
             thresholds=[1, 2, 3, 4, 5, 6])
    file.refuse("a coordinate of a query is NaN", "QC_ERR_NOT_FINITE", "queries[3]", **SQUARE,
                queries=[[0, 0], [0, "nan"]], thresholds=[1])
    file.refuse("a query is NaN", "QC_ERR_NOT_FINITE", "queries[1]", **FOUR, queries=[1, "nan"], thresholds=[1])
    file.refuse("a threshold is NaN", "QC_ERR_NOT_FINITE", "thresholds[0]", **FOUR, queries=[1],
                thresholds=["nan"])
    return file


def quantile():
    file = VectorFile("isotonic/distribution_quantile.json", "qc_isotonic_distribution_quantile",
                      ["f64", "f32"], SOURCE, solve_quantile, inputs=NAMES, outputs={"quantiles": "T"})
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    file.add("at and between covariates", **FOUR, queries=[0, 1, 2.5, 3, 4, 5], levels=levels)
    file.add("levels in any order", **SEVENTEEN, queries=[0, 7.5, 16], levels=[0.9, 0.1, 0.5])
    file.add("decreasing", **SEVENTEEN, queries=[0, 7.5, 16], levels=levels, direction="decreasing")
    file.add("a level that is a share in decimals", x=[1] * 10, y=[*range(10)], queries=[1],
             levels=[i / 10 for i in range(1, 10)])
    file.add("the same from weights", x=[1] * 4, y=[*range(4)], weights=[1, 2, 3, 4], queries=[1],
             levels=[0.1, 0.3, 0.6, 0.7])
    file.expect("a share that comes out below its level by rounding", {"quantiles": [[2]]}, ["f64"],
                x=[1] * 3, y=[1, 2, 3], weights=[0.7, 0.1, 0.2], queries=[1], levels=[0.8],
                source="the share is eight tenths in decimals, and less by an ulp as the ratio of binary sums")
    file.add("next to 0 and 1", **FOUR, queries=[1, 4], levels=[5e-324, 1e-300, 0.9999999999999])
    file.add("censored: some are beyond all thresholds", source=CENSORED, **LIFETIMES, queries=[1, 3, 6],
             levels=levels)
    file.add("infinite queries", **FOUR, queries=[-INF, INF], levels=[0.5])
    file.add("in the plane", source=ORDERED, **PLANE, queries=PLACES, levels=levels)
    file.add("no levels", **FOUR, queries=[1, 2], levels=[])
    file.refuse("a query is NaN", "QC_ERR_NOT_FINITE", "queries[0]", **FOUR, queries=["nan"], levels=[0.5])
    file.refuse("a level is NaN", "QC_ERR_NOT_FINITE", "levels[1]", **FOUR, queries=[1], levels=[0.5, "nan"])
    for level in [0, 1, -0.5, 2, "inf"]:
        file.refuse(f"a level is {level}", "QC_ERR_DOMAIN", "levels[1]", **FOUR, queries=[1],
                    levels=[0.5, level])
    return file


def crps():
    file = VectorFile("isotonic/distribution_crps.json", "qc_isotonic_distribution_crps", ["f64", "f32"],
                      "the integral of its definition over rationals (generate/isotonic_distribution.py)",
                      solve_crps, inputs=NAMES, outputs={"crps": "T"}, tolerance={"relative": 1e-14},
                      tolerance_f32={"relative": 2e-7})
    file.expect("three jumps", {"crps": [0.54]}, ["f64"], source="by hand: .04 + .175 + .325", **ONE_PLACE,
                queries=[1], outcomes=[1.7])
    outcomes = [-5, 0, 0.5, 1, 2, 3, 8]
    file.add("outcomes below, at, between and above jumps", **ONE_PLACE, queries=[1] * 7, outcomes=outcomes)
    file.add("between covariates", **FOUR, queries=[0, 1, 1.5, 2, 2.5, 3, 5], outcomes=outcomes)
    file.add("many jumps", **SEVENTEEN, queries=[0, 3.5, 3.75, 4, 8.25, 12, 16], outcomes=outcomes)
    file.add("decreasing", **SEVENTEEN, queries=[0, 3.5, 3.75, 4, 8.25, 12, 16], outcomes=outcomes,
             direction="decreasing")
    file.add("in the plane", source=ORDERED, **PLANE, queries=PLACES, outcomes=[*outcomes, 4, 5, 6][:len(PLACES)])
    file.add("a certain outcome: the distance", x=[1], y=[2], queries=[1, 1, 1], outcomes=[2, 5, -1])
    file.add("a large offset", ["f64"], x=[1, 2], y=[1e9 + 1, 1e9], queries=[1, 2], outcomes=[1e9, 1e9 + 3])
    file.add("outcomes at the ends of the range", ["f64"], x=[1, 1], y=[-1e308, 1e308], queries=[1, 1],
             outcomes=[0, 1e308])
    file.add("a score beyond the range", ["f64"], x=[1], y=[-DOUBLE_MAX], queries=[1], outcomes=[DOUBLE_MAX])
    file.add("the smallest outcomes", ["f64"], x=[1, 1], y=[-2e-308, 2e-308], queries=[1, 1],
             outcomes=[0, 2e-308])
    file.add("mass beyond all thresholds", source="the integral diverges", x=[1, 2, 3], y=[1, 2, 3],
             events=[1, 1, 0], queries=[1, 2.5, 3], outcomes=[1, 1, 1])
    file.refuse("an outcome is NaN", "QC_ERR_NOT_FINITE", "y[1]", **FOUR, queries=[1, 2], outcomes=[1, "nan"])
    file.refuse("an outcome is infinite", "QC_ERR_NOT_FINITE", "y[0]", **FOUR, queries=[1], outcomes=["inf"])
    file.refuse("a query is NaN", "QC_ERR_NOT_FINITE", "queries[0]", **FOUR, queries=["nan"], outcomes=[1])
    return file


def pit():
    file = VectorFile("isotonic/distribution_pit.json", "qc_isotonic_distribution_pit", ["f64", "f32"],
                      SOURCE + "; draws by Philox 4x32-10, written from its paper", solve_pit, inputs=NAMES,
                      outputs={"lower": "T", "upper": "T", "pit": "T"}, tolerance={"relative": 1e-14},
                      tolerance_f32={"ulps": 1})
    file.add("at, between, below and above jumps", **FOUR, queries=[1, 2.5, 3, 4, 2.5, 1],
             outcomes=[1, 2, 2, 0, 9, 1.5], seed=7)
    file.add("seed 0", **FOUR, queries=[1, 2.5, 3, 4], outcomes=[1, 2, 2, 3], seed=0)
    file.add("a seed of more than 32 bits", **SEVENTEEN, queries=[1, 2.5, 3, 4], outcomes=[1, 2, 2, 3],
             seed=2**40 + 5)
    file.add("the largest seed", **FOUR, queries=[1, 2.5], outcomes=[1, 2], seed=2**64 - 1)
    file.add("decreasing", **SEVENTEEN, queries=[1, 2.5, 3, 4], outcomes=[1, 2, 2, 3], seed=1,
             direction="decreasing")
    file.add("in the plane", source=ORDERED, **PLANE, queries=PLACES, seed=5,
             outcomes=[1, 2, 3, 4, 5, 6, 2.5, 0, 9, 3][:len(PLACES)])
    file.add("infinite outcomes", **FOUR, queries=[1, 2], outcomes=[-INF, INF], seed=1)
    file.add("censored", source=CENSORED, **LIFETIMES, queries=[1, 3.5, 6], outcomes=[2, 6, 9], seed=3)
    file.refuse("an outcome is NaN", "QC_ERR_NOT_FINITE", "y[1]", **FOUR, queries=[1, 2],
                outcomes=[1, "nan"], seed=1)
    file.refuse("a query is NaN", "QC_ERR_NOT_FINITE", "queries[0]", **FOUR, queries=["nan"], outcomes=[1],
                seed=1)
    return file
