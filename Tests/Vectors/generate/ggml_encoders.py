"""Encoders of ggml's blocks, from a description of the reference encoders in words."""

import math
import struct

from ggml_blocks import E2M1, TYPES, half, half_bytes
from ggml_searches import (K, TWENTIETH, codebook_scale, extreme, f, nearest_k, offsets, positive, refined, rne,
                           root, signed, total)


def encode(type, row, importance=None):
    """The bytes of one row of singles; `importance` are singles, one for each column."""
    length = TYPES[type][1]
    mean_square = f(total(f(v * v) for v in row) / len(row)) if row else 0.0
    blocks = []
    for start in range(0, len(row), length):
        w = None if importance is None else importance[start:start + length]
        blocks += ENCODERS[type](row[start:start + length], w, mean_square)
    return blocks


def stored_half(x):
    return half(*half_bytes(x))


def inverse_of(d):
    inverse = f(1 / d) if d else 0.0
    return inverse if math.isfinite(inverse) else 0.0


def away(x):
    """To the nearest integer, ties away from zero."""
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def nibbles(levels, half_run):
    bytes_ = []
    for run in range(0, len(levels), 2 * half_run):
        bytes_ += [(levels[run + j] & 15) | (levels[run + half_run + j] & 15) << 4 for j in range(half_run)]
    return bytes_


def pairs(levels, shift=0):
    return [sum((levels[128 * h + 32 * t + l] >> shift & 3) << 2 * t for t in range(4))
            for h in range(2) for l in range(32)]


def planes(levels, shift):
    return [sum((levels[32 * t + l] >> shift & 1) << t for t in range(8)) for l in range(32)]


def scaled(importance, x, mean_square):
    return [f(a * root(f(mean_square + f(v * v)))) for a, v in zip(importance, x)]


def integers(bits, has_minimum):
    top, zero = 2**bits - 1, 2 ** (bits - 1)

    def encode_block(x, importance, mean_square):
        w = None if importance is None else scaled(importance, x, mean_square)
        if has_minimum and w is None:
            d, m = f(f(max(x) - min(x)) / top), min(x)
            inverse = inverse_of(d)
            levels = [min(math.trunc(f(f(f(v - m) * inverse) + 0.5)), top) for v in x]
        elif has_minimum:
            d, m, levels = offsets(x, w, top, f(-0.9), TWENTIETH, 36)
            m = -m
        elif w is None:
            d = f(extreme(x) / -zero)
            inverse = inverse_of(d)
            levels = [min(math.trunc(f(f(v * inverse) + (zero + 0.5))), top) for v in x]
        else:
            d, levels = signed(x, w, zero)
        fifths = sum((level >> 4) << j for j, level in enumerate(levels))
        return (half_bytes(d) + (half_bytes(m) if has_minimum else [])
                + (list(fifths.to_bytes(4, "little")) if bits == 5 else []) + nibbles(levels, 16))
    return encode_block


def q8_0(x, importance, mean_square):
    d = f(max(map(abs, x)) / 127)
    return half_bytes(d) + [away(f(v * inverse_of(d))) & 255 for v in x]


def trits(x):
    d = max(map(abs, x))
    return d, [away(f(v * inverse_of(d))) + 1 for v in x]


