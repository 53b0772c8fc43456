"""Writes the inputs that fuzzing starts from: seeds.py DIRECTORY makes DIRECTORY/<reader>."""

import json
import struct
import sys
from pathlib import Path


def safetensors(tensors, metadata=None, pad=True):
    """A file of tensors {name: (dtype, shape, bytes)}, in that order."""
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8 if pad else 0)
    return struct.pack("<Q", len(text)) + text + data


def overlapping():
    """Two tensors on one range, which the reader refuses."""
    entry = '{"dtype":"U8","shape":[4],"data_offsets":[0,4]}'
    text = f'{{"a":{entry},"b":{entry}}}'.encode()
    return struct.pack("<Q", len(text)) + text + counting(4)


def npy(descr, shape, data, order=False, version=1):
    text = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def gguf(pairs, tensors, alignment=32):
    """A file of pairs (key, kind, value) and tensors (name, dimensions, type, bytes)."""
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, kind, value in pairs:
        header += struct.pack("<Q", len(key)) + key + struct.pack("<I", kind) + value
    data = b""
    for name, dimensions, kind, content in tensors:
        header += struct.pack("<Q", len(name)) + name + struct.pack("<I", len(dimensions))
        header += struct.pack(f"<{len(dimensions)}Q", *dimensions) + struct.pack("<IQ", kind, len(data))
        data += content + bytes(-len(content) % alignment)
    return header + bytes(-len(header) % alignment) + data


def counting(count):
    return bytes(index % 256 for index in range(count))


def stored(family, kind):
    """What the vectors have of stored objects, good and broken."""
    path = Path(__file__).parents[1] / "Vectors" / family / f"{kind}_deserialize.json"
    return [bytes(case["in"]["bytes"]) for case in json.loads(path.read_text())["cases"]]


SEEDS = {
    "isotonicstate": stored("isotonic", "state"),
    "isotonicdistribution": stored("isotonic", "distribution"),
    "conformalholdout": stored("conformal", "holdout"),
    "conformalonline": stored("conformal", "online"),
    "conformalmartingale": stored("conformal", "martingale"),
    "conformalcalibrator": stored("conformal", "calibrator"),
    "quantizeobserver": stored("quantize", "observer"),
    "safetensors": [
        safetensors({}),
        safetensors({"a": ("F32", [2, 3], counting(24)), "b": ("I64", [], counting(8))}, {"format": "pt"}),
        safetensors({"x": ("U8", [3], counting(3)), "y": ("F64", [1], counting(8))}, pad=False),
        safetensors(
            {"h": ("F16", [4], counting(8)), "b": ("BF16", [2], counting(4)), "z": ("BOOL", [0, 7], b"")}
        ),
        overlapping(),
        # Names that are read, but not written.
        safetensors({"": ("U8", [1], b"\1")}),
        safetensors({"a\0b": ("U8", [1], b"\1")}, {"": ""}),
        safetensors(
            {"q": ("F4", [4], counting(2)), "u": ("U64", [1], b"\xff" * 8), "é\n": ("I8", [1], b"\x80")}
        ),
    ],
    "gguf": [
        gguf([], []),
        gguf([(b"general.architecture", 8, struct.pack("<Q", 5) + b"llama")], [(b"a", [8], 0, counting(32))]),
        gguf(
            [
                (b"general.alignment", 4, struct.pack("<I", 8)),
                (b"list", 9, struct.pack("<IQ", 8, 2) + struct.pack("<Q", 1) + b"x" + struct.pack("<Q", 0)),
                (b"lists", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 5, 2) + counting(8)),
                (b"numbers", 12, counting(8)),
                (b"yes", 7, b"\x01"),
            ],
            [(b"blk.0.weight", [32, 2], 2, counting(36)), (b"s", [], 1, counting(2)), (b"z", [0, 3], 24, b"")],
            alignment=8,
        ),
        gguf([(b"", 4, b"\1\0\0\0")], []),
        gguf([], [(b"k", [256, 1, 1, 1], 12, counting(144)), (b"l", [256], 14, counting(210))]),
    ],
    "npy": [
        npy("<f4", "(2, 3)", counting(24)),
        npy(">i2", "(3, 2)", counting(12), order=True),
        npy("|u1", "(2, 3, 2)", counting(12), order=True, version=3),
        npy("<f8", "()", counting(8), version=2),
        npy("=i8", "(0, 5)", b""),
    ],
    "json": [
        b'{"a": [1, 2.5e-3, true, false, null], "b\\u00e9": {"": "\\ud83d\\ude00\\n"}}',
        b"[[[[]]], {}, -0, 9223372036854775807]",
        '"é😀"'.encode(),
    ],
}

if __name__ == "__main__":
    for reader, seeds in SEEDS.items():
        directory = Path(sys.argv[1]) / reader
        directory.mkdir(parents=True, exist_ok=True)
        for index, seed in enumerate(seeds):
            (directory / f"seed{index}").write_bytes(seed)
