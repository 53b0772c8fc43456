"""`quantize/ggml` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given


def block_rows(inputs: Inputs) -> np.ndarray:
    """The blocks as rows; where they do not divide, as they come."""
    blocks = array(inputs["blocks"], "int").astype(np.uint8)
    rows = decode(inputs["rows"])
    if rows == 0:
        layout = quantcal.quantize_ggml_layout(0, decode(inputs["columns"]), inputs["type"])
        return blocks.reshape(0, layout.row_bytes)
    return blocks.reshape(rows, -1)


@adapter("qc_quantize_ggml_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = quantcal.quantize_ggml_layout(**given(inputs, "rows", "columns", "type"))
    return sizes._asdict()


@adapter("qc_quantize_ggml_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    quantcal.quantize_ggml_layout(**given(inputs, "rows", "columns", "type"))
    return {"values": quantcal.quantize_ggml_decode(block_rows(inputs), inputs["type"])}


@adapter("qc_quantize_ggml_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_ggml_encode)


@adapter("qc_quantize_ggml_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "mode")
    if "importance" in inputs:
        options["importance"] = array(inputs["importance"], "f32")
    blocks = quantcal.quantize_ggml_encode(array(inputs["values"], kind), inputs["type"], **options)
    return {"blocks": blocks.ravel()}
