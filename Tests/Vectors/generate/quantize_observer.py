"""Family `quantize`: observers, by the definition of their bins in rationals."""

import math
import struct
from fractions import Fraction

from exact import F32
from files import VectorFile
from quantize_grid import ramp
from quantize_grid_rounding import FLOAT_MAX, split
from quantize_observed import SUMMARY, Observed, sealed
from quantize_range import wavy
from quantize_range_rules import MIN_MAX, RULES, SOLVERS, Target

ROUGH = {"relative": 1e-12}


def files():
    return [options_init(), summarize_file("create"), summarize_file("summarize"), summarize_file("destroy"),
            update_file(), merge_file(), range_file(), serialize_file(), deserialize_file()]


BATCHES = {
    "one value": [2.5],
    "zeros": [0, -0.0, 0],
    "zeros and others": [0, 1, 0, -2, 0, 0.5],
    "all equal": [-3, -3, -3],
    "both signs": [v for row in wavy(3, 20) for v in row],
    "one side": [abs(v) for row in wavy(2, 20) for v in row],
    "below 0": [-1 - abs(v) for row in wavy(2, 20) for v in row],
    "far from 0": [1024 + v for row in ramp(2, 11) for v in row],
    "tiny and large": [2.0**-14, 1, 128, -(2.0**-14), 96, -128],
}
SINGLES = {
    "the largest floats": [FLOAT_MAX, -FLOAT_MAX, 1],
    "subnormal floats": [2.0**-149, -3 * 2.0**-149, 2.0**-140, 0],
    "all magnitudes": [2.0**-149, 1e-30, 1e-10, 1, 1e10, 1e30],
}


def solve(format, values=(), fold="left", **options):
    return Observed(values, **options).summary()


def options_init():
    file = VectorFile("quantize/observer_options_init.json", "qc_quantize_observer_options_init", [""],
                      "the comments of include/quantcal/quantize/observer.h")
    file.expect("the defaults", {"channels": 1, "moving_average": 0, "bins": 2048})
    return file


def observer_file(name, types=("",), source="bins by their definition, in rationals (generate/quantize_observer.py)",
                  solve=solve, outputs=SUMMARY, tolerance=ROUGH):
    return VectorFile(f"quantize/observer_{name}.json", f"qc_quantize_observer_{name}", list(types), source, solve,
                      inputs={"values": "T" if types != ("",) else "f32", "levels": "f32"}, outputs=outputs,
                      tolerance=tolerance)


def summarize_file(name):
    file = observer_file(name)
    file.add("no values")
    for bins in [16, 65536]:
        file.add(f"{bins} bins", values=BATCHES["both signs"], bins=bins)
    for bins in [15, 65537, 0, -1]:
        file.refuse(f"{bins} bins", "QC_ERR_OPTIONS", "bins is", bins=bins)
    for average in [-0.01, 1.01]:
        file.refuse(f"moving average {average}", "QC_ERR_OPTIONS", "moving_average is", moving_average=average)
    file.refuse("no channels", "QC_ERR_OPTIONS", "channels is", channels=0)
    file.add("three channels without values", channels=3)
    return file


def update_file():
    file = observer_file("update", ("f32", "f16", "bf16"))
    for name, values in BATCHES.items():
        for bins in [16, 64, 2048]:
            file.add(f"{name}, {bins} bins", values=values, bins=bins)
        file.add(f"{name}, value by value", values=values, bins=16, cuts=list(range(1, len(values))))
    for name, values in SINGLES.items():
        for bins in [16, 2048]:
            file.add(f"{name}, {bins} bins", ["f32"], values=values, bins=bins)
            file.add(f"{name}, {bins} bins, value by value", ["f32"], values=values, bins=bins,
                     cuts=list(range(1, len(values))))
    file.add("batches without values", values=[1, 2], cuts=[0, 1, 1, 2])
    many = [v for row in wavy(6, 12) for v in row]
    for channels, inner in [(2, 1), (3, 1), (3, 4), (2, 6)]:
        name = f"{channels} channels of {inner}"
        file.add(name, values=many, channels=channels, inner=inner, bins=32)
        file.add(f"{name}, in batches", values=many, channels=channels, inner=inner, bins=32, cuts=[24, 48],
                 moving_average=0.25)
    for average in [0.01, 0.5, 1]:
        file.add(f"moving average {average}", values=many, moving_average=average, cuts=[7, 20, 20, 50])
    file.expect("a moving average by hand", {"average_minimum": [-1.25], "average_maximum": [6]}, values=[6, 0.5, 6, -3],
                cuts=[2], moving_average=0.5, source="the middle of 0.5 and -3")
    for value in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a value is {value}", "QC_ERR_NOT_FINITE", "values[1]", values=[1, value])
    return file


