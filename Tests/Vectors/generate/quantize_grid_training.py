"""Family `quantize`: neighbouring levels and gradients of scalar grids, in rationals."""

import math
from fractions import Fraction

from exact import F32
from files import Matrix0, VectorFile
from quantize_grid import BOOK, ramp
from quantize_grid_levels import levels
from quantize_grid_rounding import OPTIONS, encode_number, product, quotient, split
from quantize_integer import groups

FLOAT_MAX = float(F32.maximum)


def files():
    return [neighbours_file(), options_init(), fake_file()]


def finite_levels(grid):
    """Codes and levels, lowest first; of two zeros the one with the lower code, which has no sign."""
    found = {}
    for code, level in enumerate(levels(grid)):
        if math.isfinite(level):
            found.setdefault(Fraction(F32.round(level)), code)
    return sorted(found.items())


def solve_neighbours(format, values, scales, zeros=None, **given):
    grid, options = split(given)
    ladder = finite_levels(grid)
    lower = [[0] * len(values[0]) for _ in values]
    upper = [[0] * len(values[0]) for _ in values]
    cells = groups(len(values), len(values[0]), options["granularity"], options["group_size"])
    for group, scale, zero in zip(cells, scales, zeros or [0] * len(scales)):
        for i, j in group:
            u = quotient(values[i][j], scale, zero)
            lower[i][j] = max((rung for rung in ladder if rung[0] <= u), default=ladder[0])[1]
            upper[i][j] = min((rung for rung in ladder if rung[0] >= u), default=ladder[-1])[1]
    return {"lower": lower, "upper": upper}


def passes(gradient, ladder, u):
    low, high = ladder[0][0], ladder[-1][0]
    if gradient == "trust":
        low -= (ladder[1][0] - low) / 2
        high += (high - ladder[-2][0]) / 2
    if gradient == "triangle":
        return max(Fraction(0), 2 - 2 * abs(Fraction(u)))
    return gradient == "identity" or (low < u < high if gradient == "learned_step" else low <= u <= high)


def solve_fake(format, values, scales, zeros=None, upstream=None, gradient="clipped", **given):
    grid, options = split(given)
    ladder = finite_levels(grid)
    table = [F32.round(level) for level in levels(grid)]
    rows, columns = len(values), len(values[0])
    quantized = [[0.0] * columns for _ in range(rows)]
    of_values = [[0.0] * columns for _ in range(rows)]
    of_scales = []
    cells = groups(rows, columns, options["granularity"], options["group_size"])
    for group, scale, zero in zip(cells, scales, zeros or [0] * len(scales)):
        total = Fraction(0)
        for i, j in group:
            u = quotient(values[i][j], scale, zero)
            level = table[encode_number(grid | {"overflow": "saturate"}, values[i][j], scale, zero)]
            quantized[i][j] = product(level, zero, scale)
            if upstream:
                p = passes(gradient, ladder, u)
                of_values[i][j] = Fraction(upstream[i][j]) * p if p else 0.0
                along = Fraction(level) - Fraction(zero) - (p * Fraction(values[i][j]) / Fraction(scale) if p else 0)
                total += Fraction(upstream[i][j]) * along
        factor = 1 / math.sqrt(len(group) * ladder[-1][0]) if gradient == "learned_step" else 1
        of_scales.append(float(total) * factor)
    gradients = {"value_gradients": of_values, "scale_gradients": of_scales} if upstream else {}
    return {"quantized": quantized} | gradients


def neighbours_file():
    file = VectorFile("quantize/grid_neighbours.json", "qc_quantize_grid_neighbours", ["f32"],
                      "the largest and the smallest of the levels on either side, in rationals "
                      "(generate/quantize_grid_training.py)", solve_neighbours,
                      inputs={"values": "T", "scales": "f32", "zeros": "f32", "levels": "f32"})
    quarters = [[k / 4 for k in range(-18, 19)]]
    for name in ["int3", "uint3", "midrise2", "binary", "log2_3", "sqrt2_powers4", "power3", "e2m1fn", "e5m2", "e4m3fnuz",
                 "nf4"]:
        file.add(name, values=quarters, scales=[1], grid=name)
        file.add(f"{name}, other scales", values=ramp(2, 11), scales=[0.25, 0.1, 3, 1 / 3, 2, 0.5], group_size=4, grid=name)
    file.add("a code book in no order", values=quarters, scales=[1], **BOOK)
    file.add("zero points", values=ramp(2, 7), scales=[0.5, 0.25], zeros=[2.5, -1.25], grid="uint4")
    file.add("both zeros", values=[[0, -0.0]], scales=[1], grid="e4m3fn")
    file.add("next to a level", values=[[1 + 2.0**-23, 1 - 2.0**-24, 2.0**-149, -(2.0**-149)]], scales=[1], grid="int4")
    file.add("quotients that overflow", values=[[FLOAT_MAX, -FLOAT_MAX]], scales=[2.0**-100], grid="e5m2")
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"lower": Matrix0(rows, columns), "upper": Matrix0(rows, columns)},
                    values=Matrix0(rows, columns), scales=[])
    for value in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, value]], scales=[1], grid="e5m2")
    return file


