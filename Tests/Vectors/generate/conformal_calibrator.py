"""Vectors of `conformal/calibrator`: thresholds and p-values from their definitions, in rationals, and the
bytes of small calibrators, written field by field."""

import math
import struct
from decimal import Decimal
from fractions import Fraction

from conformal_split import refuse_alphas
from files import VectorFile
from isotonic_distribution import philox
from isotonic_state import checksum

INF = math.inf
SOURCE = "the definitions, in rationals (generate/conformal_calibrator.py)"
REALS = {"scores": "T", "weights": "T"}


def files():
    return [options_init(), p_value_options_init(), create(), destroy(), update(), merge(), counts(),
            thresholds(), point_thresholds(), p_values(), serialize(), deserialize()]


def file_of(name, types, solve=None, inputs=None, outputs=None, **more):
    return VectorFile(f"conformal/calibrator_{name}.json", f"qc_conformal_calibrator_{name}", types, SOURCE,
                      solve, inputs=inputs or REALS, outputs=outputs, **more)


# -- The definitions ---------------------------------------------------------------------------


def groups_of(scores, weights=None, groups=None, group_count=0, weighted=None, last_group="own", cuts=None):
    """The points of each group, (score, weight), sorted."""
    rows = [[] for _ in range(max(1, group_count))]
    for index, score in enumerate(scores):
        point = (score + 0.0, Fraction(weights[index] if weights else 1))
        group = groups[index] if groups else 0
        if group >= 0:
            rows[group].append(point)
        if last_group == "all" and group != group_count - 1:
            rows[-1].append(point)
    return [sorted(row) for row in rows]


def level_of(alpha):
    return Fraction(Decimal(repr(float(alpha))))


def threshold(points, alpha, test_weight):
    """The smallest score with enough weight up to it; the test point's lies at infinity."""
    if test_weight == INF:
        return INF
    least = (1 - level_of(alpha)) * (sum(weight for _, weight in points) + Fraction(test_weight))
    for score in sorted({score for score, _ in points}):
        if sum(weight for other, weight in points if other <= score) >= least:
            return score
    return INF


ALPHAS = [0.1, 0.3, 0.5]


def solve_thresholds(format, alphas=ALPHAS, fold=None, **inputs):
    return {"thresholds": [[threshold(points, alpha, 1) for alpha in alphas] for points in groups_of(**inputs)]}


def solve_counts(format, **inputs):
    return {"counts": [len(points) for points in groups_of(**inputs)]}


def solve_both(format, fold=None, **inputs):
    return solve_counts(format, **inputs) | solve_thresholds(format, **inputs)


def points_of(inputs, group):
    return [] if group < 0 else groups_of(**inputs)[group]


def solve_point_thresholds(format, alpha, m=None, test_weights=None, test_groups=None, **inputs):
    count = m if m is not None else len(test_weights or test_groups)
    return {"thresholds": [
        threshold(points_of(inputs, test_groups[j] if test_groups else 0), alpha,
                  test_weights[j] if test_weights else 1) for j in range(count)]}


def share(seed, number):
    words = philox(seed, number, 4)
    return 1 - Fraction((words[1] << 32 | words[0]) >> 11, 2**53)


def p_value(points, score, test_weight, tail, u):
    total = sum(weight for _, weight in points)
    if test_weight == INF or total == 0:
        return u
    beyond = sum(weight for other, weight in points if (other > score if tail == "upper" else other < score))
    equal = sum(weight for other, weight in points if other == score)
    own = Fraction(test_weight)
    return (beyond + u * (own + equal)) / (total + own)


def solve_p_values(format, test_scores, test_weights=None, test_groups=None, tail="upper", randomised=0,
                   seed=0, first_point=0, **inputs):
    return {"p_values": [
        p_value(points_of(inputs, test_groups[j] if test_groups else 0), score,
                test_weights[j] if test_weights else 1, tail,
                share(seed, first_point + j) if randomised else 1)
        for j, score in enumerate(test_scores)]}


# -- Cases -------------------------------------------------------------------------------------

SPLIT = {"scores": [3, 1, 4, 1, 5, 9, 2, 6, 5]}
MONDRIAN = {"scores": [3, 1, 4, 1, 5, 9, 2, 6, 5, 8, 0, 7], "group_count": 3,
            "groups": [0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0]}
