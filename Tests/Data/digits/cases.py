"""A copy of the digits' files, to be spoilt or changed, and the tool run on it."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
from counting import check

DIGITS = Path(__file__).parent


def tensors_of(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    return {
        name: np.frombuffer(
            content[8 + length + e["data_offsets"][0] :], "<f4", int(np.prod(e["shape"]))
        ).reshape(e["shape"])
        for name, e in header.items()
    }


def write_tensors(path, tensors):
    kinds = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8"}
    header, data = {}, b""
    for name, values in tensors.items():
        content = values.tobytes()
        header[name] = {
            "dtype": kinds[values.dtype.str[1:]],
            "shape": list(values.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Case:
    """One set of files, in a directory of its own."""

    def __init__(self, tool, scratch, name):
        self.tool = tool
        self.name = name
        self.directory = scratch / name
        self.model = self.directory / "model.safetensors"
        shutil.rmtree(self.directory, ignore_errors=True)
        for part in ("calibration", "test"):
            shutil.copytree(DIGITS / part, self.directory / part)
        shutil.copy(DIGITS / "model.safetensors", self.model)

    def path(self, part, array):
        return self.directory / part / f"{array}.npy"

    def change_tensors(self, change):
        tensors = {name: values.copy() for name, values in tensors_of(self.model).items()}
        change(tensors)
        write_tensors(self.model, tensors)

    def change_array(self, part, array, change):
        values = np.load(self.path(part, array))
        np.save(self.path(part, array), change(values))

    def run(self, *more):
        self.report = self.directory / "report.html"
        command = [
            self.tool,
            "demo",
            "--model",
            self.model,
            "--calibration",
            self.directory / "calibration",
            "--test",
            self.directory / "test",
            "--report",
            self.report,
            *more,
        ]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    def must_fail(self, *messages):
        result = self.run()
        said = result.stderr.strip()
        check(
            f"{self.name}: {messages[-1]}",
            result.returncode > 0 and all(m in said for m in messages) and not self.report.exists(),
            f"status {result.returncode}, {said!r}",
        )

    def must_work(self):
        result = self.run("--json", self.directory / "table.json")
        check(f"{self.name} works", result.returncode == 0, result.stderr)
        (self.directory / "printed.txt").write_text(result.stdout)
        return result.stdout
