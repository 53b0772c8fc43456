"""Isotonic regression with other losses, bounds and gaps, from definitions, in exact arithmetic.

The lowest (highest) optimal fit of a separable convex loss is the max-min formula with the least (greatest) best
value of each run of points: Robertson and Wright (1980); Jordan, Muehlemann and Ziegel (2022).
"""

from decimal import Decimal, localcontext
from fractions import Fraction

import isotone
from files import Repeat, VectorFile
from isotonic_regression import spread

LOSSES = ["squared", "quantile", "expectile", "huber", "power", "chebyshev", "poisson", "binomial"]


def files():
    return [losses(), constraints()]


def solve(format, y, weights=None, direction="increasing", loss="squared", level=0.5, huber_threshold=1,
          power=2, solution="default", lower_bound=None, upper_bound=None, minimum_gap=0):
    parameter = {"quantile": exact(level), "expectile": exact(level), "huber": Fraction(huber_threshold),
                 "power": power}.get(loss)
    step = Fraction(minimum_gap)
    y = [Fraction(value) for value in y]
    weights = [Fraction(weight) for weight in weights or [1] * len(y)]
    if direction == "auto":
        direction = "increasing" if rank_covariance(y) >= 0 and len(set(y)) > 1 else "decreasing"
    if direction == "decreasing":
        y, weights = y[::-1], weights[::-1]
    shifted = [value - step * i for i, value in enumerate(y)]
    z = spread(best(loss, parameter, solution, [v for v, w in zip(shifted, weights) if w > 0],
                    [w for w in weights if w > 0]), weights)
    if lower_bound is not None:
        z = [max(value, Fraction(lower_bound)) for value in z]
    if upper_bound is not None:
        z = [min(value, Fraction(upper_bound) - step * (len(y) - 1)) for value in z]
    x = [value + step * i for i, value in enumerate(z)]
    if direction == "decreasing":
        x, z, weights = x[::-1], z[::-1], weights[::-1]
    starts = [i for i in range(len(z)) if i == 0 or z[i] != z[i - 1]] + [len(z)]
    return {"x": x, "block_weights": [sum(weights[a:b]) for a, b in zip(starts, starts[1:])],
            "blocks": starts if x else [0]}


def rank_covariance(y):
    """What has the sign of Spearman's rho of y with its positions; equal values share their mean rank."""
    ranks = [sum((v < value) - (v > value) for v in y) for value in y]
    return sum((2 * i + 1 - len(y)) * rank for i, rank in enumerate(ranks))


def exact(level):
    """A level as it is written: 0.9 is nine tenths. A fraction is given as one."""
    return Fraction(level) if isinstance(level, Fraction) else Fraction(str(level))


def best(loss, parameter, solution, y, weights):
    if loss == "chebyshev":
        lower, upper = chebyshev(y, weights)
        solution = "middle" if solution == "default" else solution
    else:
        lower, upper = (max_min(loss, parameter, is_upper, y, weights) for is_upper in (False, True))
    return {"upper": upper, "middle": [(a + b) / 2 for a, b in zip(lower, upper)]}.get(solution, lower)


def max_min(loss, parameter, is_upper, y, weights):
    value = {"quantile": quantile, "expectile": expectile, "huber": huber, "power": power_mean}.get(loss, mean)
    n = len(y)
    of = {(j, k): value(y[j:k + 1], weights[j:k + 1], parameter, is_upper)
          for j in range(n) for k in range(j, n)}
    return [max(min(of[j, k] for k in range(i, n)) for j in range(i + 1)) for i in range(n)]


def mean(y, weights, parameter, is_upper):
    return sum(v * w for v, w in zip(y, weights)) / sum(weights)


def quantile(y, weights, level, is_upper):
    """The least (greatest) t with at least the level's share at or below (at most, strictly below) it."""
    reached, wanted = 0, level * sum(weights)
    for value, weight in sorted(zip(y, weights)):
        reached += weight
        if reached > wanted or (reached == wanted and not is_upper):
            return value