# The example of the covariate shift whose thresholds are known by hand: 4 and +infinity at weights 2 and 4.
SHIFT = {"scores": [1, 2, 3, 4], "weights": [1, 2, 1, 4]}
POOLED = MONDRIAN | {"last_group": "all"}
UNGROUPED_POINTS = {"scores": [3, 1, 4, 1, 5, 2], "groups": [0, -1, 1, 0, -1, 1], "group_count": 2}
WEIGHTED_GROUPS = {"scores": [3, 1, 4, 1, 5, 9, 2, 6], "weights": [1, 0.5, 0.25, 2, 0, 1, 3, 0.125],
                   "groups": [0, 1, 0, 1, 0, 1, 0, 1], "group_count": 3}
# Equal scores of other weights: their order must not matter.
TIES = {"scores": [2, 1, 2, 1, 2, 2], "weights": [1, 3, 0.5, 2, 0.25, 1]}
UGLY = {
    "no points": {"scores": []},
    "no points, weighted": {"scores": [], "weighted": 1},
    "no points, groups": {"scores": [], "group_count": 2},
    "one point": {"scores": [7]},
    "all equal": {"scores": [2.5] * 12},
    "infinities": {"scores": [INF, -INF, 0, INF, -INF, 1, 2]},
    "both zeros": {"scores": [0.0, -0.0, 0.0, -0.0]},
    "an offset": {"scores": [1e9 + 64 * i for i in (3, 1, 2, 5, 4)]},
    "all weights zero": {"scores": [1, 2], "weights": [0, 0]},
    "large and small": {"scores": [1e38, 1e-38, -1e38, 0, 1], "weights": [1e38, 1e-38, 1e30, 0, 1]},
}


def options_init():
    file = VectorFile("conformal/calibrator_options_init.json", "qc_conformal_calibrator_options_init", [""],
                      "the comments in conformal/calibrator.h")
    file.expect("the defaults", {"group_count": 0, "weighted": 0, "last_group": "own"})
    return file


def p_value_options_init():
    file = VectorFile("conformal/p_value_options_init.json", "qc_conformal_p_value_options_init", [""],
                      "the comments in conformal/calibrator.h")
    file.expect("the defaults", {"tail": "upper", "randomised": 0, "seed": 0, "first_point": 0})
    return file


def create():
    file = file_of("create", [""], solve_both)
    file.add("the defaults", **SPLIT)
    file.add("groups", **MONDRIAN)
    file.add("weights", **SHIFT)
    file.refuse("a negative number of groups", "QC_ERR_OPTIONS", "group_count is -1", scores=[], group_count=-1)
    file.refuse("all points in the last of no groups", "QC_ERR_OPTIONS", "last_group", scores=[], last_group="all")
    return file


def destroy():
    file = file_of("destroy", [""], solve_both)
    file.add("a calibrator with points", **MONDRIAN)
    return file


def update():
    file = file_of("update", ["f64", "f32"], solve_both, outputs={"thresholds": "f64"})
    file.add("one call", **SPLIT)
    file.add("a call for each point", **SPLIT, cuts=list(range(1, 9)))
    file.add("calls without points", **SPLIT, cuts=[0, 0, 4, 4, 9])
    file.add("groups", **MONDRIAN, cuts=[5])
    file.add("a last group of all points", **POOLED, cuts=[5])
    file.add("points of no group", **UNGROUPED_POINTS)
    file.add("points of no group are in a last group of all", **UNGROUPED_POINTS, last_group="all")
    file.add("weights", **SHIFT)
    file.add("weights and groups", **WEIGHTED_GROUPS, cuts=[3, 6])
    file.add("equal scores of other weights", **TIES)
    for name, inputs in UGLY.items():
        file.add(name, **inputs)
    file.add("magnitudes of doubles", types=["f64"], scores=[1e308, -1e308, 1e-308, 5e-324, 0],
             weights=[1e308, 1e308, 1e308, 5e-324, 1e-308])
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[2] is nan", scores=[1, 2, "nan"])
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1] is", scores=[1, 2], weights=[1, value])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[0] is -0.5", scores=[1, 2], weights=[-0.5, 1])
    file.refuse("no weights", "QC_ERR_NULL_POINTER", "weights are missing", scores=[1], weighted=1)
    file.refuse("weights that are not wanted", "QC_ERR_DOMAIN", "weights are given", scores=[1], weights=[1], weighted=0)
    file.refuse("no groups", "QC_ERR_NULL_POINTER", "groups are missing", scores=[1], group_count=2)
    file.refuse("groups that are not wanted", "QC_ERR_DOMAIN", "groups are given", scores=[1], groups=[0])
    file.refuse("a group too large", "QC_ERR_DOMAIN", "groups[1]", scores=[1, 2], groups=[0, 2], group_count=2)
    return file


