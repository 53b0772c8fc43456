"""`conformal/risk` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, given


@adapter("qc_conformal_risk_control")
def _control(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "alpha", "bound")
    if "monotonize" in inputs:
        options["monotonize"] = bool(inputs["monotonize"])
    return vars(quantcal.conformal_risk_control(array(inputs["losses"]), **options))


@adapter("qc_conformal_risk_steps")
def _steps(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "alpha", "bound", "n") | arrays(inputs, "f64", "drops")
    return {
        "threshold": np.float64(
            quantcal.conformal_risk_steps(array(inputs["positions"]), **options)
        )
    }


@adapter("qc_conformal_risk_p_values")
def _p_values(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "n", "alpha", "bound")
    return {"p_values": quantcal.conformal_risk_p_values(array(inputs["risks"]), **options)}


def _selection(selected: np.ndarray) -> dict[str, Any]:
    return {"selected": selected.astype(np.int64), "selected_count": int(selected.sum())}


@adapter("qc_conformal_risk_select")
def _select(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "delta", "procedure", "starts")
    return _selection(quantcal.conformal_risk_select(array(inputs["p_values"]), **options))


@adapter("qc_conformal_risk_graph")
def _graph(inputs: Inputs, kind: str) -> dict[str, Any]:
    graph = arrays(inputs, "f64", "weights", "transitions")
    values, delta = array(inputs["p_values"]), decode(inputs["delta"])
    return _selection(quantcal.conformal_risk_graph(values, delta, **graph))


@adapter("qc_conformal_risk_best")
def _best(inputs: Inputs, kind: str) -> dict[str, Any]:
    selected = array(inputs["selected"], "int").astype(bool)
    return {"index": quantcal.conformal_risk_best(selected, **arrays(inputs, "f64", "costs"))}
