"""`conformal/pursuit` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, given


@adapter("qc_conformal_pursuit_histories")
def _histories(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "points", "queries", "length", "seed", "first_point")
    return {"orders": quantcal.conformal_pursuit_histories(**options)}


@adapter("qc_conformal_pursuit_log_sizes")
def _log_sizes(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = array(inputs["sizes"], "int")
    weights = arrays(inputs, "f64", "weights")
    return {"log_sizes": quantcal.conformal_pursuit_log_sizes(sizes, **weights)}


@adapter("qc_conformal_pursuit_choose")
def _choose(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = {}
    if "asked" in inputs:
        options["asked"] = array(inputs["asked"], "int").astype(bool)
    choice = quantcal.conformal_pursuit_choose(array(inputs["log_sizes"]), **options)
    return {"index": choice.index, "spread": np.float64(choice.spread)}


@adapter("qc_conformal_pursuit_entropy_bound")
def _bound(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "classes", "n", "alpha", "mean_size", "kind")
    return {"bound": np.float64(quantcal.conformal_pursuit_entropy_bound(**options))}
