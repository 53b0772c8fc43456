"""Family `conformal`: policies of abstention. Every point is decided by thresholds of the other points, ranks and
values are fractions; the search is written from its description, with the normal quantiles of Python's own
statistics module."""

import math
from fractions import Fraction
from statistics import NormalDist

from files import Repeat, VectorFile
from isotonic_distribution import philox

INF = math.inf
TYPES = ["f32", "f64"]
COSTS = {"wrong_cost": 1, "size_cost": 1, "abstention_cost": 0}
SEARCH = {"single_low": 0.05, "single_high": 0.95, "abstention_low": 0.01, "abstention_high": 0.05,
          "candidates": 100, "rounds": 30, "seed": 42}


def files():
    return [options_init(), value_file(), learn_file()]


def options_init():
    file = VectorFile("conformal/policy_options_init.json", "qc_conformal_policy_options_init", [""],
                      "the comments of include/quantcal/conformal/policy.h")
    file.expect("the defaults", COSTS | SEARCH)
    return file


def threshold(own, alpha):
    rank = math.ceil((len(own) + 1) * (1 - Fraction(repr(alpha))))
    return sorted(own)[rank - 1] if rank <= len(own) else INF


def try_policy(scores, labels, single_alpha, abstention_alpha, wrong_cost, size_cost, abstention_cost):
    own = [row[label] for row, label in zip(scores, labels)]
    counts = dict.fromkeys(["abstained", "singles", "singles_right", "sets", "sets_right", "set_sizes"], 0)
    for index, (row, label) in enumerate(zip(scores, labels)):
        others = own[:index] + own[index + 1:]
        limit, single = threshold(others, abstention_alpha), threshold(others, single_alpha)
        if min(row) > limit:
            counts["abstained"] += 1
        elif min(row) <= single:
            counts["singles"] += 1
            counts["singles_right"] += row.index(min(row)) == label
        else:
            chosen = [column for column, score in enumerate(row) if score <= limit]
            counts["sets"] += 1
            counts["sets_right"] += label in chosen
            counts["set_sizes"] += len(chosen)
    right = counts["singles_right"] + counts["sets_right"]
    wrong = counts["singles"] + counts["sets"] - right
    excess = Fraction(counts["set_sizes"] - counts["sets"], max(len(scores[0]) - 1, 1))
    value = (right - Fraction(wrong_cost) * wrong - Fraction(abstention_cost) * counts["abstained"]
             - Fraction(size_cost) * excess) / len(labels)
    return {"single_alpha": single_alpha, "abstention_alpha": abstention_alpha, "value": value} | counts


def solve_value(format, scores, labels, single_alpha, abstention_alpha, **options):
    costs = COSTS | {key: value for key, value in options.items() if key in COSTS}
    return try_policy(scores, labels, single_alpha, abstention_alpha, **costs)


