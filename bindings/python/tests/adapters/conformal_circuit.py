"""`conformal/circuit` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays


def _given(inputs: Inputs) -> dict[str, Any]:
    columns = [inputs.get(name, []) for name in ("premises", "conclusions")]
    columns.append(array(inputs.get("weights", [])).tolist())
    columns.append(inputs.get("circuits", [0] * len(columns[0])))
    return {
        "rules": [quantcal.KnowledgeRule(*rule) for rule in zip(*columns, strict=True)],
        "circuits": inputs.get("circuit_count", 1),
        **arrays(inputs, "f64", "shares"),
    }


@adapter("qc_conformal_circuit_probabilities")
def _probabilities(inputs: Inputs, kind: str) -> dict[str, Any]:
    leaves = array(inputs["leaves"])
    return {"corrected": quantcal.conformal_circuit_probabilities(leaves, **_given(inputs))}


@adapter("qc_conformal_circuit_bounds")
def _bounds(inputs: Inputs, kind: str) -> dict[str, Any]:
    lower, upper = quantcal.conformal_circuit_bounds(
        array(inputs["lower"]), array(inputs["upper"]), **_given(inputs)
    )
    return {"corrected_lower": lower, "corrected_upper": upper}
