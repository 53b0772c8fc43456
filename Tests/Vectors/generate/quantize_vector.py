"""Family `quantize`: code books: k-means from given centres in rationals, nearest centres by comparing all."""

from fractions import Fraction
from itertools import product

from exact import F32
from files import Matrix0, VectorFile

FIELDS = ["vectors", "weights", "importance", "first", "books"]
DEFAULTS = {"centres": 256, "parts": 1, "stages": 1, "seed": 0, "start": "plus_plus", "iterations": 25, "restarts": 1,
            "passes": 2, "tolerance": 1e-4, "beam": 4}
TINY = 2.0 ** -149
LARGEST = float(2 ** 128 - 2 ** 104)


def files():
    return [options_init(), train_file(), encode_file(), decode_file(), refine_file()]


def vector_file(name, function, solve, outputs):
    return VectorFile(f"quantize/{name}.json", function, ["f32"],
                      "the definitions of include/quantcal/quantize/vector.h in rationals, every centre compared with "
                      "every vector (generate/quantize_vector.py)", solve,
                      inputs=dict.fromkeys(FIELDS, "f32") | {"tolerance": "f64"}, outputs=outputs,
                      tolerance={"relative": 1e-14})


def options_init():
    file = VectorFile("quantize/vector_options_init.json", "qc_quantize_vector_options_init", [""],
                      "the comments of include/quantcal/quantize/vector.h", outputs={"tolerance": "f64"})
    file.expect("the defaults", DEFAULTS)
    return file


def distance(x, c, h):
    return sum(Fraction(b) * (Fraction(a) - Fraction(m)) ** 2 for a, m, b in zip(x, c, h))


def nearest(x, book, h):
    distances = [distance(x, c, h) for c in book]
    return distances.index(min(distances))


def lloyd(vectors, weights, importance, book, iterations, tolerance):
    """Centres, codes, objective, how many iterations, and whether the objective fell no more."""
    def assigned():
        codes = [nearest(x, book, h) for x, h in zip(vectors, importance)]
        errors = [Fraction(w) * distance(x, book[c], h)
                  for x, w, h, c in zip(vectors, weights, importance, codes)]
        return codes, errors

    codes, errors = assigned()
    steps, converged = 0, False
    while steps < iterations and sum(errors) > 0 and not converged:
        before, old = sum(errors), book
        book = [mean(c, k, vectors, weights, importance, codes) for k, c in enumerate(book)]
        empty = [k for k in range(len(book)) if book[k] is None]
        worst = sorted((i for i in range(len(vectors)) if errors[i] > 0), key=lambda i: (-errors[i], i))
        for place, k in enumerate(empty):
            book[k] = vectors[worst[place]] if place < len(worst) else old[k]
        codes, errors = assigned()
        steps += 1
        if sum(errors) > before:
            book = old
            codes, errors = assigned()
        converged = before - sum(errors) <= Fraction(tolerance) * before
    return book, codes, sum(errors), steps, converged or sum(errors) == 0


def mean(centre, k, vectors, weights, importance, codes):
    own = [i for i in range(len(vectors)) if codes[i] == k]
    factors = [[Fraction(weights[i]) * Fraction(importance[i][j]) for i in own] for j in range(len(centre))]
    if not any(any(column) for column in factors):
        return None
    return [F32.round(sum(f * Fraction(vectors[i][j]) for f, i in zip(factors[j], own)) / sum(factors[j]))
            if sum(factors[j]) else c for j, c in enumerate(centre)]


def ones(vectors):
    return [[1] * len(x) for x in vectors]


def columns(rows, part, parts):
    width = len(rows[0]) // parts
    return [row[part * width:(part + 1) * width] for row in rows]


