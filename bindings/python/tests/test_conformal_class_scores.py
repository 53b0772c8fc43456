"""Scores of classes and their sets: against definitions in exact arithmetic, and each other."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import quantcal

KINDS = ["lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy", "entmax"]
RANKED = ["aps", "raps", "saps", "top_k"]
DTYPES = [np.float32, np.float64]


def random_rows(
    rng: np.random.Generator, rows: int, classes: int, dtype: Any, kind: str
) -> np.ndarray:
    """Peaked, flat and tied rows, and rows of ones and zeros."""
    logits = rng.normal(size=(rows, classes)) * rng.choice([0.1, 1, 5, 40], (rows, 1))
    logits[::5] = np.round(logits[::5])
    if kind == "entmax":
        return logits.astype(dtype)
    logits -= logits.max(axis=1, keepdims=True)
    probs = np.exp(logits)
    probs /= probs.sum(axis=1, keepdims=True)
    probs[::7] = 1 / classes
    probs[::11] = np.eye(classes)[rng.integers(classes)]
    return probs.astype(dtype)


def rank_order(row: np.ndarray) -> list[int]:
    return sorted(range(len(row)), key=lambda j: (-row[j], j))


def exact_scores(row: np.ndarray, kind: str, u: Fraction, penalty: float, k_reg: int) -> list[Any]:
    """From the definitions; logarithms and roots in doubles."""
    values = [Fraction(float(value)) for value in row]
    scores: list[Any] = [None] * len(values)
    before, top = Fraction(0), max(values)
    for rank, j in enumerate(rank_order(row), 1):
        p = values[j]
        if kind == "saps":
            scores[j] = u * top if rank == 1 else top + Fraction(penalty) * (rank - 2 + u)
        elif kind == "top_k":
            scores[j] = rank - 1 + u
        else:
            scores[j] = before + u * p
            if kind == "raps":
                scores[j] += Fraction(penalty) * max(0, rank - k_reg)
        before += p
    return scores


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", RANKED)
def test_ranked_scores_are_those_of_rational_arithmetic(
    rng: np.random.Generator, kind: Any, dtype: Any
) -> None:
    for classes in (1, 2, 3, 10, 70):
        probs = random_rows(rng, 25, classes, dtype, kind)
        for randomisation, u in (("inclusive", Fraction(1)), ("exclusive", Fraction(0))):
            scores = quantcal.conformal_class_scores(
                probs, kind=kind, randomisation=randomisation, penalty=0.125, k_reg=3
            )
            expected = [exact_scores(row, kind, u, 0.125, 3) for row in probs]
            wanted = np.array([[float(one) for one in row] for row in expected])
            eps = float(np.finfo(dtype).eps)
            np.testing.assert_allclose(scores, wanted, rtol=eps, atol=classes * 2.0**-61)


def test_scores_that_need_no_ranks(rng: np.random.Generator) -> None:
    probs = random_rows(rng, 40, 12, np.float64, "lac")
    scores = {kind: quantcal.conformal_class_scores(probs, kind=kind) for kind in KINDS[:8]}
    np.testing.assert_array_equal(scores["lac"], 1 - probs)
    with np.errstate(divide="ignore", invalid="ignore"):
        losses = -np.log(probs)
        entropies = np.where(probs > 0, probs * losses, 0).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(scores["log_loss"], losses, rtol=4e-16)
    np.testing.assert_allclose(scores["entropy"], losses - entropies, rtol=1e-13, atol=1e-14)
    for i, j in itertools.product(range(40), range(12)):
        others = np.delete(probs[i], j)
        assert scores["margin"][i, j] == others.max() - probs[i, j]


@pytest.mark.parametrize("gamma", [1, 1.5, 2])
def test_entmax_scores_are_norms(rng: np.random.Generator, gamma: float) -> None:
    logits = random_rows(rng, 30, 20, np.float64, "entmax")
    scores = quantcal.conformal_class_scores(logits, kind="entmax", gamma=gamma)
    order = math.inf if gamma == 1 else 1 / (gamma - 1)
    for row, actual in zip(logits, scores, strict=True):
        for j in range(20):
            larger = row[row > row[j]] - row[j]
            expected = np.linalg.norm(larger, order) if larger.size else 0.0
            assert actual[j] == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_entmax_sets_are_supports_of_sparsemax(rng: np.random.Generator) -> None:
    """The classes whose score is below 1 / temperature are those that sparsemax keeps."""
    for row in rng.normal(size=(50, 9)) * 2:
        scores = quantcal.conformal_class_scores(row[None], kind="entmax", gamma=2)[0]
        ordered = np.sort(row)[::-1]
        ranks = np.arange(1, 10)
        size = np.count_nonzero(1 + ranks * ordered > np.cumsum(ordered))
        assert np.count_nonzero(scores < 1) == size


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("randomisation", ["inclusive", "exclusive", "randomised"])
def test_labels_classes_and_sets_agree_to_the_last_bit(
    rng: np.random.Generator, kind: Any, dtype: Any, randomisation: Any
) -> None:
    for classes in (1, 2, 8, 65, 66, 130, 400):
        rows = 60
        probs = random_rows(rng, rows, classes, dtype, kind)
        options: dict[str, Any] = {
            "kind": kind,
            "randomisation": randomisation,
            "seed": classes,
            "gamma": float(rng.choice([1, 1.5, 2])),
            "penalty": float(rng.choice([0, 0.01, 0.3])),
            "k_reg": int(rng.integers(0, 6)),
        }
        scores = quantcal.conformal_class_scores(probs, **options)
        labels = rng.integers(0, classes, rows)
        ours = quantcal.conformal_label_scores(probs, labels, points="test", **options)
        np.testing.assert_array_equal(ours, scores[np.arange(rows), labels])
        picked = rng.choice(scores.ravel(), 6)
        for limit in (*picked, *np.nextafter(picked, -np.inf), 0.9, np.inf, -np.inf):
            sets = quantcal.conformal_class_sets(probs, limit, **options)
            np.testing.assert_array_equal(sets.to_bool(), scores <= dtype(limit))
            np.testing.assert_array_equal(sets.sizes, (scores <= dtype(limit)).sum(axis=1))
        each_row = scores[np.arange(rows), rng.integers(0, classes, rows)]
        sets = quantcal.conformal_class_sets(probs, each_row, threshold_for="each_row", **options)
        np.testing.assert_array_equal(sets.to_bool(), scores <= each_row[:, None])
        each_class = scores[rng.integers(0, rows, classes), np.arange(classes)]
        sets = quantcal.conformal_class_sets(
            probs, each_class, threshold_for="each_class", **options
        )
        np.testing.assert_array_equal(sets.to_bool(), scores <= each_class)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", RANKED)
def test_scores_never_fall_with_the_rank(rng: np.random.Generator, kind: Any, dtype: Any) -> None:
    probs = random_rows(rng, 300, 90, dtype, kind)
    scores = quantcal.conformal_class_scores(probs, kind=kind, randomisation="randomised")
    for row, own in zip(probs, scores, strict=True):
        assert np.all(np.diff(own[rank_order(row)]) >= 0)


def test_the_order_of_classes_does_not_matter(rng: np.random.Generator) -> None:
    """Sums in any order have the same bits: the classes of a row may be renamed."""
    probs = random_rows(rng, 50, 200, np.float64, "aps")
    probs[::7] = rng.dirichlet(np.ones(200))  # no ties, which indices decide
    probs[::5] = rng.dirichlet(np.ones(200))
    probs[::11] = rng.dirichlet(np.ones(200))
    names = rng.permutation(200)
    labels = rng.integers(0, 200, 50)
    scores = quantcal.conformal_label_scores(probs, labels, kind="aps")
    renamed = quantcal.conformal_label_scores(
        probs[:, names], np.argsort(names)[labels], kind="aps"
    )
    np.testing.assert_array_equal(scores, renamed)


def test_shares_belong_to_points(rng: np.random.Generator) -> None:
    probs = rng.dirichlet(np.ones(10), 60)
    labels = probs.argmax(axis=1)
    options: dict[str, Any] = {"kind": "aps", "randomisation": "randomised", "seed": 7}
    whole = quantcal.conformal_label_scores(probs, labels, **options)
    parts = [
        quantcal.conformal_label_scores(
            probs[i : i + 25], labels[i : i + 25], first_row=i, **options
        )
        for i in (0, 25, 50)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    test = quantcal.conformal_label_scores(probs, labels, points="test", **options)
    assert np.all(test != whole)
    other = quantcal.conformal_label_scores(probs, labels, **{**options, "seed": 8})
    assert np.all(other != whole)


@pytest.mark.parametrize("kind", RANKED)
def test_shares_are_uniform(kind: Any) -> None:
    rows = np.ones((20_000, 1))
    options: dict[str, Any] = {"kind": kind, "randomisation": "randomised"}
    u = np.sort(quantcal.conformal_class_scores(rows, **options)[:, 0])
    grid = (np.arange(20_000) + 0.5) / 20_000
    assert np.abs(u - grid).max() < 2 / math.sqrt(20_000)  # Kolmogorov: above with odds of e^-8


def test_empty_sets() -> None:
    probs = np.array([[0.4, 0.4, 0.2], [0.9, 0.05, 0.05]])
    kept = quantcal.conformal_class_sets(probs, 0.3)
    filled = quantcal.conformal_class_sets(probs, 0.3, empty_sets="top_label")
    assert kept.sizes.tolist() == [0, 1]
    assert filled.to_bool().tolist() == [[True, False, False], [True, False, False]]


@pytest.mark.parametrize("kind", ["aps", "raps", "saps", "top_k"])
def test_randomised_coverage_is_exact(rng: np.random.Generator, kind: Any) -> None:
    """Over many draws of calibration and test points coverage is rank / (n + 1)."""
    n, alpha, draws = 19, 0.25, 3000
    covered = 0
    for draw in range(draws):
        probs = rng.dirichlet(np.ones(6) * 0.7, n + 1)
        labels = (probs.cumsum(axis=1) < rng.random((n + 1, 1))).sum(axis=1).clip(0, 5)
        options = {"kind": kind, "randomisation": "randomised", "seed": draw}
        scores = quantcal.conformal_label_scores(probs[:n], labels[:n], **options)
        limit = quantcal.conformal_threshold(scores, alpha)
        sets = quantcal.conformal_class_sets(probs[n:], limit, **options)
        covered += int(sets.to_bool()[0, labels[n]])
    expected = quantcal.conformal_rank(n, alpha) / (n + 1)
    assert abs(covered / draws - expected) < 4 * math.sqrt(expected * (1 - expected) / draws)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_penalty_of_raps(rng: np.random.Generator, dtype: Any) -> None:
    probs = random_rows(rng, 300, 40, dtype, "raps")
    labels = np.array([rng.choice(40, p=row / row.sum()) for row in probs.astype(float)])
    penalties = [0.3, 0.0, 0.01, 0.01]
    fit = quantcal.conformal_raps_tune(probs, labels, 0.1, penalties=penalties)
    ranks = quantcal.conformal_label_scores(probs, labels, kind="top_k")
    assert fit.k_reg == quantcal.conformal_threshold(ranks, 0.1)
    for penalty, mean in zip(penalties, fit.mean_sizes, strict=True):
        options: dict[str, Any] = {"kind": "raps", "penalty": penalty, "k_reg": fit.k_reg}
        scores = quantcal.conformal_label_scores(probs, labels, **options)
        limit = quantcal.conformal_threshold(scores, 0.1)
        assert mean == quantcal.conformal_class_sets(probs, limit, **options).sizes.mean()
    assert fit.mean_size == fit.mean_sizes.min()
    assert fit.penalty == penalties[int(fit.mean_sizes.argmin())]
    few = quantcal.conformal_raps_tune(probs[:5], labels[:5], 0.1)
    assert few.k_reg == 40 and few.mean_size == 40


def test_huge_logits() -> None:
    logits = np.array([[1e308, -1e308, 0.0, 1e308, -1e308]])
    for gamma in (1, 1.5, 2):
        scores = quantcal.conformal_class_scores(logits, kind="entmax", gamma=gamma)
        assert scores[0, 0] == 0 and scores[0, 3] == 0
        assert scores[0, 1] == scores[0, 4] == np.inf
    assert quantcal.conformal_class_scores(logits, kind="entmax", gamma=2)[0, 2] == np.inf
    assert quantcal.conformal_class_scores(logits, kind="entmax", gamma=1)[0, 2] == 1e308


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantcal.conformal_label_scores([0.5, 0.5], [0]), "probs has shape"),
        (lambda: quantcal.conformal_label_scores([[0.5, 0.5]], [0, 1]), "labels has shape"),
        (lambda: quantcal.conformal_class_scores([[0.5]], kind="thr"), "kind"),
        (lambda: quantcal.conformal_class_scores([[1.5]]), "probabilities\\[0\\] is 1.5"),
        (lambda: quantcal.conformal_class_sets([[0.5, 0.5]], [0.5, 0.5]), "thresholds has shape"),
        (lambda: quantcal.conformal_raps_tune([[1.0]], [0], 0.1, penalties=[]), "lambda_count"),
        (lambda: quantcal.conformal_class_scores([[0.5]], gamma=3), "gamma is 3"),
    ],
)
def test_refused(call: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        call()
