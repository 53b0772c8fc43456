"""The blocks of ggml by their definitions: where each element's bits lie, and what they stand for.

Single precision is exact here: a sum, product or quotient of two singles is rounded once from the double
nearest to it, which is known to give the single nearest to it.
"""

import math
import struct

# Type: number, elements of a block, bytes of a block.
TYPES = {
    "f16": (1, 1, 2), "q4_0": (2, 32, 18), "q4_1": (3, 32, 20), "q5_0": (6, 32, 22), "q5_1": (7, 32, 24),
    "q8_0": (8, 32, 34), "q2_k": (10, 256, 84), "q3_k": (11, 256, 110), "q4_k": (12, 256, 144),
    "q5_k": (13, 256, 176), "q6_k": (14, 256, 210), "iq2_xxs": (16, 256, 66), "iq2_xs": (17, 256, 74),
    "iq3_xxs": (18, 256, 98), "iq1_s": (19, 256, 50), "iq4_nl": (20, 32, 18), "iq3_s": (21, 256, 110),
    "iq2_s": (22, 256, 82), "iq4_xs": (23, 256, 136), "iq1_m": (29, 256, 56), "bf16": (30, 1, 2),
    "tq1_0": (34, 256, 54), "tq2_0": (35, 256, 66), "mxfp4": (39, 32, 17), "nvfp4": (40, 64, 36),
    "q1_0": (41, 128, 18),
}
FALLBACK = {"q4_k": "q5_0", "q5_k": "q5_1", "q6_k": "q8_0", "tq1_0": "q4_0", "tq2_0": "q4_0"}
K = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]
E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]

# Some points of the codebooks in ggml-common.h.
POINTS = {
    "iq2_xxs": {0: (8, 8, 8, 8, 8, 8, 8, 8), 1: (43, 8, 8, 8, 8, 8, 8, 8), 2: (25, 25, 8, 8, 8, 8, 8, 8),
        85: (43, 43, 25, 25, 25, 8, 25, 8), 133: (8, 25, 8, 8, 8, 8, 8, 25), 204: (8, 8, 8, 8, 8, 25, 43, 25),
        255: (8, 25, 8, 8, 25, 43, 43, 43)},
    "iq2_xs": {0: (8, 8, 8, 8, 8, 8, 8, 8), 1: (43, 8, 8, 8, 8, 8, 8, 8), 2: (25, 25, 8, 8, 8, 8, 8, 8),
        170: (8, 8, 25, 8, 43, 8, 25, 8), 261: (8, 43, 25, 8, 8, 8, 8, 25), 409: (8, 25, 8, 25, 8, 8, 8, 43),
        511: (43, 43, 43, 43, 43, 43, 43, 43)},
    "iq2_s": {0: (8, 8, 8, 8, 8, 8, 8, 8), 1: (43, 8, 8, 8, 8, 8, 8, 8), 2: (25, 25, 8, 8, 8, 8, 8, 8),
        341: (43, 25, 8, 8, 8, 43, 25, 8), 517: (8, 8, 25, 25, 25, 8, 8, 25), 819: (8, 8, 8, 8, 8, 8, 8, 43),
        1023: (43, 43, 43, 43, 43, 43, 43, 43)},
    "iq3_xxs": {0: (4, 4, 4, 4), 1: (20, 4, 4, 4), 2: (36, 4, 4, 4), 85: (52, 36, 28, 12),
        133: (62, 20, 44, 20), 204: (44, 44, 12, 44), 255: (4, 28, 52, 62)},
    "iq3_s": {0: (1, 1, 1, 1), 1: (3, 1, 1, 1), 2: (5, 1, 1, 1), 170: (7, 7, 9, 3), 261: (11, 15, 9, 5),
        409: (5, 11, 1, 11), 511: (1, 1, 15, 15)},
    "iq1": {0: (-1, -1, -1, -1, -1, -1, -1, -1), 1: (1, -1, -1, -1, -1, -1, -1, -1),
        2: (0, 0, -1, -1, -1, -1, -1, -1), 682: (1, 0, 0, -1, 1, -1, -1, 0), 1029: (0, 0, 0, 0, 0, 0, 0, 0),
        1638: (0, 1, 1, 0, -1, -1, 0, 1), 2047: (1, 1, 1, 1, 1, 1, 1, 1)},
}


def single(x):
    """The single nearest to a double."""
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def half(low, high):
    return struct.unpack("<e", bytes([low, high]))[0]


def half_bytes(x):
    """A single, rounded to half precision."""
    try:
        return list(struct.pack("<e", x))
    except OverflowError:
        return [0, 0xFC if x < 0 else 0x7C]


def times(a, b):
    return single(a * b)


def decode(type, block):
    return DECODERS[type](list(block))


