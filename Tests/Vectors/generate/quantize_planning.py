"""Family `quantize`: the two laws of quantization-aware training, in decimals of 60 digits."""

from decimal import Decimal
from fractions import Fraction

from exact import decimal
from files import VectorFile


def files():
    return [fraction_file(), options_init(), loss_file()]


def solve_fraction(format, tokens, parameters, bits, constant=6.7297):
    per_byte = Fraction(tokens) / (Fraction(parameters) * Fraction(bits) / 8)
    return {"fraction": (-decimal(constant) / decimal(per_byte).ln()).exp()}


def fraction_file():
    inputs = ["tokens", "parameters", "bits", "constant"]
    file = VectorFile("quantize/qat_fraction.json", "qc_quantize_qat_fraction", [""],
                      "the formula of arXiv 2509.22935 in decimals of 60 digits (generate/quantize_planning.py)",
                      solve_fraction, inputs=dict.fromkeys(inputs, "f64"), outputs={"fraction": "f64"},
                      tolerance={"relative": 1e-14})
    for per_byte in [100, 1000, 10000]:
        file.add(f"{per_byte} tokens a byte", tokens=per_byte * 1e6, parameters=1e6, bits=8)
    file.add("4 bits", tokens=1e12, parameters=2e9, bits=4)
    file.add("1.58 bits", tokens=1e12, parameters=2e9, bits=1.58)
    file.add("another constant", tokens=1e12, parameters=2e9, bits=4, constant=2.5)
    file.add("little more than a token a byte", tokens=1.125, parameters=1, bits=8)
    file.add("beyond the range of doubles", tokens=1e300, parameters=1e-300, bits=4, tolerance={"relative": 1e-13})
    good = {"tokens": 1e12, "parameters": 2e9, "bits": 4}
    file.refuse("a token a byte", "QC_ERR_DOMAIN", "tokens", tokens=1e9, parameters=1e9, bits=8)
    file.refuse("less than a token a byte", "QC_ERR_DOMAIN", "tokens", tokens=1, parameters=1e300, bits=8)
    for name in good:
        for value, status in [(0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE"),
                              ("inf", "QC_ERR_NOT_FINITE")]:
            file.refuse(f"{name} is {value}", status, name, **good | {name: value})
    for value in [0, -1, "nan", "inf"]:
        file.refuse(f"a constant of {value}", "QC_ERR_OPTIONS", "constant", **good, constant=value)
    return file


def options_init():
    file = VectorFile("quantize/qat_options_init.json", "qc_quantize_qat_options_init", [""],
                      "the comments of include/quantcal/quantize/planning.h")
    file.expect("the defaults", {"constant": 6.7297})
    return file


def power(base, exponent):
    return (decimal(exponent) * decimal(base).ln()).exp()


def solve_loss(format, tokens, parameters, group_size, factor, token_exponent, parameter_exponent, group_exponent):
    if group_size == 1 or factor == 0:
        return {"loss": 0}
    doublings = Decimal(group_size).ln() / Decimal(2).ln()
    return {"loss": decimal(factor) * power(tokens, token_exponent) * (decimal(group_exponent) * doublings.ln()).exp()
            / power(parameters, parameter_exponent)}


def loss_file():
    numbers = ["tokens", "parameters", "factor", "token_exponent", "parameter_exponent", "group_exponent"]
    file = VectorFile("quantize/qat_loss.json", "qc_quantize_qat_loss", [""],
                      "the form of the law of arXiv 2505.14302 in decimals of 60 digits "
                      "(generate/quantize_planning.py)", solve_loss, inputs=dict.fromkeys(numbers, "f64"),
                      outputs={"loss": "f64"}, tolerance={"relative": 1e-14})
    law = {"factor": 0.2, "token_exponent": 0.1, "parameter_exponent": 0.25, "group_exponent": 0.75}
    good = {"tokens": 1e11, "parameters": 5e8, "group_size": 128} | law
    file.add("groups of 128", **good)
    file.add("numbers that come out even", tokens=4, parameters=9, group_size=8, factor=2, token_exponent=0.5,
             parameter_exponent=1, group_exponent=2)
    for size in [1, 2, 3, 4096, 10**12]:
        file.add(f"groups of {size}", **good | {"group_size": size})
    file.add("no factor", **good | {"factor": 0})
    file.add("negative exponents", **good | {"token_exponent": -0.5, "parameter_exponent": -0.125})
    file.add("parts beyond the range of doubles", **good | {
        "tokens": 1e200, "parameters": 1e200, "token_exponent": 2, "parameter_exponent": 2},
        tolerance={"relative": 1e-12})
    for name in ["tokens", "parameters", "group_exponent"]:
        for value, status in [(0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE"),
                              ("inf", "QC_ERR_NOT_FINITE")]:
            file.refuse(f"{name} is {value}", status, name, **good | {name: value})
    for name in ["factor", "token_exponent", "parameter_exponent"]:
        for value in ["nan", "-inf"]:
            file.refuse(f"{name} is {value}", "QC_ERR_NOT_FINITE", name, **good | {name: value})
    file.refuse("a negative factor", "QC_ERR_DOMAIN", "factor", **good | {"factor": -0.5})
    file.refuse("groups of no weights", "QC_ERR_SIZE", "group_size", **good | {"group_size": 0})
    return file
