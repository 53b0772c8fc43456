"""`quantize` from Python."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given


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
