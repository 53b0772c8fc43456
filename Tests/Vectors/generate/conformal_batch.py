"""Family `conformal`: batches, by counting orders in whole numbers."""

import itertools
import math
from fractions import Fraction
from functools import cache
from math import comb

from files import VectorFile

COUNTS = "orders counted in whole numbers; levels are the decimals typed (generate/conformal_batch.py)"
CLOSE = {"relative": 1e-12}


def typed(x):
    """The decimal that was typed."""
    return Fraction(str(x))


@cache
def batch_pmf(n, m, zeta):
    """P(R = k) for k = 0 ... n + 2."""
    law = [comb(k + zeta - 2, zeta - 1) * comb(n + m - k - zeta + 1, m - zeta) for k in range(1, n + 2)]
    return [Fraction(orders, comb(n + m, m)) for orders in [0, *law, 0]]


def solve_law(format, n, m, zeta, ranks):
    pmf = batch_pmf(n, m, zeta)
    ranks = [min(rank, n + 2) for rank in ranks]
    return {"pmf": [pmf[k] for k in ranks],
            "at_most": [sum(pmf[: k + 1]) for k in ranks],
            "at_least": [sum(pmf[k:], Fraction(0)) for k in ranks]}


def law_file():
    file = VectorFile("conformal/batch_law.json", "qc_conformal_batch_law", [""], COUNTS, solve_law,
                      outputs={"pmf": "f64", "at_most": "f64", "at_least": "f64"}, tolerance=CLOSE)
    file.add("one score, one point", n=1, m=1, zeta=1, ranks=[0, 1, 2, 3])
    file.add("one point: uniform", n=4, m=1, zeta=1, ranks=[1, 2, 3, 4, 5])
    file.add("three scores, two points", n=3, m=2, zeta=1, ranks=[1, 2, 3, 4])
    file.add("the larger of them", n=3, m=2, zeta=2, ranks=[4, 3, 2, 1])
    file.add("twenty scores, the fifth of ten", n=20, m=10, zeta=5, ranks=list(range(23)))
    file.add("two hundred scores, the median of forty", n=200, m=40, zeta=20, ranks=[1, 50, 98, 126, 127, 201])
    file.add("the largest of many", n=99, m=500, zeta=500, ranks=[1, 50, 99, 100])
    file.add("the smallest of many", n=99, m=500, zeta=1, ranks=[1, 2, 50, 100])
    file.add("deep tails", n=400, m=300, zeta=150, ranks=[2, 60, 350, 400])
    file.add("no scores", n=0, m=3, zeta=2, ranks=[0, 1, 2])
    file.add("beyond", n=5, m=3, zeta=2, ranks=[0, 7, 10**12])
    file.add("no ranks", n=5, m=3, zeta=2, ranks=[])
    refuse_places(file, ["zeta"], zeta=2, ranks=[1])
    return file


def refuse_places(file, names, **rest):
    for name in names:
        file.refuse(f"{name} is 0", "QC_ERR_DOMAIN", f"{name} is 0", n=5, m=3, **rest | {name: 0})
        file.refuse(f"{name} is above m", "QC_ERR_DOMAIN", f"{name} is 4", n=5, m=3, **rest | {name: 4})
    file.refuse("no points", "QC_ERR_DOMAIN", f"{names[0]} is", n=5, m=0, **rest)
    file.refuse("too many scores", "QC_ERR_SIZE", "n is", n=2**40 + 1, m=3, **rest)
    file.refuse("too many points", "QC_ERR_SIZE", "m is", n=5, m=2**40 + 1, **rest)


def solve_rank(format, n, m, zeta, alpha_lower, alpha_upper):
    pmf = batch_pmf(n, m, zeta)
    lower, below = 0, pmf[1]
    while below <= typed(alpha_lower):
        lower += 1
        below += pmf[lower + 1]
    upper, above = n + 1, pmf[n + 1]
    while above <= typed(alpha_upper):
        upper -= 1
        above += pmf[upper]
    return {"lower": lower, "upper": upper}