def tq1_0(x, importance, mean_square):
    d, t = trits(x)
    groups = [[t[32 * n + m] for n in range(5)] for m in range(32)]
    groups += [[t[160 + 16 * n + m] for n in range(5)] for m in range(16)]
    groups += [[t[240 + 4 * n + m] for n in range(4)] + [0] for m in range(4)]
    numbers = [sum(digit * 3 ** (4 - n) for n, digit in enumerate(group)) for group in groups]
    return [-(-256 * number // 243) for number in numbers] + half_bytes(d)


def tq2_0(x, importance, mean_square):
    d, t = trits(x)
    return pairs(t) + half_bytes(d)


def e2m1(v, scale):
    """The first of the codes with the smallest error; 0 has no sign."""
    return min(range(16), key=lambda code: abs(E2M1[code] * scale - v))


def mxfp4(x, importance, mean_square):
    peak = max(map(abs, x))
    e = max(math.floor(f(math.log2(peak))) + 125, 0) if peak else 0
    return [e] + nibbles([e2m1(v, 2.0 ** (e - 127)) for v in x], 16)


def unsigned_e4m3(x):
    if x <= 0:
        return 0
    mantissa, exponent = math.frexp(min(x, 448.0))
    exponent += 6  # biased, of a mantissa from 1 to 2
    if exponent <= 0:
        return min(math.trunc(f(x * 512 + 0.5)), 7)
    bits = exponent * 8 + math.floor((2 * mantissa - 1) * 8 + 0.5)
    return 0x7E if bits >= 15 * 8 else bits


def nvfp4(x, importance, mean_square):
    scales, codes = [], []
    for part in (x[j:j + 16] for j in range(0, 64, 16)):
        scale = unsigned_e4m3(f(max(map(abs, part)) / 6))
        value = scale % 8 * 2.0**-9 if scale < 8 else (1 + scale % 8 / 8) * 2.0 ** (scale // 8 - 7)
        scales.append(scale)
        codes += [e2m1(v, value) for v in part]
    return scales + nibbles(codes, 8)


def six_bits(scales, minima):
    return ([scales[j] | scales[j + 4] >> 4 << 6 for j in range(4)]
            + [minima[j] | minima[j + 4] >> 4 << 6 for j in range(4)]
            + [scales[j + 4] & 15 | (minima[j + 4] & 15) << 4 for j in range(4)])


def affine_k(length, top, factor_top, plain, mean_factor, write):
    """Q2_K, Q4_K and Q5_K. `plain` are the arguments of the search without importance."""
    def factors(numbers):
        largest = max(0.0, *numbers)
        inverse = f(factor_top / largest) if largest > 0 else 0.0
        return f(largest / factor_top), [min(factor_top, round(f(inverse * v))) for v in numbers]

    def encode_block(x, importance, mean_square):
        parts = [x[j:j + length] for j in range(0, 256, length)]
        spread = f(mean_factor * total(f(v * v) for v in x) / 256)
        fits, weight_sums = [], []
        for j, part in enumerate(parts):
            if importance is None:
                size = 0.0 if plain[3] else root(f(total(f(v * v) for v in part) / length))
                fits.append(offsets(part, [f(size + abs(v)) for v in part], top, *plain))
            else:
                w = scaled(importance[j * length:(j + 1) * length], part, spread)
                weight_sums.append(total(w))
                fits.append(offsets(part, w, top, f(-0.9), TWENTIETH, 36))
        scales, minima = [fit[0] for fit in fits], [fit[1] for fit in fits]
        if importance is None:
            (d, s), (m, t) = factors(scales), factors(minima)
        else:
            (d, s), (m, t) = positive(scales, weight_sums, factor_top), positive(minima, weight_sums, factor_top)
        levels = []
        for j, part in enumerate(parts):
            step, minimum = f(stored_half(d) * s[j]), f(stored_half(m) * t[j])
            levels += [rne(f(f(v + minimum) / step), 0, top) for v in part] if step else fits[j][2]
        return write(half_bytes(d) + half_bytes(m), s, t, levels)
    return encode_block


def signed_k(top, search, write):
    """Q3_K and Q6_K. `search` gives the scale, the factors and the levels as they are stored."""
    def encode_block(x, importance, mean_square):
        parts = [x[j:j + 16] for j in range(0, 256, 16)]
        found = search(x, parts, importance)
        if found is None:
            return write([0, 0], [0] * 16, [0] * 256)
        d, factors, found_levels = found
        levels = []
        for j, part in enumerate(parts):
            step = f(stored_half(d) * (factors[j] - 32 if top == 4 else factors[j]))
            levels += [rne(f(v / step), -top, top - 1) + top for v in part] if step else found_levels[j]
        return write(half_bytes(d), factors, levels)
    return encode_block


def search_q3(x, parts, importance):
    if importance is None:
        fits = [refined(part, 4) for part in parts]
        peak = extreme([fit[0] for fit in fits])
        if not peak:
            return None
        inverse = f(-32 / peak)
        factors = [rne(f(inverse * fit[0]), -32, 31) + 32 for fit in fits]
        return f(1 / inverse), factors, [fit[1] for fit in fits]
    spread = f(2 * total(f(v * v) for v in x) / 256)
    weights = [scaled(importance[16 * j:16 * j + 16], part, spread) for j, part in enumerate(parts)]
    fits = [signed(part, w, 4) for part, w in zip(parts, weights)]
    d, factors = signed([fit[0] for fit in fits], [total(w) for w in weights], 32)
    return d, factors, [fit[1] for fit in fits]


def search_q6(x, parts, importance):
    fits = [signed(part, [f(v * v) for v in part] if importance is None else importance[16 * j:16 * j + 16], 32)
            for j, part in enumerate(parts)]
    peak = extreme([fit[0] for fit in fits])
    if abs(peak) < 1e-15:
        return None
    inverse = f(-128 / peak)
    return f(1 / inverse), [min(127, round(f(inverse * fit[0]))) for fit in fits], [fit[1] for fit in fits]


def write_q3(d, s, levels):
    scales = [s[k] & 15 | (s[k + 8] & 15) << 4 for k in range(8)]
    scales += [sum((s[m + 4 * t] >> 4) << 2 * t for t in range(4)) for m in range(4)]
    return planes(levels, 2) + pairs(levels) + scales + d


def codebook(x, importance, mean_square, spread):
    w = [f(v * v) for v in x] if importance is None else scaled(importance, x, spread)
    return codebook_scale(x, w)


def iq4_nl(x, importance, mean_square):
    d = codebook(x, importance, mean_square, f(total(f(v * v) for v in x) * 2 / 32))
    return half_bytes(d) + nibbles([nearest_k(f(inverse_of(d) * v)) for v in x], 16)


def iq4_xs(x, importance, mean_square):
    spread = f(total(f(v * v) for v in x) * 2 / 256)
    parts = [x[j:j + 32] for j in range(0, 256, 32)]
    scales = [codebook(part, None if importance is None else importance[32 * j:32 * j + 32], 0.0, spread)
              for j, part in enumerate(parts)]
    d = f(-extreme(scales) / 32)
    factors = [rne(f(inverse_of(d) * scale), -32, 31) for scale in scales]
    indices = []
    for part, factor in zip(parts, factors):
        inverse = inverse_of(f(d * factor))
        indices += [nearest_k(f(inverse * v)) for v in part]
    stored = [factor + 32 for factor in factors]
    high = sum((s >> 4) << 2 * k for k, s in enumerate(stored))
    low = [stored[2 * k] & 15 | (stored[2 * k + 1] & 15) << 4 for k in range(4)]
    return half_bytes(d) + [high & 255, high >> 8] + low + nibbles(indices, 16)


def bf16_bytes(x):
    """To nearest, ties to even: the 16 high bits of a single."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    return list(((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).to_bytes(2, "little"))


ENCODERS = {
    "f16": lambda x, w, v: half_bytes(x[0]), "bf16": lambda x, w, v: bf16_bytes(x[0]),
    "q4_0": integers(4, False), "q4_1": integers(4, True), "q5_0": integers(5, False), "q5_1": integers(5, True),
    "q8_0": q8_0, "tq1_0": tq1_0, "tq2_0": tq2_0, "mxfp4": mxfp4, "nvfp4": nvfp4, "iq4_nl": iq4_nl, "iq4_xs": iq4_xs,
    "q2_k": affine_k(16, 3, 15, (-0.5, f(0.1), 15, True), 1,
                     lambda d, s, t, q: [a | b << 4 for a, b in zip(s, t)] + pairs(q) + d),
    "q3_k": signed_k(4, search_q3, write_q3),
    "q4_k": affine_k(32, 15, 63, (-1.0, f(0.1), 20, False), 2, lambda d, s, t, q: d + six_bits(s, t) + nibbles(q, 32)),
    "q5_k": affine_k(32, 31, 63, (-0.5, f(0.1), 15, False), 2,
                     lambda d, s, t, q: d + six_bits(s, t) + planes(q, 4) + nibbles(q, 32)),
    "q6_k": signed_k(32, search_q6, lambda d, s, q: nibbles(q, 64) + pairs(q, 4) + [v & 255 for v in s] + d),
}