def solve_learn(format, scores, labels, **options):
    given = SEARCH | {key: value for key, value in options.items() if key in SEARCH}
    costs = COSTS | {key: value for key, value in options.items() if key in COSTS}
    ranges = [(given[f"{name}_low"], given[f"{name}_high"]) for name in ("single", "abstention")]

    def tried(shares):
        levels = [min(low + share * (high - low), high) for (low, high), share in zip(ranges, shares)]
        return try_policy(scores, labels, *levels, **costs)

    mean, deviation = [0.5, 0.5], [0.5, 0.5]
    for round in range(given["rounds"]):
        draws = []
        for index in range(given["candidates"]):
            words = philox(given["seed"], round * given["candidates"] + index, 10)
            uniforms = [((high << 32 | low) // 2**12 + 0.5) / 2**52 for low, high in (words[:2], words[2:])]
            shares = [min(max(m + s * NormalDist().inv_cdf(u), 0.0), 1.0)
                      for m, s, u in zip(mean, deviation, uniforms)]
            draws.append((-tried(shares)["value"], index, shares))
        best = [shares for _, _, shares in sorted(draws)[:-(-len(draws) // 10)]]
        columns = list(zip(*best))
        mean = [math.fsum(column) / len(best) for column in columns]
        deviation = [math.sqrt(math.fsum((x - m) ** 2 for x in column) / len(best))
                     for column, m in zip(columns, mean)]
    return tried(mean)


def integers(seed, count, limit):
    """Numbers for cases, 0 up to limit."""
    return [philox(seed, index, 0)[0] * limit >> 32 for index in range(count)]


def points(seed, rows, classes, unit=64):
    """Scores as sixty-fourths; the truth tends to have the least."""
    draws = integers(seed, rows * classes, 10 * unit)
    scores = [[x / unit for x in draws[row * classes:(row + 1) * classes]] for row in range(rows)]
    labels = []
    for row, pick in zip(scores, integers(seed + 1, rows, 8)):
        order = sorted(range(classes), key=lambda column: row[column])
        labels.append(order[min(pick // 5 + pick // 7, classes - 1)])
        row[labels[-1]] /= 4
    return {"scores": scores, "labels": labels}


def value_file():
    file = VectorFile("conformal/policy_value.json", "qc_conformal_policy_value", TYPES,
                      "each point by the others, in fractions (generate/conformal_policy.py)", solve_value,
                      inputs={"scores": "T"}, tolerance={"absolute": 1e-14})
    five, tied = points(11, 40, 5), points(13, 40, 3, unit=1)
    for single, abstention in [(0.75, 0.05), (0.4, 0.1), (0.1, 0.4), (0.5, 0.5), (0.01, 0.01), (0.99, 0.9)]:
        levels = {"single_alpha": single, "abstention_alpha": abstention}
        file.add(f"five classes, {single} and {abstention}", **five, **levels)
        file.add(f"ties, {single} and {abstention}", **tied, **levels)
    levels = {"single_alpha": 0.6, "abstention_alpha": 0.1}
    file.add("costs", wrong_cost=4, size_cost=0.5, abstention_cost=0.25, **five, **levels)
    file.add("nothing costs", wrong_cost=0, size_cost=0, **five, **levels)
    for alpha in [0.025, 0.05, 0.3, 0.7]:  # a decimal share of 40 points is a whole number
        file.add(f"ranks of decimals: {alpha}", **five, single_alpha=alpha, abstention_alpha=alpha / 5)
    file.add("all scores tie", scores=Repeat([1, 1], 9), labels=[0, 1] * 4 + [0], single_alpha=0.5,
             abstention_alpha=0.2)
    file.add("infinities are data", scores=[[INF, 0], [1, INF], [INF, INF], [-INF, 2], [0.5, -INF], [3, 1]],
             labels=[0, 0, 1, 0, 1, 1], single_alpha=0.6, abstention_alpha=0.3)
    file.add("one class", scores=[[1], [2], [3], [4], [5], [6]], labels=[0] * 6, single_alpha=0.7,
             abstention_alpha=0.2)
    file.add("one point: no thresholds", scores=[[1, 2]], labels=[1], **levels)
    file.add("two points", scores=[[1, 2], [4, 3]], labels=[0, 0], single_alpha=0.9, abstention_alpha=0.5)
    file.add("every magnitude", scores=[[1e38, -1e38], [1e-38, 0], [-1e-38, 1e38], [0, 1]], labels=[1, 0, 1, 0],
             single_alpha=0.8, abstention_alpha=0.3)
    refuse_points(file, **levels)
    good = {"scores": [[1, 2], [3, 4]], "labels": [0, 1]} | levels
    for name in ["single_alpha", "abstention_alpha"]:
        for value in [0, 1, -0.1, "inf"]:
            file.refuse(f"{name} is {value}", "QC_ERR_DOMAIN", f"{name} is", **good | {name: value})
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: "nan"})
    return file


def refuse_points(file, **others):
    good = {"scores": [[1, 2], [3, 4]], "labels": [0, 1]} | others
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[3]", **good | {"scores": [[1, 2], [3, "nan"]]})
    file.refuse("a label is no class", "QC_ERR_DOMAIN", "labels[1]", **good | {"labels": [0, 2]})
    for name in COSTS:
        for value in [-1, "inf", "nan"]:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", name, **good | {name: value})


def learn_file():
    file = VectorFile("conformal/policy_learn.json", "qc_conformal_policy_learn", TYPES,
                      "the search as described, each point by the others (generate/conformal_policy.py)",
                      solve_learn, inputs={"scores": "T"}, tolerance={"absolute": 1e-12})
    few = {"candidates": 24, "rounds": 6}
    five, tied = points(17, 36, 5), points(19, 36, 3, unit=1)
    file.add("the defaults", **points(23, 20, 4))
    file.add("five classes", **five, **few)
    file.add("ties", **tied, **few)
    file.add("another seed", **five, seed=2**40 + 1, **few)
    file.add("wide ranges", **five, single_low=0.001, single_high=0.999, abstention_low=0.001,
             abstention_high=0.999, **few)
    file.add("wrong answers cost much", **five, wrong_cost=8, abstention_cost=0.5, single_low=0.1,
             abstention_high=0.5, **few)
    file.add("large sets cost little", **five, wrong_cost=4, size_cost=0.125, **few)
    file.add("fixed levels", **five, single_low=0.6, single_high=0.6, abstention_low=0.1, abstention_high=0.1,
             **few)
    file.add("one candidate, one round", **five, candidates=1, rounds=1)
    file.add("one point", scores=[[2, 1]], labels=[0], **few)
    refuse_points(file, **few)
    good = {"scores": [[1, 2], [3, 4]], "labels": [0, 1]} | few
    for name, values in {"single_low": [0, 1, -1, "nan"], "single_high": [0.01, 1, "nan"],
                         "abstention_low": [0, 1, "inf"], "abstention_high": [0.001, 1, "nan"],
                         "candidates": [0, -1, 65537], "rounds": [0, -1, 65537]}.items():
        for value in values:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", name, **good | {name: value})
    return file