def rank_file():
    file = VectorFile("conformal/batch_rank.json", "qc_conformal_batch_rank", [""], COUNTS, solve_rank)

    def add(n, m, zeta, lower, upper, name=None):
        name = name or f"n = {n}, m = {m}, zeta = {zeta}, alphas {lower} and {upper}"
        file.add(name, n=n, m=m, zeta=zeta, alpha_lower=lower, alpha_upper=upper)

    add(200, 40, 20, 0, 0.05, "the median of forty: 127")
    add(40, 10, 5, 0, 0.1, "the fifth of ten: 28")
    add(20, 10, 5, 0, 0.1, "twenty scores: 15")
    add(99, 5, 5, 0, 0.1, "five points simultaneously: 98")
    add(100, 10, 2, 0.1, 0, "two false selections: 5")
    add(200, 40, 20, 0.025, 0.025, "two-sided")
    for n, m, zeta, lower, upper in [(9, 1, 1, 0, 0.1), (9, 1, 1, 0.1, 0), (24, 1, 1, 0, 0.44),
                                     (24, 1, 1, 0.44, 0), (3, 2, 1, 0.1, 0.1), (3, 2, 2, 0.4, 0.4),
                                     (3, 3, 2, 0.05, 0.05), (3, 3, 2, 0.2, 0.2), (5, 5, 3, 0.499, 0.5),
                                     (9, 9, 5, 0.5, 0), (9, 9, 5, 0, 0.5), (4, 1, 1, 0.2, 0.6),
                                     (1, 1, 1, 0.5, 0), (1, 1, 1, 0.49, 0.5), (63, 1, 1, 0.375, 0.125)]:
        add(n, m, zeta, lower, upper, f"a tie or nearly: n = {n}, m = {m}, zeta = {zeta}, {lower}, {upper}")
    for n, m, zeta, lower, upper in [(1000, 1000, 500, 0.01, 0.01), (1000, 1000, 500, 0.5, 0),
                                     (10, 1000, 700, 0.1, 0.2), (1000, 10, 7, 0.1, 0.2),
                                     (300, 200, 200, 1e-12, 1e-15), (60, 40, 20, 1e-20, 0.9),
                                     (0, 3, 2, 0.4, 0.4), (1, 4, 2, 0.9, 0.05), (5, 100, 1, 0.01, 0.3),
                                     (20, 10, 5, 0, 1e-300), (20, 10, 5, 0.3, 0.699)]:
        add(n, m, zeta, lower, upper)
    refuse_places(file, ["zeta"], zeta=2, alpha_lower=0.1, alpha_upper=0.1)
    good = {"n": 5, "m": 3, "zeta": 2, "alpha_lower": 0.1, "alpha_upper": 0.1}
    for name in ["alpha_lower", "alpha_upper"]:
        for value in [1, -0.5, "inf"]:
            file.refuse(f"{name} is {value}", "QC_ERR_DOMAIN", name, **good | {name: value})
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", name, **good | {name: "nan"})
    file.refuse("no level", "QC_ERR_DOMAIN", "alpha_lower + alpha_upper is 0",
                **good | {"alpha_lower": 0, "alpha_upper": 0})
    file.refuse("levels of 1 together", "QC_ERR_DOMAIN", "alpha_lower + alpha_upper is 1",
                **good | {"alpha_lower": 0.5, "alpha_upper": 0.5})
    return file


def pair_law(n, m, low, high):
    """How many orders have R_low = r and R_high = s: what the ranks between leave open."""
    if low == high:
        return {(k, k): comb(k + low - 2, low - 1) * comb(n + m - k - low + 1, m - low) for k in range(1, n + 2)}
    return {(r, s): comb(r + low - 2, low - 1) * comb(s - r + high - low - 1, high - low - 1)
            * comb(n + m - s - high + 1, m - high) for r in range(1, n + 2) for s in range(r, n + 2)}


def solve_bracket(format, n, m, zeta_low, zeta_high, alpha):
    law = pair_law(n, m, zeta_low, zeta_high)
    lower = (n + 1) * zeta_low // (m + 1)
    upper = math.ceil(Fraction((n + 1) * zeta_high, m + 1))
    for step in itertools.count(1):
        inside = sum(orders for (r, s), orders in law.items() if r > lower and s <= upper)
        chance = Fraction(inside, comb(n + m, m))
        if chance >= 1 - typed(alpha):
            return {"lower": lower, "upper": upper, "probability": chance}
        if step % 2 == 1:
            upper = min(upper + 1, n + 1)
        else:
            lower = max(lower - 1, 0)


def bracket_file():
    file = VectorFile("conformal/batch_bracket.json", "qc_conformal_batch_bracket", [""], COUNTS, solve_bracket,
                      outputs={"probability": "f64"}, tolerance={"relative": 1e-11})
    for n, m, low, high, alpha in [(100, 20, 5, 15, 0.1), (100, 20, 5, 15, 0.01), (60, 30, 15, 16, 0.2),
                                   (40, 10, 5, 5, 0.1), (30, 12, 1, 12, 0.5), (30, 12, 1, 12, 0.05),
                                   (10, 40, 10, 30, 0.1), (150, 7, 2, 6, 0.123), (3, 2, 1, 2, 0.1),
                                   (3, 2, 1, 2, 0.9), (3, 2, 1, 1, 0.3), (5, 1, 1, 1, 0.5), (1, 1, 1, 1, 0.5),
                                   (1, 1, 1, 1, 0.499), (0, 4, 2, 3, 0.3), (9, 1, 1, 1, 0.2),
                                   (9, 1, 1, 1, 0.9), (2, 3, 1, 3, 0.4), (4, 4, 1, 4, 0.2), (60, 40, 3, 9, 1e-9),
                                   (60, 40, 30, 38, 1e-25), (20, 9, 5, 5, 0.999)]:
        file.add(f"n = {n}, m = {m}, zetas {low} and {high}, alpha = {alpha}", n=n, m=m, zeta_low=low,
                 zeta_high=high, alpha=alpha)
    refuse_places(file, ["zeta_low", "zeta_high"], zeta_low=1, zeta_high=2, alpha=0.1)
    file.refuse("the zetas crossed", "QC_ERR_DOMAIN", "zeta_low is 3", n=5, m=3, zeta_low=3, zeta_high=2, alpha=0.1)
    file.refuse("more than 2^20", "QC_ERR_SIZE", "n is", n=2**20 + 1, m=3, zeta_low=1, zeta_high=2, alpha=0.1)
    refuse_levels(file, n=5, m=3, zeta_low=1, zeta_high=2)
    return file


