"""Trellis-coded quantization from Python."""

from __future__ import annotations

import dataclasses
from typing import Any

from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


def _trellis(inputs: Inputs) -> quantcal.QuantizeTrellis:
    options = given(inputs, "code", "state_bits", "step_bits", "step_values", "table_bits")
    options |= given(inputs, "tail_biting", "length", "seed")
    return quantcal.QuantizeTrellis(**options, **arrays(inputs, "f32", "table"))


def _sharing(inputs: Inputs) -> dict[str, Any]:
    return given(inputs, "granularity", "group_size")


@adapter("qc_quantize_trellis_options_init")
def _init(inputs: Inputs, kind: str) -> dict[str, Any]:
    fields = {one.name: one.default for one in dataclasses.fields(quantcal.QuantizeTrellis)}
    fields["tail_biting"] = int(fields["tail_biting"])
    return default_arguments(quantcal.quantize_trellis_scales) | fields


@adapter("qc_quantize_trellis_values")
def _values(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"values": quantcal.quantize_trellis_values(_trellis(inputs))}


@adapter("qc_quantize_trellis_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "rows", "columns")
    return quantcal.quantize_trellis_layout(
        **sizes, trellis=_trellis(inputs), **_sharing(inputs)
    )._asdict()


@adapter("qc_quantize_trellis_scales")
def _scales(inputs: Inputs, kind: str) -> dict[str, Any]:
    scales = quantcal.quantize_trellis_scales(
        array(inputs["values"], kind),
        _trellis(inputs),
        **given(inputs, "ratio"),
        **_sharing(inputs),
    )
    return {"scales": scales.ravel()}


@adapter("qc_quantize_trellis_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    codes, error = quantcal.quantize_trellis_encode(
        array(inputs["values"], kind),
        array(inputs["scales"], kind),
        _trellis(inputs),
        **arrays(inputs, kind, "importance"),
        **_sharing(inputs),
    )
    return {"codes": codes, "error": error}


@adapter("qc_quantize_trellis_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = quantcal.quantize_trellis_decode(
        array(inputs["codes"], "int").astype("u1"),
        array(inputs["scales"], kind),
        (decode(inputs["rows"]), decode(inputs["columns"])),
        _trellis(inputs),
        **_sharing(inputs),
    )
    return {"values": values}
