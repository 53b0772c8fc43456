"""Range rules by their definitions, in rationals where that can be."""

import math
from fractions import Fraction

from exact import F32
from quantize_grid_levels import levels
from quantize_grid_rounding import FLOAT_MAX, encode_number, next_below, product, split
from quantize_integer import groups

MIN_MAX = {"kind": "min_max", "scale_form": "real", "definition": "linear", "steps": 80, "refinements": 0,
           "iterations": 20, "bins": 2048, "percentile": 99.99, "norm": 2.0, "low": 0.21, "high": 1.0, "strength": 10.0,
           "growth": 1.01}
RULES = {
    "min_max": MIN_MAX,
    "power_of_two": MIN_MAX | {"scale_form": "power_of_two"},
    "percentile": MIN_MAX | {"kind": "percentile"},
    "mse": MIN_MAX | {"kind": "mse"},
    "entropy": MIN_MAX | {"kind": "entropy", "steps": 128, "low": 0.0625},
    "aciq_gaussian": MIN_MAX | {"kind": "aciq_gaussian"},
    "aciq_laplace": MIN_MAX | {"kind": "aciq_laplace"},
    "gaussian": MIN_MAX | {"kind": "gaussian"},
    "laplace": MIN_MAX | {"kind": "laplace"},
    "half_quadratic": MIN_MAX | {"kind": "half_quadratic", "norm": 0.7},
    "least_squares": MIN_MAX | {"kind": "least_squares", "steps": 19, "low": 0.3, "high": 1.2},
    "mean_absolute": MIN_MAX | {"kind": "mean_absolute"},
    "learned_step": MIN_MAX | {"kind": "learned_step"},
    "dual_clipping": MIN_MAX | {"kind": "dual_clipping", "steps": 26, "low": 0.5},
}


class Target:
    """From ranges to parameters of a grid."""

    def __init__(self, grid, rule, zeros):
        self.grid, self.rule, self.zeros = grid | {"overflow": "saturate"}, rule, zeros
        self.table = [F32.round(level) for level in levels(grid)]
        finite = [Fraction(level) for level in self.table if math.isfinite(level)]
        self.low, self.high = min(finite), max(finite)
        self.middle = (self.low + self.high) / 2 if zeros else Fraction(0)
        self.reach = max(self.high - self.middle, self.middle - self.low)
        self.whole = grid["kind"] == "integer" and rule["kind"] != "half_quadratic"

    def of_range(self, lower, upper):
        if not self.zeros:
            above = upper / self.high if self.high > 0 else 0
            below = lower / self.low if self.low < 0 else 0
            if max(above, below) <= 0:
                return 1.0, 0.0
            if self.rule["scale_form"] != "real":
                return self.power(max(upper if self.high > 0 else 0, -lower if self.low < 0 else 0), self.reach), 0.0
            return self.usable(max(above, below), self.high if above > below else self.low), 0.0
        if upper <= lower or self.high <= self.low:
            return 1.0, float(self.low)
        span = Fraction(float(self.high - self.low))
        if self.rule["scale_form"] != "real":
            exact = Fraction(self.power(upper - lower, span))
        else:
            exact = (upper - lower) / span
        return self.moved(exact, lambda scale: self.low - lower / scale)

    def of_scale(self, scale, centre):
        if not self.zeros:
            return self.usable(scale, self.reach), 0.0
        return self.moved(scale, lambda s: self.middle - centre / s)

    def moved(self, exact, place):
        scale = self.usable(exact, 1)
        zero = place(Fraction(scale))
        if self.whole:
            zero = min(max(Fraction(round(zero)), self.low), self.high)
        zero = F32.round(zero)
        farthest = max(abs(F32.round(level - Fraction(zero))) for level in (self.low, self.high))
        return self.usable(Fraction(scale), farthest), zero

    @staticmethod
    def usable(exact, level):
        exact = min(exact, Fraction(FLOAT_MAX) / max(1, abs(Fraction(level))))
        scale = max(F32.round(exact), F32.least_normal)
        while math.isinf(F32.round(Fraction(scale) * Fraction(level))):
            scale = next_below(scale)
        return scale

    def power(self, magnitude, level):
        if self.rule["scale_form"] == "power_of_two":
            exponent = floor_log2(magnitude) - floor_log2(level)
        else:
            exponent = floor_log2(magnitude / level)
            exponent += 1 if magnitude / level > Fraction(2) ** exponent else 0
        return 2.0 ** min(max(exponent, -126), 127)

    def decoded(self, x, scale, zero):
        """The level that x goes to, and the number that this is."""
        level = self.table[encode_number(self.grid, x, scale, zero)]
        return Fraction(level), Fraction(product(level, zero, scale))


def floor_log2(x):
    exponent = 0
    while Fraction(2) ** exponent > x:
        exponent -= 1
    while Fraction(2) ** (exponent + 1) <= x:
        exponent += 1
    return exponent


