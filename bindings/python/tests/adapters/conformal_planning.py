"""`conformal/planning` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, given


@adapter("qc_conformal_coverage_law")
def _coverage_law(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "rank")
    return vars(quantcal.conformal_coverage_law(array(inputs["values"]), **sizes))


@adapter("qc_conformal_coverage_quantile")
def _coverage_quantile(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "rank")
    return {"quantiles": quantcal.conformal_coverage_quantile(array(inputs["levels"]), **sizes)}


@adapter("qc_conformal_covered_law")
def _covered_law(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "rank", "m")
    return vars(quantcal.conformal_covered_law(array(inputs["counts"], "int"), **sizes))


@adapter("qc_conformal_covered_quantile")
def _covered_quantile(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "rank", "m")
    return {"quantiles": quantcal.conformal_covered_quantile(array(inputs["levels"]), **sizes)}


@adapter("qc_conformal_pac_rank")
def _pac_rank(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"rank": quantcal.conformal_pac_rank(**given(inputs, "n", "alpha", "delta"))}


@adapter("qc_conformal_pac_sample_size")
def _pac_sample_size(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"n": quantcal.conformal_pac_sample_size(**given(inputs, "alpha", "delta"))}


@adapter("qc_conformal_sample_size")
def _sample_size(inputs: Inputs, kind: str) -> dict[str, Any]:
    levels = given(inputs, "alpha", "tolerance", "delta")
    return {"n": quantcal.conformal_sample_size(**levels)}