def expectile(y, weights, level, is_upper):
    """Between two values the slope is linear: the root of the line that has its root there."""
    values = sorted(set(y))
    for low, high in zip(values, values[1:] + values[-1:]):
        shares = [w * (1 - level if v <= low else level) for v, w in zip(y, weights)]
        root = sum(s * v for s, v in zip(shares, y)) / sum(shares)
        if low <= root <= high:
            return root


def huber(y, weights, threshold, is_upper):
    """The slope is piecewise linear with corners at y - threshold and y + threshold."""
    def slope(t):
        return sum(w * max(-threshold, min(threshold, t - v)) for v, w in zip(y, weights))

    corners = sorted({v + sign * threshold for v in y for sign in (-1, 1)})
    zeros = [corner for corner in corners if slope(corner) == 0]
    if zeros:
        return max(zeros) if is_upper else min(zeros)
    low = max(corner for corner in corners if slope(corner) < 0)
    high = min(corner for corner in corners if slope(corner) > 0)
    return low + (high - low) * slope(low) / (slope(low) - slope(high))


def power_mean(y, weights, power, is_upper):
    """The root of the slope by bisection, with 60 digits."""
    with localcontext() as context:
        context.prec = 60
        y = [Decimal(v.numerator) / Decimal(v.denominator) for v in y]
        weights = [Decimal(w.numerator) / Decimal(w.denominator) for w in weights]
        low, high = min(y), max(y)
        while (middle := (low + high) / 2) not in (low, high) and high - low > Decimal("1e-40"):
            slope = sum(w * abs(middle - v) ** (Decimal(power) - 1) * (1 if middle > v else -1)
                        for v, w in zip(y, weights) if v != middle)
            low, high = (low, middle) if slope > 0 else (middle, high)
        return Fraction((low + high) / 2)


def chebyshev(y, weights):
    """All optimal fits lie between two of them: a residual of E / w, E being what the worst pair needs."""
    pairs = [(i, j) for j in range(len(y)) for i in range(j)]
    error = max([(y[i] - y[j]) / (1 / weights[i] + 1 / weights[j]) for i, j in pairs] + [Fraction(0)])
    lower = [max(y[j] - error / weights[j] for j in range(i + 1)) for i in range(len(y))]
    upper = [min(y[j] + error / weights[j] for j in range(i, len(y))) for i in range(len(y))]
    return lower, upper


def losses():
    file = VectorFile(
        "isotonic/regression_losses.json", "qc_isotonic_regression", ["f64", "f32"],
        "the max-min formula with each run's best value in rational arithmetic (for powers: 60 digits), rounded"
        " once (generate/isotonic_losses.py)", solve, inputs={"y": "T", "weights": "T"},
        outputs={"x": "T", "block_weights": "T"}, tolerance={"ulps": 2})
    published(file)
    quantiles(file)
    smooth(file)
    chebyshevs(file)
    deviances(file)
    refused(file)
    return file


SERIES = [3, 1, 2, 5, 4, 6, 0, 7]
WEIGHTS = [1, 3, 0, 2, 1, 1, 2, 1]
SHAPES = {
    "no points": [], "one point": [2.5], "two points out of order": [2, 1], "all equal": [1.5] * 5,
    "rising": [-3, -1, 0, 0.5, 2, 8], "falling": [8, 2, 0.5, 0, -1, -3],
    "ties": [1, 1, 3, 2, 2, 3, 1, 1], "labels": [0, 1, 0, 0, 1, 1, 0, 1, 1],
}


