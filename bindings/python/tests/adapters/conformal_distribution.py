"""`conformal/distribution` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, given


def distributions(inputs: Inputs, kind: str, *names: str) -> dict[str, Any]:
    groups = {
        name: array(inputs[name], "int") for name in ("residual_groups", "groups") if name in inputs
    }
    return {**arrays(inputs, kind, "residuals", "mean", "scale", *names), **groups}


@adapter("qc_conformal_distribution_cdf")
def _cdf(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = distributions(inputs, kind, "thresholds")
    return vars(quantcal.conformal_distribution_cdf(**values, **given(inputs, "seed")))


@adapter("qc_conformal_distribution_quantile")
def _quantile(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = distributions(inputs, kind)
    lower, upper = quantcal.conformal_distribution_quantile(
        **values, levels=array(inputs["levels"])
    )
    return {"lower": lower, "upper": upper}


@adapter("qc_conformal_distribution_crps")
def _crps(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = distributions(inputs, kind, "y")
    return {"crps": quantcal.conformal_distribution_crps(**values)}


@adapter("qc_conformal_distribution_pit")
def _pit(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = distributions(inputs, kind, "y")
    return vars(quantcal.conformal_distribution_pit(**values, **given(inputs, "seed")))
