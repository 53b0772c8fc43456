"""Family `isotonic`: fits under a partial order, by exhaustive search over rationals.

Squared loss: x[i] = max over upper sets with i of min over lower sets with i of the mean of what they share.
Quantile loss: of all isotonic choices among the values of y those of least loss, then their pointwise
least and greatest. Chebyshev loss: the closed form over pairs.
"""

from fractions import Fraction
from itertools import product

import isotone
from exact import F32, F64
from files import Matrix0, VectorFile

FLOAT_MAX = float(F32.maximum)
DOUBLE_MAX = 1.7976931348623157e308
SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]
CUBE = [list(corner) for corner in product([0, 1], repeat=3)]


def files():
    return [points(), grid(), graph(), predict(), options_init(), predict_options_init()]


# -- Orders: pairs (a, b) with fit a <= fit b ----------------------------------------


def signs(directions, dimensions):
    return [-1 if direction else 1 for direction in directions or [0] * dimensions]


def precedes(a, b, sign):
    return all(s * x <= s * y for x, y, s in zip(a, b, sign))


def point_pairs(points, directions):
    if not points:
        return set()
    sign = signs(directions, len(points[0]))
    return {(a, b) for a in range(len(points)) for b in range(len(points))
            if a != b and precedes(points[a], points[b], sign)}


def closed(pairs, n):
    """The pairs that edges imply."""
    pairs = set(pairs)
    for middle in range(n):
        pairs |= {(a, b) for a, m in pairs if m == middle for k, b in pairs if k == middle}
    return pairs


# -- Fits ------------------------------------------------------------------------------


def fit(format, pairs, y, weights, loss, level, solution):
    """`pairs` has all that is implied."""
    n = len(y)
    y = [Fraction(value) for value in y]
    weights = [Fraction(weight) for weight in (weights or [1] * n)]
    weighty = [i for i in range(n) if weights[i] > 0]
    number = {i: place for place, i in enumerate(weighty)}
    among = {(number[a], number[b]) for a, b in pairs if a in number and b in number}
    data = [y[i] for i in weighty], [weights[i] for i in weighty]
    if loss == "squared":
        x = squared(among, *data)
    elif loss == "quantile":
        x = quantile(among, *data, Fraction(str(level)), solution)
    else:
        x = chebyshev(among, *data, solution)
    fitted = []
    for i in range(n):
        before = [x[number[j]] for j in weighty if (j, i) in pairs]
        fitted.append(x[number[i]] if i in number else max(before, default=min(x)))
    rounded = [format.round(value) for value in fitted]
    values = sorted(set(rounded))
    return {"fitted": fitted, "blocks": [values.index(value) for value in rounded],
            "block_count": len(values)}


def upper_sets(pairs, n):
    for members in range(1 << n):
        if all(not members >> a & 1 or members >> b & 1 for a, b in pairs):
            yield members


def squared(pairs, y, weights):
    n = len(y)
    uppers = list(upper_sets(pairs, n))
    lowers = [members ^ (1 << n) - 1 for members in uppers]
    means = [None]
    sums = [(0, 0)]
    for members in range(1, 1 << n):
        lowest = (members & -members).bit_length() - 1
        moment, mass = sums[members & members - 1]
        sums.append((moment + weights[lowest] * y[lowest], mass + weights[lowest]))
        means.append(sums[-1][0] / sums[-1][1])
    return [max(min(means[upper & lower] for lower in lowers if lower >> i & 1)
                for upper in uppers if upper >> i & 1) for i in range(n)]


def quantile(pairs, y, weights, level, solution):
    best, optima = None, []
    for x in product(sorted(set(y)), repeat=len(y)):
        if all(x[a] <= x[b] for a, b in pairs):
            loss = sum(w * (level * (v - t) if v >= t else (1 - level) * (t - v))
                       for v, t, w in zip(y, x, weights))
            if best is None or loss < best:
                best, optima = loss, []
            if loss == best:
                optima.append(x)
    lower, upper = [tuple(extreme(column) for column in zip(*optima)) for extreme in (min, max)]
    assert lower in optima and upper in optima
    return choose({"default": "lower"}.get(solution, solution), lower, upper)


