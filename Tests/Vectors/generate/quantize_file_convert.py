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


LAYOUTS = ["compressed-tensors", "gptq", "gptq_v2", "awq", "int-quantized"]


def floats(values, kind="f"):
    return struct.pack(f"<{len(values)}{kind}", *values)


MODEL = safetensors([
    ("whole", [2, 32], "F32", floats(WHOLE)), ("half", [1, 32], "F16", floats(WHOLE[:32], "e")),
    ("fine", [1, 5], "F32", floats(FINE)), ("a_norm", [1, 32], "F32", floats(WHOLE[:32])),
    ("positions", [2], "I64", struct.pack("<2q", 1, 2)), ("flags", [2], "BOOL", b"\0\1"),
])
SMALLS = safetensors([("small", [2, 5], "F32", floats(SMALL)), ("cube", [2, 1, 5], "BF16", bytes(20))])
# With -8 as the largest the scale of Q4_0 is 1: of halves that are rounded, four are wrong by 1/2 and twelve by 1/2.
STEP = [-8] + 15 * [3] + [x + 0.5 for x in range(16)][:4] + 12 * [-1.5]
STEPS = gguf([("q", [1, 32], 8, struct.pack("<e", 0.5) + struct.pack("32b", *[int(2 * x) for x in STEP]))])
BLOCKS = gguf([("q", [1, 32], 8, struct.pack("<e", 0.5) + bytes(32))])


def matrix(row, rows, kind="f", name="m.weight"):
    type = {"f": "F32", "e": "F16"}[kind]
    return safetensors([(name, [rows, len(row)], type, floats(row * rows, kind))])


# Rows of 32 whose largest magnitudes make all scales 1.
NIBBLES = [7 - i % 15 for i in range(32)]
AFFINE = [i % 16 - 3 for i in range(32)]
POSITIVE = [i % 15 for i in range(32)]
EIGHTHS = [3 - i % 7 for i in range(32)]
SMALL_FLOATS = [6, 4, 3, 2, 1.5, 1, 0.5, 0, -6, -4, -3, -2, -1.5, -1, -0.5, 0] * 2
BYTES = [448, -416, 15, 1.125, 2**-6, 2**-9, 0, -1] * 4
# Between 3.5 and 4 powers of two a scale of 2, with which 7 becomes 8.
SEVENS = [7, 1] + 30 * [0]
# 496, with 15.5 eighths of 256, has a scale of 2 and becomes 2 x 248, which is 2 x 256; 480 is cut to 448.
NINES = [496, 64] + 30 * [0]
CUT = [480, 32] + 30 * [0]
# The second of two groups of 16 has 3 as its largest magnitude, with a scale of 1/2, and 224 for it.
UNEQUAL = [6, 4, -0.5] + 13 * [0] + [3, 2, 0.25, -0.75] + 12 * [0]
OTHERS = safetensors([
    ("m.odd.weight", [2, 48], "F16", bytes(192)), ("m.cube.weight", [2, 2, 32], "F16", bytes(256)),
    ("m.table", [2, 32], "F16", bytes(128)), ("embedding.weight", [2, 32], "F16", bytes(128)),
    ("weight", [2, 32], "I8", bytes(64)), ("m.scalar.weight", [], "F16", bytes(2)),
])


def squares(values):
    return sum(x * x for x in values)


def files():
    return [defaults(), conversions(), layouts()]


def defaults():
    file = VectorFile("quantize/file_convert_options_init.json", "qc_quantize_file_convert_options_init", [""],
                      "the comments of include/quantcal/quantize/file_convert.h")
    file.expect("the defaults", {"mode": "best", "group_size": 128})
    return file


def case_file(name):
    """A file, and what puts cases and refusals into it."""
    file = VectorFile(f"quantize/{name}.json", "qc_quantize_file_convert", [""], SOURCE)

    def put(name, data, to, index, type, action, size, error=0, square=0, reason="", **options):
        file.expect(name, {"type": type, "action": action, "bytes": size, "error": error, "square": square,
                           "reason": reason}, bytes=list(data), index=index, type=to, **options)

    def refuse(name, status, message, data, to, **options):
        file.refuse(name, status, message, bytes=list(data), index=0, type=to, **options)

    return file, put, refuse


