"""How each function of the library is called from Python, for the test vectors.

An adapter takes a case's inputs and its type, and gives the outputs by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal

Inputs = dict[str, Any]
ADAPTERS: dict[str, Callable[[Inputs, str], dict[str, Any]]] = {}


def adapter(*functions: str) -> Callable[[Any], Any]:
    def register(call: Callable[[Inputs, str], dict[str, Any]]) -> Any:
        ADAPTERS.update(dict.fromkeys(functions, call))
        return call

    return register


def given(inputs: Inputs, *names: str) -> dict[str, Any]:
    """The scalars of these names that the case has, for keyword arguments."""
    return {name: decode(inputs[name]) for name in names if name in inputs}


def arrays(inputs: Inputs, kind: str, *names: str) -> dict[str, np.ndarray]:
    return {name: array(inputs[name], kind) for name in names if name in inputs}


def default_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not one.empty}


# base


@adapter("qc_version")
def _version(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"value": quantcal.version()}


@adapter("qc_kernel_level")
def _kernel_level(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"one_of": quantcal.kernel_level()}


@adapter("qc_status_name")
def _status_name(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"value": quantcal.status_name(decode(inputs["status"]))}


@adapter("qc_last_error")
def _last_error(inputs: Inputs, kind: str) -> dict[str, Any]:
    try:
        quantcal.conformal_rank(decode(inputs["n"]), decode(inputs["alpha"]))
    except quantcal.QuantcalError:
        return {"value": quantcal.last_error()}
    raise AssertionError("the call should have failed")


@adapter("qc_set_thread_count", "qc_thread_count")
def _thread_count(inputs: Inputs, kind: str) -> dict[str, Any]:
    try:
        quantcal.set_thread_count(decode(inputs["count"]))
        return {"count": quantcal.thread_count()}
    finally:
        quantcal.set_thread_count(0)


# isotonic


@adapter("qc_isotonic_regression_options_init")
def _isotonic_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = default_arguments(quantcal.isotonic_regression)["increasing"]
    return {"direction": "increasing" if increasing else "decreasing"}


@adapter("qc_isotonic_regression")
def _isotonic(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = inputs.get("direction", "increasing") == "increasing"
    values = arrays(inputs, kind, "y", "weights")
    fit = quantcal.isotonic_regression(**values, increasing=increasing)
    return {"x": fit.x, "block_weights": fit.weights, "blocks": fit.blocks}


# conformal


@adapter("qc_conformal_rank")
def _rank(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"rank": quantcal.conformal_rank(**given(inputs, "n", "alpha"))}


@adapter("qc_conformal_threshold")
def _threshold(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = array(inputs["scores"], kind)
    threshold = quantcal.conformal_threshold(scores, decode(inputs["alpha"]))
    return {"threshold": scores.dtype.type(threshold)}


@adapter("qc_conformal_sets")
def _sets(inputs: Inputs, kind: str) -> dict[str, Any]:
    sets = quantcal.conformal_sets(array(inputs["scores"], kind), decode(inputs["threshold"]))
    return {"mask": sets.mask, "sizes": sets.sizes}


@adapter("qc_conformal_intervals")
def _intervals(inputs: Inputs, kind: str) -> dict[str, Any]:
    mean = array(inputs["mean"], kind)
    lower, upper = quantcal.conformal_intervals(mean, decode(inputs["threshold"]))
    return {"lower": lower, "upper": upper}


# calibration


@adapter("qc_calibration_temperature_options_init")
def _temperature_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.temperature_fit)


@adapter("qc_calibration_temperature_fit")
def _temperature_fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = quantcal.temperature_fit(
        **arrays(inputs, kind, "logits", "weights"),
        **arrays(inputs, "int", "labels"),
        **given(inputs, "max_iterations"),
    )
    return vars(fit)


@adapter("qc_calibration_temperature_apply")
def _temperature_apply(inputs: Inputs, kind: str) -> dict[str, Any]:
    logits, temperature = array(inputs["logits"], kind), decode(inputs["temperature"])
    return {"probabilities": quantcal.temperature_apply(logits, temperature)}


@adapter("qc_calibration_error_options_init")
def _error_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.calibration_error)


@adapter("qc_calibration_error")
def _calibration_error(inputs: Inputs, kind: str) -> dict[str, Any]:
    arguments = {
        "probs": array(inputs["probabilities"], kind),
        "labels": array(inputs["labels"], "int"),
        **arrays(inputs, kind, "weights"),
        **given(inputs, "bins", "target", "binning", "norm", "edges"),
    }
    error = quantcal.calibration_error(**arguments)
    bins = quantcal.reliability_bins(**arguments)
    assert bins.error == error
    table = np.stack([bins.weight, bins.confidence, bins.outcome], axis=-1)
    return {"error": error, "bin_table": table}


# quantize


def quantize_options(inputs: Inputs) -> dict[str, Any]:
    options = given(inputs, "bits", "group_size", "granularity")
    if "scheme" in inputs:
        options["symmetric"] = inputs["scheme"] == "symmetric"
    return options


@adapter("qc_quantize_integer_options_init")
def _quantize_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.quantize)
    assert defaults == default_arguments(quantcal.quantize_layout) | {"progress": None}
    return {**defaults, "scheme": "symmetric" if defaults["symmetric"] else "affine"}


@adapter("qc_quantize_integer_layout")
def _layout(inputs: Inputs, kind: str) -> dict[str, Any]:
    shape = given(inputs, "rows", "columns")
    return quantcal.quantize_layout(**shape, **quantize_options(inputs))._asdict()


@adapter("qc_quantize_integer_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    q = quantcal.quantize(array(inputs["values"], kind), **quantize_options(inputs))
    return {"codes": q.packed, "scales": q.scales, "zeros": q.zeros, "unpacked": q.codes}


@adapter("qc_quantize_integer_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = quantize_options(inputs)
    affine = not options.pop("symmetric", True)
    matrix = quantcal.QuantizedMatrix(
        packed=array(inputs["codes"], "int").astype(np.uint8),
        scales=array(inputs["scales"], "f32"),
        zeros=array(inputs["zeros"], "int").astype(np.uint8) if affine else None,
        shape=(decode(inputs["rows"]), decode(inputs["columns"])),
        **options,
    )
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    return {"values": matrix.dequantize(dtypes[kind])}


@adapter("qc_quantize_pack")
def _pack(inputs: Inputs, kind: str) -> dict[str, Any]:
    signed = bool(inputs["is_signed"])
    # The files spell bytes as numbers from -128 to 255; as C sees them they are bytes.
    codes = array(inputs["unpacked"], "int").astype(np.int8 if signed else np.uint8)
    return {"packed": quantcal.pack_codes(codes, decode(inputs["bits"]))}


@adapter("qc_quantize_unpack")
def _unpack(inputs: Inputs, kind: str) -> dict[str, Any]:
    rows, columns, bits = (decode(inputs[name]) for name in ("rows", "columns", "bits"))
    packed = array(inputs["packed"], "int").astype(np.uint8)
    packed = packed.reshape(rows, -1 if rows else -(-columns * bits // 8))
    signed = bool(inputs["is_signed"])
    return {"unpacked": quantcal.unpack_codes(packed, columns, bits, signed)}
