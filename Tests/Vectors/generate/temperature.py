"""Family `calibration`: temperature scaling, in decimals of 60 digits.

The likelihood's derivative in b = 1 / T is bisected; it rises with b. Whether a finite positive
optimum exists is decided by rationals.
"""

import math
from decimal import Decimal
from fractions import Fraction

from exact import decimal
from files import Matrix0, Repeat, VectorFile

INF = math.inf
UNIT_ROUNDING = Decimal(2) ** -170


def files():
    return [fit_file(), options_init(), apply_file()]


def solve_fit(format, logits, labels, weights=None, max_iterations=100):
    rows = [([Fraction(z) for z in row], label, Fraction(weight))
            for row, label, weight in zip(logits, labels, weights or [1] * len(labels)) if weight > 0]
    total = sum(weight for _, _, weight in rows)
    outcome = outcome_of(rows)
    rows = [([decimal(z) - decimal(max(row)) for z in row], label, decimal(weight / total))
            for row, label, weight in rows]
    inverse = {"separated": Decimal(INF), "inverted": Decimal(0), "degenerate": Decimal(1),
               "ok": None}[outcome]
    if inverse is None:
        inverse = minimise(rows)
    return {
        "temperature": 1 / inverse if inverse else Decimal(INF),
        "inverse_temperature": inverse,
        "nll_before": likelihood(rows, Decimal(1)),
        "nll_after": likelihood(rows, inverse),
        "outcome": outcome,
    }


def outcome_of(rows):
    if all(z == row[0] for row, _, _ in rows for z in row):
        return "degenerate"
    if all(row[label] == max(row) for row, label, _ in rows):
        return "separated"
    slope_at_zero = sum(weight * (sum(row) / len(row) - row[label]) for row, label, weight in rows)
    return "inverted" if slope_at_zero >= 0 else "ok"


def powers(row, inverse):
    """exp(z / T) of a row whose maximum is 0; at T = 0 the limit."""
    if inverse.is_infinite():
        return [Decimal(int(z == 0)) for z in row]
    return [(z * inverse).exp() for z in row]


def likelihood(rows, inverse):
    """The weighted mean negative log-likelihood."""
    total = Decimal(0)
    for row, label, weight in rows:
        own = Decimal(0) if row[label] == 0 else row[label] * inverse
        total += weight * (sum(powers(row, inverse)).ln() - own)
    return total


def slope(rows, inverse):
    total = Decimal(0)
    for row, label, weight in rows:
        terms = powers(row, inverse)
        total += weight * (sum(z * t for z, t in zip(row, terms)) / sum(terms) - row[label])
    return total


def minimise(rows):
    high = 1 / -min(z for row, _, _ in rows for z in row)
    while slope(rows, high) < 0:
        high *= 2
    low = high / 2
    while slope(rows, low) >= 0:
        high, low = low, low / 2
    while (high - low) > high * UNIT_ROUNDING:
        middle = (low + high) / 2
        low, high = (middle, high) if slope(rows, middle) < 0 else (low, middle)
    return high


def fit_file():
    file = VectorFile(
        "calibration/temperature_fit.json", "qc_calibration_temperature_fit", ["f64", "f32"],
        "bisection of the likelihood's derivative in decimals of 60 digits (generate/temperature.py)",
        solve_fit, inputs={"logits": "T", "weights": "T"},
        outputs={"temperature": "f64", "inverse_temperature": "f64", "nll_before": "f64", "nll_after": "f64"},
        tolerance={"relative": 1e-12}, tolerance_f32={"relative": 2e-6})
    ordinary(file)
    without_optimum(file)
    extremes(file)
    refused(file)
    return file


EXAMPLE = [[2, 0, -1], [1, 2, 0], [0, 3, 1], [1, 0, 2], [3, 1, 0]]