def options_init():
    file = VectorFile("quantize/grid_fake_options_init.json", "qc_quantize_grid_fake_options_init", [""],
                      "the comments of include/quantcal/quantize/grid_training.h")
    file.expect("the defaults", OPTIONS | {"gradient": "clipped"})
    return file


def fake_file():
    file = VectorFile("quantize/grid_fake.json", "qc_quantize_grid_fake", ["f32"],
                      "the derivatives of the header in rationals (generate/quantize_grid_training.py)", solve_fake,
                      inputs={"values": "T", "scales": "f32", "zeros": "f32", "levels": "f32", "upstream": "f32"},
                      outputs={"quantized": "f32", "value_gradients": "f32", "scale_gradients": "f32"},
                      tolerance={"ulps": 2})
    lsq = {"values": [[-3, -0.4, 0.26, 0.6, 2.2]], "scales": [0.5], "upstream": [[1] * 5], "grid": "int3", "is_narrow": 0}
    file.expect("LSQ's equations, without its factor",
                {"quantized": [[-2, -0.5, 0.5, 0.5, 1.5]], "value_gradients": [[0, 1, 1, 1, 0]]}, **lsq)
    for gradient in ["clipped", "identity", "learned_step", "trust", "triangle"]:
        file.add(f"LSQ's example, {gradient}", gradient=gradient, **lsq)
        for name in ["int3", "uint4", "midrise2", "binary", "e2m1fn", "nf4", "sqrt2_powers3", "e5m2"]:
            file.add(f"{name}, {gradient}", values=ramp(2, 11), scales=[0.25, 0.1, 3, 1 / 3, 2, 0.5], group_size=4,
                     gradient=gradient, grid=name, upstream=[row[::-1] for row in ramp(2, 11)])
        file.add(f"at the ends, {gradient}", values=[[-7.5, -7.25, -7, -6.75, 6.75, 7, 7.25, 7.5, 7.75]], scales=[1],
                 upstream=[[1] * 9], gradient=gradient)
        for granularity in ["row", "tensor"]:
            file.add(f"per {granularity}, {gradient}", values=ramp(3, 5), gradient=gradient, granularity=granularity,
                     scales=[0.5, 0.25, 0.125][:3 if granularity == "row" else 1], upstream=ramp(3, 5))
    file.add("Bi-Real Net's sign", values=[[k / 8 for k in range(-12, 13)]], scales=[1], grid="binary",
             gradient="triangle", upstream=[[1, -2, 0.5, 3, -1] * 5])
    file.expect("StatsQ: the identity, also where clipped",
                {"quantized": [[-1.75, -0.25, 0.25, 1.75]], "value_gradients": [[1, 2, 3, 4]]}, values=[[-9, -0.25, 0.3, 2.5]],
                scales=[0.5], zeros=[-0.5], upstream=[[1, 2, 3, 4]], grid="int3", is_narrow=0, gradient="identity")
    file.add("zero points", values=ramp(2, 7), scales=[0.5, 0.25], zeros=[2.5, -1.25], grid="uint4", upstream=ramp(2, 7))
    file.add("no gradients", values=ramp(2, 7), scales=[0.5, 0.25])
    file.add("floats saturate", values=[[1e6, -1e6, 1]], scales=[1], grid="e5m2", overflow="ieee", upstream=[[1, 1, 1]])
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"quantized": Matrix0(rows, columns)}, values=Matrix0(rows, columns),
                    scales=[])
    file.refuse("a value is NaN", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.nan]], scales=[1], grid="e5m2")
    file.refuse("a gradient is NaN", "QC_ERR_NOT_FINITE", "upstream[0]", values=[[1]], scales=[1], upstream=[[math.nan]])
    file.refuse("a scale is 0", "QC_ERR_DOMAIN", "scales[0]", values=[[1]], scales=[0])
    file.refuse("a learned step without a level above 0", "QC_ERR_OPTIONS", "gradient", values=[[1]], scales=[1],
                kind="code_book", bits=1, levels=[-1, 0], gradient="learned_step")
    return file
