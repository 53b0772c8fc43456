"""`isotonic/distribution` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments


@adapter("qc_isotonic_distribution_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    increasing = default_arguments(quantcal.isotonic_distribution)["increasing"]
    return {"direction": "increasing" if increasing else "decreasing"}


def _distribution(inputs: Inputs, kind: str) -> quantcal.IsotonicDistribution:
    increasing = inputs.get("direction", "increasing") == "increasing"
    values = arrays(inputs, kind or "f64", "x", "y", "weights") | arrays(inputs, "int", "events")
    return quantcal.isotonic_distribution(**values, increasing=increasing)


def _functions(fit: quantcal.IsotonicDistribution, queries: Any) -> dict[str, Any]:
    return {"thresholds": fit.thresholds, "probabilities": fit.cdf(queries)}


@adapter("qc_isotonic_distribution_create")
def _create(inputs: Inputs, kind: str) -> dict[str, Any]:
    return _functions(_distribution(inputs, kind), array(inputs["x"], kind))


@adapter("qc_isotonic_distribution_destroy", "qc_isotonic_distribution_thresholds")
def _thresholds(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = _distribution(inputs, kind)
    thresholds = fit.thresholds
    del fit
    return {"thresholds": thresholds}


@adapter("qc_isotonic_distribution_dimensions")
def _dimensions(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"dimensions": _distribution(inputs, kind).dimensions}


@adapter("qc_isotonic_distribution_cdf")
def _cdf(inputs: Inputs, kind: str) -> dict[str, Any]:
    given = arrays(inputs, kind, "queries", "thresholds")
    return {"probabilities": _distribution(inputs, kind).cdf(given["queries"], given["thresholds"])}


@adapter("qc_isotonic_distribution_quantile")
def _quantile(inputs: Inputs, kind: str) -> dict[str, Any]:
    queries, levels = array(inputs["queries"], kind), array(inputs["levels"])
    return {"quantiles": _distribution(inputs, kind).quantile(queries, levels)}


@adapter("qc_isotonic_distribution_crps")
def _crps(inputs: Inputs, kind: str) -> dict[str, Any]:
    given = arrays(inputs, kind, "queries", "outcomes")
    return {"crps": _distribution(inputs, kind).crps(given["queries"], given["outcomes"])}


@adapter("qc_isotonic_distribution_pit")
def _pit(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = _distribution(inputs, kind)
    given = arrays(inputs, kind, "queries", "outcomes")
    lower, upper = fit.pit_bounds(given["queries"], given["outcomes"])
    pit = fit.pit(given["queries"], given["outcomes"], seed=decode(inputs["seed"]))
    return {"lower": lower, "upper": upper, "pit": pit}


@adapter("qc_isotonic_distribution_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    content = _distribution(inputs, kind).to_bytes()
    return {"bytes": np.frombuffer(content, np.uint8)}


@adapter("qc_isotonic_distribution_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = quantcal.IsotonicDistribution.from_bytes(bytes(inputs["bytes"]))
    return _functions(fit, array(inputs["queries"]))
