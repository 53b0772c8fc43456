"""Family `conformal`: ranks in integers, thresholds by sorting, sets by comparing."""

import math
from decimal import Decimal
from fractions import Fraction

from exact import F32
from files import AsTyped, Matrix0, Repeat, VectorFile

INF, NAN = math.inf, math.nan
FLOAT_MAX = float(F32.maximum)
DOUBLE_MAX = 1.7976931348623157e308


def files():
    return [rank_file(), threshold_file(), sets_file(), intervals_file()]


def rank(n, alpha):
    """The smallest integer k >= (n + 1)(1 - alpha), for the decimal that prints as alpha."""
    return math.ceil((n + 1) * (1 - Fraction(Decimal(repr(float(alpha))))))


def rank_file():
    file = VectorFile("conformal/rank.json", "qc_conformal_rank", [""],
                      "integer arithmetic on the shortest decimal of alpha (generate/conformal_split.py)",
                      lambda format, n, alpha: {"rank": rank(n, alpha)})

    def add(n, alpha, **more):
        file.add(f"n = {n}, alpha = {alpha!r}", n=n, alpha=AsTyped(alpha), **more)

    add(24, 0.44, source="Vovk, Gammerman, Shafer (2005), section 2, by hand: 25 * 0.56 is exactly 14")
    for n in [0, 1, 2, 8, 9, 10, 19, 99, 100, 999, 1000, 999999]:
        for alpha in [0.1, 0.05, 0.5, 0.01]:
            add(n, alpha)
    for alpha in [1 / 3, 2 / 3, 0.1 + 0.2, 0.25, 0.3, 0.9, 0.99, 0.999999]:
        for n in [2, 8, 9, 299]:
            add(n, alpha)
    for alpha in [5e-324, 1e-300, 1e-17, 1e-16, 0.9999999999999999, 0.9999999999999998, 1 - 1e-10]:
        for n in [0, 1, 10, 10**6, 2**53 - 2]:
            add(n, alpha)
    for n in [2**31 - 1, 2**32 - 1, 2**53 - 1, 10**15 - 1]:
        for alpha in [0.1, 0.44, 0.7]:
            add(n, alpha)
    for n in [2**62, 2**63 - 2]:
        for alpha in [5e-324, 1e-18, 0.1, 0.44, 0.9999999999999999]:
            add(n, alpha)
    wrong_in_doubles(add)
    file.refuse("n is above SIZE_MAX / 2", "QC_ERR_SIZE", "n", n=2**63, alpha=0.1)
    refuse_alphas(file, n=10)
    return file


def wrong_in_doubles(add):
    """Every n <= 1000 and alpha = .01, ..., .50 where ceil((n + 1) * (1 - alpha)) in doubles errs."""
    for n in range(1, 1001):
        for percent in range(1, 51):
            alpha = percent / 100
            if math.ceil((n + 1) * (1 - alpha)) != rank(n, alpha) and (n, alpha) != (24, 0.44):
                add(n, alpha)


def refuse_alphas(file, **inputs):
    for alpha in [0, 1, -0.1, 1.5, -5e-324, 1.0000000000000002, 2]:
        file.refuse(f"alpha is {alpha!r}", "QC_ERR_DOMAIN", "alpha", **inputs, alpha=AsTyped(alpha))
    file.refuse("alpha is NaN", "QC_ERR_NOT_FINITE", "alpha", **inputs, alpha="nan")
    for alpha in ["inf", "-inf"]:
        file.refuse(f"alpha is {alpha}", "QC_ERR_DOMAIN", "alpha", **inputs, alpha=alpha)


def solve_threshold(format, scores, alpha):
    k = rank(len(scores), alpha)
    return {"threshold": sorted(scores)[k - 1] if k <= len(scores) else INF}


