"""Family `quantize`: twin logarithms, by their definition with decimals of 60 digits."""

import math
from decimal import Decimal
from fractions import Fraction

from exact import F32, decimal
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_rounding import FLOAT_MAX
from quantize_integer import groups
from quantize_storage import pack, unpack

TYPES = ["f32", "f16", "bf16"]
OPTIONS = {"granularity": "row", "group_size": 128, "bits": 4}
OFFSETS = [0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5]
PERCENTILES = [98, 99, 99.9, 99.99, 99.999]
NONE = -1000.0


def files():
    return [options_init(), fit_file(), encode_file(), decode_file()]


def options_init():
    file = VectorFile("quantize/twin_log_options_init.json", "qc_quantize_twin_log_options_init", [""],
                      "the comments of include/quantcal/quantize/twin_log.h")
    file.expect("the defaults", OPTIONS)
    return file


def log2(x):
    return decimal(Fraction(x)).ln() / Decimal(2).ln()


def magnitude(offset, first, step, place):
    return Decimal(2) ** (decimal(first) + decimal(place) * decimal(step)) - decimal(offset)


def level(offset, first, step, k):
    return F32.round(min(max(magnitude(offset, first, step, k), Decimal(0)), Decimal(FLOAT_MAX)))


def place(offset, first, step, count, x):
    """The level of a positive number; not where rounding could decide."""
    if step == 0:
        return 0
    exact = (log2(Fraction(x) + Fraction(offset)) - decimal(first)) / decimal(step)
    assert abs(exact - exact.to_integral_value() - Decimal("0.5")) > 1e-9 or exact < -1 or exact > count
    return int(min(max(exact.to_integral_value(), Decimal(0)), Decimal(count - 1)))


def code_of(x, parameters, bits):
    h, f, d, nf, nd = parameters
    half = 2 ** (bits - 1)
    if x == 0:
        return 0
    return 1 + place(h, f, d, half - 1, x) if x > 0 else half + place(h, nf, nd, half, -x)


def number_of(code, parameters, bits):
    h, f, d, nf, nd = parameters
    half = 2 ** (bits - 1)
    if code == 0:
        return 0.0
    return level(h, f, d, code - 1) if code < half else -level(h, nf, nd, code - half)


def split(given):
    return OPTIONS | {key: given[key] for key in OPTIONS if key in given}


def cells(rows, columns, options):
    return groups(rows, columns, options["granularity"], options["group_size"])


def solve_encode(format, values, parameters, **given):
    options = split(given)
    codes = [[0] * len(values[0]) for _ in values]
    for number, group in enumerate(cells(len(values), len(values[0]), options)):
        for i, j in group:
            codes[i][j] = code_of(values[i][j], parameters[5 * number:5 * number + 5], options["bits"])
    return {"codes": pack(codes, options["bits"])}


def solve_decode(format, codes, parameters, rows, columns, **given):
    options = split(given)
    unpacked = unpack(codes, rows, columns, options["bits"], 0)
    values = [[0.0] * columns for _ in range(rows)]
    for number, group in enumerate(cells(rows, columns, options)):
        for i, j in group:
            values[i][j] = format.round(
                number_of(unpacked[i][j], parameters[5 * number:5 * number + 5], options["bits"]))
    return {"values": values}


def percentile(ordered, percent):
    at = (len(ordered) - 1) * Fraction(str(percent)) / 100
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * decimal(at - math.floor(at))


def side(magnitudes, count, offset):
    """First, step and squared error of the best percentile of a sign."""
    if not magnitudes:
        return NONE, 0.0, Fraction(0), []
    logarithms = sorted(log2(Fraction(x) + Fraction(offset)) for x in magnitudes)
    found = []
    for percent in PERCENTILES:
        step = F32.round((percentile(logarithms, percent) - logarithms[0]) / (count - 1))
        if step:
            multiple = logarithms[0] / decimal(step)
            assert abs(abs(multiple - multiple.to_integral_value()) - Decimal("0.5")) > 1e-9
            first = F32.round(multiple.to_integral_value() * decimal(step))
        else:
            first = F32.round(logarithms[0])
        error = sum((Fraction(x) - Fraction(level(offset, first, step, place(offset, first, step, count, x)))) ** 2
                    for x in magnitudes)
        found.append((error, first, step))
    least = min(error for error, _, _ in found)
    best = next(each for each in found if each[0] == least)
    return best[1], best[2], best[0], found


def solve_fit(format, values, **given):
    options = split(given)
    half = 2 ** (options["bits"] - 1)
    parameters = []
    for group in cells(len(values), len(values[0]), options):
        xs = [Fraction(values[i][j]) for i, j in group]
        found = []
        for offset in map(F32.round, OFFSETS):
            above = side([x for x in xs if x > 0], half - 1, offset)
            below = side([-x for x in xs if x < 0], half, offset)
            found.append((above[2] + below[2], [offset, above[0], above[1], below[0], below[1]], above[3], below[3]))
        least = min(error for error, *_ in found)
        best = next(each for each in found if each[0] == least)
        # No other choice may be so near that rounding could prefer it.
        others = [error for error, chosen, *_ in found if chosen != best[1]]
        assert all(error == least or error > least * (1 + Fraction(1, 10**6)) for error in others), "next to equal"
        for tried in best[2:]:
            lowest = min((error for error, *_ in tried), default=0)
            apart = {(f, d) for error, f, d in tried if lowest < error < lowest * (1 + Fraction(1, 10**6))}
            assert not apart, "next to equal"
        parameters += best[1]
    return {"parameters": parameters}


