"""Family `quantize`: scalar grids."""

import math
from fractions import Fraction

from exact import F32
from files import Matrix0, VectorFile
from quantize_grid_levels import NAMED, float_codes, levels, rungs
from quantize_grid_rounding import (FLOAT_MAX, GRID_FIELDS, OPTIONS, solve_decode, solve_encode, solve_scales,
                                    split)
from quantize_integer import groups
from quantize_storage import pack


def files():
    return [init_file(), options_init(), levels_file(), layout_file(), scales_file(), encode_file(),
            encode_floats_file(), decode_file()]


def init_file():
    file = VectorFile("quantize/grid_init.json", "qc_quantize_grid_init", [""],
                      "the parameters of each format as its definition gives them (generate/quantize_grid_levels.py)",
                      outputs={"bias": "f64", "parameter": "f64", "levels": "f32"})
    for name, grid in NAMED.items():
        file.expect(name, {key: grid[key] for key in GRID_FIELDS if key in grid}, grid=name)
    file.expect("no name", NAMED["int4"])
    for name in ["int1", "int9", "uint0", "e4m3", "int04", "int", "nf4 ", "NF4"]:
        file.refuse(f"unknown: {name}", "QC_ERR_OPTIONS", f'name is "{name}"', grid=name)
    return file


def options_init():
    file = VectorFile("quantize/grid_options_init.json", "qc_quantize_grid_options_init", [""],
                      "the comments of include/quantcal/quantize/grid.h")
    file.expect("the defaults", OPTIONS)
    return file


BOOK = {"kind": "code_book", "bits": 3, "levels": [0.5, -2, 1, 8, 0.25]}
IMPOSSIBLE = [
    ("integers of 9 bits", "bits", {"bits": 9}),
    ("signed integers of one bit", "bits", {"bits": 1}),
    ("no bits", "bits", {"kind": "midrise", "bits": 0}),
    ("binary of two bits", "bits", {"kind": "binary", "bits": 2}),
    ("logarithms of 8 bits", "bits", {"kind": "log2", "bits": 8}),
    ("powers of sqrt2 of one bit", "bits", {"kind": "sqrt2_powers", "bits": 1}),
    ("a power above 1", "parameter", {"kind": "power", "bits": 4, "parameter": 1.01}),
    ("a power of 0", "parameter", {"kind": "power", "bits": 4, "parameter": 0}),
    ("a power that is NaN", "parameter", {"kind": "power", "bits": 4, "parameter": math.nan}),
    ("a tangent beyond its range", "parameter", {"kind": "tangent", "bits": 4, "parameter": 1.6}),
    ("a float without exponent", "exponent_bits", {"kind": "float", "bits": 4, "exponent_bits": 0}),
    ("an exponent of too many bits", "exponent_bits", {"kind": "float", "bits": 4, "exponent_bits": 4}),
    ("IEEE without mantissa", "specials", {"kind": "float", "bits": 4, "exponent_bits": 3, "specials": "ieee"}),
    ("FNUZ without sign", "specials",
     {"kind": "float", "bits": 4, "exponent_bits": 3, "specials": "fnuz", "is_signed": 0}),
    ("exponents with a sign", "specials",
     {"kind": "float", "bits": 8, "exponent_bits": 7, "specials": "exponent", "is_signed": 1}),
    ("a bias that is NaN", "bias", {"kind": "float", "bits": 4, "exponent_bits": 2, "bias": math.nan}),
    ("a bias that is too large", "bias", {"kind": "float", "bits": 4, "exponent_bits": 2, "bias": 1001}),
    ("levels that are too large", "levels", {"kind": "float", "bits": 4, "exponent_bits": 2, "bias": -130}),
    ("levels that are too small", "levels", {"kind": "float", "bits": 4, "exponent_bits": 2, "bias": 155}),
    ("a code book without levels", "level_count", {"kind": "code_book", "bits": 4}),
    ("a code book with too many", "level_count", {"kind": "code_book", "bits": 1, "levels": [1, 2, 3]}),
    ("levels that are equal", "levels[2]", {"kind": "code_book", "bits": 2, "levels": [1, 2, 1]}),
    ("two zeros", "levels[1]", {"kind": "code_book", "bits": 2, "levels": [0, -0.0]}),
]


