"""`conformal` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, given


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
