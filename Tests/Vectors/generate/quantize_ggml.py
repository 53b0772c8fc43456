"""Family `quantize`: the blocks of ggml."""

from files import Matrix0, VectorFile
from ggml_blocks import FALLBACK, POINTS, TYPES, decode

SOURCE = "the definition of each type, by elements (generate/ggml_blocks.py), after ggml-common.h and gguf 0.19.0"


def files():
    return [layout_file(), decode_file("ggml_decode", INTEGER_TYPES), decode_file("ggml_decode_codebook", IQ_TYPES),
            hostile_file()]


INTEGER_TYPES = [type for type in TYPES if not type.startswith("iq")]
IQ_TYPES = [type for type in TYPES if type.startswith("iq")]


def fallback(type):
    length = TYPES[type][1]
    return FALLBACK.get(type, "iq4_nl" if length == 256 else "f16")


def layout_file():
    def solve(format, type, rows, columns):
        _, length, size = TYPES[type]
        return {"block_length": length, "block_bytes": size, "row_bytes": columns // length * size,
                "bytes": rows * (columns // length) * size}

    file = VectorFile("quantize/ggml_layout.json", "qc_quantize_ggml_layout", [""],
                      "sizes of the structs in ggml-common.h, and products (generate/quantize_ggml.py)", solve)
    for type in TYPES:
        file.add(f"{type}, three rows", type=type, rows=3, columns=768)
        file.add(f"{type}, no columns", type=type, rows=3, columns=0)
        if 992 % TYPES[type][1]:
            file.refuse(f"{type}, rows of 992", "QC_ERR_SIZE", fallback(type).upper(), type=type, rows=1, columns=992)
        if TYPES[type][1] > 1:
            file.refuse(f"{type}, rows of 33", "QC_ERR_SIZE", "F16", type=type, rows=1, columns=33)
    file.add("no rows", type="q4_0", rows=0, columns=64)
    file.add("a large matrix", type="q4_k", rows=2**20, columns=2**20)
    file.refuse("a product that does not fit", "QC_ERR_SIZE", None, type="q8_0", rows=2**32, columns=2**31)
    for type in ["f32", "q8_1"]:
        file.refuse(f"{type} has no blocks", "QC_ERR_OPTIONS", "type", type=type, rows=1, columns=256)
    return file


def numbers(seed):
    """The generator of Numerical Recipes: the high bits of a linear congruence."""
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state >> 16


HALVES = {"f16": [0], "q4_0": [0], "q4_1": [0, 2], "q5_0": [0], "q5_1": [0, 2], "q8_0": [0], "q2_k": [80, 82],
          "q3_k": [108], "q4_k": [0, 2], "q5_k": [0, 2], "q6_k": [208], "iq4_nl": [0], "iq4_xs": [0], "tq1_0": [52],
          "tq2_0": [64], "q1_0": [0], "iq2_xxs": [0], "iq2_xs": [0], "iq2_s": [0], "iq3_xxs": [0], "iq3_s": [0],
          "iq1_s": [0]}


def block(type, seed):
    """Random bytes with tame scales, and points of the codebooks that are known here."""
    random = numbers(seed)
    bytes_ = [next(random) % 256 for _ in range(TYPES[type][2])]
    for offset in HALVES.get(type, []):
        bytes_[offset + 1] = bytes_[offset + 1] & 0x83 | 0x28 + 4 * (next(random) % 4)
    if type == "bf16":
        bytes_[1] = 0x3F
    if type == "mxfp4":
        bytes_[0] = 120 + next(random) % 16
    if type.startswith("iq") and not type.startswith("iq4"):
        place_points(type, bytes_, random)
    return bytes_


def place_points(type, b, random):
    points = sorted(POINTS["iq1" if type.startswith("iq1") else type])
    for k in range(64 if type.startswith("iq3") else 32):
        q = points[next(random) % len(points)]
        if type == "iq2_xxs":
            b[2 + 8 * (k // 4) + k % 4] = q
        elif type == "iq2_xs":
            b[2 + 2 * k], b[3 + 2 * k] = q & 255, b[3 + 2 * k] & 254 | q >> 8
        elif type == "iq1_m":
            b[k] = q & 255
            place(b, 32 + k // 2, 4 * (k % 2), 3, q >> 8)
        elif type == "iq1_s":
            b[2 + k] = q & 255
            shift = 3 * (k % 4)
            word = b[34 + 2 * (k // 4)] | b[35 + 2 * (k // 4)] << 8
            word = word & ~(7 << shift) | (q >> 8) << shift
            b[34 + 2 * (k // 4)], b[35 + 2 * (k // 4)] = word & 255, word >> 8
        else:
            b[2 + k] = q & 255
            if type == "iq2_s":
                place(b, 66 + k // 4, 2 * (k % 4), 2, q >> 8)
            elif type == "iq3_s":
                place(b, 66 + k // 8, k % 8, 1, q >> 8)


def place(b, index, shift, bits, value):
    b[index] = b[index] & ~((2**bits - 1) << shift) | value << shift


def solve_decode(format, blocks, rows, columns, type):
    size, per_row = TYPES[type][2], columns // TYPES[type][1]
    cut = [decode(type, blocks[k * size:(k + 1) * size]) for k in range(rows * per_row)]
    return {"values": [sum(cut[i * per_row:(i + 1) * per_row], []) for i in range(rows)]}


def decode_vectors(name, source=SOURCE):
    return VectorFile(f"quantize/{name}.json", "qc_quantize_ggml_decode", ["f32"], source, solve_decode,
                      outputs={"values": "f32"})


def decode_file(name, types):
    file = decode_vectors(name)
    for number, type in enumerate(types):
        _, length, _ = TYPES[type]
        rows, per_row = (1, 1) if length == 256 else (2, 1) if length > 1 else (2, 5)
        blocks = sum((block(type, 100 * number + k) for k in range(rows * per_row)), [])
        file.add(f"{type}, random bytes", type=type, rows=rows, columns=length * per_row, blocks=blocks)
        if length <= 32:
            file.expect(f"{type}, no rows", {"values": Matrix0(0, 2 * length)}, type=type, rows=0,
                        columns=2 * length, blocks=[])
    if types == INTEGER_TYPES:
        file.refuse("half a block", "QC_ERR_SIZE", "columns is 16", type="q4_0", rows=1, columns=16, blocks=[0] * 18)
        file.refuse("a type without blocks", "QC_ERR_OPTIONS", "type", type="f32", rows=1, columns=32, blocks=[0] * 128)
    return file


def hostile_file():
    """Scales that are NaN, infinite, subnormal or of every bit pattern that is special."""
    file = decode_vectors("ggml_decode_hostile")
    for type, offsets in HALVES.items():
        if TYPES[type][1] > 32:
            continue
        for name, bits in [("infinite", 0x7C00), ("NaN", 0x7E01), ("a signalling NaN", 0x7C01),
                           ("subnormal", 0x8003), ("minus infinity", 0xFC00)]:
            bytes_ = block(type, 5)
            for offset in offsets:
                bytes_[offset], bytes_[offset + 1] = bits & 255, bits >> 8
            file.add(f"{type}, a scale that is {name}", type=type, rows=1, columns=TYPES[type][1], blocks=bytes_)
    for exponent in [0, 1, 2, 254, 255]:
        file.add(f"mxfp4, exponent byte {exponent}", type="mxfp4", rows=1, columns=32,
                 blocks=[exponent, *[(17 * k) % 256 for k in range(16)]])
    for scales in [[0, 1, 7, 8], [0x7E, 0x7F, 0x80, 0x81], [0xFE, 0xFF, 0x77, 0x78]]:
        codes = [0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE] * 4
        file.add(f"nvfp4, scale bytes {scales}", type="nvfp4", rows=1, columns=64, blocks=[*scales, *codes])
    for bits in [0x7F80, 0x7F81, 0xFFC0, 0x0001, 0x8000]:
        file.add(f"bf16 {bits:#06x}", type="bf16", rows=1, columns=1, blocks=[bits & 255, bits >> 8])
    file.add("tq1_0, bytes that no encoder writes", type="tq1_0", rows=1, columns=256,
             blocks=[255 - k for k in range(52)] + [0, 0x3C])
    file.add("tq2_0, levels of 3", type="tq2_0", rows=1, columns=256, blocks=[255 - k for k in range(64)] + [0, 0x3C])
    return file
