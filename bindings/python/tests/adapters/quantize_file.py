"""`quantize/file` from Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from vectors import decode

import quantcal
from adapters.registry import Inputs, adapter, given
from quantcal._errors import check
from quantcal.quantize import file as quantize_file


def opened(inputs: Inputs) -> quantcal.QuantizeFile:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "model")
        path.write_bytes(bytes(decode(inputs["bytes"])))
        return quantcal.QuantizeFile(path)


@adapter("qc_quantize_file_open", "qc_quantize_file_contents", "qc_quantize_file_destroy")
def _contents(inputs: Inputs, kind: str) -> dict[str, Any]:
    file = opened(inputs)
    return {"format": file.format, "tensor_count": len(file.tensors)}


@adapter("qc_quantize_file_describe")
def _describe(inputs: Inputs, kind: str) -> dict[str, Any]:
    file = opened(inputs)
    (index,) = given(inputs, "index").values()
    if index >= len(file.tensors):
        file.decode(index)  # raises
    tensor = file.tensors[index]
    return tensor._asdict() | {
        "shape": list(tensor.shape),
        "columns": tensor.shape[-1] if tensor.shape else 1,
        "decodable": int(tensor.decodable),
    }


@adapter("qc_quantize_file_find")
def _find(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"index": opened(inputs).index(inputs["tensor"])}


@adapter("qc_quantize_file_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    file = opened(inputs)
    index, first, count = given(inputs, "index", "first_row", "row_count").values()
    return {"values": file.decode(index, first, count)}


NUMPY_TYPES = {"BOOL": "b1"} | {
    f"{letter}{8 * size}": f"{letter.lower()}{size}"
    for letter, sizes in [("I", (1, 2, 4, 8)), ("U", (1, 2, 4, 8)), ("F", (2, 4, 8))]
    for size in sizes
}


@adapter("qc_quantize_file_write_npy")
def _write_npy(inputs: Inputs, kind: str) -> dict[str, Any]:
    shape, type, content = inputs["shape"], inputs["type"], bytes(decode(inputs["bytes"]))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "array.npy")
        # Through NumPy's array, if there is one; what has none goes to the library as it is.
        try:
            array = np.frombuffer(content, NUMPY_TYPES[type]).reshape(shape)
        except (KeyError, ValueError):
            array = None
        if array is None or (type == "BOOL" and array.view(np.uint8).max(initial=0) > 1):
            check(
                quantize_file._write_npy(
                    bytes(path),
                    type.encode(),
                    np.array(shape, np.uintp),
                    len(shape),
                    np.frombuffer(content, np.uint8),
                    len(content),
                    0,
                )
            )
        else:
            quantcal.quantize_file_write_npy(path, array)
        return {"written": list(path.read_bytes())}
