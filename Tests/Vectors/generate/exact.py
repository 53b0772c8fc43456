"""Numbers: exact values, and the binary formats they are rounded to."""

import math
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


class Format:
    """A binary floating-point format. Every value of the four below is also a double."""

    def __init__(self, name, precision, least_exponent, greatest_exponent):
        self.name = name
        self.precision = precision
        self.least_exponent = least_exponent  # of the smallest normal number
        self.maximum = Fraction(2**precision - 1) * Fraction(2) ** (greatest_exponent - precision + 1)
        self.least_normal = float(Fraction(2) ** least_exponent)

    def round(self, x):
        """x to the nearest number of the format, ties to even, as a double."""
        if isinstance(x, (float, Decimal)) and not math.isfinite(x):
            return float(x)
        if x == 0:
            return -0.0 if isinstance(x, float) and math.copysign(1, x) < 0 else 0.0
        exact = Fraction(x)
        exponent = max(floor_log2(abs(exact)), self.least_exponent)
        quantum = Fraction(2) ** (exponent - self.precision + 1)
        nearest = round(exact / quantum) * quantum  # round() of a Fraction is to even
        if abs(nearest) > self.maximum:
            return math.inf if exact > 0 else -math.inf
        return float(nearest)


F64 = Format("f64", 53, -1022, 1023)
F32 = Format("f32", 24, -126, 127)
F16 = Format("f16", 11, -14, 15)
BF16 = Format("bf16", 8, -126, 127)
FORMATS = {format.name: format for format in (F64, F32, F16, BF16)}


def floor_log2(x):
    """The largest e with 2**e <= x, for a rational x > 0."""
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return e if Fraction(2) ** e <= x else e - 1


def decimal(x):
    """A rational as a decimal of 60 digits (exact for a double whose digits fit)."""
    x = Fraction(x)
    return Decimal(x.numerator) / Decimal(x.denominator)


def square_root(x):
    return decimal(x).sqrt()
