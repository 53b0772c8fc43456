"""Family `conformal`: scores of classes and their sets, from the definitions in rationals."""

import math
from decimal import Decimal
from fractions import Fraction

from conformal_split import rank as conformal_rank
from exact import F64, decimal, square_root
from files import AsTyped, Matrix0, VectorFile
from isotonic_distribution import philox

INF, NAN = math.inf, math.nan
SOURCE = "the definitions in rational arithmetic (generate/conformal_class_scores.py)"
RANKED = ["aps", "raps", "saps", "top_k"]
KINDS = ["lac", "margin", *RANKED, "log_loss", "entropy", "entmax"]
DEFAULTS = {"kind": "lac", "randomisation": "inclusive", "points": "by_call", "k_reg": 5, "lambda": 0.2,
            "gamma": 1.5, "seed": 42, "first_row": 0}


def files():
    return [options_init(), label_file(), class_file(), sets_file(), tune_file()]


def share(options, row, by_call):
    """u of a point."""
    if options["randomisation"] != "randomised":
        return Fraction(options["randomisation"] == "inclusive")
    points = by_call if options["points"] == "by_call" else options["points"]
    return Fraction(philox(options["seed"], options["first_row"] + row, 5, int(points == "test"))[0], 2**32)


def in_doubles(*steps):
    """A sum, rounded after each step."""
    total = Fraction(0)
    for step in steps:
        total = Fraction(F64.round(total + Fraction(F64.round(step))))
    return total


def row_scores(row, options, u):
    """The scores of a row's classes as exact numbers, the ranked ones rounded to double as is documented."""
    values = [Fraction(value) for value in row]
    kind, penalty = options["kind"], Fraction(options["lambda"])
    if kind == "lac":
        return [1 - p for p in values]
    if kind == "margin":
        return [max(values[:j] + values[j + 1:], default=Fraction(0)) - p for j, p in enumerate(values)]
    if kind in ("log_loss", "entropy"):
        logs = [decimal(p).ln() if p > 0 else None for p in values]
        spread = -sum((decimal(p) * log for p, log in zip(values, logs) if log is not None), Decimal(0))
        less = spread if kind == "entropy" else 0
        return [INF if log is None else -log - less for log in logs]
    scores = [None] * len(values)
    before, top = 0, max(values)
    for rank, j in enumerate(sorted(range(len(values)), key=lambda j: (-values[j], j)), 1):
        units = math.floor(values[j] * 2**62)
        if kind == "saps":
            scores[j] = u * top if rank == 1 else in_doubles(top, penalty * Fraction(F64.round(rank - 2 + u)))
        elif kind == "top_k":
            scores[j] = rank - 1 + u
        elif kind == "entmax":
            larger = [z - values[j] for z in values if z > values[j]]
            gamma = options["gamma"]
            scores[j] = (max(larger, default=Fraction(0)) if gamma == 1 else sum(larger, Fraction(0)) if gamma == 2
                         else square_root(sum((d * d for d in larger), Fraction(0))))
        else:
            # Probabilities in whole units of 2^-62.
            accumulated = Fraction(before) / 2**62 + u * Fraction(units) / 2**62
            scores[j] = in_doubles(accumulated)
            if kind == "raps":
                scores[j] = in_doubles(accumulated, penalty * max(0, rank - options["k_reg"]))
        before += units
    return scores


def scores_of(format, probabilities, options, by_call):
    """In the type, by way of doubles."""
    return [[format.round(F64.round(score)) for score in row_scores(row, options, share(options, i, by_call))]
            for i, row in enumerate(probabilities)]


def complete(given):
    return DEFAULTS | given


def solve_labels(format, probabilities, labels, **given):
    scores = scores_of(format, probabilities, complete(given), "calibration")
    return {"scores": [row[label] for row, label in zip(scores, labels)]}


def solve_classes(format, probabilities, **given):
    return {"scores": scores_of(format, probabilities, complete(given), "test")}


def sets_of(scores, thresholds, threshold_for):
    owner = {"all": lambda i, j: 0, "each_row": lambda i, j: i, "each_class": lambda i, j: j}[threshold_for]
    return [[score <= thresholds[owner(i, j)] for j, score in enumerate(row)] for i, row in enumerate(scores)]


def solve_sets(format, probabilities, thresholds, threshold_for="all", empty_sets="kept", **given):
    inside = sets_of(scores_of(format, probabilities, complete(given), "test"), thresholds, threshold_for)
    for members, row in zip(inside, probabilities):
        if not any(members) and empty_sets == "top_label":
            members[row.index(max(row))] = True
    mask = [[sum(bit << k for k, bit in enumerate(row[j:j + 8])) for j in range(0, len(row), 8)]
            for row in inside]
    return {"mask": mask, "sizes": [sum(row) for row in inside]}