def threshold_file():
    file = VectorFile("conformal/threshold.json", "qc_conformal_threshold", ["f64", "f32"],
                      "the order statistic of the sorted scores, at the rank of integer arithmetic "
                      "(generate/conformal_split.py)",
                      solve_threshold, inputs={"scores": "T"}, outputs={"threshold": "T"})
    scrambled = [(37 * i) % 101 / 8 for i in range(101)]
    for alpha in [0.01, 0.1, 0.25, 0.5, 0.9, 0.99, 1e-300, 0.9999999999999999]:
        file.add(f"101 scores, alpha = {alpha!r}", scores=scrambled, alpha=AsTyped(alpha))
    file.add("24 scores where doubles take the wrong rank", scores=[(7 * i) % 24 for i in range(24)],
             alpha=0.44)
    file.add("no scores", scores=[], alpha=0.1)
    file.add("one score, enough", scores=[3.5], alpha=0.5)
    file.add("one score, too few", scores=[3.5], alpha=0.4)
    file.add("two scores", scores=[2, -1], alpha=0.34)
    file.add("two scores, the smaller", scores=[2, -1], alpha=0.67)
    file.add("eight scores are too few for 0.1", scores=[1] * 8, alpha=0.1)
    file.add("nine scores are enough for 0.1", scores=[5, 3, 9, 1, 7, 2, 8, 4, 6], alpha=0.1)
    file.add("all equal", scores=Repeat(2.5, 100), alpha=0.1)
    file.add("five thousand equal scores", scores=Repeat(-0.75, 5000), alpha=0.05)
    file.add("rising", scores=[*range(50)], alpha=0.2)
    file.add("falling", scores=[*range(50, 0, -1)], alpha=0.2)
    file.add("organ pipe", scores=[*range(25), *range(25, 0, -1)], alpha=0.3)
    file.add("two values", scores=[0, 1] * 20, alpha=0.5)
    file.add("two values, just below the change", scores=[0, 1] * 20, alpha=0.51)
    file.add("heavy ties", scores=[i % 3 for i in range(60)], alpha=0.35)
    file.add("values that single precision rounds", scores=[0.1, 0.7, 0.3, 0.9, 0.2], alpha=0.4)
    infinite(file)
    refuse_alphas(file, scores=[1, 2, 3])
    for place in [0, 9, 19]:
        scores = [*map(float, range(20))]
        scores[place] = "nan"
        file.refuse(f"score {place} is NaN", "QC_ERR_NOT_FINITE", f"scores[{place}]",
                    scores=scores, alpha=0.1)
    file.refuse("NaN where the rank is above n", "QC_ERR_NOT_FINITE", "scores[1]",
                scores=[1, "nan"], alpha=0.1)
    file.refuse("NaN beside infinities", "QC_ERR_NOT_FINITE", "scores[2]",
                scores=["inf", "-inf", "nan", "inf"], alpha=0.5)
    return file


def infinite(file):
    file.add("an infinite score is the threshold", scores=[1, INF, 2, INF, 3], alpha=0.3)
    file.add("a score below infinite ones", scores=[1, INF, 2, INF, 3], alpha=0.5)
    file.add("minus infinity is the threshold", scores=[-INF, 5, -INF, 1], alpha=0.7)
    file.add("all infinite", scores=[INF] * 12, alpha=0.2)
    file.add("all minus infinity", scores=[-INF] * 12, alpha=0.2)
    file.add("both infinities and nothing else", scores=[INF, -INF] * 10, alpha=0.6)
    file.add("zeros of both signs", scores=[0.0, -0.0, 0.0, -0.0, 1], alpha=0.5)
    file.add("the largest doubles", ["f64"], scores=[DOUBLE_MAX, -DOUBLE_MAX, 1e308, -1e308] * 3, alpha=0.1)
    file.add("the smallest doubles", ["f64"], scores=[5e-324, -5e-324, 1e-308, 0, 1e-323] * 2, alpha=0.4)
    file.add("the largest floats", ["f32"], scores=[FLOAT_MAX, -FLOAT_MAX, 1e38, -1e38] * 3, alpha=0.1)
    file.add("the smallest floats", ["f32"], scores=[1.4e-45, -1.4e-45, 1e-38, 0, 2.8e-45] * 2, alpha=0.4)
    file.add("neighbouring doubles", ["f64"],
             scores=[1 + i * 2.0**-52 for i in (3, 1, 4, 0, 2, 6, 5, 7)], alpha=0.5)
    file.add("doubles of one single-precision value", ["f32"],
             scores=[1 + i * 2.0**-52 for i in (3, 1, 4, 0, 2, 6, 5, 7)], alpha=0.5)
    file.add("a large offset", ["f64"], scores=[1e9 + (13 * i) % 40 / 1024 for i in range(40)], alpha=0.1)


def solve_sets(format, scores, threshold):
    inside = [[score <= threshold for score in row] for row in scores]
    mask = [[sum(bit << k for k, bit in enumerate(row[j:j + 8])) for j in range(0, len(row), 8)]
            for row in inside]
    return {"mask": mask, "sizes": [sum(row) for row in inside]}


