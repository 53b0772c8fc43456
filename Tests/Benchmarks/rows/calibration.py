"""Temperature scaling and the error of probabilities."""

from __future__ import annotations

from functools import partial

from families import calibration
from families.calibration import roughly_same_error, same_error, same_temperature
from families.shared import on_one_thread, same_value
from harness.row import Rival, Row

ROWS = [
    Row(
        name="temperature fit f32",
        size=10**6,
        data=calibration.logits,
        ours=calibration.temperature,
        right=calibration.is_optimum,
        against=[
            Rival("sklearn", calibration.sklearn_fit, 10, same_temperature, "sklearn"),
            Rival(
                "scikit-learn in f64",
                calibration.sklearn_fit_f64,
                None,
                same_temperature,
                "sklearn",
            ),
            Rival("probmetrics", calibration.probmetrics_fit, 50, same_temperature, "probmetrics"),
            Rival("ours, 1 thread", on_one_thread(calibration.temperature), None, same_value),
        ],
    ),
    Row(
        name="expected calibration error f32",
        size=10**6,
        data=calibration.probabilities,
        ours=calibration.error,
        right=calibration.is_error,
        against=[
            Rival("netcal", calibration.netcal_error, 10, same_error, "netcal"),
            Rival(
                "torchmetrics",
                calibration.torchmetrics_error,
                10,
                roughly_same_error,
                "torchmetrics",
            ),
            Rival(
                "torchmetrics with checks",
                partial(calibration.torchmetrics_error, checks=True),
                None,
                roughly_same_error,
                "torchmetrics",
            ),
            Rival("ours, 1 thread", on_one_thread(calibration.error), None, same_value),
        ],
    ),
]
