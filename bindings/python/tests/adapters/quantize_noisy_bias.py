"""`quantize_noisy_bias` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array, decode

import quantcal
from adapters.quantize_grid import grid_of
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_noisy_bias_options_init")
def _options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_noisy_bias)


@adapter("qc_quantize_noisy_bias")
def _noisy_bias(inputs: Inputs, kind: str) -> dict[str, Any]:
    values, weights = array(inputs["values"], "f32"), array(inputs["weights"], "f32")
    bias = array(inputs["layer_bias"], "f32") if "layer_bias" in inputs else None
    numbers = {name: decode(inputs[name]) for name in ("scale", "zero") if name in inputs}
    options = given(inputs, "amplitudes", "seed")
    layer = quantcal.quantize_noisy_bias(
        values, weights, bias, grid_of(inputs), **numbers, **options
    )
    return layer._asdict() | {"new_bias": layer.bias}
