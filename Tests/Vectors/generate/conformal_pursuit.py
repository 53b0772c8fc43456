"""Family `conformal`: information pursuit. Means are fractions, logs decimals of 60 digits; the sharp bound is
searched for, not solved."""

import math
from decimal import Decimal
from fractions import Fraction

from exact import decimal
from files import VectorFile
from isotonic_distribution import philox

INF = math.inf


def files():
    return [histories_file(), log_sizes_file(), choose_file(), bound_file()]


# Histories


def solve_histories(format, points, queries, length, seed, first_point=0):
    rows = []
    for point in range(first_point, first_point + points):
        left, row = list(range(queries)), []
        for place in range(length):
            words = philox(seed, point, 8, place)
            drawn = ((words[1] << 32 | words[0]) * (queries - place)) >> 64
            row.append(left[drawn])
            # The first of what is left stands in for the one that was drawn.
            left[drawn] = left[0]
            del left[0]
        rows.append(row)
    return {"orders": rows}


def histories_file():
    file = VectorFile("conformal/pursuit_histories.json", "qc_conformal_pursuit_histories", [""],
                      "Fisher's and Yates's shuffle with Philox 4x32-10, written from its paper",
                      solve_histories)
    file.add("whole orders", points=6, queries=5, length=5, seed=7)
    file.add("their first three", points=6, queries=5, length=3, seed=7)
    file.add("the last two points, apart", points=2, queries=5, length=3, seed=7, first_point=4)
    file.add("another seed", points=3, queries=5, length=5, seed=8)
    file.add("many queries", points=3, queries=100000, length=4, seed=2**40 + 3)
    file.add("one query", points=2, queries=1, length=1, seed=1)
    file.add("far points", points=2, queries=9, length=9, seed=1, first_point=2**40)
    file.expect("no points", {}, points=0, queries=5, length=5, seed=1)
    file.expect("no length", {}, points=3, queries=5, length=0, seed=1)
    file.refuse("no queries", "QC_ERR_SIZE", "queries is 0", points=1, queries=0, length=0, seed=1)
    file.refuse("longer than there are queries", "QC_ERR_SIZE", "length is 6", points=1, queries=5, length=6,
                seed=1)
    return file


# Expected sizes


def solve_log_sizes(format, sizes, weights=None):
    rows = []
    for index, row in enumerate(sizes):
        shares = [Fraction(x) for x in (weights[index] if weights else [1] * len(row))]
        mean = sum(w * s for w, s in zip(shares, row)) / sum(shares)
        rows.append(decimal(mean).ln() if mean else -INF)
    return {"log_sizes": rows}


def log_sizes_file():
    file = VectorFile("conformal/pursuit_log_sizes.json", "qc_conformal_pursuit_log_sizes", [""],
                      "means in fractions, logarithms to 60 digits (generate/conformal_pursuit.py)",
                      solve_log_sizes, inputs={"weights": "f64"}, outputs={"log_sizes": "f64"},
                      tolerance={"relative": 1e-15})
    sizes = [[3, 1, 2, 4], [1, 1, 1, 1], [0, 0, 0, 0], [10, 0, 0, 0], [2147483647] * 4, [1, 0, 1, 1]]
    file.add("equal weights", sizes=sizes)
    file.add("weights", sizes=sizes, weights=[[0.1, 0.2, 0.3, 0.4]] * 6)
    file.add("weights of 0", sizes=sizes, weights=[[0, 1, 0, 0]] * 5 + [[0, 3, 0, 0]])
    file.add("weights of every magnitude", sizes=sizes,
             weights=[[1e308] * 4, [5e-324] * 4, [1e308, 1, 1, 1], [1e-308, 1e-300, 0, 0], [1e308, 0, 0, 1e-308],
                      [1e-310, 3e-310, 1e-310, 0]])
    file.add("next to one", sizes=[[1] * 499 + [2], [1] * 499 + [0]])
    file.add("next to one, by weight", sizes=[[1, 2], [1, 0]], weights=[[1, 2.0**-40], [1, 2.0**-40]])
    file.add("one sample", sizes=[[7], [1], [0]])
    good = {"sizes": [[1, 2], [3, 4]], "weights": [[1, 1], [1, 1]]}
    file.refuse("a size is negative", "QC_ERR_DOMAIN", "sizes[1, 0] is -1", **good | {"sizes": [[1, 2], [-1, 4]]})
    file.refuse("a weight is negative", "QC_ERR_DOMAIN", "weights[0, 1]", **good | {"weights": [[1, -1], [1, 1]]})
    for value in ["nan", "inf"]:
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1, 1]",
                    **good | {"weights": [[1, 1], [1, value]]})
    file.refuse("a query without weight", "QC_ERR_DOMAIN", "weights of query 1",
                **good | {"weights": [[1, 1], [0, 0]]})
    return file


# The choice


def solve_choose(format, log_sizes, asked=None):
    left = [(value, index) for index, value in enumerate(log_sizes) if not (asked and asked[index])]
    least, index = min(left)
    largest = max(left)[0]
    return {"index": index, "spread": 0 if largest == least else largest - least}


