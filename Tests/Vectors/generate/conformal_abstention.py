"""Family `conformal`: abstention. Every threshold is tried, rates are fractions."""

import math
from fractions import Fraction

from files import Repeat, VectorFile

INF = math.inf
SOURCE = "every threshold tried, rates as fractions (generate/conformal_abstention.py)"
TYPES = ["f32", "f64"]


def files():
    return [curve_file(), threshold_file(), decisions_file(), summarize_file()]


def tried(uncertainties, wrong):
    """For every threshold: it, how many points it answers, how many of these are wrong."""
    rows = []
    for threshold in sorted({-INF, *(x + 0.0 for x in uncertainties)}):
        answered = [bool(bad) for x, bad in zip(uncertainties, wrong) if x <= threshold]
        rows.append((threshold, len(answered), sum(answered)))
    return rows


def solve_curve(format, uncertainties, wrong):
    thresholds, answered, answered_wrong = (list(column) for column in zip(*tried(uncertainties, wrong)))
    return {"thresholds": thresholds, "answered": answered, "answered_wrong": answered_wrong}


POINTS = {
    "uncertainty that ranks well": ([0.1, 0.9, 0.4, 0.8, 0.2, 0.6], [0, 1, 0, 1, 0, 0]),
    "uncertainty that ranks badly": ([3, 1, 2, 5, 4], [0, 1, 1, 0, 0]),
    "ties across right and wrong": ([1, 1, 2, 2, 2, 3, 3], [0, 1, 0, 1, 1, 1, 0]),
    "all tie": (Repeat(0.5, 6), [0, 1, 0, 0, 1, 0]),
    "infinities are data": ([INF, -INF, 0, INF, -INF, 2], [1, 0, 0, 0, 0, 1]),
    "points of -infinity are wrong": ([-INF, -INF, 0, 1], [1, 0, 0, 1]),
    "both zeros are one threshold": ([0, -0.0, 0, -0.0, -1, 1], [0, 1, 1, 0, 0, 1]),
    "any number but 0 is wrong": ([1, 2, 3, 4], [0, 255, 1, 2]),
    "none is wrong": ([3, 1, 2], [0, 0, 0]),
    "all are wrong": ([3, 1, 2], [1, 1, 1]),
    "two points": ([2, 1], [1, 0]),
    "one point": ([0.25], [1]),
    "no points": ([], []),
    "an offset": ([1e9 + 64 * k for k in (5, 2, 8, 1, 9)], [1, 0, 1, 0, 0]),
    "every magnitude": ([1e38, -1e38, 1e-38, -1e-38, 0], [1, 0, 0, 1, 0]),
    "J ties at three thresholds": ([1, 2, 3, 4, 5, 6], [0, 1, 0, 1, 0, 1]),
    "thirds and sevenths": (list(range(10)), [0, 0, 1, 0, 0, 0, 1, 0, 0, 1]),
}


def refuse_points(file, **others):
    good = {"uncertainties": [1, 2], "wrong": [0, 1]} | others
    file.refuse("an uncertainty is NaN", "QC_ERR_NOT_FINITE", "uncertainties[1]",
                **good | {"uncertainties": [1, "nan"]})


def curve_file():
    file = VectorFile("conformal/abstention_curve.json", "qc_conformal_abstention_curve", TYPES, SOURCE,
                      solve_curve, inputs={"uncertainties": "T"}, outputs={"thresholds": "T"})
    for name, (uncertainties, wrong) in POINTS.items():
        file.add(name, uncertainties=uncertainties, wrong=wrong)
    refuse_points(file)
    return file


def ratio(part, whole):
    return Fraction(part, whole) if whole else Fraction(0)


def solve_threshold(format, uncertainties, wrong, rule="youden", target=0):
    rows, n, bad = tried(uncertainties, wrong), len(wrong), sum(map(bool, wrong))
    rates = {
        "abstentions": lambda answered, errors: ratio(n - answered, n),
        "false_alarms": lambda answered, errors: ratio(n - bad - answered + errors, n - bad),
        "misses": lambda answered, errors: ratio(errors, bad),
        "errors": lambda answered, errors: ratio(errors, answered),
    }
    if rule == "youden":
        def index(row):
            return 1 - rates["misses"](*row[1:]) - rates["false_alarms"](*row[1:])
        best = max(rows, key=lambda row: (index(row), row[0]))
    else:
        valid = [row for row in rows if rates[rule](*row[1:]) <= Fraction(str(target))]
        best = valid[0] if rule in ("abstentions", "false_alarms") else valid[-1]
    return dict(zip(["threshold", "answered", "answered_wrong"], best))


