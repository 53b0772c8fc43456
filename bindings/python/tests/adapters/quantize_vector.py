"""Code books from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


def _sizes(inputs: Inputs) -> dict[str, int]:
    return {name: decode(inputs.get(name, 1)) for name in ("parts", "stages", "centres")}


def _books(inputs: Inputs, name: str) -> np.ndarray:
    """Centres, a row each, of all books."""
    sizes = _sizes(inputs)
    rows = array(inputs[name], "f32")
    return rows.reshape(sizes["parts"], sizes["stages"], sizes["centres"], -1)


@adapter("qc_quantize_vector_options_init")
def _init(inputs: Inputs, kind: str) -> dict[str, Any]:
    refining = default_arguments(quantcal.quantize_vector_refine)
    return default_arguments(quantcal.quantize_vector_train) | {"beam": refining["beam"]}


@adapter("qc_quantize_vector_train")
def _train(inputs: Inputs, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = given(
        inputs,
        "centres",
        "parts",
        "stages",
        "seed",
        "start",
        "iterations",
        "restarts",
        "passes",
        "tolerance",
    )
    options |= arrays(inputs, kind, "weights", "importance")
    if "first" in inputs:
        options["first"] = _books(inputs, "first")
    books = quantcal.quantize_vector_train(array(inputs["vectors"], kind), **options)
    return _outputs(books)


def _outputs(books: quantcal.CodeBooks) -> dict[str, Any]:
    return books._asdict() | {
        "centres": books.centres.reshape(-1, books.centres.shape[3]),
        "codes": books.codes.reshape(len(books.codes), -1),
        "converged": int(books.converged),
    }


@adapter("qc_quantize_vector_encode")
def _encode(inputs: Inputs, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = given(inputs, "passes") | arrays(inputs, kind, "importance")
    vectors = array(inputs["vectors"], kind)
    codes = quantcal.quantize_vector_encode(vectors, _books(inputs, "books"), **options)
    return {"codes": codes.reshape(len(vectors), codes.shape[1] * codes.shape[2])}


@adapter("qc_quantize_vector_decode")
def _decode(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = _sizes(inputs)
    codes = array(inputs["codes"], "int")
    codes = codes.reshape(-1, sizes["parts"], sizes["stages"])
    return {"vectors": quantcal.quantize_vector_decode(codes, _books(inputs, "books"))}


@adapter("qc_quantize_vector_refine")
def _refine(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = _sizes(inputs)
    codes = array(inputs["codes"], "int").reshape(-1, sizes["parts"], sizes["stages"])
    found = quantcal.quantize_vector_refine(
        array(inputs["matrix"], kind),
        array(inputs["hessian"], kind),
        _books(inputs, "books"),
        codes,
        **arrays(inputs, kind, "weights"),
        **given(inputs, "iterations", "tolerance", "beam"),
    )
    return _outputs(found)
