"""Family `quantize`: scales and zero points by range rules."""

import math

from exact import F32
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_rounding import FLOAT_MAX
from quantize_range_rules import RULES, solve_range

FIELDS = ["scale_form", "definition", "steps", "refinements", "iterations", "bins", "percentile", "norm", "low", "high",
          "strength", "growth"]
DOUBLES = {name: "f64" for name in FIELDS[6:]}


def files():
    return [rule_init(), min_max_file(), range_file(), published_file(), refused_file()]


def rule_init():
    file = VectorFile("quantize/range_rule_init.json", "qc_quantize_range_rule_init", [""],
                      "the comments of include/quantcal/quantize/range.h", outputs=DOUBLES)
    for name, rule in RULES.items():
        file.expect(name, rule, rule=name)
    file.expect("no name", RULES["min_max"])
    for name in ["minmax", "mse ", "MSE", "quantile"]:
        file.refuse(f"unknown: {name}", "QC_ERR_OPTIONS", f'name is "{name}"', rule=name)
    return file


def range_vectors(name, source, solve=None, tolerance=None):
    return VectorFile(f"quantize/{name}.json", "qc_quantize_range", ["f32", "f16", "bf16"], source, solve,
                      inputs={"values": "T", "levels": "f32", "importance": "f32"},
                      outputs={"scales": "f32", "zeros": "f32"}, tolerance=tolerance)


GRIDS = ["int4", "uint4", "midrise3", "binary", "log2_4", "sqrt2_powers4", "power4", "e4m3fn", "e8m0fnu", "nf4"]


def min_max_file():
    file = range_vectors("range_min_max", "the definition in rationals, rounded once to single precision "
                         "(generate/quantize_range_rules.py)", solve_range)
    for name in GRIDS:
        file.add(name, values=ramp(2, 11), grid=name, group_size=4)
        file.add(f"{name}, with zero points", values=ramp(2, 11), grid=name, group_size=4, with_zeros=1)
        for form in ["power_of_two", "power_of_two_up"]:
            file.add(f"{name}, {form}", values=ramp(2, 11), grid=name, group_size=4, scale_form=form)
        file.add(f"{name}, power_of_two, with zero points", values=ramp(1, 11), grid=name, scale_form="power_of_two",
                 with_zeros=1)
    for granularity in ["row", "tensor"]:
        for zeros in [0, 1]:
            file.add(f"per {granularity}, {zeros}", values=ramp(3, 5), granularity=granularity, grid="uint3",
                     with_zeros=zeros)
    file.add("zeros, one value, a group of zeros", values=[[0, 0, 0.75, 0, 0]], group_size=2, with_zeros=1, grid="uint4")
    file.add("equal values", values=[[0.75] * 5, [-0.75] * 5], with_zeros=1, grid="uint4")
    file.add("one element", values=[[3]], with_zeros=1, grid="nf4")
    file.add("a group longer than the row", values=[[3, -1]], group_size=1000, grid="int8")
    file.add("only negative values without negative levels", values=[[-1, -2]], grid="uint4")
    file.add("one level", values=[[-1, 2]], kind="code_book", bits=1, levels=[0.5], with_zeros=1)
    file.add("the largest floats", ["f32"], values=[[FLOAT_MAX, -1], [1, -FLOAT_MAX]], grid="int5")
    file.add("the largest floats of both signs", ["f32"], values=[[FLOAT_MAX, -FLOAT_MAX]], grid="uint4", with_zeros=1)
    file.add("subnormal floats", ["f32"], values=[[2.0**-149, -3 * 2.0**-149]], grid="uint4", with_zeros=1)
    file.add("subnormal floats, powers of two", ["f32"], values=[[2.0**-149, -3 * 2.0**-149]], rule="power_of_two",
             grid="e2m1fn")
    file.add("OCP: the largest value is clipped", values=[[7.9, -3, 0.4, 0.1]], rule="power_of_two", grid="e2m1fn")
    for element in ["e2m1fn", "e2m3fn", "e3m2fn", "e4m3fn", "e5m2", "int8"]:
        file.add(f"OCP: {element}", values=ramp(2, 70), rule="power_of_two", grid=element, group_size=32)
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"scales": [], "zeros": []}, values=Matrix0(rows, columns),
                    with_zeros=1)
    return file