def threshold_file():
    file = VectorFile("conformal/abstention_threshold.json", "qc_conformal_abstention_threshold", TYPES, SOURCE,
                      solve_threshold, inputs={"uncertainties": "T"}, outputs={"threshold": "T"})
    for name, (uncertainties, wrong) in POINTS.items():
        points = {"uncertainties": uncertainties, "wrong": wrong}
        if 0 < sum(map(bool, wrong)) < len(wrong):
            file.add(f"youden: {name}", rule="youden", **points)
        else:
            file.refuse(f"youden: {name}", "QC_INFEASIBLE", "Youden's J", rule="youden", **points)
        for rule in ["abstentions", "false_alarms", "misses", "errors"]:
            for target in [0, 0.3, 0.5, 1]:
                case = {"name": f"{rule} at most {target}: {name}", "rule": rule, "target": target} | points
                if name == "points of -infinity are wrong" and rule in ("misses", "errors") and target < 0.5:
                    file.refuse(status="QC_INFEASIBLE", message="no threshold", **case)
                else:
                    file.add(**case)
    ten = {"uncertainties": list(range(1, 11)), "wrong": [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]}
    file.add("Youden's J is the default", **ten)
    for target in [0.1, 0.2, 0.3, 0.7, 0.9]:  # 0.3 as a double is below 3/10, 0.7 above 7/10
        file.add(f"a tie in decimals: {target} of ten abstentions", rule="abstentions", target=target, **ten)
    hundred = {"uncertainties": list(range(100)), "wrong": [int(k >= 71) for k in range(100)]}
    file.add("a tie in decimals: 0.29 of a hundred errors", rule="errors", target=0.29, **hundred)
    file.add("just below it", rule="errors", target=math.nextafter(0.29, 0), **hundred)
    file.add("errors that fall again", rule="errors", target=0.25, uncertainties=[1, 2, 3, 4, 5, 6, 7, 8],
             wrong=[1, 0, 1, 0, 0, 0, 0, 0])
    file.add("a target of -0", rule="misses", target=-0.0, **ten)
    file.add("a tiny target", rule="misses", target=1e-300, **ten)
    refuse_points(file, rule="errors", target=0.5)
    for value in [-0.1, 1.1, "inf"]:
        file.refuse(f"target is {value}", "QC_ERR_DOMAIN", "target is", rule="errors", target=value, **ten)
    file.refuse("target is NaN", "QC_ERR_NOT_FINITE", "target is", rule="errors", target="nan", **ten)
    return file


def solve_decisions(format, uncertainties, single_threshold, abstention_threshold, sizes=None):
    decisions = []
    for index, value in enumerate(uncertainties):
        if value > abstention_threshold:
            decisions.append(0)
        elif value <= single_threshold:
            decisions.append(1)
        else:
            decisions.append(0 if sizes and sizes[index] == 0 else 2)
    return {"decisions": decisions}


def decisions_file():
    file = VectorFile("conformal/abstention_decisions.json", "qc_conformal_abstention_decisions", TYPES, SOURCE,
                      solve_decisions, inputs={"uncertainties": "T", "single_threshold": "T",
                                               "abstention_threshold": "T"})
    values = [0.1, 0.25, 0.3, 0.5, 0.75, 0.8, INF, -INF]
    for single, abstention in [(0.25, 0.75), (0.75, 0.25), (-INF, INF), (-INF, -INF), (INF, INF), (INF, 0.5),
                               (0.1, 0.1)]:
        file.add(f"one label up to {single}, none above {abstention}", uncertainties=values,
                 single_threshold=single, abstention_threshold=abstention)
    file.add("an empty set is no answer", uncertainties=values, sizes=[0, 0, 0, 1, 2, 3, 1, 0],
             single_threshold=0.25, abstention_threshold=0.8)
    file.add("no points", uncertainties=[], single_threshold=0, abstention_threshold=1)
    good = {"uncertainties": [0.5, 0.25], "sizes": [1, 2], "single_threshold": 0.1, "abstention_threshold": 0.9}
    file.refuse("an uncertainty is NaN", "QC_ERR_NOT_FINITE", "uncertainties[0]",
                **good | {"uncertainties": ["nan", 1]})
    file.refuse("a size is negative", "QC_ERR_DOMAIN", "sizes[1] is -1", **good | {"sizes": [0, -1]})
    for name in ["single_threshold", "abstention_threshold"]:
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: "nan"})
    return file


def solve_summarize(format, decisions, singles_hold, sets_hold):
    rows = list(zip(decisions, singles_hold, sets_hold))
    return {
        "abstained": sum(d == 0 for d, _, _ in rows),
        "singles": sum(d == 1 for d, _, _ in rows),
        "singles_right": sum(d == 1 and bool(one) for d, one, _ in rows),
        "sets": sum(d == 2 for d, _, _ in rows),
        "sets_right": sum(d == 2 and bool(many) for d, _, many in rows),
    }


def summarize_file():
    file = VectorFile("conformal/abstention_summarize.json", "qc_conformal_abstention_summarize", [""],
                      "counted row by row (generate/conformal_abstention.py)", solve_summarize)
    file.add("each decision, right and wrong", decisions=[0, 1, 2, 0, 1, 2, 1, 2, 2],
             singles_hold=[1, 1, 0, 0, 0, 0, 1, 1, 0], sets_hold=[1, 1, 1, 0, 1, 0, 1, 1, 0])
    file.add("what is abstained from is no answer", decisions=[0, 0, 0], singles_hold=[1, 1, 0],
             sets_hold=[1, 1, 1])
    file.add("any number but 0 is right", decisions=[1, 2], singles_hold=[7, 0], sets_hold=[0, 255])
    file.add("no points", decisions=[], singles_hold=[], sets_hold=[])
    file.refuse("no decision", "QC_ERR_DOMAIN", "decisions", decisions=[0, 3], singles_hold=[0, 0],
                sets_hold=[0, 0])
    return file
