"""Family `quantize`: salient elements, and parts of matrices that a mask selects."""

import math
from fractions import Fraction

from exact import F32
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_levels import levels
from quantize_grid_rounding import FLOAT_MAX, encode_number, product, split
from quantize_integer import groups
from quantize_range import wavy
from quantize_range_rules import MIN_MAX, RULES, SOLVERS, Target
from quantize_storage import pack, unpack

TYPES = ["f32", "f16", "bf16"]
# What PB-LLM's weights are, but that a sixteenth is exact in every type.
WEIGHTS = [[3, 2.5, 0.125, -0.125, 0.3125, -0.0625]]
SALIENT = [[1, 1, 0, 0, 0, 0]]


def files():
    return [salient_options(), salient_file(), masked_options(), layout_file(), range_file(), encode_file(),
            decode_file()]


def salient_options():
    file = VectorFile("quantize/salient_options_init.json", "qc_quantize_salient_options_init", [""],
                      "the comments of include/quantcal/quantize/masked.h", outputs={"fraction": "f64"})
    file.expect("the defaults", {"granularity": "tensor", "group_size": 128, "fraction": 0.1})
    return file


def masked_options():
    file = VectorFile("quantize/masked_options_init.json", "qc_quantize_masked_options_init", [""],
                      "the comments of include/quantcal/quantize/masked.h")
    file.expect("the defaults", {"granularity": "group", "group_size": 128, "selected": 1})
    return file


def solve_salient(format, values, factors=None, fraction=0.1, granularity="tensor", group_size=128):
    """A sort by falling saliency and then by place."""
    rows, columns = len(values), len(values[0])
    mask = [[0] * columns for _ in range(rows)]
    for group in groups(rows, columns, granularity, group_size):
        saliency = {(i, j): abs(Fraction(values[i][j])) * Fraction(factors[j] if factors else 1) for i, j in group}
        count = round(Fraction(fraction * len(group)))
        for i, j in sorted(group, key=lambda place: (-saliency[place], place))[:count]:
            mask[i][j] = 1
    return {"mask": mask}


def salient_file():
    file = VectorFile("quantize/salient_mask.json", "qc_quantize_salient_mask", TYPES,
                      "a sort by falling saliency, in rationals, and then by place (generate/quantize_masked.py)",
                      solve_salient, inputs={"values": "T", "factors": "f32", "fraction": "f64"})
    file.expect("PB-LLM: a third", {"mask": SALIENT}, values=WEIGHTS, fraction=1 / 3,
                source="the largest two magnitudes of six, counted by hand")
    for granularity in ["tensor", "row", "group"]:
        for fraction in [0, 0.1, 0.25, 0.5, 0.95, 1]:
            file.add(f"per {granularity}, {fraction}", values=wavy(3, 21), granularity=granularity, group_size=5,
                     fraction=fraction)
        file.add(f"equals, per {granularity}", values=[[1, -1, 1, 0, 1], [0, 1, 1, -1, 1]], granularity=granularity,
                 group_size=3, fraction=0.5)
        file.add(f"factors, per {granularity}", values=wavy(3, 21), granularity=granularity, group_size=8,
                 fraction=0.3, factors=[(7 * j) % 11 / 4 for j in range(21)])
    file.add("the default", values=wavy(4, 20))
    file.add("counts are rounded, halves to even", values=ramp(1, 10), fraction=0.25)
    file.add("counts are rounded, halves to even, up", values=ramp(1, 10), fraction=0.35)
    file.add("a decimal fraction", values=ramp(1, 100), fraction=0.29)
    file.add("zeros", values=[[0, -0.0, 0, 0]], fraction=0.5)
    file.add("one element", values=[[-3]], fraction=0.6)
    file.add("the largest floats", ["f32"], values=[[FLOAT_MAX, -FLOAT_MAX, 1]], factors=[1e30, 2e30, 3e30],
             fraction=0.4)
    file.add("the smallest floats", ["f32"], values=[[2.0**-149, -(2.0**-148), 0]],
             factors=[2.0**-149, 2.0**-149, 1], fraction=0.3)
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"mask": Matrix0(rows, columns)}, values=Matrix0(rows, columns))
    for value in [math.nan, math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, value]])
    file.refuse("a factor is NaN", "QC_ERR_NOT_FINITE", "factors[1]", values=[[1, 2]], factors=[1, math.nan])
    file.refuse("a factor is negative", "QC_ERR_DOMAIN", "factors[0]", values=[[1, 2]], factors=[-1, 1])
    file.refuse("factors of zero", "QC_ERR_DOMAIN", "factors", values=[[1, 2]], factors=[0, 0])
    for fraction in [-0.1, 1.1, math.nan]:
        file.refuse(f"a fraction of {fraction}", "QC_ERR_OPTIONS", "fraction is", values=[[1, 2]], fraction=fraction)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", values=[[1]], granularity="group",
                group_size=0)
    return file


