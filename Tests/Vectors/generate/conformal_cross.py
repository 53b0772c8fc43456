"""Family `conformal`: CV+, jackknife+ and minmax intervals, and those after the bootstrap.

All n candidates for an end of an interval are written down, rounded to the type, and sorted; means and medians are
rationals.
"""

import math
import random
from fractions import Fraction

from files import Matrix0, VectorFile

INF = math.inf
SOURCE = ("all candidates of Barber et al. (2021), section 3, sorted; ranks in rational arithmetic "
          "(generate/conformal_cross.py)")


def files():
    return [options_init(), intervals_file(), predictions_file(), bootstrap_file()]


def plus(format, mean, residual):
    """The sum, rounded once."""
    return residual if residual in (INF, -INF) else format.round(Fraction(mean) + Fraction(residual))


def of_rank(values, rank):
    """The value of a rank; 0 is -infinity, n + 1 is +infinity."""
    return [-INF, *sorted(values), INF][rank]


def ends(format, means, residuals, alpha, method, sides):
    """One interval; means[i] is the prediction of the model without point i, None if there is no such model."""
    n = len(residuals)
    level = Fraction(str(alpha)) / (2 if sides == "asymmetric" else 1)
    low = math.floor(level * (n + 1))
    below = [-residual for residual in residuals] if sides == "symmetric" else residuals
    known = [mean for mean in means if mean is not None]
    below = [-INF if mean is None else residual for mean, residual in zip(means, below)]
    above = [INF if mean is None else residual for mean, residual in zip(means, residuals)]
    if method == "minmax":
        lower, upper = of_rank(below, low), of_rank(above, n + 1 - low)
        lower = plus(format, min(known, default=0), lower)
        upper = plus(format, max(known, default=0), upper)
    else:
        lower = of_rank([plus(format, mean, r) for mean, r in zip(means, below)], low)
        upper = of_rank([plus(format, mean, r) for mean, r in zip(means, above)], n + 1 - low)
    return -INF if sides == "upper" else lower, INF if sides == "lower" else upper


def solve(format, residuals, predictions, alpha, fold=None, method="plus", sides="symmetric"):
    fold = range(len(residuals)) if fold is None else fold
    rows = [ends(format, [row[k] for k in fold], residuals, alpha, method, sides) for row in predictions]
    return {"lower": [row[0] for row in rows], "upper": [row[1] for row in rows]}


def aggregate(format, bags, row, aggregation):
    """The mean or median of the models whose bags do not hold the point, None if all do."""
    values = sorted(Fraction(value) for count, value in zip(bags, row) if count == 0)
    if not values:
        return None
    if aggregation == "mean":
        return format.round(sum(values) / len(values))
    middle = len(values) // 2
    return format.round((values[middle] + values[~middle]) / 2)


def solve_predictions(format, in_bag, predictions, aggregation="mean"):
    means = [aggregate(format, bags, row, aggregation) for bags, row in zip(in_bag, predictions)]
    return {"aggregated": [math.nan if mean is None else mean for mean in means]}


def solve_bootstrap(format, residuals, in_bag, predictions, alpha, method="plus", sides="symmetric",
                    aggregation="mean"):
    rows = []
    for row in predictions:
        means = [aggregate(format, bags, row, aggregation) for bags in in_bag]
        rows.append(ends(format, means, residuals, alpha, method, sides))
    return {"lower": [row[0] for row in rows], "upper": [row[1] for row in rows]}


METHODS = ["plus", "minmax"]
SIDES = ["symmetric", "asymmetric", "lower", "upper"]


def options_init():
    file = VectorFile("conformal/cross_options_init.json", "qc_conformal_cross_options_init", [""],
                      "the comments of include/quantcal/conformal/cross.h")
    file.expect("the defaults", {"method": "plus", "sides": "symmetric", "aggregation": "mean"})
    return file


def sample(draw, count, sides, grid=64):
    """Residuals that often tie: multiples of 1 / grid."""
    low = 0 if sides == "symmetric" else -3 * grid
    return [draw.randint(low, 3 * grid) / grid for _ in range(count)]


