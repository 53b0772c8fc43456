"""Family `quantize`: code books: k-means from given centres in rationals, nearest centres by comparing all."""

from fractions import Fraction

from exact import F32
from files import Matrix0, VectorFile

FIELDS = ["vectors", "weights", "importance", "first", "books"]
DEFAULTS = {"centres": 256, "parts": 1, "stages": 1, "seed": 0, "start": "plus_plus", "iterations": 25, "restarts": 1,
            "passes": 2, "tolerance": 1e-4}
TINY = 2.0 ** -149
LARGEST = float(2 ** 128 - 2 ** 104)


def files():
    return [options_init(), train_file(), encode_file(), decode_file()]


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
