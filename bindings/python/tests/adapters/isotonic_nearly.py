"""`isotonic/nearly` from Python."""

from __future__ import annotations

from typing import Any

from vectors import decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments


@adapter("qc_isotonic_nearly_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = default_arguments(quantcal.isotonic_nearly)["increasing"]
    return {"direction": "increasing" if increasing else "decreasing"}


def _path(inputs: Inputs, kind: str) -> quantcal.NearlyIsotonicPath:
    increasing = inputs.get("direction", "increasing") == "increasing"
    values = arrays(inputs, kind or "f64", "y", "weights")
    return quantcal.isotonic_nearly(**values, increasing=increasing)


@adapter("qc_isotonic_nearly_create", "qc_isotonic_nearly_breakpoints")
def _breakpoints(inputs: Inputs, kind: str) -> dict[str, Any]:
    lambdas = _path(inputs, kind).breakpoints
    return {"lambdas": lambdas, "count": lambdas.size}


@adapter("qc_isotonic_nearly_fit")
def _fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    path = _path(inputs, kind)
    lmbda = decode(inputs["lambda"])
    return {"x": path.fit(lmbda), "degrees_of_freedom": path.degrees_of_freedom(lmbda)}


@adapter("qc_isotonic_nearly_destroy")
def _destroy(inputs: Inputs, kind: str) -> dict[str, Any]:
    path = _path(inputs, kind)
    del path
    return {}
