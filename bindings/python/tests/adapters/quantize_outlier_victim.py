"""`quantize_outlier_victim_...` from Python."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import sharing
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_outlier_victim_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_outlier_victim_scales)


@adapter("qc_quantize_outlier_victim_scales")
def _scales(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = sharing(inputs) | given(inputs, "steps", "low", "high")
    values = array(inputs["values"], kind)
    return {"scales": quantcal.quantize_outlier_victim_scales(values, **options)}


@adapter("qc_quantize_outlier_victim_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    values, scales = array(inputs["values"], kind), array(inputs["scales"], "f32")
    codes = quantcal.quantize_outlier_victim_encode(values, scales, **sharing(inputs))
    return {"codes": codes}


@adapter("qc_quantize_outlier_victim_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns = decode(inputs["rows"]), decode(inputs["columns"])
    codes = array(inputs["codes"], "int").astype(np.uint8).reshape(rows, (columns + 1) // 2)
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    scales = array(inputs["scales"], "f32")
    values = quantcal.quantize_outlier_victim_decode(
        codes, scales, columns, dtype=dtypes[kind], **sharing(inputs)
    )
    return {"values": values}