def solve_train(format, vectors, first, centres, weights=None, importance=None, parts=1, iterations=25, tolerance=1e-4,
                **_):
    weights = weights or [1] * len(vectors)
    importance = importance or ones(vectors)
    books, codes, objective, steps, used, converged = [], [[] for _ in vectors], Fraction(0), 0, 0, True
    for part in range(parts):
        book, own, error, count, is_done = lloyd(
            columns(vectors, part, parts), weights, columns(importance, part, parts),
            first[part * centres:(part + 1) * centres], iterations, tolerance)
        books += book
        codes = [row + [code] for row, code in zip(codes, own)]
        objective, steps, used = objective + error, steps + count, used + len(set(own))
        converged = converged and is_done
    return {"centres": books, "codes": codes, "objective": objective, "used": used, "iterations": steps,
            "converged": int(converged)}


def grid(count, dimension, step=0.25):
    """Vectors of small multiples of a step, some equal."""
    return [[((7 * i * i + 5 * j * i + 3 * j) % 17 - 8) * step for j in range(dimension)] for i in range(count)]


def train_file():
    file = vector_file("vector_train", "qc_quantize_vector_train", solve_train,
                       {"centres": "f32", "objective": "f64"})

    def add(name, vectors, first, **options):
        parts = options.get("parts", 1)
        inputs = {"vectors": vectors, "first": first, "centres": len(first) // parts, "start": "given"} | options
        file.put(name, None, None, None, inputs, lambda format: solve_train(format, **file.rounded(inputs, format)))

    corners = [[0, 0], [1, 0], [0, 10]]
    add("the weighted mean of three", corners, [[0, 0]], importance=[[1, 1], [1, 1], [9, 1]])
    add("no iterations", grid(9, 2), grid(3, 2), iterations=0)
    for iterations in range(1, 5):
        add(f"{iterations} iterations", grid(20, 2), grid(4, 2), iterations=iterations, tolerance=0)
    add("until nothing falls", grid(24, 3), grid(5, 3), tolerance=0, iterations=100)
    add("a wide tolerance", grid(24, 3), grid(5, 3), tolerance=0.5)
    add("weights", grid(20, 2), grid(4, 2), weights=[i % 4 for i in range(20)], tolerance=0)
    add("importance", grid(20, 2), grid(4, 2), importance=[[i % 3, (i + 1) % 4] for i in range(20)], tolerance=0)
    add("weights and importance", grid(20, 2), grid(4, 2), weights=[0.5 + i % 3 for i in range(20)],
        importance=[[1 + i % 3, 0.25] for i in range(20)], tolerance=0)
    add("a number without weight stays", [[1, 5], [3, 7]], [[0, 0.5]], importance=[[1, 0], [1, 0]])
    add("ties go to the first", [[0], [2], [4]], [[1], [3]], iterations=0)
    add("an empty centre goes to the worst", [[0], [1], [10]], [[0], [100]], iterations=1)
    add("two of them", [[0], [1], [10], [11], [30]], [[5], [500], [400]], iterations=1)
    add("equal errors: the first of them", [[-1], [1]], [[0], [9]], iterations=1)
    add("fewer distinct vectors than centres", [[1, 2], [3, 4], [1, 2], [3, 4]], [[0, 0], [5, 5], [9, 9], [8, 8]])
    add("all equal", [[2, 2]] * 5, [[0, 0], [1, 1]])
    add("one vector", [[3, -1, 2]], [[0, 0, 0], [1, 1, 1]])
    add("one number", [[1], [2], [4], [8]], [[1], [2]], tolerance=0)
    add("an offset", [[1e7 + a, 1e7 - b] for a, b in [(0, 0), (1, 0), (5, 8), (6, 8), (0, 1)]],
        [[1e7, 1e7], [1e7 + 6, 1e7 - 8]], tolerance=0)
    add("the largest floats", [[LARGEST], [-LARGEST], [LARGEST / 2]], [[LARGEST], [-LARGEST]])
    add("the smallest floats", [[0], [4 * TINY], [12 * TINY], [8 * TINY]], [[0], [12 * TINY]])
    add("two parts", grid(20, 4), grid(6, 2), parts=2, tolerance=0)
    add("parts of one number", grid(12, 3), [[-1], [1], [-1], [0.5], [0], [2]], parts=3, tolerance=0)
    add("parts with weights and importance", grid(12, 4), grid(6, 2), parts=2, weights=[1 + i % 2 for i in range(12)],
        importance=[[1, i % 2, 2, 1] for i in range(12)], tolerance=0)
    file.expect("k-means++ finds all of a few distinct vectors", {"objective": 0, "used": 3, "converged": 1},
                vectors=[[1, 1], [2, 2], [1, 1], [5, 0], [2, 2]], centres=3)
    file.expect("with more centres than these", {"objective": 0, "used": 3, "converged": 1},
                vectors=[[1, 1], [2, 2], [1, 1], [5, 0], [2, 2]], centres=5, restarts=3)
    file.expect("random starts of as many vectors", {"objective": 0, "used": 4}, vectors=[[4], [3], [2], [1]],
                centres=4, start="sample")
    file.expect("a stage for what one leaves", {"objective": 0, "used": 4}, vectors=[[0], [1], [8], [9]], centres=2,
                stages=2)
    refusals(file, {"vectors": [[1, 2], [3, 4]], "centres": 2})
    good = {"vectors": [[1, 2], [3, 4]], "centres": 2}
    file.refuse("no vectors", "QC_ERR_SIZE", "count is 0", vectors=Matrix0(0, 2), centres=2)
    file.refuse("a negative weight", "QC_ERR_DOMAIN", "weights[1] is -1", **good, weights=[1, -1])
    file.refuse("weights of zero", "QC_ERR_DOMAIN", "weights", **good, weights=[0, 0])
    file.refuse("a weight of NaN", "QC_ERR_NOT_FINITE", "weights[0]", **good, weights=["nan", 1])
    for name, values in [("iterations", [-1]), ("restarts", [0, 1001]), ("passes", [-1, 1001]),
                         ("tolerance", [-0.5, 1, "nan"])]:
        for value in values:
            file.refuse(f"{name} of {value}", "QC_ERR_OPTIONS", name, **good, **{name: value})
    given = good | {"first": [[1, 1], [2, 2]], "start": "given"}
    file.refuse("given centres and restarts", "QC_ERR_OPTIONS", "restarts is 2", **given, restarts=2)
    file.refuse("a given centre of NaN", "QC_ERR_NOT_FINITE", "[2]", **given | {"first": [[1, 1], ["nan", 2]]})
    return file


def refusals(file, good):
    """What training and encoding refuse alike."""
    width = len(good["vectors"][0])
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "vectors[1] is nan", **good | {"vectors": [[0, "nan"], [1, 2]]})
    file.refuse("infinity", "QC_ERR_NOT_FINITE", "vectors[2] is -inf", **good | {"vectors": [[0, 1], ["-inf", 2]]})
    file.refuse("negative importance", "QC_ERR_DOMAIN", "importance[3] is -1", **good,
                importance=[[1, 1], [1, -1]])
    file.refuse("infinite importance", "QC_ERR_NOT_FINITE", "importance[0]", **good, importance=[["inf", 1], [1, 1]])
    file.refuse("too large for stages", "QC_ERR_DOMAIN", "2^100",
                **good | {"vectors": [[1e31] * width, [1, 1]], "stages": 2} | (
                    {"books": good["books"] * 2} if "books" in good else {}))


