"""`conformal/batch` from Python."""

from __future__ import annotations

from typing import Any

from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, given


@adapter("qc_conformal_order_statistic")
def _order_statistic(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = array(inputs["scores"], kind)
    value = quantcal.conformal_order_statistic(scores, **given(inputs, "rank"))
    return {"value": scores.dtype.type(value)}


@adapter("qc_conformal_batch_law")
def _law(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "m", "zeta")
    return vars(quantcal.conformal_batch_law(array(inputs["ranks"], "int"), **sizes))


@adapter("qc_conformal_batch_rank")
def _rank(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "m", "zeta", "alpha_lower", "alpha_upper")
    return quantcal.conformal_batch_rank(**sizes)._asdict()


@adapter("qc_conformal_batch_bracket")
def _bracket(inputs: Inputs, kind: str) -> dict[str, Any]:
    sizes = given(inputs, "n", "m", "zeta_low", "zeta_high", "alpha")
    return quantcal.conformal_batch_bracket(**sizes)._asdict()


@adapter("qc_conformal_batch_rank_sum")
def _rank_sum(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"rank_sum": quantcal.conformal_batch_rank_sum(**given(inputs, "n", "m", "alpha"))}


@adapter("qc_conformal_batch_mean")
def _mean(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = array(inputs["scores"], kind)
    rest = given(inputs, "m", "rank_sum", "upper")
    return {"bound": scores.dtype.type(quantcal.conformal_batch_mean(scores, **rest))}