def choose_file():
    file = VectorFile("conformal/pursuit_choose.json", "qc_conformal_pursuit_choose", [""],
                      "the least of what is left (generate/conformal_pursuit.py)", solve_choose,
                      inputs={"log_sizes": "f64"}, outputs={"spread": "f64"})
    values = [0.75, 0.25, 0.5, 0.25]
    file.add("the first of the least", log_sizes=values)
    file.add("that was not asked", log_sizes=values, asked=[0, 1, 0, 0])
    file.add("any number but 0 is asked", log_sizes=values, asked=[0, 1, 0, 255])
    file.add("only one is left", log_sizes=values, asked=[0, 1, 1, 1])
    file.add("all tie", log_sizes=[0.5, 0.5, 0.5], asked=[1, 0, 0])
    file.add("infinities are data", log_sizes=[INF, 1, -INF])
    file.add("all are infinite", log_sizes=[-INF, -INF])
    file.add("all are infinitely large", log_sizes=[INF, INF])
    file.add("both zeros tie", log_sizes=[0, -0.0])
    file.refuse("all were asked", "QC_INFEASIBLE", "were asked", log_sizes=[1, 2], asked=[1, 1])
    file.refuse("no queries", "QC_INFEASIBLE", "were asked", log_sizes=[])
    file.refuse("a value is NaN", "QC_ERR_NOT_FINITE", "log_sizes[1]", log_sizes=[1, "nan"], asked=[0, 1])
    return file


# The bound


def plogp(p):
    return p * p.ln() if p else Decimal(0)


def coin(p):
    return -plogp(p) - plogp(1 - p)


def given(classes, n, alpha, mean_size):
    alpha = decimal(Fraction(alpha))
    size = max(decimal(Fraction(mean_size)), 1 - alpha)
    return Decimal(classes), alpha, size, max(alpha - 1 / Decimal(n + 1), Decimal(0))


def published(classes, n, alpha, mean_size):
    classes, alpha, size, least = given(classes, n, alpha, mean_size)
    return coin(min(alpha, Decimal("0.5"))) + alpha * classes.ln() + (1 - least) * (size / (1 - alpha)).ln()


def sharp(classes, n, alpha, mean_size):
    """The largest value, by thirds of the interval: the function is concave."""
    classes, alpha, size, least = given(classes, n, alpha, mean_size)

    def value(miss):
        missed = miss * min(classes, (classes - size) / miss).ln() if miss else Decimal(0)
        held = (1 - miss) * min(classes, size / (1 - miss)).ln()
        return coin(miss) + missed + held

    high = min(alpha, classes - size)
    low = min(max(least, 1 - size), high)
    for _ in range(180):
        left, right = (2 * low + high) / 3, (low + 2 * high) / 3
        if value(left) < value(right):
            low = left
        else:
            high = right
    return value((low + high) / 2)


def solve_bound(format, classes, n, alpha, mean_size, kind="sharp"):
    bound = {"sharp": sharp, "published": published}[kind](classes, n, alpha, mean_size)
    return {"bound": min(bound, Decimal(classes).ln())}


def bound_file():
    file = VectorFile("conformal/pursuit_entropy_bound.json", "qc_conformal_pursuit_entropy_bound", [""],
                      "the formula to 60 digits, its maximum by search (generate/conformal_pursuit.py)",
                      solve_bound, inputs={"alpha": "f64", "mean_size": "f64"}, outputs={"bound": "f64"},
                      tolerance={"relative": 1e-13})
    for kind in ["published", "sharp"]:
        for classes, n, alpha, size in [
                (4, 19, 0.1, 1.5), (4, 19, 0.1, 0.95), (4, 19, 0.1, 0.5), (4, 19, 0.1, 3.9), (4, 19, 0.1, 4),
                (10, 99, 0.05, 1.25), (1000, 999, 0.01, 1), (1000, 0, 0.01, 1), (2, 0, 0.3, 0.8), (2, 0, 0.9, 0.5),
                (2, 5, 0.7, 1), (3, 9, 0.5, 0), (1, 9, 0.1, 1), (1, 9, 0.1, 0.95), (2147483647, 10**6, 0.001, 40),
                (5, 3, 0.1, 2), (8, 49, 1e-6, 1.5), (8, 49, 1 - 1e-9, 3), (4, 19, 0.4, 3.25)]:
            file.add(f"{kind}: {classes} classes, {n} scores, {alpha}, size {size}", classes=classes, n=n,
                     alpha=alpha, mean_size=size, kind=kind)
    file.add("the default is sharp", classes=4, n=19, alpha=0.1, mean_size=1.5)
    good = {"classes": 4, "n": 19, "alpha": 0.1, "mean_size": 1.5}
    file.refuse("no classes", "QC_ERR_SIZE", "classes is 0", **good | {"classes": 0})
    file.refuse("too many classes", "QC_ERR_SIZE", "classes is", **good | {"classes": 2**31})
    for alpha in [0, 1]:
        file.refuse(f"alpha is {alpha}", "QC_ERR_DOMAIN", "alpha is", **good | {"alpha": alpha})
    for size in [-0.5, 4.5, "inf"]:
        file.refuse(f"the mean size is {size}", "QC_ERR_DOMAIN", "mean_size is", **good | {"mean_size": size})
    for name in ["alpha", "mean_size"]:
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: "nan"})
    return file
