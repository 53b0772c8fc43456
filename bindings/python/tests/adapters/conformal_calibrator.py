"""`conformal/calibrator` from Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

ALPHAS = [0.1, 0.3, 0.5]


def empty(inputs: Inputs) -> quantcal.ConformalCalibrator:
    weighted = bool(inputs.get("weighted", "weights" in inputs))
    return quantcal.ConformalCalibrator(
        weighted=weighted, **given(inputs, "group_count", "last_group")
    )


def parts(inputs: Inputs, kind: str) -> Iterator[dict[str, np.ndarray]]:
    """The points between one cut and the next."""
    kinds = {"scores": kind or "f64", "weights": kind or "f64", "groups": "int"}
    values = {name: array(inputs[name], kinds[name]) for name in kinds if name in inputs}
    cuts = [0, *decode(inputs.get("cuts", [])), len(values["scores"])]
    for begin, end in itertools.pairwise(cuts):
        yield {name: column[begin:end] for name, column in values.items()}


def filled(inputs: Inputs, kind: str) -> quantcal.ConformalCalibrator:
    calibrator = empty(inputs)
    for part in parts(inputs, kind):
        calibrator.update(**part)
    return calibrator


def seen(calibrator: quantcal.ConformalCalibrator) -> dict[str, Any]:
    return {"counts": calibrator.counts(), "thresholds": calibrator.thresholds(ALPHAS)}


def test_points(inputs: Inputs) -> dict[str, Any]:
    names = {"test_weights": ("test_weights", "f64"), "test_groups": ("groups", "int")}
    return {name: array(inputs[key], kind) for key, (name, kind) in names.items() if key in inputs}


@adapter("qc_conformal_calibrator_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.ConformalCalibrator)
    return defaults | {"weighted": int(defaults["weighted"])}


@adapter("qc_conformal_p_value_options_init")
def _p_value_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.ConformalCalibrator.p_values)
    del defaults["test_weights"], defaults["groups"]
    return defaults | {"randomised": int(defaults["randomised"])}


@adapter(
    "qc_conformal_calibrator_create",
    "qc_conformal_calibrator_destroy",
    "qc_conformal_calibrator_update",
    "qc_conformal_calibrator_counts",
)
def _seen(inputs: Inputs, kind: str) -> dict[str, Any]:
    return seen(filled(inputs, kind))


@adapter("qc_conformal_calibrator_merge")
def _merge(inputs: Inputs, kind: str) -> dict[str, Any]:
    calibrators = []
    for part in parts(inputs, kind):
        calibrators.append(empty(inputs))
        calibrators[-1].update(**part)
    while len(calibrators) > 1:
        at = len(calibrators) - 2 if inputs.get("fold") == "right" else 0
        calibrators[at].merge(calibrators.pop(at + 1))
    return seen(calibrators[0])


@adapter("qc_conformal_calibrator_thresholds")
def _thresholds(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"thresholds": filled(inputs, kind).thresholds(array(inputs["alphas"], "f64"))}


@adapter("qc_conformal_calibrator_point_thresholds")
def _point_thresholds(inputs: Inputs, kind: str) -> dict[str, Any]:
    calibrator = filled(inputs, kind)
    (alpha,) = given(inputs, "alpha").values()
    return {
        "thresholds": calibrator.point_thresholds(
            alpha, **test_points(inputs), **given(inputs, "m")
        )
    }


@adapter("qc_conformal_calibrator_p_values")
def _p_values(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = array(inputs["test_scores"], kind)
    options = given(inputs, "tail", "seed", "first_point")
    options["randomised"] = bool(inputs.get("randomised", 0))
    return {"p_values": filled(inputs, kind).p_values(scores, **test_points(inputs), **options)}


@adapter("qc_conformal_calibrator_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"bytes": np.frombuffer(filled(inputs, kind).to_bytes(), np.uint8)}


@adapter("qc_conformal_calibrator_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return seen(quantcal.ConformalCalibrator.from_bytes(bytes(decode(inputs["bytes"]))))
