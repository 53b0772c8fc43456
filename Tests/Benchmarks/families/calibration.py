"""Temperature scaling and the expected calibration error of a classifier of ten classes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families import torch_side
from families.shared import generator
from harness.row import WrongAnswer

CLASSES = 10
BINS = 15

#: Nearer than this, relatively, two temperatures are the same optimum.
SAME_TEMPERATURE = 1e-6
#: Farther than this they are not of the same problem. Between the two a rival that computes
#: in single precision has stopped early, and by how much is reported.
EARLY_STOP = 1e-2
#: Two calibration errors are the same.
SAME_ERROR = 1e-6
#: So far off may be one whose bins were summed up in single precision.
SINGLE_PRECISION_ERROR = 1e-4


@dataclass(frozen=True)
class Outputs:
    """What a classifier says of each row, logits or probabilities, and the true classes."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values, self.labels]


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def logits(rows: int) -> Outputs:
    """Overconfident ones: the labels are drawn from them at temperature 2."""
    rng = generator()
    values = (3 * rng.standard_normal((rows, CLASSES))).astype(np.float32)
    return Outputs(values, (values / 2 + rng.gumbel(size=values.shape)).argmax(axis=1))


def probabilities(rows: int) -> Outputs:
    """The same classifier's probabilities."""
    outputs = logits(rows)
    return Outputs(_softmax(outputs.values.astype(np.float64)).astype(np.float32), outputs.labels)


# -- Temperature ---------------------------------------------------------------


def temperature(data: Outputs) -> float:
    fit = quantcal.temperature_fit(data.values, data.labels)
    return fit.temperature if fit.outcome == "ok" else float("nan")


def sklearn_fit(data: Outputs) -> float:
    """The fit inside `CalibratedClassifierCV(method="temperature")`, by itself."""
    from sklearn.calibration import _TemperatureScaling

    return 1 / float(_TemperatureScaling().fit(data.values, data.labels).beta_)


def sklearn_fit_f64(data: Outputs) -> float:
    """The same in double precision, where it comes as near to the optimum as we do."""
    return sklearn_fit(Outputs(data.values.astype(np.float64), data.labels))


def probmetrics_fit(data: Outputs) -> float:
    return torch_side.probmetrics_fit(data.values, data.labels)


def _objective(data: Outputs, temperature: float) -> float:
    """The mean negative log-likelihood, in double precision."""
    scaled = data.values.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    chosen = np.take_along_axis(scaled, data.labels[:, None], axis=1)[:, 0]
    return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - chosen))


def is_optimum(data: Outputs, temperature: float) -> None:
    """A Newton step in 1/T from here, in double precision, leads nowhere."""
    values = data.values.astype(np.float64)
    shares = _softmax(values / temperature)
    mean = (shares * values).sum(axis=1)
    chosen = np.take_along_axis(values, data.labels[:, None], axis=1)[:, 0]
    curvature = ((shares * values**2).sum(axis=1) - mean**2).mean()
    step = float((mean - chosen).mean() / curvature) * temperature
    if not abs(step) <= SAME_TEMPERATURE:
        raise WrongAnswer(f"T = {temperature!r} is {step:.3g} from the optimum, relatively")


def same_temperature(data: Outputs, ours: float, theirs: float) -> str:
    difference = abs(theirs / ours - 1)
    if difference <= SAME_TEMPERATURE:
        return ""
    if not difference <= EARLY_STOP:
        raise WrongAnswer(f"it gives T = {theirs!r}, we give {ours!r}")
    excess = _objective(data, theirs) - _objective(data, ours)
    if excess < 0:
        raise WrongAnswer(f"its T = {theirs!r} is better than our {ours!r} by {-excess:.3g}")
    return f"stops {difference:.1e} from the optimum, objective {excess:.1e} higher"


# -- Expected calibration error ------------------------------------------------


def error(data: Outputs) -> float:
    return quantcal.calibration_error(data.values, data.labels, bins=BINS)


def is_error(data: Outputs, error: float) -> None:
    """The definition, in double precision: bins (a, b] of the highest probability."""
    top = data.values.argmax(axis=1)
    confidence = data.values.max(axis=1)
    edges = (np.arange(1, BINS) / BINS).astype(np.float32)
    bins = np.searchsorted(edges, confidence, side="left")
    gaps = np.bincount(bins, weights=confidence - (top == data.labels).astype(np.float64))
    expected = np.abs(gaps).sum() / len(top)
    if not abs(error - expected) <= SAME_ERROR:
        raise WrongAnswer(f"{error!r}; the definition gives {expected!r}")


def netcal_error(data: Outputs) -> float:
    from netcal.metrics import ECE

    return float(ECE(BINS).measure(data.values, data.labels))


def torchmetrics_error(data: Outputs, checks: bool = False) -> float:
    return torch_side.torchmetrics_error(data.values, data.labels, CLASSES, BINS, checks)


def same_error(_data: Outputs, ours: float, theirs: float, allowed: float = SAME_ERROR) -> str:
    difference = abs(ours - theirs)
    if not difference <= allowed:
        raise WrongAnswer(f"it gives {theirs!r}, we give {ours!r}")
    return f"is {difference:.1e} off" if difference > SAME_ERROR else ""


#: For torchmetrics; that ours is the right one, `is_error` has checked.
roughly_same_error = partial(same_error, allowed=SINGLE_PRECISION_ERROR)
