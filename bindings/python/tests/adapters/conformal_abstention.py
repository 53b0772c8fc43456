"""`conformal/abstention` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, given


def _flags(inputs: Inputs, name: str) -> np.ndarray:
    return array(inputs[name], "int").astype(bool)


def _points(inputs: Inputs, kind: str) -> tuple[np.ndarray, np.ndarray]:
    return array(inputs["uncertainties"], kind), _flags(inputs, "wrong")


@adapter("qc_conformal_abstention_curve")
def _curve(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(quantcal.conformal_abstention_curve(*_points(inputs, kind)))


@adapter("qc_conformal_abstention_threshold")
def _threshold(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "rule", "target")
    found = quantcal.conformal_abstention_threshold(*_points(inputs, kind), **options)
    number = np.float32 if kind == "f32" else np.float64
    return vars(found) | {"threshold": number(found.threshold)}


@adapter("qc_conformal_abstention_decisions")
def _decisions(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "single_threshold", "abstention_threshold")
    if "sizes" in inputs:
        options["sizes"] = array(inputs["sizes"], "int")
    values = array(inputs["uncertainties"], kind)
    return {"decisions": quantcal.conformal_abstention_decisions(values, **options)}


@adapter("qc_conformal_abstention_summarize")
def _summarize(inputs: Inputs, kind: str) -> dict[str, Any]:
    holds = (_flags(inputs, "singles_hold"), _flags(inputs, "sets_hold"))
    decisions = array(inputs["decisions"], "int")
    return vars(quantcal.conformal_abstention_summary(decisions, *holds))
