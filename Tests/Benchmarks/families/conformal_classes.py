"""Scores and sets of classifiers with a thousand classes, a few of them probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families import torch_side
from families.shared import generator
from harness.row import Call, WrongAnswer

ALPHA = 0.1
CLASSES = 1000
PENALTY = 0.01
K_REG = 5

#: By how much mean sizes may differ: the others add thousands of floats, or draw random shares.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Rows:
    """Class probabilities and labels drawn from them."""

    probabilities: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.probabilities, self.labels]

    def part(self, part: int) -> Rows:
        rows = max(1, len(self.labels) // part)
        return Rows(self.probabilities[:rows], self.labels[:rows])


def rows(n: int) -> Rows:
    rng = generator()
    values = 4 * rng.standard_normal((n, CLASSES), np.float32)
    labels = np.empty(n, np.int64)
    for start in range(0, n, 1000):
        part = slice(start, start + 1000)
        labels[part] = np.argmax(values[part] + rng.gumbel(size=values[part].shape), axis=1)
    values -= values.max(axis=1, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=1, keepdims=True)
    return Rows(values, labels)


def sets(kind: str) -> Call:
    """Scores of the labels, their threshold, and the sets of all rows: the mean size."""

    def of_rows(data: Rows) -> float:
        form = {"kind": kind, "penalty": PENALTY, "k_reg": K_REG}
        scores = quantcal.conformal_label_scores(data.probabilities, data.labels, **form)
        threshold = quantcal.conformal_threshold(scores, ALPHA)
        return float(
            quantcal.conformal_class_sets(data.probabilities, threshold, **form).sizes.mean()
        )

    return of_rows


def definition(kind: str) -> Call:
    """Every row sorted once; scores stand where their classes do."""

    def of_rows(data: Rows) -> float:
        order = np.argsort(-data.probabilities, axis=1)
        sums = np.cumsum(np.take_along_axis(data.probabilities, order, axis=1), axis=1)
        if kind == "raps":
            sums += np.float32(PENALTY) * np.maximum(
                0, np.arange(1, CLASSES + 1, dtype=np.float32) - K_REG
            )
        scores = np.empty_like(sums)
        np.put_along_axis(scores, order, sums, axis=1)
        of_labels = np.take_along_axis(scores, data.labels[:, np.newaxis], axis=1)[:, 0]
        rank = quantcal.conformal_rank(len(of_labels), ALPHA)
        threshold = np.partition(of_labels, rank - 1)[rank - 1]
        return float((scores <= threshold).sum(axis=1).mean())

    return of_rows


def torchcp(kind: str) -> Call:
    return lambda data: torch_side.torchcp_sets(
        data.probabilities, data.labels, ALPHA, kind, PENALTY, K_REG
    )


class _Given:
    """A classifier whose inputs are the probabilities."""

    _estimator_type = "classifier"
    __sklearn_tags__: Any

    def __init__(self) -> None:
        self.classes_ = np.arange(CLASSES)

    def fit(self, *_: object) -> _Given:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        return np.asarray(rows.argmax(axis=1))


def mapie(part: int) -> Call:
    """Of the first of so many equal parts of the rows, with its random shares of the last class."""

    def of_part(data: Rows) -> float:
        from mapie.classification import SplitConformalClassifier

        given = data.part(part)
        classifier = SplitConformalClassifier(
            _Given(), confidence_level=1 - ALPHA, conformity_score="aps", prefit=True
        )
        classifier.conformalize(given.probabilities, given.labels)
        _, kept = classifier.predict_set(given.probabilities)
        return float(kept[:, :, 0].sum(axis=1).mean())

    return of_part


def same_size(_data: Rows, ours: float, theirs: float) -> str:
    if not abs(ours - theirs) <= TOLERANCE * ours:
        raise WrongAnswer(f"its sets have {theirs:.3f} classes on average, ours {ours:.3f}")
    return ""


def size(_data: Rows, ours: float, theirs: float) -> str:
    """Random shares give other sets."""
    return f"{theirs:.1f} classes in a set, ours {ours:.1f}"
