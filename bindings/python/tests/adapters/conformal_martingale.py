"""`conformal/martingale` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array, decode

import quantcal
from adapters.registry import Inputs, adapter, default_arguments, given

OPTIONS = ("betting", "jump", "epsilon", "seed")


def new_martingale(inputs: Inputs) -> quantcal.ConformalMartingale:
    return quantcal.ConformalMartingale(**given(inputs, *OPTIONS))


def after_bets(inputs: Inputs) -> quantcal.ConformalMartingale:
    martingale = new_martingale(inputs)
    martingale.bet(array(inputs.get("p_values", []), "f64"))
    martingale.update(array(inputs.get("scores", []), "f64"))
    return martingale


@adapter("qc_conformal_martingale_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.ConformalMartingale)


@adapter(
    "qc_conformal_martingale_create",
    "qc_conformal_martingale_destroy",
    "qc_conformal_martingale_summarize",
)
def _summarize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(after_bets(inputs).summary())


@adapter("qc_conformal_martingale_update")
def _update(inputs: Inputs, kind: str) -> dict[str, Any]:
    return vars(new_martingale(inputs).update(array(inputs["scores"], "f64")))


@adapter("qc_conformal_martingale_bet")
def _bet(inputs: Inputs, kind: str) -> dict[str, Any]:
    path = new_martingale(inputs).bet(array(inputs["p_values"], "f64"))
    return {"log_martingale": path}


@adapter("qc_conformal_martingale_serialize")
def _serialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"bytes": np.frombuffer(after_bets(inputs).to_bytes(), np.uint8)}


@adapter("qc_conformal_martingale_deserialize")
def _deserialize(inputs: Inputs, kind: str) -> dict[str, Any]:
    martingale = quantcal.ConformalMartingale.from_bytes(bytes(decode(inputs["bytes"])))
    martingale.update(array(inputs["scores"], "f64"))
    return vars(martingale.summary())
