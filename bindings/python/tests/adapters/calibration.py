"""`calibration` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_calibration_temperature_options_init")
def _temperature_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.temperature_fit)


@adapter("qc_calibration_temperature_fit")
def _temperature_fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = quantcal.temperature_fit(
        **arrays(inputs, kind, "logits", "weights"),
        **arrays(inputs, "int", "labels"),
        **given(inputs, "max_iterations"),
    )
    return vars(fit)


@adapter("qc_calibration_temperature_apply")
def _temperature_apply(inputs: Inputs, kind: str) -> dict[str, Any]:
    logits, temperature = array(inputs["logits"], kind), decode(inputs["temperature"])
    return {"probabilities": quantcal.temperature_apply(logits, temperature)}


@adapter("qc_calibration_error_options_init")
def _error_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.calibration_error)


@adapter("qc_calibration_error")
def _calibration_error(inputs: Inputs, kind: str) -> dict[str, Any]:
    arguments = {
        "probs": array(inputs["probabilities"], kind),
        "labels": array(inputs["labels"], "int"),
        **arrays(inputs, kind, "weights"),
        **given(inputs, "bins", "target", "binning", "norm", "edges"),
    }
    error = quantcal.calibration_error(**arguments)
    bins = quantcal.reliability_bins(**arguments)
    assert bins.error == error
    table = np.stack([bins.weight, bins.confidence, bins.outcome], axis=-1)
    return {"error": error, "bin_table": table}
