"""Family `quantize`: errors, statistics, outlier columns and entropies, in rationals and decimals of 60 digits."""

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

from exact import decimal, square_root
from files import Matrix0, VectorFile
from quantize_storage import pack, unpack

KINDS = ["f32", "f16", "bf16"]
NAN, INF = math.nan, math.inf
FLOAT_MAX, LEAST = float.fromhex("0x1.fffffep127"), 2.0**-149


def files():
    return [error_file(), statistics_file(), outliers_file(), outlier_options(), counts_file(), entropy_file()]


# Errors


def solve_error(format, original, approximation):
    x, y = [Fraction(v) for v in original], [Fraction(v) for v in approximation]
    signal, other = sum(v * v for v in x), sum(v * v for v in y)
    error = sum((a - b) ** 2 for a, b in zip(x, y))
    return {
        "mean_squared_error": error / len(x),
        "mean_error": sum(b - a for a, b in zip(x, y)) / len(x),
        "max_abs_error": max(abs(a - b) for a, b in zip(x, y)),
        "relative_error": square_root(error / signal) if signal else NAN,
        "sqnr_db": NAN if not signal else INF if not error else 10 * decimal(signal / error).log10(),
        "cosine": decimal(sum(a * b for a, b in zip(x, y))) / (square_root(signal) * square_root(other))
        if signal and other else NAN,
    }


