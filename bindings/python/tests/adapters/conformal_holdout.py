"""`conformal/holdout` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

OPTIONS = ("mechanism", "threshold", "sigma", "grid", "budget", "seed")


@adapter("qc_conformal_holdout_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.ConformalHoldout)


def _asked(state: quantcal.ConformalHoldout, inputs: Inputs) -> dict[str, Any]:
    """What a holdout answers to the questions of a case, call by call."""
    training, holdout = array(inputs["training"]), array(inputs["holdout"])
    cuts = array(inputs.get("cuts", []), "int")
    values, origins = [np.empty(0)], [np.empty(0, np.int64)]
    for one, other in zip(np.split(training, cuts), np.split(holdout, cuts), strict=True):
        answers = state.ask(one, other)
        values.append(answers.values)
        origins.append(answers.from_holdout.astype(np.int64))
    answered = np.concatenate(values)
    return {
        "answers": answered,
        "from_holdout": np.concatenate(origins),
        "answered": answered.size,
        "budget_left": state.remaining,
        "asked": state.asked,
    }


@adapter(
    "qc_conformal_holdout_create",
    "qc_conformal_holdout_destroy",
    "qc_conformal_holdout_ask",
    "qc_conformal_holdout_remaining",
)
def _ask(inputs: Inputs, kind: str) -> dict[str, Any]:
    return _asked(quantcal.ConformalHoldout(**given(inputs, *OPTIONS)), inputs)


@adapter("qc_conformal_holdout_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    state = quantcal.ConformalHoldout(**given(inputs, *OPTIONS))
    _asked(state, inputs)
    return {"bytes": np.frombuffer(state.to_bytes(), np.uint8)}


@adapter("qc_conformal_holdout_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    content = array(inputs["bytes"], "int").astype(np.uint8).tobytes()
    return _asked(quantcal.ConformalHoldout.from_bytes(content), inputs)


@adapter("qc_conformal_holdout_error")
def _error(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("n", "questions", "budget", "grid", "threshold", "delta")
    return {"error": np.float64(quantcal.conformal_holdout_error(**given(inputs, *names)))}


@adapter("qc_conformal_holdout_questions")
def _questions(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("n", "budget", "grid", "threshold", "delta", "accuracy")
    return {"questions": quantcal.conformal_holdout_questions(**given(inputs, *names))}
