"""Family `calibration`: the binned calibration error, in rationals."""

import math
from fractions import Fraction

from exact import square_root
from files import Matrix0, Repeat, VectorFile

NAN = math.nan


def files():
    return [error_file(), options_init()]


def solve(format, probabilities, labels, weights=None, bins=15, target="top_label",
          binning="equal_width", norm="l1", edges="right"):
    weights = [Fraction(weight) for weight in weights or [1] * len(labels)]
    classes = len(probabilities[0])
    if target == "classwise":
        targets = [[(Fraction(row[k]), int(label == k)) for row, label in zip(probabilities, labels)]
                   for k in range(classes)]
    elif classes == 1:
        targets = [[(Fraction(row[0]), label) for row, label in zip(probabilities, labels)]]
    else:
        targets = [[(Fraction(max(row)), int(row.index(max(row)) == label))
                    for row, label in zip(probabilities, labels)]]
    table, errors = [], []
    for points in targets:
        confidences = [confidence for confidence, _ in points]
        if binning == "equal_width":
            places = [equal_width(format, p, bins, edges) for p in confidences]
        else:
            places = equal_mass(confidences, weights, bins)
        rows = [bin_row(points, weights, [i for i, place in enumerate(places) if place == b])
                for b in range(bins)]
        table += rows
        errors.append(combine(rows, norm))
    return {"error": combine_classes(errors, norm), "bin_table": table}


def equal_width(format, p, bins, edges):
    """The bin of p by comparing it with every inner edge i / bins, rounded in the type of p."""
    inner = [Fraction(format.round(Fraction(i, bins))) for i in range(1, bins)]
    return sum(edge < p if edges == "right" else edge <= p for edge in inner)


def equal_mass(confidences, weights, bins):
    """Bin b ends at the first distinct value that brings the weight to (b + 1) W / bins or more."""
    total, so_far, bin = sum(weights), Fraction(0), 0
    place = {}
    for value in sorted(set(confidences)):
        place[value] = bin
        so_far += sum(w for c, w in zip(confidences, weights) if c == value)
        while bin < bins - 1 and so_far >= (bin + 1) * total / bins:
            bin += 1
    return [place[value] for value in confidences]


def bin_row(points, weights, members):
    weight = sum((weights[i] for i in members), Fraction(0))
    if weight == 0:
        return [weight, NAN, NAN]
    return [weight] + [sum(weights[i] * points[i][column] for i in members) / weight for column in (0, 1)]


def combine(rows, norm):
    """The error of one target; of L2 the square, which is rational."""
    total = sum(row[0] for row in rows)
    filled = [(weight, abs(confidence - outcome)) for weight, confidence, outcome in rows if weight > 0]
    if norm == "max":
        return max(gap for _, gap in filled)
    return sum(weight / total * (gap if norm == "l1" else gap * gap) for weight, gap in filled)


def combine_classes(errors, norm):
    if norm == "max":
        return max(errors)
    mean = sum(errors) / len(errors)
    return mean if norm == "l1" else square_root(mean)


def error_file():
    file = VectorFile(
        "calibration/error.json", "qc_calibration_error", ["f64", "f32"],
        "the definition in rational arithmetic, edges rounded in the type (generate/calibration_error.py)",
        solve, inputs={"probabilities": "T", "weights": "T"}, outputs={"error": "f64", "bin_table": "f64"},
        tolerance={"absolute": 1e-14})
    published(file)
    options(file)
    edges_hit(file)
    equal_mass_ties(file)
    ugly(file)
    refused(file)
    return file


SIX = [[0.5, 0.3125, 0.1875], [0.125, 0.75, 0.125], [0.3125, 0.3125, 0.375], [0.25, 0.5, 0.25],
       [0.875, 0.0625, 0.0625], [0.1875, 0.1875, 0.625]]
SIX_LABELS = [0, 1, 1, 2, 0, 2]


def column(*values):
    return [[value] for value in values]


def published(file):
    for norm in ["l1", "l2", "max"]:
        file.add(f"the binary example of torchmetrics, {norm}", bins=2, norm=norm,
                 probabilities=column(0.25, 0.25, 0.55, 0.75, 0.75), labels=[0, 0, 1, 1, 1],
                 source="torchmetrics, documentation of binary_calibration_error (.2900, .2918, .3167)")
        file.add(f"the multiclass example of torchmetrics, {norm}", bins=3, norm=norm, labels=[0, 1, 2, 0],
                 probabilities=[[0.25, 0.2, 0.55], [0.55, 0.05, 0.4], [0.1, 0.3, 0.6], [0.9, 0.05, 0.05]],
                 source="torchmetrics, documentation of multiclass_calibration_error (.2000, .2082, .2333)")
    for edges in ["right", "left"]:
        file.add(f"0, 1 and an edge hit twice, {edges}", bins=2, edges=edges,
                 probabilities=column(0, 0.5, 0.5, 0.7, 1), labels=[0, 1, 1, 1, 0])