def threshold(scores, alpha):
    k = conformal_rank(len(scores), alpha)
    return sorted(scores)[k - 1] if k <= len(scores) else INF


def solve_tune(format, probabilities, labels, alpha, lambdas, **given):
    ranks = [1 + sum((-p, j) < (-row[label], label) for j, p in enumerate(row))
             for row, label in zip(probabilities, labels)]
    k_reg = min(threshold(ranks, alpha), len(probabilities[0]))
    means = []
    for penalty in lambdas:
        options = complete(given) | {"kind": "raps", "lambda": penalty, "k_reg": k_reg}
        limit = threshold(solve_labels(format, probabilities, labels, **options)["scores"], alpha)
        inside = sets_of(scores_of(format, probabilities, options, "test"), [limit], "all")
        means.append(Fraction(sum(map(sum, inside)), len(labels)))
    best = means.index(min(means))
    return {"k_reg": k_reg, "lambda": lambdas[best], "mean_size": means[best], "mean_sizes": means}


# -- The cases ---------------------------------------------------------------------

THREE = [[0.5, 0.3, 0.2]]
ROWS = [[0.5, 0.3, 0.15, 0.05], [0.25, 0.25, 0.25, 0.25], [0.05, 0.7, 0.2, 0.05], [0, 0, 1, 0],
        [0.1, 0.2, 0.3, 0.4]]
LABELS = [1, 2, 3, 2, 0]
LOGITS = [[1.5, 0.25, -2, 3], [0, 0, 0, 0], [-1, 4, 4, 0.5], [1e-3, 2e-3, -1e-3, 0], [100, -50, 0.125, 7]]


def wide(classes):
    """A row of many classes, some of them equal, that sums to about one."""
    weights = [(37 * j * j + 11 * j) % 101 + 1 for j in range(classes)]
    return [weight / sum(weights) for weight in weights]


def rows_for(kind):
    return LOGITS if kind == "entmax" else ROWS


def near(kind):
    return {"log_loss": {"ulps": 2}, "entropy": {"absolute": 1e-6}, "entmax": {"relative": 1e-6}}.get(kind)


def add_kind(file, name, kind, **inputs):
    """Logarithms and roots have a tolerance, in each type its own."""
    if near(kind) is None:
        file.add(name, kind=kind, **inputs)
        return
    fine = {"log_loss": {"ulps": 2}, "entropy": {"absolute": 1e-14}, "entmax": {"relative": 1e-14}}[kind]
    file.add(name, ["f64"], tolerance=fine, kind=kind, **inputs)
    file.add(name, ["f32"], tolerance=near(kind), kind=kind, **inputs)


def each_option(file, **more):
    for kind in KINDS:
        for randomisation in ["inclusive", "exclusive", "randomised"] if kind in RANKED else ["inclusive"]:
            add_kind(file, f"{kind}, {randomisation}", kind, probabilities=rows_for(kind),
                     randomisation=randomisation, **more)
    for gamma in [1, 1.5, 2]:
        add_kind(file, f"entmax, gamma {gamma}", "entmax", probabilities=LOGITS, gamma=gamma, **more)
    for points in ["calibration", "test"]:
        file.add(f"the random shares of {points} points", kind="aps", probabilities=ROWS, points=points,
                 randomisation="randomised", seed=7, **more)
    file.add("rows from the middle", kind="aps", probabilities=ROWS, randomisation="randomised", first_row=3,
             **more)
    file.add("a row and a seed above 2^32", kind="raps", probabilities=ROWS, randomisation="randomised",
             first_row=2**33 + 1, seed=2**40 + 5, **more)
    for penalty, k_reg in [(0, 0), (0.01, 1), (0.5, 2), (3, 0)]:
        for kind in ["raps", "saps"]:
            file.add(f"{kind}, lambda {penalty}, k_reg {k_reg}", kind=kind, probabilities=ROWS,
                     k_reg=k_reg, randomisation="randomised", **{"lambda": penalty}, **more)


