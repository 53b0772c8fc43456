"""Family `conformal`: laws of coverages in rational arithmetic, ranks and sizes by search."""

import math
from fractions import Fraction
from math import comb

from files import VectorFile

SOURCE = "sums of exact rationals (generate/conformal_planning.py)"
SEARCH = "search with exact rationals; levels are the decimals typed (generate/conformal_planning.py)"
CLOSE = {"relative": 1e-12}


def typed(x):
    """The decimal that was typed."""
    return Fraction(str(x))


def binomial_tail(n, chance, least):
    """P(Bin(n, chance) >= least), for a rational chance."""
    p, q = chance.numerator, chance.denominator
    least = max(least, 0)
    return Fraction(sum(comb(n, j) * p**j * (q - p) ** (n - j) for j in range(least, n + 1)), q**n)


def coverage_at_most(n, rank, coverage):
    if coverage >= 1:
        return Fraction(1)
    if coverage <= 0 or rank > n:
        return Fraction(0)
    return binomial_tail(n, Fraction(coverage), rank)


def solve_coverage_law(format, n, rank, values):
    at_most = [coverage_at_most(n, rank, value) for value in values]
    # The law has no atoms, but that of rank n + 1, which is at 1.
    at_least = [Fraction(value <= 1) if rank > n else 1 - below
                for value, below in zip(values, at_most)]
    return {"at_most": at_most, "at_least": at_least}


def coverage_law_file():
    file = VectorFile("conformal/coverage_law.json", "qc_conformal_coverage_law", [""], SOURCE,
                      solve_coverage_law, inputs={"values": "f64"},
                      outputs={"at_most": "f64", "at_least": "f64"}, tolerance=CLOSE)
    grid = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.999, 1]
    file.add("one score: the coverage is uniform", n=1, rank=1, values=grid)
    file.add("nine scores, the ninth", n=9, rank=9, values=grid)
    file.add("nine scores, the first", n=9, rank=1, values=grid)
    file.add("ninety-nine scores, the ninetieth", n=99, rank=90, values=grid)
    file.add("a thousand scores, the middle", n=1000, rank=500, values=[0.4, 0.48, 0.5, 0.52, 0.6])
    file.add("deep tails", n=200, rank=180, values=[1e-9, 0.01, 0.3, 0.99, 1 - 2.0**-40])
    file.add("beyond 0 and 1", n=5, rank=3, values=[-math.inf, -0.5, 1.5, math.inf])
    file.add("rank n + 1 covers all", n=5, rank=6, values=[-1, 0, 0.5, 0.999, 1, 2])
    file.add("no scores", n=0, rank=1, values=[0, 0.5, 1])
    file.add("no values", n=5, rank=3, values=[])
    file.refuse("a value is NaN", "QC_ERR_NOT_FINITE", "values[1]", n=5, rank=3, values=[0, "nan"])
    refuse_ranks(file, values=[0.5])
    return file


def refuse_ranks(file, **rest):
    file.refuse("rank 0", "QC_ERR_DOMAIN", "rank is 0", n=5, rank=0, **rest)
    file.refuse("rank n + 2", "QC_ERR_DOMAIN", "rank is 7", n=5, rank=7, **rest)
    file.refuse("too many scores", "QC_ERR_SIZE", "n is", n=2**40 + 1, rank=1, **rest)


def solve_coverage_quantile(format, n, rank, levels):
    return {"quantiles": [coverage_quantile(n, rank, Fraction(level)) for level in levels]}


def coverage_quantile(n, rank, level):
    """Halving, 80 times, of the interval that holds the root."""
    if rank > n or level == 1:
        return Fraction(1)
    low, high = Fraction(0), Fraction(1)
    if level == 0:
        return low
    for _ in range(80):
        middle = (low + high) / 2
        if binomial_tail(n, middle, rank) >= level:
            high = middle
        else:
            low = middle
    return high