def chebyshev(pairs, y, weights, solution):
    n = len(y)
    with_itself = pairs | {(i, i) for i in range(n)}
    error = max(max(0, (y[a] - y[b]) / (1 / weights[a] + 1 / weights[b])) for a, b in with_itself)
    lower = [max(y[a] - error / weights[a] for a, b in with_itself if b == i) for i in range(n)]
    upper = [min(y[b] + error / weights[b] for a, b in with_itself if a == i) for i in range(n)]
    return choose({"default": "middle"}.get(solution, solution), lower, upper)


def choose(solution, lower, upper):
    middle = [(a + b) / 2 for a, b in zip(lower, upper)]
    return {"lower": lower, "upper": upper, "middle": middle}[solution]


# -- Points ------------------------------------------------------------------------------


def solve_points(format, points, y, weights=None, directions=None, loss="squared", level=0.5,
                 solution="default"):
    points = [] if isinstance(points, Matrix0) else points
    if not points:
        return {"fitted": [], "blocks": [], "block_count": 0}
    return fit(format, point_pairs(points, directions), y, weights, loss, level, solution)


def points():
    file = VectorFile(
        "isotonic/order_points.json", "qc_isotonic_order_points", ["f64", "f32"],
        "max-min over upper and lower sets (squared), exhaustive search (quantile), the closed form over pairs "
        "(Chebyshev), in rational arithmetic, rounded once (generate/isotonic_order.py)", solve_points,
        inputs={"points": "T", "y": "T", "weights": "T"}, outputs={"fitted": "T"}, tolerance={"ulps": 2})
    squared_points(file)
    other_losses(file)
    extreme_points(file)
    refused_points(file)
    return file


def squared_points(file):
    file.add("no points", points=Matrix0(0, 2), y=[])
    file.add("one point", points=[[3, 4]], y=[-2.5])
    file.add("two that are comparable, out of order", points=[[0, 0], [1, 0]], y=[2, 1])
    file.add("two that are comparable, in order", points=[[0, 0], [1, 1]], y=[1, 2])
    file.add("two that are not comparable", points=[[0, 1], [1, 0]], y=[2, 1])
    file.add("two equal points", points=[[1, 2], [1, 2]], y=[1, 4], weights=[1, 2])
    file.add("a square", points=SQUARE, y=[3, 1, 2, 5])
    file.add("a square, weighted", points=SQUARE, y=[3, 1, 2, 2.5], weights=[1, 2, 3, 4])
    file.add("a square, all equal", points=SQUARE, y=[2.5] * 4)
    file.add("a square, falling", points=SQUARE, y=[4, 3, 2, 1])
    file.add("a square, one coordinate falling", points=SQUARE, y=[3, 1, 2, 5], directions=[0, 1])
    file.add("a square, both coordinates falling", points=SQUARE, y=[3, 1, 2, 5], directions=[1, 1])
    file.add("one dimension", points=[[4], [1], [3], [2], [6], [5]], y=[4, 1, 2, 3, 5, 3])
    file.add("one dimension, falling, with ties", points=[[4], [1], [3], [1], [4]], y=[4, 1, 2, 3, 5],
             directions=[1])
    file.add("scattered points", points=[[0, 3], [1, 1], [2, 2], [3, 0], [3, 3], [1, 2], [2, 0], [0, 0]],
             y=[3, 2, 0, 5, 4, 1, 6, 2])
    file.add("scattered points with ties and weights",
             points=[[0, 2], [1, 1], [1, 1], [2, 0], [2, 2], [1, 2], [0, 0], [2, 2]],
             y=[3, 5, 1, 2, 0, 4, 1, 2], weights=[1, 2, 3, 1, 2, 1, 2, 1])
    file.add("zero and minus zero are equal", points=[[0.0, 1], [-0.0, 1]], y=[1, 2])
    file.add("a cube", points=CUBE, y=[3, 1, 4, 1, 5, 9, 2, 6])
    file.add("a cube, one coordinate falling", points=CUBE, y=[3, 1, 4, 1, 5, 9, 2, 6], directions=[0, 1, 0])
    file.add("a cube with equal points", points=[*CUBE[:6], CUBE[3], CUBE[5]], y=[7, 2, 4, 1, 5, 2, 3, 6],
             weights=[1, 2, 1, 3, 1, 1, 2, 1])
    file.add("four dimensions", points=[[0, 1, 2, 0], [1, 1, 2, 0], [0, 0, 0, 0], [2, 1, 2, 3], [1, 0, 2, 2]],
             y=[5, 2, 3, 1, 4])
    for dimensions in (2, 3):
        pad = [0] * (dimensions - 2)
        places = [[*corner, *pad] for corner in SQUARE]
        tag = f" ({dimensions} dimensions)"
        file.add("a weight of 0 gets the largest value before it" + tag, points=places, y=[1, 3, 2, 9],
                 weights=[1, 1, 1, 0])
        file.add("a weight of 0 without any before it gets the smallest of all" + tag, points=places,
                 y=[9, 3, 2, 4], weights=[0, 1, 1, 1])
        file.add("a weight of 0 among equal points" + tag, points=[places[0], places[0], places[3]],
                 y=[1, 7, 3], weights=[1, 0, 1])
        file.add("weights that differ by a factor of 2^50" + tag, points=places, y=[2, 1, 3, 2],
                 weights=[2.0**50, 1, 1, 2.0**50])
    for dimensions in (2, 3):
        file.add(f"a light point between heavy ones goes where it belongs ({dimensions} dimensions)",
                 points=[[i] * dimensions for i in range(3)], y=[0, 0.75, 0.5], weights=[2.0**100, 2.0**-100, 2.0**100])
    file.add("a large offset", types=["f64"], points=SQUARE, y=[1e9 + v for v in [3, 1, 2.25, 5]])


