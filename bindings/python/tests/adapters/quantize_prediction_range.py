"""`quantize_prediction_range` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import grid_of, sharing
from adapters.quantize_range import rule_of
from adapters.registry import Inputs, adapter


@adapter("qc_quantize_prediction_range")
def _prediction_range(inputs: Inputs, kind: str) -> dict[str, Any]:
    values, differences = array(inputs["values"], "f32"), array(inputs["differences"], "f64")
    kept: list[np.ndarray] = [values]

    def difference(candidate: quantcal.RangeCandidate) -> float | None:
        if candidate.index == inputs.get("watched", 0):
            kept[0] = candidate.quantized
        return float(differences[candidate.index]) if candidate.index < len(differences) else None

    options: dict[str, Any] = {"granularity": "group"} | sharing(inputs)
    options["zeros"] = inputs.get("with_zeros") == 1
    options["error_weight"] = decode(inputs.get("error_weight", 0))
    rule = rule_of(inputs)
    found = quantcal.quantize_prediction_range(values, grid_of(inputs), difference, rule, **options)
    return vars(found) | {"quantized": kept[0]}