def coverage_quantile_file():
    file = VectorFile("conformal/coverage_quantile.json", "qc_conformal_coverage_quantile", [""],
                      "halving with exact rationals (generate/conformal_planning.py)",
                      solve_coverage_quantile, inputs={"levels": "f64"}, outputs={"quantiles": "f64"},
                      tolerance=CLOSE)
    levels = [0, 0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995, 1]
    file.add("one score: the level itself", n=1, rank=1, levels=levels)
    file.add("nine scores, the ninth", n=9, rank=9, levels=levels)
    file.add("nine scores, the first", n=9, rank=1, levels=levels)
    file.add("the middle of nineteen", n=19, rank=10, levels=levels)
    file.add("ninety-nine scores, the ninetieth", n=99, rank=90, levels=levels)
    file.add("levels next to 0 and 1", n=19, rank=17, levels=[1e-12, 1 - 2.0**-40])
    file.add("rank n + 1 covers all", n=5, rank=6, levels=[0, 0.5, 1])
    file.add("no levels", n=5, rank=3, levels=[])
    refuse_levels(file, n=5, rank=3)
    refuse_ranks(file, levels=[0.5])
    return file


def refuse_levels(file, **rest):
    for level in [-0.1, 1.1, "inf"]:
        file.refuse(f"a level is {level}", "QC_ERR_DOMAIN", "levels[1]", levels=[0.5, level], **rest)
    file.refuse("a level is NaN", "QC_ERR_NOT_FINITE", "levels[0]", levels=["nan"], **rest)


def covered_pmf(n, rank, m):
    """BetaBinomial(m, rank, n + 1 - rank), by counting orders of n + m scores."""
    if rank > n:
        return [Fraction(0)] * m + [Fraction(1)]
    return [Fraction(comb(rank + c - 1, c) * comb(n - rank + m - c, m - c), comb(n + m, m))
            for c in range(m + 1)]


def solve_covered_law(format, n, rank, m, counts):
    pmf = covered_pmf(n, rank, m)
    return {"pmf": [pmf[c] if c <= m else Fraction(0) for c in counts],
            "at_most": [sum(pmf[: c + 1]) for c in counts],
            "at_least": [sum(pmf[c:], Fraction(0)) for c in counts]}


def covered_law_file():
    file = VectorFile("conformal/covered_law.json", "qc_conformal_covered_law", [""], SOURCE,
                      solve_covered_law, outputs={"pmf": "f64", "at_most": "f64", "at_least": "f64"},
                      tolerance=CLOSE)
    file.add("one score, one point", n=1, rank=1, m=1, counts=[0, 1])
    file.add("one score: all numbers are equally likely", n=1, rank=1, m=7, counts=list(range(8)))
    file.add("nine scores, the ninth, three points", n=9, rank=9, m=3, counts=[0, 1, 2, 3])
    file.add("nine scores, the first", n=9, rank=1, m=12, counts=[12, 0, 6, 3])
    file.add("ninety-nine scores and a thousand points", n=99, rank=90, m=1000,
             counts=[0, 300, 804, 805, 900, 950, 964, 965, 1000])
    file.add("a thousand scores and twenty points", n=1000, rank=901, m=20, counts=[0, 10, 18, 20])
    file.add("twelve hundred each", n=1200, rank=600, m=1200, counts=[0, 400, 600, 601, 700, 1199])
    file.add("more than there are", n=5, rank=3, m=4, counts=[5, 10**12])
    file.add("rank n + 1 covers all", n=5, rank=6, m=3, counts=[0, 2, 3, 4])
    file.add("no scores", n=0, rank=1, m=2, counts=[0, 1, 2])
    file.add("no points", n=5, rank=3, m=0, counts=[0, 1])
    file.add("no counts", n=5, rank=3, m=4, counts=[])
    refuse_ranks(file, m=3, counts=[1])
    file.refuse("too many points", "QC_ERR_SIZE", "m is", n=5, rank=3, m=2**40 + 1, counts=[1])
    return file


