"""`conformal/selection` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_conformal_select_options_init")
def _select_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.conformal_select)
    names = ("pruning", "seed")
    return {name: defaults[name] for name in names} | {"randomised": int(defaults["randomised"])}


def _points(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("calibration", "test", "calibration_weights", "test_weights")
    randomised = bool(inputs.get("randomised", 0))
    return {**arrays(inputs, kind, *names), **given(inputs, "seed"), "randomised": randomised}


@adapter("qc_conformal_p_values")
def _p_values(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "tail", "first_point")
    return {"p": quantcal.conformal_p_values(**_points(inputs, kind), **options)}


def _rejected(rejected: Any) -> dict[str, Any]:
    return {"rejected": rejected.astype(int), "count": np.count_nonzero(rejected)}


@adapter("qc_conformal_benjamini_hochberg")
def _bh(inputs: Inputs, kind: str) -> dict[str, Any]:
    q = given(inputs, "q")
    return _rejected(quantcal.conformal_benjamini_hochberg(array(inputs["p"]), **q))


@adapter("qc_conformal_e_benjamini_hochberg")
def _e_bh(inputs: Inputs, kind: str) -> dict[str, Any]:
    q = given(inputs, "q")
    return _rejected(quantcal.conformal_e_benjamini_hochberg(array(inputs["e"]), **q))


def _selection(found: quantcal.ConformalSelection) -> dict[str, Any]:
    count = np.count_nonzero(found.selected)
    return {"selected": found.selected.astype(int), "p": found.p, "e": found.e, "count": count}


@adapter("qc_conformal_select")
def _select(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "q", "pruning")
    return _selection(quantcal.conformal_select(**_points(inputs, kind), **options))


@adapter("qc_conformal_select_models")
def _select_models(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = arrays(inputs, kind, "calibration", "test")
    options = given(inputs, "q", "pruning", "seed")
    found = quantcal.conformal_select_models(**scores, **options)
    return {**_selection(found), "chosen": found.chosen}


@adapter("qc_conformal_select_ridge")
def _select_ridge(inputs: Inputs, kind: str) -> dict[str, Any]:
    points = arrays(inputs, kind, "x", "outcomes", "test")
    options = given(inputs, "q", "pruning", "seed")
    found = quantcal.conformal_select_ridge(
        **points, **options, penalties=array(inputs["penalties"])
    )
    return {**_selection(found), "chosen": found.chosen}