def wavy(rows, columns):
    """Values in no order, exact in every type, of which a few are large."""
    return [[((29 * (i * columns + j) ** 2 + 7 * i) % 61 - 30) / 16 * (4 if (i + j) % 13 == 5 else 1)
             for j in range(columns)] for i in range(rows)]


def range_file():
    file = range_vectors("range", "each rule's definition, sums and levels in rationals; a search whose two best are "
                         "next to equal is refused (generate/quantize_range_rules.py)", solve_range, {"ulps": 2})
    weights = [(5 * j) % 7 / 2 for j in range(20)]
    for zeros in [0, 1]:
        also = ", with zero points" if zeros else ""
        for definition in ["linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf"]:
            file.add(f"percentile, {definition}{also}", values=wavy(2, 20), grid="uint4" if zeros else "int4",
                     rule="percentile", percentile=87.5, definition=definition, with_zeros=zeros)
        file.add(f"percentile of positive levels{also}", values=wavy(2, 20), grid="uint4", rule="percentile",
                 percentile=90, with_zeros=zeros)
        file.add(f"percentile 100{also}", values=wavy(2, 20), rule="percentile", percentile=100, with_zeros=zeros)
        file.add(f"a percentile of 0{also}", values=[[0] * 19 + [2.5]], rule="percentile", percentile=60,
                 with_zeros=zeros)
        for grid in ["int3", "uint3", "midrise2", "e2m1fn", "nf4"]:
            file.add(f"mse, {grid}{also}", values=wavy(2, 20), grid=grid, rule="mse", steps=20, with_zeros=zeros)
            file.add(f"least_squares, {grid}{also}", ["f32"], values=wavy(2, 20), grid=grid, rule="least_squares",
                     steps=5, with_zeros=zeros)
        file.add(f"mse, norm 2.4{also}", values=wavy(2, 20), grid="uint3", rule="mse", norm=2.4, steps=30,
                 with_zeros=zeros)
        file.add(f"mse with importance{also}", values=wavy(2, 20), grid="int3", rule="mse", importance=weights,
                 group_size=8, with_zeros=zeros)
        file.add(f"mse with importance, per tensor{also}", values=wavy(2, 20), grid="int3", rule="mse",
                 importance=weights, granularity="tensor", with_zeros=zeros)
        file.add(f"least_squares with importance{also}", ["f32"], values=wavy(2, 20), grid="int3", rule="least_squares",
                 steps=3, importance=weights, with_zeros=zeros)
        file.add(f"LiDAR-PTQ's search{also}", values=wavy(1, 20), grid="int4", rule="mse", steps=100, low=0.5, high=1.2,
                 with_zeros=zeros)
        for grid in ["int3", "uint3", "nf4"]:
            file.add(f"dual clipping, {grid}{also}", ["f32"], values=wavy(2, 20), grid=grid, rule="dual_clipping", steps=6,
                     with_zeros=zeros)
        file.add(f"dual clipping with importance{also}", ["f32"], values=wavy(1, 20), grid="uint3", rule="dual_clipping",
                 steps=5, norm=1, importance=weights, with_zeros=zeros)
        file.add(f"dual clipping of one side{also}", ["f32"], values=[[abs(x) for x in wavy(1, 20)[0]]], grid="uint3",
                 rule="dual_clipping", steps=5, with_zeros=zeros)
        file.add(f"mse, power_of_two_up{also}", values=wavy(1, 20), grid="int4", rule="mse", high=2, low=0.25, steps=8,
                 scale_form="power_of_two_up", with_zeros=zeros)
        for grid in ["int3", "binary", "nf4", "uint2"]:
            for rule in ["mean_absolute", "learned_step", "aciq_gaussian", "aciq_laplace"]:
                file.add(f"{rule}, {grid}{also}", ["f32"], values=wavy(2, 20), grid=grid, rule=rule, with_zeros=zeros,
                         tolerance={"relative": 1e-6})
        for grid in ["int4", "uint4"]:
            file.add(f"entropy, {grid}{also}", ["f32"], values=wavy(1, 60), grid=grid, rule="entropy", steps=24, bins=64,
                     with_zeros=zeros)
    file.add("entropy with importance", ["f32"], values=wavy(1, 20), grid="int3", rule="entropy", steps=12, bins=32,
             importance=weights)
    for grid in ["uint2", "uint4", "nf4"]:
        file.add(f"half_quadratic, {grid}", ["f32"], values=wavy(2, 20), grid=grid, rule="half_quadratic", with_zeros=1,
                 tolerance={"relative": 1e-5})
    file.add("HQQ's example", ["f32"], values=[[-1, -0.25, 0.125, 0.25, 0.375, 0.5, 0.75, 2.75]], grid="uint2",
             rule="half_quadratic", with_zeros=1, tolerance={"relative": 1e-5})
    file.add("one step", values=wavy(1, 20), rule="mse", steps=1, high=0.5, low=0.25)
    file.add("one element", values=[[-2.5], [0]], rule="mse", norm=2.4)
    for rule in RULES:
        zeros = 1 if rule == "half_quadratic" else 0
        file.expect(f"zeros, {rule}", {"scales": [F32.least_normal if rule == "mean_absolute" else 1] * 2}, values=[[0, 0, 0]],
                    group_size=2, rule=rule, grid="e4m3fn", with_zeros=zeros)
        file.expect(f"no rows, {rule}", {"scales": []}, values=Matrix0(0, 3), rule=rule, with_zeros=zeros)
    return file


