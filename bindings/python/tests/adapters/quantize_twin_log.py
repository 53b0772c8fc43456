"""`quantize_twin_log_...` from Python."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import sharing
from adapters.registry import Inputs, adapter, default_arguments, given


def _settings(inputs: Inputs) -> dict[str, Any]:
    return sharing(inputs) | given(inputs, "bits")


@adapter("qc_quantize_twin_log_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_twin_log_fit)


@adapter("qc_quantize_twin_log_fit")
def _fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = array(inputs["values"], kind)
    return {"parameters": quantcal.quantize_twin_log_fit(values, **_settings(inputs))}


@adapter("qc_quantize_twin_log_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    values, parameters = array(inputs["values"], kind), array(inputs["parameters"], "f32")
    return {"codes": quantcal.quantize_twin_log_encode(values, parameters, **_settings(inputs))}


@adapter("qc_quantize_twin_log_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns = decode(inputs["rows"]), decode(inputs["columns"])
    codes = array(inputs["codes"], "int").astype(np.uint8).reshape(rows, -1)
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    parameters = array(inputs["parameters"], "f32")
    values = quantcal.quantize_twin_log_decode(
        codes, parameters, columns, dtype=dtypes[kind], **_settings(inputs)
    )
    return {"values": values}
