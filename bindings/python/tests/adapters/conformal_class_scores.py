"""Scores of classes and their sets from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

COMMON = ("kind", "randomisation", "points", "k_reg", "gamma", "seed", "first_row")
CALLS = (
    quantcal.conformal_label_scores,
    quantcal.conformal_class_scores,
    quantcal.conformal_class_sets,
)


def _options(inputs: Inputs) -> dict[str, Any]:
    penalty = {"penalty": decode(inputs["lambda"])} if "lambda" in inputs else {}
    return given(inputs, *COMMON) | penalty


@adapter("qc_conformal_class_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    choices = [default_arguments(call) for call in CALLS]
    assert all(one[name] == choices[0][name] for one in choices for name in (*COMMON, "penalty"))
    return choices[-1] | {"lambda": choices[-1]["penalty"]}


@adapter("qc_conformal_label_scores")
def _label_scores(inputs: Inputs, kind: str) -> dict[str, Any]:
    probs, labels = array(inputs["probabilities"], kind), array(inputs["labels"], "int")
    return {"scores": quantcal.conformal_label_scores(probs, labels, **_options(inputs))}


@adapter("qc_conformal_class_scores")
def _class_scores(inputs: Inputs, kind: str) -> dict[str, Any]:
    probs = array(inputs["probabilities"], kind)
    return {"scores": quantcal.conformal_class_scores(probs, **_options(inputs))}


@adapter("qc_conformal_class_sets")
def _sets(inputs: Inputs, kind: str) -> dict[str, Any]:
    thresholds = array(inputs["thresholds"], kind)
    is_one = inputs.get("threshold_for", "all") == "all"
    sets = quantcal.conformal_class_sets(
        array(inputs["probabilities"], kind),
        np.reshape(thresholds, ()) if is_one else thresholds,
        **_options(inputs),
        **given(inputs, "threshold_for", "empty_sets"),
    )
    return {"mask": sets.mask, "sizes": sets.sizes}


@adapter("qc_conformal_raps_tune")
def _tune(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = quantcal.conformal_raps_tune(
        array(inputs["probabilities"], kind),
        array(inputs["labels"], "int"),
        decode(inputs["alpha"]),
        penalties=array(inputs["lambdas"], "f64"),
        **given(inputs, "randomisation"),
    )
    return vars(fit) | {"lambda": fit.penalty}