def ordinary(file):
    file.add("five rows of three classes", logits=EXAMPLE, labels=[0, 1, 2, 2, 1])
    file.add("the same, weighted", logits=EXAMPLE, labels=[0, 1, 2, 2, 1], weights=[1, 2, 0.5, 3, 0.25])
    file.add("two classes: T = 1 / ln 3", logits=[[1, 0]] * 4, labels=[0, 0, 0, 1])
    file.add("the same by weights", logits=[[1, 0]] * 2, labels=[0, 1], weights=[3, 1])
    file.add("weights that sum to less than one", logits=[[1, 0]] * 2, labels=[0, 1], weights=[0.0625, 0.03125])
    file.add("an optimum at T = 1 up to rounding", logits=[[math.log(4), 0]] * 5, labels=[0, 0, 0, 0, 1])
    file.add("a common offset in each row changes nothing", labels=[0, 1, 2, 2, 1],
             logits=[[z + offset for z in row] for row, offset in zip(EXAMPLE, [1024, -4096, 16, 0, 256])])
    file.add("an offset of 1e9", ["f64"], logits=[[z + 1e9 for z in row] for row in EXAMPLE],
             labels=[0, 1, 2, 2, 1])
    file.add("over-confident", logits=[[20, 0], [0, 20], [20, 0], [0, 20], [20, 0]], labels=[0, 1, 1, 1, 0])
    file.add("under-confident", logits=[[0.01, 0], [0, 0.01], [0.01, 0], [0, 0.01]], labels=[0, 1, 1, 1])
    file.add("a row of equal logits among others", logits=EXAMPLE + [[4, 4, 4]], labels=[0, 1, 2, 2, 1, 0])
    file.add("ten classes", labels=[(7 * i + i // 3) % 10 for i in range(20)],
             logits=[[((3 * i + 5 * j) % 11) / 4 + (3 if (7 * i) % 10 == j else 0) for j in range(10)]
                     for i in range(20)])
    file.add("thirty-three classes", labels=[0, 1, 2, 3, 32],
             logits=[[((5 * i + 7 * j) % 13) / 2 + (6 if i == j else 0) for j in range(33)] for i in range(5)])
    file.add("a barely informative model", logits=[[1, 0], [1, 0]], labels=[0, 1], weights=[1 + 2.0**-10, 1],
             tolerance={"relative": 1e-4}, keep=["temperature", "inverse_temperature", "outcome"])
    file.expect("one pass is not enough", {"outcome": "not_converged"}, logits=EXAMPLE,
                labels=[0, 1, 2, 2, 1], max_iterations=1)


def without_optimum(file):
    file.add("separated", logits=[[2, 1], [0, 3], [5, -1]], labels=[0, 1, 0])
    file.add("one row, separated", logits=[[1, 0]], labels=[0])
    file.add("separated with a tie at the top", logits=[[2, 2, 0], [0, 3, 1]], labels=[1, 1])
    file.add("separated, every row a tie at the top", logits=[[1, 1, 0], [2, 0, 2]], labels=[0, 2])
    file.add("separated but for a row of weight zero", logits=[[2, 1], [0, 3], [5, -1]], labels=[0, 1, 1],
             weights=[1, 1, 0])
    file.add("separated by one ulp", ["f64"], logits=[[1, 1 + 2.0**-52], [1, 0]], labels=[1, 0],
             keep=["temperature", "inverse_temperature", "outcome"])
    file.add("inverted", logits=[[2, 1], [0, 3], [5, -1]], labels=[1, 0, 1])
    file.add("one row, inverted", logits=[[1, 0]], labels=[1])
    file.add("neither for nor against: inverted", logits=[[1, 0], [1, 0]], labels=[0, 1])
    file.add("the middle of three logits: inverted", logits=[[1, 2, 3]], labels=[1])
    file.add("inverted but for a row of weight zero", logits=[[1, 0], [9, 0]], labels=[1, 0], weights=[1, 0])
    file.add("an optimum but for a row of weight zero: separated", logits=[[1, 0], [1, 0]], labels=[0, 1],
             weights=[2, 0])
    file.add("degenerate", logits=[[1, 1, 1], [-2, -2, -2]], labels=[0, 2])
    file.add("one row, degenerate", logits=[[0, 0]], labels=[1])
    file.add("degenerate but for a row of weight zero", logits=[[1, 1], [2, 0]], labels=[0, 1], weights=[1, 0])
    file.add("zeros of both signs are degenerate", logits=[[0.0, -0.0]], labels=[1])
    file.expect("a thousand rows, degenerate",
                {"temperature": 1, "inverse_temperature": 1, "outcome": "degenerate",
                 "nll_before": decimal(4).ln(), "nll_after": decimal(4).ln()},
                logits=Repeat([3, 3, 3, 3], 1000), labels=Repeat(2, 1000))


def extremes(file):
    for types, large, small in [(["f64"], 1e308, 1e-300), (["f32"], 1e38, 1e-37)]:
        tag = f" ({types[0]})"
        quick = ["temperature", "inverse_temperature", "nll_after", "outcome"]
        file.add("huge logits" + tag, types, logits=[[large, 0]] * 4, labels=[0, 0, 0, 1], keep=quick)
        file.add("logits whose difference overflows" + tag, types, logits=[[large, -large]] * 2,
                 labels=[0, 1], weights=[9, 1], keep=quick)
        file.add("huge logits, separated" + tag, types, logits=[[large, -large], [-large, large]],
                 labels=[0, 1])
        file.add("huge logits, inverted" + tag, types, logits=[[large, -large], [-large, large]],
                 labels=[1, 0], keep=quick)
        file.add("tiny logits" + tag, types, logits=[[small, 0]] * 4, labels=[0, 0, 0, 1], keep=quick)
        file.add("a huge and ordinary rows" + tag, types, logits=[[large, 0], [1, 0], [1, 0], [0, 1]],
                 labels=[0, 0, 0, 0], keep=quick, tolerance={"relative": 1e-9 if types == ["f64"] else 2e-6})
        file.add("a huge row of weight zero" + tag, types, logits=[[large, -large]] + [[1, 0]] * 4,
                 labels=[1, 0, 0, 0, 1], weights=[0, 1, 1, 1, 1])
        file.add("1e30 and ordinary rows" + tag, types, logits=[[1e30, 0], [1, 0], [1, 0], [0, 1]],
                 labels=[0, 0, 0, 0], keep=quick)
        file.add("huge weights" + tag, types, logits=[[1, 0]] * 2, labels=[0, 1],
                 weights=[large / 2, large / 8])
        file.add("huge weights and logits above one" + tag, types, logits=[[10, 0]] * 2, labels=[0, 1],
                 weights=[large / 2, large / 8])
        file.add("tiny weights" + tag, types, logits=[[1, 0]] * 2, labels=[0, 1],
                 weights=[3 * small, small])


def refused(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a logit is {value}", "QC_ERR_NOT_FINITE", "logits",
                    logits=[[1, 2], [3, value]], labels=[0, 1])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[0]",
                    logits=[[1, 2], [3, 4]], labels=[0, 1], weights=[value, 1])
    file.refuse("a logit of a row of weight zero is NaN", "QC_ERR_NOT_FINITE", "logits",
                logits=[[1, 2], [3, "nan"]], labels=[0, 1], weights=[1, 0])
    for label in [2, -1, 2147483648]:
        file.refuse(f"label {label} is no class", "QC_ERR_DOMAIN", f"labels[1] is {label}",
                    logits=[[1, 2], [3, 4]], labels=[0, label])
    file.refuse("a label of a row of weight zero is no class", "QC_ERR_DOMAIN", "labels[1]",
                logits=[[1, 2], [3, 4]], labels=[0, 2], weights=[1, 0])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", logits=[[1, 2], [3, 4]],
                labels=[0, 1], weights=[1, -1])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", logits=[[1, 2]], labels=[0], weights=[0])
    file.refuse("no rows", "QC_ERR_SIZE", "rows", logits=Matrix0(0, 3), labels=[])
    file.refuse("one class", "QC_ERR_SIZE", "classes", logits=[[1], [2]], labels=[0, 0])
    for count in [0, -1]:
        file.refuse(f"max_iterations is {count}", "QC_ERR_OPTIONS", "max_iterations",
                    logits=[[1, 2]], labels=[0], max_iterations=count)


