"""Family `quantize`: candidates for codes: distances in rationals, softmax in 60 digits, RMSprop by its definition."""

import math
from decimal import Decimal
from fractions import Fraction

from exact import F32, decimal
from files import Matrix0, VectorFile
from quantize_vector import blocks, grid, inputs_seen

FIELDS = ["vectors", "books", "logits", "gradients", "matrix", "hessian", "weights"]
SCALARS = ["penalty", "settled", "logit_step", "centre_step", "smoothing"]
DEFAULTS = {"centres": 256, "candidates": 2, "penalty": 1, "settled": 0.99, "logit_step": 0.05, "centre_step": 1e-4,
            "smoothing": 0.9, "iterations": 500}
NONE = -math.inf


def files():
    return [options_init(), find_file(), mix_file(), gradient_file(), settle_file(), calibrate_file()]


def candidate_file(name, solve, outputs, tolerance=2e-7):
    return VectorFile(f"quantize/candidates_{name}.json", f"qc_quantize_candidates_{name}", ["f32"],
                      "the definitions of include/quantcal/quantize/candidates.h, in rationals and 60 digits "
                      "(generate/quantize_candidates.py)", solve,
                      inputs=dict.fromkeys(FIELDS, "f32") | dict.fromkeys(SCALARS, "f64"), outputs=outputs,
                      tolerance={"relative": tolerance})


def options_init():
    file = VectorFile("quantize/candidates_options_init.json", "qc_quantize_candidates_options_init", [""],
                      "the comments of include/quantcal/quantize/candidates.h", outputs=dict.fromkeys(SCALARS, "f64"))
    file.expect("the defaults", DEFAULTS)
    return file


def square(x, c):
    return sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(x, c))


def solve_find(format, vectors, books, candidates=2, centres=None):
    codes, logits = [], []
    for x in vectors:
        squares = [square(x, c) for c in books]
        order = sorted(range(len(books)), key=lambda k: squares[k])[:candidates]  # which keeps the order of equals
        codes.append(order)
        last = squares[order[-1]]
        logits.append([(decimal(last) / decimal(squares[k])).ln() / 2 for k in order] if squares[order[0]]
                      else [0] + [NONE] * (candidates - 1))
    return {"candidates": codes, "logits": logits}


def find_file():
    file = candidate_file("find", solve_find, {"logits": "f32"})
    for count in [1, 2, 3, 7]:
        file.add(f"{count} candidates", vectors=grid(12, 2, 0.375), books=grid(7, 2, 0.5), centres=7, candidates=count)
    file.add("many centres", vectors=grid(9, 3, 0.3), books=grid(40, 3, 0.7), centres=40, candidates=4)
    file.add("equally near", vectors=[[0, 0]], books=[[1, 0], [0, 1], [0, -1]], centres=3)
    file.add("a vector that is a centre", vectors=[[1, 2], [0, 0]], books=[[1, 2], [3, 4]], centres=2)
    file.add("a vector that is two centres", vectors=[[1, 2]], books=[[1, 2], [1, 2]], centres=2)
    file.add("large and small numbers", vectors=[[1e30], [1e-30], [3e38]], books=[[0], [-3e38], [1e29]], centres=3)
    file.expect("no vectors", {"candidates": Matrix0(0, 2), "logits": Matrix0(0, 2)}, vectors=Matrix0(0, 2),
                books=[[0, 1], [1, 0]], centres=2)
    good = {"vectors": [[1, 2], [3, 4]], "books": [[1, 1], [2, 2]], "centres": 2}
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "vectors[1] is nan", **good | {"vectors": [[1, "nan"], [3, 4]]})
    file.refuse("a centre of infinity", "QC_ERR_NOT_FINITE", "centres[2]", **good | {"books": [[1, 1], ["inf", 2]]})
    file.refuse("no candidates", "QC_ERR_OPTIONS", "candidates is 0", **good, candidates=0)
    file.refuse("more candidates than centres", "QC_ERR_OPTIONS", "candidates is 3", **good, candidates=3)
    return file


def softmax(logits):
    top = max(Decimal(v) for v in logits)
    powers = [(Decimal(v) - top).exp() if v != NONE else Decimal(0) for v in logits]
    return [p / sum(powers) for p in powers]


def is_open(logits):
    return sum(v != NONE for v in logits) > 1


def solve_mix(format, candidates, logits, books, centres=None):
    ratios = [softmax(row) for row in logits]
    return {"ratios": ratios, "vectors": [
        [sum(p * Decimal(books[k][j]) for p, k in zip(own, row)) for j in range(len(books[0]))]
        for own, row in zip(ratios, candidates)]}


