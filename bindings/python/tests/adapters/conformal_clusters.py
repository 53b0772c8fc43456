"""Clusters of classes from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_conformal_cluster_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.conformal_class_clusters)


@adapter("qc_conformal_cluster_plan")
def _plan(inputs: Inputs, kind: str) -> dict[str, Any]:
    plan = quantcal.conformal_cluster_plan(array(inputs["counts"], "int"), **given(inputs, "alpha"))
    return vars(plan)


@adapter("qc_conformal_class_clusters")
def _clusters(inputs: Inputs, kind: str) -> dict[str, Any]:
    found = quantcal.conformal_class_clusters(
        **arrays(inputs, kind, "scores"),
        **arrays(inputs, "int", "labels"),
        **given(inputs, "alpha", "class_count", "cluster_count", "rare", "restarts", "seed"),
    )
    return vars(found)