def label_file():
    file = VectorFile("conformal/label_scores.json", "qc_conformal_label_scores", ["f64", "f32"], SOURCE,
                      solve_labels, inputs={"probabilities": "T", "lambda": "f64"}, outputs={"scores": "T"})
    by_hand(file)
    file.add("the defaults", probabilities=ROWS, labels=LABELS)
    each_option(file, labels=LABELS)
    for label in [0, 1, 60, 129]:
        file.add(f"130 classes, label {label}", probabilities=[wide(130)], labels=[label], kind="aps")
    file.add("one class", probabilities=[[0.75], [1]], labels=[0, 0], kind="margin")
    for kind in KINDS[:-1]:
        add_kind(file, f"a probability of zero, {kind}", kind, probabilities=[[0, 1, 0], [0.0, -0.0, 1]],
                 labels=[2, 1])
    file.add("probabilities that need not sum to one", probabilities=[[1] * 9, [0.25] * 9], labels=[8, 8],
             kind="aps")
    file.add("the smallest numbers", ["f64"], probabilities=[[5e-324, 1e-308, 1e-300], [0.5, 2**-62, 2**-63]],
             labels=[0, 2], kind="aps")
    file.add("the logarithm of the smallest numbers", ["f64"], probabilities=[[5e-324, 1e-308], [1, 1e-300]],
             labels=[0, 1], kind="log_loss", tolerance={"ulps": 2})
    file.add("a certain label costs nothing", probabilities=[[1, 0]], labels=[0], kind="log_loss")
    file.expect("logits too far apart for a double", {"scores": [INF, 0, INF]}, ["f64"], kind="entmax",
                probabilities=[[1e308, -1e308, 0]] * 2 + [[1e308, 5e307, 0]], labels=[1, 0, 2], gamma=1.5)
    file.expect("no rows", {"scores": []}, probabilities=Matrix0(0, 3), labels=[])
    refused(file, labels=[0])
    for label in [2, -1]:
        file.refuse(f"label {label} is no class", "QC_ERR_DOMAIN", f"labels[1] is {label}",
                    probabilities=[[0.5, 0.5]] * 2, labels=[0, label])
    return file


def by_hand(file):
    """(.5, .3, .2) in quarters, tenths and so on: what each class scores."""
    text = "by hand, for (.5, .3, .2)"
    close = {"absolute": 1e-7}
    three = {"probabilities": THREE * 3, "labels": [0, 1, 2]}
    file.expect("accumulated", {"scores": [0.5, 0.8, 1]}, tolerance=close, source=text, kind="aps", **three)
    file.expect("accumulated, exclusive", {"scores": [0, 0.5, 0.8]}, tolerance=close, source=text, kind="aps",
                randomisation="exclusive", **three)
    file.expect("penalised by ranks", {"scores": [0.5, 0.9, 1.2]}, tolerance=close, source=text, kind="raps",
                k_reg=1, **{"lambda": 0.1}, **three)
    file.expect("sorted", {"scores": [0.5, 0.7, 0.9]}, tolerance=close, source=text, kind="saps", **three)
    file.expect("ranks", {"scores": [1, 2, 3]}, source=text, kind="top_k", **three)


def class_file():
    file = VectorFile("conformal/class_scores.json", "qc_conformal_class_scores", ["f64", "f32"], SOURCE,
                      solve_classes, inputs={"probabilities": "T", "lambda": "f64"}, outputs={"scores": "T"})
    file.expect("accumulated", {"scores": [[0.5, 0.8, 1]]}, tolerance={"absolute": 1e-7}, kind="aps",
                probabilities=THREE, source="sums of the sorted probabilities by hand")
    file.add("the defaults", probabilities=ROWS)
    each_option(file)
    for kind in RANKED:
        file.add(f"130 classes, {kind}", probabilities=[wide(130)], kind=kind)
    file.add("one class", probabilities=[[0.75], [1], [0]], kind="aps", randomisation="randomised")
    file.expect("no rows", {"scores": Matrix0(0, 3)}, probabilities=Matrix0(0, 3))
    refused(file)
    return file


def sets_file():
    file = VectorFile("conformal/class_sets.json", "qc_conformal_class_sets", ["f64", "f32"],
                      SOURCE + "; each score compared by itself", solve_sets,
                      inputs={"probabilities": "T", "thresholds": "T", "lambda": "f64"})
    file.add("the defaults", probabilities=ROWS, thresholds=[0.7])
    limits = {"lac": 0.75, "margin": 0.1, "aps": 0.8, "raps": 0.8, "saps": 0.75, "top_k": 2, "log_loss": 1.5,
              "entropy": 0.25, "entmax": 2}
    for kind in KINDS:
        for randomisation in ["inclusive", "exclusive", "randomised"] if kind in RANKED else ["inclusive"]:
            for threshold_for in ["all", "each_row", "each_class"]:
                count = {"all": 1, "each_row": 5, "each_class": 4}[threshold_for]
                thresholds = [limits[kind] * (1 + 0.25 * (i % 3 - 1)) if count > 1 else limits[kind]
                              for i in range(count)]
                file.add(f"{kind}, {randomisation}, {threshold_for}", probabilities=rows_for(kind), kind=kind,
                         randomisation=randomisation, threshold_for=threshold_for, thresholds=thresholds)
        for limit in [INF, -INF]:
            file.add(f"{kind}, a threshold of {limit}", probabilities=rows_for(kind), kind=kind,
                     thresholds=[limit])
        file.add(f"{kind}, the top label instead of nothing", probabilities=rows_for(kind), kind=kind,
                 thresholds=[-1], empty_sets="top_label")
    for kind in RANKED:
        for classes in [64, 65, 130]:
            for limit in [0.05, 0.3, 0.95, 30]:
                file.add(f"{kind}, {classes} classes, threshold {limit}", probabilities=[wide(classes)],
                         thresholds=[limit], kind=kind, **{"lambda": 0.01})
    file.add("a score equal to the threshold is in", probabilities=[[0.5, 0.25, 0.25]], thresholds=[0.75],
             kind="aps")
    file.add("equal probabilities go by index", probabilities=[[0.25] * 4], thresholds=[0.5], kind="aps")
    file.add("an infinite threshold for one class", probabilities=ROWS, kind="aps",
             thresholds=[0.5, INF, 0.5, -INF], threshold_for="each_class")
    file.expect("no rows", {"mask": Matrix0(0, 1), "sizes": []}, probabilities=Matrix0(0, 5), thresholds=[1])
    refused(file, thresholds=[0.5])
    file.refuse("a threshold is NaN", "QC_ERR_NOT_FINITE", "thresholds[0]", probabilities=[[0.5, 0.5]],
                thresholds=["nan"])
    file.refuse("the threshold of a class is NaN", "QC_ERR_NOT_FINITE", "thresholds[1]", kind="aps",
                probabilities=[[0.5, 0.5]], thresholds=[1, "nan"], threshold_for="each_class")
    return file