def intervals_file():
    file = VectorFile("conformal/cross_intervals.json", "qc_conformal_cross_intervals", ["f64", "f32"], SOURCE,
                      solve, inputs={"residuals": "T", "predictions": "T"}, outputs={"lower": "T", "upper": "T"})
    file.expect("by hand", {"lower": [1.5], "upper": [3.25]}, residuals=[0.5, 1, 0.25, 0.75], fold=[0, 0, 1, 1],
                predictions=[[2, 3]], alpha=0.4,
                source="by hand: ranks 2 and 3 of 1, 1.5, 2.25, 2.75 and of 2.5, 3, 3.25, 3.75")
    draw = random.Random(1)
    for method in METHODS:
        for sides in SIDES:
            options = {"method": method, "sides": sides}
            file.add(f"unequal folds, {method}, {sides}", residuals=sample(draw, 11, sides, 2), alpha=0.3,
                     fold=[0, 2, 2, 1, 0, 2, 2, 2, 1, 2, 2], predictions=[[0, 0.5, 1], [5, -5, 0.25]], **options)
            file.add(f"a fold for each point, {method}, {sides}", residuals=sample(draw, 5, sides, 4), alpha=0.4,
                     predictions=[[0, 0.5, 1, 1, 3], [0.1, 0.2, 0.3, 0.4, 0.5]], **options)
            file.add(f"many points, {method}, {sides}", residuals=sample(draw, 150, sides), alpha=0.2,
                     fold=[draw.randint(0, 3) for _ in range(150)],
                     predictions=[[1, 1.25, 1.0625, 1.5], [0.1, 0.3, 0.2, 0.7], [9, 9, 9, 9], [-50, 50, 0, 1]],
                     **options)
            infinite = [INF, 1, 2, INF] if sides == "symmetric" else [-INF, 1, 2, INF]
            file.add(f"infinite residuals, {method}, {sides}", residuals=infinite, fold=[0, 1, 0, 1],
                     predictions=[[1, 2]], alpha=0.4, **options)
            file.add(f"too few points, {method}, {sides}", residuals=[0.5, 1.5, 1], fold=[0, 1, 0],
                     predictions=[[1, 2], [3, 4]], alpha=0.2, **options)
    file.add("the rank of the decimal level", residuals=[i / 4 for i in range(24)], fold=[i % 3 for i in range(24)],
             predictions=[[0, 0, 0]], alpha=0.44)
    file.add("nearly all equal", residuals=[1] * 199 + [2], fold=[i % 2 for i in range(200)],
             predictions=[[0, 0], [0, 1]], alpha=0.1)
    heavy = [2.0**e for e in range(-100, 100)]
    file.add("residuals of all sizes", residuals=heavy, fold=[i % 3 for i in range(200)], alpha=0.25,
             predictions=[[0, 0, 0], [1, -1, 1e-3], [1e20, 0, -1e20]])
    file.add("sums that round", residuals=[0.1, 0.2, 0.3, 0.7], fold=[0, 1, 0, 1], predictions=[[0.1, 0.3], [1e9, 7]],
             alpha=0.5)
    file.add("a level above a half, where ends may cross", residuals=[1, 2, 1, 3], fold=[0, 0, 1, 1],
             predictions=[[0, 0.5]], alpha=0.8)
    file.add("a fold of no point", residuals=[1, 2, 3, 1, 2, 3], fold=[0, 2, 0, 2, 0, 2], alpha=0.5,
             predictions=[[0, 1e6, 1]], method="minmax")
    for types, top in [(["f64"], 1.7976931348623157e308), (["f32"], 3.4028234663852886e38)]:
        for method in METHODS:
            file.add(f"the largest numbers, {method} ({types[0]})", types, residuals=[top, top / 2, top], alpha=0.4,
                     fold=[0, 1, 1], predictions=[[top, -top], [-top, top], [0, top / 2]], method=method)
    file.expect("no training points", {"lower": [-INF], "upper": [INF]}, residuals=[], fold=[],
                predictions=[[1, 2]], alpha=0.1)
    file.expect("no test points", {"lower": [], "upper": []}, residuals=[1, 2], fold=[0, 1],
                predictions=Matrix0(0, 2), alpha=0.5)
    refused(file, fold=[0, 1])
    file.refuse("a fold below 0", "QC_ERR_DOMAIN", "fold[", residuals=[1, 2], fold=[0, -1], predictions=[[1, 2]],
                alpha=0.5)
    file.refuse("a fold that is none", "QC_ERR_DOMAIN", "fold[1] is 2; fold must be 0 to 1", residuals=[1, 2],
                fold=[0, 2], predictions=[[1, 2]], alpha=0.5)
    file.refuse("no folds, and columns of another number", "QC_ERR_NULL_POINTER", "fold is NULL",
                residuals=[1, 2], predictions=[[1, 2, 3]], alpha=0.5)
    return file


