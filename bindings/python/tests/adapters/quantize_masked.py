"""`quantize_salient_mask` and `quantize_masked_...` from Python."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import grid_of, parameters, sharing
from adapters.quantize_range import rule_of
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_salient_options_init")
def _salient_options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_salient_mask)


@adapter("qc_quantize_salient_mask")
def _salient(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = sharing(inputs) | given(inputs, "fraction")
    if "factors" in inputs:
        options["factors"] = array(inputs["factors"], "f32")
    mask = quantcal.quantize_salient_mask(array(inputs["values"], kind), **options)
    return {"mask": mask.astype(int)}


@adapter("qc_quantize_masked_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = default_arguments(quantcal.quantize_masked_encode)
    return options | {"selected": int(options["selected"])}


def part(inputs: Inputs) -> dict[str, Any]:
    """The mask, the grid, and the options of a part."""
    mask = array(inputs["mask"], "int").astype(bool)
    options = sharing(inputs) | {"grid": grid_of(inputs)}
    options["mask"] = mask[0] if inputs.get("is_shared") == 1 else mask
    if "selected" in inputs:
        options["selected"] = inputs["selected"] == 1
    return options


@adapter("qc_quantize_masked_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows = decode(inputs["rows"])
    return quantcal.quantize_masked_layout(rows=rows, **part(inputs))._asdict()


@adapter("qc_quantize_masked_range")
def _range(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = array(inputs["values"], kind)
    options = part(inputs) | {"rule": rule_of(inputs), "zeros": inputs.get("with_zeros") == 1}
    return quantcal.quantize_masked_range(values, **options)._asdict()


@adapter("qc_quantize_masked_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = array(inputs["values"], kind)
    options = part(inputs) | parameters(inputs)
    return {"codes": quantcal.quantize_masked_encode(values, **options)}


@adapter("qc_quantize_masked_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    options = part(inputs) | parameters(inputs)
    out = np.zeros((decode(inputs["rows"]), options["mask"].shape[-1]), dtypes[kind])
    codes = array(inputs["codes"], "int").astype(np.uint8)
    return {"values": quantcal.quantize_masked_decode(codes, out=out, **options)}
