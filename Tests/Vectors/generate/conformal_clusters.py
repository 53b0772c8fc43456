"""Family `conformal`: clusters of classes, by trying every way to part them, and plans in rationals."""

import math
import random
from fractions import Fraction

from exact import square_root
from files import VectorFile

INF = math.inf
LEVELS = [Fraction(tenths, 10) for tenths in range(5, 10)]


def files():
    return [options_init(), plan_file(), clusters_file()]


def least_count(alpha):
    """The smallest n with ceil((n + 1)(1 - alpha)) <= n."""
    return math.ceil(1 / Fraction(str(alpha))) - 1


def solve_plan(format, counts, alpha):
    least = max(min(counts, default=0), least_count(alpha))
    classes = sum(count >= least for count in counts)
    fraction = Fraction(classes, 75 + classes)
    return {"fraction": fraction, "cluster_count": math.floor(fraction * least / 2)}


def partitions(count, most):
    """Every way to part so many classes, each numbered by the first class of its parts."""
    if count == 0:
        yield []
        return
    for rest in partitions(count - 1, most):
        for part in range(min(max(rest, default=-1) + 2, most)):
            yield [*rest, part]


def cost(points, weights, parts):
    """The sum of weighted squared distances to the weighted means."""
    total = Fraction(0)
    for part in set(parts):
        members = [i for i, own in enumerate(parts) if own == part]
        mass = sum(weights[i] for i in members)
        for dimension in range(len(LEVELS)):
            mean = sum(weights[i] * points[i][dimension] for i in members) / mass
            total += sum(weights[i] * (points[i][dimension] - mean) ** 2 for i in members)
    return total


def solve_clusters(format, scores, labels, class_count, alpha, cluster_count=0, rare="marginal", **unused):
    own = [sorted(score for score, label in zip(scores, labels) if label == y) for y in range(class_count)]
    common = [y for y in range(class_count) if len(own[y]) >= least_count(alpha)]
    finite = [score for score in scores if abs(score) != INF]

    def bounded(score):
        return Fraction(min(max(score, min(finite)), max(finite)) if finite else 0)

    points = [[bounded(own[y][math.ceil(len(own[y]) * q) - 1]) for q in LEVELS] for y in common]
    weights = [Fraction(square_root(Fraction(len(own[y])))) for y in common]
    most = cluster_count or min((len(own[y]) for y in common), default=0) // 2
    # Classes of the same scores stay together.
    kinds = list(dict.fromkeys(map(tuple, points)))
    masses = [sum(weight for weight, point in zip(weights, points) if tuple(point) == kind) for kind in kinds]
    tried = sorted((cost(kinds, masses, parts), parts) for parts in partitions(len(kinds), max(most, 1)))
    assert len(tried) < 2 or tried[0][0] < Fraction(9, 10) * tried[1][0], "the best is not far from the next"
    best = tried[0][1]
    found = len(set(best)) if len(set(best)) > 1 else 0
    clusters = [found if rare == "marginal" else -1] * class_count
    for y, point in zip(common, points):
        clusters[y] = best[kinds.index(tuple(point))]
    return {"clusters": clusters, "cluster_count": found}


def options_init():
    file = VectorFile("conformal/cluster_options_init.json", "qc_conformal_cluster_options_init", [""],
                      "the comments of include/quantcal/conformal/clusters.h")
    file.expect("the defaults", {"cluster_count": 0, "rare": "marginal", "restarts": 10, "seed": 0})
    return file


