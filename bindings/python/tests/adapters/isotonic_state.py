"""`isotonic/state` from Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from vectors import decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


def empty(inputs: Inputs) -> quantcal.IsotonicState:
    increasing = inputs.get("direction", "increasing") == "increasing"
    options = given(inputs, "loss", "solution", "level")
    return quantcal.IsotonicState(increasing=increasing, **options)


def parts(inputs: Inputs, kind: str) -> Iterator[dict[str, np.ndarray]]:
    """The points between one cut and the next."""
    values = arrays(inputs, kind or "f64", "x", "y", "weights")
    cuts = [0, *decode(inputs.get("cuts", [])), len(values["x"])]
    for begin, end in itertools.pairwise(cuts):
        yield {name: column[begin:end] for name, column in values.items()}


def filled(inputs: Inputs, kind: str) -> quantcal.IsotonicState:
    state = empty(inputs)
    for part in parts(inputs, kind):
        state.update(**part)
    return state


@adapter("qc_isotonic_state_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.IsotonicState)
    increasing = defaults.pop("increasing")
    return {"direction": "increasing" if increasing else "decreasing", **defaults}


@adapter(
    "qc_isotonic_state_create",
    "qc_isotonic_state_destroy",
    "qc_isotonic_state_update",
    "qc_isotonic_state_fit",
)
def _fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(filled(inputs, kind).fit())


@adapter("qc_isotonic_state_merge")
def _merge(inputs: Inputs, kind: str) -> dict[str, Any]:
    states = []
    for part in parts(inputs, kind):
        states.append(empty(inputs))
        states[-1].update(**part)
    while len(states) > 1:
        at = len(states) - 2 if inputs.get("fold") == "right" else 0
        states[at].merge(states.pop(at + 1))
    return vars(states[0].fit())


@adapter("qc_isotonic_state_knots")
def _knots(inputs: Inputs, kind: str) -> dict[str, Any]:
    x, y = filled(inputs, kind).knots()
    return {"x": x, "y": y}


@adapter("qc_isotonic_state_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"bytes": np.frombuffer(filled(inputs, kind).to_bytes(), np.uint8)}


@adapter("qc_isotonic_state_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(quantcal.IsotonicState.from_bytes(bytes(decode(inputs["bytes"]))).fit())
