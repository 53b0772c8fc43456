"""`conformal/policy` from Python."""

from __future__ import annotations

import inspect
from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, given

_COSTS = ("wrong_cost", "size_cost", "abstention_cost")


@adapter("qc_conformal_policy_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    parameters = inspect.signature(quantcal.conformal_policy_learn).parameters
    values = {name: parameters[name].default for name in (*_COSTS, "candidates", "rounds", "seed")}
    for name in ("single", "abstention"):
        values[f"{name}_low"], values[f"{name}_high"] = parameters[f"{name}_range"].default
    return values


def _points(inputs: Inputs, kind: str) -> tuple[Any, Any]:
    return array(inputs["scores"], kind), array(inputs["labels"], "int")


@adapter("qc_conformal_policy_value")
def _value(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "single_alpha", "abstention_alpha", *_COSTS)
    return vars(quantcal.conformal_policy_value(*_points(inputs, kind), **options))


@adapter("qc_conformal_policy_learn")
def _learn(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, *_COSTS, "candidates", "rounds", "seed")
    defaults = _defaults({}, "")
    for name in ("single", "abstention"):
        ends = (f"{name}_low", f"{name}_high")
        options[f"{name}_range"] = tuple(given(inputs, end).get(end, defaults[end]) for end in ends)
    return vars(quantcal.conformal_policy_learn(*_points(inputs, kind), **options))