def published(file):
    """The examples of the isotone paper. Its chains are those of nine random numbers."""
    for name, (options, theirs) in isotone.CHAINS.items():
        solutions = ["lower", "upper"] if options.get("loss") == "quantile" else ["default"]
        fits = [solve(None, isotone.NORMAL, **options, solution=solution)["x"] for solution in solutions]
        if options.get("loss") == "quantile":
            assert all(low <= mid + 1e-8 and mid - 1e-8 <= high for low, mid, high in zip(fits[0], theirs, fits[1]))
        elif options.get("loss") == "chebyshev":
            costs = [max(abs(Fraction(v) - Fraction(t)) for v, t in zip(isotone.NORMAL, x)) for x in (fits[0], theirs)]
            isotone.confirm(costs[:1], costs[1:], 1e-8)
        else:
            # Its general solver stops where the loss is within about 1e-9 of the least.
            isotone.confirm(fits[0], theirs, 1e-4 if options.get("loss") else 1e-8)
        for solution in solutions:
            file.add(f"isotone, {name}, {solution}", ["f64"], y=isotone.NORMAL, solution=solution, **options,
                     source=f"data and problem: {isotone.PAPER}, section 5.5; fit by the max-min formula")
    for solution in ["lower", "upper"]:
        file.add(f"isotone, weighted quantile 0.3, {solution}", ["f64"], y=isotone.NORMAL, solution=solution,
                 weights=list(range(1, 10)), loss="quantile", level=0.3,
                 source=f"data: {isotone.PAPER}, section 5.5; fit by the max-min formula")
    file.add("isotone, Poisson", y=isotone.POISSON, loss="poisson",
             source=f"data and problem: {isotone.PAPER}, section 5.5; fit by the max-min formula")


def quantiles(file):
    for solution in ["default", "lower", "upper", "middle"]:
        file.add(f"median, {solution}", y=SERIES, loss="quantile", solution=solution)
        file.add(f"decreasing median, {solution}", y=SERIES, loss="quantile", solution=solution,
                 direction="decreasing")
        file.add(f"weighted median, {solution}", y=SERIES, weights=WEIGHTS, loss="quantile", solution=solution)
    for shape, y in SHAPES.items():
        for solution in ["lower", "upper"]:
            file.add(f"median, {shape}, {solution}", y=y, loss="quantile", solution=solution)
    for level in [0.1, 0.9, 0.25, 0.05, 1 / 3, 2 / 3]:
        named = Fraction(level).limit_denominator(20)
        for solution in ["lower", "upper"]:
            out = solve(None, SERIES * 2, loss="quantile", level=named, solution=solution)
            file.expect(f"quantile {named}, {solution}", out, y=SERIES * 2, loss="quantile", level=level,
                        solution=solution)
    file.add("ten points share a value at one tenth", y=[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], loss="quantile",
             level=0.1, solution="upper")
    file.add("weights of quarters", y=[4, 1, 3, 2], weights=[0.25, 0.5, 0.25, 0.5], loss="quantile",
             solution="upper")
    file.add("weights far apart", y=[4, 1, 3, 2], weights=[2.0**-40, 1, 2.0**-40, 2.0**20], loss="quantile",
             solution="upper")
    file.add("huge values, the middle does not overflow", ["f64"], y=[1.7e308, 1.6e308], loss="quantile",
             solution="middle")
    file.add("tiny weights", ["f64"], y=[3, 1, 2], weights=[5e-324, 1e-323, 5e-324], loss="quantile",
             solution="upper")
    file.expect("a thousand equal points", {"x": Repeat(1.5, 1000), "block_weights": [1000],
                                            "blocks": [0, 1000]}, y=Repeat(1.5, 1000), loss="quantile")