def solve_encode(format, vectors, books, centres, importance=None, parts=1, stages=1, passes=2):
    importance = importance or ones(vectors)
    codes = [[] for _ in vectors]
    for part in range(parts):
        own = [books[(part * stages + s) * centres:(part * stages + s + 1) * centres] for s in range(stages)]
        for row, x, h in zip(codes, columns(vectors, part, parts), columns(importance, part, parts)):
            found = [None] * stages
            for step in range(stages * (passes + 1 if stages > 1 else 1)):
                stage = step % stages
                others = [own[s][found[s]] for s in range(stages) if s != stage and found[s] is not None]
                left = [F32.round(Fraction(a) - sum(Fraction(c[j]) for c in others)) for j, a in enumerate(x)]
                found[stage] = nearest(left, own[stage], h)
            row += found
    return {"codes": codes}


def encode_file():
    file = vector_file("vector_encode", "qc_quantize_vector_encode", solve_encode, {})

    def add(name, vectors, books, **options):
        count = options.get("parts", 1) * options.get("stages", 1)
        file.add(name, vectors=vectors, books=books, centres=len(books) // count, **options)

    for count in [1, 2, 3, 4, 5, 17]:
        add(f"{count} centres", grid(37, 3), grid(count, 3, 0.5))
    add("importance", grid(37, 2), grid(7, 2, 0.5), importance=[[i % 4, 1 + i % 3] for i in range(37)])
    add("no importance at all", grid(3, 2), grid(3, 2), importance=[[0, 0]] * 3)
    add("ties", [[0, 0], [1, 1], [2, 0]], [[1, 0], [0, 1], [1, 0], [2, 1], [1, 2]])
    add("equal centres", grid(5, 2), [[0.5, 0.5]] * 6)
    add("near ties", [[1 + 2.0 ** -23, 0], [1 - 2.0 ** -24, 0], [1, 0]], [[0, 0], [2, 0]])
    add("near ties far from 0", [[16777215, 1], [16777214, 1], [16777213, 1]], [[16777212, 1], [16777214, 1], [16777216, 1]])
    add("the largest floats", [[LARGEST, -LARGEST], [-LARGEST, -LARGEST / 2]], [[LARGEST, LARGEST], [-LARGEST, -LARGEST], [0, 0]])
    add("the smallest floats", [[TINY], [2 * TINY], [3 * TINY]], [[0], [2 * TINY], [4 * TINY]])
    add("one number", [[x / 4] for x in range(-9, 9)], [[-1], [0], [0.5], [3]])
    add("parts", grid(11, 6), grid(9, 2), parts=3)
    add("parts with importance", grid(11, 4), grid(10, 2), parts=2, importance=[[i % 2, 1, 2, i % 3] for i in range(11)])
    for passes in [0, 1, 3]:
        add(f"stages, {passes} passes", grid(15, 2, 0.375), grid(12, 2), stages=3, passes=passes)
    add("parts and stages", grid(9, 4, 0.375), grid(20, 2), parts=2, stages=2)
    file.expect("no vectors", {"codes": Matrix0(0, 1)}, vectors=Matrix0(0, 2), books=[[1, 2]], centres=1)
    good = {"vectors": [[1, 2], [3, 4]], "books": [[1, 1], [2, 2]], "centres": 2}
    refusals(file, good)
    file.refuse("a centre of NaN", "QC_ERR_NOT_FINITE", "centres[3]", **good | {"books": [[1, 1], [2, "nan"]]})
    file.refuse("negative passes", "QC_ERR_OPTIONS", "passes is -1", **good, passes=-1)
    return file


def solve_decode(format, codes, books, centres, parts=1, stages=1):
    def vector(row):
        numbers = []
        for part in range(parts):
            own = [books[(part * stages + s) * centres + row[part * stages + s]] for s in range(stages)]
            numbers += [sum(Fraction(c[j]) for c in own) for j in range(len(own[0]))]
        return numbers
    return {"vectors": [vector(row) for row in codes]}


def decode_file():
    file = vector_file("vector_decode", "qc_quantize_vector_decode", solve_decode, {"vectors": "f32"})
    book = grid(6, 2, 0.1)
    file.add("one book", codes=[[5], [0], [3]], books=book, centres=6)
    file.add("parts", codes=[[2, 0], [1, 1]], books=book, centres=3, parts=2)
    file.add("stages", codes=[[2, 0], [1, 1]], books=book, centres=3, stages=2)
    file.add("parts and stages", codes=[[0, 1, 1, 0], [1, 1, 0, 0]], books=grid(8, 3, 0.1), centres=2, parts=2, stages=2)
    file.expect("no codes", {"vectors": Matrix0(0, 2)}, codes=Matrix0(0, 1), books=book, centres=6)
    file.refuse("a code without a centre", "QC_ERR_DOMAIN", "codes[1] is 6", codes=[[5], [6]], books=book, centres=6)
    file.refuse("a centre of infinity", "QC_ERR_NOT_FINITE", "centres[1]", codes=[[0]], books=[[0, "inf"]], centres=1)
    return file


class Layer:
    """Rows as sums of centres under a Hessian, by the definitions."""

    def __init__(self, matrix, hessian, weights, books, centres, parts, stages):
        size = len(hessian)
        self.matrix = [[Fraction(v) for v in row] for row in matrix]
        self.hessian = [[Fraction(F32.round((Fraction(hessian[i][j]) + Fraction(hessian[j][i])) / 2)) for j in range(size)]
                        for i in range(size)]
        self.weights = [Fraction(w) for w in weights]
        self.books = [[Fraction(v) for v in row] for row in books]
        self.centres, self.parts, self.stages = centres, parts, stages
        self.length = len(books[0])
        self.places = size // self.length

    def row_of(self, index, code):
        """Where the centre is that a code, counted along a row, has."""
        place, stage = divmod(index, self.stages)
        return (place % self.parts * self.stages + stage) * self.centres + code

    def left(self, row, codes):
        rest = list(self.matrix[row])
        for index, code in enumerate(codes):
            first = index // self.stages * self.length
            for j, value in enumerate(self.books[self.row_of(index, code)]):
                rest[first + j] -= value
        return rest

    def error(self, row, codes):
        rest = self.left(row, codes)
        return sum(a * self.hessian[i][j] * b for i, a in enumerate(rest) for j, b in enumerate(rest))

    def objective(self, codes):
        return sum(w * self.error(r, codes[r]) for r, w in enumerate(self.weights))

    def searched(self, row, codes, beam):
        rows = [codes]
        for index in range(len(codes)):
            tries = [old[:index] + [code] + old[index + 1:] for old in rows for code in range(self.centres)]
            rows = sorted(tries, key=lambda own: self.error(row, own))[:beam]  # which keeps the order of equals
        return rows[0] if self.error(row, rows[0]) < self.error(row, codes) else codes

    def assigned(self, codes, beam):
        codes = [self.searched(row, own, 1) for row, own in enumerate(codes)]
        return [self.searched(row, own, beam) for row, own in enumerate(codes)] if beam > 1 else codes

    def improved(self, codes):
        for place, _ in enumerate(self.books):
            spots = [[index // self.stages * self.length for index, code in enumerate(own)
                      if self.row_of(index, code) == place] for own in codes]
            if not any(spots):
                continue
            size = range(self.length)
            system = [[sum(w * self.hessian[s + i][t + j] for own, w in zip(spots, self.weights) for s in own for t in own)
                       for j in size] for i in size]
            pulls = [[sum(h * v for h, v in zip(line, self.left(row, codes[row]))) for line in self.hessian]
                     for row in range(len(codes))]
            right = [sum(w * pull[s + i] for own, w, pull in zip(spots, self.weights, pulls) for s in own) for i in size]
            mean = sum(system[i][i] for i in size) / self.length
            if mean <= 0:
                continue
            for i in size:
                system[i][i] += mean / 2 ** 20
            self.books[place] = [Fraction(F32.round(c + d)) for c, d in zip(self.books[place], solved(system, right))]


def solved(system, right):
    """By elimination; the system is positive definite."""
    rows = [list(line) + [b] for line, b in zip(system, right)]
    for i, own in enumerate(rows):
        for other in rows[i + 1:]:
            factor = other[i] / own[i]
            for j in range(i, len(own)):
                other[j] -= factor * own[j]
    values = [Fraction(0)] * len(rows)
    for i in reversed(range(len(rows))):
        values[i] = (rows[i][-1] - sum(rows[i][j] * values[j] for j in range(i + 1, len(rows)))) / rows[i][i]
    return values


def solve_refine(format, matrix, hessian, books, codes, centres, weights=None, parts=1, stages=1, iterations=25,
                 tolerance=1e-4, beam=4, dimension=None):
    layer = Layer(matrix, hessian, weights or [1] * len(matrix), books, centres, parts, stages)
    rows = [sum((codes[r * len(codes) // len(matrix) + i] for i in range(len(codes) // len(matrix))), [])
            for r in range(len(matrix))]
    rows = layer.assigned(rows, beam)
    objective, steps = layer.objective(rows), 0
    converged = objective <= 0
    while steps < iterations and not converged:
        before = list(layer.books), rows
        layer.improved(rows)
        rows = layer.assigned(rows, beam)
        found, steps = layer.objective(rows), steps + 1
        converged = objective - found <= Fraction(tolerance) * objective or found <= 0
        if found < objective:
            objective = found
        else:
            layer.books, rows = before
    width = parts * stages
    used = len({layer.row_of(index, code) for own in rows for index, code in enumerate(own)})
    return {"centres": layer.books, "objective": objective, "used": used, "iterations": steps,
            "codes": [own[i:i + width] for own in rows for i in range(0, len(own), width)], "converged": int(converged)}


def best_of_all(layer, row):
    """The least error of any codes of a row."""
    return min(layer.error(row, list(codes)) for codes in product(range(layer.centres), repeat=layer.places * layer.stages))


def inputs_seen(columns, count=5):
    """X X^T of inputs."""
    x = [[((3 * i * i + 5 * i * n + 2 * n) % 7 - 3) / 2 for n in range(count)] for i in range(columns)]
    return [[sum(a * b for a, b in zip(x[i], x[j])) for j in range(columns)] for i in range(columns)]


def blocks(hessian, size):
    return [[v if i // size == j // size else 0 for j, v in enumerate(row)] for i, row in enumerate(hessian)]


def refine_file():
    file = VectorFile("quantize/vector_refine.json", "qc_quantize_vector_refine", ["f32"],
                      "the definitions of include/quantcal/quantize/vector.h in rationals: each try's error from scratch, "
                      "least squares by elimination (generate/quantize_vector.py)", solve_refine,
                      inputs=dict.fromkeys(["matrix", "hessian", "weights", "books"], "f32") | {"tolerance": "f64"},
                      outputs={"centres": "f32", "objective": "f64"}, tolerance={"relative": 1e-11})

    def add(name, rows, columns, centres, length=2, parts=1, stages=1, shape=lambda h: h, **options):
        dimension = parts * length
        count = rows * columns // dimension
        inputs = {"matrix": grid(rows, columns, 0.375), "hessian": shape(inputs_seen(columns)), "dimension": dimension,
                  "books": grid(parts * stages * centres, length, 0.5), "centres": centres,
                  "codes": [[(i + j) % centres for j in range(parts * stages)] for i in range(count)]}
        file.add(name, **inputs, **{"parts": parts, "stages": stages} | options)

    for beam in [1, 2, 5]:
        add(f"codes only, a beam of {beam}", 3, 6, 4, iterations=0, beam=beam)
    add("one iteration", 4, 4, 3, iterations=1)
    add("until nothing falls", 5, 4, 3, tolerance=0, iterations=50)
    add("weights", 5, 4, 3, weights=[1, 0, 2, 0.5, 3], iterations=2)
    add("stages", 4, 4, 3, stages=2, iterations=3)
    add("parts", 4, 8, 2, parts=2, iterations=3)
    add("parts and stages", 3, 8, 2, parts=2, stages=2, iterations=2)
    add("blocks", 5, 8, 3, shape=lambda h: blocks(h, 2), iterations=4)
    add("blocks and stages", 4, 8, 3, stages=2, shape=lambda h: blocks(h, 2), iterations=2)
    add("a diagonal", 5, 6, 3, shape=lambda h: blocks(h, 1), iterations=4)
    add("its symmetric part counts", 4, 4, 3, shape=lambda h: [[2 * v if i < j else 0 if j < i else v
        for j, v in enumerate(row)] for i, row in enumerate(h)], iterations=2)
    add("inputs of zero", 3, 4, 3, shape=lambda h: [[0] * 4 for _ in h], iterations=3)
    add("a coordinate that no input sees", 4, 4, 2, iterations=2,
        shape=lambda h: [[0 if 1 in (i, j) or 3 in (i, j) else v for j, v in enumerate(row)] for i, row in enumerate(h)])
    add("centres of one number", 3, 5, 3, length=1, iterations=3)
    add("one vector a row", 6, 3, 3, length=3, iterations=3)
    add("one centre", 3, 4, 1, iterations=3, tolerance=0)
    for rows, columns, centres, stages in [(4, 4, 3, 1), (3, 6, 3, 1), (3, 4, 3, 2), (2, 4, 2, 3)]:
        matrix, hessian, books = grid(rows, columns, 0.375), inputs_seen(columns), grid(stages * centres, 2, 0.5)
        layer = Layer(matrix, hessian, [1] * rows, books, centres, 1, stages)
        file.expect(f"the best of all codes: {rows} x {columns}, {centres} centres, {stages} stages",
                    {"objective": sum(best_of_all(layer, row) for row in range(rows))}, matrix=matrix, hessian=hessian,
                    books=books, centres=centres, stages=stages, dimension=2, iterations=0,
                    beam=centres ** (layer.places * stages - 1), source="every choice of codes compared, in rationals",
                    codes=[[0] * stages] * (rows * columns // 2))
    good = {"matrix": [[1, 2], [3, 4]], "hessian": [[1, 0], [0, 1]], "books": [[1, 1], [2, 2]], "centres": 2,
            "codes": [[0], [1]], "dimension": 2}
    file.refuse("no rows", "QC_ERR_SIZE", "0 x 2", **good | {"matrix": Matrix0(0, 2), "codes": Matrix0(0, 1)})
    file.refuse("a dimension that does not divide columns", "QC_ERR_SIZE", "dimension", **good | {
        "matrix": [[1, 2, 3]], "hessian": [[1, 0, 0]] * 3, "codes": [[0]]})
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "matrix[1] is nan", **good | {"matrix": [[1, "nan"], [3, 4]]})
    file.refuse("a Hessian of infinity", "QC_ERR_NOT_FINITE", "hessian[2]", **good | {"hessian": [[1, 0], ["inf", 1]]})
    file.refuse("a negative diagonal", "QC_ERR_DOMAIN", "hessian[3] is -1", **good | {"hessian": [[1, 0], [0, -1]]})
    file.refuse("a code without a centre", "QC_ERR_DOMAIN", "codes[1] is 2", **good | {"codes": [[0], [2]]})
    file.refuse("a centre of NaN", "QC_ERR_NOT_FINITE", "centres[3]", **good | {"books": [[1, 1], [2, "nan"]]})
    file.refuse("weights of zero", "QC_ERR_DOMAIN", "weights", **good, weights=[0, 0])
    for name, values in [("beam", [0, 257]), ("iterations", [-1]), ("tolerance", [1, "nan"])]:
        for value in values:
            file.refuse(f"{name} of {value}", "QC_ERR_OPTIONS", name, **good, **{name: value})
    return file