def options_init():
    file = VectorFile("calibration/temperature_options_init.json", "qc_calibration_temperature_options_init",
                      [""], "the comments of include/quantcal/calibration.h")
    file.expect("the defaults", {"max_iterations": 100})
    return file


def solve_apply(format, logits, temperature):
    if temperature == 0:
        inverse = Decimal(INF)
    elif temperature == INF:
        inverse = Decimal(0)
    else:
        inverse = 1 / decimal(temperature)
    probabilities = []
    for row in logits:
        terms = powers([decimal(Fraction(z) - Fraction(max(row))) for z in row], inverse)
        probabilities.append([term / sum(terms) for term in terms])
    return {"probabilities": probabilities}


def apply_file():
    file = VectorFile(
        "calibration/temperature_apply.json", "qc_calibration_temperature_apply", ["f64", "f32"],
        "softmax in decimals of 60 digits (generate/temperature.py)", solve_apply,
        inputs={"logits": "T", "temperature": "f64"}, outputs={"probabilities": "T"},
        tolerance={"relative": 2e-15}, tolerance_f32={"relative": 1e-6})
    for temperature in [1, 2, 0.5, 1.993184433547311, 1e9]:
        file.add(f"three classes, T = {temperature!r}", logits=EXAMPLE, temperature=temperature)
    file.add("three classes, T = 0.1", logits=EXAMPLE, temperature=0.1,
             tolerance={"relative": 2e-14}, types=["f64"])
    file.add("one class", logits=[[3], [-7]], temperature=1.5)
    file.add("two classes", logits=[[0, 1], [0, -1], [2, 2]], temperature=0.75)
    for classes in [7, 8, 9, 15, 16, 17, 33]:
        file.add(f"{classes} classes", temperature=1.5,
                 logits=[[((5 * j + 3 * i) % 13 - 6) / 4 for j in range(classes)] for i in range(2)])
    file.add("all equal", logits=[[5, 5, 5, 5]], temperature=3)
    file.add("T = 0 shares among the highest", logits=[[1, 3, 3], [2, 0, 1], [4, 4, 4]], temperature=0)
    file.add("T = 0, zeros of both signs are equal", logits=[[0.0, -0.0, -1]], temperature=0)
    file.add("T = +infinity is uniform", logits=EXAMPLE, temperature=INF)
    file.add("T = +infinity, huge logits", ["f64"], logits=[[1e308, -1e308, 0]], temperature=INF)
    file.add("the smallest T acts as 0", logits=[[1, 3, 3], [2, 0, 1]], temperature=5e-324)
    file.add("the largest T is uniform", logits=EXAMPLE, temperature=1.7976931348623157e308)
    file.add("an offset of 2^20", logits=[[z + 2.0**20 for z in row] for row in EXAMPLE], temperature=1)
    file.add("huge logits and T", ["f64"], logits=[[1e308, 0, 5e307]], temperature=1e308,
             tolerance={"relative": 1e-14})
    file.add("logits whose difference overflows", ["f64"], logits=[[1e308, -1e308]], temperature=1e308,
             tolerance={"relative": 1e-14})
    file.add("huge logits and T, single precision", ["f32"], logits=[[1e38, 0, 5e37], [3e38, -3e38, 1e38]],
             temperature=1e38, tolerance={"relative": 4e-6})
    file.add("tiny logits and T", ["f64"], logits=[[1e-300, 0, 5e-301]], temperature=1e-300,
             tolerance={"relative": 1e-14})
    file.add("huge logits, T = 1", logits=[[1e30, -1e30, 0]], temperature=1)
    file.add("a difference that overflows, T = 1", ["f64"], logits=[[1e308, -1e308, 1e308]], temperature=1)
    file.add("a difference that overflows, T = 1, single precision", ["f32"], temperature=1,
             logits=[[3e38, -3e38, 3e38]])
    file.add("a difference that overflows, T = 0.7, single precision", ["f32"], temperature=0.7,
             logits=[[3e38, -3e38]])
    file.add("T = +infinity, huge logits, single precision", ["f32"], logits=[[3e38, -3e38, 0]],
             temperature=INF)
    file.add("far apart: the low one underflows to 0", logits=[[0, 2000], [-900, 900]], temperature=1)
    file.add("far apart, doubles", ["f64"], logits=[[0, -300], [0, -700]], temperature=1,
             tolerance={"relative": 1e-12})
    file.add("far apart, single precision", ["f32"], logits=[[0, -40], [0, -80]], temperature=1,
             tolerance={"relative": 2e-5})
    file.expect("no rows", {"probabilities": Matrix0(0, 3)}, logits=Matrix0(0, 3), temperature=1)
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a logit is {value}", "QC_ERR_NOT_FINITE", "logits",
                    logits=[[1, 2], [value, 4]], temperature=1)
    file.refuse("a logit is NaN, though T = +infinity", "QC_ERR_NOT_FINITE", "logits",
                logits=[[1, "nan"]], temperature="inf")
    file.refuse("T is NaN", "QC_ERR_NOT_FINITE", "temperature", logits=[[1, 2]], temperature="nan")
    file.refuse("T is negative", "QC_ERR_DOMAIN", "temperature", logits=[[1, 2]], temperature=-0.5)
    file.refuse("T is -infinity", "QC_ERR_DOMAIN", "temperature", logits=[[1, 2]], temperature="-inf")
    file.refuse("no classes", "QC_ERR_SIZE", "classes", logits=Matrix0(2, 0), temperature=1)
    return file