GOOD = {"candidates": [[0, 1], [2, 0], [1, 2], [2, 1]], "logits": [[0.5, 0], [0, 0], [0, NONE], [3.25, -1.5]],
        "books": [[1, 2, -1], [0.5, 0, 3], [-2, 1, 1]], "centres": 3}
THREE = {"candidates": [[0, 1, 2], [2, 1, 0], [1, 3, 2]], "logits": [[0.5, 0, -0.25], [0, NONE, 1], [-80, 20, 700]],
         "books": grid(4, 2, 0.3), "centres": 4}


def refuse_candidates(file, good):
    file.refuse("a candidate without a centre", "QC_ERR_DOMAIN", "candidates[3] is 3",
                **good | {"candidates": [[0, 1], [2, 3], [1, 2], [2, 1]]})
    for value, status, message in [("nan", "QC_ERR_NOT_FINITE", "logits[2] is nan"), ("inf", "QC_ERR_DOMAIN", "logits[2] is inf")]:
        file.refuse(f"a logit of {value}", status, message, **good | {"logits": [[0.5, 0], [value, 0], [0, NONE], [0, 1]]})
    file.refuse("no candidate left", "QC_ERR_DOMAIN", "logits[4]", **good | {"logits": [[0.5, 0], [0, 0], [NONE, NONE], [0, 1]]})


def mix_file():
    file = candidate_file("mix", solve_mix, {"ratios": "f32", "vectors": "f32"}, 1e-6)
    file.add("two candidates", **GOOD)
    file.add("three candidates", **THREE)
    file.add("one candidate", candidates=[[1], [0]], logits=[[0], [-3]], books=grid(2, 3, 0.4), centres=2)
    file.expect("no vectors", {"ratios": Matrix0(0, 2), "vectors": Matrix0(0, 1)}, candidates=Matrix0(0, 2),
                logits=Matrix0(0, 2), books=[[1], [2]], centres=2)
    refuse_candidates(file, GOOD)
    file.refuse("a centre of NaN", "QC_ERR_NOT_FINITE", "centres[1]",
                **GOOD | {"books": [[1, "nan", -1], [0.5, 0, 3], [-2, 1, 1]]})
    return file


def solve_gradient(format, gradients, candidates, logits, books, centres=None, penalty=1.0):
    count = sum(is_open(row) for row in logits)
    of_logits, of_centres = [], [[Decimal(0)] * len(books[0]) for _ in books]
    for g, row, own in zip(gradients, candidates, logits):
        ratios = softmax(own)
        slopes = []
        for p, k in zip(ratios, row):
            slope = sum(Decimal(a) * Decimal(b) for a, b in zip(g, books[k]))
            slopes.append(slope + Decimal(penalty) * (1 - 2 * p) / count if is_open(own) else slope)
            of_centres[k] = [s + p * Decimal(a) for s, a in zip(of_centres[k], g)]
        mean = sum(p * s for p, s in zip(ratios, slopes))
        of_logits.append([p * (s - mean) for p, s in zip(ratios, slopes)])
    return {"logit_gradients": of_logits, "centre_gradients": of_centres}


def gradient_file():
    file = candidate_file("gradient", solve_gradient, {"logit_gradients": "f32", "centre_gradients": "f32"}, 3e-6)
    slopes = [[1, -0.5, 0.25], [0, 2, 1], [3, 1, -1], [0.5, 0.5, 2]]
    for penalty in [1, 0, 0.3]:
        file.add(f"two candidates, a penalty of {penalty}", gradients=slopes, penalty=penalty, **GOOD)
    file.add("three candidates", gradients=[[1, -0.5], [0.25, 2], [3, 1]], **THREE)
    file.add("one candidate", gradients=[[1, 2], [3, 5]], candidates=[[1], [1]], logits=[[0], [-3]],
             books=grid(2, 2, 0.4), centres=2)
    file.add("all settled", gradients=[[2], [3]], candidates=[[0, 1], [1, 0]], logits=[[0, NONE], [NONE, 0]],
             books=[[1], [2]], centres=2)
    file.expect("no vectors", {"logit_gradients": Matrix0(0, 2), "centre_gradients": [[0], [0]]}, gradients=Matrix0(0, 1),
                candidates=Matrix0(0, 2), logits=Matrix0(0, 2), books=[[1], [2]], centres=2)
    good = {"gradients": slopes} | GOOD
    refuse_candidates(file, good)
    file.refuse("a gradient of NaN", "QC_ERR_NOT_FINITE", "gradients[4]", **good | {
        "gradients": [[1, -0.5, 0.25], [0, "nan", 1], [3, 1, -1], [0, 0, 2]]})
    for value in [-1, "nan", "inf"]:
        file.refuse(f"a penalty of {value}", "QC_ERR_OPTIONS", "penalty", **good, penalty=value)
    return file


