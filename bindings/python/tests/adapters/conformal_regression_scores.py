"""Regression scores and their intervals from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

COMMON = ("kind", "sides", "beta", "minimum_scale")


@adapter("qc_conformal_regression_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = default_arguments(quantcal.conformal_regression_scores)
    intervals = default_arguments(quantcal.conformal_regression_intervals)
    assert all(scores[name] == intervals[name] for name in COMMON)
    return intervals


@adapter("qc_conformal_regression_scores")
def _scores(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = quantcal.conformal_regression_scores(
        **arrays(inputs, kind, "y", "predictions"),
        **arrays(inputs, "f64", "levels"),
        **given(inputs, *COMMON),
    )
    return {"scores": scores}


@adapter("qc_conformal_regression_intervals")
def _intervals(inputs: Inputs, kind: str) -> dict[str, Any]:
    predictions, thresholds = (array(inputs[name], kind) for name in ("predictions", "thresholds"))
    shape = (len(predictions),) if inputs.get("threshold_for") == "each_row" else ()
    if inputs.get("sides") == "asymmetric":
        shape = (*shape, 2)
    lower, upper = quantcal.conformal_regression_intervals(
        predictions,
        np.reshape(thresholds, shape),
        **arrays(inputs, "f64", "levels"),
        **given(inputs, *COMMON, "threshold_for", "empty"),
    )
    return {"lower": lower, "upper": upper}
