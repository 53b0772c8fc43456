"""`quantize_periodic` and `quantize_rotat...` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.quantize_grid import sharing
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_periodic_options_init")
def _periodic_options(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.quantize_periodic)
    return defaults | {"is_binary": int(defaults["binary"])}


@adapter("qc_quantize_rotation_options_init")
def _rotation_options(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_rotate)


@adapter("qc_quantize_periodic")
def _periodic(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = sharing(inputs) | given(inputs, "frequency", "penalty")
    if "is_binary" in inputs:
        options["binary"] = inputs["is_binary"] == 1
    upstream = array(inputs["upstream"], "f32") if "upstream" in inputs else None
    values, scales = array(inputs["values"], "f32"), array(inputs["scales"], "f32")
    return quantcal.quantize_periodic(values, scales, upstream, **options)._asdict()


@adapter("qc_quantize_rotate")
def _rotate(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "block", "seed")
    inverse = inputs.get("is_inverse", 0) == 1
    values = array(inputs["values"], "f32")
    return {"result": quantcal.quantize_rotate(values, inverse=inverse, **options)}


@adapter("qc_quantize_rotation_choose")
def _choose(inputs: Inputs, kind: str) -> dict[str, Any]:
    matrices = [array(inputs[name], "f32") for name in ("activations", "weights")]
    grids = [inputs.get(name, "int4") for name in ("activation_grid", "weight_grid")]
    options = given(inputs, "block", "seed")
    choice = quantcal.quantize_rotation_choose(*matrices, *grids, **options)
    return choice._asdict() | {"rotates": int(choice.rotates)}
