"""Cross-conformal intervals from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

COMMON = ("alpha", "method", "sides")


@adapter("qc_conformal_cross_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    folds = default_arguments(quantcal.conformal_cross_intervals)
    bags = default_arguments(quantcal.conformal_cross_bootstrap_intervals)
    assert all(folds[name] == bags[name] for name in ("method", "sides"))
    aggregated = default_arguments(quantcal.conformal_cross_bootstrap_predictions)
    assert aggregated["aggregation"] == bags["aggregation"]
    return bags


def _bags(inputs: Inputs) -> np.ndarray:
    return array(inputs["in_bag"], "f64").astype(np.uint8)


@adapter("qc_conformal_cross_intervals")
def _intervals(inputs: Inputs, kind: str) -> dict[str, Any]:
    fold = inputs.get("fold")
    lower, upper = quantcal.conformal_cross_intervals(
        **arrays(inputs, kind, "residuals", "predictions"),
        **given(inputs, *COMMON),
        fold=None if fold is None else np.array(fold, int),
    )
    return {"lower": lower, "upper": upper}


@adapter("qc_conformal_cross_bootstrap_predictions")
def _predictions(inputs: Inputs, kind: str) -> dict[str, Any]:
    aggregated = quantcal.conformal_cross_bootstrap_predictions(
        _bags(inputs), **arrays(inputs, kind, "predictions"), **given(inputs, "aggregation")
    )
    return {"aggregated": aggregated}


@adapter("qc_conformal_cross_bootstrap_intervals")
def _bootstrap_intervals(inputs: Inputs, kind: str) -> dict[str, Any]:
    lower, upper = quantcal.conformal_cross_bootstrap_intervals(
        **arrays(inputs, kind, "residuals", "predictions"),
        in_bag=_bags(inputs),
        **given(inputs, *COMMON, "aggregation"),
    )
    return {"lower": lower, "upper": upper}