def smooth(file):
    file.expect("an expectile of two points", {"x": [1.6, 1.6]}, y=[2, 0], loss="expectile", level=0.8,
                source="0.8 (2 - t) = 0.2 t")
    file.expect("Huber's fit of two distant points has many values: the lower", {"x": [1, 1]}, y=[10, 0],
                loss="huber", source="the slope is 0 from 1 to 9")
    file.expect("Huber's fit of two distant points: the upper", {"x": [9, 9]}, y=[10, 0], loss="huber",
                solution="upper", source="the slope is 0 from 1 to 9")
    file.expect("Huber's fit of two distant points: the middle", {"x": [5, 5]}, y=[10, 0], loss="huber",
                solution="middle", source="the slope is 0 from 1 to 9")
    settings = [{"loss": "expectile", "level": level} for level in [0.5, 0.8, 0.125]]
    settings += [{"loss": "huber", "huber_threshold": t} for t in [0.5, 1, 4, 100]]
    for setting in settings:
        words = " ".join(str(word) for word in setting.values())
        for shape, y in SHAPES.items():
            file.add(f"{words}, {shape}", y=y, **setting)
        file.add(f"{words}, weighted", y=SERIES, weights=WEIGHTS, **setting)
        file.add(f"{words}, decreasing, weighted", y=SERIES, weights=WEIGHTS, direction="decreasing", **setting)
        file.add(f"{words}, a large offset", ["f64"], y=[1e9 + v for v in SERIES], **setting)
        file.add(f"{words}, upper", y=SERIES[::-1], solution="upper", **setting)
        for zeros in [[0, 0, 1, 2, 1, 3, 1, 0], [0, 1, 0, 0, 0, 0, 2, 1]]:
            for direction in ["increasing", "decreasing"]:
                file.add(f"{words}, {direction}, weights of 0 at an end: {zeros}", y=SERIES, weights=zeros,
                         direction=direction, **setting)
    file.add("expectile, huge values", ["f64"], y=[1e308, -1e308, 1e308, 0], loss="expectile", level=0.8)
    file.add("expectile, tiny values", ["f64"], y=[3e-308, 1e-308, 2e-308], loss="expectile", level=0.8)
    # From near the absolute loss to near the largest residual.
    for power in [1.2, 1.5, 2, 3, 4]:
        for name, points in [("series", {"y": SERIES}), ("weighted", {"y": SERIES, "weights": WEIGHTS}),
                             ("labels", {"y": SHAPES["labels"]}), ("rising", {"y": SHAPES["rising"]})]:
            file.add(f"power {power}, {name}", **points, loss="power", power=power, keep=["x"],
                     tolerance={"absolute": 1e-14} if power != 2 else None, types=["f64"])
        file.add(f"power {power}, single", y=SERIES, loss="power", power=power, keep=["x"], types=["f32"])


def chebyshevs(file):
    for solution in ["default", "lower", "upper", "middle"]:
        file.add(f"chebyshev, {solution}", y=[3, 1, 2, 5, 4], loss="chebyshev", solution=solution)
        file.add(f"chebyshev, weighted, {solution}", y=SERIES, weights=[1, 3, 0, 2, 1, 1, 3, 1],
                 loss="chebyshev", solution=solution)
    file.expect("chebyshev, two weighted points", {"x": [1.4, 1.4]}, y=[3, 1], weights=[1, 4],
                loss="chebyshev", source="E = 1 * 4 * 2 / 5 = 1.6")
    for shape, y in SHAPES.items():
        file.add(f"chebyshev, {shape}", y=y, loss="chebyshev")
    file.add("chebyshev, weights of 0 at both ends", y=SERIES, weights=[0, 0, 1, 2, 1, 3, 1, 0], loss="chebyshev")
    file.add("chebyshev, decreasing, weights of 0 at the end", y=SERIES, weights=[1, 2, 1, 3, 1, 2, 0, 0],
             loss="chebyshev", direction="decreasing")
    file.add("chebyshev, decreasing", y=SERIES, loss="chebyshev", direction="decreasing")
    file.add("chebyshev, huge values", ["f64"], y=[1.7e308, -1.7e308], weights=[1, 3], loss="chebyshev")


def deviances(file):
    for name, points in [("series", {"y": SERIES}), ("weighted", {"y": SERIES, "weights": WEIGHTS}),
                         ("no points", {"y": []})]:
        file.add(f"poisson equals squared, {name}", **points, loss="poisson")
    file.add("binomial equals squared", y=SHAPES["labels"], loss="binomial")
    file.add("binomial, proportions", y=[0.5, 0.25, 0.75, 1, 0.5], weights=[1, 2, 1, 1, 3], loss="binomial",
             direction="decreasing")


