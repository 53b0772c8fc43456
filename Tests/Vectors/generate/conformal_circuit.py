"""Family `conformal`: probabilities corrected by knowledge rules, summed over all worlds in rationals and decimals of 60
digits; bounds by all corners."""

from decimal import Decimal
from itertools import product

from exact import decimal
from files import Matrix0, VectorFile

SOURCE = "the sum over all worlds, at all corners, in decimals of 60 digits (generate/conformal_circuit.py)"
INPUTS = {name: "f64" for name in ["leaves", "lower", "upper", "weights", "shares"]}


def holds(literal, world):
    return world[literal] == 1 if literal >= 0 else world[-1 - literal] == 0


def named(literal):
    return literal if literal >= 0 else -1 - literal


def tied(leaf, rules):
    """The leaves that rules tie to one, in order."""
    group = {leaf}
    while True:
        more = group.union(*[{named(a), named(b)} for a, b, _ in rules if group & {named(a), named(b)}] or [set()])
        if more == group:
            return sorted(group)
        group = more


def corrected(probabilities, leaf, rules):
    """P(leaf is there), over the worlds of what is tied to it: the rest is independent."""
    group = tied(leaf, rules)
    ours = [rule for rule in rules if named(rule[0]) in group]
    there = total = Decimal(0)
    for bits in product((0, 1), repeat=len(group)):
        world = dict(zip(group, bits))
        mass = sum((Decimal(w) for a, b, w in ours if not holds(a, world) or holds(b, world)), Decimal(0)).exp()
        for number, bit in world.items():
            p = decimal(probabilities[number])
            mass *= p if bit else 1 - p
        total += mass
        there += mass * world[leaf]
    return there / total


def circuits_of(premises, conclusions, weights, circuits, circuit_count):
    rules = list(zip(premises, conclusions, weights))
    numbers = circuits or [0] * len(rules)
    return [[rule for rule, number in zip(rules, numbers) if number == c] for c in range(circuit_count)]


def mixed(own, found, shares):
    parts = [Decimal(share) for share in shares or [0] + [1] * len(found)]
    return sum((part * value for part, value in zip(parts, [decimal(own)] + found)), Decimal(0)) / sum(parts)


def solve_probabilities(format, leaves, premises, conclusions, weights, circuits=None, shares=None, circuit_count=1):
    rules = circuits_of(premises, conclusions, weights, circuits, circuit_count)
    return {"corrected": [[mixed(row[leaf], [corrected(row, leaf, part) for part in rules], shares)
                           for leaf in range(len(row))] for row in leaves]}


def solve_bounds(format, lower, upper, premises, conclusions, weights, circuits=None, shares=None, circuit_count=1):
    rules = circuits_of(premises, conclusions, weights, circuits, circuit_count)
    below, above = [], []
    for low, high in zip(lower, upper):
        columns = range(len(low))
        corners = {part: [[corrected(corner, leaf, rules[part]) for corner in product(*zip(low, high))]
                          for leaf in columns] for part in range(circuit_count)}
        below.append([mixed(low[j], [min(corners[part][j]) for part in corners], shares) for j in columns])
        above.append([mixed(high[j], [max(corners[part][j]) for part in corners], shares) for j in columns])
    return {"corrected_lower": below, "corrected_upper": above}


def files():
    return [probabilities_file(), bounds_file()]


ONE = {"premises": [0], "conclusions": [1], "weights": [2]}
SOME = {"premises": [0, 1, -3, 2], "conclusions": [3, -3, 0, -4], "weights": [1.5, 2, 0.7, -1.2]}
TWO = {"circuits": [0, 1, 0, 1], "circuit_count": 2}
LEAVES = [[0.6, 0.2, 0.9, 0.3], [0, 0.5, 1, 0.75], [1, 1, 0, 0], [0.01, 1e-9, 0.999, 0.4]]


def probabilities_file():
    file = VectorFile("conformal/circuit_probabilities.json", "qc_conformal_circuit_probabilities", [""], SOURCE,
                      solve_probabilities, inputs=INPUTS, outputs={"corrected": "f64"}, tolerance={"relative": 1e-12})
    file.expect("a class without its attribute", {"corrected": [[0.316194, 0.341903]]}, leaves=[[0.6, 0.2]], **ONE,
                source="by hand: 0.6 (0.8 + 0.2 e^2) and 0.2 e^2 over 0.6 (0.8 + 0.2 e^2) + 0.4 e^2",
                tolerance={"absolute": 1e-6})
    for weight in [-3, 0, 1e-9, 5, 40, 500, -500]:
        file.add(f"a weight of {weight}", leaves=[[0.6, 0.2], [0.3, 0.99]], **ONE | {"weights": [weight]})
    file.add("rules with negations, a chain", leaves=LEAVES, **SOME)
    file.add("two circuits", leaves=LEAVES, **SOME, **TWO)
    file.add("two circuits and the leaf itself", leaves=LEAVES, **SOME, **TWO, shares=[1, 2, 5])
    file.add("a circuit without a share", leaves=LEAVES, **SOME, **TWO, shares=[0, 1, 0])
    file.add("a circuit without rules", leaves=LEAVES, **SOME, circuit_count=3)
    file.add("the leaf itself alone", leaves=LEAVES, **SOME, shares=[3, 0])
    file.add("no rules", leaves=LEAVES, premises=[], conclusions=[], weights=[])
    file.add("a rule that always holds", leaves=LEAVES, premises=[1, 2], conclusions=[1, 0], weights=[7, 1])
    file.add("a leaf that speaks against itself", leaves=LEAVES, premises=[1], conclusions=[-2], weights=[1])
    file.add("the same rule twice", leaves=LEAVES, premises=[0, 0], conclusions=[1, 1], weights=[1, 1])
    file.add("one leaf", leaves=[[0.25]], premises=[0], conclusions=[-1], weights=[2])
    file.add("pairs that are independent", leaves=[[0.1, 0.9, 0.8, 0.3, 0.5, 0.6]], premises=[0, 2, 4],
             conclusions=[1, 3, 5], weights=[1, 2, 3])
    file.add("eight leaves tied together", leaves=[[0.1, 0.9, 0.8, 0.3, 0.5, 0.6, 0.05, 0.7]],
             premises=[0, 1, 2, 3, 4, 5, 6], conclusions=[1, -3, 3, 4, -6, 6, 7], weights=[1, 2, 3, -1, 0.5, 2, 1])
    file.add("the largest weights", leaves=[[0.5, 1e-200, 0.1], [1, 1e-300, 0.5]], premises=[0, 1],
             conclusions=[1, 2], weights=[600, 400])
    file.expect("no rows", {"corrected": []}, leaves=Matrix0(0, 2), **ONE)
    good = {"leaves": [[0.5, 0.25]], **ONE}
    for value, status in [(-0.1, "DOMAIN"), (1.5, "DOMAIN"), ("nan", "NOT_FINITE")]:
        file.refuse(f"a leaf is {value}", f"QC_ERR_{status}", "leaves[1]", **good | {"leaves": [[0.5, value]]})
    refuse_rules(file, good)
    return file