def merge():
    file = file_of("merge", [""], solve_both)
    for fold in ["left", "right"]:
        for name, inputs in [("no groups", SPLIT), ("groups", MONDRIAN), ("a last group of all", POOLED),
                             ("weights and groups", WEIGHTED_GROUPS), ("equal scores of other weights", TIES)]:
            cuts = [1, 3, 3, len(inputs["scores"])]
            file.add(f"{name}, from the {fold}", **inputs, cuts=cuts, fold=fold)
    return file


def counts():
    file = file_of("counts", [""], solve_counts)
    file.add("no groups", **SPLIT)
    file.add("groups, of which one is empty", **MONDRIAN)
    file.add("a last group of all", **POOLED)
    file.add("points of no group", **UNGROUPED_POINTS)
    file.add("weights of 0 count", **WEIGHTED_GROUPS)
    file.add("nothing", scores=[])
    return file


def thresholds():
    file = file_of("thresholds", [""], solve_thresholds)
    file.add("no groups", **SPLIT, alphas=[0.05, 0.1, 0.2, 0.44, 0.5, 0.999])
    file.add("groups", **MONDRIAN, alphas=[0.1, 0.2, 0.25, 0.5])
    # 25 * 0.56 is exactly 14, and a little more in doubles.
    file.add("a rank that doubles miss", scores=list(range(1, 25)), alphas=[0.44])
    file.add("equal weights give that rank too", scores=list(range(1, 25)), weights=[1] * 24, alphas=[0.44])
    file.add("levels at the ends", **SPLIT, alphas=[5e-324, 1e-17, 0.9999999999999999])
    file.add("weights", **SHIFT, alphas=[0.3, 0.5, 0.7])
    for name, inputs in UGLY.items():
        if name != "all weights zero":
            file.add(name, **inputs, alphas=ALPHAS)
    refuse_alphas_of(file)
    return file


def refuse_alphas_of(file):
    for value in ["nan"]:
        file.refuse(f"a level is {value}", "QC_ERR_NOT_FINITE", "alphas[1] is nan", **SPLIT, alphas=[0.1, value])
    for value in [0, 1, -0.1, "inf"]:
        file.refuse(f"a level is {value}", "QC_ERR_DOMAIN", "alphas[0] is", **SPLIT, alphas=[value, 0.1])