def other_losses(file):
    for name, places in [("a square", SQUARE + [[2, 1]]), ("a cube", CUBE[:3] + CUBE[5:7])]:
        for weights in ([1, 1, 1, 1, 1], [2, 1, 3, 1, 2]):
            tag = f"{name}, weights {weights}"
            for solution in ("default", "lower", "upper", "middle"):
                for level in (0.5, 0.25, 0.9):
                    file.add(f"quantile {level}, {solution}: {tag}", points=places, y=[4, 1, 3, 0, 2],
                             weights=weights, loss="quantile", level=level, solution=solution)
                file.add(f"chebyshev, {solution}: {tag}", points=places, y=[4, 1, 3, 0, 2], weights=weights,
                         loss="chebyshev", solution=solution, tolerance={"absolute": 1e-6}, types=["f32"])
                file.add(f"chebyshev, {solution}: {tag}", points=places, y=[4, 1, 3, 0, 2], weights=weights,
                         loss="chebyshev", solution=solution, tolerance={"absolute": 1e-14},
                         types=["f64"], keep=["fitted"])
    file.add("nine to one is exact at level 0.9", points=[[i] for i in range(3)], y=[2, 1, 1],
             weights=[1, 4, 5], loss="quantile", level=0.9)
    file.add("nine to one is exact at level 0.9, upper", points=[[i] for i in range(3)], y=[2, 1, 1],
             weights=[1, 4, 5], loss="quantile", level=0.9, solution="upper")
    file.add("the Chebyshev example in one dimension", points=[[i] for i in range(5)], y=[3, 1, 2, 5, 4],
             loss="chebyshev")
    file.add("Chebyshev, equal points", points=[[1, 1], [1, 1], [2, 0]], y=[1, 5, 9], loss="chebyshev")
    file.add("quantile, equal points", points=[[1, 1], [1, 1], [2, 2]], y=[1, 5, 3], loss="quantile")
    for loss in ("quantile", "chebyshev"):
        file.add(f"{loss}, a weight of 0", points=SQUARE, y=[3, 1, 2, 100], weights=[1, 1, 1, 0], loss=loss)