def solve_settle(format, candidates, logits, centres=None, settled=0.99):
    new, codes, terms = [], [], []
    for row, own in zip(candidates, logits):
        ratios = softmax(own)
        best = own.index(max(own))
        codes.append(row[best])
        if ratios[best] > Decimal(settled):
            new.append([0 if i == best else NONE for i in range(len(own))])
        else:
            new.append(own)
            terms += [sum(p * (1 - p) for p in ratios)] if is_open(own) else []
    return {"logits": new, "codes": codes, "open": len(terms), "penalty": sum(terms) / len(terms) if terms else 0}


def settle_file():
    file = candidate_file("settle", solve_settle, {"logits": "f32", "penalty": "f64"}, 1e-13)
    good = {name: value for name, value in GOOD.items() if name != "books"}
    file.add("two candidates", **good)
    file.add("a lower limit", **good, settled=0.55)
    file.add("nothing settles at 1", candidates=[[0, 1], [1, 0]], logits=[[50, 0], [0, 0.5]], centres=2, settled=1)
    file.add("three candidates", **{name: value for name, value in THREE.items() if name != "books"})
    file.add("one candidate", candidates=[[1], [0]], logits=[[0], [-3]], centres=2)
    file.add("above the limit, and below", candidates=[[0, 1], [0, 1]], logits=[[4.6, 0], [4.59, 0]], centres=2)
    file.expect("no vectors", {"logits": Matrix0(0, 2), "codes": [], "open": 0, "penalty": 0}, candidates=Matrix0(0, 2),
                logits=Matrix0(0, 2), centres=2)
    refuse_candidates(file, good)
    for value in [0, 1.5, "nan"]:
        file.refuse(f"a limit of {value}", "QC_ERR_OPTIONS", "settled", **good, settled=value)
    return file


class Calibration:
    """In double, each formula as it is written."""

    def __init__(self, matrix, hessian, weights, dimension):
        self.matrix, self.weights, self.dimension = matrix, weights, dimension
        self.hessian = [[F32.round((Fraction(a) + Fraction(b)) / 2) for a, b in zip(*lines)]
                        for lines in zip(hessian, zip(*hessian))]

    def pulls(self, approximation):
        """H (w - a) of each row, and the weighted sum of (w - a)^T H (w - a)."""
        rests = [[w - a for w, a in zip(*rows)] for rows in zip(self.matrix, approximation)]
        pulls = [[sum(h * v for h, v in zip(line, rest)) for line in self.hessian] for rest in rests]
        return pulls, sum(v * sum(a * b for a, b in zip(*rows)) for v, *rows in zip(self.weights, rests, pulls))

    def rows_of(self, vectors):
        numbers = [value for vector in vectors for value in vector]
        width = len(self.matrix[0])
        return [numbers[i:i + width] for i in range(0, len(numbers), width)]

    def objective(self, codes, books):
        return self.pulls(self.rows_of([books[k] for k in codes]))[1]


