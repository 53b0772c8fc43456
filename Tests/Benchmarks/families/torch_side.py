"""The peers that stand on PyTorch. It is slow to load, so each function loads it.

A tensor takes over an array's memory, so nothing is copied. PyTorch uses all cores.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _tensors(*arrays: NDArray[Any]) -> list[Any]:
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    return [torch.from_numpy(array) for array in arrays]


def probmetrics_fit(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Its own solver: 30 steps of bisection."""
    from probmetrics.calibrators import TemperatureScalingCalibrator
    from probmetrics.distributions import CategoricalLogits

    outputs, classes = _tensors(logits, labels)
    calibrator = TemperatureScalingCalibrator()
    calibrator.fit_torch(CategoricalLogits(outputs), classes)
    return 1 / float(calibrator.invtemp_)


def torchmetrics_error(
    probabilities: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: int,
    bins: int,
    checks: bool,
) -> float:
    """`checks`: it may look at its arguments, as we do, or trust them."""
    from torchmetrics.functional.classification import multiclass_calibration_error

    outputs, truth = _tensors(probabilities, labels)
    return float(multiclass_calibration_error(outputs, truth, classes, bins, validate_args=checks))
