"""Candidates from Python."""

from __future__ import annotations

from typing import Any

from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_quantize_candidates_options_init")
def _init(inputs: Inputs, kind: str) -> dict[str, Any]:
    settings = default_arguments(quantcal.quantize_candidates_calibrate)
    # A number of centres is never left out: it is that of rows.
    return {name: settings[name] for name in settings if name not in ("weights", "progress")} | {
        "centres": 256
    }


@adapter("qc_quantize_candidates_find")
def _find(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "candidates")
    found = quantcal.quantize_candidates_find(
        array(inputs["vectors"], kind), array(inputs["books"], kind), **options
    )
    return found._asdict()


def _candidates(inputs: Inputs, kind: str) -> tuple[Any, Any]:
    return array(inputs["candidates"], "int"), array(inputs["logits"], kind)


@adapter("qc_quantize_candidates_mix")
def _mix(inputs: Inputs, kind: str) -> dict[str, Any]:
    books = array(inputs["books"], kind)
    return quantcal.quantize_candidates_mix(*_candidates(inputs, kind), books)._asdict()


@adapter("qc_quantize_candidates_gradient")
def _gradient(inputs: Inputs, kind: str) -> dict[str, Any]:
    found = quantcal.quantize_candidates_gradient(
        array(inputs["gradients"], kind),
        *_candidates(inputs, kind),
        array(inputs["books"], kind),
        **given(inputs, "penalty"),
    )
    return {"logit_gradients": found.logits, "centre_gradients": found.centres}


@adapter("qc_quantize_candidates_settle")
def _settle(inputs: Inputs, kind: str) -> dict[str, Any]:
    found = quantcal.quantize_candidates_settle(
        *_candidates(inputs, kind), centres=decode(inputs["centres"]), **given(inputs, "settled")
    )
    return found._asdict()


@adapter("qc_quantize_candidates_calibrate")
def _calibrate(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(
        inputs,
        "candidates",
        "penalty",
        "settled",
        "iterations",
        "logit_step",
        "centre_step",
        "smoothing",
    )
    found = quantcal.quantize_candidates_calibrate(
        array(inputs["matrix"], kind),
        array(inputs["hessian"], kind),
        array(inputs["books"], kind),
        **arrays(inputs, kind, "weights"),
        **options,
    )
    return found._asdict() | {
        "centres": found.centres[0, 0],
        "codes": found.codes[:, 0, 0],
        "converged": int(found.converged),
    }