# Parts


def cells(given, mask, rows, columns, selected=1, is_shared=0):
    """The selected elements of each group."""
    options = split(given)[1]
    return [[(i, j) for i, j in group if mask[0 if is_shared else i][j] == selected]
            for group in groups(rows, columns, options["granularity"], options["group_size"])]


def chosen(mask, rows, columns, selected=1, is_shared=0):
    """The columns that are selected of each row."""
    return [[j for j in range(columns) if mask[0 if is_shared else i][j] == selected] for i in range(rows)]


def part_of(given):
    return {key: given[key] for key in ("selected", "is_shared") if key in given}


def solve_layout(format, mask, rows, **given):
    columns, bits = len(mask[0]), split(given)[0]["bits"]
    lines = chosen(mask, rows, columns, **part_of(given))
    return {"selected_count": sum(map(len, lines)),
            "code_bytes": sum((len(line) * bits + 7) // 8 for line in lines),
            "group_count": len(cells(given, mask, rows, columns, **part_of(given)))}


def solve_range(format, values, mask, with_zeros=0, rule="min_max", **given):
    settings = RULES[rule] | {key: given[key] for key in MIN_MAX if key in given and key != "kind"}
    target = Target(split(given)[0], settings, with_zeros)
    scales, zeros = [], []
    for group in cells(given, mask, len(values), len(values[0]), **part_of(given)):
        xs = [Fraction(values[i][j]) for i, j in group]
        if any(xs):
            scale, zero = SOLVERS[settings["kind"]](target, settings, xs, [Fraction(1)] * len(xs))
        else:
            scale, zero = target.of_range(0, 0)
        scales.append(scale)
        zeros.append(zero)
    return {"scales": scales} | ({"zeros": zeros} if with_zeros else {})


def solve_encode(format, values, mask, scales, zeros=None, **given):
    rows, columns = len(values), len(values[0])
    grid = split(given)[0]
    codes = {}
    for group, scale, zero in zip(cells(given, mask, rows, columns, **part_of(given)), scales,
                                  zeros or [0] * len(scales)):
        for i, j in group:
            codes[i, j] = encode_number(grid, values[i][j], scale, zero)
    packed = []
    for i, line in enumerate(chosen(mask, rows, columns, **part_of(given))):
        packed += pack([[codes[i, j] for j in line]], grid["bits"]) if line else []
    return {"codes": packed}


def solve_decode(format, codes, mask, scales, rows, zeros=None, **given):
    columns, grid = len(mask[0]), split(given)[0]
    table = [F32.round(level) for level in levels(grid)]
    parameters = {}
    for group, scale, zero in zip(cells(given, mask, rows, columns, **part_of(given)), scales,
                                  zeros or [0] * len(scales)):
        parameters.update({place: (scale, zero) for place in group})
    values = [[0.0] * columns for _ in range(rows)]
    start = 0
    for i, line in enumerate(chosen(mask, rows, columns, **part_of(given))):
        length = (len(line) * grid["bits"] + 7) // 8
        unpacked = unpack(codes[start:start + length], 1, len(line), grid["bits"], False)[0] if line else []
        start += length
        for j, code in zip(line, unpacked):
            scale, zero = parameters[i, j]
            values[i][j] = format.round(product(table[code], zero, scale))
    return {"values": values}


def spots(rows, columns, step=3):
    """A mask without pattern that matters; its second row has no ones."""
    return [[int(i != 1 and (i * columns + j) ** 2 % (step + 2) < 2) for j in range(columns)] for i in range(rows)]


def layout_file():
    file = VectorFile("quantize/masked_layout.json", "qc_quantize_masked_layout", [""],
                      "counts by the definitions of the header (generate/quantize_masked.py)", solve_layout)
    for grid in ["int8", "binary", "e2m3fn"]:
        for selected in [1, 0]:
            file.add(f"{grid}, {selected}", mask=spots(3, 13), rows=3, grid=grid, selected=selected, group_size=5)
            file.add(f"{grid}, {selected}, for all rows", mask=[[1, 0, 0, 1, 1, 0, 1, 0, 0]], rows=4, is_shared=1,
                     grid=grid, selected=selected, granularity="row")
    file.add("nothing", mask=[[0, 0, 0]], rows=1)
    file.add("everything", mask=[[1, 1, 1]], rows=1)
    file.refuse("bits", "QC_ERR_OPTIONS", "bits is 9", mask=[[1]], rows=1, bits=9)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", mask=[[1]], rows=1, group_size=0)
    return file


def part_vectors(name, function, source, solve, tolerance=None, types=TYPES):
    return VectorFile(f"quantize/{name}.json", function, types, source, solve,
                      inputs={"values": "T", "levels": "f32", "scales": "f32", "zeros": "f32"},
                      outputs={"values": "T", "scales": "f32", "zeros": "f32"}, tolerance=tolerance)


def range_file():
    file = part_vectors("masked_range", "qc_quantize_masked_range",
                        "each rule's definition in rationals for the selected elements alone "
                        "(generate/quantize_masked.py)", solve_range, {"ulps": 2})
    file.expect("PB-LLM: the binary part", {"scales": [0.1375], "zeros": [-0.0625 / 0.1375]}, types=["f32"],
                values=[[3, 2.5, 0.1, -0.1, 0.3, -0.05]], mask=SALIENT, selected=0, grid="binary",
                rule="mean_absolute", with_zeros=1,
                source="Shang et al. (2024), PB-LLM, with the mean .0625 and the scale .1375 over unmasked weights")
    for selected in [1, 0]:
        for rule in ["min_max", "power_of_two", "percentile", "mse", "mean_absolute"]:
            for zeros in [0, 1]:
                file.add(f"{rule}, {selected}, {'zero points' if zeros else 'no zero points'}",
                         TYPES if rule == "min_max" else ["f32"], values=wavy(3, 21), mask=spots(3, 21),
                         selected=selected, grid="uint3" if zeros else "int4", rule=rule, with_zeros=zeros,
                         group_size=8, **({"percentile": 80} if rule == "percentile" else {}),
                         **({"steps": 10} if rule == "mse" else {}),
                         tolerance={"relative": 1e-6} if rule == "mean_absolute" else None)
        for granularity in ["row", "tensor"]:
            file.add(f"per {granularity}, {selected}", values=wavy(3, 21), mask=spots(3, 21), selected=selected,
                     grid="uint4", with_zeros=1, granularity=granularity)
        file.add(f"split channels, {selected}", values=wavy(4, 12), mask=[[0] * 5 + [1] * 7], is_shared=1,
                 selected=selected, grid="uint8", with_zeros=1, granularity="tensor")
    file.add("one quantizer if the split is at an end", values=wavy(2, 6), mask=[[1] * 6], is_shared=1,
             grid="uint8", with_zeros=1, granularity="tensor")
    file.expect("the other is one of zeros", {"scales": [1], "zeros": [0]}, values=wavy(2, 6), mask=[[1] * 6],
                is_shared=1, selected=0, grid="uint8", with_zeros=1, granularity="tensor")
    file.add("equal values", values=[[0.75, 3, 0.75, 0.75]], mask=[[0, 1, 0, 0]], selected=0, grid="binary",
             rule="mean_absolute", with_zeros=1)
    file.expect("no rows", {"scales": []}, values=Matrix0(0, 3), mask=Matrix0(0, 3))
    file.refuse("a value that is not selected is NaN", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.nan]],
                mask=[[1, 0]])
    file.refuse("HQQ without zero points", "QC_ERR_NULL_POINTER", "zeros", values=[[1, 2]], mask=[[1, 0]],
                rule="half_quadratic")
    file.refuse("steps", "QC_ERR_OPTIONS", "steps is 0", values=[[1, 2]], mask=[[1, 0]], rule="mse", steps=0)
    return file


