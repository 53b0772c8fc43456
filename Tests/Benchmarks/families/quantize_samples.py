"""Which samples a model is calibrated with, and the range that changes its predictions least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

DIMENSION = 64
CHOSEN = 64
RADIUS = 1.6
STEPS = 50


@dataclass(frozen=True)
class Samples:
    """Features of samples, in some clouds."""

    values: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]


def samples(count: int) -> Samples:
    random = generator()
    clouds = random.standard_normal((16, DIMENSION), np.float32)
    values = clouds[random.integers(0, 16, count)]
    return Samples(values + random.standard_normal((count, DIMENSION), np.float32))


def select(data: Samples) -> NDArray[np.intp]:
    return quantcal.quantize_samples_select(
        data.values, min(CHOSEN, len(data.values)), radius=RADIUS
    )


def sklearn_select(data: Samples) -> NDArray[np.intp]:
    """The definition: all distances by scikit-learn, then the choice one by one."""
    from sklearn.metrics import pairwise_distances

    distances = pairwise_distances(data.values.astype(np.float64), metric="sqeuclidean")
    distances /= data.values.shape[1]
    neighbours = np.count_nonzero(distances <= RADIUS, axis=1).astype(np.float64)
    span = np.ptp(neighbours)
    density = (neighbours - neighbours.min()) / span if span else np.zeros(len(neighbours))
    chosen: list[int] = []
    nearest = np.zeros(len(neighbours))
    for _ in range(min(CHOSEN, len(neighbours))):
        largest = nearest.max()
        score = density + (np.sqrt(nearest / largest) if largest else 0)
        score[chosen] = -1
        index = int(score.argmax())
        nearest = np.minimum(nearest, distances[index]) if chosen else distances[index]
        chosen.append(index)
    return np.array(chosen)


def are_different(data: Samples, chosen: NDArray[np.intp]) -> None:
    if len(set(chosen.tolist())) != min(CHOSEN, len(data.values)):
        raise WrongAnswer("a sample is chosen twice")


def same_samples(_data: Samples, ours: NDArray[np.intp], theirs: NDArray[np.intp]) -> str:
    if not np.array_equal(ours, theirs):
        raise WrongAnswer("other samples are chosen")
    return "the same samples"


@dataclass(frozen=True)
class Activations:
    """What a layer of a model has in, and the layer."""

    values: NDArray[np.float32]
    layer: NDArray[np.float32]
    targets: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]

    def difference(self, quantized: NDArray[np.float32]) -> float:
        return _divergence(self.targets, quantized @ self.layer)


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def _divergence(targets: NDArray[np.float32], logits: NDArray[np.float32]) -> float:
    """Of Kullback and Leibler, as PD-Quant has it."""
    outputs = _log_softmax(logits / 4)
    return float((np.exp(targets) * (targets - outputs)).sum(axis=1).mean())


def activations(rows: int) -> Activations:
    random = generator()
    values = np.maximum(random.standard_normal((rows, 512), np.float32), 0)
    values *= np.exp(random.standard_normal(512, np.float32))
    layer = random.standard_normal((512, 16), np.float32) / 16
    return Activations(values, layer, _log_softmax(values @ layer / 4))


def _rule() -> quantcal.QuantizeRangeRule:
    return quantcal.QuantizeRangeRule("mse", steps=STEPS, low=0.5, high=1.0)


def prediction_range(data: Activations) -> float:
    found = quantcal.quantize_prediction_range(
        data.values, "int4", lambda candidate: data.difference(candidate.quantized), _rule()
    )
    return float(found.difference)


def numpy_range(data: Activations) -> float:
    """The least difference, each candidate quantized by whole arrays."""
    largest = np.abs(data.values).max()
    differences = []
    for factor in np.linspace(1, 0.5, STEPS, dtype=np.float32):
        scale = largest * factor / np.float32(7)
        quantized = np.clip(np.rint(data.values / scale), -8, 7) * scale
        differences.append(data.difference(quantized))
    return min(differences)


def is_finite(_data: Activations, difference: float) -> None:
    if not np.isfinite(difference):
        raise WrongAnswer(f"the difference is {difference}")


def as_small_a_difference(_data: Activations, ours: float, theirs: float) -> str:
    if not ours <= theirs * 1.05:
        raise WrongAnswer(f"the difference is {ours}, by the definition {theirs}")
    return f"our difference is {ours / theirs:.3f} of its"
