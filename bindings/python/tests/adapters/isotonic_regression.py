"""`isotonic/regression` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments


@adapter("qc_isotonic_regression_options_init")
def _isotonic_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = default_arguments(quantcal.isotonic_regression)["increasing"]
    return {"direction": "increasing" if increasing else "decreasing"}


@adapter("qc_isotonic_regression")
def _isotonic(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = inputs.get("direction", "increasing") == "increasing"
    values = arrays(inputs, kind, "y", "weights")
    fit = quantcal.isotonic_regression(**values, increasing=increasing)
    return {"x": fit.x, "block_weights": fit.weights, "blocks": fit.blocks}