def grids():
    """One grid of each kind and width that matters, by a name for its case."""
    for name in NAMED:
        yield name, {"grid": name}
    yield "int5 with its lowest code", {"grid": "int5", "is_narrow": 0}
    yield "two signed integers", {"kind": "integer", "bits": 1, "is_signed": 1, "is_narrow": 0}
    yield "a code book in no order", BOOK
    yield "a code book of one level", {"kind": "code_book", "bits": 1, "levels": [3]}
    for parameter in [1, 0.75, 0.25, 0.0625]:
        yield f"a power of {parameter}", {"kind": "power", "bits": 4, "parameter": parameter}
    for parameter in [0, 0.4, 1.5]:
        yield f"a tangent of {parameter}", {"kind": "tangent", "bits": 3, "parameter": parameter}
    for exponent in [1, 2, 3]:
        yield f"e{exponent}m{3 - exponent}", {"kind": "float", "bits": 4, "exponent_bits": exponent, "bias": 1,
                                              "is_signed": 1}
    yield "unsigned e3m2", {"kind": "float", "bits": 5, "exponent_bits": 3, "bias": 3, "is_signed": 0}
    yield "e3m4 with infinities", {"kind": "float", "bits": 8, "exponent_bits": 3, "bias": 3, "specials": "ieee",
                                   "is_signed": 1}
    yield "a bias that is not whole", {"kind": "float", "bits": 4, "exponent_bits": 2, "bias": 1.25, "is_signed": 1}


def levels_file():
    def solve(format, **given):
        return {"levels": levels(split(given)[0])}

    file = VectorFile("quantize/grid_levels.json", "qc_quantize_grid_levels", [""],
                      "the formulas of the kinds in rationals and decimals of 60 digits "
                      "(generate/quantize_grid_levels.py)", solve, outputs={"levels": "f32"})
    for name, grid in grids():
        rough = grid.get("kind") in ("power", "tangent") or name.startswith(("power", "tangent"))
        file.add(name, tolerance={"ulps": 1} if rough else None, **grid)
    file.expect("e2m1, as published", {"levels": [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]},
                source="OCP Microscaling Formats 1.0, table of FP4 values", grid="e2m1fn")
    for name, field, grid in IMPOSSIBLE:
        file.refuse(name, "QC_ERR_OPTIONS", field, **grid)
    file.refuse("a level that is NaN", "QC_ERR_NOT_FINITE", "levels[1] is nan", kind="code_book", bits=2,
                levels=[1, math.nan])
    return file


def layout_file():
    def solve(format, rows, columns, **given):
        grid, options = split(given)
        count = len(groups(rows, columns, options["granularity"], options["group_size"]))
        return {"code_bytes": rows * ((columns * grid["bits"] + 7) // 8), "group_count": count}

    file = VectorFile("quantize/grid_layout.json", "qc_quantize_grid_layout", [""],
                      "the formulas of the header in integers (generate/quantize_grid.py)", solve)
    for name in ["int4", "binary", "ternary", "e2m3fn", "uint7", "e4m3fn"]:
        file.add(name, rows=3, columns=11, grid=name, group_size=4)
    for granularity in ["group", "row", "tensor"]:
        file.add(f"per {granularity}", rows=3, columns=300, granularity=granularity)
        file.add(f"no rows, per {granularity}", rows=0, columns=10, granularity=granularity)
        file.add(f"no columns, per {granularity}", rows=10, columns=0, granularity=granularity)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", rows=1, columns=1, group_size=0)
    file.refuse("a grid that cannot be", "QC_ERR_OPTIONS", "bits", rows=1, columns=1, bits=9)
    file.refuse("a product that does not fit", "QC_ERR_SIZE", None, rows=2**62, columns=2**62)
    return file


def ramp(rows, columns):
    """Values that are exact in every type, in no order."""
    return [[((11 * (i * columns + j) + 3 * i) % 37 - 15) / 8 for j in range(columns)] for i in range(rows)]


def scales_file():
    file = VectorFile("quantize/grid_scales.json", "qc_quantize_grid_scales", ["f32", "f16", "bf16"],
                      "the definition in rationals, rounded once to single precision (generate/quantize_grid.py)",
                      solve_scales, inputs={"values": "T", "levels": "f32"}, outputs={"scales": "f32"})
    for name in ["int4", "uint4", "midrise3", "binary", "log2_4", "sqrt2_powers4", "power4", "e4m3fn", "nf4"]:
        file.add(name, values=ramp(2, 11), grid=name, group_size=4)
    file.add("the lowest code is used", values=[[-8, 7, 3], [-8, 8, 0], [-1, 7, 0]], is_narrow=0)
    file.add("a code book of positive levels", values=ramp(2, 5), kind="code_book", bits=1, levels=[0.5, 3])
    file.add("a code book of negative levels", values=ramp(2, 5), kind="code_book", bits=1, levels=[-0.5, -3])
    file.add("a code book of one zero", values=ramp(1, 3), kind="code_book", bits=1, levels=[0])
    for granularity in ["row", "tensor"]:
        file.add(f"per {granularity}", values=ramp(3, 5), granularity=granularity)
    file.add("zeros, one value, a group of zeros", values=[[0, 0, 0.75, 0, 0]], group_size=2)
    file.add("only negative values without negative levels", values=[[-1, -2]], grid="uint4")
    file.add("the largest floats", ["f32"], values=[[FLOAT_MAX, -1], [1, -FLOAT_MAX]], grid="int5")
    file.add("the largest floats, a scale above it", ["f32"], values=[[FLOAT_MAX, -1]], grid="midrise1")
    file.add("subnormal floats", ["f32"], values=[[2.0**-149, -3 * 2.0**-149]])
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"scales": []}, values=Matrix0(rows, columns))
    for value in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values", values=[[1, value]], grid="e5m2")
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", values=[[1]], group_size=0)
    return file