def published_file():
    file = range_vectors("range_published", "published constants and closed forms", tolerance={"relative": 2e-6})
    # Half of them 1, half -1, and one so large that min-max is no limit; 401 elements.
    spread = [[1.0, -1.0] * 200 + [20.0]]
    deviation = math.sqrt(800 / 401)
    for bits, clip in [(1, 0.7978845587), (2, 1.4935346200), (3, 2.0510683541), (4, 2.5139305786), (5, 2.9160938835)]:
        file.expect(f"the Gaussian clip of {bits} bits", {"scales": [clip * deviation / (2 ** (bits - 1) - 0.5)]},
                    values=spread, grid=f"midrise{bits}", rule="gaussian", group_size=1000,
                    tolerance={"relative": 1e-4},
                    source="Panferov et al. (2025), QuEST: the constants of its code")
    file.expect("the Gaussian clip of three levels", {"scales": [1.2240089520 * deviation]}, values=spread,
                grid="ternary", rule="gaussian", group_size=1000, tolerance={"relative": 1e-4},
                source="Panferov et al. (2025), QuEST: the constants of its code")
    mean = 420 / 401
    file.expect("Laplace, two levels: the mean", {"scales": [mean]}, values=spread, grid="binary", rule="laplace",
                group_size=1000)
    file.expect("Laplace, three levels: twice the mean", {"scales": [2 * mean]}, values=spread, grid="ternary",
                rule="laplace", group_size=1000, source="memorylessness: the mean above a threshold t is t + 1")
    for bits, gauss, laplace in [(2, 1.71064, 2.83068), (3, 2.15159, 3.89723), (4, 2.55914, 5.02864),
                                 (5, 2.93620, 6.20477), (6, 3.28691, 7.41313), (7, 3.61511, 8.64562),
                                 (8, 3.92404, 9.89676)]:
        for rule, clip, of in [("aciq_gaussian", gauss, deviation), ("aciq_laplace", laplace, mean)]:
            file.expect(f"{rule}, {bits} bits", {"scales": [clip * of / (2 ** (bits - 1) - 1)]}, values=spread,
                        grid=f"int{bits}", rule=rule, group_size=1000, tolerance={"relative": 4e-6},
                        source="Banner et al. (2019), ACIQ: the constants of its code")
            if bits > 2:
                file.expect(f"{rule}, {bits - 1} bits, one side", {"scales": [clip * of / (2 ** (bits - 1) - 1)]},
                            values=spread, grid=f"uint{bits - 1}", rule=rule, group_size=1000,
                            tolerance={"relative": 4e-6},
                            source="Banner et al. (2019), ACIQ: the constants of its code, one bit more")
    file.expect("LSQ's start", {"scales": [1.4919 / 2 * 2]}, types=["f32"], values=[[-3, -0.4, 0.26, 0.6, 2.2]], grid="int3",
                is_narrow=0, rule="learned_step", tolerance={"relative": 1e-4},
                source="Esser et al. (2020): 2 mean|v| / sqrt(Qp)")
    file.expect("XNOR-Net's scale", {"scales": [2.45 / 6]}, values=[[0.9, -0.1, 0.4, -0.7, 0.05, -0.3]], grid="binary",
                rule="mean_absolute", types=["f32"], source="Rastegari et al. (2016), equation 6")
    for bits in range(1, 9):
        file.expect(f"StatsQ's scale, {bits} bits", {"scales": [2 * 0.75 / 2 ** (bits - 1), F32.least_normal]},
                    values=[[0.5, -1, 0.25, -1.25], [0, 0, 0, 0]], grid="int2", bits=bits, is_narrow=0, rule="mean_absolute",
                    high=2.0 ** (2 - bits), source="Liu et al. (2023), OFQ: s / n, s = 2 mean |w|, n = 2^(bits - 1)")
    file.expect("MXFP4: 7.9 has the exponent of 4", {"scales": [1]}, values=[[7.9, -3, 0.4, 0.1]], grid="e2m1fn",
                rule="power_of_two", source="OCP Microscaling Formats 1.0, section 6.3")
    return file


