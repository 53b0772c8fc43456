"""Family `quantize`: periodic binary weights and rotations before rounding."""

import math
from fractions import Fraction

from conformal_selection import word
from exact import F32, square_root
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_levels import levels
from quantize_grid_rounding import FLOAT_MAX, encode_number, product, split
from quantize_integer import groups

PERIODIC = {"granularity": "row", "group_size": 128, "is_binary": 1, "frequency": 30, "penalty": 0.001}
ROTATION = {"seed": 0, "block": 128}
PURPOSE = 21


def files():
    return [options_init("periodic", PERIODIC), options_init("rotation", ROTATION), periodic_file(), rotate_file(),
            choose_file()]


def options_init(name, defaults):
    file = VectorFile(f"quantize/{name}_options_init.json", f"qc_quantize_{name}_options_init", [""],
                      "the comments of include/quantcal/quantize/grid_training.h",
                      outputs={"frequency": "f64", "penalty": "f64"})
    file.expect("the defaults", defaults)
    return file


def solve_periodic(format, values, scales, upstream=None, **given):
    options = PERIODIC | given
    rows, columns = len(values), len(values[0])
    count, w, t = rows * columns, options["frequency"], options["penalty"]
    quantized = [[0.0] * columns for _ in range(rows)]
    of_values = [[0.0] * columns for _ in range(rows)]
    of_scales, squares = [], []
    for group, scale in zip(groups(rows, columns, options["granularity"], options["group_size"]), scales):
        parts = []
        for i, j in group:
            wave, slope = math.sin(w * values[i][j]), w * math.cos(w * values[i][j])
            sign = -1 if wave < 0 else 1
            unit = sign if options["is_binary"] else wave
            apart = abs(wave) - scale
            quantized[i][j] = scale * unit
            squares.append(apart * apart)
            if upstream:
                of_values[i][j] = upstream[i][j] * scale * slope + 2 * t / count * apart * sign * slope
                parts += [upstream[i][j] * unit, -2 * t / count * apart]
        of_scales.append(math.fsum(parts))
    gradients = {"value_gradients": of_values, "scale_gradients": of_scales} if upstream else {}
    return {"quantized": quantized, "penalty": t * math.fsum(squares) / count} | gradients


def periodic_file():
    file = VectorFile("quantize/periodic.json", "qc_quantize_periodic", ["f32"],
                      "the formulas of the header in double (generate/quantize_training.py)", solve_periodic,
                      inputs={"values": "f32", "scales": "f32", "upstream": "f32", "frequency": "f64", "penalty": "f64"},
                      outputs={"quantized": "f32", "value_gradients": "f32", "scale_gradients": "f32"},
                      tolerance={"relative": 2e-6})
    file.expect("BiPer's example", {"quantized": [[0.9975]], "value_gradients": [[2.122]]}, values=[[0.05]], scales=[1],
                upstream=[[1]], is_binary=0, penalty=0, tolerance={"relative": 1e-4},
                source="Vargas et al. (2024): sin(30 x 0.05) and 30 cos(30 x 0.05)")
    values, upstream = [[x / 7 for x in row] for row in ramp(3, 10)], ramp(3, 10)
    for binary in [0, 1]:
        for granularity, count in [("row", 3), ("group", 9), ("tensor", 1)]:
            file.add(f"per {granularity}, {binary}", values=values, upstream=upstream, granularity=granularity, group_size=4,
                     scales=[0.5 + k / 8 for k in range(count)], is_binary=binary)
        file.add(f"a large penalty, {binary}", values=values, upstream=upstream, scales=[0.5, -1, 2], is_binary=binary,
                 penalty=100, frequency=3)
    file.add("no gradients", values=values, scales=[1, 2, 3])
    file.expect("both zeros have the sign +", {"quantized": [[2, 2]], "penalty": 0.004}, values=[[0, -0.0]], scales=[2])
    file.expect("no rows", {"quantized": Matrix0(0, 2), "penalty": 0}, values=Matrix0(0, 2), scales=[])
    good = {"values": [[1, 2]], "scales": [1], "upstream": [[1, 1]]}
    for name, bad in [("values", [[1, math.nan]]), ("upstream", [[1, math.inf]])]:
        file.refuse(f"{name} are not finite", "QC_ERR_NOT_FINITE", f"{name}[1]", **(good | {name: bad}))
    file.refuse("a scale is NaN", "QC_ERR_NOT_FINITE", "scales[0]", **(good | {"scales": [math.nan]}))
    for name, bad in [("frequency", [0, -1, math.inf, math.nan]), ("penalty", [-1, math.inf, math.nan])]:
        for value in bad:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", f"{name} is", **(good | {name: value}))
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", granularity="group", group_size=0, **good)
    return file


def sign(seed, column):
    return 1 if word(seed, column, 0, PURPOSE) >> 63 == 0 else -1


def blocks(columns, block):
    first = 0
    while first < columns:
        size = block
        while size > columns - first:
            size //= 2
        yield first, size
        first += size