def refuse_levels(file, **rest):
    for alpha in [0, 1, -0.5, "inf"]:
        file.refuse(f"alpha is {alpha}", "QC_ERR_DOMAIN", "alpha is", alpha=alpha, **rest)
    file.refuse("alpha is NaN", "QC_ERR_NOT_FINITE", "alpha is", alpha="nan", **rest)


@cache
def rank_sums(n, m):
    """How many multisets of m numbers 0 ... n add up to 0, 1, ..., n m."""
    ways = [[1] + [0] * (n * m)] + [[0] * (n * m + 1) for _ in range(m)]
    for value in range(n + 1):
        for size in range(1, m + 1):
            for total in range(value, n * m + 1):
                ways[size][total] += ways[size - 1][total - value]
    return ways[m]


def solve_rank_sum(format, n, m, alpha):
    below = 0
    for total, orders in enumerate(rank_sums(n, m)):
        below += orders
        if below >= (1 - typed(alpha)) * comb(n + m, m):
            return {"rank_sum": total}


def rank_sum_file():
    file = VectorFile("conformal/batch_rank_sum.json", "qc_conformal_batch_rank_sum", [""], COUNTS, solve_rank_sum)
    file.add("ten scores, five points: 36, where independent ranks would give 34", n=10, m=5, alpha=0.1)
    file.add("four scores, three points: 8 (28 orders of 35)", n=4, m=3, alpha=0.2)
    for n, m, alpha in [(1, 1, 0.5), (1, 1, 0.49), (1, 1, 0.51), (9, 1, 0.1), (24, 1, 0.44), (1, 9, 0.1),
                        (3, 2, 0.1), (3, 2, 0.5), (3, 2, 0.4), (3, 2, 0.9), (3, 2, 0.05), (3, 3, 0.05), (3, 3, 0.5),
                        (0, 4, 0.1), (20, 20, 0.05), (20, 20, 0.95), (30, 8, 0.01), (8, 30, 0.01),
                        (40, 40, 0.1), (12, 5, 1e-300), (60, 12, 1e-6)]:
        file.add(f"n = {n}, m = {m}, alpha = {alpha}", n=n, m=m, alpha=alpha)
    file.refuse("no points", "QC_ERR_SIZE", "m is 0", n=5, m=0, alpha=0.1)
    file.refuse("too many scores", "QC_ERR_SIZE", "n is", n=2**40 + 1, m=3, alpha=0.1)
    file.refuse("more work than is allowed", "QC_ERR_SIZE", "2^32", n=10**5, m=10**5, alpha=0.1)
    file.refuse("pairs beyond all numbers", "QC_ERR_SIZE", "2^32", n=2**40, m=2**40, alpha=0.1)
    refuse_levels(file, n=5, m=3)
    return file


def solve_mean(format, scores, m, rank_sum, upper):
    """The greatest chord over rank_sum / m, of the points that can be reached."""
    values = [*sorted(scores), upper][: rank_sum + 1]
    if values[-1] == math.inf:
        return {"bound": math.inf}
    at = Fraction(rank_sum, m)
    points = [(v, Fraction(value)) for v, value in enumerate(values) if value > -math.inf]
    chords = [p[1] if p[0] == q[0] else p[1] + (q[1] - p[1]) * (at - p[0]) / (q[0] - p[0])
              for p in points for q in points if p[0] <= at <= q[0]]
    return {"bound": max(chords, default=-math.inf)}


