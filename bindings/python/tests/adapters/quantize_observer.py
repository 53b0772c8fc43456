"""`quantize_observer` from Python."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.quantize_grid import grid_of
from adapters.quantize_range import rule_of
from adapters.registry import Inputs, adapter, default_arguments, given


def parts(inputs: Inputs, kind: str) -> list[Any]:
    """What further calls, or further observers, begin at `cuts`."""
    values = array(inputs.get("values", []), kind)
    return np.split(values, [int(cut) for cut in decode(inputs.get("cuts", []))])


def observer_of(inputs: Inputs, parts: list[Any]) -> quantcal.QuantizeObserver:
    options = given(inputs, "channels", "bins", "moving_average")
    observer = quantcal.QuantizeObserver(**options)
    for part in parts:
        shape = (-1, options.get("channels", 1), inputs.get("inner", 1))
        observer.update(part.reshape(shape), axis=1)
    return observer


def seen(observer: quantcal.QuantizeObserver) -> dict[str, Any]:
    return {name: each for name, each in vars(observer.summary()).items() if name != "channels"}


@adapter("qc_quantize_observer_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.QuantizeObserver)


@adapter(
    "qc_quantize_observer_create",
    "qc_quantize_observer_destroy",
    "qc_quantize_observer_summarize",
    "qc_quantize_observer_update",
)
def _summarize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return seen(observer_of(inputs, parts(inputs, kind or "f32")))


@adapter("qc_quantize_observer_merge")
def _merge(inputs: Inputs, kind: str) -> dict[str, Any]:
    observers = [observer_of(inputs, [part]) for part in parts(inputs, "f32")]

    def merged(a: quantcal.QuantizeObserver, b: quantcal.QuantizeObserver) -> Any:
        a.merge(b)
        return a

    if inputs.get("fold") == "right":
        return seen(reduce(lambda a, b: merged(b, a), reversed(observers)))
    return seen(reduce(merged, observers))


@adapter("qc_quantize_observer_range")
def _range(inputs: Inputs, kind: str) -> dict[str, Any]:
    observer = observer_of(inputs, parts(inputs, "f32"))
    zeros = inputs.get("with_zeros") == 1
    found = observer.range(grid_of(inputs), rule_of(inputs), zeros=zeros)
    out = {"scales": found.scales.ravel()}
    return out if found.zeros is None else out | {"zeros": found.zeros.ravel()}


@adapter("qc_quantize_observer_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    observer = observer_of(inputs, parts(inputs, "f32"))
    return {"bytes": np.frombuffer(observer.to_bytes(), np.uint8)}


@adapter("qc_quantize_observer_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    observer = quantcal.QuantizeObserver.from_bytes(bytes(decode(inputs["bytes"])))
    observer.update(array(inputs.get("values", []), "f32").reshape(-1, observer.summary().channels))
    return seen(observer)