def solve_range(format, values, importance=None, with_zeros=0, rule="min_max", **given):
    grid, options = split(given)
    settings = RULES[rule] | {key: given[key] for key in MIN_MAX if key in given and key != "kind"}
    target = Target(grid, settings, with_zeros)
    scales, zeros = [], []
    for group in groups(len(values), len(values[0]), options["granularity"], options["group_size"]):
        xs = [Fraction(values[i][j]) for i, j in group]
        ws = [Fraction(importance[j]) if importance else Fraction(1) for _, j in group]
        scale, zero = SOLVERS[settings["kind"]](target, settings, xs, ws)
        scales.append(scale)
        zeros.append(zero)
    return {"scales": scales} | ({"zeros": zeros} if with_zeros else {})


def ends(xs):
    return min(0, *xs), max(0, *xs)


def min_max(target, rule, xs, ws):
    return target.of_range(*ends(xs))


def percentile_of(xs, percent, definition):
    ordered = sorted(xs)
    place = (len(xs) - 1) * Fraction(percent) / 100
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return {"linear": below + (above - below) * (place - math.floor(place)), "lower": below, "higher": above,
            "midpoint": (below + above) / 2, "nearest": ordered[round(place)],
            "inverted_cdf": ordered[max(math.ceil(len(xs) * Fraction(percent) / 100) - 1, 0)]}[definition]


def percentile(target, rule, xs, ws):
    lower, upper = ends(xs)
    if not target.zeros and target.low < 0 < target.high:
        most = percentile_of([abs(x) for x in xs], rule["percentile"], rule["definition"])
        found = max(lower, -most), min(upper, most)
    else:
        found = (min(0, percentile_of(xs, 100 - Fraction(rule["percentile"]), rule["definition"])),
                 max(0, percentile_of(xs, rule["percentile"], rule["definition"])))
    return target.of_range(*(found if found != (0, 0) else (lower, upper)))


def factors(rule):
    low, high = Fraction(rule["low"]), Fraction(rule["high"])
    return [high - (high - low) * index / max(rule["steps"] - 1, 1) for index in range(rule["steps"])]


def candidates(target, rule, xs):
    lower, upper = ends(xs)
    for factor in factors(rule):
        yield target.of_range(lower * factor, upper * factor)


def error(target, xs, ws, parameters, norm=2):
    apart = [abs(x - target.decoded(x, *parameters)[1]) for x in xs]
    return sum(w * (e * e if norm == 2 else Fraction(float(e) ** norm)) for w, e in zip(ws, apart))


def widest_of_best(found):
    """The first of (loss, parameters) with the least loss, which no other comes near."""
    least = min(loss for loss, _ in found)
    best = next(parameters for loss, parameters in found if loss == least)
    for loss, parameters in found:
        assert parameters == best or loss == least or loss > least * (1 + Fraction(1, 10**9)), "the two best are too near"
    return best


def mse(target, rule, xs, ws):
    found = [(error(target, xs, ws, each, rule["norm"]), each) for each in candidates(target, rule, xs)]
    return widest_of_best(found)


def dual_clipping(target, rule, xs, ws):
    lower, upper = ends(xs)
    found = []
    for below in factors(rule):
        for above in factors(rule):
            each = target.of_range(lower * below, upper * above)
            found.append((error(target, xs, ws, each, rule["norm"]), each))
    return widest_of_best(found)


def entropy(target, rule, xs, ws):
    lower, upper = ends(xs)
    width = (upper - lower) / rule["bins"]
    histogram = [Fraction(0)] * rule["bins"]
    for x, w in zip(xs, ws):
        place = (x - lower) / width
        assert x == upper or place.denominator == 1 and float(width) == width or abs(place - round(place)) > 1e-9
        histogram[min(math.floor(place), rule["bins"] - 1)] += w
    centres = [F32.round(lower + (k + Fraction(1, 2)) * width) for k in range(rule["bins"])]
    found = []
    for scale, zero in candidates(target, rule, xs):
        low, high = ((level - Fraction(zero)) * Fraction(scale) for level in (target.low, target.high))
        inside = [k for k, centre in enumerate(centres) if low <= centre <= high]
        seen = {k: histogram[k] for k in inside}
        seen[inside[0]] += sum(histogram[:inside[0]])
        seen[inside[-1]] += sum(histogram[inside[-1] + 1:])
        by_level = {}
        for k in inside:
            if seen[k] > 0:
                by_level.setdefault(encode_number(target.grid, centres[k], scale, zero), []).append(k)
        kept = sum(histogram[k] for k in inside)
        loss = 0.0
        for bins in by_level.values():
            q = sum(histogram[k] for k in bins) / len(bins) / kept if kept else 0
            for k in bins:
                p = seen[k] / sum(histogram)
                loss += float(p) * math.log(p / q) if q else math.inf
        found.append((loss, (scale, zero)))
    least = min(loss for loss, _ in found)
    best = next(parameters for loss, parameters in found if loss == least)
    assert all(parameters == best or loss > least + 1e-9 for loss, parameters in found), "the two best are too near"
    return best


