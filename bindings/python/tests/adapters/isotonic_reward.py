"""`isotonic/reward` from Python."""

from __future__ import annotations

from typing import Any

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given

_RESULT = ["mode", "folds", "thirds_won", "rmse", "rmse_out_of_fold", "rmse_monotone"]


@adapter("qc_isotonic_reward_options_init")
def _reward_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_reward_fit)
    folds = default_arguments(quantcal.isotonic_reward_folds)
    assert all(defaults[name] == folds[name] for name in ("folds", "seed"))
    return defaults


@adapter("qc_isotonic_reward_folds")
def _folds(inputs: Inputs, kind: str) -> dict[str, Any]:
    clusters = inputs["clusters"].split() if "clusters" in inputs else inputs["n"]
    result = quantcal.isotonic_reward_folds(
        clusters, **arrays(inputs, "int", "labelled"), **given(inputs, "folds", "seed")
    )
    return {"fold": result.fold, "fold_count": result.fold_count}


def _fitted(inputs: Inputs, kind: str) -> quantcal.IsotonicReward:
    return quantcal.isotonic_reward_fit(
        **arrays(inputs, kind, "scores", "labels", "weights"),
        **arrays(inputs, "int", "fold"),
        **given(inputs, "mode", "folds", "seed"),
    )


@adapter("qc_isotonic_reward_fit")
def _fit(inputs: Inputs, kind: str) -> dict[str, Any]:
    fit = _fitted(inputs, kind)
    names = (*_RESULT, "rmse_two_stage", "rmse_standard_error", "calibrated", "out_of_fold")
    return {name: getattr(fit, name) for name in names}


@adapter("qc_isotonic_reward_destroy")
def _destroy(inputs: Inputs, kind: str) -> dict[str, Any]:
    return _fit(inputs, "f64")


@adapter("qc_isotonic_reward_predict")
def _predict(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = arrays(inputs, kind, "new_scores")["new_scores"]
    fold = arrays(inputs, "int", "new_fold").get("new_fold")
    return {"rewards": _fitted(inputs, kind).predict(scores, fold=fold)}


@adapter("qc_isotonic_reward_mean")
def _mean(inputs: Inputs, kind: str) -> dict[str, Any]:
    scores = arrays(inputs, kind, "new_scores")["new_scores"]
    weights = arrays(inputs, kind, "new_weights").get("new_weights")
    return _fitted(inputs, kind).mean(scores, weights=weights)._asdict()


@adapter("qc_isotonic_weight_options_init")
def _weight_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    defaults = default_arguments(quantcal.isotonic_weight_stabilize)
    target = "rewards" if defaults["residuals"] is None else "residuals"
    return {**defaults, "target": target, "include_raw": int(defaults["include_raw"])}


@adapter("qc_isotonic_weight_stabilize")
def _stabilize(inputs: Inputs, kind: str) -> dict[str, Any]:
    numbers = ("variance_cap", "ess_floor", "weight_floor", "shrinkage", "folds", "seed")
    targets = arrays(inputs, kind, "targets")
    steady = quantcal.isotonic_weight_stabilize(
        **arrays(inputs, kind, "weights", "scores", "new_scores", "new_weights"),
        **arrays(inputs, "int", "fold"),
        **{inputs.get("target", "rewards"): targets.get("targets")},
        include_raw=bool(inputs.get("include_raw", 0)),
        **given(inputs, *numbers),
    )
    outputs = dict(vars(steady))
    return {
        "stabilized": outputs.pop("weights"),
        "new_stabilized": outputs.pop("new_weights"),
        **outputs,
    }
