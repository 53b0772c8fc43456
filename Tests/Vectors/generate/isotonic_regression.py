"""Family `isotonic`: the max-min formula over rationals."""

from fractions import Fraction
from itertools import accumulate

import isotone
from exact import F32
from files import Repeat, VectorFile

FLOAT_MAX = float(F32.maximum)
DOUBLE_MAX = 1.7976931348623157e308


def files():
    return [regression(), options_init()]


def solve(format, y, weights=None, direction="increasing"):
    """x[i] = max over j <= i of min over k >= i of the weighted mean of y[j..k]."""
    y = [Fraction(value) for value in y]
    weights = [Fraction(weight) for weight in weights or [1] * len(y)]
    if direction == "decreasing":
        y.reverse(), weights.reverse()
    x = spread(max_min([value for value, weight in zip(y, weights) if weight > 0],
                       [weight for weight in weights if weight > 0]), weights)
    if direction == "decreasing":
        x.reverse(), weights.reverse()
    starts = [i for i in range(len(x)) if i == 0 or x[i] != x[i - 1]] + [len(x)]
    return {"x": x, "block_weights": [sum(weights[a:b]) for a, b in zip(starts, starts[1:])],
            "blocks": starts if x else [0]}


def max_min(y, weights):
    mass = [0, *accumulate(weights)]
    moment = [0, *accumulate(weight * value for weight, value in zip(weights, y))]
    n = len(y)

    def mean(j, k):
        return (moment[k + 1] - moment[j]) / (mass[k + 1] - mass[j])

    return [max(min(mean(j, k) for k in range(i, n)) for j in range(i + 1)) for i in range(n)]


def spread(fit, weights):
    """Gives a point of weight 0 the value to its left; the first points, that to their right."""
    values = iter(fit)
    x = []
    for weight in weights:
        x.append(next(values) if weight > 0 else x[-1] if x else fit[0])
    return x


def regression():
    file = VectorFile(
        "isotonic/regression.json", "qc_isotonic_regression", ["f64", "f32"],
        "the max-min formula in rational arithmetic, rounded once (generate/isotonic_regression.py)", solve,
        inputs={"y": "T", "weights": "T"}, outputs={"x": "T", "block_weights": "T"},
        tolerance={"ulps": 2})
    published(file)
    shapes(file)
    weighted(file)
    extremes(file)
    refused(file)
    return file


def published(file):
    file.add("the example of R's isoreg", y=[1, 0, 4, 3, 3, 5, 4, 2, 0],
             source="R, help page of stats::isoreg; fit by the max-min formula")
    file.add("the example of SciPy's isotonic_regression",
             y=[1.5, 1.0, 4.0, 6.0, 5.7, 5.0, 7.8, 9.0, 7.5, 9.5, 9.0],
             source="SciPy, documentation of scipy.optimize.isotonic_regression; fit by the max-min formula")
    file.add("the example of scikit-learn's isotonic_regression", y=[5, 3, 1, 2, 8, 10, 7, 9, 6, 4],
             source="scikit-learn, documentation of sklearn.isotonic.isotonic_regression; fit by the max-min formula")
    isotone.confirm(solve(None, isotone.MENDOTA)["x"], isotone.MENDOTA_FIT, 1e-12)
    file.add("the freezing of Lake Mendota, of R's isotone", y=isotone.MENDOTA,
             source="data of Barlow, Bartholomew, Bremner, Brunk (1972); fit by the max-min formula, as gpava() of "
                    "isotone 1.1-2")
    file.add("thirds and quarters", y=[1, 3, 2, 4, 3, 5], weights=[1, 1, 2, 1, 3, 1])


def shapes(file):
    file.add("no points", y=[])
    file.add("one point", y=[-2.5])
    file.add("one point, weighted", y=[7], weights=[0.25])
    file.add("two points in order", y=[1, 2])
    file.add("two points out of order", y=[2, 1])
    file.add("two equal points are one block", y=[2, 2])
    file.add("all equal", y=[3.25] * 7)
    file.add("strictly rising", y=[-3, -1, 0, 0.5, 2, 8])
    file.add("strictly falling", y=[8, 2, 0.5, 0, -1, -3])
    file.add("rising with ties", y=[1, 1, 2, 2, 2, 3, 3])
    file.add("falling with ties", y=[3, 3, 2, 2, 1])
    file.add("zero and minus zero are equal", y=[0.0, -0.0, 0.0, -0.0])
    file.add("a late low value pools everything", y=[1, 2, 3, 4, 5, -100])
    file.add("an early high value pools everything", y=[100, 1, 2, 3, 4, 5])
    file.add("pooled blocks that meet in a tie are one block", y=[3, 2, 2, 4, 3, 2, 2, 2, 1])
    file.add("a pooled block ties with the point to its left", y=[1, 2, 3, 1, 4])
    file.add("a pooled block ties with the point to its right", y=[1, 3, 1, 2, 4])
    file.add("labels of 0 and 1", y=[0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1])
    file.add("saw teeth", y=[i + (7 if i % 2 else -2) for i in range(30)])
    file.add("organ pipe", y=[*range(12), *reversed(range(12))])
    file.add("values that single precision rounds", y=[0.1, 0.3, 0.2, 0.7, 0.6, 0.5, 0.9])
    file.add("a large offset", y=[1e9 + v for v in [3, 1, 2, 0.5, 4, 4.25, 3.75, 9, 8]], types=["f64"])
    file.add("decreasing", y=[1, 5, 3, 4, 2, 2, 3, 0], direction="decreasing")
    file.add("decreasing, already in order", y=[5, 4, 4, 1], direction="decreasing")
    file.add("decreasing, rising data", y=[1, 2, 3, 4], direction="decreasing")
    file.add("decreasing, no points", y=[], direction="decreasing")
    file.expect("a thousand equal points", {"x": Repeat(1.5, 1000), "block_weights": [1000],
                                            "blocks": [0, 1000]}, y=Repeat(1.5, 1000))


