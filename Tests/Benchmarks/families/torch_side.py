"""The peers that stand on PyTorch. It is slow to load, so each function loads it.

A tensor takes over an array's memory, so nothing is copied. PyTorch uses all cores.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import sys
import types
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


def _torchcp_scores() -> Any:
    """Its module of scores, which needs PyTorch alone: loading the packages around it as they load
    themselves would take those for language models and graphs too."""
    for name in ("torchcp", "torchcp.classification"):
        if name not in sys.modules:
            found = importlib.util.find_spec(name)
            assert found is not None and found.submodule_search_locations is not None
            package = types.ModuleType(name)
            package.__path__ = list(found.submodule_search_locations)
            package.__spec__ = found
            sys.modules[name] = package
    return importlib.import_module("torchcp.classification.score")


def torchcp_sets(
    probabilities: NDArray[np.float32],
    labels: NDArray[np.int64],
    alpha: float,
    kind: str,
    penalty: float,
    k_reg: int,
) -> float:
    """The mean size of its sets, without random shares."""
    scores = _torchcp_scores()
    score = (
        scores.APS(score_type="identity", randomized=False)
        if kind == "aps"
        else scores.RAPS(score_type="identity", randomized=False, penalty=penalty, kreg=k_reg)
    )
    outputs, truth = _tensors(probabilities, labels)
    of_labels = score(outputs, truth)
    rank = math.ceil((len(labels) + 1) * (1 - alpha))
    threshold = of_labels.kthvalue(rank).values
    return float((score(outputs) <= threshold).sum(dim=1).double().mean())
