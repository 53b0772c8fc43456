"""Family `quantize`: integer grids in rationals, rounded to single precision where the header says so."""

import math
from fractions import Fraction

from exact import F32, F64
from files import Matrix0, VectorFile
from quantize_storage import pack, unpack

FLOAT_MAX = float(F32.maximum)
DEFAULTS = {"bits": 4, "scheme": "symmetric", "granularity": "group", "group_size": 128}


def files():
    return [layout_file(), encode_file(), encode_bits_file(), decode_file(), options_init()]


def groups(rows, columns, granularity, group_size):
    """The elements that share a scale, group after group."""
    cells = [[(i, j) for j in range(columns)] for i in range(rows)]
    if granularity == "tensor":
        return [sum(cells, [])] if rows and columns else []
    size = group_size if granularity == "group" else columns
    return [row[j:j + size] for row in cells for j in range(0, columns, size)] if columns else []


# The grids


def divide(x, scale):
    """x / s, one division in single precision."""
    return Fraction(F32.round(Fraction(x) / Fraction(scale)))


def usable(scale):
    """Rounded once to single precision, and raised to the smallest normal number."""
    return max(F32.round(scale), F32.least_normal)


def encode_group(values, bits, scheme):
    """Scale, zero point and codes."""
    if scheme == "symmetric":
        top = 2 ** (bits - 1) - 1
        largest = max(abs(Fraction(x)) for x in values)
        scale = usable(Fraction(F64.round(largest / top))) if largest else 1.0
        zero, low, high = 0, -top, top
    else:
        low, high = 0, 2**bits - 1
        least, most = min(0, *map(Fraction, values)), max(0, *map(Fraction, values))
        span = Fraction(F64.round(most - least))
        scale = usable(Fraction(F64.round(span / high))) if span else 1.0
        zero = min(round(divide(-least, scale)), high)
    return scale, zero, [nearest_code(x, scale, zero, low, high) for x in values]


def nearest_code(x, scale, zero, low, high):
    code = min(max(round(divide(x, scale)) + zero, low), high)
    while math.isinf(F32.round((code - zero) * Fraction(scale))):
        code += 1 if code < zero else -1
    return code


def solve_encode(format, values, **given):
    options = DEFAULTS | given
    rows, columns = len(values), len(values[0])
    unpacked = [[0] * columns for _ in range(rows)]
    scales, zeros = [], []
    for cells in groups(rows, columns, options["granularity"], options["group_size"]):
        scale, zero, codes = encode_group([values[i][j] for i, j in cells], options["bits"], options["scheme"])
        scales.append(scale), zeros.append(zero)
        for (i, j), code in zip(cells, codes):
            unpacked[i][j] = code
    out = {"codes": pack(unpacked, options["bits"]), "scales": scales}
    if options["scheme"] == "affine":
        out["zeros"] = zeros
    return out | {"unpacked": unpacked}


def solve_decode(format, codes, scales, rows, columns, zeros=None, **given):
    options = DEFAULTS | given
    signed = options["scheme"] == "symmetric"
    unpacked = unpack(codes, rows, columns, options["bits"], signed)
    values = [[0.0] * columns for _ in range(rows)]
    cells = groups(rows, columns, options["granularity"], options["group_size"])
    for group, scale, zero in zip(cells, scales, zeros or [0] * len(scales)):
        for i, j in group:
            single = F32.round((unpacked[i][j] - (0 if signed else zero)) * Fraction(scale))
            values[i][j] = format.round(single)
    return {"values": values}


# Files


