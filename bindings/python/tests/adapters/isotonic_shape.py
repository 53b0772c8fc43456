"""`isotonic/shape` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_isotonic_unimodal_options_init")
def _unimodal_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"shape": default_arguments(quantcal.isotonic_unimodal)["shape"]}


@adapter("qc_isotonic_unimodal")
def _unimodal(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "shape", "mode")
    fit = quantcal.isotonic_unimodal(**arrays(inputs, kind, "y", "weights"), **options)
    return {"x": fit.x, "mode": fit.mode}


@adapter("qc_isotonic_convex_options_init")
def _convex_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_convex)
    return {key: defaults[key] for key in ("curvature", "monotonicity")}


@adapter("qc_isotonic_convex")
def _convex(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "curvature", "monotonicity")
    fit = quantcal.isotonic_convex(**arrays(inputs, kind, "x", "y", "weights"), **options)
    return {"fitted": fit.fitted, "knots": fit.knots, "values": fit.values}