def refused(file):
    file.refuse("poisson, a negative value", "QC_ERR_DOMAIN", "y[1] is -1", y=[1, -1], loss="poisson")
    file.refuse("binomial, a value above 1", "QC_ERR_DOMAIN", "y[2] is 1.5", y=[0, 1, 1.5], loss="binomial")
    file.refuse("poisson, nan", "QC_ERR_NOT_FINITE", "y[0]", y=["nan"], loss="poisson")
    for loss in LOSSES:
        file.refuse(f"{loss}, a value is nan", "QC_ERR_NOT_FINITE", "y[1]", y=[1, "nan", 0], loss=loss)
        file.refuse(f"{loss}, a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", y=[1, 0, 0],
                    weights=[1, -1, 1], loss=loss)
    for field, bad in {"level": [0, 1, "nan"], "huber_threshold": [0, "inf"], "power": [1, "inf", "nan"],
                       "lower_bound": ["inf", "nan"], "upper_bound": ["-inf", "nan"],
                       "minimum_gap": [-1, "inf"]}.items():
        for value in bad:
            file.refuse(f"{field} is {value}", "QC_ERR_OPTIONS", field, y=[1, 2], **{field: value},
                        **{"level": {"loss": "quantile"}, "huber_threshold": {"loss": "huber"},
                           "power": {"loss": "power"}}.get(field, {}))
    file.refuse("bounds out of order", "QC_ERR_OPTIONS", "lower_bound", y=[1], lower_bound=2, upper_bound=1)
    file.refuse("a gap that does not fit between the bounds", "QC_ERR_OPTIONS", "minimum_gap", y=[1, 2, 3],
                lower_bound=0, upper_bound=1.5, minimum_gap=1)
    file.refuse("a gap with the Poisson loss", "QC_ERR_OPTIONS", "minimum_gap", y=[1, 2], loss="poisson",
                minimum_gap=1)


def constraints():
    file = VectorFile(
        "isotonic/regression_constraints.json", "qc_isotonic_regression", ["f64", "f32"],
        "the max-min formula over rationals, of values less multiples of the gap, clipped"
        " (generate/isotonic_losses.py)", solve, inputs={"y": "T", "weights": "T"},
        outputs={"x": "T", "block_weights": "T"}, tolerance={"ulps": 8})
    bounds = {"lower_bound": 1.5, "upper_bound": 4.5}
    for loss in ["squared", "quantile", "chebyshev", "expectile", "huber"]:
        for name, setting in {
                "bounds": bounds, "gap": {"minimum_gap": 0.5}, "bounds and gap": bounds | {"minimum_gap": 0.25},
                "a lower bound above all": {"lower_bound": 9}, "bounds that are equal":
                {"lower_bound": 3, "upper_bound": 3}}.items():
            file.add(f"{loss}, {name}", y=SERIES, loss=loss, **setting)
            file.add(f"{loss}, {name}, weighted", y=SERIES, weights=WEIGHTS, loss=loss, **setting)
            file.add(f"{loss}, {name}, decreasing", y=SERIES, loss=loss, direction="decreasing", **setting)
    for name, y in {"series": SERIES, "reversed series": SERIES[::-1], "all equal": [2, 2, 2],
                    "balanced": [1, 2, 2, 1], "one point": [1], "no points": []}.items():
        for loss in ["squared", "quantile"]:
            file.add(f"auto, {name}, {loss}", y=y, direction="auto", loss=loss)
    file.add("auto ignores weights", y=[1, 2, 3, 0], weights=[0, 1, 0, 5], direction="auto")
    file.refuse("auto, nan", "QC_ERR_NOT_FINITE", "y[1]", y=[1, "nan"], direction="auto")
    file.add("bounds that just hold the gaps", y=[5, 3, 4], lower_bound=0, upper_bound=2, minimum_gap=1)
    file.add("gap, no points", y=[], minimum_gap=1)
    file.add("gap, one point", y=[3], minimum_gap=1)
    file.add("gap, an offset", ["f64"], y=[1e9 + v for v in SERIES], minimum_gap=0.5)
    for huge in [2.0**1017, 2.0**-1000]:
        file.add(f"Huber's loss with a gap, values about {huge:.0e}", ["f64"], y=[v * huge for v in SERIES],
                 loss="huber", huber_threshold=huge / 2, minimum_gap=huge / 4)
    file.add("bounds, no points", y=[], lower_bound=0)
    file.add("a bound that single precision rounds", y=[-1, 0.5], lower_bound=0.1, keep=["x"])
    file.refuse("no number of single precision lies above the bound", "QC_ERR_OPTIONS", "lower_bound",
                types=["f32"], y=[1], lower_bound=1e39)
    file.refuse("gaps beyond the range", "QC_ERR_OPTIONS", "minimum_gap", types=["f64"], y=[1, 2, 3],
                minimum_gap=1e308)
    return file