def refused_file():
    file = range_vectors("range_refused", "the comments of include/quantcal/quantize/range.h")
    for value in [math.nan, math.inf, -math.inf]:
        for rule in ["min_max", "mse", "percentile"]:
            file.refuse(f"a value is {value}, {rule}", "QC_ERR_NOT_FINITE", "values[1]", values=[[1, value]], rule=rule)
    file.refuse("a weight is NaN", "QC_ERR_NOT_FINITE", "importance[1]", values=[[1, 2]], importance=[1, math.nan])
    file.refuse("a weight is negative", "QC_ERR_DOMAIN", "importance[0]", values=[[1, 2]], importance=[-1, 1])
    file.refuse("weights of zero", "QC_ERR_DOMAIN", "importance", values=[[1, 2]], importance=[0, 0])
    file.refuse("HQQ without zero points", "QC_ERR_NULL_POINTER", "zeros", values=[[1, 2]], rule="half_quadratic")
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", values=[[1]], group_size=0)
    for name, rule, bad in [("high", "mean_absolute", [0, 17, -1, math.nan]),
                            ("percentile", "percentile", [49.9, 100.1, math.nan]), ("steps", "mse", [0, -1, 65537]),
                            ("steps", "entropy", [0]), ("steps", "least_squares", [0]),
                            ("refinements", "mse", [-1, 101]), ("norm", "mse", [0, 4.1, math.nan]),
                            ("steps", "dual_clipping", [0, 257]), ("norm", "dual_clipping", [0]),
                            ("low", "dual_clipping", [1.5]),
                            ("low", "mse", [0, 1.5, math.nan]), ("high", "mse", [0, 17, math.inf]),
                            ("bins", "entropy", [0, 15, 65537]), ("iterations", "least_squares", [0, 1001]),
                            ("iterations", "half_quadratic", [0]), ("norm", "half_quadratic", [1.1, 0]),
                            ("strength", "half_quadratic", [0, math.inf]), ("growth", "half_quadratic", [0.9, 11])]:
        for value in bad:
            file.refuse(f"{rule}: {name} is {value}", "QC_ERR_OPTIONS", f"{name} is", values=[[1, 2]], rule=rule,
                        with_zeros=1, **{name: value})
    return file