def integers(bits, has_minimum):
    def decode_block(b):
        d, m = half(*b[:2]), half(*b[2:4]) if has_minimum else None
        rest = b[4 if has_minimum else 2:]
        fifths = int.from_bytes(bytes(rest[:4]), "little") if bits == 5 else 0
        nibbles = rest[4 if bits == 5 else 0:]
        levels = [(nibbles[j % 16] >> 4 * (j // 16) & 15) | (fifths >> j & 1) << 4 for j in range(32)]
        if has_minimum:
            return [single(times(d, q) + m) for q in levels]
        return [times(d, q - 2 ** (bits - 1)) for q in levels]
    return decode_block


def q8_0(b):
    return [times(half(*b[:2]), q - 256 * (q > 127)) for q in b[2:]]


def q1_0(b):
    d = half(*b[:2])
    return [d if b[2 + i // 8] >> i % 8 & 1 else -d for i in range(128)]


def pair(bytes_, i):
    """Two bits of element i: in half h = i // 128 byte 32h + i % 32, bits 2t of t = i // 32 % 4."""
    return bytes_[32 * (i // 128) + i % 32] >> 2 * (i // 32 % 4) & 3


def plane(bytes_, i):
    return bytes_[i % 32] >> i // 32 & 1


def nibble(bytes_, i, half_run):
    run, place = divmod(i, 2 * half_run)
    return bytes_[run * half_run + place % half_run] >> 4 * (place // half_run) & 15


def affine(d, s, m, t, q):
    return single(times(times(d, s), q) - times(m, t))


def q2_k(b):
    d, m = half(*b[80:82]), half(*b[82:84])
    return [affine(d, b[i // 16] & 15, m, b[i // 16] >> 4, pair(b[16:80], i)) for i in range(256)]


def q3_k(b):
    d = half(*b[108:110])
    scales = [(b[96 + k % 8] >> 4 * (k // 8) & 15) | (b[104 + k % 4] >> 2 * (k // 4) & 3) << 4 for k in range(16)]
    levels = [pair(b[32:96], i) - (0 if plane(b[:32], i) else 4) for i in range(256)]
    return [times(times(d, scales[i // 16] - 32), levels[i]) for i in range(256)]


def six_bits(b):
    """Eight scales and eight minima in twelve bytes."""
    scales = [b[j] & 63 for j in range(4)] + [b[8 + j] & 15 | b[j] >> 6 << 4 for j in range(4)]
    return scales, [b[4 + j] & 63 for j in range(4)] + [b[8 + j] >> 4 | b[4 + j] >> 6 << 4 for j in range(4)]


def q4_k(b):
    d, m, (scales, minima) = half(*b[:2]), half(*b[2:4]), six_bits(b[4:16])
    return [affine(d, scales[i // 32], m, minima[i // 32], nibble(b[16:], i, 32)) for i in range(256)]


def q5_k(b):
    d, m, (scales, minima) = half(*b[:2]), half(*b[2:4]), six_bits(b[4:16])
    return [affine(d, scales[i // 32], m, minima[i // 32], nibble(b[48:], i, 32) | plane(b[16:48], i) << 4)
            for i in range(256)]


def q6_k(b):
    d = half(*b[208:210])
    scales = [s - 256 * (s > 127) for s in b[192:208]]
    return [times(times(d, scales[i // 16]), (nibble(b[:128], i, 64) | pair(b[128:192], i) << 4) - 32)
            for i in range(256)]


def iq4_nl(b):
    return [times(half(*b[:2]), K[nibble(b[2:], i, 16)]) for i in range(32)]


def iq4_xs(b):
    d, high = half(*b[:2]), b[2] | b[3] << 8
    scales = [(b[4 + k // 2] >> 4 * (k % 2) & 15) | (high >> 2 * k & 3) << 4 for k in range(8)]
    return [times(times(d, scales[i // 32] - 32), K[nibble(b[8:], i, 16)]) for i in range(256)]


def tq1_0(b):
    d = half(*b[52:54])

    def trit(byte, n):
        return (byte * 3**n % 256) * 3 >> 8

    levels = [trit(b[i % 32], i // 32) for i in range(160)]
    levels += [trit(b[32 + i % 16], i // 16) for i in range(80)]
    levels += [trit(b[48 + i % 4], i // 4) for i in range(16)]
    return [times(d, level - 1) for level in levels]


def tq2_0(b):
    return [times(half(*b[64:66]), pair(b[:64], i) - 1) for i in range(256)]


def mxfp4(b):
    return [single(math.ldexp(E2M1[nibble(b[1:], i, 16)], b[0] - 127)) for i in range(32)]


def e4m3(scale):
    """An E4M3 scale, its sign bit left out; 0x7F is 0."""
    exponent, mantissa = scale >> 3 & 15, scale & 7
    if scale == 0x7F:
        return 0.0
    return mantissa * 2.0**-9 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7)


def nvfp4(b):
    return [times(e4m3(b[i // 16]), E2M1[nibble(b[4:], i, 8)]) for i in range(64)]


def even_signs(seven):
    return seven | (bin(seven).count("1") % 2) << 7


def signed(point, signs, step):
    return [times(step, -v if signs >> j & 1 else v) for j, v in enumerate(point)]


def step(d, factor, fraction):
    return times(times(d, 0.5 + factor), fraction)


def word(b, offset, size):
    return int.from_bytes(bytes(b[offset:offset + size]), "little")


def iq2_xxs(b):
    values = []
    for run in range(32):
        group = 2 + 8 * (run // 4)
        signs = word(b, group + 4, 4)
        point = POINTS["iq2_xxs"][b[group + run % 4]]
        values += signed(point, even_signs(signs >> 7 * (run % 4) & 127), step(half(*b[:2]), signs >> 28, 0.25))
    return values


def iq2_xs(b):
    values = []
    for run in range(32):
        q, scale = word(b, 2 + 2 * run, 2), b[66 + run // 4] >> 4 * (run // 2 % 2) & 15
        values += signed(POINTS["iq2_xs"][q & 511], even_signs(q >> 9), step(half(*b[:2]), scale, 0.25))
    return values


def iq2_s(b):
    values = []
    for run in range(32):
        q = b[2 + run] | (b[66 + run // 4] >> 2 * (run % 4) & 3) << 8
        scale = b[74 + run // 4] >> 4 * (run // 2 % 2) & 15
        values += signed(POINTS["iq2_s"][q], b[34 + run], step(half(*b[:2]), scale, 0.25))
    return values


def iq3_xxs(b):
    values = []
    for run in range(32):
        signs = word(b, 66 + 4 * (run // 4), 4)
        point = POINTS["iq3_xxs"][b[2 + 2 * run]] + POINTS["iq3_xxs"][b[3 + 2 * run]]
        values += signed(point, even_signs(signs >> 7 * (run % 4) & 127), step(half(*b[:2]), signs >> 28, 0.5))
    return values


def iq3_s(b):
    values = []
    for run in range(32):
        low, high = (b[2 + k] | (b[66 + k // 8] >> k % 8 & 1) << 8 for k in (2 * run, 2 * run + 1))
        scale = b[106 + run // 8] >> 4 * (run // 4 % 2) & 15
        point = POINTS["iq3_s"][low] + POINTS["iq3_s"][high]
        values += signed(point, b[74 + run], times(half(*b[:2]), 1 + 2 * scale))
    return values


def shifted(point, is_down, step):
    return [times(step, v + (-0.125 if is_down else 0.125)) for v in point]


def iq1_s(b):
    values = []
    for run in range(32):
        h = word(b, 34 + 2 * (run // 4), 2)
        q = b[2 + run] | (h >> 3 * (run % 4) & 7) << 8
        values += shifted(POINTS["iq1"][q], h >> 15, times(half(*b[:2]), 2 * (h >> 12 & 7) + 1))
    return values


def iq1_m(b):
    bits = sum((word(b, 48 + 2 * k, 2) >> 12) << 4 * k for k in range(4))
    d = half(bits & 255, bits >> 8)
    values = []
    for run in range(32):
        part = run // 2
        scale = word(b, 48 + 2 * (part // 4), 2) >> 3 * (part % 4) & 7
        h = b[32 + part] >> 4 * (run % 2) & 15
        values += shifted(POINTS["iq1"][b[run] | (h & 7) << 8], h >> 3, times(d, 2 * scale + 1))
    return values


DECODERS = {
    "f16": lambda b: [half(*b)], "bf16": lambda b: list(struct.unpack("<f", bytes([0, 0, *b]))),
    "q1_0": q1_0, "q4_0": integers(4, False), "q4_1": integers(4, True), "q5_0": integers(5, False),
    "q5_1": integers(5, True), "q8_0": q8_0, "q2_k": q2_k, "q3_k": q3_k, "q4_k": q4_k, "q5_k": q5_k,
    "q6_k": q6_k, "iq1_s": iq1_s, "iq1_m": iq1_m, "iq2_xxs": iq2_xxs, "iq2_xs": iq2_xs, "iq2_s": iq2_s,
    "iq3_xxs": iq3_xxs, "iq3_s": iq3_s, "iq4_nl": iq4_nl, "iq4_xs": iq4_xs, "tq1_0": tq1_0, "tq2_0": tq2_0,
    "mxfp4": mxfp4, "nvfp4": nvfp4,
}