def encode_head(name):
    return VectorFile(f"quantize/{name}.json", "qc_quantize_grid_encode", ["f32", "f16", "bf16"],
                      "each kind's rule in rationals, after the division in single precision "
                      "(generate/quantize_grid_rounding.py)", solve_encode,
                      inputs={"values": "T", "scales": "f32", "zeros": "f32", "levels": "f32"})


def encode_file():
    file = encode_head("grid_encode")
    quarters = [[k / 4 for k in range(-18, 19)]]
    for name, grid in grids():
        if split(grid)[0]["kind"] == "float":
            continue
        file.add(name, values=quarters, scales=[1], **grid)
        file.add(f"{name}, other scales", values=ramp(2, 11), scales=[0.25, 0.1, 3, 1 / 3, 2, 0.5], group_size=4, **grid)
    for granularity in ["row", "tensor"]:
        file.add(f"per {granularity}", values=ramp(3, 5), scales=[0.5, 0.25, 0.125][:3 if granularity == "row" else 1],
                 granularity=granularity, grid="nf4")
    file.add("zero points", values=ramp(2, 7), scales=[0.5, 0.25], zeros=[2.5, -1.25], grid="uint4")
    file.add("ties and odd zero points", values=[[k / 2 for k in range(-9, 10)]], scales=[1], zeros=[3], grid="uint4")
    file.add("ties and zero points between", values=[[k / 4 for k in range(-9, 10)]], scales=[1], zeros=[2.75],
             grid="uint3")
    file.add("zero points beyond the codes", ["f32"], values=[[-1e9, -1e3, 0, 1e3, 1e9]], scales=[1], zeros=[1e9], grid="int8")
    file.add("zero points of zero", values=[[0, -0.0, 1]], scales=[1], zeros=[0], grid="binary")
    file.add("both zeros are 1 in binary", values=[[0, -0.0, -1, 1]], scales=[1], grid="binary")
    file.add("wide rows", values=ramp(2, 67), scales=[0.3, 0.7, 0.2, 0.9], grid="int3", group_size=64)
    file.add("one column", values=[[1], [-2], [0.5]], scales=[1, 1, 1], grid="nf4")
    file.add("ties of NF4 go to the lower level", ["f32"], grid="nf4", scales=[1], values=[nf4_ties()])
    file.add("quotients that overflow", ["f32"], values=[[FLOAT_MAX, -FLOAT_MAX]], scales=[2.0**-100], grid="int8")
    file.add("the subnormal neighbours of a tie at 0", ["f32"], values=[[2.0**-149, -(2.0**-149), 0]], scales=[1],
             kind="code_book", bits=1, levels=[-1, 1])
    file.add("a tie that double precision would see", ["f32"], scales=[1], kind="code_book", bits=1,
             levels=[1, 2.0**-120], values=[[0.5, 0.5 + 2.0**-24, 0.5 - 2.0**-25]])
    for bits in [1, 2, 3, 4, 8]:
        file.expect(f"StatsQ of {bits} bits", {"codes": statsq(bits)}, values=[STATSQ], scales=[2.0 ** (2 - bits)],
                    zeros=[-0.5], kind="integer", bits=bits, is_narrow=0,
                    source="Liu et al. (2023), OFQ: rne(c n - 1/2) of c = clip(w / s), n = 2^(bits - 1), "
                    "limited to -n to n - 1, here with 2 mean |w| = 2")
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"codes": []}, values=Matrix0(rows, columns), scales=[])
    for value in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values", values=[[1, 2, 3], [4, value, 6]],
                    scales=[1, 1])
    for value, status in [(math.nan, "QC_ERR_NOT_FINITE"), (0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN")]:
        file.refuse(f"a scale is {value}", status, "scales[1]", values=[[1], [2]], scales=[1, value])
    file.refuse("a zero point is NaN", "QC_ERR_NOT_FINITE", "zeros[0]", values=[[1]], scales=[1], zeros=[math.nan])
    return file


# Of mean magnitude 1, with ties, numbers next to them and numbers beyond the clip.
STATSQ = [k / 8 for k in range(-24, 25)] + [0.5 + 2.0**-7, 0.5 - 2.0**-7, -0.0, 5]


def statsq(bits):
    """The codes of StatsQ, in two's complement and packed, for s = 2."""
    n = 2 ** (bits - 1)
    codes = []
    for w in STATSQ:
        c = max(Fraction(-1), min(Fraction(w) / 2, 1 - Fraction(1, 10**6)))
        codes.append(max(-n, min(n - 1, round(c * n - Fraction(1, 2)))) % 2**bits)
    return pack([codes], bits)


def nf4_ties():
    """The midpoints of neighbours that are single-precision numbers, and those next to the others."""
    ladder = [level for _, level in rungs(NAMED["nf4"])]
    return [F32.round(Fraction(a) / 2 + Fraction(b) / 2) for a, b in zip(ladder, ladder[1:])]


def midpoints(grid):
    """Every level, every midpoint and its neighbours in single precision, and what overflows."""
    format = float_codes(grid)
    ladder = format["magnitudes"] + [format["next"]]
    found = [0.0]
    for a, b in zip(ladder, ladder[1:]):
        middle = F32.round((a + b) / 2)
        if middle <= FLOAT_MAX:
            step = max(Fraction(middle) / 2**23, Fraction(1, 2**149))
            found += [float(a), middle, F32.round(middle + step), F32.round(middle - step)]
    return [x for x in found if x <= FLOAT_MAX] + [math.inf]


def encode_floats_file():
    file = encode_head("grid_encode_floats")
    for name, given in grids():
        grid = split(given)[0]
        if grid["kind"] != "float" or grid["bias"] != int(grid["bias"]):
            continue
        numbers = midpoints(grid)
        if len(numbers) > 260:
            numbers = numbers[:64] + numbers[len(numbers) // 2 - 32:len(numbers) // 2 + 32] + numbers[-65:]
        negative = [-x for x in numbers[1:]]
        file.add(f"{name}, midpoints", ["f32"], values=[numbers], scales=[1], group_size=1000, **given)
        file.add(f"{name}, midpoints, IEEE overflow", ["f32"], values=[numbers[-16:]], scales=[1], overflow="ieee", **given)
        file.add(f"{name}, negative", ["f32"], values=[[-0.0, *negative[-24:]]], scales=[1], **given)
        file.add(f"{name}, negative, IEEE overflow", ["f32"], values=[[-0.0, *negative[-8:]]], scales=[1],
                 overflow="ieee", **given)
        file.add(f"{name}, every type", values=ramp(2, 11), scales=[0.25, 0.1, 3, 1 / 3, 2, 0.5], group_size=4, **given)
        if float_codes(grid)["nan"] is not None:
            file.add(f"{name}, NaN", values=[[math.nan, 1, math.nan]], scales=[1], **given)
        else:
            file.refuse(f"{name} has no NaN", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.nan]], scales=[1],
                        **given)
    file.add("a bias that is not whole", ["f32"], values=ramp(1, 37), scales=[1], kind="float", bits=4, exponent_bits=2,
             bias=1.25, is_signed=1)
    file.add("no rounding through another type", ["f32"], values=[[1.062744140625]], scales=[1], grid="e4m3fn")
    return file


def decode_file():
    file = VectorFile("quantize/grid_decode.json", "qc_quantize_grid_decode", ["f32", "f16", "bf16"],
                      "(level - z) * s in rational arithmetic, each step rounded to single precision and the last to "
                      "the type (generate/quantize_grid.py)", solve_decode,
                      inputs={"scales": "f32", "zeros": "f32", "levels": "f32"}, outputs={"values": "T"})
    for name, given in grids():
        grid = split(given)[0]
        if grid["kind"] in ("power", "tangent"):
            continue  # their levels are not exact
        stride = (11 * grid["bits"] + 7) // 8
        codes = [(89 * k + 41) % 256 for k in range(2 * stride)]
        file.add(name, ["f32"], codes=codes, scales=[0.25, 1.5, 3, 0.1, 2.5, 7], rows=2, columns=11, group_size=4, **given)
    file.add("every type", codes=[(37 * k) % 256 for k in range(18)], scales=[0.3], rows=2, columns=9,
             granularity="tensor", grid="e4m3fn")
    file.add("zero points", codes=[0x10, 0x32, 0xFE], scales=[0.3], zeros=[2.7], rows=1, columns=6, grid="uint4")
    file.add("negative and zero scales", codes=[0x51, 0x73], scales=[-1.5, 0], rows=2, columns=2, grid="int4")
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"values": Matrix0(rows, columns)}, codes=[], scales=[],
                    rows=rows, columns=columns)
    for value in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a scale is {value}", "QC_ERR_NOT_FINITE", "scales[1]", codes=[1, 2], scales=[1, value], rows=2,
                    columns=1)
    return file