def sets_file():
    file = VectorFile("conformal/sets.json", "qc_conformal_sets", ["f64", "f32"],
                      "each comparison by itself, bits set one by one (generate/conformal_split.py)",
                      solve_sets, inputs={"scores": "T", "threshold": "T"})
    file.add("three classes", scores=[[0.1, 0.5, 0.9], [0.6, 0.4, 0.5]], threshold=0.5)
    file.add("a set may be empty", scores=[[1, 2], [3, 4]], threshold=0.5)
    file.add("a score equal to the threshold is in", scores=[[0.3, 0.30000001], [0.29999999, 0.3]],
             threshold=0.3)
    file.add("one row, one class", scores=[[2]], threshold=2)
    file.add("one class", scores=[[2], [3], [1]], threshold=2)
    for classes in [7, 8, 9, 15, 16, 17, 33]:
        file.add(f"{classes} classes", threshold=6,
                 scores=[[(5 * j + 3 * i) % 13 for j in range(classes)] for i in range(3)])
    file.add("every class in, unused bits clear", scores=[[0] * 11] * 2, threshold=1)
    file.add("only the last class in", scores=[[1] * 9 + [0]], threshold=0.5)
    file.add("threshold +infinity takes every class in", scores=[[1, INF, -INF, 1e30]], threshold=INF)
    file.add("threshold -infinity takes only -infinity in", scores=[[1, -INF, INF, -1e30]], threshold=-INF)
    file.add("infinite scores against a finite threshold", scores=[[INF, -INF, 0]], threshold=0)
    file.add("zeros of both signs are equal", scores=[[0.0, -0.0]], threshold=-0.0)
    file.expect("no rows", {"mask": Matrix0(0, 1), "sizes": []}, scores=Matrix0(0, 5), threshold=1)
    file.add("a double just above the threshold", ["f64"], scores=[[1.0000000000000002, 1]], threshold=1)
    file.add("the same in single precision is equal", ["f32"], scores=[[1.0000000000000002, 1]], threshold=1)
    for i, j in [(0, 0), (1, 2)]:
        scores = [[1, 2, 3], [4, 5, 6]]
        scores[i][j] = "nan"
        file.refuse(f"a score in row {i} is NaN", "QC_ERR_NOT_FINITE", "scores", scores=scores, threshold=3)
    file.refuse("NaN, though the threshold takes every class in", "QC_ERR_NOT_FINITE", "scores",
                scores=[["nan", 2]], threshold="inf")
    file.refuse("the threshold is NaN", "QC_ERR_NOT_FINITE", "threshold", scores=[[1, 2]], threshold="nan")
    file.refuse("no classes", "QC_ERR_SIZE", "classes", scores=Matrix0(2, 0), threshold=1)
    return file


def solve_intervals(format, mean, threshold):
    if threshold == INF:
        return {"lower": [-INF] * len(mean), "upper": [INF] * len(mean)}
    return {"lower": [Fraction(value) - Fraction(threshold) for value in mean],
            "upper": [Fraction(value) + Fraction(threshold) for value in mean]}


def intervals_file():
    file = VectorFile("conformal/intervals.json", "qc_conformal_intervals", ["f64", "f32"],
                      "rational sums, rounded once (generate/conformal_split.py)", solve_intervals,
                      inputs={"mean": "T", "threshold": "T"}, outputs={"lower": "T", "upper": "T"})
    file.add("a few means", mean=[1, -2, 0.5, 0], threshold=0.25)
    file.add("one mean", mean=[0.1], threshold=0.2)
    file.add("no means", mean=[], threshold=1)
    file.add("threshold 0", mean=[3, -0.75, 0], threshold=0)
    file.add("threshold +infinity", mean=[3, -0.75, 0], threshold=INF)
    file.add("sums that round", mean=[0.1, 0.2, 0.3, 1e9, -1e9, 123456.789], threshold=0.7)
    file.add("sums that round to even", mean=[2.0**24, 2.0**24 + 2, 2.0**53, 2.0**53 + 2], threshold=1)
    file.add("a threshold too small to matter", mean=[1, -1, 1e9], threshold=1e-30)
    file.add("a mean too small to matter", mean=[1e-30, -1e-30], threshold=1)
    file.add("seventeen means", mean=[i * 0.37 for i in range(17)], threshold=1.9)
    for types, top, least in [(["f64"], DOUBLE_MAX, 5e-324), (["f32"], FLOAT_MAX, 1.4e-45)]:
        tag = f" ({types[0]})"
        file.add("the largest numbers overflow to infinity" + tag, types, mean=[top, -top], threshold=top)
        file.add("next to overflow" + tag, types, mean=[top, -top], threshold=top * 2.0**-60)
        file.add("subnormal sums are exact" + tag, types, mean=[3 * least, -7 * least], threshold=2 * least)
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a mean is {value}", "QC_ERR_NOT_FINITE", "mean[1]", mean=[1, value, 2], threshold=1)
    file.refuse("a mean is NaN, though the threshold is +infinity", "QC_ERR_NOT_FINITE", "mean[0]",
                mean=["nan"], threshold="inf")
    file.refuse("the threshold is NaN", "QC_ERR_NOT_FINITE", "threshold", mean=[1], threshold="nan")
    file.refuse("the threshold is negative", "QC_ERR_DOMAIN", "threshold", mean=[1], threshold=-0.5)
    file.refuse("the threshold is -infinity", "QC_ERR_DOMAIN", "threshold", mean=[1], threshold="-inf")
    return file
