"""Stabilised weights, in decimals of 60 digits."""

from decimal import Decimal

from exact import decimal
from files import VectorFile
from isotonic_reward import assigned, dot, monotone, rows

WEIGHTS = [0.2, 1.5, 0.9, 2, 0.4, 3, 0.1, 1.2, 0.8, 0.5, 0.25, 4]
SCORES = [0.1, 0.7, 0.4, 0.8, 0.2, 0.9, 0.05, 0.6, 0.5, 0.3, 0.3, 0.7]
REWARDS = [0.5, 0.25, 1, 0, 0.75, 0.5, 0.125, 0.25, 1, 0.75, 0, 0.5]


def files():
    return [options_init(), stabilize()]


def mean_one(weights):
    mean = sum(weights) / len(weights)
    return [weight / mean for weight in weights]


def variance(weights):
    return sum((weight - 1) ** 2 for weight in weights) / len(weights)


def candidates(curves, scores, raw, floor):
    """The rising and the falling regression at the scores, and the raw weights if there are any."""
    columns = [mean_one([max(curve(score), floor) for score in scores]) for curve in curves]
    return columns + ([raw] if raw else [])


def influences(weights, targets, is_residual, fold):
    column = []
    for own, target, number in zip(weights, targets, fold):
        others = [(w, r) for w, r, f in zip(weights, targets, fold) if f != number]
        mean = sum(w for w, _ in others) / len(others)
        ratio = 0 if is_residual else sum(w * r for w, r in others) / sum(w for w, _ in others)
        column.append((own * (target - ratio) - ratio * (own - mean)) / mean)
    return column


def covariance(columns):
    n = len(columns[0])
    centred = [[value - sum(column) / n for value in column] for column in columns]
    form = [[dot(a, b) / (n - 1) for b in centred] for a in centred]
    ridge = Decimal("1e-8") * sum(form[i][i] for i in range(len(form))) / len(form)
    return [[value + (ridge if i == j else 0) for j, value in enumerate(row)] for i, row in enumerate(form)]


def mixture(form):
    """The best of the least points of all faces that are on their face."""
    count = len(form)
    if all(value == 0 for row in form for value in row):
        return [Decimal(1) / count] * count
    best = None
    for face in range(1, 2**count):
        members = [i for i in range(count) if face >> i & 1]
        # Lagrange: the form times the shares is constant on the face.
        shares = solved([[form[i][j] for j in members] for i in members])
        total = sum(shares)
        point = [Decimal(0)] * count
        for i, share in zip(members, shares):
            point[i] = share / total
        value = dot(point, [dot(row, point) for row in form])
        if min(point) >= 0 and (best is None or value < best[0]):
            best = (value, point)
    return best[1]


def solved(matrix):
    """The solution for a right side of ones, by Cramer's rule."""
    size = len(matrix)
    return [determinant([[1 if k == j else matrix[i][k] for k in range(size)] for i in range(size)])
            / determinant(matrix) for j in range(size)]


def determinant(matrix):
    if not matrix:
        return Decimal(1)
    return sum((-1) ** j * matrix[0][j] * determinant([row[:j] + row[j + 1:] for row in matrix[1:]])
               for j in range(len(matrix)))