def twin_vectors(name, function, source, solve, tolerance=None):
    return VectorFile(f"quantize/twin_log_{name}.json", f"qc_quantize_twin_log_{function}", TYPES, source, solve,
                      inputs={"values": "T", "parameters": "f32"}, outputs={"values": "T", "parameters": "f32"},
                      tolerance=tolerance)


def bells(rows, columns):
    """Values in no order, many of them small, exact in every type."""
    return [[(1 if (i * 5 + j * 3) % 7 < 4 else -1) * ((13 * (i * columns + j) + 5) % 29 + 1) / 32
             * (1 if j % 4 else 0.125) for j in range(columns)] for i in range(rows)]


def fit_file():
    file = twin_vectors("fit", "fit", "the search of the header with decimals of 60 digits, errors in rationals; one whose "
                        "two best are next to equal is refused (generate/quantize_twin_log.py)", solve_fit,
                        {"relative": 2e-6})
    for bits in [3, 4, 5, 8]:
        file.add(f"{bits} bits", ["f32"], values=bells(1, 24), bits=bits)
    for granularity in ["row", "group", "tensor"]:
        file.add(f"per {granularity}", values=bells(2, 12), granularity=granularity, group_size=6)
    file.add("one sign", ["f32"], values=[[0.5, 0.25, 0.75, 0.125, 0, 1]])
    file.add("one number", ["f32"], values=[[0, -0.75]])
    file.expect("zeros", {"parameters": [0, NONE, 0, NONE, 0]}, values=[[0, -0.0, 0]])
    for rows, columns in [(0, 3), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"parameters": []}, values=Matrix0(rows, columns))
    for value in [math.nan, math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, value]])
    refuse_options(file, values=[[1, 2]])
    return file


def refuse_options(file, **inputs):
    for bits in [2, 9, -1]:
        file.refuse(f"{bits} bits", "QC_ERR_OPTIONS", f"bits is {bits}", bits=bits, **inputs)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", granularity="group", group_size=0, **inputs)


PARAMETERS = [0.01, -5, 0.75, -4.5, 0.625]


def encode_file():
    file = twin_vectors("encode", "encode", "logarithms in decimals of 60 digits, none next to a tie "
                        "(generate/quantize_twin_log.py)", solve_encode)
    wide = [[x / 32 for x in range(-40, 41)] + [0.001, -0.001, -0.0, 100, -100]]
    for bits in [3, 4, 5, 6, 7, 8]:
        file.add(f"{bits} bits", values=wide, parameters=PARAMETERS, bits=bits)
    file.add("no offset", ["f32"], values=[[1.5, 3, 5, 0.3, -0.7, -6, 2.0**-149, -FLOAT_MAX, FLOAT_MAX]],
             parameters=[0, -2, 0.75, -3, 1.25])
    file.add("single levels", values=wide, parameters=[0.5, -0.25, 0, -1, 0])
    file.add("levels below 0 are 0", values=wide, parameters=[0.5, -3, 0.5, -3, 0.5], bits=3)
    for granularity, count in [("row", 3), ("group", 9), ("tensor", 1)]:
        file.add(f"per {granularity}", values=ramp(3, 19), granularity=granularity, group_size=8,
                 parameters=[x + y for k in range(count) for x, y in zip(PARAMETERS, [0, k / 8, k / 16, -k / 8, 0])])
    file.add("a row longer than what is encoded at a time", ["f32"], values=ramp(1, 1501), parameters=PARAMETERS, bits=3)
    file.expect("no columns", {"codes": []}, values=Matrix0(3, 0), parameters=[])
    file.refuse("a value is infinite", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, math.inf]], parameters=PARAMETERS)
    refuse_parameters(file, values=[[1, 2]])
    refuse_options(file, values=[[1, 2]], parameters=PARAMETERS)
    return file


def refuse_parameters(file, **inputs):
    for index, what in [(0, "an offset"), (2, "a step"), (4, "a step")]:
        bad = PARAMETERS[:index] + [-0.5] + PARAMETERS[index + 1:]
        file.refuse(f"parameter {index} is negative", "QC_ERR_DOMAIN", f"parameters[{index}] is -0.5; {what}",
                    parameters=bad, **inputs)
    file.refuse("a parameter is NaN", "QC_ERR_NOT_FINITE", "parameters[1]", parameters=[0, math.nan, 1, 1, 1], **inputs)


def decode_file():
    file = twin_vectors("decode", "decode", "powers in decimals of 60 digits (generate/quantize_twin_log.py)",
                        solve_decode, {"ulps": 1})
    for bits in [3, 4, 8]:
        codes = list(range(2**bits))
        file.add(f"every code of {bits} bits", codes=pack([codes], bits), parameters=PARAMETERS, rows=1, columns=2**bits,
                 bits=bits)
    file.add("the largest and the smallest", ["f32"], codes=pack([list(range(16))], 4), parameters=[0, 100, 8, -1000, 0],
             rows=1, columns=16)
    file.add("levels below 0 are 0", codes=pack([list(range(8))], 3), parameters=[0.5, -3, 0.5, -3, 0.75], rows=1, columns=8,
             bits=3)
    for granularity, count in [("row", 3), ("group", 9), ("tensor", 1)]:
        file.add(f"per {granularity}", codes=[(37 * k + 5) % 256 for k in range(30)], rows=3, columns=19,
                 granularity=granularity, group_size=8,
                 parameters=[x + y for k in range(count) for x, y in zip(PARAMETERS, [0, k / 8, k / 16, -k / 8, 0])])
    refuse_parameters(file, codes=[0], rows=1, columns=2)
    refuse_options(file, codes=[0], rows=1, columns=2, parameters=PARAMETERS)
    return file
