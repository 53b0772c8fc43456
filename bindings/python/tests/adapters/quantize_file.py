"""`quantize/file` from Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from vectors import decode

import quantcal
from adapters.registry import Inputs, adapter, given


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
