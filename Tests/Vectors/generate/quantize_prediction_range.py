"""Family `quantize`: ranges by predictions: each candidate's levels and errors in rationals, differences as cases list them."""

import math
from fractions import Fraction

from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_rounding import FLOAT_MAX, groups, split
from quantize_range import wavy
from quantize_range_rules import MIN_MAX, RULES, Target, ends, factors


def files():
    return [prediction_file()]


def solve(format, values, differences, error_weight=0, watched=0, with_zeros=0, rule="mse", **given):
    grid, options = split(given)
    settings = RULES[rule] | {key: given[key] for key in MIN_MAX if key in given and key != "kind"}
    target = Target(grid, settings, with_zeros)
    shared = groups(len(values), len(values[0]), options["granularity"], options["group_size"])
    kept, found = None, []
    for index, factor in enumerate(factors(settings)):
        parameters, quantized = [], [[0] * len(row) for row in values]
        for group in shared:
            lower, upper = ends([Fraction(values[i][j]) for i, j in group])
            parameters.append(target.of_range(lower * factor, upper * factor))
            for i, j in group:
                quantized[i][j] = float(target.decoded(Fraction(values[i][j]), *parameters[-1])[1])
        apart = [abs(Fraction(x) - Fraction(q)) for row, line in zip(values, quantized) for x, q in zip(row, line)]
        error = sum(e * e if settings["norm"] == 2 else Fraction(float(e) ** settings["norm"]) for e in apart) / len(apart)
        difference = differences[index]
        loss = math.inf if difference == math.inf else Fraction(difference) + Fraction(error_weight) * error
        found.append((loss, index, factor, difference, error, parameters))
        kept = quantized if index == watched else kept
    losses = [one[0] for one in found]
    loss, index, factor, difference, error, parameters = found[losses.index(min(losses))]
    assert all(other == loss or other > loss + abs(loss) / 10**9 for other in losses), "next to equal"
    out = {"scales": [scale for scale, _ in parameters], "quantized": kept, "index": index, "factor": factor,
           "difference": difference, "error": error, "loss": loss}
    return out | ({"zeros": [zero for _, zero in parameters]} if with_zeros else {})


GRIDS = ["int4", "uint4", "midrise3", "nf4", "e4m3fn", "log2_4", "binary"]
# Multiples of 1/16, so that factors are exact.
SEARCH = {"rule": "mse", "steps": 9, "low": 0.5, "high": 1}


def prediction_file():
    file = VectorFile("quantize/prediction_range.json", "qc_quantize_prediction_range", ["f32"],
                      "the definition of include/quantcal/quantize/prediction_range.h in rationals "
                      "(generate/quantize_prediction_range.py)", solve,
                      inputs={"values": "f32", "levels": "f32", "differences": "f64", "error_weight": "f64"},
                      outputs={"scales": "f32", "zeros": "f32", "quantized": "f32"}
                      | dict.fromkeys(["factor", "difference", "error", "loss"], "f64"), tolerance={"relative": 1e-12})
    valley = [abs(i - 5) + 0.25 for i in range(9)]
    for name in GRIDS:
        for zeros in [0, 1]:
            file.add(f"{name}, {zeros}", values=wavy(2, 10), grid=name, granularity="tensor", differences=valley, watched=5,
                     with_zeros=zeros, **SEARCH)
    for granularity in ["group", "row", "tensor"]:
        for zeros in [0, 1]:
            file.add(f"per {granularity}, {zeros}", values=wavy(3, 7), grid="uint3", granularity=granularity, group_size=4,
                     differences=valley, watched=8, with_zeros=zeros, **SEARCH)
    for form in ["power_of_two", "power_of_two_up"]:
        file.add(form, values=wavy(2, 9), grid="int4", differences=valley, watched=3, scale_form=form, **SEARCH)
    equal = [0] * 9
    file.add("among equal ones the widest", values=wavy(2, 9), differences=equal, **SEARCH)
    file.add("the last", values=wavy(2, 9), differences=list(range(9, 0, -1)), watched=8, **SEARCH)
    file.add("a difference may be negative", values=wavy(2, 9), differences=[-x for x in valley], **SEARCH)
    file.add("an infinite one is not taken", values=wavy(2, 9), differences=[math.inf] * 4 + [3] + [math.inf] * 4, **SEARCH)
    file.add("all are infinite", values=wavy(2, 9), differences=[math.inf] * 9, **SEARCH)
    for weight in [0.1, 1, 1000]:
        file.add(f"errors count {weight}", values=wavy(2, 10), grid="int3", differences=valley, error_weight=weight, **SEARCH)
    for norm in [0.5, 1, 2.5]:
        file.add(f"errors to the power {norm}", values=wavy(2, 10), grid="int3", differences=equal, error_weight=1, norm=norm,
                 **SEARCH)
    file.add("one candidate", values=wavy(1, 9), differences=[7], rule="mse", steps=1, high=0.75, low=0.5)
    file.add("wider than the range", values=ramp(2, 6), differences=[3, 2, 1, 2, 3], rule="mse", steps=5, high=1.5, low=0.5,
             watched=2)
    file.add("zeros", values=[[0] * 5], differences=valley, with_zeros=1, grid="uint4", **SEARCH)
    file.add("one value", values=[[3]], differences=valley, watched=5, **SEARCH)
    file.add("the largest floats", values=[[FLOAT_MAX, -FLOAT_MAX, 1]], grid="int5", differences=valley, watched=5, **SEARCH)
    file.add("an offset", values=[[1e6 + x for x in range(8)]], grid="uint4", differences=valley, watched=5, with_zeros=1,
             **SEARCH)
    for rows, columns in [(0, 5), (3, 0)]:
        empty = Matrix0(rows, columns)
        file.expect(f"{rows} rows, {columns} columns",
                    {"scales": [], "zeros": [], "index": 0, "factor": 0, "difference": 0, "error": 0, "loss": 0},
                    values=empty, with_zeros=1, differences=valley, **SEARCH)
    good = {"values": [[1, 2]], "differences": valley} | SEARCH
    file.refuse("a difference is NaN", "QC_ERR_NOT_FINITE", "candidate 2 is nan",
                **(good | {"differences": [1, 2, math.nan, 1, 1, 1, 1, 1, 1]}))
    file.refuse("stopped by the callback", "QC_CANCELLED", "candidate 3", **(good | {"differences": [1, 2, 3]}))
    for bad in [math.nan, math.inf]:
        file.refuse(f"a value is {bad}", "QC_ERR_NOT_FINITE", "values[1]", **(good | {"values": [[1, bad]]}))
    for weight in [-1, math.nan, math.inf]:
        file.refuse(f"errors count {weight}", "QC_ERR_DOMAIN", "error_weight", **(good | {"error_weight": weight}))
    for rule in ["min_max", "entropy", "dual_clipping", "half_quadratic"]:
        file.refuse(f"another rule: {rule}", "QC_ERR_OPTIONS", "kind is", **(good | {"rule": rule}))
    for name, bad in [("steps", 0), ("low", 0), ("high", 17), ("norm", 5)]:
        file.refuse(f"{name} is {bad}", "QC_ERR_OPTIONS", name, **(good | {name: bad}))
    return file
