"""Family `conformal`: smoothed scores in rationals; bounds and thresholds in decimals of 60 digits, the normal
distribution by its power series."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from math import comb

from exact import decimal
from files import AsTyped, Matrix0, Repeat, VectorFile

INF = math.inf
SOURCE = "the formulas in rationals and decimals of many digits (generate/conformal_robust.py)"


def files():
    return [options_init(), smoothed_file(), bounds_file(), threshold_file(), transform_init(), transformed_file()]


def solve_smoothed(format, samples, earlier_means=None, earlier_variances=None, earlier_draws=0):
    means, variances = [], []
    for i, row in enumerate(samples):
        values, n = [Fraction(value) for value in row], len(row)
        total, squares = sum(values), sum(value**2 for value in values)
        if earlier_draws:
            mean = Fraction(earlier_means[i])
            total += earlier_draws * mean
            squares += (earlier_draws - 1) * Fraction(earlier_variances[i]) + earlier_draws * mean**2
            n += earlier_draws
        mean = total / n
        means.append(mean)
        variances.append((squares - n * mean**2) / (n - 1) if n > 1 else 0)
    return {"means": means, "variances": variances}


def smoothed_file():
    file = VectorFile("conformal/smoothed_scores.json", "qc_conformal_smoothed_scores", ["f64", "f32"], SOURCE,
                      solve_smoothed, inputs={"samples": "T", "earlier_means": "f64", "earlier_variances": "f64"},
                      outputs={"means": "f64", "variances": "f64"},
                      tolerance={"relative": 1e-13})
    file.expect("by hand", {"means": [0.25, 0.875], "variances": [0.25, 0.0625]},
                samples=[[0, 1, 0, 0], [1, 1, 1, 0.5]])
    file.add("one draw has no variance", samples=[[0.3], [1], [0]])
    file.add("draws that hardly differ", samples=[[0.7, 0.7000001, 0.6999999], [1, 1 - 2**-20, 1]])
    file.add("all draws the same", samples=[[0.1] * 7, [1] * 7, [0] * 7])
    file.add("tiny and large", samples=[[1e-30, 1], [1e-30, 3e-30]])
    many = [[(37 * i + 11 * j) % 101 / 101 for j in range(60)] for i in range(3)]
    file.add("many draws", samples=many)
    before = {"earlier_means": [0.5, 0.25, 1], "earlier_variances": [0.25, 0.125, 0]}
    for draws in [1, 2, 1000]:
        file.add(f"{draws} draws came before", samples=[row[:5] for row in many], earlier_draws=draws, **before)
    file.expect("no points", {"means": [], "variances": []}, samples=Matrix0(0, 3))
    for value, status in [(-0.1, "DOMAIN"), (1.5, "DOMAIN"), ("inf", "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"a sample is {value}", f"QC_ERR_{status}", "samples[3]", samples=[[0, 1], [0.5, value]])
        file.refuse(f"an earlier mean is {value}", f"QC_ERR_{status}", "earlier_means[0]", samples=[[0, 1]],
                    earlier_means=[value], earlier_variances=[0], earlier_draws=3)
        file.refuse(f"an earlier variance is {value}", f"QC_ERR_{status}", "earlier_variances[0]",
                    samples=[[0, 1]], earlier_means=[0.5], earlier_variances=[value], earlier_draws=3)
    return file


def normal_cdf(x):
    """By the power series, with digits for what cancels."""
    with localcontext() as context:
        context.prec = 60 + int(abs(x) ** 2 / 2)
        term = total = x
        k = 1
        while abs(term) > Decimal(10) ** -context.prec:
            k += 2
            term *= x * x / k
            total += term
        pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534")
        return Decimal(1) / 2 + total * (-x * x / 2).exp() / (2 * pi).sqrt()


def normal_quantile(p):
    low, high = Decimal(-9), Decimal(9)
    for _ in range(110):
        middle = (low + high) / 2
        low, high = (middle, high) if normal_cdf(middle) < p else (low, middle)
    return low


def least_chance(n, k, beta):
    """The p with P(Bin(n, p) >= k) = beta."""
    if k == 0:
        return Decimal(0)
    low, high = Fraction(0), Fraction(1)
    for _ in range(70):
        p = (low + high) / 2
        tail = sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k, n + 1))
        low, high = (p, high) if tail < Fraction(beta) else (low, p)
    return decimal(low)


def widening(n, kind, beta, variance):
    beta = Decimal(beta)
    if kind == "hoeffding":
        return (-beta.ln() / (2 * n)).sqrt()
    nats = (2 / beta).ln()
    return (2 * Decimal(variance) * nats / n).sqrt() + 7 * nats / (3 * (n - 1))


def solve_bounds(format, means, draws=0, variances=None, side="lower", correction="empirical_bernstein",
                 beta=0.001, radius=0, sigma=1):
    bounds = []
    for i, mean in enumerate(means):
        p = Decimal(mean)
        if correction == "clopper_pearson":
            count = round(mean * draws)
            p = (least_chance(draws, count, beta) if side == "lower"
                 else 1 - least_chance(draws, draws - count, beta))
        elif correction != "exact_means":
            apart = widening(draws, correction, beta, variances[i] if variances else 0)
            p = max(p - apart, Decimal(0)) if side == "lower" else min(p + apart, Decimal(1))
        if 0 < p < 1 and radius:
            shift = Decimal(radius) / Decimal(sigma)
            p = normal_cdf(normal_quantile(p) + (-shift if side == "lower" else shift))
        bounds.append(p)
    return {"bounds": bounds}


def bounds_file():
    file = VectorFile("conformal/robust_bounds.json", "qc_conformal_robust_bounds", [""], SOURCE, solve_bounds,
                      inputs={name: "f64" for name in ["means", "variances", "beta", "radius", "sigma"]},
                      outputs={"bounds": "f64"}, tolerance={"absolute": 2e-12})
    file.expect("RSCP at one mean", {"bounds": [0.15282]}, means=[0.3], correction="exact_means", radius=0.5,
                source="Phi(Phi^-1(0.3) - 0.5) from tables of the normal distribution",
                tolerance={"absolute": 1e-5})
    grid = [0, 1e-6, 0.05, 0.3, 0.5, 0.8, 0.97, 1 - 2**-20, 1]
    for side in ["lower", "upper"]:
        file.add(f"exact means, {side}", means=grid, correction="exact_means", side=side)
        for radius, sigma in [(0.5, 1), (0.25, 0.125), (3, 2)]:
            file.add(f"exact means within {radius} at {sigma}, {side}", means=grid, correction="exact_means",
                     side=side, radius=radius, sigma=sigma)
        for draws in [1, 256, 10000]:
            file.add(f"Hoeffding, {draws} draws, {side}", means=grid, draws=draws, correction="hoeffding", side=side)
        spread = [0, 1e-6, 0.01, 0.2, 0.25, 0.125, 0.0291, 0.001, 0]
        for draws in [2, 256, 10000]:
            file.add(f"empirical Bernstein, {draws} draws, {side}", means=grid, variances=spread, draws=draws,
                     side=side)
        file.add(f"empirical Bernstein and an attack, {side}", means=grid, variances=spread, draws=1000, side=side,
                 radius=0.125, sigma=0.25, beta=0.01)
        counts = [k / 40 for k in [0, 1, 7, 20, 39, 40]]
        for beta in [0.001, 0.05]:
            file.add(f"Clopper-Pearson, beta {beta}, {side}", means=counts, draws=40, correction="clopper_pearson",
                     side=side, beta=beta)
        file.add(f"Clopper-Pearson and an attack, {side}", means=counts, draws=40, correction="clopper_pearson",
                 side=side, radius=0.5)
        file.add(f"one draw of 0 or 1, {side}", means=[0, 1], draws=1, correction="clopper_pearson", side=side)
        file.expect(f"an attack that may do anything, {side}",
                    {"bounds": [0, 0, 1] if side == "lower" else [0, 1, 1]}, means=[0, 0.5, 1],
                    correction="exact_means", side=side, radius=1e300, sigma=1e-300)
        file.add(f"the smallest beta, {side}", means=grid, draws=500, correction="hoeffding", beta=1e-20, side=side)
    file.expect("no means", {"bounds": []}, means=[], draws=5, correction="hoeffding")
    refuse_bounds(file)
    return file


def refuse_bounds(file):
    good = {"means": [0.5], "variances": [0.25], "draws": 10}
    for value, status in [(-0.1, "DOMAIN"), (1.5, "DOMAIN"), ("inf", "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"a mean is {value}", f"QC_ERR_{status}", "means[0]", **good | {"means": [value]})
        file.refuse(f"a variance is {value}", f"QC_ERR_{status}", "variances[0]", **good | {"variances": [value]})
    file.refuse("no draws", "QC_ERR_SIZE", "draws is 0", **good | {"draws": 0})
    file.refuse("one draw has no variance", "QC_ERR_SIZE", "draws is 1", **good | {"draws": 1})
    file.refuse("no variances", "QC_ERR_NULL_POINTER", "variances", means=[0.5], draws=10)
    file.refuse("no count gives the mean", "QC_ERR_DOMAIN", "means[1]", means=[0.5, 0.55], draws=10,
                correction="clopper_pearson")
    for beta in [0, 0.5, 1e-21, -1, "nan"]:
        file.refuse(f"beta is {beta}", "QC_ERR_OPTIONS", "beta", **good, beta=beta)
    for radius in [-1, "inf", "nan"]:
        file.refuse(f"radius is {radius}", "QC_ERR_OPTIONS", "radius", **good, radius=radius)
    for sigma in [0, -1, "inf", "nan"]:
        file.refuse(f"sigma is {sigma}", "QC_ERR_OPTIONS", "sigma", **good, sigma=sigma)


def solve_threshold(format, scores, draws, alpha, beta=0.001):
    n = len(scores)
    rest = (n + 1) * (1 - Fraction(repr(float(alpha))) + 2 * Fraction(repr(float(beta))))
    rank = math.ceil(rest)
    if rank > n:
        return {"threshold": INF}
    quantile = Decimal(sorted(scores)[rank - 1])
    return {"threshold": min(quantile + widening(draws, "hoeffding", beta, 0), Decimal(1))}


def threshold_file():
    file = VectorFile("conformal/robust_threshold.json", "qc_conformal_robust_threshold", [""], SOURCE,
                      solve_threshold, inputs={"scores": "f64"}, outputs={"threshold": "f64"},
                      tolerance={"relative": 1e-13})
    scores = [(37 * i) % 101 / 128 for i in range(101)]
    file.expect("four scores by hand", {"threshold": 0.41615}, scores=[0.1, 0.4, 0.3, 0.2], draws=256, alpha=0.5,
                source="rank 3 of 4 at 0.498, and sqrt(ln(1000) / 512) = 0.11615", tolerance={"absolute": 1e-5})
    for alpha, beta in [(0.1, 0.001), (0.1, 0.01), (0.3, 0.05), (0.5, 0.001), (0.9, 1e-20), (0.9, 0.4)]:
        file.add(f"101 scores, alpha {alpha}, beta {beta}", scores=scores, draws=1000, alpha=AsTyped(alpha),
                 beta=AsTyped(beta))
    # 0.3 - 2 * 0.05 as decimals is 0.2, and 0.2 (n + 1) a whole number; as doubles it is less.
    for n, alpha, beta in [(9, 0.3, 0.05), (99, 0.12, 0.01), (999, 0.102, 0.001), (49, 0.34, 0.1)]:
        file.add(f"where doubles take another rank, n = {n}", scores=[i / 1024 for i in range(n)], draws=10**6,
                 alpha=AsTyped(alpha), beta=AsTyped(beta))
    file.add("too few scores", scores=[0.5] * 9, draws=100, alpha=0.1)
    file.add("no scores", scores=[], draws=100, alpha=0.1)
    file.add("all scores tie", scores=Repeat(0.25, 30), draws=100, alpha=0.1)
    file.add("at most 1", scores=[0.99] * 30, draws=100, alpha=0.1)
    file.add("one draw", scores=[0] * 30, draws=1, alpha=0.4, beta=AsTyped(0.1))
    good = {"scores": [0.5, 0.25], "draws": 10}
    for alpha, beta in [(0.002, 0.001), (0.1, 0.05), (0.6, 0.3), (1e-300, 1e-20), (0.2, 0.49)]:
        file.refuse(f"alpha {alpha} is not above twice {beta}", "QC_INFEASIBLE", "alpha", **good,
                    alpha=AsTyped(alpha), beta=AsTyped(beta))
    for alpha, status in [(0, "DOMAIN"), (1, "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"alpha is {alpha}", f"QC_ERR_{status}", "alpha", **good, alpha=alpha)
    for beta, status in [(0, "DOMAIN"), (0.5, "DOMAIN"), (AsTyped(1e-21), "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"beta is {beta}", f"QC_ERR_{status}", "beta", **good, alpha=0.5, beta=beta)
    for value, status in [(-0.1, "DOMAIN"), (1.5, "DOMAIN"), ("inf", "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"a score is {value}", f"QC_ERR_{status}", "scores[1]", scores=[0.5, value], draws=10, alpha=0.5)
    file.refuse("no draws", "QC_ERR_SIZE", "draws is 0", scores=[0.5], draws=0, alpha=0.5)
    return file


def solve_transformed(format, scores, reference, steepness=400, centre=0.9):
    transformed = []
    for score in scores:
        share = decimal(Fraction(sum(known <= score for known in reference), len(reference)))
        odds = (Decimal(steepness) * (share - Decimal(centre))).exp()
        transformed.append(odds / (1 + odds))
    return {"transformed": transformed}


def transformed_file():
    file = VectorFile("conformal/transformed_scores.json", "qc_conformal_transformed_scores", ["f64", "f32"], SOURCE,
                      solve_transformed, inputs={"scores": "T", "reference": "T", "steepness": "f64", "centre": "f64"},
                      outputs={"transformed": "T"}, tolerance={"relative": 1e-12},
                      tolerance_f32={"relative": 2e-7})
    file.expect("the middle of the reference", {"transformed": [0.5]}, scores=[1.5], reference=[2, 1],
                steepness=7, centre=0.5, source="one of two is at most 1.5: the sigmoid of 0")
    reference = [(37 * i) % 101 / 8 for i in range(101)]
    scores = [-1, 0, 0.125, 6, 11.25, 11.3, 11.5, 12, 12.5, 13]
    file.add("the defaults", scores=scores, reference=reference)
    file.add("less steep", scores=scores, reference=reference, steepness=20, centre=0.5)
    file.add("a centre outside", scores=scores, reference=reference, steepness=3, centre=-2)
    file.add("infinite scores", scores=[-INF, 0, INF], reference=[0, INF, -INF, 1], steepness=5)
    file.add("reference scores that tie", scores=[1, 2, 3], reference=[2, 2, 2, 2], steepness=5)
    file.add("both zeros are one score", scores=[-0.0, 0], reference=[0, -0.0, 1], steepness=5)
    file.add("one reference score", scores=[0, 1, 2], reference=[1], steepness=5)
    file.expect("as steep as can be", {"transformed": [0, 0.5, 1]}, scores=[1, 2, 3], reference=[2, 3], centre=0.5,
                steepness=1e300)
    file.expect("no scores", {"transformed": []}, scores=[], reference=[1])
    file.refuse("no reference scores", "QC_ERR_SIZE", "m is 0", scores=[1], reference=[])
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[1]", scores=[0, "nan"], reference=[1])
    file.refuse("a reference score is NaN", "QC_ERR_NOT_FINITE", "reference[0]", scores=[0], reference=["nan"])
    for steepness in [0, -1, "inf", "nan"]:
        file.refuse(f"steepness is {steepness}", "QC_ERR_OPTIONS", "steepness", scores=[0], reference=[1],
                    steepness=steepness)
    for centre in ["inf", "-inf", "nan"]:
        file.refuse(f"centre is {centre}", "QC_ERR_OPTIONS", "centre", scores=[0], reference=[1], centre=centre)
    return file


def options_init():
    file = VectorFile("conformal/robust_options_init.json", "qc_conformal_robust_options_init", [""],
                      "the comments of include/quantcal/conformal/robust.h")
    file.expect("the defaults", {"side": "lower", "correction": "empirical_bernstein", "beta": 0.001, "radius": 0,
                                 "sigma": 1})
    return file


def transform_init():
    file = VectorFile("conformal/transform_options_init.json", "qc_conformal_transform_options_init", [""],
                      "the comments of include/quantcal/conformal/robust.h")
    file.expect("the defaults", {"steepness": 400, "centre": 0.9})
    return file
