"""Scalar grids by their definitions: where numbers go, in rationals and long decimals."""

import math
from bisect import bisect_left
from fractions import Fraction

from exact import F32
from quantize_grid_levels import KINDS_WITH_NEAREST, NAMED, code_bits, float_codes, levels, rungs
from quantize_integer import groups
from quantize_storage import pack, unpack

FLOAT_MAX = float(F32.maximum)
OPTIONS = {"granularity": "group", "group_size": 128}
GRID_FIELDS = ["kind", "bits", "is_signed", "is_narrow", "exponent_bits", "specials", "overflow", "bias",
               "parameter", "levels"]


def split(given):
    """The grid and the options of a case."""
    grid = dict(NAMED[given.get("grid", "int4")])
    grid.update({key: given[key] for key in GRID_FIELDS if key in given})
    return grid, OPTIONS | {key: given[key] for key in OPTIONS if key in given}


# Where numbers go


def encode_number(grid, x, scale, zero):
    """The code of x / scale + zero; of whole numbers rne(x / scale + rest) + whole, zero being their sum."""
    if math.isinf(x) or math.isnan(x):
        return code_of(grid, x)
    whole = round(Fraction(zero)) if grid["kind"] == "integer" else 0
    u = quotient(x, scale, float(Fraction(zero) - whole))
    return code_of(grid, round(Fraction(u)) + whole if whole and not math.isinf(u) else u)


def quotient(x, scale, zero):
    """x / scale + zero, each step rounded to single precision."""
    u = F32.round(Fraction(x) / Fraction(scale))
    if u == 0:
        u = math.copysign(0.0, x)
    if zero:
        u = math.copysign(math.inf, u) if math.isinf(u) else F32.round(Fraction(u) + Fraction(zero))
    return u


def code_of(grid, u):
    if grid["kind"] == "float":
        return float_code(grid, u)
    ladder = rungs(grid)
    if math.isinf(u):
        return ladder[-1][0] if u > 0 else ladder[0][0]
    u = Fraction(u)
    if grid["kind"] in KINDS_WITH_NEAREST:
        return nearest(grid, ladder, u)
    return {"log2": logarithmic, "log_sqrt2": logarithmic, "power": power, "tangent": tangent}[grid["kind"]](grid, u)


def nearest(grid, ladder, u):
    """The nearer of the levels on either side; if both are, the one that the kind says."""
    above = bisect_left(ladder, u, key=lambda rung: Fraction(rung[1]))
    beside = ladder[max(above - 1, 0):above + 1]
    least = min(abs(Fraction(level) - u) for _, level in beside)
    best = [rung for rung in beside if abs(Fraction(rung[1]) - u) == least]
    if len(best) == 1:
        return best[0][0]
    (low, low_level), (high, high_level) = best
    goes_up = {"integer": high_level % 2 == 0, "midrise": (high_level - Fraction(1, 2)) % 2 == 1, "binary": True,
               "sqrt2_powers": abs(high_level) < abs(low_level), "code_book": False}[grid["kind"]]
    return high if goes_up else low


def logarithmic(grid, u):
    """rne(-steps * log2(u)) by comparing powers: u <= 2^-((k - 1/2) / steps) is where k begins."""
    steps = 1 if grid["kind"] == "log2" else 2
    last = 2 ** grid["bits"] - 1
    if u <= 0:
        return last
    k = 0
    while k < last and u ** (2 * steps) < Fraction(1, 2) ** (2 * k + 1):
        k += 1
    return k


def power(grid, u):
    """rne(|u|^a), a being a fraction p / q: |u|^a >= t where |u|^p >= t^q."""
    a = Fraction(grid["parameter"])
    top = 2 ** (grid["bits"] - 1) - 1
    k = 0
    while k < top:
        side = abs(u) ** a.numerator - Fraction(2 * k + 1, 2) ** a.denominator
        if side < 0 or (side == 0 and k % 2 == 0):
            break
        k += 1
    return code_bits(grid, -k if u < 0 else k)