def mean_file():
    file = VectorFile("conformal/batch_mean.json", "qc_conformal_batch_mean", ["f64", "f32"],
                      "the greatest chord in exact rationals (generate/conformal_batch.py)", solve_mean,
                      inputs={"scores": "T", "upper": "T"}, outputs={"bound": "T"},
                      tolerance={"ulps": 4}, tolerance_f32={"ulps": 1})

    def add(name, scores, m, rank_sum, upper="inf", types=None):
        upper = math.inf if upper == "inf" else upper
        file.add(name, types=types, scores=scores, m=m, rank_sum=rank_sum, upper=upper)

    add("three points, a bound of 1", [0.1, 0.2, 0.3, 0.5], 3, 8, 1)
    add("the same, unsorted", [0.5, 0.1, 0.3, 0.2], 3, 8, 1)
    add("no bound, all reached", [0.1, 0.2, 0.3, 0.5], 3, 8)
    add("no bound, not all reached", [0.1, 0.2, 0.3, 0.5], 3, 3)
    add("nothing reached but the smallest", [0.5, 0.1, 0.3], 4, 0)
    add("everything", [0.5, 0.1, 0.3], 4, 12, 2)
    add("one point: its score", [5, 1, 4, 2, 3], 1, 3)
    add("one point: the bound", [5, 1, 4, 2, 3], 1, 5, 7)
    add("concave: a neighbouring pair", [0, 5, 8, 9, 9.5, 9.75], 4, 9, 10)
    add("convex: the ends", [0, 0.25, 1, 4, 16, 64], 4, 9, 256)
    add("convex, cut short", [0, 0.25, 1, 4, 16, 64], 4, 3, 256)
    add("bends both ways", [-3, -2.5, -2, 1, 1.5, 1.75, 4, 4.5, 4.75, 5], 7, 31, 8)
    add("all equal", [2, 2, 2, 2], 3, 7, 2)
    add("ties", [1, 1, 1, 3, 3, 3, 3, 4], 5, 17, 4)
    add("no scores", [], 3, 0, 2)
    add("no scores, no bound", [], 3, 0)
    add("infinite scores not reached", [1, 2, 3, math.inf, math.inf], 4, 2)
    add("infinite scores reached", [1, 2, 3, math.inf, math.inf], 4, 3)
    add("scores of -infinity, avoidable", [-math.inf, -math.inf, 1, 2, 4], 2, 5, 9)
    add("scores of -infinity, just avoidable", [-math.inf, -math.inf, 1, 2, 4], 2, 4, 9)
    add("scores of -infinity, not avoidable", [-math.inf, -math.inf, 1, 2, 4], 2, 3, 9)
    add("a bound of -infinity", [-math.inf, -math.inf], 2, 4, -math.inf)
    add("an offset of 1e9", [1e9 + 1, 1e9 + 2, 1e9 + 7, 1e9 + 9], 3, 7, 1e9 + 100, types=["f64"])
    add("near the largest number", [-1.7e308, -1e308, 1e307, 1.7e308], 3, 5, 1.75e308, types=["f64"])
    add("near the smallest number", [1e-308, 2e-308, 5e-308, 9e-308], 3, 7, 2e-307, types=["f64"])
    good = {"scores": [1, 2, 3], "m": 2, "rank_sum": 4, "upper": 5}
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[1]", **good | {"scores": [1, "nan", 3]})
    file.refuse("upper is NaN", "QC_ERR_NOT_FINITE", "upper is nan", **good | {"upper": "nan"})
    file.refuse("a score above the bound", "QC_ERR_DOMAIN", "scores[2]", **good | {"upper": 2.5})
    file.refuse("a rank sum that cannot be", "QC_ERR_DOMAIN", "rank_sum is 7", **good | {"rank_sum": 7})
    file.refuse("no points", "QC_ERR_SIZE", "m is 0", **good | {"m": 0, "rank_sum": 0})
    return file


def solve_order_statistic(format, scores, rank):
    return {"value": [-math.inf, *sorted(scores), math.inf][rank]}


def order_statistic_file():
    file = VectorFile("conformal/order_statistic.json", "qc_conformal_order_statistic", ["f64", "f32"],
                      "by sorting (generate/conformal_batch.py)", solve_order_statistic,
                      inputs={"scores": "T"}, outputs={"value": "T"})
    for rank in range(7):
        file.add(f"rank {rank} of five", scores=[3, -1, 2.5, 0.1, 2], rank=rank)
    file.add("ties", scores=[2, 1, 2, 2, 1], rank=3)
    file.add("infinities", scores=[math.inf, 1, -math.inf, math.inf], rank=3)
    file.add("no scores, rank 0", scores=[], rank=0)
    file.add("no scores, rank 1", scores=[], rank=1)
    for rank in [0, 1, 2, 3]:
        file.refuse(f"a score is NaN, rank {rank}", "QC_ERR_NOT_FINITE", "scores[1]", scores=[1, "nan"],
                    rank=rank)
    file.refuse("rank n + 2", "QC_ERR_DOMAIN", "rank is 4", scores=[1, 2], rank=4)
    return file


def files():
    return [order_statistic_file(), law_file(), rank_file(), bracket_file(), rank_sum_file(), mean_file()]