def conversions():
    file, put, refuse = case_file("file_convert")

    for mode in ["best", "reference"]:
        options = {"format": "gguf", "mode": mode}
        put(f"Q8_0 from F32, {mode}", MODEL, "q8_0", 0, "Q8_0", "quantized", 68, 0, squares(WHOLE), **options)
    options = {"format": "gguf"}
    put("Q8_0 from F16", MODEL, "Q8_0", 1, "Q8_0", "quantized", 34, 0, squares(WHOLE[:32]), **options)
    put("rows that are not whole blocks", MODEL, "q8_0", 2, "F16", "quantized", 10, 2**-24, squares(FINE),
        "Q8_0 has blocks of 32, rows have 5", **options)
    put("a norm", MODEL, "q8_0", 3, "F32", "kept", 128, **options)
    put("integers", MODEL, "q8_0", 4, "I64", "kept", 16, **options)
    put("a type that GGUF has not", MODEL, "q8_0", 5, "F32", "decoded", 8,
        reason="gguf has no BOOL", **options)
    put("a plan", MODEL, "q8_0", 0, "Q8_0", "quantized", 68, plan_only=1, **options)
    put("blocks of K in a plan", MODEL, "q4_k", 0, "Q5_0", "quantized", 44,
        reason="Q4_K has blocks of 256, rows have 32", plan_only=1, **options)
    put("blocks as they are", BLOCKS, "q4_0", 0, "Q8_0", "kept", 34, reason="already Q8_0", **options)
    put("blocks that are wanted", BLOCKS, "q8_0", 0, "Q8_0", "kept", 34, **options)
    put("blocks that are wanted anyway", BLOCKS, "q8_0", 0, "Q8_0", "kept", 34, requantize=1, **options)
    put("blocks anew", BLOCKS, "q4_0", 0, "Q4_0", "quantized", 18, requantize=1, **options)
    put("blocks anew, with an error", STEPS, "q4_0", 0, "Q4_0", "quantized", 18, 4.0, squares(STEP), requantize=1,
        mode="reference", **options)
    put("blocks into halves", STEPS, "f16", 0, "F16", "quantized", 64, 0, squares(STEP), requantize=1, **options)
    put("blocks where the type does not fit", STEPS, "q5_k", 0, "Q5_1", "quantized", 24, requantize=1, plan_only=1,
        reason="Q5_K has blocks of 256, rows have 32", **options)
    put("blocks of the type that is fallen back on", STEPS, "q6_k", 0, "Q8_0", "kept", 34, requantize=1,
        reason="Q6_K has blocks of 256, rows have 32", **options)
    options = {"format": "safetensors"}
    # 3 bytes of codes in a row, 2 scales of 4 bytes.
    put("int4", SMALLS, "int4", 0, "int4", "quantized", 22, 0, squares(SMALL), group_size=3, **options)
    put("three dimensions of zeros", SMALLS, "int4", 1, "int4", "quantized", 14, **options)
    # A zero point for each group, of a byte.
    put("uint4 in a plan", SMALLS, "uint4", 0, "uint4", "quantized", 26, group_size=3, plan_only=1, **options)
    put("a type of its own", MODEL, "int8", 5, "BOOL", "kept", 2, **options)
    put("blocks become codes", BLOCKS, "int8", 0, "int8", "quantized", 36, **options)


    unknown = safetensors([("m.weight", [1, 32], "F8_E5M2", bytes(32)), ("m.weight_scale", [1, 1], "U8", b"\1")])
    refuse("a matrix that cannot be read", "QC_ERR_FORMAT", "F8_E5M2 of shape [1, 32] is no mxfp8", unknown, "q8_0",
           format="gguf")
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


def layouts():
    file, put, refuse = case_file("file_convert_layouts")
    put_layouts(put, {"format": "safetensors"})
    refuse_layouts(refuse, {"format": "safetensors"})
    return file


