"""Family `quantize`: files of models in the layouts of other runtimes, put together code by code as
AutoGPTQ, GPTQModel, AutoAWQ and compressed-tensors define them.

The codes are made up; the numbers that they stand for are (code - zero point) * scale, exactly.
"""

import json
import struct
from fractions import Fraction

from files import VectorFile
from quantize_file import safetensors

SOURCE = "the layouts' definitions, number by number (generate/quantize_file_runtimes.py)"
E2M1 = [0, Fraction(1, 2), 1, Fraction(3, 2), 2, 3, 4, 6]


def codes(rows, columns, bits, seed=1):
    return [[(7 * row + 3 * column * column + seed * (row + 2) * column) % 2**bits for column in range(columns)]
            for row in range(rows)]


def scale(row, group):
    """A number that half precision holds."""
    return Fraction(row % 5 + 1, 16) * 2 ** (group % 3)


def scales(rows, groups):
    return [[scale(row, group) for group in range(groups)] for row in range(rows)]


def zeros(rows, groups, lowest, highest):
    return [[lowest + (3 * row + 5 * group) % (highest - lowest + 1) for group in range(groups)] for row in range(rows)]


def stream(values, bits, word=32):
    """One after the other from the lowest bit on, in words that are filled up with zeros."""
    number = 0
    for index, value in enumerate(values):
        number |= value << (bits * index)
    count = -(-len(values) * bits // word)
    return [number >> (word * index) & (2**word - 1) for index in range(count)]


def whole(values, bits):
    """As many as a word holds whole, from the lowest bit on."""
    size = 32 // bits
    return [sum(value << (bits * place) for place, value in enumerate(values[first : first + size]))
            for first in range(0, len(values), size)]


def turned(matrix):
    return [list(line) for line in zip(*matrix)]


def flat(matrix):
    return [element for line in matrix for element in line]


def tensor(name, matrix, type, shape=None):
    """A tensor of a matrix of numbers in a type."""
    kinds = {"I32": "I", "I64": "q", "F16": "e", "F32": "f", "U8": "B", "I8": "b", "F8_E4M3": "B", "F8_E5M2": "B",
             "F8_E8M0": "B"}
    values = flat(matrix)
    data = b"".join(struct.pack("<H", struct.unpack("<I", struct.pack("<f", x))[0] >> 16) for x in values) \
        if type == "BF16" else struct.pack(f"<{len(values)}{kinds[type]}", *map(float if type[:2] in ["F1", "F3"] else int, values))
    return (name, shape or [len(matrix), len(matrix[0])], type, data)


def numbers(levels, zero, factor, group_of):
    return [[(level - zero[row][group]) * factor[row][group] for level, group in zip(line, group_of)]
            for row, line in enumerate(levels)]


def by_size(columns, size):
    return [column // size for column in range(columns)]


# -- GPTQ and AWQ --

def gptq(bits, version, sym=None, size=16, order=None, config=True, rows=32, columns=64, stored=None, groups=True):
    """A file, its numbers, and the type's name."""
    count = -(-columns // size)
    group_of = order or by_size(columns, size)
    middle, offset = 2 ** (bits - 1), version == "gptq"
    zero = [[middle] * count for _ in range(rows)] if sym else zeros(rows, count, int(offset), 2**bits - 1)
    written = [[(stored if stored is not None else value - offset) for value in line] for line in zero]
    q, s = codes(rows, columns, bits), scales(rows, count)
    parts = [tensor("m.qweight", turned([stream(line, bits) for line in q]), "I32"),
             tensor("m.qzeros", [stream(line, bits) for line in turned(written)], "I32"),
             tensor("m.scales", turned(s), "F16")]
    if groups:
        parts.append(tensor("m.g_idx", [group_of], "I32", [columns]))
    notes = {"quant_method": "gptq", "bits": bits, "group_size": size, "sym": bool(sym), "desc_act": bool(order),
             "checkpoint_format": version}
    metadata = {"format": "pt"} | ({"quantization_config": json.dumps(notes)} if config else {})
    return safetensors(parts, metadata), numbers(q, zero, s, group_of), ("int" if sym else "uint") + str(bits)


ORDER = [(5 * column + 2) % 4 for column in range(64)]
INTERLEAVED = [0, 2, 4, 6, 1, 3, 5, 7]


def interleaved(line):
    """Of each eight the words of AWQ."""
    return flat(stream([line[base + index] for index in INTERLEAVED], 4) for base in range(0, len(line), 8))


def awq(rows=40, columns=6, size=3):
    count = columns // size
    q, s, zero = codes(rows, columns, 4), scales(rows, count), zeros(rows, count, 0, 15)
    parts = [tensor("a.b.qweight", [interleaved(line) for line in turned(q)], "I32"),
             tensor("a.b.qzeros", [interleaved(line) for line in turned(zero)], "I32"),
             tensor("a.b.scales", turned(s), "F16")]
    return safetensors(parts), numbers(q, zero, s, by_size(columns, size)), "uint4"


# -- compressed-tensors --

def packed(bits, rows, columns, groups, affine=False, order=None, kind="F16", config=None, stored_order=None,
           stream=stream):
    q, s = codes(rows, columns, bits), scales(rows, groups)
    zero = zeros(rows, groups, 0, 2**bits - 1) if affine else [[2 ** (bits - 1)] * groups for _ in range(rows)]
    parts = [tensor("m.weight_packed", [stream(line, bits) for line in q], "I32"), tensor("m.weight_scale", s, kind),
             tensor("m.weight_shape", [[rows, columns]], "I64", [2])]
    if affine:
        parts.append(tensor("m.weight_zero_point", turned([stream(line, bits) for line in turned(zero)]), "I32"))
    group_of = by_size(columns, columns // groups)
    if order:
        parts.append(tensor("m.weight_g_idx", [[group % 2**32 for group in stored_order or order]], "I32", [columns]))
        group_of = order if order[0] >= 0 else group_of
    notes = {"config_groups": {"group_0": {"weights": {"num_bits": config, "block_structure": None}, "targets": []},
                               "group_1": {"weights": None}}}
    metadata = {"quantization_config": json.dumps(notes)} if config else {"format": "pt"}
    return safetensors(parts, metadata), numbers(q, zero, s, group_of), ("uint" if affine else "int") + str(bits)


def e4m3(code):
    sign, exponent, mantissa = code >> 7, code >> 3 & 15, code & 7
    size = Fraction(8 + mantissa, 2**10) * 2**exponent if exponent else Fraction(mantissa, 2**9)
    return -size if sign else size


def e5m2(code):
    sign, exponent, mantissa = code >> 7, code >> 2 & 31, code & 3
    size = Fraction(4 + mantissa, 2**17) * 2**exponent if exponent else Fraction(mantissa, 2**16)
    return -size if sign else size


def e2m1(code):
    return -E2M1[code & 7] if code > 7 else E2M1[code]


def model_opt(rows=3, columns=32):
    """nvfp4, whose shared scale is a factor."""
    q = codes(rows, columns, 4)
    stored = [[(13 * row + 9 * group) % 100 + 20 for group in range(columns // 16)] for row in range(rows)]
    parts = [tensor("m.weight", [stream(line, 4, 8) for line in q], "U8"), tensor("m.weight_scale", stored, "F8_E4M3"),
             tensor("m.weight_scale_2", [[0.125]], "F32", []), tensor("m.input_scale", [[0.5]], "F32", [])]
    factor = [[e4m3(code) / 8 for code in line] for line in stored]
    levels = [[e2m1(code) for code in line] for line in q]
    none = [[0] * (columns // 16)] * rows
    return safetensors(parts), numbers(levels, none, factor, by_size(columns, 16)), "nvfp4"


def small_floats(name, rows=3, columns=64):
    """nvfp4 or mxfp4."""
    q = codes(rows, columns, 4)
    size = 16 if name == "nvfp4" else 32
    stored = [[(13 * row + 9 * group) % 100 + 20 for group in range(columns // size)] for row in range(rows)]
    parts = [tensor("m.weight_packed", [stream(line, 4, 8) for line in q], "U8")]
    if name == "nvfp4":
        parts += [tensor("m.weight_scale", stored, "F8_E4M3"), tensor("m.weight_global_scale", [[8]], "F32", [1])]
        factor = [[e4m3(code) / 8 for code in line] for line in stored]
    else:
        stored = [[code + 60 for code in line] for line in stored]
        parts.append(tensor("m.weight_scale", stored, "U8" if name == "mxfp4" else "F8_E8M0"))
        factor = [[Fraction(2) ** (code - 127) for code in line] for line in stored]
    none = [[0] * (columns // size)] * rows
    levels = [[e2m1(code) for code in line] for line in q]
    return safetensors(parts), numbers(levels, none, factor, by_size(columns, size)), name[:5]


def whole_bytes(kind, scale_shape, rows=6, columns=32, zero=False, power=False, block=None):
    """float-quantized, int-quantized or mxfp8; scales of a row, of all, of groups, or of blocks."""
    decode = {"F8_E4M3": e4m3, "F8_E5M2": e5m2, "I8": lambda code: code}[kind]
    q = [[code % 120 - (60 if kind == "I8" else 0) for code in line] for line in codes(rows, columns, 8)]
    down, across = {0: (1, 1), 1: (scale_shape[0], 1) if scale_shape else (1, 1), 2: tuple(scale_shape)}[len(scale_shape)]
    tall, wide = block or (rows // down, columns // across)
    s = scales(down, across)
    stored = [[120 + (row + 2 * group) % 9 for group in range(across)] for row in range(down)]
    if power:
        s = [[Fraction(2) ** (code - 127) for code in line] for line in stored]
    z = [[(3 * row + group) % 5 - 2 if zero else 0 for group in range(across)] for row in range(down)]
    parts = [tensor("m.weight", q, kind), tensor("m.weight_scale", stored if power else s, power or "F32", list(scale_shape))]
    if zero:
        parts.append(tensor("m.weight_zero_point", z, "I8", list(scale_shape)))
    notes = {"weight_block_size": list(block)} if block else {}
    values = [[(decode(code) - z[row // tall][column // wide]) * s[row // tall][column // wide]
               for column, code in enumerate(line)] for row, line in enumerate(q)]
    name = "mxfp8" if power else {"F8_E4M3": "e4m3fn", "F8_E5M2": "e5m2", "I8": "uint8" if zero else "int8"}[kind]
    return safetensors(parts, {"quantization_config": json.dumps(notes)} if block else None), values, name


MATRICES = {
    "gptq, 4 bits": gptq(4, "gptq"), "gptq_v2, 4 bits": gptq(4, "gptq_v2"),
    "gptq, symmetric": gptq(4, "gptq", sym=True),
    "gptq, symmetric, without a configuration": gptq(4, "gptq", sym=True, config=False),
    "gptq_v2, symmetric, called gptq": gptq(4, "gptq", sym=True, stored=8),
    "gptq, columns in another order": gptq(4, "gptq", order=ORDER),
    "gptq, 3 bits": gptq(3, "gptq"), "gptq_v2, 2 bits": gptq(2, "gptq_v2"), "gptq, 8 bits": gptq(8, "gptq", columns=32),
    "gptq, no g_idx": gptq(4, "gptq_v2", groups=False), "gptq, a short group": gptq(4, "gptq", size=48, groups=False),
    "gptq, 64 outputs": gptq(4, "gptq", rows=64, columns=32),
    "awq": awq(), "pack-quantized, int4": packed(4, 5, 64, 4), "pack-quantized, a scale a row": packed(4, 33, 40, 1, config=4),
    "pack-quantized, uint4": packed(4, 40, 64, 2, affine=True), "pack-quantized, int8": packed(8, 3, 32, 2, kind="BF16"),
    "pack-quantized, uint8": packed(8, 7, 32, 1, affine=True), "pack-quantized, int3": packed(3, 4, 64, 2),
    "pack-quantized, uint2, rows that are no word": packed(2, 35, 32, 2, affine=True),
    "pack-quantized, columns in another order": packed(4, 4, 64, 4, order=ORDER),
    "pack-quantized, an order of nothing": packed(4, 4, 64, 4, order=[-1] * 64),
    "pack-quantized, few columns": packed(4, 2, 6, 1, config=4),
    "pack-quantized, int6": packed(6, 5, 64, 2, config=6), "pack-quantized, uint5": packed(5, 4, 64, 2, affine=True, config=5),
    "pack-quantized, whole codes of 3 bits": packed(3, 1, 1036, 2, config=3, stream=whole),
    "pack-quantized, whole codes of 5 bits": packed(5, 35, 64, 2, affine=True, config=5, stream=whole),
    "pack-quantized, whole codes of 6 bits": packed(6, 34, 66, 3, affine=True, config=6, stream=whole),
    "pack-quantized, whole codes of 7 bits": packed(7, 3, 64, 1, config=7, stream=whole),
    "nvfp4 of ModelOpt": model_opt(),
    "nvfp4": small_floats("nvfp4"), "mxfp4": small_floats("mxfp4"), "mxfp4, scales of E8M0": small_floats("mxfp4 E8M0"),
    "float-quantized, rows": whole_bytes("F8_E4M3", (6, 1)), "float-quantized, all": whole_bytes("F8_E4M3", (1,)),
    "float-quantized, a scalar": whole_bytes("F8_E4M3", ()), "float-quantized, e5m2": whole_bytes("F8_E5M2", (6,)),
    "float-quantized, blocks": whole_bytes("F8_E4M3", (2, 3), block=(4, 12)),
    "float-quantized, blocks that divide": whole_bytes("F8_E4M3", (3, 2)),
    "int-quantized, rows": whole_bytes("I8", (6, 1)), "int-quantized, groups": whole_bytes("I8", (6, 4)),
    "int-quantized, zero points": whole_bytes("I8", (6, 2), zero=True),
    "mxfp8": whole_bytes("F8_E4M3", (6, 2), columns=64, power="U8"),
    "mxfp8, scales of E8M0": whole_bytes("F8_E4M3", (6, 1), power="F8_E8M0"),
}


def files():
    transposed, compressed = decode_file("gptq"), decode_file("compressed")
    for title, (data, matrix, _) in MATRICES.items():
        rows = len(matrix)
        # Rows within a word, and those that go across bands of 32.
        first, count = (30, 5) if rows > 34 else (rows // 3, min(rows - rows // 3, 3))
        file = transposed if title.startswith(("gptq", "awq")) else compressed
        file.expect(title, {"values": matrix[first : first + count]}, bytes=list(data), index=0, first_row=first,
                    row_count=count)
    data, matrix, _ = MATRICES["gptq, 8 bits"]
    transposed.expect("all rows", {"values": matrix}, bytes=list(data), index=0, first_row=0, row_count=len(matrix))
    refuse_numbers(compressed)
    return [describe_file(), transposed, compressed, find_file()]


def describe_file():
    file = VectorFile("quantize/file_describe_runtimes.json", "qc_quantize_file_describe", [""], SOURCE)
    for title in ["gptq, 4 bits", "awq", "pack-quantized, uint4", "nvfp4", "float-quantized, rows", "mxfp8"]:
        data, matrix, type = MATRICES[title]
        head = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
        size = sum(entry["data_offsets"][1] - entry["data_offsets"][0] for name, entry in head.items()
                   if name != "__metadata__" and "shape" not in name)
        name = "a.b.weight" if title == "awq" else "m.weight"
        out = {"name": name, "type": type, "shape": [len(matrix), len(matrix[0])], "columns": len(matrix[0]), "bytes": size,
               "decodable": 1}
        file.expect(title, out, bytes=list(data), index=0)
        file.refuse(f"{title}: nothing else", "QC_ERR_SIZE", "1 tensors", bytes=list(data), index=1)
    for title, wide in (("two scales for all", True), ("exponents", False)):
        parts = [tensor("m.weight", [[1] * 8], "U8"), tensor("m.weight_scale", [[1]], "F8_E4M3" if wide else "U8"),
                 tensor("m.weight_scale_2", [[1, 2]] if wide else [[1]], "F32", [2] if wide else [])]
        file.expect(f"no nvfp4 of ModelOpt, {title}",
                    {"name": "m.weight", "type": "U8", "shape": [1, 8], "columns": 8, "bytes": 8, "decodable": 1},
                    bytes=list(safetensors(parts)), index=0)
    return file


def decode_file(what):
    return VectorFile(f"quantize/file_decode_{what}.json", "qc_quantize_file_decode", ["f32"], SOURCE,
                      outputs={"values": "T"})


def refuse_numbers(file):
    def refuse(name, message, data, row=0):
        file.refuse(name, "QC_ERR_FORMAT", message, bytes=list(data), index=0, first_row=row, row_count=1)

    refuse("a group that is not there", "column 3 is of group 4",
           packed(4, 4, 64, 4, order=ORDER, stored_order=ORDER[:3] + [4] + ORDER[4:])[0])
    nan = safetensors([tensor("m.weight", [[1, 2], [3, 4]], "I8"), tensor("m.weight_scale", [[1], [float("nan")]], "F32")])
    refuse("a scale that is not finite", "nan", nan, 1)
    power = safetensors([tensor("m.weight", [[1] * 32], "F8_E4M3"), tensor("m.weight_scale", [[255]], "U8")])
    refuse("an exponent that is no number", "nan", power)
    shared = safetensors([tensor("m.weight_packed", [[1] * 8], "U8"), tensor("m.weight_scale", [[1]], "F8_E4M3"),
                          tensor("m.weight_global_scale", [[0]], "F32", [1])])
    refuse("nothing to divide scales by", "inf", shared)


def find_file():
    """What does not fit stays as it is, and its matrix cannot be found."""
    file = VectorFile("quantize/file_find_runtimes.json", "qc_quantize_file_find", [""], SOURCE)
    data = MATRICES["gptq, 4 bits"][0]
    file.expect("a matrix", {"index": 0}, bytes=list(data), tensor="m.weight")
    file.refuse("a part of a matrix", "QC_ERR_DOMAIN", "no tensor has that name", bytes=list(data), tensor="m.qweight")

    def fault(name, message, parts, metadata=None, part=None):
        data = list(safetensors(parts, metadata))
        file.refuse(name, "QC_ERR_FORMAT", message, bytes=data, tensor="m.weight")
        file.expect(f"{name}: the part", {"index": 0}, bytes=data, tensor=part or parts[0][0])

    words = tensor("m.qweight", [[1] * 32] * 4, "I32")
    factors = tensor("m.scales", [[1] * 32] * 2, "F16")
    none = tensor("m.qzeros", [[0] * 4] * 2, "I32")
    config = {"quantization_config": json.dumps({"bits": 4, "group_size": 16, "sym": False})}
    fault("zero points of an unknown version", "gptq or gptq_v2", [words, none, factors])
    fault("a configuration that is no object", "gptq or gptq_v2 (the metadata's quantization_config: invalid JSON",
          [words, none, factors], {"quantization_config": "[]"})
    fault("other bits than the configuration's", "has 4 bits", [words, none, factors],
          {"quantization_config": '{"bits": 3}'})
    fault("groups that the configuration does not have", "need a group_size", [words, none, factors],
          {"quantization_config": '{"bits": 4, "group_size": 128}'})
    fault("too few zero points", "qzeros has the shape", [words, tensor("m.qzeros", [[0] * 4], "I32"), factors], config)
    fault("words of no layout", "neither GPTQ's nor AWQ's", [tensor("m.qweight", [[1] * 16] * 4, "I32"), none, factors], config)
    fault("an order of too few columns", "g_idx has the shape", [words, none, factors, tensor("m.g_idx", [[0] * 31], "I32", [31])],
          config)
    fault("scales of integers", "scales is of type I32", [words, none, tensor("m.scales", [[1] * 32] * 2, "I32")], config)
    fault("nothing in it", "no elements", [("m.qweight", [4, 0], "I32", b""), ("m.qzeros", [2, 0], "I32", b""),
                                           ("m.scales", [2, 0], "F16", b"")])
    narrow = tensor("m.qweight", [[1] * 24] * 4, "I32")
    fault("outputs that are no words", "multiples of 32",
          [narrow, tensor("m.qzeros", [[0] * 3] * 2, "I32"), tensor("m.scales", [[1] * 24] * 2, "F16")], config)
    one = tensor("m.weight_packed", [[1], [2]], "I32")
    small = tensor("m.weight_scale", [[1], [1]], "F16")

    def shape(*extents):
        return tensor("m.weight_shape", [extents], "I64", [len(extents)])

    fault("bits that nothing says", "4, 5 bits; the configuration must say", [one, small, shape(2, 6)])
    fault("bits that do not fit", "do not hold", [one, small, shape(2, 6)],
          {"quantization_config": '{"config_groups": {"a": {"weights": {"num_bits": 8}}}}'})
    fault("a shape of other rows", "weight_shape is 3 x 6", [one, small, shape(3, 6)])
    fault("a shape below zero", "weight_shape is 2 x -6", [one, small, shape(2, -6)])
    fault("a shape without an end", "weight_shape is 2 x 4611686018427387904", [one, small, shape(2, 2**62)])
    fault("a shape of three", "weight_shape has the shape", [one, small, shape(2, 2, 2)])
    fault("scales that do not divide rows", "do not divide", [one, tensor("m.weight_scale", [[1] * 3] * 2, "F16"), shape(2, 8)],
          {"quantization_config": '{"config_groups": {"a": {"weights": {"num_bits": 4}}}}'})
    wide = tensor("m.weight_packed", [[1, 2]], "I32")
    fault("codes that may go across words", "cannot be told", [wide, tensor("m.weight_scale", [[1]], "F16"), shape(1, 20)],
          {"quantization_config": '{"config_groups": {"a": {"weights": {"num_bits": 3}}}}'})
    bytes16 = tensor("m.weight_packed", [[1] * 8], "U8")
    fault("whole codes of bits that nothing says", "do not hold",
          [tensor("m.weight_packed", [[1] * 7], "I32"), tensor("m.weight_scale", [[1]], "F16"), shape(1, 64)])
    fault("nvfp4 without its scale", "no weight_global_scale", [bytes16, tensor("m.weight_scale", [[1]], "F8_E4M3")])
    fault("mxfp4 of half a group", "whole groups of 32", [bytes16, tensor("m.weight_scale", [[1]], "U8")])
    return file