def refused(file, **inputs):
    for value, status in [("nan", "QC_ERR_NOT_FINITE"), (-0.25, "QC_ERR_DOMAIN"), (1.5, "QC_ERR_DOMAIN")]:
        file.refuse(f"a probability is {value}", status, "probabilities[1]", probabilities=[[0.5, value]],
                    **inputs)
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a logit is {value}", "QC_ERR_NOT_FINITE", "probabilities[0]",
                    probabilities=[[value, 2]], kind="entmax", **inputs)
    for name, values in [("lambda", [-0.5, "nan", "inf"]), ("gamma", [0, 1.25, 3, "nan"]), ("k_reg", [-1])]:
        for value in values:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", name, probabilities=[[0.5, 0.5]],
                        **{name: value}, **inputs)
    file.refuse("no classes", "QC_ERR_SIZE", "classes", probabilities=Matrix0(0, 0),
                **{name: [] if name == "labels" else value for name, value in inputs.items()})


def tune_file():
    file = VectorFile("conformal/raps_tune.json", "qc_conformal_raps_tune", ["f64", "f32"],
                      SOURCE + "; every candidate's sets", solve_tune,
                      inputs={"probabilities": "T", "lambdas": "f64"},
                      outputs={"lambda": "f64", "mean_size": "f64", "mean_sizes": "f64"},
                      tolerance={"relative": 1e-15})
    rows = [[wide(12)[(j + i) % 12] for j in range(12)] for i in range(9)]
    labels = [(5 * i) % 12 for i in range(9)]
    paper = [0.001, 0.01, 0.1, 0.2, 0.5]
    for alpha in [0.1, 0.3, 0.5]:
        for randomisation in ["inclusive", "exclusive", "randomised"]:
            file.add(f"alpha {alpha}, {randomisation}", probabilities=rows, labels=labels, lambdas=paper,
                     alpha=AsTyped(alpha), randomisation=randomisation)
    file.add("of equals the first", probabilities=rows, labels=labels, lambdas=[0.2, 0.2, 0.1, 0.2], alpha=0.3)
    file.add("too few rows", probabilities=rows[:3], labels=labels[:3], lambdas=paper, alpha=0.1)
    file.add("one row", probabilities=rows[:1], labels=labels[:1], lambdas=[0], alpha=0.5)
    one = {"probabilities": [[0.5, 0.5]], "labels": [0], "alpha": 0.5}
    file.refuse("no candidates", "QC_ERR_SIZE", "lambda_count", lambdas=[], **one)
    file.refuse("a candidate below zero", "QC_ERR_DOMAIN", "lambdas[1] is -1", lambdas=[1, -1], **one)
    file.refuse("a candidate that is NaN", "QC_ERR_NOT_FINITE", "lambdas[0]", lambdas=["nan"], **one)
    file.refuse("no rows", "QC_ERR_SIZE", "rows", probabilities=Matrix0(0, 2), labels=[], lambdas=[1], alpha=0.5)
    for alpha, status in [(0, "QC_ERR_DOMAIN"), (1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"alpha is {alpha}", status, "alpha", lambdas=[1], **(one | {"alpha": alpha}))
    return file


def options_init():
    file = VectorFile("conformal/class_options_init.json", "qc_conformal_class_options_init", [""],
                      "the comments of include/quantcal/conformal/class_scores.h")
    file.expect("the defaults", DEFAULTS | {"threshold_for": "all", "empty_sets": "kept"})
    return file
