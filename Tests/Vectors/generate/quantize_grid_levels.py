"""The scalar grids: their parameters by name, and their levels by the formulas of the kinds."""

import math
from decimal import Decimal
from fractions import Fraction

from exact import F32, square_root

# Of these kinds a number goes to the nearest level.
KINDS_WITH_NEAREST = ("integer", "midrise", "binary", "sqrt2_powers", "code_book")

NF4 = [-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
       -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
       0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1]


def grid(kind, bits, **fields):
    return {"kind": kind, "bits": bits, "is_signed": 1, "is_narrow": 1, "exponent_bits": 0, "specials": "none",
            "overflow": "saturate", "bias": 0, "parameter": 0} | fields


def named():
    """Biases and bits: OCP 8-bit Floating Point, OCP Microscaling Formats, and ml_dtypes' README."""
    grids = {f"int{bits}": grid("integer", bits) for bits in range(2, 9)}
    grids |= {f"uint{bits}": grid("integer", bits, is_signed=0) for bits in range(1, 9)}
    grids |= {f"midrise{bits}": grid("midrise", bits) for bits in range(1, 9)}
    grids |= {f"log2_{bits}": grid("log2", bits) for bits in range(1, 8)}
    grids |= {f"log_sqrt2_{bits}": grid("log_sqrt2", bits) for bits in range(1, 8)}
    grids |= {f"sqrt2_powers{bits}": grid("sqrt2_powers", bits) for bits in range(2, 9)}
    grids |= {f"power{bits}": grid("power", bits, parameter=0.5) for bits in range(2, 9)}
    grids |= {f"tangent{bits}": grid("tangent", bits, parameter=1.2) for bits in range(1, 9)}
    grids["binary"] = grid("binary", 1)
    grids["ternary"] = grid("integer", 2)
    for name, bits, exponent, bias, specials in [
            ("e4m3fn", 8, 4, 7, "fn"), ("e5m2", 8, 5, 15, "ieee"), ("e4m3fnuz", 8, 4, 8, "fnuz"),
            ("e5m2fnuz", 8, 5, 16, "fnuz"), ("e3m2fn", 6, 3, 3, "none"), ("e2m3fn", 6, 2, 1, "none"),
            ("e2m1fn", 4, 2, 1, "none")]:
        grids[name] = grid("float", bits, exponent_bits=exponent, bias=bias, specials=specials)
    grids["e8m0fnu"] = grid("float", 8, is_signed=0, exponent_bits=8, bias=127, specials="exponent")
    grids["nf4"] = grid("code_book", 4, levels=NF4)
    return grids


NAMED = named()


def code_bits(grid, number):
    """A number in two's complement."""
    return number & (2 ** grid["bits"] - 1)


def power_of_two(numerator, denominator):
    """2^(numerator / denominator) for denominators 1 and 2."""
    whole, rest = divmod(numerator, denominator)
    exact = Fraction(2) ** whole
    return exact if rest == 0 else square_root(2) * Decimal(exact.numerator) / Decimal(exact.denominator)


def cached(function):
    known = {}

    def call(grid):
        key = repr(sorted(grid.items()))
        if key not in known:
            known[key] = function(grid)
        return known[key]

    return call


@cached
def rungs(grid):
    """Codes and finite levels, lowest level first. Not of floats, whose zeros have signs."""
    kind, bits = grid["kind"], grid["bits"]
    half, last = 2 ** (bits - 1), 2**bits - 1
    if kind == "integer":
        low = 0 if not grid["is_signed"] else 1 - half if grid["is_narrow"] else -half
        high = half - 1 if grid["is_signed"] else last
        found = [(code_bits(grid, q), Fraction(q)) for q in range(low, high + 1)]
    elif kind == "midrise":
        found = [(code, code - half + Fraction(1, 2)) for code in range(2 * half)]
    elif kind == "binary":
        found = [(0, Fraction(-1)), (1, Fraction(1))]
    elif kind in ("log2", "log_sqrt2"):
        found = [(k, power_of_two(-k, 1 if kind == "log2" else 2)) for k in range(last)] + [(last, Fraction(0))]
    elif kind == "sqrt2_powers":
        found = [(0, Fraction(0))]
        for k in range(half - 1):
            found += [(k + 1, power_of_two(-k, 2)), (half + k + 1, -power_of_two(-k, 2))]
    elif kind == "power":
        found = [(code_bits(grid, q), signed_power(q, 1 / Decimal(grid["parameter"]))) for q in range(1 - half, half)]
    elif kind == "tangent":
        found = [(q, tangent_level(q, last, grid["parameter"])) for q in range(last + 1)]
    else:
        found = [(code, Fraction(F32.round(float(level)))) for code, level in enumerate(grid.get("levels", []))]
    return sorted(found, key=lambda rung: rung[1])


def signed_power(q, exponent):
    return Decimal(0) if q == 0 else Decimal(abs(q)) ** exponent * (1 if q > 0 else -1)


def tangent_level(q, last, angle):
    if q in (0, last) or angle == 0:
        return Fraction(q, last)
    return Fraction((1 + math.atan((2 * q / last - 1) * math.tan(angle)) / angle) / 2)


@cached
def float_codes(grid):
    """The finite magnitudes by code, the one that would come next, and the special codes."""
    magnitude_bits = grid["bits"] - grid["is_signed"]
    mantissa_bits = magnitude_bits - grid["exponent_bits"]
    exponents_only = grid["specials"] == "exponent"
    ones = 2**magnitude_bits - 1

    def magnitude(code):
        exponent, mantissa = divmod(code, 2**mantissa_bits)
        if exponents_only:
            return scaled(1, code)
        significand = Fraction(mantissa, 2**mantissa_bits)
        return scaled(1 + significand, exponent) if exponent else scaled(significand, 1)

    def scaled(significand, exponent):
        bias = Fraction(grid["bias"])
        if bias.denominator == 1:
            return significand * Fraction(2) ** (exponent - bias.numerator)
        return Fraction(Decimal(significand.numerator) / Decimal(significand.denominator)
                        * Decimal(2) ** (Decimal(exponent) - Decimal(grid["bias"])))

    infinity = {"ieee": ones - (2**mantissa_bits - 1)}.get(grid["specials"])
    nan = {"ieee": (infinity or 0) + 2 ** max(mantissa_bits - 1, 0), "fn": ones, "exponent": ones,
           "fnuz": 2**magnitude_bits}.get(grid["specials"])
    count = {"ieee": infinity, "fn": ones, "exponent": ones}.get(grid["specials"], ones + 1)
    return {"magnitudes": [magnitude(code) for code in range(count)], "next": magnitude(count), "infinity": infinity,
            "nan": nan, "exponents_only": exponents_only}


def levels(grid):
    """By code; NaN where a code is none."""
    table = [math.nan] * 2 ** grid["bits"]
    if grid["kind"] != "float":
        for code, level in rungs(grid):
            table[code] = level
        return table
    format = float_codes(grid)
    magnitudes = format["magnitudes"] + ([math.inf] if format["infinity"] is not None else [])
    for code, level in enumerate(magnitudes):
        table[code] = level
        negative = code + 2 ** (grid["bits"] - 1)
        if grid["is_signed"] and negative != format["nan"]:
            table[negative] = -level
    return table