def extreme_points(file):
    for types, large, least in [(["f64"], 1e308, 5e-324), (["f32"], 1e38, 1.4e-45)]:
        top = DOUBLE_MAX if types == ["f64"] else FLOAT_MAX
        tag = f" ({types[0]})"
        for loss in ("squared", "quantile"):
            file.add(f"huge values, {loss}" + tag, types, points=SQUARE, y=[large, -large, large, large / 2],
                     loss=loss)
            file.add(f"subnormal values, {loss}" + tag, types, points=SQUARE,
                     y=[8 * least, 2 * least, 9 * least, 7 * least], loss=loss)
        file.add("the largest numbers" + tag, types, points=SQUARE, y=[top, top, -top, top])
        file.add("huge coordinates" + tag, types, points=[[top, -top], [-top, -top], [top, top]], y=[1, 3, 2])
        file.add("huge weights" + tag, types, points=SQUARE, y=[3, 1, 2, 0], weights=[large / 8] * 4)


def refused_points(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "y[2]", points=SQUARE, y=[1, 2, value, 0])
        file.refuse(f"a coordinate is {value}", "QC_ERR_NOT_FINITE", "points[3]",
                    points=[[0, 1], [2, value]], y=[1, 2])
        file.refuse(f"a weight is {value}", "QC_ERR_NOT_FINITE", "weights[1]", points=SQUARE, y=[1, 2, 3, 4],
                    weights=[1, value, 1, 1])
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -0.5", points=[[1, 1], [2, 2]], y=[1, 2],
                weights=[1, -0.5])
    file.refuse("all weights zero", "QC_ERR_DOMAIN", "weights", points=[[1, 1], [2, 2]], y=[1, 2],
                weights=[0, 0])
    file.refuse("a level of 1", "QC_ERR_OPTIONS", "level is 1", points=[[1, 1]], y=[1], loss="quantile", level=1)


# -- Grids -------------------------------------------------------------------------------


def solve_grid(format, y, weights=None, row_direction="increasing", column_direction="increasing",
               loss="squared", level=0.5, solution="default"):
    places = [(i, j) for i in range(len(y)) for j in range(len(y[0]))]
    flat = [value for row in y for value in row]
    directions = [word == "decreasing" for word in (row_direction, column_direction)]
    flat_weights = weights and [weight for row in weights for weight in row]
    x = fit(format, point_pairs(places, directions), flat, flat_weights, loss, level, solution)["fitted"]
    width = len(y[0])
    return {"fitted": [x[start:start + width] for start in range(0, len(x), width)]}


def grid():
    file = VectorFile(
        "isotonic/order_grid.json", "qc_isotonic_order_grid", ["f64", "f32"],
        "exhaustive search and closed forms in rational arithmetic (generate/isotonic_order.py)", solve_grid,
        inputs={"y": "T", "weights": "T"}, outputs={"fitted": "T"}, tolerance={"ulps": 2})
    wide = [[1, 4, 2], [3, 2, 5]]
    file.expect("no rows", {"fitted": []}, y=Matrix0(0, 3))
    file.expect("no columns", {"fitted": []}, y=Matrix0(2, 0))
    file.add("one cell", y=[[7]])
    file.add("one row", y=[[3, 1, 2, 5, 4]])
    file.add("one column", y=[[3], [1], [2], [5]])
    file.add("two by three", y=wide)
    for row_direction in ("increasing", "decreasing"):
        for column_direction in ("increasing", "decreasing"):
            for loss in ("squared", "quantile", "chebyshev"):
                file.add(f"{loss}, rows {row_direction}, columns {column_direction}", y=wide, loss=loss,
                         row_direction=row_direction, column_direction=column_direction)
    file.add("weights", y=wide, weights=[[1, 2, 1], [3, 1, 2]])
    file.add("missing cells", y=[[1, 99, 2], [3, 2, -99]], weights=[[1, 0, 1], [1, 1, 0]])
    file.add("the first cell is missing", y=[[50, 4, 2], [3, 2, 5]], weights=[[0, 1, 1], [1, 1, 1]])
    file.add("the first cell is missing, falling", y=[[50, 4, 2], [3, 2, 5]],
             weights=[[0, 1, 1], [1, 1, 1]], row_direction="decreasing", column_direction="decreasing")
    file.add("quantile upper", y=[[4, 1], [3, 0], [2, 2]], loss="quantile", solution="upper")
    file.add("quantile middle", y=[[4, 1], [3, 0], [2, 2]], loss="quantile", solution="middle", level=0.75)
    file.refuse("a value is nan", "QC_ERR_NOT_FINITE", "y[3]", y=[[1, 2], [3, "nan"]])
    file.refuse("all cells missing", "QC_ERR_DOMAIN", "weights", y=[[1, 2]], weights=[[0, 0]])
    return file