def least_squares(target, rule, xs, ws):
    lower, upper = ends(xs)
    found = []
    for start in [target.of_range(lower, upper), *candidates(target, rule, xs)]:
        best, least = start, error(target, xs, ws, start)
        for _ in range(rule["iterations"]):
            tried = regression(target, xs, ws, best)
            if tried is None or error(target, xs, ws, tried) >= least:
                break
            best, least = tried, error(target, xs, ws, tried)
        found.append((least, best))
    return widest_of_best(found)


def regression(target, xs, ws, parameters):
    """Least squares for the levels that the parameters give."""
    ls = [target.decoded(x, *parameters)[0] for x in xs]
    zero = Fraction(0)
    if target.zeros:
        w = sum(ws)
        mean_x, mean_l = (sum(weight * each for weight, each in zip(ws, of)) / w for of in (xs, ls))
        spread = sum(weight * (l - mean_l) ** 2 for weight, l in zip(ws, ls))
        joint = sum(weight * (l - mean_l) * x for weight, l, x in zip(ws, ls, xs))
        if spread <= 0 or joint <= 0:
            return None
        zero = Fraction(target.moved(joint / spread, lambda _: mean_l - mean_x * spread / joint)[1])
    along = sum(w * x * (l - zero) for w, x, l in zip(ws, xs, ls))
    around = sum(w * (l - zero) ** 2 for w, l in zip(ws, ls))
    if along <= 0 or around <= 0:
        return None
    if target.zeros:
        return target.moved(along / around, lambda _: zero)
    return target.of_scale(along / around, 0)


def spread_of(target, xs, squares):
    centre = sum(xs) / len(xs) if target.zeros else Fraction(0)
    if squares:
        return centre, Fraction(math.sqrt(sum((x - centre) ** 2 for x in xs) / len(xs)))
    return centre, sum(abs(x - centre) for x in xs) / len(xs)


def by_mean(factor):
    """Scales that are the mean magnitude times a factor of the target."""
    def solve(target, rule, xs, ws):
        centre, mean = spread_of(target, xs, False)
        return target.of_scale(mean * factor(target), centre) if mean else min_max(target, rule, xs, ws)

    return solve


def mean_absolute(target, rule, xs, ws):
    centre, mean = spread_of(target, xs, False)
    if not any(xs) and not target.zeros:
        return F32.least_normal, 0.0
    return target.of_scale(mean * Fraction(rule["high"]), centre) if mean else min_max(target, rule, xs, ws)


def aciq(slope, squares):
    def solve(target, rule, xs, ws):
        bits = target.grid["bits"] + (0 if target.zeros or target.low < 0 < target.high else 1)
        low, high = 0.0, 50.0
        while high - low > 1e-14 * high:
            clip = (low + high) / 2
            low, high = (clip, high) if slope(clip) + 2 * clip / (3 * 4**bits) < 0 else (low, clip)
        centre, spread = spread_of(target, xs, squares)
        lower, upper = ends(xs)
        half = Fraction(high) * spread
        return target.of_range(min(0, max(lower, centre - half)), max(0, min(upper, centre + half)))

    return solve


def gaussian_slope(clip):
    """Of twice the integral of (x - clip)^2 from clip on."""
    density = math.exp(-clip * clip / 2) / math.sqrt(2 * math.pi)
    return -4 * density + 2 * clip * math.erfc(clip / math.sqrt(2))


def half_quadratic(target, rule, xs, ws):
    exact = (max(xs) - min(xs)) / (target.high - target.low)
    if exact == 0:
        return min_max(target, rule, xs, ws)
    scale, zero = target.moved(exact, lambda s: target.low - min(xs) / s)
    best, least, strength = None, math.inf, rule["strength"]
    for _ in range(rule["iterations"]):
        total, shift = 0.0, 0.0
        for x in xs:
            level, decoded = target.decoded(x, scale, zero)
            e = float(x - decoded)
            total += abs(e)
            left = max(abs(e) - abs(e) ** (rule["norm"] - 1) / strength, 0) if e else 0
            shift += float(level) - (float(x) - math.copysign(left, e)) / scale
        if total >= least:
            break
        best, least, strength = (scale, zero), total, strength * rule["growth"]
        zero = F32.round(Fraction(shift / len(xs)))
    return best


SOLVERS = {"min_max": min_max, "percentile": percentile, "mse": mse, "dual_clipping": dual_clipping,
           "entropy": entropy, "least_squares": least_squares,
           "mean_absolute": mean_absolute,
           "learned_step": by_mean(lambda target: 2 / Fraction(math.sqrt(target.high - target.middle))), "half_quadratic": half_quadratic,
           "aciq_gaussian": aciq(gaussian_slope, True), "aciq_laplace": aciq(lambda clip: -2 * math.exp(-clip), False)}