def options(file):
    for target in ["top_label", "classwise"]:
        for binning in ["equal_width", "equal_mass"]:
            for norm in ["l1", "l2", "max"]:
                file.add(f"{target}, {binning}, {norm}", probabilities=SIX, labels=SIX_LABELS, bins=4,
                         target=target, binning=binning, norm=norm)
    file.add("the defaults: fifteen bins", probabilities=SIX, labels=SIX_LABELS)
    file.add("weighted", probabilities=SIX, labels=SIX_LABELS, bins=4, weights=[1, 2, 0.5, 3, 0.25, 0])
    file.add("weighted, classwise, equal mass", probabilities=SIX, labels=SIX_LABELS, bins=3,
             weights=[1, 2, 0.5, 3, 0.25, 0], target="classwise", binning="equal_mass")
    file.add("rows need not sum to one", probabilities=[[0.5, 0.75], [0.125, 0.125], [1, 1]], labels=[1, 0, 1],
             bins=4)
    file.add("among ties the lowest index is predicted", probabilities=[[0.5, 0.5], [0.5, 0.5], [0.25, 0.25]],
             labels=[0, 1, 1], bins=2)


def edges_hit(file):
    for bins in [3, 5, 10, 15]:
        hit = [i / bins for i in range(bins + 1)]
        for edges in ["right", "left"]:
            file.add(f"every edge of {bins} bins, {edges}", probabilities=column(*hit), bins=bins, edges=edges,
                     labels=[i % 2 for i in range(bins + 1)])
    for edges in ["right", "left"]:
        near = [0.3, 0.30000000000000004, 0.29999999999999993, 0.7, 0.7000000000000001, 0.6999999999999998]
        file.add(f"beside the edges of ten bins, {edges}", ["f64"], probabilities=column(*near),
                 labels=[0, 1, 0, 1, 0, 1], bins=10, edges=edges)
        near = [step * 2.0**-25 for step in (10066329, 10066330, 10066328, 23488102, 23488104, 23488100)]
        file.add(f"beside the edges of ten bins in single precision, {edges}", ["f32"], bins=10, edges=edges,
                 probabilities=column(*near), labels=[0, 1, 0, 1, 0, 1])
        file.add(f"edges that multiplying by 49 misses, {edges}", labels=[0, 1, 1, 0, 1], bins=49, edges=edges,
                 probabilities=column(*[i / 49 for i in (1, 4, 16, 27, 32)]), keep=["error"])
        file.add(f"only 0 and 1, {edges}", probabilities=column(0, 1, 0, 1), labels=[0, 1, 1, 0], bins=5,
                 edges=edges)
        file.add(f"the smallest and the largest below 1, {edges}", ["f64"], bins=3, edges=edges,
                 probabilities=column(5e-324, 1 - 2.0**-53), labels=[1, 1])


def equal_mass_ties(file):
    file.add("equal mass, distinct values", probabilities=column(0.1, 0.9, 0.3, 0.7, 0.5, 0.2), bins=3,
             labels=[0, 1, 0, 1, 1, 0], binning="equal_mass")
    file.add("equal mass, bins of unequal count", probabilities=column(0.1, 0.9, 0.3, 0.7, 0.5), bins=3,
             labels=[0, 1, 0, 1, 1], binning="equal_mass")
    file.add("equal mass, a heavy tie empties the bins it passes", binning="equal_mass", bins=4,
             probabilities=column(0.25, 0.5, 0.5, 0.5, 0.5, 0.5, 0.75, 1), labels=[0, 1, 0, 1, 1, 0, 1, 1])
    file.add("equal mass, all equal", probabilities=column(0.5, 0.5, 0.5), labels=[0, 1, 1], bins=3,
             binning="equal_mass")
    file.add("equal mass, more bins than rows", probabilities=column(0.2, 0.4, 0.6), labels=[0, 1, 1], bins=7,
             binning="equal_mass")
    file.add("equal mass, two values", probabilities=column(*[0.25, 0.75] * 6), bins=5,
             labels=[0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1], binning="equal_mass")
    file.add("equal mass, one bin", probabilities=column(0.2, 0.4, 0.6), labels=[0, 1, 1], bins=1,
             binning="equal_mass")
    file.add("equal mass, weighted", probabilities=column(0.125, 0.25, 0.5, 0.75, 0.875), bins=3,
             labels=[0, 1, 0, 1, 1], weights=[4, 1, 1, 2, 4], binning="equal_mass")
    file.add("equal mass, weights of zero at both ends", probabilities=column(0.125, 0.25, 0.5, 0.75), bins=2,
             labels=[0, 1, 0, 1], weights=[0, 1, 1, 0], binning="equal_mass")
    for weight in [0.1, 0.7]:
        file.add(f"equal mass, thirty weights of {weight}", labels=[(i * i) % 3 % 2 for i in range(30)], bins=10,
                 probabilities=column(*[i / 32 for i in range(30)]), weights=[weight] * 30, keep=["error"],
                 binning="equal_mass")
    file.add("equal mass, zero and minus zero tie", probabilities=column(0.0, -0.0, 0.5, 1), bins=4,
             labels=[0, 1, 0, 1], binning="equal_mass")