def refuse_rules(file, good):
    for literal in [2, 5, -3]:
        file.refuse(f"a premise is {literal}", "QC_ERR_DOMAIN", "premises[0]", **good | {"premises": [literal]})
        file.refuse(f"a conclusion is {literal}", "QC_ERR_DOMAIN", "conclusions[0]",
                    **good | {"conclusions": [literal]})
    for weight in ["nan", "inf", "-inf"]:
        file.refuse(f"a weight is {weight}", "QC_ERR_NOT_FINITE", "weights[0]", **good | {"weights": [weight]})
    file.refuse("weights are too large together", "QC_ERR_DOMAIN", "circuit 0 sum to 1001", **good | {
        "premises": [0, 1], "conclusions": [1, 0], "weights": [500, -501]})
    file.refuse("a circuit that there is not", "QC_ERR_DOMAIN", "circuits[0] is 2", **good, circuits=[2],
                circuit_count=2)
    file.refuse("no circuits", "QC_ERR_SIZE", "circuit_count is 0", **good, circuit_count=0)
    for shares, status in [([0, 0], "DOMAIN"), ([-1, 2], "DOMAIN"), ([1, "nan"], "NOT_FINITE")]:
        file.refuse(f"shares {shares}", f"QC_ERR_{status}", "shares", **good, shares=shares)


def bounds_file():
    file = VectorFile("conformal/circuit_bounds.json", "qc_conformal_circuit_bounds", [""], SOURCE, solve_bounds,
                      inputs=INPUTS, outputs={"corrected_lower": "f64", "corrected_upper": "f64"},
                      tolerance={"relative": 1e-11})
    file.expect("a class without its attribute", {"corrected_lower": [[0.181537, 0.163693]],
                                                  "corrected_upper": [[0.479451, 0.520549]]},
                lower=[[0.5, 0.1]], upper=[[0.7, 0.3]], **ONE, tolerance={"absolute": 1e-6},
                source="by hand: the formula of one world sum at four corners")
    low = [[0.5, 0.1, 0.8, 0.2], [0, 0.4, 1, 0.7], [0.9, 0, 0, 0], [0.3, 0.3, 0.3, 0.3]]
    high = [[0.7, 0.3, 1, 0.3], [0.1, 0.6, 1, 0.8], [1, 1, 0, 1], [0.3, 0.3, 0.3, 0.3]]
    for weight in [-3, 0, 5, 500]:
        file.add(f"a weight of {weight}", lower=[[0.6, 0.2], [0, 0.9]], upper=[[0.65, 0.9], [1, 0.99]],
                 **ONE | {"weights": [weight]})
    file.add("rules with negations, a chain", lower=low, upper=high, **SOME)
    file.add("two circuits and the leaf itself", lower=low, upper=high, **SOME, **TWO, shares=[1, 2, 5])
    file.add("a circuit without rules", lower=low, upper=high, **SOME, circuit_count=2)
    file.add("no rules", lower=low, upper=high, premises=[], conclusions=[], weights=[])
    file.add("nothing is known", lower=[[0, 0, 0]], upper=[[1, 1, 1]], premises=[0, 1], conclusions=[1, -3],
             weights=[1, 2])
    file.add("five leaves tied together", lower=[[0.1, 0.5, 0.3, 0.2, 0.6]], upper=[[0.2, 0.9, 0.4, 0.8, 0.7]],
             premises=[0, 1, 2, 3], conclusions=[-2, 2, -4, 4], weights=[1, 2, -1, 3])
    file.expect("no rows", {"corrected_lower": [], "corrected_upper": []}, lower=Matrix0(0, 2), upper=Matrix0(0, 2),
                **ONE)
    good = {"lower": [[0.5, 0.25]], "upper": [[0.75, 0.5]], **ONE}
    file.refuse("a lower bound above its upper one", "QC_ERR_DOMAIN", "lower[1]", **good | {"lower": [[0.5, 0.6]]})
    for name in ["lower", "upper"]:
        for value, status in [(-0.1, "DOMAIN"), (1.5, "DOMAIN"), ("nan", "NOT_FINITE")]:
            file.refuse(f"{name} has {value}", f"QC_ERR_{status}", f"{name}[1]", **good | {name: [[0.5, value]]})
    refuse_rules(file, good)
    return file