def parameters(rows, columns, size, zeros):
    count = rows * -(-columns // size)
    return {"scales": [0.125 * (k % 5 + 1) for k in range(count)]} | (
        {"zeros": [(k % 3 - 1) * 0.5 for k in range(count)]} if zeros else {})


def encode_file():
    file = part_vectors("masked_encode", "qc_quantize_masked_encode",
                        "the grids' definitions in rationals, element by element (generate/quantize_masked.py)",
                        solve_encode)
    for grid in ["binary", "int3", "uint8", "nf4", "e2m3fn"]:
        for selected in [1, 0]:
            file.add(f"{grid}, {selected}", values=ramp(3, 21), mask=spots(3, 21), selected=selected, grid=grid,
                     group_size=8, **parameters(3, 21, 8, grid == "uint8"))
    file.add("a row longer than what is encoded at a time", ["f32"], values=ramp(1, 2500), mask=spots(1, 2500),
             grid="int5", group_size=2500, scales=[0.25])
    file.add("for all rows", values=ramp(3, 10), mask=[[1, 0] * 5], is_shared=1, granularity="tensor",
             scales=[0.25])
    file.expect("nothing", {"codes": []}, values=ramp(2, 3), mask=[[0] * 3] * 2, granularity="tensor", scales=[1])
    file.expect("no columns", {"codes": []}, values=Matrix0(3, 0), mask=Matrix0(3, 0), scales=[])
    file.refuse("a value is infinite", "QC_ERR_NOT_FINITE", "values[0]", values=[[math.inf, 1]], mask=[[0, 1]],
                scales=[1], grid="e5m2")
    file.refuse("a scale is 0", "QC_ERR_DOMAIN", "scales[0]", values=[[1]], mask=[[1]], scales=[0])
    return file


def decode_file():
    file = part_vectors("masked_decode", "qc_quantize_masked_decode",
                        "the grids' definitions in rationals, element by element (generate/quantize_masked.py)",
                        solve_decode)
    for grid in ["binary", "int3", "uint8", "nf4", "e2m3fn"]:
        for selected in [1, 0]:
            mask = spots(3, 21)
            count = solve_layout(None, mask, 3, selected=selected, grid=grid)["code_bytes"]
            file.add(f"{grid}, {selected}", codes=[37 * k % 256 for k in range(count)], mask=mask,
                     selected=selected, rows=3, grid=grid, group_size=8, **parameters(3, 21, 8, grid == "uint8"))
    long = spots(1, 2500)
    count = solve_layout(None, long, 1, grid="int5")["code_bytes"]
    file.add("a row longer than what is decoded at a time", ["f32"], codes=[37 * k % 256 for k in range(count)],
             mask=long, rows=1, grid="int5", group_size=2500, scales=[0.25])
    file.add("for all rows", codes=[18, 52, 6] * 3, mask=[[1, 0] * 5], is_shared=1, rows=3,
             granularity="tensor", scales=[0.25])
    file.refuse("a scale is NaN", "QC_ERR_NOT_FINITE", "scales[0]", codes=[0], mask=[[1]], rows=1,
                scales=[math.nan])
    return file
