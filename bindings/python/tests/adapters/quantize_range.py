"""`quantize_range` from Python."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from vectors import array, decode

import quantcal
from adapters.quantize_grid import grid_of, sharing
from adapters.registry import Inputs, adapter, given


def rule_of(inputs: Inputs) -> quantcal.QuantizeRangeRule:
    # In a case of a matrix `kind` is the grid's.
    names = {field.name for field in fields(quantcal.QuantizeRangeRule)} - {"kind"}
    changes = {key: decode(value) for key, value in inputs.items() if key in names}
    return quantcal.quantize_range_rule(*given(inputs, "rule").values(), **changes)


@adapter("qc_quantize_range_rule_init")
def _init(inputs: Inputs, kind: str) -> dict[str, Any]:
    rule = rule_of(inputs)
    return {field.name: getattr(rule, field.name) for field in fields(rule)}


@adapter("qc_quantize_range")
def _range(inputs: Inputs, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = sharing(inputs) | {"zeros": inputs.get("with_zeros") == 1}
    if "importance" in inputs:
        options["importance"] = array(inputs["importance"], "f32")
    values = array(inputs["values"], kind)
    return quantcal.quantize_range(values, grid_of(inputs), rule_of(inputs), **options)._asdict()
