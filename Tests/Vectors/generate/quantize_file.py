"""Family `quantize`: files of models, put together byte by byte as their formats say."""

import json
import struct

from files import VectorFile
from ggml_blocks import decode

SOURCE = "files put together after the definitions of the formats (generate/quantize_file.py)"


def text(string):
    return struct.pack("<Q", len(string.encode())) + string.encode()


def gguf(tensors, pairs=b"", pair_count=0):
    """`tensors` are (name, shape, type, bytes), the last index of the shape running fastest."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), pair_count) + pairs
    offset, data = 0, b""
    for name, shape, type, content in tensors:
        head += text(name) + struct.pack("<I", len(shape))
        head += b"".join(struct.pack("<Q", size) for size in reversed(shape))
        head += struct.pack("<IQ", type, len(data))
        data += content + bytes(-len(content) % 32)
    return head + bytes(-len(head) % 32) + data


def safetensors(tensors, metadata=None):
    entries, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, shape, type, content in tensors:
        entries[name] = {"dtype": type, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    head = json.dumps(entries).encode()
    return struct.pack("<Q", len(head)) + head + data


def npy(descr, fortran_order, shape, content):
    head = f"{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape!r}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + content


BLOCK = struct.pack("<e", 0.5) + bytes(range(0x10, 0x20))  # Q4_0
GGUF = gguf([("a", [2, 32], 2, BLOCK + BLOCK[::-1]), ("b.weight", [3], 0, struct.pack("<3f", 1, -2, 0.5)),
             ("one", [], 30, b"\x40\x40"), ("wide", [2, 1, 2], 27, struct.pack("<4q", 1, -2, 2**24 + 1, 2**62))],
            text("general.architecture") + struct.pack("<I", 8) + text("test"), 1)
SAFETENSORS = safetensors([("x", [2, 2], "F16", struct.pack("<4e", 1, -2, 65504, 2**-24)),
                           ("é", [3], "BF16", b"\x80\x3f\x49\xc0\x80\xff"), ("flags", [3], "BOOL", b"\x00\x01\x02"),
                           ("small", [2], "F8_E4M3", b"\x38\x40"), ("double", [2], "F64", struct.pack("<2d", 0.1, 1e300)),
                           ("none", [0, 4], "I32", b"")])
ROWS = npy("<f4", False, (3, 2), struct.pack("<6f", *range(6)))
COLUMNS = npy(">i2", True, (3, 2), struct.pack(">6h", 0, 2, 4, 1, 3, 5))
# Two rows of five codes of 4 bits in groups of 3, the lowest bits first: of int4 in two's complement with
# scales 1, 2 and 4, 8; of uint4 with zero points. nf4's codes 0, 7 and 15 are -1, 0 and 1.
NIBBLES = b"\x21\xf3\x08\x70\x09\x01"
SCALES = struct.pack("<4f", 1, 2, 4, 8)
OWN = safetensors([("w.codes", [2, 3], "U8", NIBBLES), ("w.scales", [2, 2], "F32", SCALES),
                   ("u.codes", [2, 3], "U8", NIBBLES), ("u.scales", [2, 2], "F32", SCALES),
                   ("u.zeros", [2, 2], "U8", b"\0\1\2\x0f"), ("n.codes", [1, 2], "U8", b"\x70\x0f"),
                   ("n.scales", [1, 1], "F32", SCALES[8:12]), ("cube.codes", [1, 4], "U8", b"\1\2\3\xff"),
                   ("cube.scales", [1, 1], "F32", SCALES[:4])],
                  {"format": "pt", "quantcal:w": "int4 3 2,5", "quantcal:u": "uint4 3 2,5", "quantcal:n": "nf4 64 3",
                   "quantcal:cube": "int8 9 1,2,2"})
# Of each, something does not fit: a shape, a type, a scale too few, zero points that are not there, a
# tensor that has the name, text without a sense.
UNFIT = safetensors([("a.codes", [2, 3], "U8", NIBBLES), ("a.scales", [2, 2], "F32", SCALES), ("b", [1], "U8", b"\1"),
                     ("b.codes", [2, 3], "U8", NIBBLES), ("b.scales", [2, 2], "F32", SCALES)],
                    {"quantcal:a": "uint4 3 2,5", "quantcal:b": "int4 3 2,5", "quantcal:": "int4 3 2,5",
                     "quantcal:c": "int4 3 2,5"})
NOT_FINITE = safetensors([("w.codes", [1, 1], "U8", b"\1"), ("w.scales", [1, 1], "F32", struct.pack("<f", float("nan")))],
                         {"quantcal:w": "int8 1 1,1"})
Q4_0 = [float(x) for part in (BLOCK, BLOCK[::-1]) for x in decode("q4_0", part)]


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


# name, type, shape, bytes, decodable, numbers (or nothing)
FILES = {
    "GGUF": ("gguf", GGUF, [
        ("a", "Q4_0", [2, 32], 36, Q4_0), ("b.weight", "F32", [3], 12, [1, -2, 0.5]), ("one", "BF16", [], 2, [3]),
        ("wide", "I64", [2, 1, 2], 32, [1, -2, single(2**24 + 1), 2.0**62])]),
    "safetensors": ("safetensors", SAFETENSORS, [
        ("x", "F16", [2, 2], 8, [1, -2, 65504, 2**-24]), ("é", "BF16", [3], 6, [1, -3.140625, float("-inf")]),
        ("flags", "BOOL", [3], 3, [0, 1, 1]), ("small", "F8_E4M3", [2], 2, None),
        ("double", "F64", [2], 16, None), ("none", "I32", [0, 4], 0, [])]),
    "npy": ("npy", ROWS, [("array", "F32", [3, 2], 24, list(range(6)))]),
    "npy, column-major and big-endian": ("npy", COLUMNS, [("array", "I16", [3, 2], 12, list(range(6)))]),
    "codes": ("safetensors", OWN, [
        ("w", "int4", [2, 5], 22, [1, 2, 3, -2, -16, 0, 28, -28, 0, 8]),
        ("u", "uint4", [2, 5], 26, [1, 2, 3, 28, 14, -8, 20, 28, -120, -112]),
        ("n", "nf4", [3], 6, [-4, 0, 4]), ("cube", "int8", [1, 2, 2], 8, [1, 2, 3, -1])]),
    "codes that are told wrong": ("safetensors", UNFIT, [
        ("a.codes", "U8", [2, 3], 6, list(NIBBLES)), ("a.scales", "F32", [2, 2], 16, [1, 2, 4, 8]),
        ("b", "U8", [1], 1, [1]), ("b.codes", "U8", [2, 3], 6, list(NIBBLES)),
        ("b.scales", "F32", [2, 2], 16, [1, 2, 4, 8])]),
    "no tensors": ("safetensors", safetensors([]), []),
}


def files():
    return [contents("open"), contents("contents"), contents("destroy"), describe_file(), find_file(), decode_file(),
            write_npy()]


def contents(what):
    file = VectorFile(f"quantize/file_{what}.json", f"qc_quantize_file_{what}", [""], SOURCE)
    for name, (format, data, tensors) in FILES.items():
        file.expect(name, {"format": format, "tensor_count": len(tensors)}, bytes=list(data))
    if what == "open":
        hostile(file)
    return file


def hostile(file):
    def refuse(name, data, message):
        file.refuse(name, "QC_ERR_FORMAT", message, bytes=list(data))

    refuse("nothing", b"", "header")
    refuse("a GGUF file that ends early", GGUF[:100], "GGUF")
    refuse("a number of tensors beyond the file", b"GGUF" + struct.pack("<IQQ", 3, 2**62, 0), "number of tensors")
    refuse("a row that is not whole blocks", gguf([("a", [33], 2, BLOCK)]), "blocks")
    refuse("a GGUF name twice", gguf([("a", [1], 0, bytes(4)), ("a", [1], 0, bytes(4))]), "twice")
    refuse("a NUL in a GGUF name", gguf([("a\0b", [1], 0, bytes(4))]), "NUL")
    refuse("an unknown type of ggml", gguf([("a", [1], 4, bytes(4))]), "type")
    refuse("safetensors that end early", SAFETENSORS[:-1], "safetensors")
    refuse("bytes behind safetensors", SAFETENSORS + b"\0", "safetensors")
    refuse("a NUL in a name", safetensors([("a\0b", [1], "U8", b"\1")]), "NUL")
    head = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}'
    refuse("a name twice", struct.pack("<Q", len(head)) + head + b"\1\2", "twice")
    refuse("a name that is not UTF-8", struct.pack("<Q", 7) + b'{"\xff":1}', "UTF-8")
    refuse("objects in an .npy file", npy("|O", False, (1,), bytes(8)), "type")
    refuse("a short .npy file", ROWS[:-1], "npy")
    refuse("an index without a map", b'{"metadata": {"total_size": 4}}', "weight_map")
    refuse("an index that leads elsewhere", b'{"weight_map": {"a": "../a.safetensors"}}', "beside")
    refuse("an index that is cut off", b'{"weight_map": {"a": "b"', "index")
    file.refuse("an index of a file that is not there", "QC_ERR_IO", "no-such-file",
                bytes=list(b'{"weight_map": {"a": "no-such-file"}}'))


def describe_file():
    file = VectorFile("quantize/file_describe.json", "qc_quantize_file_describe", [""], SOURCE)
    for title, (_, data, tensors) in FILES.items():
        for index, (name, type, shape, size, numbers) in enumerate(tensors):
            out = {"name": name, "type": type, "shape": shape, "columns": shape[-1] if shape else 1, "bytes": size,
                   "decodable": int(type != "F8_E4M3")}
            file.expect(f"{title}: {name}", out, bytes=list(data), index=index)
        file.refuse(f"{title}: beyond the last", "QC_ERR_SIZE", f"{len(tensors)} tensors", bytes=list(data),
                    index=len(tensors))
    return file


def find_file():
    file = VectorFile("quantize/file_find.json", "qc_quantize_file_find", [""], SOURCE)
    for title, (_, data, tensors) in FILES.items():
        for index, (name, *_) in enumerate(tensors):
            file.expect(f"{title}: {name}", {"index": index}, bytes=list(data), tensor=name)
        file.refuse(f"{title}: a name that is not there", "QC_ERR_DOMAIN", "no tensor has that name", bytes=list(data), tensor="nobody")
    # The same letter as a letter and an accent: other bytes.
    file.refuse("another spelling", "QC_ERR_DOMAIN", "name", bytes=list(SAFETENSORS), tensor="e\u0301")
    return file


def decode_file():
    file = VectorFile("quantize/file_decode.json", "qc_quantize_file_decode", ["f32"], SOURCE, outputs={"values": "T"})
    for title, (_, data, tensors) in FILES.items():
        for index, (name, type, shape, _, numbers) in enumerate(tensors):
            columns = shape[-1] if shape else 1
            rows = 1
            for size in shape[:-1]:
                rows *= size
            for first, count in sorted({(0, rows), (rows // 2, rows - rows // 2)}):
                if numbers and count:
                    part = numbers[first * columns:(first + count) * columns]
                    matrix = [part[row * columns:(row + 1) * columns] for row in range(count)]
                    file.expect(f"{title}: {name}, rows from {first}", {"values": matrix}, bytes=list(data), index=index,
                                first_row=first, row_count=count)
            file.refuse(f"{title}: {name}, a row too many", "QC_ERR_SIZE", "row_count", bytes=list(data), index=index,
                        first_row=1, row_count=rows)
    file.refuse("small floats", "QC_ERR_FORMAT", "F8_E4M3", bytes=list(SAFETENSORS), index=3, first_row=0, row_count=1)
    file.refuse("a scale that is not finite", "QC_ERR_FORMAT", "scales[0]", bytes=list(NOT_FINITE), index=0, first_row=0,
                row_count=1)
    file.refuse("beyond single precision", "QC_ERR_FORMAT", "element 1", bytes=list(SAFETENSORS), index=4, first_row=0,
                row_count=1)
    return file


def numpy_file(descr, shape, content):
    """As numpy.lib.format writes it: spaces with which the first size could have 21 digits, then 1 to 64 more."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape!r}, }}"
    if shape:
        head += " " * (21 - len(str(shape[0])))
    head += " " * (64 - (10 + len(head) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode("latin1") + content


# Types by the names of safetensors: NumPy's name, bytes of an element.
ELEMENTS = {"BOOL": ("|b1", 1), "I8": ("|i1", 1), "U8": ("|u1", 1), "I16": ("<i2", 2), "U16": ("<u2", 2), "I32": ("<i4", 4),
            "U32": ("<u4", 4), "I64": ("<i8", 8), "U64": ("<u8", 8), "F16": ("<f2", 2), "F32": ("<f4", 4),
            "F64": ("<f8", 8)}


def write_npy():
    file = VectorFile("quantize/file_write_npy.json", "qc_quantize_file_write_npy", [""], SOURCE)

    def expect(name, type, shape):
        descr, size = ELEMENTS[type]
        count = size
        for extent in shape:
            count *= extent
        content = bytes(i % 2 if type == "BOOL" else 7 * i % 256 for i in range(count))
        file.expect(name, {"written": list(numpy_file(descr, tuple(shape), content))}, type=type, shape=shape,
                    bytes=list(content))

    for type in ELEMENTS:
        expect(type, type, [2, 3])
    expect("a scalar", "F32", [])
    expect("one dimension", "F16", [5])
    expect("none of a dimension", "I32", [0])
    expect("none of three dimensions", "F64", [2, 0, 4])
    expect("many dimensions", "U8", [1] * 64)
    expect("long sizes of nothing", "BOOL", [0, 2**31 - 1, 2**20])
    # With one digit less the header fills 128 bytes but for the 64 that NumPy adds then.
    for digits in range(1, 12):
        expect(f"a header that grows by {digits}", "U8", [0, 10**(digits - 1), 1])

    def refuse(name, status, message, type, shape, size):
        file.refuse(name, status, message, type=type, shape=shape, bytes=[1] * size)

    for type in ["BF16", "F8_E4M3", "F4", "C64"]:
        refuse(f"{type}, which .npy has not", "QC_ERR_OPTIONS", type, type, [2], 4)
    refuse("no such type", "QC_ERR_OPTIONS", "f32", "f32", [1], 4)
    refuse("too few bytes", "QC_ERR_SIZE", "value_bytes is 7", "F32", [2], 7)
    refuse("too many bytes", "QC_ERR_SIZE", "takes 0", "F32", [2, 0], 1)
    refuse("65 dimensions", "QC_ERR_SIZE", "rank is 65", "U8", [1] * 65, 1)
    refuse("a size that overflows", "QC_ERR_SIZE", "overflows", "F32", [2**31, 2**31, 2**31], 0)
    refuse("a size that overflows beside a zero", "QC_ERR_SIZE", "overflows", "F32", [0, 2**31, 2**31, 2**31], 0)
    file.refuse("a truth above 1", "QC_ERR_DOMAIN", "[1] is 2", type="BOOL", shape=[2], bytes=[1, 2])
    return file