def solve_covered_quantile(format, n, rank, m, levels):
    pmf = covered_pmf(n, rank, m)
    return {"quantiles": [first_to_reach(pmf, typed(level)) for level in levels]}


def first_to_reach(pmf, level):
    total, count = pmf[0], 0
    while total < level:
        count += 1
        total += pmf[count]
    return count


def covered_quantile_file():
    file = VectorFile("conformal/covered_quantile.json", "qc_conformal_covered_quantile", [""], SOURCE,
                      solve_covered_quantile)
    levels = [0, 0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995, 1]
    file.add("one score, one point: a tie", n=1, rank=1, m=1, levels=levels)
    file.add("one score, nine points: ties", n=1, rank=1, m=9,
             levels=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    file.add("the middle of nine, eleven points: a tie in the middle", n=9, rank=5, m=11, levels=levels)
    file.add("nine scores, the ninth, ninety points", n=9, rank=9, m=90, levels=levels)
    file.add("ninety-nine scores and a thousand points", n=99, rank=90, m=1000, levels=levels)
    file.add("rank n + 1 covers all", n=5, rank=6, m=3, levels=[0.001, 0.5, 1])
    file.add("no points", n=5, rank=3, m=0, levels=[0, 0.5, 1])
    file.add("no levels", n=5, rank=3, m=4, levels=[])
    refuse_levels(file, n=5, rank=3, m=4)
    refuse_ranks(file, m=3, levels=[0.5])
    file.refuse("too many points", "QC_ERR_SIZE", "m is", n=5, rank=3, m=2**40 + 1, levels=[0.5])
    return file


def solve_pac_rank(format, n, alpha, delta):
    """From n + 1 downwards, as long as so many sure successes remain too unlikely."""
    chance, tail, rank = 1 - typed(alpha), Fraction(0), n + 1
    while rank > 1:
        j = rank - 1
        tail += comb(n, j) * chance**j * (1 - chance) ** (n - j)
        if tail > typed(delta):
            break
        rank -= 1
    return {"rank": rank}


def pac_rank_file():
    file = VectorFile("conformal/pac_rank.json", "qc_conformal_pac_rank", [""], SEARCH, solve_pac_rank)
    for n, alpha, delta in [(100, 0.1, 0.05), (58, 0.05, 0.05), (59, 0.05, 0.05), (0, 0.1, 0.1),
                            (1, 0.5, 0.5), (1, 0.5, 0.4), (1, 0.01, 0.9), (1, 0.9, 0.2),
                            (10, 0.3, 0.001), (200, 0.2, 0.01), (500, 0.1, 1e-6), (50, 0.9, 0.999),
                            (50, 0.01, 0.5)]:
        file.add(f"n = {n}, alpha = {alpha}, delta = {delta}", n=n, alpha=alpha, delta=delta)
    for n, alpha, delta in [(2, 0.1, 0.81), (3, 0.1, 0.729), (3, 0.5, 0.5), (101, 0.5, 0.5),
                            (2, 0.3, 0.91), (4, 0.2, 0.4096), (2, 0.1, 0.99)]:
        file.add(f"a tie: n = {n}, alpha = {alpha}, delta = {delta}", n=n, alpha=alpha, delta=delta)
    refuse_probabilities(file, {"n": 10, "alpha": 0.1, "delta": 0.05}, ["alpha", "delta"])
    file.refuse("too many scores", "QC_ERR_SIZE", "n is", n=2**40 + 1, alpha=0.1, delta=0.1)
    return file


def refuse_probabilities(file, good, names):
    for name in names:
        for value in [0, 1, -0.5, "inf"]:
            file.refuse(f"{name} is {value}", "QC_ERR_DOMAIN", f"{name} is", **good | {name: value})
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: "nan"})


def solve_pac_sample_size(format, alpha, delta):
    n, none = 1, 1 - typed(alpha)
    while none > typed(delta):
        n, none = n + 1, none * (1 - typed(alpha))
    return {"n": n}


