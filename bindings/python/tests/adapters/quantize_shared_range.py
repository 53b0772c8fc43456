"""`quantize_shared_range` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_reparameterize_options_init")
def _reparameterize_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_reparameterize)


@adapter("qc_quantize_range_groups_options_init")
def _group_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_range_groups)


@adapter("qc_quantize_reparameterize")
def _reparameterize(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("scales", "zeros", "gamma", "beta", "weights", "bias")
    arrays = [array(inputs[name], "f32") if name in inputs else None for name in names]
    options = given(inputs, "common", "real_zero")
    return quantcal.quantize_reparameterize(*arrays, **options)._asdict()


@adapter("qc_quantize_range_groups")
def _groups(inputs: Inputs, kind: str) -> dict[str, Any]:
    ends = [array(inputs[name], "f64") for name in ("minimum", "maximum")]
    groups = inputs["groups"]
    found = quantcal.quantize_range_groups(
        *ends, groups, **given(inputs, "method", "restarts", "seed")
    )
    rest = np.zeros(groups - found.minimum.size)
    return {
        "group_of": found.group_of,
        "group_minimum": np.append(found.minimum, rest),
        "group_maximum": np.append(found.maximum, rest),
        "group_count": found.minimum.size,
    }


@adapter("qc_quantize_step_places")
def _places(inputs: Inputs, kind: str) -> dict[str, Any]:
    calibrated, steps = (array(inputs[name], "f64") for name in ("calibrated", "steps"))
    return {"places": quantcal.quantize_step_places(calibrated, steps)}