def plan_file():
    file = VectorFile("conformal/cluster_plan.json", "qc_conformal_cluster_plan", [""],
                      "Ding et al. (2023), section 2.3, in rational arithmetic (generate/conformal_clusters.py)",
                      solve_plan, outputs={"fraction": "f64"})
    file.expect("by hand", {"fraction": 0.25, "cluster_count": 5}, counts=[40] * 25, alpha=0.1,
                source="by hand: 25 / (75 + 25), and half of a quarter of 40")
    for alpha in [0.1, 0.05, 0.3, 0.001, 0.44]:
        for name, counts in [("equal", [30] * 100), ("unequal", list(range(60, 160))),
                             ("some rare", [0, 1, 5, 19, 20, 1000, 8, 9, 10] * 9)]:
            file.add(f"{name} counts, alpha {alpha}", counts=counts, alpha=alpha)
    file.add("a floor that doubles could miss", counts=[98] * 25, alpha=0.1)
    file.add("large counts", counts=[2**52, 2**53 - 1, 2**52 + 1], alpha=0.01)
    file.add("all rare", counts=[3, 4, 5], alpha=0.1)
    file.add("a level for which every class is rare", counts=[10**9] * 3, alpha=1e-300)
    file.add("no classes", counts=[], alpha=0.1)
    file.refuse("a negative count", "QC_ERR_DOMAIN", "counts[1] is -1; counts must be >= 0", counts=[5, -1], alpha=0.1)
    for alpha, status in [(0, "QC_ERR_DOMAIN"), (1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"alpha is {alpha}", status, "alpha is", counts=[5], alpha=alpha)
    return file


def drawn(draw, sizes, centres, spread=8):
    """Scores around the centre of each class, in 64ths, in a random order."""
    points = [(centre + Fraction(draw.randint(-spread, spread), 64), y)
              for y, (size, centre) in enumerate(zip(sizes, centres)) for _ in range(size)]
    draw.shuffle(points)
    return {"scores": [float(score) for score, _ in points], "labels": [y for _, y in points],
            "class_count": len(sizes)}


def clusters_file():
    file = VectorFile("conformal/class_clusters.json", "qc_conformal_class_clusters", ["f64", "f32"],
                      "the least cost over all ways to part the classes (generate/conformal_clusters.py)",
                      solve_clusters, inputs={"scores": "T"})
    file.expect("by hand", {"clusters": [0, 1, 0, 1], "cluster_count": 2}, alpha=0.5, cluster_count=2,
                scores=[0, 5, 0.5, 6], labels=[0, 1, 2, 3], class_count=4, source="by hand: 0, 0.5 and 5, 6")
    draw = random.Random(1)
    mixed = [0, 4, 9, 4.5, 0.25, 9.25, 4.25]
    for seed in [0, 1, 2**53 - 1]:
        file.add(f"three clusters, seed {seed}", **drawn(draw, [6] * 7, mixed), alpha=0.2, cluster_count=3, seed=seed)
    file.add("as many as half the smallest class", **drawn(draw, [6, 9, 20, 7, 8, 11, 14], mixed), alpha=0.2)
    for rare in ["marginal", "none"]:
        file.add(f"rare classes, {rare}", **drawn(draw, [3, 9, 4, 7, 0, 4, 12], mixed), alpha=0.2, cluster_count=2,
                 rare=rare)
        file.add(f"nothing but rare classes, {rare}", **drawn(draw, [3, 2, 1], [0, 1, 2]), alpha=0.2, rare=rare)
        file.add(f"one cluster is none, {rare}", **drawn(draw, [4, 5, 1], [0, 3, 2]), alpha=0.2, cluster_count=1,
                 rare=rare)
    file.add("one restart", **drawn(draw, [5] * 4, [0, 0, 9, 9]), alpha=0.2, cluster_count=2, restarts=1)
    file.add("as many clusters as classes", **drawn(draw, [5] * 4, [0, 1, 2, 3]), alpha=0.2, cluster_count=4)
    file.add("more clusters than classes", **drawn(draw, [5] * 3, [0, 1, 2]), alpha=0.2, cluster_count=100)
    file.add("fewer kinds of classes than clusters", alpha=0.5, cluster_count=3, class_count=4,
             scores=[1, 1, 2, 2, 1, 1, 2, 2], labels=[0, 0, 1, 1, 2, 2, 3, 3])
    file.add("all classes alike", alpha=0.5, cluster_count=2, class_count=3, scores=[1, 1, 1], labels=[2, 1, 0])
    file.add("infinite scores are the extreme ones", alpha=0.5, cluster_count=2, class_count=4,
             scores=[INF, 10, 9, -INF, 0, 1], labels=[0, 1, 1, 2, 3, 3])
    file.add("nothing but infinite scores", alpha=0.5, cluster_count=2, class_count=2, scores=[INF, -INF],
             labels=[0, 1])
    file.add("far from 0", alpha=0.5, cluster_count=2, class_count=4, scores=[2**20, 2**20 + 8, 2**20 + 1, 2**20 + 9],
             labels=[0, 1, 2, 3])
    for types, size in [(["f64"], 2.0**1023), (["f64"], 2.0**-1060), (["f32"], 2.0**127), (["f32"], 2.0**-140)]:
        file.add(f"scores of the size of {size:.0e}", types, alpha=0.5, cluster_count=2, class_count=4,
                 scores=[size, -size, size * 0.75, -size * 0.75], labels=[0, 1, 2, 3])
    file.add("classes without points", alpha=0.1, class_count=3, scores=[], labels=[])
    file.add("no classes", alpha=0.1, class_count=0, scores=[], labels=[])
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[1] is nan", scores=[0, "nan"], labels=[0, 1],
                class_count=2, alpha=0.5)
    for label in [-1, 2]:
        file.refuse(f"a label is {label}", "QC_ERR_DOMAIN", f"labels[1] is {label}; labels must be 0 to 1",
                    scores=[0, 1], labels=[0, label], class_count=2, alpha=0.5)
    for alpha, status in [(0, "QC_ERR_DOMAIN"), (1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"alpha is {alpha}", status, "alpha is", scores=[0], labels=[0], class_count=1, alpha=alpha)
    for name, value in [("cluster_count", -1), ("restarts", 0), ("restarts", 1001)]:
        file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", f"{name} is {value}; it must be", scores=[0], labels=[0],
                    class_count=1, alpha=0.5, **{name: value})
    return file
