"""`isotonic/centered` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

OUTPUTS = (
    "fitted",
    "lower",
    "upper",
    "knots",
    "values",
    "knot_weights",
    "knot_lower",
    "knot_upper",
)


@adapter("qc_isotonic_centered_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_centered)
    return {
        "direction": "increasing" if defaults["increasing"] else "decreasing",
        "ties": defaults["ties"],
        "interval": defaults["interval"],
        "confidence": defaults["confidence"],
        "range_lower": defaults["y_range"][0],
        "range_upper": defaults["y_range"][1],
    }


@adapter("qc_isotonic_centered")
def _centered(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "ties", "interval", "confidence")
    if options.get("interval") == "none":
        options["interval"] = None
    ends = {"range_lower": 0.0, "range_upper": 1.0} | given(inputs, "range_lower", "range_upper")
    fit = quantcal.isotonic_centered(
        **arrays(inputs, kind, "x", "y", "weights"),
        increasing=inputs.get("direction", "increasing") == "increasing",
        y_range=(ends["range_lower"], ends["range_upper"]),
        **options,
    )
    return {name: getattr(fit, name) for name in OUTPUTS}
