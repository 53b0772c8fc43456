"""Diagnostics and planning of `quantize` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_error")
def _error(inputs: Inputs, kind: str) -> dict[str, Any]:
    original = array(inputs["original"], kind)
    return quantcal.quantize_error(original, array(inputs["approximation"], "f32"))._asdict()


@adapter("qc_quantize_statistics")
def _statistics(inputs: Inputs, kind: str) -> dict[str, Any]:
    return quantcal.quantize_statistics(array(inputs["values"], kind))._asdict()


@adapter("qc_quantize_outlier_options_init")
def _outlier_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_outlier_columns)


@adapter("qc_quantize_outlier_columns")
def _outliers(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "threshold", "reference")
    found = quantcal.quantize_outlier_columns(array(inputs["values"], kind), **options)
    return {
        "magnitudes": found.magnitudes,
        "is_outlier": found.is_outlier.astype(np.uint8),
        "count": found.outlier_count,
    }


@adapter("qc_quantize_code_counts")
def _code_counts(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns, bits = (decode(inputs[name]) for name in ("rows", "columns", "bits"))
    codes = array(inputs["codes"], "int").astype(np.uint8)
    codes = codes.reshape(rows, -1 if rows else -(-columns * bits // 8))
    return {"counts": quantcal.quantize_code_counts(codes, columns, bits)}


@adapter("qc_quantize_entropy")
def _entropy(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"bits": quantcal.quantize_entropy(array(inputs["counts"], "int"))}


@adapter("qc_quantize_kl_divergence")
def _kl_divergence(inputs: Inputs, kind: str) -> dict[str, Any]:
    matrices = (array(inputs[name], kind) for name in ("reference", "approximation"))
    return quantcal.quantize_kl_divergence(*matrices)._asdict()


@adapter("qc_quantize_propagation")
def _propagation(inputs: Inputs, kind: str) -> dict[str, Any]:
    names = ("input", "approximate_input", "weights", "approximate_weights")
    matrices = (array(inputs[name], "f32") for name in names)
    return quantcal.quantize_propagation(*matrices)._asdict()


@adapter("qc_quantize_qat_options_init")
def _qat_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_qat_fraction)


@adapter("qc_quantize_qat_fraction")
def _qat_fraction(inputs: Inputs, kind: str) -> dict[str, Any]:
    fraction = quantcal.quantize_qat_fraction(**given(inputs, *inputs))
    return {"fraction": fraction}


@adapter("qc_quantize_qat_loss")
def _qat_loss(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"loss": quantcal.quantize_qat_loss(**given(inputs, *inputs))}
