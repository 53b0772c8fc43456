"""Family `conformal`: risk control in rationals, p-values in rationals and decimals, procedures step by step."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from math import comb

from exact import decimal
from files import Matrix0, Repeat, VectorFile

INF = math.inf
SOURCE = "the definitions in rational arithmetic (generate/conformal_risk.py)"


def typed(x):
    """The decimal that was typed."""
    return Fraction(str(x))


def files():
    return [control_file(), steps_file(), p_values_file(), select_file(), graph_file(), best_file()]


# Conformal risk control


def solve_control(format, losses, bound, alpha, monotonize=0):
    rows = [[Fraction(x) for x in row] for row in losses]
    if monotonize:
        rows = [[max(row[j:]) for j in range(len(row))] for row in rows]
    sums = [sum(column) + Fraction(bound) for column in zip(*rows)]
    bounds = [total / (len(rows) + 1) for total in sums]
    return {"bounds": bounds, "index": next(j for j, one in enumerate(bounds) if one <= typed(alpha))}


def control_file():
    file = VectorFile("conformal/risk_control.json", "qc_conformal_risk_control", [""], SOURCE,
                      solve_control, inputs={"losses": "f64", "bound": "f64"},
                      outputs={"bounds": "f64"}, tolerance={"ulps": 1})
    nine = [[1, int(i < 2), int(i < 1), 0] for i in range(9)]
    file.add("nine points: the mean must be at most 1/9", losses=nine, bound=1, alpha=0.2)
    file.add("the last parameter", losses=nine, bound=1, alpha=0.1)
    file.add("all are valid", losses=nine, bound=1, alpha=1)
    file.add("one point, one parameter", losses=[[0]], bound=1, alpha=0.5)
    file.add("a tie in decimals: 0.44 of 25", losses=[[1, int(i < 10), 0] for i in range(24)], bound=1,
             alpha=0.44)
    file.add("a tie in halves", losses=[[1, 0.5, 0]] * 4, bound=1, alpha=0.6)
    file.add("one bit above a tie", losses=[[1, 0.5, 0]] * 3 + [[1, 0.5 + 2.0**-50, 0]], bound=1, alpha=0.6)
    file.add("tenths are above the decimals they stand for", losses=[[0.1, 0.05]] * 9, bound=0.1, alpha=0.1)
    file.add("losses below 0", losses=[[1, -5], [1, -6], [0.5, -1.25]], bound=1, alpha=0.001)
    file.add("a bound of 250", losses=[[250, 100, 3], [40, 40, 0]], bound=250, alpha=90)
    file.add("equal losses", losses=[[0.25, 0.25, 0.25]] * 7, bound=1, alpha=0.5)
    file.add("rows that rise, monotonized", losses=[[0.2, 0.6, 0.1, 0], [0.9, 0.1, 0.3, 0.2]], bound=1,
             alpha=0.5, monotonize=1)
    file.add("rows that fall, monotonized", losses=nine, bound=1, alpha=0.2, monotonize=1)
    file.add("huge losses", losses=[[1e308, 5e307, 1e300]] * 4, bound=1e308, alpha=7e307)
    file.add("tiny losses", losses=[[1e-300, 5e-301, 0]] * 4, bound=1e-300, alpha=7e-301)
    file.add("a level of thirty decimals", losses=[[1e-29, 0]] * 3, bound=1e-29, alpha=3e-30)
    good = {"losses": [[1, 0], [1, 0]], "bound": 1, "alpha": 0.4}
    file.refuse("none is valid: too few points", "QC_INFEASIBLE", "no parameter", **good | {"alpha": 0.3})
    file.refuse("none is valid: the losses", "QC_INFEASIBLE", "no parameter", losses=[[1, 0.5]] * 9, bound=1,
                alpha=0.2)
    file.refuse("no parameters", "QC_ERR_SIZE", "", losses=Matrix0(3, 0), bound=1, alpha=0.4)
    file.refuse("a row that rises", "QC_ERR_DOMAIN", "losses[1, 1]", **good | {"losses": [[1, 0], [0.5, 0.75]]})
    file.refuse("a loss above the bound", "QC_ERR_DOMAIN", "losses[0, 0] is 1.5", **good | {"losses": [[1.5, 0]]})
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a loss is {value}", "QC_ERR_NOT_FINITE", "losses[1]", **good | {"losses": [[1, value]]})
    refuse_positive(file, good)
    return file


def refuse_positive(file, good):
    for name in ["bound", "alpha"]:
        for value in [0, -1]:
            file.refuse(f"{name} is {value}", "QC_ERR_DOMAIN", f"{name} is", **good | {name: value})
        for value in ["nan", "inf"]:
            file.refuse(f"{name} is {value}", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: value})


def solve_steps(format, positions, n, bound, alpha, drops=None):
    drops = drops or [1] * len(positions)

    def is_valid(threshold):
        above = sum(Fraction(d) for p, d in zip(positions, drops) if p > threshold)
        return above + Fraction(bound) <= typed(alpha) * (n + 1)

    return {"threshold": min(t for t in [-INF, *positions] if is_valid(t))}


def steps_file():
    file = VectorFile("conformal/risk_steps.json", "qc_conformal_risk_steps", [""], SOURCE, solve_steps,
                      inputs={"positions": "f64", "drops": "f64", "bound": "f64"},
                      outputs={"threshold": "f64"})
    nine = [5, 3, 1, 4, 2, 9, 8, 7, 6]
    for alpha in [0.1, 0.2, 0.44, 0.5, 0.9, 1, 3]:
        file.add(f"one step a point, alpha = {alpha}", positions=nine, n=9, bound=1, alpha=alpha)
    shares = [0.5, 0.5, 1, 0.25, 0.25, 0.25, 0.25]
    labels = [0.9, 0.1, 0.4, 0.3, 0.2, 0.8, 0.3]
    for alpha in [0.25, 0.4, 0.5, 0.625, 0.9]:
        file.add(f"shares of true labels, alpha = {alpha}", positions=labels, drops=shares, n=3, bound=1,
                 alpha=alpha)
    file.add("ties fall together", positions=[2, 1, 2, 1, 2, 1], n=6, bound=1, alpha=0.4)
    file.add("equal positions", positions=Repeat(0.5, 20), n=20, bound=1, alpha=0.3)
    file.add("both zeros are one position", positions=[0, -0.0, 0, -0.0, -1], n=5, bound=1, alpha=0.4)
    file.add("infinite positions", positions=[INF, -INF, 0, 1], n=4, bound=1, alpha=0.2)
    file.add("some are never left", positions=[INF, -INF, 0, 1], n=4, bound=1, alpha=0.7)
    file.add("steps of no height", positions=[3, 2, 1], drops=[0, 0, 1], n=2, bound=1, alpha=0.5)
    file.add("no steps: all are valid", positions=[], n=2, bound=1, alpha=0.5)
    file.add("no points, a wide level", positions=[], n=0, bound=1, alpha=1)
    file.add("every magnitude", positions=[1e308, 1e-308, -1e308, 5e-324], drops=[1e300, 1e-300, 1e299, 1e300],
             n=3, bound=2e300, alpha=8e299)
    file.refuse("none is valid: too few points", "QC_INFEASIBLE", "no parameter", positions=[1], n=8, bound=1,
                alpha=0.1)
    good = {"positions": [1, 2], "drops": [1, 1], "n": 9, "bound": 1, "alpha": 0.2}
    file.refuse("a position is NaN", "QC_ERR_NOT_FINITE", "positions[1]", **good | {"positions": [1, "nan"]})
    file.refuse("a drop is NaN", "QC_ERR_NOT_FINITE", "drops[0]", **good | {"drops": ["nan", 1]})
    file.refuse("a drop is infinite", "QC_ERR_NOT_FINITE", "drops[1]", **good | {"drops": [1, "inf"]})
    file.refuse("a drop is negative", "QC_ERR_DOMAIN", "drops[1] is -0.5", **good | {"drops": [1, -0.5]})
    refuse_positive(file, good)
    return file


# p-values


def binomial(n, chance, most):
    p, q = chance.numerator, chance.denominator
    return Fraction(sum(comb(n, j) * p**j * (q - p) ** (n - j) for j in range(most + 1)), q**n)


def divergence(a, b):
    """h(a, b) in decimals, from exact rationals."""
    def term(x, y):
        return decimal(x) * (decimal(x) / decimal(y)).ln() if x else Decimal(0)
    return term(a, b) + term(1 - a, 1 - b)


def hoeffding(risk, n, alpha):
    with localcontext() as context:
        context.prec = 80
        return (-n * divergence(min(risk, alpha), alpha)).exp()


def bentkus(risk, n, alpha):
    return min(Decimal(1), Decimal(1).exp() * decimal(binomial(n, alpha, math.ceil(n * risk))))


def solve_p_values(format, risks, n, alpha, bound="hoeffding_bentkus"):
    """`risks` are typed decimals, or pairs: a sum of losses over n."""
    alpha = Fraction(alpha)
    functions = {
        "hoeffding": hoeffding, "bentkus": bentkus,
        "hoeffding_bentkus": lambda *rest: min(hoeffding(*rest), bentkus(*rest)),
        "binomial": lambda risk, n, alpha: binomial(n, alpha, round(n * risk)),
    }
    return {"p_values": [functions[bound](exact_mean(risk, n), n, alpha) for risk in risks]}


def exact_mean(risk, n):
    """A mean that stands for a whole sum, as k / n rounded does, is k / n."""
    whole = round(Fraction(risk) * n)
    return Fraction(whole, n) if whole / n == risk else Fraction(risk)


def p_values_file():
    file = VectorFile("conformal/risk_p_values.json", "qc_conformal_risk_p_values", [""],
                      "exact binomial sums; logarithms to 60 digits (generate/conformal_risk.py)",
                      solve_p_values, inputs={"risks": "f64", "alpha": "f64"}, outputs={"p_values": "f64"},
                      tolerance={"relative": 1e-12})
    for bound in ["hoeffding", "bentkus", "hoeffding_bentkus", "binomial"]:
        file.add(f"{bound}: a hundred losses", risks=[0, 0.01, 0.05, 0.07, 0.09, 0.1, 0.11, 0.5, 1], n=100,
                 alpha=0.1, bound=bound)
        file.add(f"{bound}: one loss", risks=[0, 1], n=1, alpha=0.3, bound=bound)
        file.add(f"{bound}: thirds and sevenths that round", risks=[k / 21 for k in range(22)], n=21, alpha=0.6,
                 bound=bound)
        file.add(f"{bound}: deep tails", risks=[0, 0.001, 0.01, 0.1], n=1000, alpha=0.5, bound=bound)
        file.add(f"{bound}: a tiny level", risks=[0, 0.002], n=500, alpha=1e-6, bound=bound)
        file.add(f"{bound}: a level next to 1", risks=[0, 0.5, 0.99], n=100, alpha=0.999, bound=bound)
        file.add(f"{bound}: no risks", risks=[], n=3, alpha=0.5, bound=bound)
        if bound != "binomial":
            file.add(f"{bound}: sums that are not whole", risks=[0.0123, 0.047, 0.0999], n=50, alpha=0.1,
                     bound=bound)
    file.add("the default takes the smaller", risks=[0.05, 0.001, 0], n=100, alpha=0.1)
    file.add("hoeffding next to the level", risks=[0.1 - 2.0**-20, 0.1 - 2.0**-40], n=2**40, alpha=0.1,
             bound="hoeffding")
    good = {"risks": [0.5], "n": 4, "alpha": 0.5}
    file.refuse("no losses", "QC_ERR_SIZE", "n is 0", **good | {"n": 0})
    file.refuse("too many losses", "QC_ERR_SIZE", "n is", **good | {"n": 2**40 + 1})
    for risk in [-0.1, 1.1]:
        file.refuse(f"a risk is {risk}", "QC_ERR_DOMAIN", "risks[0]", **good | {"risks": [risk]})
    file.refuse("a risk is NaN", "QC_ERR_NOT_FINITE", "risks[1]", **good | {"risks": [0, "nan"]})
    file.refuse("no mean of losses 0 and 1", "QC_ERR_DOMAIN", "risks[1]", bound="binomial",
                **good | {"risks": [0.5, 0.6]})
    for alpha in [0, 1]:
        file.refuse(f"alpha is {alpha}", "QC_ERR_DOMAIN", "alpha is", **good | {"alpha": alpha})
    file.refuse("alpha is NaN", "QC_ERR_NOT_FINITE", "alpha is", **good | {"alpha": "nan"})
    return file


# Procedures


def solve_select(format, p_values, delta, procedure="holm", starts=1):
    count = len(p_values)
    selected = [0] * count
    if procedure == "bonferroni":
        selected = [int(p <= delta / count) for p in p_values]
    elif procedure == "holm":
        for step, i in enumerate(sorted(range(count), key=lambda i: p_values[i])):
            if p_values[i] > delta / (count - step):
                break
            selected[i] = 1
    else:
        for start in range(starts):
            for i in range(start * count // starts, count):
                if p_values[i] > delta / starts:
                    break
                selected[i] = 1
    return {"selected": selected, "selected_count": sum(selected)}


def select_file():
    file = VectorFile("conformal/risk_select.json", "qc_conformal_risk_select", [""],
                      "the procedures step by step (generate/conformal_risk.py)", solve_select,
                      inputs={"p_values": "f64", "delta": "f64"})
    some = [0.011, 0.2, 0.001, 0.012, 1, 0.013, 0, 0.3]
    for procedure in ["holm", "bonferroni", "fixed_sequence"]:
        for name, values in [("some", some), ("three of Bretz's example", [0.01, 0.03, 0.02]),
                             ("none", [0.9, 0.8, 0.7]), ("all", [0, 0, 0, 0]), ("one", [0.05]),
                             ("one above", [0.051]), ("no values", []), ("equal", [0.0125] * 4),
                             ("rising", [0.001, 0.002, 0.04, 0.05, 0.06]),
                             ("falling", [0.06, 0.05, 0.04, 0.002, 0.001])]:
            file.add(f"{procedure}: {name}", p_values=values, delta=0.05, procedure=procedure)
    file.add("the default is Holm's", p_values=[0.01, 0.03, 0.02], delta=0.05)
    for starts in [1, 2, 3, 4, 8]:
        file.add(f"{starts} starts", p_values=some, delta=0.1, procedure="fixed_sequence", starts=starts)
    for starts in [0, 4]:
        file.refuse(f"{starts} starts for three", "QC_ERR_DOMAIN", "starts", p_values=[0.1, 0.2, 0.3],
                    delta=0.1, procedure="fixed_sequence", starts=starts)
    refuse_values(file, {"p_values": [0.5, 0.5], "delta": 0.1})
    return file


def refuse_values(file, good):
    for value in [-0.5, 1.5, "inf"]:
        file.refuse(f"a p-value is {value}", "QC_ERR_DOMAIN", "p_values[1]", **good | {"p_values": [0, value]})
    file.refuse("a p-value is NaN", "QC_ERR_NOT_FINITE", "p_values[0]", **good | {"p_values": ["nan", 0]})
    for delta in [0, 1]:
        file.refuse(f"delta is {delta}", "QC_ERR_DOMAIN", "delta is", **good | {"delta": delta})
    file.refuse("delta is NaN", "QC_ERR_NOT_FINITE", "delta is", **good | {"delta": "nan"})


def solve_graph(format, p_values, weights, transitions, delta):
    """Rejects the last that can be: the result must not depend on the order."""
    w, g = [Fraction(x) for x in weights], [[Fraction(x) for x in row] for row in transitions]
    left = set(range(len(p_values)))
    while True:
        can_be = [i for i in left if p_values[i] <= delta * w[i]]
        if not can_be:
            break
        i = max(can_be)
        left.discard(i)
        after = [row[:] for row in g]
        for j in left:
            w[j] += w[i] * g[i][j]
            rest = 1 - g[j][i] * g[i][j]
            for k in left:
                if k != j:
                    after[j][k] = (g[j][k] + g[j][i] * g[i][k]) / rest if rest else Fraction(0)
        g = after
    selected = [int(i not in left) for i in range(len(p_values))]
    return {"selected": selected, "selected_count": sum(selected)}


def graph_file():
    file = VectorFile("conformal/risk_graph.json", "qc_conformal_risk_graph", [""],
                      "Bretz et al. (2009), algorithm 1, in rational arithmetic (generate/conformal_risk.py)",
                      solve_graph,
                      inputs={"p_values": "f64", "weights": "f64", "transitions": "f64", "delta": "f64"})
    third, half = 1 / 3, [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    file.add("thirds: as Holm's", p_values=[0.01, 0.03, 0.02], weights=[third] * 3, transitions=half, delta=0.05)
    file.add("thirds: as Holm's, one stays", p_values=[0.01, 0.03, 0.06], weights=[third] * 3, transitions=half,
             delta=0.05)
    file.add("thirds: none", p_values=[0.02, 0.03, 0.06], weights=[third] * 3, transitions=half, delta=0.05)
    chain = [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    for values in [[0.01, 0.05, 0.04], [0.01, 0.06, 0], [0.06, 0, 0]]:
        file.add(f"a chain is a fixed sequence: {values}", p_values=values, weights=[1, 0, 0],
                 transitions=chain, delta=0.05)
    pair = [[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]]
    for values in [[0.02, 0.01, 0.005, 0.04], [0.02, 0.03, 0.005, 0.0001], [0.01, 0.04, 0.02, 0.01]]:
        file.add(f"two pairs: {values}", p_values=values, weights=[0.5, 0.5, 0, 0], transitions=pair, delta=0.05)
    file.add("two that hand on to each other alone", p_values=[0.01, 0.02, 0.001], weights=[0.5, 0.5, 0],
             transitions=[[0, 1, 0], [1, 0, 0], [0, 0, 0]], delta=0.05)
    file.add("no edges: weighted Bonferroni", p_values=[0.01, 0.01, 0.03], weights=[0.125, 0.25, 0.625],
             transitions=[[0] * 3] * 3, delta=0.05)
    file.add("one", p_values=[0.05], weights=[1], transitions=[[0]], delta=0.05)
    file.expect("no values", {"selected": [], "selected_count": 0}, p_values=[], weights=[],
                transitions=Matrix0(0, 0), delta=0.05)
    good = {"p_values": [0.5, 0.5], "weights": [0.5, 0.5], "transitions": [[0, 1], [1, 0]], "delta": 0.1}
    for name, change, message in [
            ("weights above 1 in sum", {"weights": [0.75, 0.5]}, "weights"),
            ("a weight is negative", {"weights": [0.5, -0.5]}, "weights[1]"),
            ("a row above 1 in sum", {"p_values": [0.5] * 3, "weights": [0, 0, 1], "transitions":
                                      [[0, 0.5, 0.5], [0.75, 0, 0.5], [0, 0, 0]]}, "row 1 of transitions"),
            ("an edge is negative", {"transitions": [[0, -1], [1, 0]]}, "transitions[1]"),
            ("an edge to itself", {"transitions": [[0, 1], [0.5, 0.5]]}, "transitions[1, 1]")]:
        file.refuse(name, "QC_ERR_DOMAIN", message, **good | change)
    refuse_values(file, good)
    return file


def solve_best(format, selected, costs=None):
    candidates = [i for i, one in enumerate(selected) if one]
    return {"index": min(candidates, key=lambda i: costs[i] if costs else i)}


def best_file():
    file = VectorFile("conformal/risk_best.json", "qc_conformal_risk_best", [""], SOURCE, solve_best,
                      inputs={"costs": "f64"})
    file.add("the first", selected=[0, 1, 1, 0])
    file.add("the cheapest", selected=[0, 1, 1, 1], costs=[0, 3, 1, 2])
    file.add("the first of the cheapest", selected=[1, 1, 1], costs=[2, 1, 1])
    file.add("infinite costs", selected=[1, 1, 1], costs=[INF, INF, -INF])
    file.add("only infinite costs", selected=[0, 1, 1], costs=[0, INF, INF])
    file.refuse("none is selected", "QC_INFEASIBLE", "nothing is selected", selected=[0, 0], costs=[1, 2])
    file.refuse("no parameters", "QC_INFEASIBLE", "nothing is selected", selected=[])
    file.refuse("a cost is NaN", "QC_ERR_NOT_FINITE", "costs[1]", selected=[1, 0], costs=[1, "nan"])
    return file