def error_file():
    names = ["mean_squared_error", "mean_error", "max_abs_error", "relative_error", "sqnr_db", "cosine"]
    file = VectorFile("quantize/error.json", "qc_quantize_error", KINDS,
                      "the formulas of the header in rationals and decimals of 60 digits "
                      "(generate/quantize_diagnostics.py)", solve_error,
                      inputs={"original": "T", "approximation": "f32"}, outputs=dict.fromkeys(names, "f64"),
                      tolerance={"relative": 1e-14})
    file.add("three values", original=[3, -4, 0], approximation=[3, -3.5, 0])
    file.add("one value", original=[0.7], approximation=[0.75])
    file.add("a value that each type rounds, against single precision", original=[0.1, 0.2, -0.3, 1 / 3],
             approximation=[0.1, 0.2, -0.3, 1 / 3])
    file.add("no error", original=[1, -2, 0.5], approximation=[1, -2, 0.5])
    file.add("no signal", original=[0, 0], approximation=[0, 0.5])
    file.add("neither signal nor error", original=[0, -0.0, 0], approximation=[0, 0, 0])
    file.add("an approximation of zeros", original=[1, -2, 3], approximation=[0, 0, 0])
    file.add("a bias", original=[1, 2, 3, 4], approximation=[1.25, 2.25, 3.25, 4.25])
    file.add("the opposite", original=[1, -2, 3], approximation=[-1, 2, -3])
    for n in [7, 8, 9, 16, 17, 1000]:
        x = [((37 * k) % 101 - 50) / 16 for k in range(n)]
        file.add(f"{n} values", original=x, approximation=[round(4 * v) / 4 for v in x])
    file.add("the largest floats, of both signs", ["f32"], original=[FLOAT_MAX, -FLOAT_MAX, FLOAT_MAX],
             approximation=[-FLOAT_MAX, FLOAT_MAX, 0])
    file.add("the least floats", ["f32"], original=[LEAST, 3 * LEAST, -LEAST], approximation=[0, 2 * LEAST, LEAST])
    file.add("1e38 beside 1e-38", ["f32"], original=[1e38, 1e-38, -1e38, 3e-38], approximation=[1e38, 0, -1e38, 0])
    file.add("an offset of 1e9", ["f32"], original=[1e9 + 64 * k for k in range(20)],
             approximation=[1e9 + 128 * (k // 2) for k in range(20)])
    file.add("biases that cancel but for the last", ["f32"], original=[-1e30, 1e30, 5], approximation=[0, 0, 6],
             keep=["mean_squared_error", "mean_error", "max_abs_error"])
    file.add("small halves", ["f16"], original=[2.0**-24, -3 * 2.0**-24, 1], approximation=[0, 0, 1])
    for name in ["original", "approximation"]:
        for value in ["nan", "inf", "-inf"]:
            arrays = {"original": [1, 2, 3], "approximation": [1, 2, 3]}
            arrays[name] = [1, 2, value]
            file.refuse(f"{name} has {value}", "QC_ERR_NOT_FINITE", f"{name}[2]", **arrays)
    file.refuse("no values", "QC_ERR_SIZE", "count", original=[], approximation=[])
    return file


# Statistics


def solve_statistics(format, values):
    x = [Fraction(v) for v in values]
    n, mean = len(x), sum(x) / len(x)
    m2, m3, m4 = (sum((v - mean) ** power for v in x) / n for power in (2, 3, 4))
    mean_abs, max_abs = sum(map(abs, x)) / n, max(map(abs, x))
    return {
        "minimum": min(x), "maximum": max(x), "mean": mean, "variance": m2,
        "root_mean_square": square_root(sum(v * v for v in x) / n), "mean_abs": mean_abs, "max_abs": max_abs,
        "max_to_mean": max_abs / mean_abs if max_abs else 1,
        "skewness": decimal(m3) / (decimal(m2) * square_root(m2)) if m2 else NAN,
        "kurtosis": m4 / m2**2 if m2 else NAN,
        "zero_count": sum(v == 0 for v in x),
    }


def statistics_file():
    names = ["minimum", "maximum", "mean", "variance", "root_mean_square", "mean_abs", "max_abs", "max_to_mean",
             "skewness", "kurtosis"]
    file = VectorFile("quantize/statistics.json", "qc_quantize_statistics", KINDS,
                      "moments about the mean in rationals and decimals of 60 digits "
                      "(generate/quantize_diagnostics.py)", solve_statistics, inputs={"values": "T"},
                      outputs=dict.fromkeys(names, "f64"), tolerance={"relative": 1e-14})
    file.add("five values", values=[-1, 0, 1, 0, 10])
    file.add("one value", values=[0.7])
    file.add("one zero", values=[0])
    file.add("zeros of both signs", values=[0, -0.0, 0])
    file.add("all equal", values=[3.5] * 11)
    file.add("all equal, a number that the types round", values=[-0.1] * 100)
    file.add("two values: kurtosis 1", values=[-2, 5])
    file.add("symmetric: skewness 0", values=[-3, -1, 0, 1, 3])
    for n in [7, 8, 9, 15, 16, 17]:
        file.add(f"{n} values", values=[((11 * k) % 17 + 0.5) * (3 if k == 5 else 1) / 8 for k in range(n)])
    file.add("evenly spaced: kurtosis near 1.8", values=[k / 64 for k in range(-100, 140)])
    file.add("one outlier in a thousand", values=[(k % 7 - 3) / 4 for k in range(999)] + [100])
    file.add("only negative values", values=[-1, -2, -4, -8])
    file.add("the largest floats", ["f32"], values=[FLOAT_MAX, -FLOAT_MAX, FLOAT_MAX, FLOAT_MAX / 2])
    file.add("the least floats", ["f32"], values=[LEAST, 3 * LEAST, 0, LEAST, 100 * LEAST])
    file.add("1e38 beside 1e-38", ["f32"], values=[1e38, 1e-38, 1e38, 1e38, 3e-38])
    file.add("an offset of 1e9", ["f32"], values=[1e9 + 64 * ((k * k) % 31) for k in range(40)])
    file.add("an offset of 2^23, one step", ["f32"], values=[2.0**23] * 12 + [2.0**23 + 1])
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[9]", values=[1] * 9 + [value, 2])
    file.refuse("no values", "QC_ERR_SIZE", "count", values=[])
    return file


# Outlier columns


def solve_outliers(format, values, threshold=10, reference="median"):
    magnitudes = [max(abs(Fraction(row[j])) for row in values) for j in range(len(values[0]))]
    ordered, n = sorted(magnitudes), len(magnitudes)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    limit = Fraction(threshold) * (median if reference == "median" else 1)
    flags = [int(m > 0 and m >= limit) for m in magnitudes]
    return {"magnitudes": magnitudes, "is_outlier": flags, "count": sum(flags)}


def outliers_file():
    file = VectorFile("quantize/outlier_columns.json", "qc_quantize_outlier_columns", KINDS,
                      "the definition of the header in rationals (generate/quantize_diagnostics.py)",
                      solve_outliers, inputs={"values": "T", "threshold": "f64"}, outputs={"magnitudes": "f32"})
    four = [[0.5, -40, 1, 0.125], [-1.5, 35, 2, 0.25]]
    file.add("one of four", values=four)
    file.add("a fixed magnitude", values=four, reference="fixed", threshold=2)
    file.add("LLM.int8's magnitude, which is met", values=[[6, -5.984375, 1], [1, 2, -7]], reference="fixed",
             threshold=6)
    file.add("exactly ten times the median", values=[[1, 10, 1, 9.9375, -0.5]])
    file.add("the mean of the middle two", values=[[1, 3, 2, 5.5, 20, 1]], threshold=8)
    file.add("one column", values=[[5], [-7], [2]])
    file.add("one column, a ratio that it meets", values=[[5], [-7], [2]], threshold=1)
    file.add("one row", values=[[1, -100, 2, 3, 4]])
    file.add("mostly zeros: what is not 0 stands out", values=[[0, 0, 0.25, 0, 0], [0, 0, 0, 0, -0.0]])
    file.add("zeros", values=[[0, 0], [0, 0]])
    file.add("all equal", values=[[2] * 9] * 3, threshold=1.5)
    file.add("values that each type rounds", values=[[0.1, 1 / 3, 0.2], [3.3, 0.3, 0.7]], threshold=4)
    file.add("seventeen columns", values=[[((5 * i + 7 * j) % 13 - 6) / 4 * (40 if j in (3, 16) else 1)
                                           for j in range(17)] for i in range(6)])
    file.add("the largest and the least floats", ["f32"], values=[[FLOAT_MAX, LEAST, -2 * LEAST, 1e-38, 3 * LEAST]])
    file.add("a limit beyond single precision", ["f32"], values=[[FLOAT_MAX, FLOAT_MAX, FLOAT_MAX / 2]])
    file.expect("no rows", {"magnitudes": [0, 0, 0], "is_outlier": [0, 0, 0], "count": 0}, values=Matrix0(0, 3))
    file.expect("no columns", {"magnitudes": [], "is_outlier": [], "count": 0}, values=Matrix0(2, 0))
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[4]", values=[[1, 2, 3], [4, value, 6]])
    for threshold in [0, -1, "nan", "inf"]:
        file.refuse(f"a threshold of {threshold}", "QC_ERR_OPTIONS", "threshold", values=[[1]], threshold=threshold)
    return file


def outlier_options():
    file = VectorFile("quantize/outlier_options_init.json", "qc_quantize_outlier_options_init", [""],
                      "the comments of include/quantcal/quantize/diagnostics.h")
    file.expect("the defaults", {"reference": "median", "threshold": 10})
    return file


# Codes


def solve_counts(format, codes, rows, columns, bits):
    found = Counter(code for row in unpack(codes, rows, columns, bits, False) for code in row)
    return {"counts": [found[code] for code in range(2**bits)]}


def counts_file():
    file = VectorFile("quantize/code_counts.json", "qc_quantize_code_counts", [""],
                      "codes taken from their bits one by one (generate/quantize_diagnostics.py)", solve_counts)
    for bits in range(1, 9):
        rows, columns = 3, 11
        codes = [[((7 * j + 5 * i * i + j * j) % 23) % 2**bits for j in range(columns)] for i in range(rows)]
        file.add(f"{bits} bits", codes=pack(codes, bits), rows=rows, columns=columns, bits=bits)
    file.add("signed codes are counted by their bits", codes=pack([[-1, -1, 3, -4]], 3), rows=1, columns=4, bits=3)
    file.add("bits after the last code of a row are not counted", codes=[0xF1, 0xF2], rows=2, columns=1, bits=4)
    file.add("a long row", codes=pack([[(k * k) % 5 for k in range(2500)]], 3), rows=1, columns=2500, bits=3)
    file.add("no rows", codes=[], rows=0, columns=5, bits=2)
    file.add("no columns", codes=[], rows=4, columns=0, bits=1)
    for bits in [0, 9, -1]:
        file.refuse(f"{bits} bits", "QC_ERR_DOMAIN", "bits", codes=[0], rows=1, columns=1, bits=bits)
    return file


def solve_entropy(format, counts):
    total = sum(counts)
    shares = [Decimal(count) / Decimal(total) for count in counts if count]
    return {"bits": -sum(share * share.ln() for share in shares) / Decimal(2).ln()}


def entropy_file():
    file = VectorFile("quantize/entropy.json", "qc_quantize_entropy", [""],
                      "the definition in decimals of 60 digits (generate/quantize_diagnostics.py)", solve_entropy,
                      outputs={"bits": "f64"}, tolerance={"relative": 1e-14})
    file.add("three kinds", counts=[2, 1, 1, 0])
    file.add("one kind", counts=[5])
    file.add("one kind of four", counts=[0, 7, 0, 0])
    for bits in [1, 4, 8]:
        file.add(f"all alike: {bits} bits", counts=[3] * 2**bits)
    file.add("a bell", counts=[1, 4, 17, 60, 141, 221, 233, 164, 78, 25, 5, 1])
    file.add("one code among a million others", counts=[1000000, 1])
    file.add("one code among 2^40 others", counts=[2**40, 1])
    file.add("counts near 2^52", counts=[2**52, 2**51, 2**50])
    file.refuse("no counts but 0", "QC_ERR_DOMAIN", "counts", counts=[0, 0])
    file.refuse("no counts", "QC_ERR_SIZE", "kinds", counts=[])
    return file