def weighted(file):
    file.add("equal weights", y=[4, 2, 6, 5], weights=[0.5] * 4)
    file.add("a heavy point drags its block", y=[3, 1, 2], weights=[1, 1000, 1])
    file.add("decreasing, weighted", y=[1, 3, 2, 4, 3, 5], weights=[1, 1, 2, 1, 3, 1],
             direction="decreasing")
    file.add("a weight of zero joins the block to its left", y=[1, 100, 2], weights=[1, 0, 1])
    file.add("weights of zero at the start join the block to their right", y=[9, 8, 1, 2],
             weights=[0, 0, 1, 1])
    file.add("weights of zero at the end", y=[1, 2, -50, 70], weights=[1, 1, 0, 0])
    file.add("a weight of zero inside a pooled block", y=[1, 5, -9, 3, 6], weights=[1, 1, 0, 1, 1])
    file.add("a single positive weight", y=[5, 4, 3, 2, 1], weights=[0, 0, 2, 0, 0])
    file.add("decreasing, weights of zero join the block to their right",
             y=[3, 100, 2, 7, 1], weights=[1, 0, 1, 0, 1], direction="decreasing")
    file.add("decreasing, weights of zero at both ends", y=[0, 3, 4, 1, 9],
             weights=[0, 1, 1, 1, 0], direction="decreasing")
    file.add("weights that differ by a factor of 2^40", y=[2, 1, 2, 1],
             weights=[2.0**40, 1, 1, 2.0**40])
    file.add("weights that single precision rounds", y=[2, 1, 3, 2], weights=[0.1, 0.2, 0.3, 0.7])


def extremes(file):
    for types, large, small, least in [(["f64"], 1e308, 1e-308, 5e-324), (["f32"], 1e38, 1e-38, 1.4e-45)]:
        top = DOUBLE_MAX if types == ["f64"] else FLOAT_MAX
        tag = f" ({types[0]})"
        file.add("huge values" + tag, types, y=[large, -large, large, large / 2, large, -large / 4])
        file.add("the largest numbers" + tag, types, y=[top, top, top, -top, top])
        file.add("the largest number eight times, falling" + tag, types, y=[top] * 8 + [top / 2])
        file.add("huge values and huge weights" + tag, types, y=[large, large / 2, large],
                 weights=[large / 16, large / 8, large / 16])
        file.add("tiny values" + tag, types, y=[3 * small, small, 2 * small, 5 * small, 4 * small])
        file.add("subnormal values" + tag, types, y=[4 * least, 2 * least, 9 * least, 7 * least])
        file.add("tiny weights" + tag, types, y=[2, 1, 3], weights=[small, 2 * small, small])
        file.add("tiny values and tiny weights" + tag, types, y=[2 * small, small, 3 * small],
                 weights=[small, 3 * small, small])
        file.add("huge values and tiny weights" + tag, types, y=[large, -large, large],
                 weights=[small, small, small])


def refused(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "y[2]", y=[1, 2, value, 0])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1]",
                    y=[1, 2, 3], weights=[1, value, 1])
    file.refuse("the only value is nan", "QC_ERR_NOT_FINITE", "y[0]", y=["nan"])
    file.refuse("the last value is nan", "QC_ERR_NOT_FINITE", "y[19]", y=[*range(19), "nan"])
    file.refuse("a value of weight zero is nan", "QC_ERR_NOT_FINITE", "y[1]",
                y=[1, "nan", 3], weights=[1, 0, 1])
    file.refuse("decreasing, an index counts from the front", "QC_ERR_NOT_FINITE", "y[0]",
                y=["nan", 2, 3], direction="decreasing")
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", y=[1, 2], weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", y=[1, 2, 3], weights=[0, 0, 0])
    file.refuse("the only weight is zero", "QC_ERR_DOMAIN", "weights", y=[1], weights=[0])
    file.refuse("the sum of weights is infinite", "QC_ERR_DOMAIN", "weights", types=["f64"],
                y=[1, 2], weights=[1e308, 1e308])


def options_init():
    file = VectorFile("isotonic/regression_options_init.json", "qc_isotonic_regression_options_init",
                      [""], "the comments of include/quantcal/isotonic/regression.h")
    file.expect("the defaults", {
        "direction": "increasing", "loss": "squared", "solution": "default", "level": 0.5,
        "huber_threshold": 1, "power": 2, "lower_bound": "-inf", "upper_bound": "inf", "minimum_gap": 0})
    return file