def put_layouts(put, options):
    """Matrices of r rows and 32 columns for other runtimes: the bytes are those of the tensors in the header."""
    def compressed(name, row, to, size, rows=4, error=0, kind="f", **more):
        put(f"compressed-tensors, {name}", matrix(row, rows, kind), to, 0, to, "quantized", size, rows * error,
            rows * squares(row), layout="compressed-tensors", **options, **more)

    # Codes, scales, the shape's two 64-bit numbers.
    compressed("int4 per group", NIBBLES, "int4", 64 + 16 + 16, group_size=32)
    compressed("int4 per group of F16", NIBBLES, "int4", 64 + 16 + 16, kind="e", group_size=16)
    compressed("int4 per row", NIBBLES, "int4", 64 + 16 + 16, granularity="row")
    compressed("int4 per tensor", NIBBLES, "int4", 64 + 4 + 16, granularity="tensor")
    compressed("int8", [127] + 31 * [-5], "int8", 128 + 16 + 16, group_size=32)
    # Zero points of a column of eight rows in a word.
    compressed("uint4", AFFINE, "uint4", 64 + 16 + 16 + 4, group_size=32)
    compressed("e4m3fn per row", BYTES, "e4m3fn", 128 + 16, granularity="row")
    compressed("e4m3fn per tensor", BYTES, "e4m3fn", 128 + 4, granularity="tensor")
    compressed("mxfp4", SMALL_FLOATS, "mxfp4", 64 + 4)
    compressed("mxfp4 beyond 3/4 of a power of two", SEVENS, "mxfp4", 64 + 4, error=1)
    compressed("mxfp4 of zeros", 32 * [0], "mxfp4", 64 + 4)
    compressed("mxfp8", BYTES, "mxfp8", 128 + 4)
    compressed("mxfp8 beyond 15/16 of a power of two", NINES, "mxfp8", 128 + 4, error=16.0**2)
    compressed("mxfp8 below it", CUT, "mxfp8", 128 + 4, error=32.0**2)
    compressed("mxfp8 of zeros", 32 * [0], "mxfp8", 128 + 4)
    compressed("nvfp4", SMALL_FLOATS, "nvfp4", 64 + 8 + 4)
    compressed("nvfp4 of groups that differ", UNEQUAL, "nvfp4", 64 + 8 + 4)
    compressed("nvfp4 of zeros", 32 * [0], "nvfp4", 64 + 8 + 4)

    def whole(name, row, size, rows=4, **more):
        put(f"int-quantized, {name}", matrix(row, rows), "int8", 0, "int8", "quantized", size, 0, rows * squares(row),
            layout="int-quantized", **options, **more)

    whole("per group", [127] + 15 * [-5] + [-63.5] + 15 * [3.5], 128 + 32, group_size=16)
    whole("per row", [127] + 31 * [-5], 128 + 16, granularity="row")
    whole("per tensor", [127] + 31 * [-5], 128 + 4, granularity="tensor")
    whole("one row", [-127] + 31 * [0], 32 + 4, rows=1, granularity="row")

    def gptq(name, row, to, size, layout="gptq", **more):
        put(f"{layout}, {name}", matrix(row, 32, "e"), to, 0, to, "quantized", size, 0, 32 * squares(row),
            layout=layout, group_size=32, **options, **more)

    # Codes, zero points of 32 rows, scales in F16, the group of each column.
    gptq("int4", NIBBLES, "int4", 512 + 16 + 64 + 128)
    gptq("int3", EIGHTHS, "int3", 384 + 12 + 64 + 128, granularity="row")
    gptq("uint4 where no zero point may be 0", POSITIVE, "uint4", 512 + 16 + 64 + 128)
    gptq("uint4", AFFINE, "uint4", 512 + 16 + 64 + 128, "gptq_v2")
    gptq("uint8", [i % 2 * 255 - 3 for i in range(32)], "uint8", 1024 + 32 + 64 + 128, "gptq_v2")
    put("awq", matrix(NIBBLES, 8, "e"), "int4", 0, "int4", "quantized", 128 + 4 + 16, 0, 8 * squares(NIBBLES),
        layout="awq", group_size=32, **options)

    def keep(name, index, size, type="F16", reason="", layout="awq"):
        put(name, OTHERS, "int4", index, type, "kept", size, reason=reason, layout=layout, group_size=32, **options)

    # By the order of a safetensors file's bytes.
    keep("groups that do not divide rows", 0, 192, layout="compressed-tensors",
         reason="columns is 48; compressed-tensors needs a multiple of 32 here")
    keep("rows that are not multiples", 0, 192, layout="gptq_v2",
         reason="rows is 2; GPTQ needs a multiple of 32 here")
    keep("no matrix", 1, 256, reason="awq has matrices only")
    keep("a name that no runtime seeks", 2, 128, reason="awq has tensors whose names end in .weight only")
    keep("an embedding", 3, 128)
    keep("integers of a runtime", 4, 64, "I8", "I8 is no type of weights")
    keep("a scalar of a runtime", 5, 2)
    put("blocks of small floats that do not divide rows", OTHERS, "mxfp4", 0, "F16", "kept", 192,
        reason="mxfp4 has groups of 32, rows have 48", layout="compressed-tensors", **options)


def refuse_layouts(refuse, options):
    for layout in LAYOUTS:
        refuse(f"nf4 in {layout}", "QC_ERR_OPTIONS", layout, SMALLS, "nf4", layout=layout, **options)
        refuse(f"{layout} in GGUF", "QC_ERR_OPTIONS", layout, SMALLS, "q8_0", layout=layout, format="gguf")
    refuse("zero points in bytes", "QC_ERR_OPTIONS", "it must be one of int8", SMALLS, "uint8", layout="int-quantized", **options)
    refuse("floats of one byte per group", "QC_ERR_OPTIONS", "per group", SMALLS, "e4m3fn",
           layout="compressed-tensors", **options)
    refuse("zero points per tensor", "QC_ERR_OPTIONS", "per tensor", SMALLS, "uint4", layout="compressed-tensors",
           granularity="tensor", **options)
    refuse("AWQ per tensor", "QC_ERR_OPTIONS", "per tensor", SMALLS, "int4", layout="awq", granularity="tensor",
           **options)
    refuse("this library's layout per row", "QC_ERR_OPTIONS", "per row", SMALLS, "int4", granularity="row", **options)
    large = safetensors([("m.weight", [8, 1], "F32", floats([1e6] * 8))])
    refuse("a scale beyond F16", "QC_ERR_DOMAIN", "too large for F16", large, "int4", layout="awq", group_size=1,
           **options)
    nan = matrix([float("nan")] + 31 * [1], 2)
    for type in ["int4", "nvfp4"]:
        refuse(f"NaN in {type}", "QC_ERR_NOT_FINITE", "m.weight", nan, type, layout="compressed-tensors",
               group_size=32, **options)
