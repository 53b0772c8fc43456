"""Family `quantize`: noise that the bias takes off again, in rationals."""

import math
from fractions import Fraction

from conformal_selection import word
from exact import F32
from files import Matrix0, VectorFile
from quantize_grid import ramp
from quantize_grid_levels import levels
from quantize_grid_rounding import encode_number, product, split

PURPOSE = 20
SINGLES = ["values", "weights", "layer_bias", "scale", "zero"]


def files():
    return [options_init(), noisy_file()]


def options_init():
    file = VectorFile("quantize/noisy_bias_options_init.json", "qc_quantize_noisy_bias_options_init", [""],
                      "the comments of include/quantcal/quantize/noisy_bias.h")
    file.expect("the defaults", {"seed": 0, "amplitudes": 3})
    return file


def unit(seed, channel):
    return Fraction(word(seed, channel, 0, PURPOSE) >> 11, 2**53) - Fraction(1, 2)


def noise_of(amplitude, scale, seed, channels):
    return [F32.round(amplitude * Fraction(scale) * unit(seed, j)) for j in range(channels)]


def error_of(values, weights, grid, table, scale, zero, noise):
    total = Fraction(0)
    for row in values:
        errors = []
        for x, n in zip(row, noise):
            code = encode_number(grid, F32.round(Fraction(x) + Fraction(n)), scale, zero)
            errors.append(Fraction(product(table[code], zero, scale)) - Fraction(n) - Fraction(x))
        total += sum(sum(Fraction(w) * e for w, e in zip(line, errors)) ** 2 for line in weights)
    count = len(values) * len(weights)
    return total / count if count else Fraction(0)


def solve(format, values, weights, scale, zero=0, layer_bias=None, seed=0, amplitudes=3, **given):
    grid, _ = split(given)
    table = [F32.round(level) for level in levels(grid)]
    low, high = Fraction(min(table)), Fraction(max(table))
    channels = len(weights[0])
    trials = [(Fraction(0), scale, float(zero), [0.0] * channels)]
    for power in reversed(range(amplitudes)):
        a = Fraction(1, 2**power)
        if high - low <= a:
            continue
        share = (high - low - a) / (high - low)
        wider = F32.round(Fraction(scale) / share)
        place = low * (1 - share) + Fraction(zero) * share + a / 2
        place = round(place) if grid["kind"] == "integer" and zero == int(zero) else place
        trials.append((a, wider, F32.round(Fraction(place)), noise_of(a, wider, seed, channels)))
    errors = [error_of(values, weights, grid, table, s, z, n) for _, s, z, n in trials]
    best = errors.index(min(errors))
    assert all(k == best or e > errors[best] * (1 + Fraction(1, 10**9)) or e == errors[best] == 0
               for k, e in enumerate(errors)), "next to equal"
    a, s, z, noise = trials[best]
    shifted = [Fraction(b) - sum(Fraction(w) * Fraction(n) for w, n in zip(line, noise))
               for line, b in zip(weights, layer_bias or [0] * len(weights))]
    return {"noise": noise, "new_bias": shifted, "amplitude": a, "plain_error": errors[0], "error": errors[best],
            "scale": s, "zero": z}


def halfway(rows, columns):
    """Values next to the middle between two levels of step 1, on the same side of it."""
    return [[(3 * i + 5 * j) % 7 - 3 + 0.46875 + ((i + 2 * j) % 5 - 2) / 256 for j in range(columns)] for i in range(rows)]


def on_levels(rows, columns):
    return [[(3 * i + 5 * j) % 7 - 3 + ((i + 2 * j) % 5 - 2) / 64 for j in range(columns)] for i in range(rows)]


def noisy_file():
    file = VectorFile("quantize/noisy_bias.json", "qc_quantize_noisy_bias", ["f32"],
                      "the definition of include/quantcal/quantize/noisy_bias.h in rationals, noise from Philox "
                      "(generate/quantize_noisy_bias.py)", solve, inputs=dict.fromkeys(SINGLES, "f32"),
                      outputs=dict.fromkeys(["noise", "new_bias", "scale", "zero"], "f32"), tolerance={"relative": 1e-6})
    weights, bias = ramp(3, 8), [0.5, -1, 2]
    for grid in ["int4", "uint4", "midrise4", "int8", "int3"]:
        zero = 7 if grid == "uint4" else 0
        for name, values in [("halfway", halfway(6, 8)), ("on levels", on_levels(6, 8))]:
            for seed in [0, 2**40 + 7]:
                file.add(f"{grid}, {name}, seed {seed}", values=values, weights=weights, layer_bias=bias, grid=grid, scale=1,
                         zero=zero, seed=seed)
    file.add("a zero point that is not whole", values=halfway(6, 8), weights=weights, grid="uint4", scale=1, zero=6.75)
    file.add("no bias", values=halfway(6, 8), weights=weights, grid="int4", scale=1)
    file.add("one amplitude", values=halfway(6, 8), weights=weights, grid="int4", scale=1, amplitudes=1)
    file.add("many amplitudes", values=halfway(6, 8), weights=weights, grid="int4", scale=0.75, amplitudes=6, seed=3)
    file.add("a grid of two levels has no room for an amplitude of 1", values=halfway(4, 8), weights=weights, grid="uint1",
             scale=1)
    file.add("two signs, one channel", values=[[0.45], [-0.45]], weights=[[2]], grid="int2", scale=1, layer_bias=[1])
    file.expect("no rows", {"noise": [0] * 2, "new_bias": [1], "amplitude": 0, "plain_error": 0, "error": 0, "scale": 1,
                            "zero": 0}, values=Matrix0(0, 2), weights=[[1, 2]], layer_bias=[1], grid="int4", scale=1)
    good = {"values": [[1, 2]], "weights": [[1, 1]], "layer_bias": [0], "grid": "int4", "scale": 1, "zero": 0}
    for name in ["values", "weights"]:
        file.refuse(f"{name} are not finite", "QC_ERR_NOT_FINITE", f"{name}[1]", **(good | {name: [[1, math.nan]]}))
    file.refuse("a bias is infinite", "QC_ERR_NOT_FINITE", "bias[0]", **(good | {"layer_bias": [math.inf]}))
    for scale, status in [(0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN"), (math.nan, "QC_ERR_NOT_FINITE")]:
        file.refuse(f"the scale is {scale}", status, "scale is", **(good | {"scale": scale}))
    file.refuse("the zero point is NaN", "QC_ERR_NOT_FINITE", "zero", **(good | {"zero": math.nan}))
    for grid in ["nf4", "e4m3fn", "log2_4", "binary"]:
        file.refuse(f"a grid that is not even: {grid}", "QC_ERR_OPTIONS", "kind", **(good | {"grid": grid}))
    for count in [0, 17, -1]:
        file.refuse(f"{count} amplitudes", "QC_ERR_OPTIONS", "amplitudes", **(good | {"amplitudes": count}))
    file.refuse("no channels", "QC_ERR_SIZE", "columns", **(good | {"values": Matrix0(2, 0), "weights": Matrix0(1, 0)}))
    return file