def refused(file, **given):
    """What is refused for either kind of interval; of two points and two models."""
    def refuse(name, status, message, residuals=(1, 2), predictions=(1, 2), alpha=0.5, **more):
        file.refuse(name, status, message, residuals=list(residuals), predictions=[list(predictions)], alpha=alpha,
                    **given, **more)

    refuse("a residual is NaN", "QC_ERR_NOT_FINITE", "residuals[1] is nan", residuals=[1, "nan"])
    refuse("an absolute residual is negative", "QC_ERR_DOMAIN", "residuals[0] is -0.5", residuals=[-0.5, 1])
    for value in ["nan", "inf", "-inf"]:
        refuse(f"a prediction is {value}", "QC_ERR_NOT_FINITE", "predictions[1]", predictions=[1, value])
    for alpha, status in [(0, "QC_ERR_DOMAIN"), (1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        refuse(f"alpha is {alpha}", status, "alpha is", alpha=alpha)


# Every point has been left out of at least one bag, but for the last.
BAGS = [[0, 1, 2, 0], [1, 0, 0, 0], [2, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 0], [1, 0, 2, 1], [0, 3, 0, 1], [1, 1, 1, 2]]
VALUES = [[1, 2, 4, 8], [0.5, -0.25, 3, 0.125], [7, 7, 7, 7], [-1, 0, 1, 2], [10, 20, 40, 50], [1, 1.5, 2, 2.5],
          [3, 9, 27, 81], [1, 2, 3, 4]]


def predictions_file():
    file = VectorFile("conformal/cross_bootstrap_predictions.json", "qc_conformal_cross_bootstrap_predictions",
                      ["f64", "f32"], "means and medians of the models without the point, as rationals",
                      solve_predictions, inputs={"predictions": "T"}, outputs={"aggregated": "T"})
    file.expect("by hand", {"aggregated": [3, 5]}, in_bag=[[1, 0, 0], [0, 1, 1]], predictions=[[1, 2, 4], [5, 6, 7]],
                source="by hand: (2 + 4) / 2, and 5 alone")
    for aggregation in ["mean", "median"]:
        file.add(f"points in several bags, {aggregation}", in_bag=BAGS, predictions=VALUES, aggregation=aggregation)
        for types, top in [(["f64"], 1.7976931348623157e308), (["f32"], 3.4028234663852886e38)]:
            file.add(f"the largest numbers, {aggregation} ({types[0]})", types, in_bag=[[0, 0], [0, 0], [0, 1]],
                     predictions=[[top, top], [top, -top], [-top, top]], aggregation=aggregation)
        file.expect(f"no points, {aggregation}", {"aggregated": []}, in_bag=Matrix0(0, 3),
                    predictions=Matrix0(0, 3), aggregation=aggregation)
    file.expect("no models", {"aggregated": [math.nan, math.nan]}, in_bag=Matrix0(2, 0), predictions=Matrix0(2, 0))
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a prediction is {value}", "QC_ERR_NOT_FINITE", "predictions[3]", in_bag=[[0, 1], [1, 0]],
                    predictions=[[1, 2], [3, value]])
    return file


def bootstrap_file():
    file = VectorFile("conformal/cross_bootstrap_intervals.json", "qc_conformal_cross_bootstrap_intervals",
                      ["f64", "f32"], "all candidates of Kim, Xu, Barber (2020), sorted; means as rationals",
                      solve_bootstrap, inputs={"residuals": "T", "predictions": "T"},
                      outputs={"lower": "T", "upper": "T"})
    draw = random.Random(2)
    for aggregation in ["mean", "median"]:
        for method in METHODS:
            for sides in SIDES:
                options = {"aggregation": aggregation, "method": method, "sides": sides}
                residuals = sample(draw, len(BAGS), sides, 4)
                name = f"{aggregation}, {method}, {sides}"
                file.add(f"a point in every bag, {name}", residuals=residuals, in_bag=BAGS, predictions=VALUES[:3],
                         alpha=0.4, **options)
                file.add(f"no point in every bag, {name}", residuals=residuals[:-1], in_bag=BAGS[:-1],
                         predictions=VALUES[3:6], alpha=0.25, **options)
    file.expect("the residual of a point in every bag is not looked at", {"lower": [-INF], "upper": [INF]},
                residuals=[1, "nan"], in_bag=[[0, 1], [1, 1]], predictions=[[1, 2]], alpha=0.4)
    file.expect("every point in every bag", {"lower": [-INF], "upper": [INF]}, residuals=[1, 2, 3],
                in_bag=[[1, 1]] * 3, predictions=[[1, 2]], alpha=0.7, method="minmax")
    file.expect("no models", {"lower": [-INF], "upper": [INF]}, residuals=[1, 2, 3], in_bag=Matrix0(3, 0),
                predictions=Matrix0(1, 0), alpha=0.5)
    file.expect("no training points", {"lower": [-INF], "upper": [INF]}, residuals=[], in_bag=Matrix0(0, 2),
                predictions=[[1, 2]], alpha=0.1)
    file.expect("no test points", {"lower": [], "upper": []}, residuals=[1], in_bag=[[0, 1]],
                predictions=Matrix0(0, 2), alpha=0.5)
    refused(file, in_bag=[[0, 1], [1, 0]])
    return file
