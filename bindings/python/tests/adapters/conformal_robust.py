"""`conformal/robust` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_conformal_robust_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.conformal_robust_bounds)


@adapter("qc_conformal_transform_options_init")
def _transform_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.conformal_transformed_scores)


@adapter("qc_conformal_smoothed_scores")
def _smoothed(inputs: Inputs, kind: str) -> dict[str, Any]:
    earlier = None
    if "earlier_draws" in inputs:
        earlier = quantcal.SmoothedScores(
            array(inputs["earlier_means"]),
            array(inputs["earlier_variances"]),
            inputs["earlier_draws"],
        )
    found = quantcal.conformal_smoothed_scores(array(inputs["samples"], kind), earlier=earlier)
    return vars(found)


@adapter("qc_conformal_robust_bounds")
def _bounds(inputs: Inputs, kind: str) -> dict[str, Any]:
    bounds = quantcal.conformal_robust_bounds(
        array(inputs["means"]),
        **arrays(inputs, "f64", "variances"),
        **given(inputs, "draws", "side", "correction", "beta", "radius", "sigma"),
    )
    return {"bounds": bounds}


@adapter("qc_conformal_robust_threshold")
def _threshold(inputs: Inputs, kind: str) -> dict[str, Any]:
    threshold = quantcal.conformal_robust_threshold(
        array(inputs["scores"]), **given(inputs, "alpha", "draws", "beta")
    )
    return {"threshold": threshold}


@adapter("qc_conformal_transformed_scores")
def _transformed(inputs: Inputs, kind: str) -> dict[str, Any]:
    transformed = quantcal.conformal_transformed_scores(
        **arrays(inputs, kind, "scores", "reference"), **given(inputs, "steepness", "centre")
    )
    return {"transformed": transformed}