def rotated(row, seed, block, is_inverse=0):
    """Products with a Hadamard matrix whose entry (a, b) has the sign of the parity of a & b."""
    signed = [Fraction(x) * (1 if is_inverse else sign(seed, j)) for j, x in enumerate(row)]
    result = []
    for first, size in blocks(len(row), block):
        length = Fraction(square_root(size))
        for b in range(size):
            total = sum(signed[first + a] * (-1) ** bin(a & b).count("1") for a in range(size))
            result.append(total / length * (sign(seed, first + b) if is_inverse else 1))
    return result


def solve_rotate(format, values, is_inverse=0, seed=0, block=128):
    return {"result": [[F32.round(x) for x in rotated(row, seed, block, is_inverse)] for row in values]}


def rotate_file():
    file = VectorFile("quantize/rotate.json", "qc_quantize_rotate", ["f32"],
                      "products with Hadamard matrices by the parity of indices, signs from Philox "
                      "(generate/quantize_training.py)", solve_rotate, inputs={"values": "f32"}, outputs={"result": "f32"},
                      tolerance={"relative": 1e-6})
    for inverse in [0, 1]:
        for columns, block in [(8, 8), (16, 4), (13, 8), (1, 128), (7, 128), (32, 16), (5, 1)]:
            values = [[x + 0.0625 * (j % 3) for j, x in enumerate(row)] for row in ramp(2, columns)]
            file.add(f"{columns} columns in blocks of {block}, {inverse}", values=values, block=block, is_inverse=inverse)
        file.add(f"another seed, {inverse}", values=ramp(1, 16), block=16, seed=2**33 + 5, is_inverse=inverse)
    file.expect("no columns", {"result": Matrix0(2, 0)}, values=Matrix0(2, 0))
    for block in [0, 3, 96, 2**21]:
        file.refuse(f"blocks of {block}", "QC_ERR_OPTIONS", "block is", values=[[1, 2]], block=block)
    file.refuse("a value is NaN", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.nan]])
    file.refuse("a result is too large", "QC_ERR_DOMAIN", "result[0] would be", values=[[FLOAT_MAX] * 4], block=4, seed=SAME)
    return file


# A seed whose first four signs are alike.
SAME = next(seed for seed in range(1000) if len({sign(seed, j) for j in range(4)}) == 1)


def relative_error(rows, grid, seed, block):
    """Without and with the rotation."""
    table = [F32.round(level) for level in levels(grid)]
    low, high = Fraction(min(table)), Fraction(max(table))
    length = sum(Fraction(x) ** 2 for row in rows for x in row)
    found = []
    for turn in [False, True]:
        total = Fraction(0)
        for row in rows:
            line = [F32.round(x) for x in rotated(row, seed, block)] if turn else row
            least = max(Fraction(max(0, *line)) / high, Fraction(min(0, *line)) / low if low < 0 else 0)
            scale = F32.round(least) if least > 0 else 1.0
            for x in line:
                code = encode_number(grid | {"overflow": "saturate"}, x, scale, 0)
                total += (Fraction(x) - Fraction(product(table[code], 0, scale))) ** 2
        found.append(total / length if length else Fraction(0))
    return found


def solve_choose(format, activations, weights, activation_grid="int4", weight_grid="int4", seed=0, block=128):
    a = relative_error(activations, split({"grid": activation_grid})[0], seed, block)
    w = relative_error(weights, split({"grid": weight_grid})[0], seed, block)
    plain, turned = a[0] + w[0], a[1] + w[1]
    assert plain == turned or abs(plain - turned) > plain / 10**6
    return {"plain_error": plain, "rotated_error": turned, "rotates": int(turned < plain)}


def choose_file():
    file = VectorFile("quantize/rotation_choose.json", "qc_quantize_rotation_choose", ["f32"],
                      "the criterion of the header in rationals (generate/quantize_training.py)", solve_choose,
                      inputs={"activations": "f32", "weights": "f32"}, tolerance={"relative": 1e-5})
    spiked = [[x + (40 if j == 3 else 0) for j, x in enumerate(row)] for row in ramp(3, 16)]
    for grid in ["int4", "int8", "e2m1fn", "midrise3"]:
        file.add(f"outliers, {grid}", activations=spiked, weights=ramp(2, 16), activation_grid=grid, block=16)
        file.add(f"whole numbers, {grid}", activations=[[7, -3, 2, 1, -7, 5, 0, 4]], weights=[[7, 1, 1, -1, 2, 3, 1, 0]],
                 weight_grid=grid, block=8, seed=1)
    file.add("other blocks", activations=spiked, weights=ramp(2, 16), block=4, seed=9)
    file.expect("zeros", {"plain_error": 0, "rotated_error": 0, "rotates": 0}, activations=[[0, 0]], weights=[[0, 0]])
    file.expect("no rows", {"plain_error": 0, "rotated_error": 0, "rotates": 0}, activations=Matrix0(0, 2), weights=[[0, 0]])
    good = {"activations": [[1, 2]], "weights": [[3, 4]]}
    for name in good:
        file.refuse(f"{name} are not finite", "QC_ERR_NOT_FINITE", f"{name}[1]", **(good | {name: [[1, math.nan]]}))
    file.refuse("blocks of 3", "QC_ERR_OPTIONS", "block is 3", block=3, **good)
    return file
