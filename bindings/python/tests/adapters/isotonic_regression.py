"""`isotonic/regression` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

_BOUNDS = {"lower_bound": "lower", "upper_bound": "upper"}


@adapter("qc_isotonic_regression_options_init")
def _isotonic_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_regression)
    names = ["loss", "solution", "level", "huber_threshold", "power", "minimum_gap"]
    return {
        "direction": "increasing" if defaults["increasing"] else "decreasing",
        **{name: defaults[name] for name in names},
        **{field: defaults[name] for field, name in _BOUNDS.items()},
    }


@adapter("qc_isotonic_regression")
def _isotonic(inputs: Inputs, kind: str) -> dict[str, Any]:
    direction = inputs.get("direction", "increasing")
    names = ["loss", "solution", "level", "huber_threshold", "power", "minimum_gap"]
    bounds = {_BOUNDS[field]: value for field, value in given(inputs, *_BOUNDS).items()}
    fit = quantcal.isotonic_regression(
        **arrays(inputs, kind, "y", "weights"),
        increasing={"increasing": True, "decreasing": False, "auto": "auto"}[direction],
        **given(inputs, *names),
        **bounds,
    )
    return {"x": fit.x, "block_weights": fit.weights, "blocks": fit.blocks}
