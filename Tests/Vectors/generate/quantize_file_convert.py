"""Family `quantize`: files of models into other files.

The numbers are multiples of the scales that their types have for them, or nearly so by a known
difference: errors and sizes follow by counting.
"""

import struct

from files import VectorFile
from quantize_file import gguf, safetensors

SOURCE = "sizes and errors counted by hand from the definitions of the types (generate/quantize_file_convert.py)"
# Q8_0: each block's largest magnitude is 127, so that the scale is 1. F16 has steps of 2^-10 from 1 to 2.
WHOLE = [127 - 2 * (i % 32) for i in range(64)]
FINE = [1, 2, 3, -4, 1 + 2**-12]
# int4 in groups of 3 of a row, the last of which has 2: in each 7 is the largest magnitude, or 3.5.
SMALL = [7, -2, 1, -7, 5, 3.5, 0.5, -1, -7, 7]


def floats(values, kind="f"):
    return struct.pack(f"<{len(values)}{kind}", *values)


MODEL = safetensors([
    ("whole", [2, 32], "F32", floats(WHOLE)), ("half", [1, 32], "F16", floats(WHOLE[:32], "e")),
    ("fine", [1, 5], "F32", floats(FINE)), ("a_norm", [1, 32], "F32", floats(WHOLE[:32])),
    ("positions", [2], "I64", struct.pack("<2q", 1, 2)), ("flags", [2], "BOOL", b"\0\1"),
])
SMALLS = safetensors([("small", [2, 5], "F32", floats(SMALL)), ("cube", [2, 1, 5], "BF16", bytes(20))])
BLOCKS = gguf([("q", [1, 32], 8, struct.pack("<e", 0.5) + bytes(32))])


def squares(values):
    return sum(x * x for x in values)


def files():
    return [defaults(), conversions()]


def defaults():
    file = VectorFile("quantize/file_convert_options_init.json", "qc_quantize_file_convert_options_init", [""],
                      "the comments of include/quantcal/quantize/file_convert.h")
    file.expect("the defaults", {"mode": "best", "group_size": 128})
    return file


def conversions():
    file = VectorFile("quantize/file_convert.json", "qc_quantize_file_convert", [""], SOURCE)

    def put(name, data, to, index, type, action, size, error=0, square=0, **options):
        file.expect(name, {"type": type, "action": action, "bytes": size, "error": error, "square": square},
                    bytes=list(data), index=index, type=to, **options)

    for mode in ["best", "reference"]:
        options = {"format": "gguf", "mode": mode}
        put(f"Q8_0 from F32, {mode}", MODEL, "q8_0", 0, "Q8_0", "quantized", 68, 0, squares(WHOLE), **options)
    options = {"format": "gguf"}
    put("Q8_0 from F16", MODEL, "Q8_0", 1, "Q8_0", "quantized", 34, 0, squares(WHOLE[:32]), **options)
    put("rows that are not whole blocks", MODEL, "q8_0", 2, "F16", "quantized", 10, 2**-24, squares(FINE), **options)
    put("a norm", MODEL, "q8_0", 3, "F32", "kept", 128, **options)
    put("integers", MODEL, "q8_0", 4, "I64", "kept", 16, **options)
    put("a type that GGUF has not", MODEL, "q8_0", 5, "F32", "decoded", 8, **options)
    put("a plan", MODEL, "q8_0", 0, "Q8_0", "quantized", 68, plan_only=1, **options)
    put("blocks of K in a plan", MODEL, "q4_k", 0, "Q5_0", "quantized", 44, plan_only=1, **options)
    put("blocks as they are", BLOCKS, "q4_0", 0, "Q8_0", "kept", 34, **options)
    options = {"format": "safetensors"}
    # 3 bytes of codes in a row, 2 scales of 4 bytes.
    put("int4", SMALLS, "int4", 0, "int4", "quantized", 22, 0, squares(SMALL), group_size=3, **options)
    put("three dimensions of zeros", SMALLS, "int4", 1, "int4", "quantized", 14, **options)
    # A zero point for each group, of a byte.
    put("uint4 in a plan", SMALLS, "uint4", 0, "uint4", "quantized", 26, group_size=3, plan_only=1, **options)
    put("a type of its own", MODEL, "int8", 5, "BOOL", "kept", 2, **options)
    put("blocks become codes", BLOCKS, "int8", 0, "int8", "quantized", 36, **options)

    def refuse(name, status, message, data, to, **options):
        file.refuse(name, status, message, bytes=list(data), index=0, type=to, **options)

    refuse("no such type", "QC_ERR_OPTIONS", "q9_9", MODEL, "q9_9", format="gguf")
    refuse("a type of the other format", "QC_ERR_OPTIONS", "int4", MODEL, "int4", format="gguf")
    refuse("a type that can only be decoded", "QC_ERR_OPTIONS", "iq2_xs", MODEL, "iq2_xs", format="gguf")
    refuse("a grid of one sign", "QC_ERR_OPTIONS", "e8m0", MODEL, "e8m0", format="safetensors")
    refuse("groups of nothing", "QC_ERR_OPTIONS", "group_size", SMALLS, "int4", format="safetensors", group_size=0)
    nan = safetensors([("bad", [1, 32], "F32", floats(WHOLE[:31] + [float("nan")]))])
    refuse("NaN", "QC_ERR_NOT_FINITE", "bad", nan, "q8_0", format="gguf")
    wide = safetensors([("wide", [1, 1], "U64", bytes(8))])
    refuse("a type that GGUF cannot hold", "QC_ERR_DOMAIN", "U64", wide, "q8_0", format="gguf")
    return file