# -- Graphs --------------------------------------------------------------------------------


def solve_graph(format, to, y, weights=None, loss="squared", level=0.5, solution="default", **rest):
    if not y:
        return {"fitted": [], "blocks": [], "block_count": 0}
    return fit(format, closed(zip(rest["from"], to), len(y)), y, weights, loss, level, solution)


def graph():
    file = VectorFile(
        "isotonic/order_graph.json", "qc_isotonic_order_graph", ["f64", "f32"],
        "exhaustive search and closed forms in rational arithmetic (generate/isotonic_order.py)", solve_graph,
        inputs={"y": "T", "weights": "T"}, outputs={"fitted": "T"}, tolerance={"ulps": 2})

    def add(name, edges, **inputs):
        file.add(name, **{"from": [a for a, _ in edges], "to": [b for _, b in edges]}, **inputs)

    def refuse(name, message, edges, **inputs):
        file.refuse(name, "QC_ERR_DOMAIN", message,
                    **{"from": [a for a, _ in edges], "to": [b for _, b in edges]}, **inputs)

    add("no points", [], y=[])
    add("no edges", [], y=[3, 1, 3])
    add("a chain backwards", [(3, 2), (2, 1), (1, 0)], y=[1, 5, 2, 3])
    add("a tree", [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5)], y=[4, 2, 3, 1, 5, 2])
    add("a tree, weighted", [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5)], y=[4, 2, 3, 1, 5, 2],
        weights=[1, 2, 1, 3, 1, 2])
    add("an edge twice, and one that others imply", [(0, 1), (0, 1), (1, 2), (0, 2)], y=[3, 2, 1])
    add("a fence", [(0, 3), (1, 3), (1, 4), (2, 4), (2, 5)], y=[5, 4, 1, 3, 2, 0])
    for name, (pairs, theirs) in isotone.ORDERS.items():
        edges = [(low - 1, high - 1) for low, high in pairs]
        fit = solve_graph(F64, [high for _, high in edges], isotone.NORMAL, **{"from": [low for low, _ in edges]})
        isotone.confirm(fit["fitted"], theirs, 1e-8)
        add(f"isotone, {name}", edges, y=isotone.NORMAL, types=["f64"],
            source=f"data and order: {isotone.PAPER}, section 5.5; fit as activeSet() of isotone 1.1-2, exactly")
    add("a point of weight 0 carries the order on", [(0, 1), (1, 2)], y=[3, 9, 1], weights=[1, 0, 1])
    add("a point of weight 0 before all", [(0, 1), (1, 2)], y=[9, 2, 1], weights=[0, 1, 1])
    for solution in ("lower", "upper", "middle"):
        add(f"quantile, {solution}", [(0, 2), (1, 2), (2, 3), (2, 4)], y=[4, 2, 3, 1, 0], loss="quantile",
            solution=solution)
        add(f"chebyshev, {solution}", [(0, 2), (1, 2), (2, 3), (2, 4)], y=[4, 2, 3, 1, 0],
            loss="chebyshev", solution=solution)
    refuse("a cycle", "the edges make a cycle: 1 -> 2 -> 3 -> 1", [(0, 1), (1, 2), (2, 3), (3, 1)], y=[1, 2, 3, 4])
    refuse("an edge from a point to itself", "a cycle: 1 -> 1", [(0, 1), (1, 1)], y=[1, 2])
    refuse("an origin out of range", "from[1] is 3", [(0, 1), (3, 1)], y=[1, 2, 3])
    refuse("a target out of range", "to[0] is 2", [(0, 2)], y=[1, 2])
    refuse("an edge without points", "from[0] is 0", [(0, 0)], y=[])
    file.refuse("a value is nan", "QC_ERR_NOT_FINITE", "y[1]", **{"from": [0], "to": [1]}, y=[1, "nan"])
    return file


