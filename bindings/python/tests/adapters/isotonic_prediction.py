"""`isotonic/prediction` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

INCREASING = {"increasing": True, "decreasing": False, "auto": "auto"}


def _word(direction: quantcal.IsotonicDirection) -> str:
    return "increasing" if direction.increasing else "decreasing"


@adapter("qc_isotonic_direction")
def _direction(inputs: Inputs, kind: str) -> dict[str, Any]:
    answer = quantcal.isotonic_direction(**arrays(inputs, kind, "x", "y"))
    return {
        "direction": _word(answer),
        "is_ambiguous": int(answer.is_ambiguous),
        "correlation": answer.correlation,
        "interval_lower": answer.interval[0],
        "interval_upper": answer.interval[1],
    }


@adapter("qc_isotonic_fit")
def _fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "loss", "level", "ties", "minimum_gap", "tie_tolerance")
    for name, argument in (("lower_bound", "lower"), ("upper_bound", "upper")):
        if name in inputs:
            options[argument] = inputs[name]
    increasing = INCREASING[inputs.get("direction", "increasing")]
    model = quantcal.isotonic_fit(
        **arrays(inputs, kind, "x", "y", "weights"), increasing=increasing, fitted=True, **options
    )
    return {
        "fitted": model.fitted,
        "knots": model.knots,
        "values": model.values,
        "direction": _word(model.direction),
    }


@adapter("qc_isotonic_predict")
def _predict(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = arrays(inputs, kind, "knots", "values", "queries")
    queries = values.pop("queries")
    options = given(inputs, "interpolation")
    if "outside" in inputs:
        options["outside"] = inputs["outside"].removeprefix("outside_")
    return {"predictions": quantcal.isotonic_predict(**values, x=queries, **options)}


@adapter("qc_isotonic_predict_options_init")
def _predict_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_predict)
    return {
        "interpolation": defaults["interpolation"],
        "outside": "outside_" + defaults["outside"],
    }