def point_thresholds():
    file = file_of("point_thresholds", [""], solve_point_thresholds)
    file.add("the example", **SHIFT, test_weights=[2, 4], alpha=0.3,
             source="by hand: 7 of 10 * 0.7 is reached by 4; at weight 4, 12 * 0.7 = 8.4 > 8")
    file.add("many weights", **SHIFT, test_weights=[0, 0.125, 1, 2, 3, 3.5, 4, 100, INF], alpha=0.3)
    for alpha in [0.1, 0.2, 0.25, 0.5, 0.75, 0.9]:
        file.add(f"alpha = {alpha}", **WEIGHTED_GROUPS, alpha=alpha,
                 test_weights=[0, 0.125, 0.5, 1, 1, 2, 7, 1e300], test_groups=[0, 1, 0, 1, 2, 0, 1, -1])
        file.add(f"ties, alpha = {alpha}", **TIES, alpha=alpha, test_weights=[0, 0.25, 1, 2, 1e-300])
    file.add("no weights", **MONDRIAN, test_groups=[2, 1, 0, -1, 0], alpha=0.25)
    file.add("no weights, no groups", **SPLIT, m=3, alpha=0.25)
    file.add("test weights only", **SPLIT, test_weights=[0, 0.5, 1, 1.5, 9], alpha=0.1)
    for n, alpha, weight in [(9, 0.1, 0.1), (24, 0.44, 0.1), (24, 0.44, 1e300), (24, 0.44, 5e-324), (999, 0.001, 0.3)]:
        # Sums of 0.1 are no multiples of it in doubles: exactly the rank of no weights all the same.
        file.add(f"equal weights of {weight!r}, n = {n}, alpha = {alpha}", scores=list(range(1, n + 1)),
                 weights=[weight] * n, test_weights=[weight], alpha=alpha)
    file.add("weights of other scales", scores=[1, 2, 3], weights=[1e-300, 1e300, 1e-300],
             test_weights=[1e-300, 1e299, 1e300, 1e308], alpha=0.25)
    file.add("an infinite weight", scores=[1, 2], weights=[1, 1], test_weights=[INF], alpha=0.9)
    file.add("no weight but the test point's", scores=[1, 2], weights=[0, 0], test_weights=[1], alpha=0.9)
    file.add("no test points", scores=[1, 2], m=0, alpha=0.5)
    file.refuse("no weight at all", "QC_ERR_DOMAIN", "test_weights[1] is 0 and so is the total weight",
                scores=[1, 2], weights=[0, 0], test_weights=[1, 0], alpha=0.5)
    file.refuse("no points and no weight", "QC_ERR_DOMAIN", "test_weights[0] is 0", scores=[], test_weights=[0], alpha=0.5)
    file.refuse("no group and no weight", "QC_ERR_DOMAIN", "test_weights[0] is 0", **WEIGHTED_GROUPS,
                test_weights=[0], test_groups=[-1], alpha=0.5)
    file.refuse("a test weight is NaN", "QC_ERR_NOT_FINITE", "test_weights[1] is nan", **SHIFT, test_weights=[1, "nan"], alpha=0.5)
    for value in [-0.5, "-inf"]:
        file.refuse(f"a test weight is {value}", "QC_ERR_DOMAIN", "test_weights[0] is -", **SHIFT, test_weights=[value], alpha=0.5)
    file.refuse("groups are missing", "QC_ERR_NULL_POINTER", "groups are missing", **MONDRIAN, m=1, alpha=0.5)
    file.refuse("groups are not wanted", "QC_ERR_DOMAIN", "groups are given", **SPLIT, test_groups=[0], alpha=0.5)
    file.refuse("a group too large", "QC_ERR_DOMAIN", "groups[1]", **MONDRIAN, test_groups=[0, 3], alpha=0.5)
    refuse_alphas(file, **SPLIT, m=2)
    return file


def p_values():
    file = file_of("p_values", ["f64", "f32"], solve_p_values, inputs=REALS | {"test_scores": "T"},
                   outputs={"p_values": "f64"}, tolerance={"ulps": 4})
    tests = [-1, 0, 1, 1.5, 2, 5, 9, 10, INF, -INF]
    for tail in ["upper", "lower"]:
        file.add(f"no weights ({tail})", **SPLIT, test_scores=tests, tail=tail)
        file.add(f"randomised ({tail})", **SPLIT, test_scores=tests, tail=tail, randomised=1, seed=7)
        file.add(f"groups ({tail})", **MONDRIAN, test_scores=tests, test_groups=[0, 1, 2, -1, 0, 1, 2, -1, 0, 1], tail=tail)
        file.add(f"weights ({tail})", **TIES, test_scores=tests, tail=tail,
                 test_weights=[0, 1, 0.5, 0.25, 3, 1, 1e-300, 1e300, INF, 0.1])
        file.add(f"weights and groups, randomised ({tail})", **WEIGHTED_GROUPS, test_scores=tests, tail=tail,
                 test_weights=[0, 1, 0.5, 0.25, 3, 1, 1e-300, 1e300, INF, 0.1], randomised=1, seed=2**63,
                 test_groups=[0, 1, 2, -1, 0, 1, 1, 0, 1, 0])
    file.add("the shares of later points", **SPLIT, test_scores=tests, randomised=1, seed=7, first_point=2**40)
    for name, inputs in UGLY.items():
        grouped = {"test_groups": [0, 1, -1, 0]} if inputs.get("group_count") else {}
        file.add(name, **inputs, test_scores=[-INF, 0, 2.5, INF], **grouped)
    file.add("no test points", **SPLIT, test_scores=[])
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[1] is nan", **SPLIT, test_scores=[1, "nan"])
    file.refuse("no weight at all", "QC_ERR_DOMAIN", "test_weights[0] is 0", scores=[1, 2], weights=[0, 0],
                test_scores=[1], test_weights=[0])
    file.refuse("a negative test weight", "QC_ERR_DOMAIN", "test_weights[0] is -1", **SHIFT, test_scores=[1], test_weights=[-1])
    file.refuse("groups are missing", "QC_ERR_NULL_POINTER", "groups are missing", **MONDRIAN, test_scores=[1])
    file.refuse("a group too large", "QC_ERR_DOMAIN", "groups[0]", **MONDRIAN, test_scores=[1], test_groups=[3])
    return file


