"""`conformal/online` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

OPTIONS = (
    "method",
    "sides",
    "integrator",
    "rate",
    "alpha",
    "start",
    "horizon",
    "score_bound",
    "learning_rate",
    "saturation",
    "integral_gain",
    "rho",
    "cap",
    "window",
    "batch",
    "lifetime",
)


def new_state(inputs: Inputs) -> quantcal.ConformalOnline:
    options = given(inputs, *OPTIONS)
    if "gamma" in inputs:
        options["gamma"] = array(inputs["gamma"], "f64")
    state = quantcal.ConformalOnline(**options)
    if "calibration" in inputs:
        state.calibrate(array(inputs["calibration"], "f64"))
    return state


def path(state: quantcal.ConformalOnline, inputs: Inputs) -> quantcal.ConformalOnlinePath:
    forecasts = array(inputs["forecasts"], "f64") if "forecasts" in inputs else None
    return state.run(array(inputs.get("scores", []), "f64"), forecasts=forecasts)


def after_run(inputs: Inputs) -> quantcal.ConformalOnline:
    state = new_state(inputs)
    path(state, inputs)
    return state


@adapter("qc_conformal_online_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.ConformalOnline)
    assert defaults.pop("gamma") is None
    return defaults


@adapter(
    "qc_conformal_online_create",
    "qc_conformal_online_destroy",
    "qc_conformal_online_calibrate",
    "qc_conformal_online_threshold",
)
def _threshold(inputs: Inputs, kind: str) -> dict[str, Any]:
    forecast = decode(inputs.get("forecast", 0))
    return after_run(inputs).threshold(forecast)._asdict()


@adapter("qc_conformal_online_observe")
def _observe(inputs: Inputs, kind: str) -> dict[str, Any]:
    state = new_state(inputs)
    outcomes = [state.observe(score) for score in array(inputs["scores"], "f64")]
    covered = [-1 if outcome is None else int(outcome) for outcome in outcomes]
    return {"covered": covered, **state.threshold()._asdict()}


@adapter("qc_conformal_online_run")
def _run(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(path(new_state(inputs), inputs))


@adapter("qc_conformal_online_summarize")
def _summarize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(after_run(inputs).summary())


@adapter("qc_conformal_online_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"bytes": np.frombuffer(after_run(inputs).to_bytes(), np.uint8)}


@adapter("qc_conformal_online_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    state = quantcal.ConformalOnline.from_bytes(bytes(decode(inputs["bytes"])))
    return vars(path(state, inputs))
