"""`isotonic/order` from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from vectors import array

import quantcal
from adapters.registry import Inputs, adapter, arrays, default_arguments, given


@adapter("qc_isotonic_order_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    choices = [
        default_arguments(function)
        for function in (
            quantcal.isotonic_order,
            quantcal.isotonic_grid,
            quantcal.isotonic_graph,
        )
    ]
    names = ("loss", "solution", "level")
    assert all(one[name] == choices[0][name] for one in choices for name in names)
    return {name: choices[0][name] for name in names}


@adapter("qc_isotonic_order_predict_options_init")
def _predict_defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"solution": default_arguments(quantcal.IsotonicOrderFit.predict)["solution"]}


def _increasing(inputs: Inputs) -> dict[str, Any]:
    if "directions" not in inputs:
        return {}
    return {"increasing": [direction == 0 for direction in inputs["directions"]]}


def _loss(inputs: Inputs) -> dict[str, Any]:
    return given(inputs, "loss", "level", "solution")


def _outputs(
    fit: quantcal.IsotonicOrderFit | quantcal.IsotonicGraphFit,
) -> dict[str, Any]:
    return {"fitted": fit.fitted, "blocks": fit.blocks, "block_count": fit.block_count}


@adapter("qc_isotonic_order_points")
def _points(inputs: Inputs, kind: str) -> dict[str, Any]:
    values = arrays(inputs, kind, "points", "y", "weights")
    return _outputs(quantcal.isotonic_order(**values, **_increasing(inputs), **_loss(inputs)))


@adapter("qc_isotonic_order_grid")
def _grid(inputs: Inputs, kind: str) -> dict[str, Any]:
    rises = tuple(
        inputs.get(f"{axis}_direction", "increasing") == "increasing" for axis in ("row", "column")
    )
    values = arrays(inputs, kind, "y", "weights")
    return {"fitted": quantcal.isotonic_grid(**values, increasing=rises, **_loss(inputs))}


@adapter("qc_isotonic_order_graph")
def _graph(inputs: Inputs, kind: str) -> dict[str, Any]:
    edges = np.array([inputs["from"], inputs["to"]], dtype=np.int64).T
    values = arrays(inputs, kind, "y", "weights")
    return _outputs(quantcal.isotonic_graph(edges, **values, **_loss(inputs)))


@adapter("qc_isotonic_order_predict")
def _predict(inputs: Inputs, kind: str) -> dict[str, Any]:
    points, fitted = array(inputs["points"], kind), array(inputs["fitted"], kind)
    directions = np.array(inputs.get("directions", [0] * points.shape[1]), np.int32)
    blocks = np.unique(fitted, return_inverse=True)[1]
    fit = quantcal.IsotonicOrderFit(points, fitted, blocks, len(set(blocks)), directions)
    solution = given(inputs, "solution")
    return {"predictions": fit.predict(array(inputs["queries"], kind), **solution)}
