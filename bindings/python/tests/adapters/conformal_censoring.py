"""`conformal/censoring` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, given


@adapter("qc_conformal_censoring_weights")
def _weights(inputs: Inputs, kind: str) -> dict[str, Any]:
    found = quantcal.conformal_censoring_weights(
        array(inputs["times"]),
        array(inputs["events"], "int"),
        **arrays(inputs, "f64", "weights", "points"),
        **arrays(inputs, "int", "point_events"),
        **given(inputs, "horizon", "cap"),
    )
    return {
        "survival": found.survival,
        "point_weights": found.weights,
        "capped": found.capped,
    }
