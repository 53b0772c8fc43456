"""Rewards from scores, in decimals of 60 digits: normal equations, leave-one-out, ranks, max-min."""

import hashlib
from decimal import Decimal

from exact import decimal
from files import VectorFile
from isotonic_regression import max_min

PENALTIES = [Decimal(10) ** (Decimal(k) / 2 - 3) for k in range(13)]
LEAST_FOR_SPLINE = 20
LABELLED = [0.1, 0.3, 0.2, 0.25, 0.6, 0.4, 0.7, 0.9, 0.8, 1.0]


def files():
    return [options_init(), folds(), fit(), predict(), mean(), destroy()]


# -- Folds ----------------------------------------------------------------------------------------


def assigned(clusters, labelled=None, folds=5, seed=42):
    """The fold of each point, and how many folds there are."""

    def digest(name):
        return hashlib.blake2b(f"{name}-{seed}".encode(), digest_size=16).digest()

    with_labels = {name for i, name in enumerate(clusters) if labelled is None or labelled[i]}
    count = folds if len(with_labels) >= 2 * folds else max(2, len(with_labels) // 2)
    ordered = sorted(with_labels, key=lambda name: (digest(name), name))
    rank = {name: place % count for place, name in enumerate(ordered)}
    return [rank[name] if name in rank else int.from_bytes(digest(name), "big") % count
            for name in clusters], count


def rows(n):
    return [f"row_{i}" for i in range(n)]


def solve_folds(format, clusters=None, n=None, **options):
    names = clusters.split() if clusters else rows(n)
    fold, count = assigned(names, **options)
    return {"fold": fold, "fold_count": count}


def folds():
    file = VectorFile(
        "isotonic/reward_folds.json", "qc_isotonic_reward_folds", [""],
        "the rule of the header with Python's hashlib.blake2b (generate/isotonic_reward.py)", solve_folds)
    file.add("ten points, each a cluster", n=10)
    file.add("four points, two folds", n=4)
    file.add("nine points, four folds", n=9)
    file.add("three folds of 40 points", n=40, folds=3)
    file.add("another seed", n=40, seed=0)
    file.add("the largest seed", n=23, seed=2**64 - 1)
    file.add("clusters of several points", clusters="ann bob ann cyd dee bob eve fay ann gus hal ivy joe kim")
    file.add("names beyond ASCII", clusters="é ß 東京 naïve é ß zoë 東京 e\u0301 🙂")
    file.add("clusters without labels", clusters="a b c d e f g a h i j k l m n",
             labelled=[1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0])
    file.add("a cluster of which one point has a label", clusters="a b c d a b", labelled=[0, 1, 1, 1, 1, 0])
    file.add("a name longer than a block of the hash",
             clusters=" ".join(["x" * 126, "x" * 125, "y" * 124, "z" * 300, "w"]))
    file.refuse("three clusters", "QC_ERR_SIZE", "n has 3 labelled clusters", clusters="a b c a b")
    file.refuse("three labelled clusters", "QC_ERR_SIZE", "n has 3 labelled clusters",
                clusters="a b c d", labelled=[1, 0, 1, 1])
    file.refuse("no points", "QC_ERR_SIZE", "n has 0 labelled clusters", n=0)
    file.refuse("one fold", "QC_ERR_OPTIONS", "folds is 1", n=10, folds=1)
    file.refuse("too many folds", "QC_ERR_OPTIONS", "folds is 1001", n=10, folds=1001)
    return file


# -- Models ---------------------------------------------------------------------------------------


def groups(points):
    """Points (key, label, weight) of equal key as one, in order of key."""
    result = []
    for key, label, weight in sorted(points, key=lambda point: point[0]):
        if not result or result[-1][0] != key:
            result.append([key, Decimal(0), Decimal(0)])
        result[-1][1] += weight * label
        result[-1][2] += weight
    return [(key, total / weight, weight) for key, total, weight in result]


def isotonic(points):
    """The keys and the fitted values."""
    pooled = groups(points)
    return [key for key, _, _ in pooled], max_min([y for _, y, _ in pooled], [w for _, _, w in pooled])


def monotone(points):
    keys, values = isotonic(points)

    def model(score):
        above = sum(key <= score for key in keys)
        if above in (0, len(keys)):
            return values[max(above - 1, 0)]
        share = (score - keys[above - 1]) / (keys[above] - keys[above - 1])
        return values[above - 1] + share * (values[above] - values[above - 1])

    return model


def two_stage(points):
    g = spline(points) if len(points) >= LEAST_FOR_SPLINE else lambda score: score
    smooth = [g(score) for score, _, _ in points]
    total = sum(weight for _, _, weight in points)

    def rank(value):
        """The middle of the mass of the largest value seen that is not above."""
        seen = [other for other in smooth if other <= value]
        if not seen:
            return Decimal(0)
        highest = max(seen)
        below = sum(w for other, (_, _, w) in zip(smooth, points) if other < highest)
        return (below + sum(w for other, (_, _, w) in zip(smooth, points) if other == highest) / 2) / total

    ranks = {value: rank(value) for value in smooth}
    on_ranks = monotone([(ranks[value], y, w) for value, (_, y, w) in zip(smooth, points)])
    return lambda score: on_ranks(rank(g(score)))


def spline(points):
    """Ridge regression on cubic B-splines, the penalty by leave-one-out."""
    scores = [score for score, _, _ in points]
    labels = [label for _, label, _ in points]
    weights = [weight for _, _, weight in points]
    low, high, cells = min(scores), max(scores), min(8, len(points) // 4) - 1
    total = sum(weights)
    label_mean = sum(w * y for w, y in zip(weights, labels)) / total
    if low == high:
        return lambda score: label_mean

    def basis(score):
        """Cox and de Boor's recursion on the whole knot sequence, at a score between the ends."""
        step = (high - low) / cells
        x = (min(max(score, low), high) - low) / step
        cell = min(int(x), cells - 1)  # the last knot belongs to the last cell
        values = [Decimal(j == cell) for j in range(-3, cells + 3)]
        for degree in range(1, 4):
            values = [(x - (i - 3)) / degree * values[i] + ((i - 3) + degree + 1 - x) / degree * values[i + 1]
                      for i in range(len(values) - 1)]
        return values[:-1]  # the last spline is left out

    table = [basis(score) for score in scores]
    size = len(table[0])
    means = [sum(w * row[j] for w, row in zip(weights, table)) / total for j in range(size)]
    centred = [[value - mean for value, mean in zip(row, means)] for row in table]
    gram = [[sum(w * row[j] * row[k] for w, row in zip(weights, centred)) for k in range(size)]
            for j in range(size)]
    right = [sum(w * row[j] * (y - label_mean) for w, row, y in zip(weights, centred, labels))
             for j in range(size)]
    best = None
    for penalty in PENALTIES:
        inverse = inverted([[value + (penalty if j == k else 0) for k, value in enumerate(row)]
                            for j, row in enumerate(gram)])
        beta = [dot(row, right) for row in inverse]
        loss = Decimal(0)
        for row, y, w in zip(centred, labels, weights):
            leverage = w * (1 / total + dot(row, [dot(line, row) for line in inverse]))
            loss += w * ((y - label_mean - dot(row, beta)) / (1 - leverage)) ** 2
        if best is None or loss < best[0]:
            best = (loss, beta)
    beta = best[1]
    return lambda score: label_mean + dot(
        [value - mean for value, mean in zip(basis(score), means)], beta)


def dot(a, b):
    return sum((x * y for x, y in zip(a, b)), Decimal(0))


def inverted(matrix):
    """Gauss and Jordan, with pivots."""
    size = len(matrix)
    rows_ = [[*row, *(Decimal(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows_[r][i]))
        rows_[i], rows_[pivot] = rows_[pivot], rows_[i]
        rows_[i] = [value / rows_[i][i] for value in rows_[i]]
        for r in range(size):
            if r != i:
                rows_[r] = [a - rows_[r][i] * b for a, b in zip(rows_[r], rows_[i])]
    return [row[size:] for row in rows_]


# -- Fits -----------------------------------------------------------------------------------------


class Fit:
    """All models of a case, and what the result says of them."""

    def __init__(self, scores, labels, weights=None, fold=None, mode="auto", folds=5, seed=42):
        n = len(scores)
        self.is_weighted = weights is not None
        scale = [decimal(w) for w in weights] if weights else [Decimal(1)] * n
        counted = [i for i in range(n) if scale[i] > 0]
        mean = sum(scale) / len(counted)
        self.all_scores = [decimal(s) for s in scores]
        self.points = [(self.all_scores[i], decimal(labels[i]), scale[i] / mean) for i in counted]
        self.fold, self.folds = fold, fold and max(fold) + 1
        if fold is None:
            self.fold, self.folds = assigned(rows(n), [w > 0 for w in scale], folds, seed)
        self.point_folds = [self.fold[i] for i in counted]
        self.order = sorted(range(len(self.points)), key=lambda i: self.points[i][0])
        self.choose("monotone" if len(self.points) < LEAST_FOR_SPLINE else mode)

    def outside(self, make):
        return [make([p for p, f in zip(self.points, self.point_folds) if f != fold])
                for fold in range(self.folds)]

    def choose(self, mode):
        nan = Decimal("nan")
        self.rmse_monotone = self.rmse_two_stage = self.rmse_standard_error = nan
        self.thirds_won = 0
        makes = {"monotone": monotone, "two_stage": two_stage}
        models = {name: self.outside(make) for name, make in makes.items() if mode in ("auto", name)}
        errors = {name: self.errors(lambda i, m=model: m[self.point_folds[i]]) for name, model in models.items()}
        if "monotone" in models:
            self.rmse_monotone = self.root_mean(errors["monotone"])
            self.rmse_standard_error = self.standard_error(errors["monotone"])
        if "two_stage" in models:
            self.rmse_two_stage = self.root_mean(errors["two_stage"])
        self.mode = mode
        if mode == "auto":
            self.thirds_won = sum(self.mean(errors["two_stage"], part) < self.mean(errors["monotone"], part)
                                  for part in self.thirds())
            clear = self.rmse_two_stage < self.rmse_monotone - self.rmse_standard_error
            self.mode = "two_stage" if clear or self.thirds_won >= 2 else "monotone"
        self.models = models[self.mode]
        self.serving = makes[self.mode](self.points)
        self.rmse_out_of_fold = self.root_mean(errors[self.mode])
        self.rmse = self.root_mean(self.errors(lambda i: self.serving))

    def errors(self, model):
        return [(label - model(i)(score)) ** 2 for i, (score, label, _) in enumerate(self.points)]

    def thirds(self):
        third = len(self.order) // 3
        return self.order[:third], self.order[third:2 * third], self.order[2 * third:]

    def mean(self, errors, places=None):
        places = range(len(errors)) if places is None else places
        return sum(self.points[i][2] * errors[i] for i in places) / sum(self.points[i][2] for i in places)

    def root_mean(self, errors):
        return self.mean(errors).sqrt()

    def standard_error(self, errors):
        n, mean = len(errors), self.mean(errors)
        if self.is_weighted:
            share = [w / sum(w for _, _, w in self.points) for _, _, w in self.points]
            variance = sum(p * (e - mean) ** 2 for p, e in zip(share, errors))
            of_mean = variance * sum(p * p for p in share)
        else:
            of_mean = sum((e - mean) ** 2 for e in errors) / (n - 1) / n
        return of_mean.sqrt() / (2 * max(mean.sqrt(), Decimal("1e-12")))


def outcome(format, **inputs):
    model = Fit(**inputs)
    names = ["mode", "folds", "thirds_won", "rmse", "rmse_out_of_fold", "rmse_monotone", "rmse_two_stage",
             "rmse_standard_error"]
    return {"calibrated": [model.serving(s) for s in model.all_scores],
            "out_of_fold": [model.models[f](s) for f, s in zip(model.fold, model.all_scores)],
            **{name: getattr(model, name) for name in names}}


REAL_INPUTS = {name: "T" for name in
               ["scores", "labels", "weights", "new_scores", "new_weights"]}
SOURCE = "the definition in the header in decimals of 60 digits (generate/isotonic_reward.py)"
TOLERANCE, TOLERANCE_F32 = {"absolute": 1e-12}, {"absolute": 1e-6}


def rising(n):
    """Scores in no order, labels that mostly rise with them."""
    scores = [round((7 * i % n) / n, 4) for i in range(n)]
    return scores, [round(min(1, max(0, s + ((i * 37 % 11) - 5) / 20)), 3) for i, s in enumerate(scores)]


def hump(n):
    """Labels that rise and fall with the score."""
    scores, _ = rising(n)
    return scores, [round(min(1, max(0, 4 * s * (1 - s) + ((i * 29 % 7) - 3) / 40)), 3)
                    for i, s in enumerate(scores)]


def some_weights(n):
    return [[1, 0.5, 2, 1.5, 0.25][i * 3 % 5] for i in range(n)]


def fit():
    file = VectorFile(
        "isotonic/reward_fit.json", "qc_isotonic_reward_fit", ["f64", "f32"], SOURCE, outcome,
        inputs=REAL_INPUTS, tolerance=TOLERANCE, tolerance_f32=TOLERANCE_F32,
        outputs={"calibrated": "T", "out_of_fold": "T"}
        | {name: "f64" for name in ["rmse", "rmse_out_of_fold", "rmse_monotone", "rmse_two_stage",
                                    "rmse_standard_error"]})
    (s, y), (hs, hy) = rising(33), hump(41)
    ten = [i / 10 for i in range(10)]
    file.add("ten points", scores=ten, labels=LABELLED)
    file.add("ten points, too few for two stages", scores=ten, labels=LABELLED, mode="two_stage")
    file.add("four points, two folds", scores=[3, 1, 2, 4], labels=[1, 0, 0.5, 0.25])
    file.add("a caller's folds", scores=ten, labels=LABELLED, fold=[0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    file.add("another seed and fold count", scores=ten, labels=LABELLED, seed=7, folds=3)
    file.add("rising labels, automatic", scores=s, labels=y)
    file.add("rising labels, monotone", scores=s, labels=y, mode="monotone")
    file.add("rising labels, two stages", scores=s, labels=y, mode="two_stage")
    file.add("rising labels, weighted", scores=s, labels=y, weights=some_weights(33))
    file.add("a hump, automatic", scores=hs, labels=hy)
    file.add("a hump, weighted, two folds", scores=hs, labels=hy, weights=some_weights(41), folds=2)
    file.add("a hump, monotone", scores=hs, labels=hy, mode="monotone")
    file.add("folds too small for a spline", scores=hs[:22], labels=hy[:22], mode="two_stage")
    file.add("scores with ties", scores=[(i * 5 % 7) / 7 for i in range(30)],
             labels=[round((i * 11 % 13) / 13, 3) for i in range(30)], mode="two_stage")
    file.add("all scores equal", scores=[2.5] * 24, labels=[i % 3 / 2 for i in range(24)], mode="two_stage")
    file.add("all labels equal", scores=s, labels=[0.5] * 33)
    file.add("falling labels", scores=s, labels=[round(1 - v, 3) for v in y])
    file.add("labels of 0 and 1", scores=s, labels=[int(v > 0.4) for v in y])
    file.add("weights of zero", scores=s, labels=y, weights=[i % 4 and 1 for i in range(33)])
    file.add("all weights doubled", scores=s, labels=y, weights=[2] * 33, mode="two_stage")
    file.add("scores at a large offset", types=["f64"], scores=[1e9 + v for v in hs], labels=hy)
    for types, large, small in [(["f64"], 1e308, 1e-308), (["f32"], 1e38, 1e-38)]:
        file.add(f"huge scores ({types[0]})", types, scores=[large * (2 * v - 1) for v in hs], labels=hy)
        file.add(f"tiny scores ({types[0]})", types, scores=[small * (1 + v) for v in hs], labels=hy)
        file.add(f"huge weights ({types[0]})", types, scores=s, labels=y, weights=[large / 64] * 33)
    refused(file)
    return file


def refused(file):
    ten = [i / 10 for i in range(10)]
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a score is {value}", "QC_ERR_NOT_FINITE", "scores[3]",
                    scores=ten[:3] + [value] + ten[4:], labels=LABELLED)
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[0]",
                    scores=ten, labels=LABELLED, weights=[value] + [1] * 9)
    file.refuse("a label is nan", "QC_ERR_NOT_FINITE", "labels[0] is nan", scores=ten, labels=["nan"] + LABELLED[1:])
    file.refuse("a label above 1", "QC_ERR_DOMAIN", "labels[9] is 1.5", scores=ten, labels=LABELLED[:9] + [1.5])
    file.refuse("a negative label", "QC_ERR_DOMAIN", "labels[0] is -0.5", scores=ten, labels=[-0.5] + LABELLED[1:])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", scores=ten, labels=LABELLED,
                weights=[1, -1] + [1] * 8)
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", scores=ten, labels=LABELLED, weights=[0] * 10)
    file.refuse("three points", "QC_ERR_SIZE", "n has 3", scores=[1, 2, 3], labels=[0, 1, 1])
    file.refuse("no points", "QC_ERR_SIZE", "n is 0", scores=[], labels=[])
    file.refuse("three points of weight above zero", "QC_ERR_SIZE", "n has 3", scores=ten, labels=LABELLED,
                weights=[1, 1, 1] + [0] * 7)
    file.refuse("one fold", "QC_ERR_SIZE", "fold", scores=ten, labels=LABELLED, fold=[0] * 10)
    file.refuse("a negative fold", "QC_ERR_DOMAIN", "fold[", scores=ten, labels=LABELLED,
                fold=[0, -1] + [1] * 8)
    file.refuse("a fold number too large", "QC_ERR_DOMAIN", "fold[", scores=ten, labels=LABELLED,
                fold=[0, 1, 1000] + [1] * 7)
    file.refuse("a fold without points", "QC_ERR_DOMAIN", "fold 1 has no points", scores=ten, labels=LABELLED,
                fold=[0, 2] * 5)
    file.refuse("a fold whose points all have weight zero", "QC_ERR_DOMAIN", "fold 1 has no points", scores=ten,
                labels=LABELLED, fold=[0, 1, 2, 0, 2, 0, 2, 0, 2, 0], weights=[1, 0] + [1] * 8)


# -- Use of a fit ---------------------------------------------------------------------------------


def solve_predict(format, new_scores, new_fold=None, **inputs):
    model = Fit(**inputs)
    models = [model.models[f] for f in new_fold] if new_fold else [model.serving] * len(new_scores)
    return {"rewards": [one(decimal(s)) for one, s in zip(models, new_scores)]}


def predict():
    file = VectorFile(
        "isotonic/reward_predict.json", "qc_isotonic_reward_predict", ["f64", "f32"], SOURCE, solve_predict,
        inputs=REAL_INPUTS, outputs={"rewards": "T"}, tolerance=TOLERANCE, tolerance_f32=TOLERANCE_F32)
    ten = {"scores": [i / 10 for i in range(10)], "labels": LABELLED}
    humped = dict(zip(["scores", "labels"], hump(41)))
    new = [-1, 0, 0.03125, 0.25, 0.5, 0.515625, 0.6875, 0.9, 1, 7]
    file.add("between and beyond the scores", **ten, new_scores=new)
    file.add("out of fold", **ten, new_scores=new, new_fold=[i % 5 for i in range(10)])
    file.add("two stages", **humped, mode="two_stage", new_scores=new)
    file.add("two stages, out of fold", **humped, mode="two_stage", new_scores=new,
             new_fold=[i % 5 for i in range(10)])
    file.add("no scores", **ten, new_scores=[])
    file.refuse("a score is nan", "QC_ERR_NOT_FINITE", "scores[1] is nan", **ten, new_scores=[1, "nan"])
    file.refuse("an unknown fold", "QC_ERR_DOMAIN", "fold[1] is 5", **ten, new_scores=[1, 2], new_fold=[0, 5])
    return file


def solve_mean(format, new_scores, new_weights=None, **inputs):
    model = Fit(**inputs)
    weights = [decimal(w) for w in new_weights or [1] * len(new_scores)]

    def average(one):
        return sum(w * one(decimal(s)) for w, s in zip(weights, new_scores)) / sum(weights)

    fold_means = [average(one) for one in model.models]
    centre = sum(fold_means) / model.folds
    squares = sum((value - centre) ** 2 for value in fold_means)
    return {"mean": average(model.serving), "fold_means": fold_means,
            "variance": squares * (model.folds - 1) / model.folds}


def mean():
    file = VectorFile(
        "isotonic/reward_mean.json", "qc_isotonic_reward_mean", ["f64", "f32"], SOURCE, solve_mean,
        inputs=REAL_INPUTS, outputs={"mean": "f64", "variance": "f64", "fold_means": "f64"},
        tolerance=TOLERANCE)
    ten = {"scores": [i / 10 for i in range(10)], "labels": LABELLED}
    humped = dict(zip(["scores", "labels"], hump(41)))
    new = [-1, 0, 0.03125, 0.25, 0.5, 0.515625, 0.6875, 0.9, 1, 7]
    file.add("ten scores", **ten, new_scores=new)
    file.add("weighted", **ten, new_scores=new, new_weights=some_weights(10))
    file.add("two stages", **humped, mode="two_stage", new_scores=new)
    file.add("one score", **ten, new_scores=[0.5], new_weights=[3])
    file.refuse("no scores", "QC_ERR_SIZE", "n is 0", **ten, new_scores=[])
    file.refuse("a score is infinite", "QC_ERR_NOT_FINITE", "scores[0] is inf", **ten, new_scores=["inf"])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", **ten, new_scores=[1, 2],
                new_weights=[1, -1])
    return file


def destroy():
    file = VectorFile("isotonic/reward_destroy.json", "qc_isotonic_reward_destroy", [""],
                      "the definition in the header by hand")
    file.expect("fitted and destroyed", {"calibrated": [0, 0.375, 0.375, 1, 1]}, scores=[1, 2, 3, 4, 5],
                labels=[0, 0.5, 0.25, 1, 1])
    return file


def options_init():
    file = VectorFile("isotonic/reward_options_init.json", "qc_isotonic_reward_options_init", [""],
                      "the comments of include/quantcal/isotonic/reward.h")
    file.expect("the defaults", {"seed": 42, "folds": 5, "mode": "auto"})
    return file
