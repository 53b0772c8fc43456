"""`conformal/refit_selection` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, given


@adapter("qc_conformal_refit_rank")
def _refit_rank(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = arrays(inputs, kind, "calibration", "test")
    found = quantcal.conformal_refit_rank(**scores, **given(inputs, "j", "q"))
    return {"rank": found.rank, "rejections": found.rejections}


@adapter("qc_conformal_select_refitted")
def _select_refitted(inputs: Inputs, kind: str) -> dict[str, Any]:
    counts = {name: array(inputs[name], "int") for name in ("ranks", "rejections")}
    options = given(inputs, "n", "q", "pruning", "seed")
    found = quantcal.conformal_select_refitted(**counts, **options)
    return {
        "selected": found.selected.astype(int),
        "p": found.p,
        "e": found.e,
        "chosen": found.chosen,
        "count": np.count_nonzero(found.selected),
    }
