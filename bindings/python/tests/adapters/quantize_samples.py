"""`quantize_samples` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_samples_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    functions = (
        quantcal.quantize_samples_filter,
        quantcal.quantize_samples_allocate,
        quantcal.quantize_samples_steps,
        quantcal.quantize_samples_select,
    )
    return {name: value for one in functions for name, value in default_arguments(one).items()}


@adapter("qc_quantize_samples_filter")
def _filter(inputs: Inputs, kind: str) -> dict[str, Any]:
    categories = array(inputs["categories"], "int") if "categories" in inputs else None
    kept = quantcal.quantize_samples_filter(
        array(inputs["statistics"], "f64"), categories, **given(inputs, "fence")
    )
    return {"kept": kept.astype(int)}


@adapter("qc_quantize_samples_select")
def _select(inputs: Inputs, kind: str) -> dict[str, Any]:
    kept = array(inputs["kept"], "int").astype(bool) if "kept" in inputs else None
    options = given(inputs, "method", "radius", "diversity", "clusters", "restarts", "seed")
    features = array(inputs["features"], "f32")
    return {"chosen": quantcal.quantize_samples_select(features, inputs["choose"], kept, **options)}


@adapter("qc_quantize_samples_allocate")
def _allocate(inputs: Inputs, kind: str) -> dict[str, Any]:
    found = quantcal.quantize_samples_allocate(
        array(inputs["features"], "f32"), inputs["total"], **given(inputs, "radius", "diversity")
    )
    return found._asdict()


@adapter("qc_quantize_samples_steps")
def _steps(inputs: Inputs, kind: str) -> dict[str, Any]:
    numbers = given(inputs, "steps", "count", "draw", "mean", "deviation", "seed")
    return {"chosen": quantcal.quantize_samples_steps(**numbers)}