def solve_calibrate(format, matrix, hessian, books, centres=None, weights=None, candidates=2, penalty=1.0, settled=0.99,
                    iterations=500, logit_step=0.05, centre_step=1e-4, smoothing=0.9):
    dimension = len(books[0])
    layer = Calibration(matrix, hessian, weights or [1] * len(matrix), dimension)
    vectors = [row[i:i + dimension] for row in matrix for i in range(0, len(row), dimension)]
    found = solve_find(None, vectors, books, candidates)
    choices, logits = found["candidates"], [[F32.round(v) for v in row] for row in found["logits"]]
    first = [row[0] for row in choices], [list(c) for c in books]
    start, whole = layer.objective(*first), layer.pulls([[0] * len(row) for row in matrix])[1]
    books = [list(c) for c in books]
    roots = {}

    def moved(value, slope, place, size):
        roots[place] = math.sqrt(smoothing * roots.get(place, 0.0) ** 2 + (1 - smoothing) * slope ** 2)
        return F32.round(value - size * slope / roots[place]) if roots[place] else value

    state, steps = solve_settle(None, choices, logits, settled=settled), 0
    logits = state["logits"]
    while steps < iterations and state["open"] and whole > 0:
        steps += 1
        mixtures = [[F32.round(v) for v in x] for x in solve_mix(None, choices, logits, books)["vectors"]]
        pulls = layer.pulls(layer.rows_of(mixtures))[0]
        slopes = [F32.round(-2 * v / whole * g) for v, row in zip(layer.weights, pulls) for g in row]
        slopes = [slopes[i:i + dimension] for i in range(0, len(slopes), dimension)]
        found = solve_gradient(None, slopes, choices, logits, books, penalty=penalty * steps / iterations)
        logits = [[v if v == NONE else moved(v, F32.round(s), ("logit", i, j), logit_step) for j, (v, s) in enumerate(zip(*own))]
                  for i, own in enumerate(zip(logits, found["logit_gradients"]))]
        books = [[moved(v, float(s), ("centre", k, j), centre_step) for j, (v, s) in enumerate(zip(*own))]
                 for k, own in enumerate(zip(books, found["centre_gradients"]))]
        state = solve_settle(None, choices, logits, settled=settled)
        logits = state["logits"]
    codes, objective = state["codes"], layer.objective(state["codes"], books)
    if objective >= start:
        (codes, books), objective = first, start
    return {"centres": books, "codes": codes, "objective": objective, "used": len(set(codes)), "iterations": steps,
            "converged": int(state["open"] == 0 or whole <= 0)}


def calibrate_file():
    file = candidate_file("calibrate", solve_calibrate, {"centres": "f32", "objective": "f64"}, 1e-5)

    def add(name, rows, columns, centres, length=2, shape=lambda h: h, **options):
        file.add(name, matrix=grid(rows, columns, 0.375), hessian=shape(inputs_seen(columns)),
                 books=grid(centres, length, 0.55), centres=centres, **options)

    for iterations in [0, 1, 2, 20]:
        add(f"at most {iterations} steps", 4, 6, 5, iterations=iterations)
    add("until all are settled", 4, 6, 5, iterations=150)
    add("centres that move fast", 4, 6, 5, iterations=60, centre_step=0.01)
    add("three candidates", 3, 4, 5, candidates=3, iterations=60)
    add("weights", 4, 4, 4, weights=[1, 0, 2, 0.5], iterations=40)
    add("blocks", 4, 6, 5, iterations=60, shape=lambda h: blocks(h, 2))
    add("other settings", 3, 4, 4, iterations=30, penalty=0.1, settled=0.8, logit_step=0.1, smoothing=0.5)
    add("inputs of zero", 3, 4, 4, iterations=30, shape=lambda h: [[0] * 4 for _ in h])
    add("one candidate", 3, 4, 4, candidates=1, iterations=30)
    # Rounding both weights alike adds their errors up; the candidates that differ cancel them.
    file.expect("errors that cancel", {"codes": [1, 0], "objective": Fraction(1, 2 ** 10)}, matrix=[[0.53125, 0.4375]],
                hessian=[[1, 1], [1, 1]], books=[[0], [1]], centres=2, centre_step=0,
                source="of the four choices of codes that with the least error, which is (0.96875 - 1)^2")
    good = {"matrix": [[1, 2], [3, 4]], "hessian": [[1, 0], [0, 1]], "books": [[1, 1], [2, 2]], "centres": 2}
    file.refuse("no rows", "QC_ERR_SIZE", "0 x 2", **good | {"matrix": Matrix0(0, 2)})
    file.refuse("a dimension that does not divide columns", "QC_ERR_SIZE", "dimension", **good | {
        "matrix": [[1, 2, 3]], "hessian": [[1, 0, 0]] * 3})
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "matrix[1] is nan", **good | {"matrix": [[1, "nan"], [3, 4]]})
    file.refuse("a negative diagonal", "QC_ERR_DOMAIN", "hessian[3] is -1", **good | {"hessian": [[1, 0], [0, -1]]})
    file.refuse("weights of zero", "QC_ERR_DOMAIN", "weights", **good, weights=[0, 0])
    for name, values in [("iterations", [-1]), ("penalty", [-1]), ("settled", [0]), ("logit_step", [-1, "nan"]),
                         ("centre_step", ["inf"]), ("smoothing", [1, -0.5]), ("candidates", [0, 3])]:
        for value in values:
            file.refuse(f"{name} of {value}", "QC_ERR_OPTIONS", name, **good, **{name: value})
    return file
