"""The searches of ggml's reference encoders, from a description of them in words, in single precision."""

import ctypes
import math


def f(x):
    """The single nearest to a double, to an infinity beyond the range."""
    return ctypes.c_float(x).value


TENTH, TWENTIETH = f(0.1), f(0.05)


def rne(x, low, high):
    """To the nearest integer, ties to even, within bounds."""
    return min(max(round(x), low), high)


def total(terms):
    """A sum in the order of its terms, rounded at each."""
    result = 0.0
    for term in terms:
        result = f(result + term)
    return result


def extreme(x):
    """The first number of largest magnitude."""
    return max(x, key=abs)


def offsets(x, w, top, first, step, count, absolute=False):
    """Scale, minimum (negated) and levels: candidates (first + step * k + top) / range."""
    low, high = min(0.0, *x), max(x)
    if high == low:
        return 0.0, -low, [0] * len(x)
    weight, weighted = total(w), total(f(a * b) for a, b in zip(w, x))

    def levels_of(inverse):
        return [rne(f(inverse * f(v - low)), 0, top) for v in x]

    def error_of(levels, scale, minimum):
        differences = [f(f(f(scale * l) + minimum) - v) for l, v in zip(levels, x)]
        return total(f(a * (abs(d) if absolute else f(d * d))) for a, d in zip(w, differences))

    inverse = f(top / f(high - low))
    scale, levels = f(1 / inverse), levels_of(inverse)
    least = error_of(levels, scale, low)
    for k in range(count + 1):
        inverse = f(f(f(first + f(step * k)) + top) / f(high - low))
        trial = levels_of(inverse)
        wl = [f(a * l) for a, l in zip(w, trial)]
        sum_l = total(wl)
        sum_l2 = total(f(a * l) for a, l in zip(wl, trial))
        sum_xl = total(f(a * v) for a, v in zip(wl, x))
        determinant = f(f(weight * sum_l2) - f(sum_l * sum_l))
        if determinant <= 0:
            continue
        fit = f(f(f(weight * sum_xl) - f(weighted * sum_l)) / determinant)
        minimum = f(f(f(sum_l2 * weighted) - f(sum_l * sum_xl)) / determinant)
        if minimum > 0:
            minimum, fit = 0.0, f(sum_xl / sum_l2)
        error = error_of(trial, fit, minimum)
        if error < least:
            least, scale, low, levels = error, fit, minimum, trial
    return scale, -low, levels


def products(x, w, levels):
    """Sums of weight * x * level and of weight * level^2."""
    return (total(f(f(a * v) * l) for a, v, l in zip(w, x, levels)),
            total(f(f(a * l) * l) for a, l in zip(w, levels)))


def signed(x, w, top):
    """Scale and stored levels, level + top: nineteen candidates around -top / extreme."""
    peak = extreme(x)
    if abs(peak) < 1e-15:
        return 0.0, [0] * len(x)
    scale, best, kept = None, None, None
    for k in [0, *range(-9, 0), *range(1, 10)]:
        inverse = f(-f(top + f(TENTH * k)) / peak)
        levels = [rne(f(inverse * v), -top, top - 1) for v in x]
        p, q = products(x, w, levels)
        if k == 0:
            scale, kept = f(p / q) if q else 0.0, levels
            best = f(scale * p)
        elif q > 0 and f(p * p) > f(best * q):
            scale, kept = f(p / q), levels
            best = f(scale * p)
    return scale, [level + top for level in kept]


def passes(x, w, levels, low, high, both):
    """Up to five passes that change one level at a time; returns the scale."""
    p, q = products(x, w, levels)
    for _ in range(5):
        changed = False
        for i, (v, a) in enumerate(zip(x, w)):
            rest_p = f(p - f(f(a * v) * levels[i]))
            rest_q = f(q - f(f(a * levels[i]) * levels[i]))
            if rest_p <= 0 or (both and rest_q <= 0):
                continue
            level = rne(f(f(v * rest_q) / rest_p), low, high)
            if level == levels[i]:
                continue
            rest_p = f(rest_p + f(f(a * v) * level))
            rest_q = f(rest_q + f(f(a * level) * level))
            if (both or rest_q > 0) and f(f(rest_p * rest_p) * q) > f(f(p * p) * rest_q):
                levels[i], p, q, changed = level, rest_p, rest_q, True
        if not changed:
            break
    return f(p / q) if q > 0 else 0.0


def refined(x, top):
    """Scale and stored levels, weights being squares: one candidate, and passes."""
    peak = extreme(x)
    if abs(peak) < 1e-15:
        return 0.0, [0] * len(x)
    inverse = f(-top / peak)
    levels = [rne(f(inverse * v), -top, top - 1) for v in x]
    scale = passes(x, [f(v * v) for v in x], levels, -top, top - 1, both=False)
    return scale, [level + top for level in levels]


def positive(x, w, top):
    """Scale and levels of numbers that are not negative."""
    high = max(0.0, *x)
    if high < 1e-15:
        return 0.0, [0] * len(x)

    def error_of(inverse, cap):
        scale = f(1 / inverse)
        differences = [f(v - f(scale * min(round(f(inverse * v)), cap))) for v in x]
        return total(f(f(a * d) * d) for a, d in zip(w, differences))

    inverse = f(top / high)
    least = error_of(inverse, 10**9)
    for k in [*range(-4, 0), *range(1, 5)]:
        candidate = f(f(f(TENTH * k) + top) / high)
        error = error_of(candidate, top)
        if error < least:
            least, inverse = error, candidate
    levels = [min(round(f(inverse * v)), top) for v in x]
    return passes(x, w, levels, -10**9, top, both=True), levels


K = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]


def nearest_k(x):
    """The index of the nearest of the sixteen levels, ties to the upper one."""
    return min(range(16), key=lambda k: (abs(K[k] - x), -k))


def codebook_scale(x, w):
    peak = extreme(x)
    if abs(peak) < 1e-15:
        return 0.0
    scale, best = None, None
    for inverse in [f(1 / f(peak / 127)), *[f((t - 127) / peak) for t in range(-7, 8)]]:
        levels = [K[nearest_k(f(inverse * v))] for v in x]
        p = total(f(f(a * l) * v) for a, l, v in zip(w, levels, x))
        q = total(f(f(a * l) * l) for a, l in zip(w, levels))
        if scale is None:
            if q == 0:
                return 0.0
            scale = f(p / q)
            best = f(scale * p)
        elif q > 0 and f(p * p) > f(best * q):
            scale = f(p / q)
            best = f(scale * p)
    return scale


def root(x):
    return f(math.sqrt(x))