def pac_sample_size_file():
    file = VectorFile("conformal/pac_sample_size.json", "qc_conformal_pac_sample_size", [""], SEARCH,
                      solve_pac_sample_size)
    for alpha, delta in [(0.05, 0.05), (0.1, 0.05), (0.1, 0.1), (0.5, 0.5), (0.9, 0.5), (0.01, 0.001),
                         (0.3, 1e-12), (0.02, 0.99)]:
        file.add(f"alpha = {alpha}, delta = {delta}", alpha=alpha, delta=delta)
    for alpha, delta in [(0.1, 0.729), (0.1, 0.9), (0.2, 0.4096), (0.5, 0.0625)]:
        file.add(f"a tie: alpha = {alpha}, delta = {delta}", alpha=alpha, delta=delta)
    file.refuse("more than can be had", "QC_INFEASIBLE", "10^8", alpha=1e-9, delta=0.05)
    refuse_probabilities(file, {"alpha": 0.1, "delta": 0.05}, ["alpha", "delta"])
    return file


class TailWalk:
    """P(Bin(n, chance) >= rank) denominator^n for n = 1, 2, ..., in integers."""

    def __init__(self, chance):
        self.chance = min(max(chance, Fraction(0)), Fraction(1))
        self.n, self.rank, self.tail = 0, 1, 0

    def term(self, n, successes):
        p, q = self.chance.numerator, self.chance.denominator
        return comb(n, successes) * p**successes * (q - p) ** (n - successes)

    def next(self, rank):
        p, q = self.chance.numerator, self.chance.denominator
        self.tail = q * self.tail + p * self.term(self.n, self.rank - 1)
        self.n += 1
        while self.rank < rank:
            self.tail -= self.term(self.n, self.rank) if self.rank <= self.n else 0
            self.rank += 1
        return Fraction(self.tail, q**self.n)


def sample_size(alpha, tolerance, delta):
    alpha, tolerance, delta = typed(alpha), typed(tolerance), typed(delta)
    below, above = TailWalk(1 - alpha - tolerance), TailWalk(1 - alpha + tolerance)
    n = 0
    while True:
        n += 1
        rank = -((alpha - 1) * (n + 1) // 1)
        outside = below.next(rank) + 1 - above.next(rank)
        if rank <= n and outside <= delta:
            return {"n": n}


def sample_size_file():
    file = VectorFile("conformal/sample_size.json", "qc_conformal_sample_size", [""], SEARCH)

    def add(*levels, name="alpha = {}, tolerance = {}, delta = {}"):
        # Not by file.add(), which takes "tolerance" for that of the comparison.
        inputs = dict(zip(["alpha", "tolerance", "delta"], levels))
        file.put(name.format(*levels), None, None, None, inputs, lambda format: sample_size(*levels))

    for levels in [(0.1, 0.03, 0.05), (0.1, 0.01, 0.05), (0.2, 0.05, 0.1), (0.05, 0.02, 0.01),
                   (0.5, 0.1, 0.3), (0.9, 0.05, 0.2), (0.1, 0.1, 0.05), (0.1, 0.5, 0.05),
                   (0.3, 0.9, 0.5), (0.01, 0.005, 0.5), (0.123, 0.0456, 0.0789)]:
        add(*levels)
    add(0.5, 0.25, 0.5, name="a tie: one score, half of the coverages")
    file.refuse("more than can be had", "QC_INFEASIBLE", "10^8", alpha=1e-50, tolerance=0.5, delta=0.5)
    refuse_probabilities(file, {"alpha": 0.1, "tolerance": 0.1, "delta": 0.05},
                         ["alpha", "tolerance", "delta"])
    return file


def files():
    return [coverage_law_file(), coverage_quantile_file(), covered_law_file(), covered_quantile_file(),
            pac_rank_file(), pac_sample_size_file(), sample_size_file()]