def layout_file():
    def solve(format, rows, columns, **given):
        options = DEFAULTS | given
        parameters = {"group": rows * -(-columns // options["group_size"]), "row": rows, "tensor": 1}
        empty = rows == 0 or columns == 0
        return {"code_bytes": rows * ((columns * options["bits"] + 7) // 8),
                "group_count": 0 if empty else parameters[options["granularity"]]}

    file = VectorFile("quantize/integer_layout.json", "qc_quantize_integer_layout", [""],
                      "the formulas of the header in integers (generate/quantize.py)", solve)
    file.add("the defaults", rows=3, columns=300)
    for bits in range(2, 9):
        for columns in [1, 7, 8]:
            file.add(f"{bits} bits, {columns} columns", rows=5, columns=columns, bits=bits)
    file.add("affine needs the same room", rows=4, columns=11, bits=3, scheme="affine")
    for size in [1, 2, 5, 10, 11, 1000000]:
        file.add(f"ten columns in groups of {size}", rows=2, columns=10, group_size=size)
    file.add("a scale per row", rows=7, columns=10, granularity="row")
    file.add("one scale", rows=7, columns=10, granularity="tensor")
    file.add("group_size matters per group only", rows=7, columns=10, granularity="row", group_size=3)
    for granularity in ["group", "row", "tensor"]:
        file.add(f"no rows, per {granularity}", rows=0, columns=10, granularity=granularity)
        file.add(f"no columns, per {granularity}", rows=10, columns=0, granularity=granularity)
    file.add("a large matrix", rows=2**20, columns=2**20 + 3, bits=5, group_size=96)
    for bits in [1, 9, 0, -4]:
        file.refuse(f"{bits} bits", "QC_ERR_OPTIONS", "bits", rows=1, columns=1, bits=bits)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", rows=1, columns=1, group_size=0)
    file.refuse("a product that does not fit", "QC_ERR_SIZE", None, rows=2**62, columns=2**62)
    return file


def encode_head(name, source="the grids of the header in rational arithmetic, single precision where it says so"):
    return VectorFile(f"quantize/{name}.json", "qc_quantize_integer_encode", ["f32", "f16", "bf16"],
                      source + " (generate/quantize.py)", solve_encode, inputs={"values": "T"},
                      outputs={"scales": "f32"})


def ramp(rows, columns):
    """Values that are exact in every type, in no order."""
    return [[((11 * (i * columns + j) + 3 * i) % 37 - 15) / 8 for j in range(columns)] for i in range(rows)]


def encode_bits_file():
    file = encode_head("integer_encode_bits")
    for scheme in ["symmetric", "affine"]:
        for bits in range(2, 9):
            file.add(f"{bits} bits, {scheme}", values=ramp(2, 11), bits=bits, scheme=scheme, group_size=4)
    return file


def encode_file():
    file = encode_head("integer_encode")
    five = [[-1, -0.3, 0, 0.5, 2]]
    for scheme in ["symmetric", "affine"]:
        file.add(f"five values, {scheme}", values=five, scheme=scheme)
        file.add(f"a last group that is shorter, {scheme}", values=ramp(2, 10), scheme=scheme, group_size=4)
        file.add(f"groups of one, {scheme}", values=ramp(1, 5), scheme=scheme, group_size=1)
        file.add(f"a group larger than the row, {scheme}", values=ramp(2, 3), scheme=scheme, group_size=1000)
        file.add(f"a scale per row, {scheme}", values=ramp(3, 5), scheme=scheme, granularity="row")
        file.add(f"one scale, {scheme}", values=ramp(3, 5), scheme=scheme, granularity="tensor")
        file.add(f"one value, {scheme}", values=[[0.7]], scheme=scheme)
        file.add(f"one negative value, {scheme}", values=[[-0.7]], scheme=scheme)
        file.add(f"one zero, {scheme}", values=[[0]], scheme=scheme)
        file.add(f"a group of zeros among others, {scheme}", values=[[0, 0, 1, 2, 0.0, -0.0]], scheme=scheme,
                 group_size=2)
        file.add(f"all equal, {scheme}", values=[[3.5] * 6], scheme=scheme)
        file.add(f"all equal and negative, {scheme}", values=[[-3.5] * 6], scheme=scheme)
        file.add(f"only positive values, {scheme}", values=[[1, 2, 3, 4, 5.5]], scheme=scheme)
        file.add(f"only negative values, {scheme}", values=[[-1, -2, -3, -4, -5.5]], scheme=scheme)
        file.expect(f"no rows, {scheme}", {"codes": [], "scales": []}, values=Matrix0(0, 5), scheme=scheme)
        file.expect(f"no columns, {scheme}", {"codes": [], "scales": []}, values=Matrix0(3, 0), scheme=scheme)
        file.add(f"wide rows, {scheme}", values=ramp(2, 67), scheme=scheme, bits=3, group_size=64)
        file.add(f"int8, one row of seventeen, {scheme}", values=ramp(1, 17), scheme=scheme, bits=8)
    rounding(file)
    ranges(file)
    refused(file)
    return file


def rounding(file):
    ties = [k / 2 for k in range(-14, 15)]
    file.add("ties to even, symmetric", values=[ties], bits=4)
    file.add("ties to even, affine: the tie is broken before the zero point is added",
             values=[[k / 2 for k in range(-6, 25)]], bits=4, scheme="affine")
    file.add("a zero point that ties, and a code clipped to the range", values=[[-1.5, 1.5, 0.5, -0.5]], bits=2,
             scheme="affine")
    file.add("a zero point that ties downwards", values=[[-2.5, 12.5, 0.5, 1.5]], scheme="affine")
    for bits, most in [(2, 1), (4, 0.2), (4, 9), (8, 5.8)]:
        file.add(f"a zero point that single precision rounds to a tie, -1 to {most}, {bits} bits", ["f32"],
                 values=[[-1, most]], bits=bits, scheme="affine")
    for bits in [4, 8]:
        file.add(f"dividing is not multiplying by 1 / s, {bits} bits", ["f32"], bits=bits,
                 values=[reciprocal_differs(2 ** (bits - 1) - 1)])
    file.add("values that each type rounds", values=[[0.1, 0.2, -0.3, 1 / 3, 2 / 3, -0.7]], bits=8)


def reciprocal_differs(top):
    """A largest value, and values next to ties whose code changes if 1 / s is multiplied instead."""
    for largest in range(1, 1000):
        scale = Fraction(F32.round(Fraction(largest, top)))
        reciprocal = Fraction(F32.round(1 / scale))
        near = [F32.round((k + Fraction(1, 2)) * scale) for k in range(top)]
        differ = [x for x in near
                  if round(divide(x, scale)) != round(Fraction(F32.round(Fraction(x) * reciprocal)))]
        if len(differ) >= 3:
            return [largest, *differ[:6]]


def ranges(file):
    normal, least = F32.least_normal, 2.0**-149
    for scheme in ["symmetric", "affine"]:
        for bits in [2, 4, 8]:
            file.add(f"the largest floats, {scheme}, {bits} bits", ["f32"], bits=bits, scheme=scheme,
                     values=[[FLOAT_MAX, -FLOAT_MAX, FLOAT_MAX / 2, 0, 1e30]])
        file.add(f"one largest float, {scheme}", ["f32"], scheme=scheme, values=[[FLOAT_MAX, 1, 0]])
        file.add(f"subnormal floats, {scheme}", ["f32"], scheme=scheme,
                 values=[[least, -3 * least, 100 * least, 0]])
        file.add(f"a scale just below the smallest normal, {scheme}", ["f32"], scheme=scheme,
                 values=[[6.5 * normal, normal, -0.5 * normal, 1.5 * normal]])
        file.add(f"1e38 beside 1e-38, {scheme}", ["f32"], scheme=scheme, values=[[1e38, 1e-38, -1e38, -1e-38]])
        file.add(f"an offset of 1e9, {scheme}", ["f32"], scheme=scheme, bits=8,
                 values=[[1e9, 1e9 + 64, 1e9 + 128, 1e9 - 64]])
        file.add(f"small halves, {scheme}", ["f16"], scheme=scheme, values=[[2.0**-24, -3 * 2.0**-24, 2.0**-14]])
    file.add("codes that would decode to infinity", ["f32"], bits=2, scheme="affine",
             values=[[-0.6 * FLOAT_MAX, FLOAT_MAX, 0.5 * FLOAT_MAX]])
    file.add("the same below zero", ["f32"], bits=2, scheme="affine",
             values=[[0.6 * FLOAT_MAX, -FLOAT_MAX, -0.5 * FLOAT_MAX]])
    file.add("the largest halves", ["f16"], bits=8, values=[[65504, -65504, 32768, 1]])


def refused(file):
    for value in ["nan", "inf", "-inf"]:
        for scheme in ["symmetric", "affine"]:
            file.refuse(f"a value is {value}, {scheme}", "QC_ERR_NOT_FINITE", "values", scheme=scheme,
                        values=[[1, 2, 3], [4, value, 6]])
    file.refuse("the last value is NaN", "QC_ERR_NOT_FINITE", "values", values=[[0] * 20 + ["nan"]])
    file.refuse("a number that single precision rounds to infinity", "QC_ERR_NOT_FINITE", "values",
                values=[[1e39]])
    for bits in [1, 9]:
        file.refuse(f"{bits} bits", "QC_ERR_OPTIONS", "bits", values=[[1]], bits=bits)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", values=[[1]], group_size=0)


def decode_file():
    file = VectorFile("quantize/integer_decode.json", "qc_quantize_integer_decode", ["f32", "f16", "bf16"],
                      "(q - z) * s in rational arithmetic, rounded to single precision and then to the type "
                      "(generate/quantize.py)",
                      solve_decode, inputs={"scales": "f32"}, outputs={"values": "T"})
    for bits in range(2, 9):
        columns = 11
        stride = (columns * bits + 7) // 8
        codes = [(89 * k + 41) % 256 for k in range(2 * stride)]
        file.add(f"{bits} bits, symmetric", codes=codes, scales=[0.25, 1.5, 3, 0.1, 2.5, 7], rows=2,
                 columns=columns, bits=bits, group_size=4)
        file.add(f"{bits} bits, affine", codes=codes, scales=[0.25, 1.5, 3, 0.1, 2.5, 7],
                 zeros=[0, 1, 2**bits - 1, 2, 3, 1], rows=2, columns=columns, bits=bits, scheme="affine",
                 group_size=4)
    file.add("every 4-bit pattern, signed", codes=[0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE], scales=[0.5],
             rows=1, columns=16)
    file.add("every 2-bit pattern, unsigned", codes=[0b11100100], scales=[0.5], zeros=[1], rows=1, columns=4,
             bits=2, scheme="affine")
    file.add("bits after the last code are ignored", codes=[0xF1, 0xFF], scales=[1], rows=2, columns=1,
             granularity="tensor")
    file.add("a scale per row", codes=[0x21, 0x03, 0x21, 0x03], scales=[1, 10], rows=2, columns=3,
             granularity="row")
    file.add("products that round", codes=[127, 3, 253, 129], scales=[0.1], rows=1, columns=4, bits=8)
    file.add("zero, negative and huge scales", codes=[0x17, 0x97, 0x17], scales=[0, -1.5, 3e38], rows=1, columns=6,
             group_size=2)
    file.add("subnormal products", ["f32"], codes=[0x71], scales=[2.0**-149], rows=1, columns=2)
    file.add("products that leave half precision", ["f16"], codes=[127, 126, 129, 1], scales=[516.0], rows=1,
             columns=4, bits=8)
    file.add("rounded twice: to single precision, then to half", ["f16"], codes=[3, 5, 7, 9, 11, 13], bits=8,
             scales=[1 / 3], rows=1, columns=6)
    file.add("seventeen columns", codes=[(37 * k) % 256 for k in range(27)], scales=[0.75, 2, 1.25], rows=3,
             columns=17, granularity="row")
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"values": Matrix0(rows, columns)}, codes=[], scales=[],
                    rows=rows, columns=columns)
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a scale is {value}", "QC_ERR_NOT_FINITE", "scales[1]", codes=[1, 2], scales=[1, value],
                    rows=2, columns=1)
    file.refuse("a zero point above the range", "QC_ERR_DOMAIN", "zeros[1] is 16", codes=[1, 2], scales=[1, 1],
                zeros=[15, 16], rows=2, columns=1, scheme="affine")
    file.refuse("9 bits", "QC_ERR_OPTIONS", "bits", codes=[1], scales=[1], rows=1, columns=1, bits=9)
    return file


def options_init():
    file = VectorFile("quantize/integer_options_init.json", "qc_quantize_integer_options_init", [""],
                      "the comments of include/quantcal/quantize/integer.h")
    file.expect("the defaults", DEFAULTS)
    return file