def solve(format, weights, scores, targets=None, fold=None, new_weights=None, new_scores=(), seed=42, folds=5,
          target="rewards", include_raw=0, variance_cap=1.0, ess_floor=0.2, weight_floor=1e-9, shrinkage=0.0):
    cap, floor, shrink = (decimal(v) if v != "inf" else Decimal("inf")
                          for v in (variance_cap, weight_floor, shrinkage))
    least = decimal(ess_floor)
    raw = mean_one([decimal(w) for w in weights])
    scores, new_scores = [decimal(s) for s in scores], [decimal(s) for s in new_scores]
    fold, count = (fold, max(fold) + 1) if fold else assigned(rows(len(raw)), None, folds, seed)
    points = [(s, w, Decimal(1)) for s, w in zip(scores, raw)]
    falling = monotone([(-s, w, one) for s, w, one in points])
    curves = [monotone(points), lambda score: falling(-score)]
    columns = candidates(curves, scores, include_raw and raw, floor)
    values = [decimal(t) for t in targets] if targets else [Decimal(1)] * len(raw)
    shares = mixture(covariance([influences(c, values, target == "residuals", fold) for c in columns]))
    most = min(cap, 1 / least - 1 if least > 0 else Decimal("inf"))
    mixed = [dot(shares, row) for row in zip(*columns)]
    gamma = 1 - (most / variance(mixed)).sqrt() if variance(mixed) > most else Decimal(0)

    def finished(mixed, raw):
        if gamma > 0:
            mixed = mean_one([max(1 + (1 - gamma) * (w - 1), floor) for w in mixed])
        return [(1 - shrink) * w + shrink * r for w, r in zip(mixed, raw)] if shrink else mixed

    result = finished(mixed, raw)
    new_raw = mean_one([decimal(w) for w in new_weights]) if new_weights else []
    new_columns = candidates(curves, new_scores, include_raw and new_raw, floor) if new_scores else []
    n = len(raw)
    return {"stabilized": result,
            "new_stabilized": finished([dot(shares, row) for row in zip(*new_columns)], new_raw)
            if new_scores else [],
            "variance_before": variance(raw), "variance_after": variance(result),
            "ess_before": n / (1 + variance(raw)), "ess_after": n / (1 + variance(result)), "blend": gamma,
            "mixture_increasing": shares[0], "mixture_decreasing": shares[1],
            "mixture_raw": shares[2] if include_raw else Decimal(0), "folds": count}


def stabilize():
    doubles = ["variance_before", "variance_after", "ess_before", "ess_after", "blend", "mixture_increasing",
               "mixture_decreasing", "mixture_raw"]
    file = VectorFile(
        "isotonic/weight_stabilize.json", "qc_isotonic_weight_stabilize", ["f64", "f32"],
        "the definition in the header in decimals of 60 digits (generate/isotonic_weight.py)", solve,
        inputs={name: "T" for name in ["weights", "scores", "targets", "new_weights", "new_scores"]},
        outputs={name: "T" for name in ["stabilized", "new_stabilized"]} | {name: "f64" for name in doubles},
        tolerance={"absolute": 1e-8}, tolerance_f32={"absolute": 1e-6})
    base = {"weights": WEIGHTS, "scores": SCORES}
    fold = [i % 3 for i in range(12)]
    new = {"new_scores": [-1, 0.1, 0.35, 0.65, 0.65, 2]}
    file.add("weights alone", **base)
    file.add("rewards", **base, targets=REWARDS)
    file.add("residuals", **base, targets=[r - 0.5 for r in REWARDS], target="residuals")
    file.add("the raw weights, too", **base, targets=REWARDS, include_raw=1)
    file.add("three candidates inside", **base, fold=fold, target="residuals", include_raw=1,
             targets=[1, -1, 0.5, 1, -1, 0.25, -0.5, 1, -1, 0.5, 1, -0.25])
    file.add("a caller's folds", **base, targets=REWARDS, fold=fold)
    file.add("another seed and fold count", **base, targets=REWARDS, seed=3, folds=2)
    file.add("further points", **base, targets=REWARDS, fold=fold, **new)
    file.add("further points with weights", **base, targets=REWARDS, fold=fold, include_raw=1, shrinkage=0.25,
             new_weights=[1, 2, 0.5, 0, 4, 1], **new)
    # Influences that are all but constant under the rising candidate, which is then all but alone.
    five = {"weights": [0.2, 0.4, 0.9, 1.5, 2], "scores": [1, 2, 3, 4, 5], "fold": [0, 1, 0, 1, 0],
            "targets": [5, 2.5, 1 / 0.9, 1 / 1.5, 0.5], "target": "residuals"}
    file.add("a cap on the variance", **five, variance_cap=0.2)
    file.add("a floor of the effective sample size", **five, ess_floor=0.875)
    file.add("uniform by the floor", **five, ess_floor=1)
    file.add("neither cap nor floor", **five, variance_cap="inf", ess_floor=0)
    file.add("a floor of the weights", **base, targets=REWARDS, weight_floor=0.75)
    file.add("shrunk to the raw weights", **base, targets=REWARDS, shrinkage=1)
    file.add("a weight of zero", weights=[0, 1, 2, 3, 0, 1], scores=[1, 2, 3, 4, 5, 6], targets=[1, 0, 1, 0, 1, 0])
    file.add("all weights equal", weights=[3] * 8, scores=[*range(8)])
    file.add("all scores equal", weights=WEIGHTS, scores=[1] * 12)
    file.add("two points", weights=[1, 3], scores=[2, 1], fold=[0, 1])
    for types, large, small in [(["f64"], 2.0**1019, 2.0**-1040), (["f32"], 2.0**123, 2.0**-140)]:
        tag = f" ({types[0]})"
        file.add("huge weights, scores and targets" + tag, types, weights=[large / w for w in [1, 2, 4, 8]],
                 scores=[large * s for s in [1, -1, 8, 2]], targets=[large * t for t in [1, 8, -4, 2]])
        file.add("tiny weights, scores and targets" + tag, types, weights=[small * w for w in [1, 2, 4, 8]],
                 scores=[small * s for s in [1, -1, 8, 2]], targets=[small * t for t in [1, 8, -4, 2]])
    refused(file, base)
    return file


