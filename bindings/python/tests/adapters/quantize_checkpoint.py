"""Layouts of other runtimes from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_integer import quantize_options
from adapters.registry import Inputs, adapter


def _bytes(inputs: Inputs, name: str) -> Any:
    return array(inputs[name], "int").astype(np.uint8) if name in inputs else None


@adapter("qc_quantize_checkpoint_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns = decode(inputs["rows"]), decode(inputs["columns"])
    layout = quantcal.quantize_checkpoint_layout(
        rows, columns, inputs["format"], **quantize_options(inputs)
    )
    return layout._asdict()


@adapter("qc_quantize_checkpoint_write")
def _write(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = quantize_options(inputs)
    affine = not options.pop("symmetric", True)
    matrix = quantcal.QuantizedMatrix(
        packed=_bytes(inputs, "codes"),
        scales=array(inputs["scales"], "f32"),
        zeros=_bytes(inputs, "zeros") if affine else None,
        shape=(decode(inputs["rows"]), decode(inputs["columns"])),
        **options,
    )
    stored = quantcal.quantize_checkpoint_write(matrix, inputs["format"])
    empty = np.empty(0, np.uint8)
    zeros = empty if stored.zeros is None else stored.zeros.reshape(-1).view(np.uint8)
    return {
        "weights": stored.weights.reshape(-1).view(np.uint8),
        "weight_scales": stored.scales,
        "weight_zeros": zeros,
    }


@adapter("qc_quantize_checkpoint_read")
def _read(inputs: Inputs, kind: str) -> dict[str, Any]:
    matrix = quantcal.quantize_checkpoint_read(
        _bytes(inputs, "weights"),
        array(inputs["weight_scales"], "f32"),
        _bytes(inputs, "weight_zeros"),
        (decode(inputs["rows"]), decode(inputs["columns"])),
        inputs["format"],
        **quantize_options(inputs),
    )
    return {"codes": matrix.packed, "scales": matrix.scales, "zeros": matrix.zeros}