# -- Predictions ------------------------------------------------------------------------------


def solve_predict(format, points, fitted, queries, directions=None, solution="middle"):
    points, queries = [[] if isinstance(one, Matrix0) else one for one in (points, queries)]
    sign = signs(directions, len(points[0]) if points else len(queries[0]))
    predictions = []
    for query in queries:
        below = [Fraction(x) for point, x in zip(points, fitted) if precedes(point, query, sign)]
        above = [Fraction(x) for point, x in zip(points, fitted) if precedes(query, point, sign)]
        lower, upper = max(below, default=None), min(above, default=None)
        middle = (lower + upper) / 2 if below and above else upper if lower is None else lower
        value = {"lower": lower, "upper": upper}.get(solution, middle)
        predictions.append(float("nan") if value is None else value)
    return {"predictions": predictions}


def predict():
    file = VectorFile(
        "isotonic/order_predict.json", "qc_isotonic_order_predict", ["f64", "f32"],
        "the definition: the largest value before, the smallest after (generate/isotonic_order.py)",
        solve_predict, inputs={"points": "T", "fitted": "T", "queries": "T"}, outputs={"predictions": "T"})
    plane = {"points": [[0, 0], [2, 1], [1, 3], [3, 3], [2, 1]], "fitted": [1, 2, 2.5, 4, 2]}
    queries = [[x, y] for x in (-1, 0, 1, 2.5, 3, 4) for y in (-1, 0, 1, 2, 3, 5)]
    space = {"points": CUBE, "fitted": [0, 1, 0.5, 2, 1, 3, 2, 5]}
    inside = [[x, y, z] for x in (-1, 0, 0.5, 1) for y in (0, 0.5, 2) for z in (-1, 0.5, 1)]
    for solution in ("default", "lower", "upper", "middle"):
        file.add(f"in the plane, {solution}", **plane, queries=queries, solution=solution)
        file.add(f"in space, {solution}", **space, queries=inside, solution=solution)
        file.add(f"in one dimension, {solution}", points=[[2], [0], [1]], fitted=[5, 1, 3],
                 queries=[[-1], [0], [0.5], [1.5], [2], [3]], solution=solution)
        file.add(f"one coordinate falls, {solution}", **plane, queries=[[0, 1], [1, 1], [2, 1], [3, 0]],
                 directions=[0, 1], solution=solution)
    file.add("the defaults", **plane, queries=queries[:6])
    file.add("no points", points=Matrix0(0, 2), fitted=[], queries=[[1, 2]])
    file.add("no queries", points=[[1, 2]], fitted=[3], queries=Matrix0(0, 2))
    file.add("the largest numbers", ["f64"], points=[[0, 0], [1, 1]], fitted=[DOUBLE_MAX, DOUBLE_MAX],
             queries=[[0.5, 0.5]])
    file.refuse("a query is nan", "QC_ERR_NOT_FINITE", "queries[1]", points=[[0, 0]], fitted=[1],
                queries=[[0, "nan"]])
    file.refuse("a fitted value is infinite", "QC_ERR_NOT_FINITE", "fitted[0]", points=[[0, 0]],
                fitted=["inf"], queries=[[0, 0]])
    file.refuse("a coordinate is infinite", "QC_ERR_NOT_FINITE", "points[0]", points=[["inf", 0]],
                fitted=[1], queries=[[0, 0]])
    return file


def options_init():
    file = VectorFile("isotonic/order_options_init.json", "qc_isotonic_order_options_init", [""],
                      "the comments of include/quantcal/isotonic/order.h")
    file.expect("the defaults", {"loss": "squared", "solution": "default", "level": 0.5})
    return file


def predict_options_init():
    file = VectorFile("isotonic/order_predict_options_init.json", "qc_isotonic_order_predict_options_init",
                      [""], "the comments of include/quantcal/isotonic/order.h")
    file.expect("the defaults", {"solution": "middle"})
    return file