def ugly(file):
    for binning in ["equal_width", "equal_mass"]:
        file.add(f"one row, {binning}", probabilities=[[0.25, 0.75]], labels=[1], bins=3, binning=binning)
        file.add(f"perfect, {binning}", probabilities=column(0, 1, 1), labels=[0, 1, 1], binning=binning, bins=2)
        file.add(f"as wrong as can be, {binning}", probabilities=column(0, 1, 1), labels=[1, 0, 0],
                 binning=binning, bins=2)
        file.add(f"a weight of zero fills no bin, {binning}", probabilities=column(0.1, 0.9), labels=[0, 0],
                 weights=[1, 0], bins=2, binning=binning, norm="max")
        file.expect(f"many more bins than rows, {binning}", {"error": 0.375}, labels=[0, 1, 1],
                    probabilities=column(0.25, 0.5, 0.625), bins=1000000, binning=binning)
        file.expect(f"a thousand equal rows, {binning}", {"error": 0.25}, labels=Repeat(1, 1000),
                    probabilities=Repeat([0.25, 0.75], 1000), binning=binning)
    file.add("one bin: confidence against accuracy", probabilities=SIX, labels=SIX_LABELS, bins=1)
    file.add("all in one bin", probabilities=column(0.51, 0.52, 0.53, 0.54), labels=[0, 1, 1, 0], bins=10)
    file.add("huge weights", ["f64"], probabilities=column(0.25, 0.75, 0.5), labels=[0, 1, 1], bins=2,
             weights=[2.0**1000, 2.0**1001, 2.0**1000], keep=["error"])
    file.add("huge weights, equal mass", ["f64"], probabilities=column(0.25, 0.75, 0.5, 0.125), bins=3,
             labels=[0, 1, 0, 1], weights=[2.0**1021] * 4, keep=["error"], binning="equal_mass")
    file.add("tiny weights", ["f64"], probabilities=column(0.25, 0.75, 0.5), labels=[0, 1, 1], bins=2,
             weights=[2.0**-1070, 2.0**-1069, 2.0**-1070], keep=["error"])
    file.add("weights far apart", probabilities=column(0.25, 0.75), labels=[0, 0], bins=2,
             weights=[2.0**30, 2.0**-30], keep=["error"])


def refused(file):
    one = {"probabilities": column(0.25, 0.5), "labels": [0, 1]}
    for value, status in [("nan", "QC_ERR_NOT_FINITE"), (-0.25, "QC_ERR_DOMAIN"), (1.5, "QC_ERR_DOMAIN")]:
        for target in ["top_label", "classwise"]:
            file.refuse(f"a probability is {value}, {target}", status, "probabilities",
                        probabilities=[[0.5, 0.5], [value, 0.25]], labels=[0, 1], target=target)
    file.refuse("a probability is just above one", "QC_ERR_DOMAIN", "probabilities[0]", types=["f64"],
                probabilities=column(1.0000000000000002), labels=[1])
    file.refuse("a probability of a row of weight zero is NaN", "QC_ERR_NOT_FINITE", "probabilities",
                probabilities=column(0.5, "nan"), labels=[0, 1], weights=[1, 0])
    for label in [2, -1]:
        file.refuse(f"label {label} is no class", "QC_ERR_DOMAIN", f"labels[1] is {label}",
                    probabilities=[[0.5, 0.5], [0.25, 0.75]], labels=[0, label])
        file.refuse(f"one column, label {label}", "QC_ERR_DOMAIN", f"labels[1] is {label}",
                    probabilities=column(0.5, 0.5), labels=[0, label])
    for value, status in [("nan", "QC_ERR_NOT_FINITE"), ("inf", "QC_ERR_NOT_FINITE"), (-1, "QC_ERR_DOMAIN")]:
        file.refuse(f"a weight is {value}", status, "weights[1]", **one, weights=[1, value])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", **one, weights=[0, 0])
    file.refuse("no rows", "QC_ERR_SIZE", "rows", probabilities=Matrix0(0, 2), labels=[])
    for bins in [0, -1, 1000001]:
        file.refuse(f"{bins} bins", "QC_ERR_OPTIONS", "bins", **one, bins=bins)


def options_init():
    file = VectorFile("calibration/error_options_init.json", "qc_calibration_error_options_init", [""],
                      "the comments of include/quantcal/calibration.h")
    file.expect("the defaults", {"bins": 15, "target": "top_label", "binning": "equal_width", "norm": "l1",
                                 "edges": "right"})
    return file