def refused(file, base):
    for key, name in [("weights", "weights"), ("scores", "scores"), ("targets", "targets")]:
        arrays = {**base, "targets": REWARDS}
        arrays[key] = arrays[key][:2] + ["nan"] + arrays[key][3:]
        file.refuse(f"one of {key} is nan", "QC_ERR_NOT_FINITE", f"{name}[2] is nan", **arrays)
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[0] is -1", weights=[-1] + WEIGHTS[1:], scores=SCORES)
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", weights=[0] * 12, scores=SCORES)
    file.refuse("all new weights zero", "QC_ERR_DOMAIN", "new_weights", **base, new_scores=[1, 2],
                new_weights=[0, 0])
    file.refuse("a new score is infinite", "QC_ERR_NOT_FINITE", "new_scores[1] is inf", **base,
                new_scores=[1, "inf"])
    file.refuse("three points", "QC_ERR_SIZE", "n has 3", weights=[1, 2, 3], scores=[1, 2, 3])
    file.refuse("one point", "QC_ERR_SIZE", "n is 1", weights=[1], scores=[1])
    file.refuse("no points", "QC_ERR_SIZE", "n is 0", weights=[], scores=[])
    file.refuse("a fold without points", "QC_ERR_DOMAIN", "fold 0 has no points", weights=[1, 2], scores=[1, 2],
                fold=[1, 1])
    for name, value in [("variance_cap", 0), ("variance_cap", "nan"), ("ess_floor", -0.5), ("ess_floor", 1.5),
                        ("weight_floor", 0), ("weight_floor", 2), ("shrinkage", -1), ("shrinkage", 1.5),
                        ("folds", 1)]:
        file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", f"{name} is", **base, **{name: value})


def options_init():
    file = VectorFile("isotonic/weight_options_init.json", "qc_isotonic_weight_options_init", [""],
                      "the comments of include/quantcal/isotonic/weight.h")
    file.expect("the defaults", {"seed": 42, "folds": 5, "target": "rewards", "include_raw": 0, "variance_cap": 1,
                                 "ess_floor": 0.2, "weight_floor": 1e-9, "shrinkage": 0})
    return file
