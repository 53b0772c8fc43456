"""`quantize_grid` from Python."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

FLAGS = {"is_signed": "signed", "is_narrow": "narrow"}


def grid_of(inputs: Inputs) -> quantcal.QuantizeGrid:
    names = {field.name for field in fields(quantcal.QuantizeGrid)}
    changes = {key: decode(value) for key, value in inputs.items() if key in names}
    changes |= {name: bool(inputs[key]) for key, name in FLAGS.items() if key in inputs}
    if "levels" in changes:
        changes["levels"] = tuple(changes["levels"])
    return quantcal.quantize_grid(*given(inputs, "grid").values(), **changes)


def sharing(inputs: Inputs) -> dict[str, Any]:
    return given(inputs, "group_size", "granularity")


def parameters(inputs: Inputs) -> dict[str, Any]:
    return {name: array(inputs[name], "f32") for name in ("scales", "zeros") if name in inputs}


@adapter("qc_quantize_grid_init")
def _init(inputs: Inputs, kind: str) -> dict[str, Any]:
    grid = grid_of(inputs)
    out = {field.name: getattr(grid, field.name) for field in fields(grid)}
    return out | {key: int(out[name]) for key, name in FLAGS.items()}


@adapter("qc_quantize_grid_levels")
def _levels(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"levels": quantcal.quantize_grid_levels(grid_of(inputs))}


@adapter("qc_quantize_grid_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_grid_encode)


@adapter("qc_quantize_grid_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns = decode(inputs["rows"]), decode(inputs["columns"])
    grid = grid_of(inputs)
    return quantcal.quantize_grid_layout(rows, columns, grid, **sharing(inputs))._asdict()


@adapter("qc_quantize_grid_scales")
def _scales(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = array(inputs["values"], kind)
    scales = quantcal.quantize_grid_scales(values, grid_of(inputs), **sharing(inputs))
    return {"scales": scales}


@adapter("qc_quantize_grid_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = array(inputs["values"], kind)
    options = parameters(inputs) | sharing(inputs)
    return {"codes": quantcal.quantize_grid_encode(values, grid_of(inputs), **options)}


@adapter("qc_quantize_grid_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    grid = grid_of(inputs)
    rows, columns = decode(inputs["rows"]), decode(inputs["columns"])
    codes = array(inputs["codes"], "int").astype(np.uint8)
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    values = quantcal.quantize_grid_decode(
        codes.reshape(rows, (columns * grid.bits + 7) // 8),
        grid,
        columns=columns,
        dtype=dtypes[kind],
        **parameters(inputs),
        **sharing(inputs),
    )
    return {"values": values}


@adapter("qc_quantize_grid_neighbours")
def _neighbours(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = parameters(inputs) | sharing(inputs)
    values = array(inputs["values"], kind)
    return quantcal.quantize_grid_neighbours(values, grid_of(inputs), **options)._asdict()


@adapter("qc_quantize_grid_fake_options_init")
def _fake_options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_grid_fake)


@adapter("qc_quantize_grid_fake")
def _fake(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = parameters(inputs) | sharing(inputs) | given(inputs, "gradient")
    if "upstream" in inputs:
        options["upstream"] = array(inputs["upstream"], "f32")
    values = array(inputs["values"], kind)
    return quantcal.quantize_grid_fake(values, grid_of(inputs), **options)._asdict()
