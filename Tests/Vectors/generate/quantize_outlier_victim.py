"""Family `quantize`: outlier-victim pairs."""

import math
from fractions import Fraction

from exact import F32, square_root
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_rounding import FLOAT_MAX
from quantize_integer import groups

TYPES = ["f32", "f16", "bf16"]
OPTIONS = {"granularity": "row", "group_size": 128}
VICTIM = 0b1000
# The bits of an outlier without its sign: 2^(E + 3) (1 + M / 2) but for E = M = 0.
OUTLIERS = {2 ** (e + 3) * (2 + m) // 2: 2 * e + m for e in range(4) for m in range(2) if e or m}
CARD = [[3, 100, 50, -300, 37.9, 9, -3, 29]]


def files():
    return [options_init(), scales_file(), encode_file(), decode_file()]


def options_init():
    file = VectorFile("quantize/outlier_victim_options_init.json", "qc_quantize_outlier_victim_options_init", [""],
                      "the comments of include/quantcal/quantize/outlier_victim.h", outputs={"low": "f64", "high": "f64"})
    file.expect("the defaults", {"granularity": "row", "group_size": 128, "steps": 51, "low": 0.5, "high": 1.5})
    return file


def half(u):
    """Units and bits of a number by itself: the nearest of all, a tie to even bits, or to 7."""
    if abs(u) <= Fraction(19, 2):
        units = max(-7, min(7, round(u)))
        return units, units % 16
    magnitude = min(OUTLIERS, key=lambda m: (abs(abs(u) - m), OUTLIERS[m] % 2))
    return (magnitude, OUTLIERS[magnitude]) if u > 0 else (-magnitude, 8 + OUTLIERS[magnitude])


def pair(a, b):
    """Units and bits of two numbers."""
    if max(abs(a), abs(b)) <= Fraction(19, 2):
        return half(a), half(b)
    return (half(a), (0, VICTIM)) if abs(a) >= abs(b) else ((0, VICTIM), half(b))


def quotients(values, scales, options):
    rows, columns = len(values), len(values[0])
    scale = {}
    for group, s in zip(groups(rows, columns, options["granularity"], options["group_size"]), scales):
        scale.update(dict.fromkeys(group, s))

    def quotient(i, j):
        u = F32.round(Fraction(values[i][j]) / Fraction(scale[i, j]))
        return Fraction(u) if math.isfinite(u) else Fraction(10**40 if u > 0 else -(10**40))

    return [[quotient(i, j) for j in range(columns)] for i in range(rows)]


def solve_encode(format, values, scales, **given):
    codes = []
    for row in quotients(values, scales, OPTIONS | given):
        padded = row + [Fraction(0)] * (len(row) % 2)
        for a, b in zip(padded[::2], padded[1::2]):
            first, second = pair(a, b)
            codes.append(first[1] + 16 * second[1])
    return {"codes": codes}


def units_of(bits, other):
    if bits == VICTIM:
        return 0
    if other == VICTIM:
        magnitude = {code: m for m, code in OUTLIERS.items()}.get(bits % 8, 0)
        return -magnitude if bits >= 8 else magnitude
    return bits - 16 if bits >= 8 else bits


def solve_decode(format, codes, scales, rows, columns, **given):
    options = OPTIONS | given
    values = [[0.0] * columns for _ in range(rows)]
    for group, scale in zip(groups(rows, columns, options["granularity"], options["group_size"]), scales):
        for i, j in group:
            byte = codes[i * ((columns + 1) // 2) + j // 2]
            halves = byte % 16, byte // 16
            units = units_of(halves[j % 2], halves[1 - j % 2])
            values[i][j] = format.round(F32.round(Fraction(units) * Fraction(scale)))
    return {"values": values}


def solve_scales(format, values, steps=51, low=0.5, high=1.5, **given):
    options, scales = OPTIONS | given, []
    for group in groups(len(values), len(values[0]), options["granularity"], options["group_size"]):
        xs = [Fraction(values[i][j]) for i, j in group]
        mean = sum(xs) / len(xs)
        spread = Fraction(square_root(sum((x - mean) ** 2 for x in xs) / len(xs)))
        reach = abs(mean) + 3 * spread
        found = []
        for k in range(steps if reach else 0):
            t = Fraction(high) - ((Fraction(high) - Fraction(low)) * k / (steps - 1) if steps > 1 else 0)
            scale = min(max(F32.round(t * reach / 7), F32.least_normal), F32.round(Fraction(FLOAT_MAX) / 96))
            found.append((error(values, group, scale), scale))
        scales.append(widest_of_best(found))
    return {"scales": scales}


def error(values, group, scale):
    """The squared error of the pairs of a group."""
    total, rows = Fraction(0), sorted({i for i, _ in group})
    for i in rows:
        row = [values[i][j] for k, j in group if k == i]
        us = quotients([row], [scale], OPTIONS)[0]
        padded = us + [Fraction(0)] * (len(us) % 2)
        units = [u for a, b in zip(padded[::2], padded[1::2]) for u, _ in pair(a, b)]
        total += sum((Fraction(x) - Fraction(F32.round(u * Fraction(scale)))) ** 2 for x, u in zip(row, units))
    return total


def widest_of_best(found):
    """The first of the least errors; not if another is so near that rounding could prefer it."""
    if not found:
        return 1.0
    least = min(error for error, _ in found)
    best = next(scale for error, scale in found if error == least)
    for error, scale in found:
        assert scale == best or error == least or error > least * (1 + Fraction(1, 10**9)), "next to equal"
    return best


def pair_vectors(name, function, source, solve, tolerance=None):
    return VectorFile(f"quantize/outlier_victim_{name}.json", f"qc_quantize_outlier_victim_{function}", TYPES, source,
                      solve, inputs={"values": "T", "scales": "f32", "low": "f64", "high": "f64"},
                      outputs={"values": "T", "scales": "f32"}, tolerance=tolerance)


def spiky(rows, columns):
    """Values that are exact in every type, of which one in seven is large."""
    return [[x * (8 if (i * columns + j) % 7 == 3 else 1) for j, x in enumerate(row)]
            for i, row in enumerate(ramp(rows, columns))]


def scales_file():
    file = pair_vectors("scales", "scales", "the definition in rationals, roots in 60 digits "
                        "(generate/quantize_outlier_victim.py)", solve_scales, {"ulps": 1})
    for granularity in ["row", "group", "tensor"]:
        file.add(f"per {granularity}", values=spiky(2, 15), granularity=granularity, group_size=4)
    file.add("without outliers", values=ramp(1, 16))
    file.add("one candidate", values=spiky(1, 16), steps=1, high=2, low=0.25)
    file.add("other candidates", values=spiky(1, 16), steps=7, high=1.25, low=0.25)
    file.expect("zeros", {"scales": [1]}, values=[[0, 0, 0]])
    file.add("one element", values=[[-2.5]])
    file.add("the largest floats", ["f32"], values=[[FLOAT_MAX, -FLOAT_MAX]], steps=3)
    file.add("the smallest floats", ["f32"], values=[[2.0**-149, 0]], steps=1)
    file.expect("no rows", {"scales": []}, values=Matrix0(0, 3))
    file.refuse("a value is NaN", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.nan]])
    for name, bad in [("steps", [0, -1, 65537]), ("low", [0, 1.6, math.nan]), ("high", [0.4, 17])]:
        for value in bad:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", "is ", values=[[1, 2]], **{name: value})
    refuse_groups(file, values=[[1, 2]])
    return file


def refuse_groups(file, **inputs):
    for size in [0, 3]:
        file.refuse(f"groups of {size}", "QC_ERR_OPTIONS", f"group_size is {size}", granularity="group",
                    group_size=size, **inputs)


def encode_file():
    file = pair_vectors("encode", "encode", "the nearest number by search, ties as the header says "
                        "(generate/quantize_outlier_victim.py)", solve_encode)
    file.expect("the worked example", {"codes": [0x38, 0xe8, 0x27, 0x7f]}, types=["f32"], values=CARD,
                scales=[4],
                source="Guo et al. (2023), OliVe: 0 96 | 0 -256 | 28 8 | -4 28, the larger of two outliers kept")
    borders = [u / 2 for u in range(-20, 21)] + [9.5, 9.53125, 14, 20, 28, 40, 56, 80, 96, 112, 1000]
    for place in [0, 1]:
        for sign in [1, -1]:
            file.add(f"borders, {place}, {sign}", ["f32", "f16"], scales=[1],
                     values=[[sign * x for u in borders for x in ([u, 0] if place == 0 else [0, u])]])
    file.add("two outliers", values=[[10, 12, 12, 10, -12, 12, 12, -12, 96, 200, 10, 10]], scales=[1])
    file.add("an outlier at the end of an odd row", values=[[1, 2, 30], [3, 40, 5], [1, 2, 9.5]], scales=[1, 1, 1])
    for granularity, count in [("row", 3), ("group", 6), ("tensor", 1)]:
        file.add(f"per {granularity}", values=spiky(3, 15), granularity=granularity, group_size=8,
                 scales=[0.25 * (k + 1) for k in range(count)])
    file.add("a row longer than what is encoded at a time", ["f32"], values=spiky(1, 1501), scales=[0.5])
    file.add("a quotient that overflows", ["f32"], values=[[FLOAT_MAX, 1, -FLOAT_MAX, 0]], scales=[2.0**-10])
    file.expect("no columns", {"codes": []}, values=Matrix0(3, 0), scales=[])
    file.refuse("a value is infinite", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.inf]], scales=[1])
    file.refuse("a scale is 0", "QC_ERR_DOMAIN", "scales[0]", values=[[1, 2]], scales=[0])
    refuse_groups(file, values=[[1, 2]], scales=[1])
    return file


def decode_file():
    file = pair_vectors("decode", "decode", "the table of numbers that the header gives "
                        "(generate/quantize_outlier_victim.py)", solve_decode)
    file.expect("the worked example", {"values": [[0, 96, 0, -256, 28, 8, -4, 28]]},
                codes=[0x38, 0xe8, 0x27, 0x7f], scales=[4], rows=1, columns=8,
                source="Guo et al. (2023), OliVe: the larger of two outliers kept")
    file.add("every byte", codes=list(range(256)), scales=[0.5], rows=1, columns=512)
    for granularity, count in [("row", 3), ("group", 6), ("tensor", 1)]:
        file.add(f"per {granularity}", codes=[(37 * k + 5) % 256 for k in range(24)], rows=3, columns=15,
                 granularity=granularity, group_size=8, scales=[0.3 * (k + 1) for k in range(count)])
    file.refuse("a scale is NaN", "QC_ERR_NOT_FINITE", "scales[0]", codes=[0], scales=[math.nan], rows=1, columns=2)
    refuse_groups(file, codes=[0], scales=[1], rows=1, columns=2)
    return file