def merge_file():
    file = observer_file("merge")
    file.add("channels", values=[v for row in wavy(6, 12) for v in row], channels=3, inner=2, bins=32, cuts=[18, 36, 54])
    file.refuse("moving averages", "QC_ERR_DOMAIN", "cannot be merged", values=[1, 2], cuts=[1], moving_average=0.5)
    for name, values in (BATCHES | SINGLES).items():
        cuts = sorted({0, len(values) // 3, len(values) // 2, len(values)})
        for fold in ["left", "right"]:
            file.add(f"{name}, from the {fold}", values=values, bins=32, cuts=cuts, fold=fold)
    return file


def solve_range(format, values=(), bins=2048, cuts=(), channels=1, inner=1, moving_average=0, with_zeros=0,
                rule="min_max", **given):
    grid, _ = split(given)
    settings = RULES[rule] | {key: given[key] for key in MIN_MAX if key in given and key not in ("kind", "bins")}
    target = Target(grid, settings, with_zeros)
    found = [of_channel(target, settings, channel)
             for channel in Observed(values, bins, channels, inner, moving_average, cuts).channels]
    return {"scales": [scale for scale, _ in found]} | ({"zeros": [zero for _, zero in found]} if with_zeros else {})


def of_channel(target, settings, channel):
    if settings["kind"] == "min_max":
        low, high = channel.averages if channel.has_averages else (channel.low, channel.high)
        return target.of_range(min(low, 0), max(high, 0))
    if not any(channel.values):
        return target.of_range(Fraction(0), Fraction(0))
    xs = [Fraction(F32.round(x)) for x in channel.centres()]
    ws = [Fraction(1)] * len(xs)
    if settings["kind"] in ("mse", "dual_clipping"):  # the ends are known exactly, and no more values
        xs, ws = [*xs, channel.low, channel.high], [*ws, Fraction(0), Fraction(0)]
    return SOLVERS[settings["kind"]](target, settings, xs, ws)


def range_file():
    file = observer_file("range", source="the rules' definitions for the bins' centres, in rationals "
                         "(generate/quantize_range_rules.py)", solve=solve_range,
                         outputs={"scales": "f32", "zeros": "f32"}, tolerance={"relative": 1e-6})
    for name, values in (BATCHES | SINGLES).items():
        for zeros in [0, 1]:
            file.add(f"min_max, {name}, {zeros}", values=values, bins=16, grid="uint4" if zeros else "int4",
                     with_zeros=zeros)
    values = BATCHES["both signs"]
    for zeros in [0, 1]:
        for rule in ["min_max", "mse", "dual_clipping"]:
            file.add(f"{rule}, channels, {zeros}", values=values, channels=3, inner=5, grid="int3", rule=rule,
                     with_zeros=zeros, **({"steps": 5} if rule == "dual_clipping" else {}))
            file.add(f"{rule}, moving averages, {zeros}", values=values, channels=2, inner=3, cuts=[18, 30], grid="int4",
                     moving_average=0.25, rule=rule, with_zeros=zeros,
                     **({"steps": 5} if rule == "dual_clipping" else {}))
        for rule in ["mse", "aciq_gaussian", "aciq_laplace", "mean_absolute", "learned_step"]:
            file.add(f"{rule}, {zeros}", values=values, bins=2048, grid="int3", rule=rule, with_zeros=zeros)
    file.add("half_quadratic", values=BATCHES["one side"], grid="uint3", rule="half_quadratic", with_zeros=1,
             tolerance={"relative": 1e-5})
    file.add("power_of_two", values=values, grid="e2m1fn", rule="power_of_two")
    for zeros in [0, 1]:
        file.expect(f"the largest, as percentile, {zeros}", solve_range(None, values, with_zeros=zeros), values=values,
                    rule="percentile", percentile=100, with_zeros=zeros)
        file.add(f"no values, {zeros}", rule="mse", with_zeros=zeros)
    # Bins of width 1; from 0 the place is 15 of 30, the sixth of ten values that are evenly spread over 1 to 2.
    file.expect("a percentile inside a bin", {"scales": [1.55]}, values=[0.5] * 10 + [1.5] * 10 + [16] * 11, bins=17,
                grid="uint1", rule="percentile", percentile=50,
                source="the middle of the sixth tenth of the second bin")
    file.refuse("HQQ without a zero point", "QC_ERR_NULL_POINTER", "zeros", values=[1, 2], rule="half_quadratic")
    file.refuse("no steps", "QC_ERR_OPTIONS", "steps is 0", values=[1, 2], rule="mse", steps=0)
    return file


def serialize_file():
    file = VectorFile("quantize/observer_serialize.json", "qc_quantize_observer_serialize", [""],
                      "the layout and FNV-1a, byte by byte (generate/quantize_observer.py)",
                      lambda format, values=(), **options: {"bytes": Observed(values, **options).bytes()},
                      inputs={"values": "f32"})
    file.add("no values")
    file.add("channels without values", channels=3, moving_average=0.5)
    file.add("channels", values=BATCHES["both signs"], channels=3, inner=2, bins=16)
    file.add("moving averages", values=BATCHES["both signs"], channels=2, bins=16, cuts=[20, 40], moving_average=0.5)
    for name, values in (BATCHES | SINGLES).items():
        file.add(name, values=values, bins=16)
        file.add(f"{name}, value by value", values=values, bins=16, cuts=list(range(1, len(values))))
    return file


def deserialize_file():
    file = observer_file("deserialize", source="the layout and FNV-1a, byte by byte (generate/quantize_observer.py)",
                         solve=None)

    def read(name, values, more=()):
        file.expect(name, Observed([*values, *more], 16).summary(), bytes=Observed(values, 16).bytes(),
                    values=list(more))

    read("no values", [])
    read("no values, then some", [], [1, -2])
    for name, values in (BATCHES | SINGLES).items():
        read(name, [F32.round(x) for x in values])
        read(f"{name}, and more", [F32.round(x) for x in values], [1000, 0, -0.125])
    both = Observed(BATCHES["both signs"], 16, 3, 1, 0.5, [30])
    file.expect("channels and moving averages", both.summary(), bytes=both.bytes())
    refuse_bytes(file)
    return file


def refuse_bytes(file):
    def head(bins=16, channels=1, count=3, average=0.0):
        return struct.pack("<8sQIQQd", b"QCOBSERV", 1, bins, channels, count, average)

    def body(zeros=1, low=-1.0, high=2.0, counts=(1, *[0] * 11, 1), averages=(), **of):
        return head(**of) + struct.pack(f"<Q{2 + len(averages)}d{len(counts)}Q", zeros, low, high, *averages, *counts)

    good = body()
    file.expect("as the next ones, but good", Observed([-1, 0, 2], 16).summary(), bytes=sealed(good))
    for name, bad in {
        "too few bins": body(bins=15), "too many bins": body(bins=65537), "more zeros than values": body(zeros=4),
        "too many values": body(count=2**53 + 1, zeros=2**53 - 1), "a range from above": body(low=3.0, counts=[1, 1]),
        "NaN": body(low=math.nan, counts=[1, 1]), "infinity": body(high=math.inf, counts=[1, 1]),
        "minus zero": body(low=-0.0), "no single": body(high=2.0 + 2.0**-40), "a count too few": body(count=4),
        "a count too many": body(count=2), "an end without value": body(counts=[0] + [0] * 11 + [2]),
        "the other end": body(counts=[2] + [0] * 12), "a huge count": body(counts=[2**64 - 1] + [0] * 11 + [3]),
        "a bin too few": good[:-8], "a bin too many": good + bytes(8), "another kind": b"QCISOTON" + good[8:],
        "another version": good[:8] + b"\2" + good[9:], "a range without values": body(count=0, zeros=0, counts=[]),
        "zeros beside the range": body(low=1.0), "nothing": b"", "no channels": body(channels=0),
        "more channels than bytes": body(channels=2**40), "a channel too many": body(channels=2),
        "an average without averages": body(average=0.5), "averages above the range": body(average=0.5, averages=[-1, 3]),
        "averages that cross": body(average=0.5, averages=[1, 0]), "a negative average": body(average=-0.5),
        "an average above 1": body(average=1.5), "NaN for an average": body(average=math.nan),
    }.items():
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not an observer", bytes=sealed(bad))
    file.refuse("a wrong checksum", "QC_ERR_FORMAT", "checksum", bytes=[*sealed(good)[:-1], 0])
    file.refuse("no bytes", "QC_ERR_FORMAT", "bytes are not an observer", bytes=[])
