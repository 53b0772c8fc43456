"""`quantize_elastic` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import sharing
from adapters.registry import Inputs, adapter, default_arguments


@adapter("qc_quantize_elastic_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = default_arguments(quantcal.quantize_elastic)
    return options | {"refit": int(options["refit"])}


@adapter("qc_quantize_elastic")
def _elastic(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("rows", "columns", "bits", "fewer_bits")
    rows, columns, bits, fewer = (decode(inputs[name]) for name in names)
    width = (columns * bits + 7) // 8 if 1 <= bits <= 8 else 1
    codes = array(inputs["codes"], "int").astype(np.uint8).reshape(rows, width)
    made = quantcal.quantize_elastic(
        codes,
        array(inputs["scales"], "f32"),
        columns,
        bits,
        fewer,
        refit=inputs.get("refit") == 1,
        **sharing(inputs),
    )
    return {"fewer_codes": made.codes, "fewer_scales": made.scales}