# -- Bytes -------------------------------------------------------------------------------------


def bytes_of(weights=None, group_count=0, last_group="own", **inputs):
    rows = groups_of(weights=weights, group_count=group_count, last_group=last_group, **inputs)
    data = b"QCCALIBR" + struct.pack("<Q4i", 1, group_count, weights is not None, last_group == "all", 0)
    data += b"".join(struct.pack("<Q", len(row)) for row in rows)
    for score, weight in (point for row in rows for point in row):
        data += struct.pack("<d", score) + (struct.pack("<d", weight) if weights else b"")
    return data + checksum(data)


SMALL = {"no points": {"scores": []}, "split": SPLIT, "groups": MONDRIAN, "a last group of all": POOLED,
         "weights and groups": WEIGHTED_GROUPS, "ties": TIES, "infinities": UGLY["infinities"],
         "both zeros": UGLY["both zeros"]}


def serialize():
    file = VectorFile("conformal/calibrator_serialize.json", "qc_conformal_calibrator_serialize", [""],
                      "the fields of a calibrator one after the other (generate/conformal_calibrator.py)")
    for name, inputs in SMALL.items():
        file.expect(name, {"bytes": list(bytes_of(**inputs))}, **inputs)
    file.expect("in another order", {"bytes": list(bytes_of(**TIES))}, scores=TIES["scores"][::-1],
                weights=TIES["weights"][::-1], cuts=[2])
    return file


def deserialize():
    file = VectorFile("conformal/calibrator_deserialize.json", "qc_conformal_calibrator_deserialize", [""],
                      "the fields of a calibrator one after the other (generate/conformal_calibrator.py)")
    for name, inputs in SMALL.items():
        file.expect(name, solve_both(None, **inputs), bytes=list(bytes_of(**inputs)))
    for name, data in broken(bytes_of(**SPLIT), bytes_of(**MONDRIAN), bytes_of(**TIES), bytes_of(**POOLED)):
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not a conformal calibrator", bytes=list(data))
    return file


def broken(split, groups, weighted, pooled):
    def patched(data, place, form, *values):
        """Other fields, under a checksum that is right."""
        data = bytearray(data[:-8])
        struct.pack_into(form, data, place, *values)
        return bytes(data) + checksum(data)

    yield "no bytes", b""
    yield "a byte too few", split[:-1]
    yield "a byte too many", split + b"\0"
    yield "a wrong checksum", split[:-1] + bytes([split[-1] ^ 1])
    yield "another beginning", patched(split, 0, "<B", 0)
    yield "a later version", patched(split, 8, "<Q", 2)
    yield "a negative number of groups", patched(split, 16, "<i", -1)
    yield "more groups than bytes", patched(split, 16, "<i", 2**31 - 1)
    yield "neither with nor without weights", patched(split, 20, "<i", 2)
    yield "weights that are not there", patched(split, 20, "<i", 1)
    yield "an unknown last group", patched(groups, 24, "<i", 2)
    yield "all points in the last of no groups", patched(split, 24, "<i", 1)
    yield "a last group that has not all points", patched(groups, 24, "<i", 1)
    yield "a reserved field that is set", patched(split, 28, "<i", 1)
    yield "fewer points than bytes", patched(split, 32, "<Q", 8)
    yield "more points than bytes", patched(split, 32, "<Q", 10)
    yield "2^63 points", patched(split, 32, "<Q", 2**63)
    yield "2^61 points, whose bytes overflow", patched(split, 32, "<Q", 2**61)
    yield "groups that overflow together", patched(groups, 32, "<2Q", 2**63 - 1, 2**63 - 1)
    yield "a score that is NaN", patched(split, 40, "<d", float("nan"))
    yield "a score of -0", patched(bytes_of(scores=[0]), 40, "<d", -0.0)
    yield "scores that fall", patched(split, 40, "<d", 4)
    yield "weights that fall", patched(weighted, 48, "<d", 5)
    for value in [-1.0, -0.0, INF, float("nan")]:
        yield f"a weight of {value}", patched(weighted, 48, "<d", value)
    yield "a last group with too few points", patched(pooled, 32, "<3Q", 9, 3, 12)