def tangent(grid, u):
    last = 2 ** grid["bits"] - 1
    x, angle = min(max(float(u), 0), 1), grid["parameter"]
    along = last * x if angle == 0 else last * (math.tan(angle * (2 * x - 1)) / math.tan(angle) + 1) / 2
    assert abs(along - math.floor(along) - 0.5) > 1e-9 or x == 0.5
    return round(along)


def float_code(grid, u):
    """Through magnitudes: the nearest, a tie to the even code, as if the exponents went on."""
    format = float_codes(grid)
    sign = 2 ** (grid["bits"] - 1) if grid["is_signed"] else 0
    below = math.copysign(1, u) < 0
    if math.isnan(u):
        return format["nan"] | (sign if below else 0)
    if format["exponents_only"] and u <= 0:
        return format["nan"] if grid["overflow"] == "ieee" else 0
    if below and not sign:
        return 0
    magnitudes = format["magnitudes"]
    if math.isinf(u):
        code = len(magnitudes)
    else:
        x = abs(Fraction(u))
        ladder = magnitudes + [format["next"]]
        code = min(range(len(ladder)), key=lambda k: (abs(ladder[k] - x), k % 2 if not format["exponents_only"] else -k))
        code = len(magnitudes) if x > ladder[-1] else code
    if code == len(magnitudes):
        special = format["infinity"] if format["infinity"] is not None else format["nan"]
        code = special if grid["overflow"] == "ieee" and special is not None else code - 1
    if grid["specials"] == "fnuz" and code in (0, sign):
        return code
    return code | (sign if below else 0)


def solve_encode(format, values, scales, zeros=None, **given):
    grid, options = split(given)
    rows, columns = len(values), len(values[0])
    codes = [[0] * columns for _ in range(rows)]
    cells = groups(rows, columns, options["granularity"], options["group_size"])
    for group, scale, zero in zip(cells, scales, zeros or [0] * len(scales)):
        for i, j in group:
            codes[i][j] = encode_number(grid, values[i][j], scale, zero)
    return {"codes": pack(codes, grid["bits"])}


def solve_decode(format, codes, scales, rows, columns, zeros=None, **given):
    grid, options = split(given)
    table = [F32.round(level) for level in levels(grid)]
    unpacked = unpack(codes, rows, columns, grid["bits"], False)
    values = [[0.0] * columns for _ in range(rows)]
    cells = groups(rows, columns, options["granularity"], options["group_size"])
    for group, scale, zero in zip(cells, scales, zeros or [0] * len(scales)):
        for i, j in group:
            values[i][j] = format.round(product(table[unpacked[i][j]], zero, scale))
    return {"values": values}


def product(level, zero, scale):
    """(level - zero) * scale in single precision; infinities and NaN pass."""
    if not math.isfinite(level):
        return level * math.copysign(1, scale)
    return F32.round(Fraction(F32.round(Fraction(level) - Fraction(zero))) * Fraction(scale))


def next_below(x):
    """The single-precision number before a normal one."""
    ulp = Fraction(2) ** (math.frexp(x)[1] - 24)
    return float(Fraction(x) - (ulp if math.frexp(x)[0] != 0.5 else ulp / 2))


def solve_scales(format, values, **given):
    grid, options = split(given)
    finite = [Fraction(F32.round(level)) for level in levels(grid) if math.isfinite(level)]
    scales = []
    for group in groups(len(values), len(values[0]), options["granularity"], options["group_size"]):
        xs = [Fraction(values[i][j]) for i, j in group]
        above = max(0, *xs) / max(finite) if max(finite) > 0 else 0
        below = min(0, *xs) / min(finite) if min(finite) < 0 else 0
        outermost = max(finite) if above > below else min(finite)
        scale = 1.0
        if max(above, below) > 0:
            scale = min(max(F32.round(max(above, below)), F32.least_normal), FLOAT_MAX)
            while math.isinf(F32.round(Fraction(scale) * outermost)):
                scale = next_below(scale)
        scales.append(scale)
    return {"scales": scales}
