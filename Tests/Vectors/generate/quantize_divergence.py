"""Family `quantize`: divergences of logits, and the error that a layer hands on, in rationals and decimals."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

from exact import decimal, square_root
from files import Matrix0, VectorFile

NAN, INF = math.nan, math.inf


def files():
    return [kl_file(), propagation_file()]


# Logits


def log_softmax(row):
    """ln p of each class; -infinity for one that is not there."""
    top = max(v for v in row if v != -INF)
    shifted = [decimal(v) - decimal(top) if v != -INF else None for v in row]
    total = sum(v.exp() for v in shifted if v is not None).ln()
    return [None if v is None else v - total for v in shifted]


def divergence(a, b):
    """With digits to spare: a divergence of 1e-30 is a difference of its sixtieth digits."""
    with localcontext() as context:
        context.prec = 110
        context.Emin, context.Emax = -10**9, 10**9
        total = Decimal(0)
        for p, q in zip(log_softmax(a), log_softmax(b)):
            if p is None:
                continue
            if q is None:
                return Decimal(INF)
            total += p.exp() * (p - q)
        return total


def first_top(row):
    return row.index(max(row))


def solve_kl(format, reference, approximation):
    rows = [Decimal(0) if a == b else divergence(a, b) for a, b in zip(reference, approximation)]
    n = len(rows)
    mean, error = sum(rows) / n, NAN
    if n > 1 and all(d.is_finite() for d in rows):
        error = (sum((d - mean) ** 2 for d in rows) / (n - 1) / n).sqrt()
    return {"mean": mean, "standard_error": error, "maximum": max(rows), "per_row": rows,
            "top_agreement": Fraction(sum(first_top(a) == first_top(b) for a, b in zip(reference, approximation)),
                                      n)}


def kl_file():
    names = ["mean", "standard_error", "maximum", "top_agreement", "per_row"]
    file = VectorFile("quantize/kl_divergence.json", "qc_quantize_kl_divergence", ["f64", "f32"],
                      "the definition in decimals of 110 digits (generate/quantize_divergence.py)", solve_kl,
                      inputs={"reference": "T", "approximation": "T"}, outputs=dict.fromkeys(names, "f64"),
                      tolerance={"relative": 2e-14})
    two = {"reference": [[0, 0], [2, 1]], "approximation": [[0, 0], [1, 2]]}
    file.add("two rows of two classes", **two)
    file.add("one row", reference=[[1, 2, 3.5]], approximation=[[1.25, 2, 3]])
    file.add("one class", reference=[[3], [-7]], approximation=[[1], [2]])
    file.add("equal rows", reference=[[1, 2, 3], [0.1, 0.2, 0.3]], approximation=[[1, 2, 3], [0.1, 0.2, 0.3]])
    file.add("the first of equal logits is on top", reference=[[1, 1, 0], [0, 1, 1]],
             approximation=[[1.5, 1.5, 0], [0, 1, 2]])
    for classes in [7, 8, 9, 33]:
        a = [[((5 * j + 3 * i) % 13 - 6) / 4 for j in range(classes)] for i in range(5)]
        b = [[v + ((7 * j + i) % 5 - 2) / 16 for j, v in enumerate(row)] for i, row in enumerate(a)]
        file.add(f"{classes} classes", reference=a, approximation=b)
    base = [0.5, -1.25, 3, 2, -4, 0]
    for exponent in [10, 20, 30, 45]:
        near = [v + (j % 3 - 1) * 2.0**-exponent for j, v in enumerate(base)]
        file.add(f"differences of 2^-{exponent}", ["f64"] if exponent > 20 else None, reference=[base],
                 approximation=[near], tolerance={"relative": 1e-13})
    file.add("far apart", reference=[[0, -50, 3]], approximation=[[-60, 4, 0]])
    file.add("mass where the reference's has underflowed", reference=[[0, -1000]], approximation=[[0, 0]])
    file.add("differences of thousands", reference=[[0, 2000, -3000]], approximation=[[5000, 0, 1]])
    file.add("an offset of 2^20", reference=[[v + 2.0**20 for v in base]], approximation=[[2 * v for v in base]])
    file.add("huge logits", ["f64"], reference=[[1e200, 0, 5e199]], approximation=[[0, 1e200, 5e199]])
    file.add("huge logits of single precision", reference=[[1e38, 0]], approximation=[[0, 1e38]])
    file.add("a difference of 2^-100", ["f64"], reference=[[0, 0]], approximation=[[0, 2.0**-100]])
    file.add("a class that neither has", reference=[[1, -INF, 2]], approximation=[[2, -INF, 1]])
    file.add("a class that only the approximation has", reference=[[1, -INF, 2]], approximation=[[1, 0, 2]])
    file.add("a class that only the reference has", reference=[[1, 0, 2], [1, 2, 3]],
             approximation=[[1, -INF, 2], [1, 2, 3]])
    for name in two:
        for value in ["nan", "inf"]:
            bad = dict(two)
            bad[name] = [[0, 0], [2, value]]
            file.refuse(f"{name} has {value}", "QC_ERR_NOT_FINITE", f"{name}[3]", **bad)
        bad = dict(two)
        bad[name] = [[0, 0], ["-inf", "-inf"]]
        file.refuse(f"{name} has a row of -inf", "QC_ERR_DOMAIN", f"row 1 of {name}", **bad)
    file.refuse("no rows", "QC_ERR_SIZE", "rows", reference=Matrix0(0, 3), approximation=Matrix0(0, 3))
    file.refuse("no classes", "QC_ERR_SIZE", "classes", reference=Matrix0(3, 0), approximation=Matrix0(3, 0))
    return file


# Layers


def product(a, b):
    """a times the transpose of b, in rationals."""
    return [[sum(Fraction(x) * Fraction(y) for x, y in zip(row, other)) for other in b] for row in a]


def difference(a, b):
    return [[Fraction(x) - Fraction(y) for x, y in zip(row, other)] for row, other in zip(a, b)]


def inner(a, b):
    return sum(x * y for row, other in zip(a, b) for x, y in zip(row, other))


def solve_propagation(format, input, approximate_input, weights, approximate_weights):
    def relative(error, signal):
        return square_root(inner(error, error) / inner(signal, signal)) if inner(signal, signal) else NAN

    x, w = [[Fraction(v) for v in row] for row in input], [[Fraction(v) for v in row] for row in weights]
    dx, dw = difference(approximate_input, input), difference(approximate_weights, weights)
    y, carried, own = product(x, w), product(dx, w), product(approximate_input, dw)
    total = difference(product(approximate_input, approximate_weights), y)
    input_error, carried_error = relative(dx, x), relative(carried, y)
    known = inner(dx, dx) and inner(x, x) and inner(y, y)
    return {"input_error": input_error, "weight_error": relative(dw, w), "carried_error": carried_error,
            "own_error": relative(own, y),
            "cross_term": 2 * inner(carried, own) / inner(y, y) if inner(y, y) else NAN,
            "total_error": relative(total, y), "amplification": carried_error / input_error if known else NAN}


def propagation_file():
    names = ["input_error", "weight_error", "carried_error", "own_error", "cross_term", "total_error",
             "amplification"]
    arrays = ["input", "approximate_input", "weights", "approximate_weights"]
    file = VectorFile("quantize/propagation.json", "qc_quantize_propagation", ["f32"],
                      "the definition in rationals and decimals of 60 digits (generate/quantize_divergence.py)",
                      solve_propagation, inputs=dict.fromkeys(arrays, "f32"), outputs=dict.fromkeys(names, "f64"),
                      tolerance={"relative": 1e-6})
    file.add("a layer of two weights", input=[[1, 2]], approximate_input=[[1, 2.5]], weights=[[2, 4]],
             approximate_weights=[[2, 3]])
    file.add("one weight", input=[[3]], approximate_input=[[2]], weights=[[5]], approximate_weights=[[7]])
    x = [[((7 * i + 5 * j) % 11 - 4) / 4 for j in range(6)] for i in range(5)]
    w = [[((3 * i + 8 * j) % 13 - 5) / 8 for j in range(6)] for i in range(4)]
    coarse_x, coarse_w = [[round(v) for v in row] for row in x], [[round(2 * v) / 2 for v in row] for row in w]
    layer = {"input": x, "approximate_input": coarse_x, "weights": w, "approximate_weights": coarse_w}
    file.add("five tokens, four outputs", **layer)
    file.add("exact inputs", **layer | {"approximate_input": x})
    file.add("exact weights", **layer | {"approximate_weights": w})
    file.add("no error at all", **layer | {"approximate_input": x, "approximate_weights": w})
    file.add("inputs of zeros", **layer | {"input": [[0] * 6] * 5})
    file.add("weights of zeros", **layer | {"weights": [[0] * 6] * 4})
    file.add("the quantized inputs are zeros", **layer | {"approximate_input": [[0] * 6] * 5})
    for exponent in [120, -120]:
        scaled = {name: [[v * 2.0**exponent for v in row] for row in matrix] for name, matrix in layer.items()}
        file.add(f"the same times 2^{exponent}", **scaled)
    file.add("many tokens", input=[[(k % 9 - 4) / 2, 1] for k in range(300)],
             approximate_input=[[(k % 9 - 4) / 2 + (k % 4) / 16, 1] for k in range(300)], weights=[[1, 0.5], [-2, 3]],
             approximate_weights=[[1.125, 0.5], [-2, 2.75]])
    for name in arrays:
        for value in ["nan", "inf"]:
            bad = {key: [[1, 2], [3, 4]] for key in arrays}
            bad[name] = [[1, 2], [value, 4]]
            file.refuse(f"{name} has {value}", "QC_ERR_NOT_FINITE", "[2]", **bad)
    return file
