"""Selection by models that the caller refits: against the definition, and the forms it contains."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from selection_definitions import LEVELS, check_selection, ridge_fit, step_up

import quantcal

Rows = NDArray[np.float64]
Found = quantcal.ConformalModelSelection


def definition(calibration: Rows, test: Rows, j: int, q: float) -> tuple[int, int]:
    n = len(calibration)
    p = [Fraction(int(np.sum(calibration <= s) + (test[j] <= s)), n + 1) for s in test]
    p[j] = Fraction(0)
    return int(1 + np.sum(calibration <= test[j])), step_up(p, Fraction(str(q)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("values", [4, 1000])
def test_ranks_follow_the_definition(rng: np.random.Generator, dtype: Any, values: int) -> None:
    for _ in range(300):
        n, m = int(rng.integers(0, 40)), int(rng.integers(1, 40))
        q = float(rng.choice(LEVELS))
        calibration = rng.integers(-values, values, n).astype(dtype)
        calibration[rng.random(n) < 0.2] = np.inf
        test = (rng.integers(-values, values, m) - values // 2).astype(dtype)
        test[rng.random(m) < 0.05] = -np.inf
        j = int(rng.integers(m))
        found = quantcal.conformal_refit_rank(calibration, test, j, q)
        assert found == definition(calibration, test, j, q)


@pytest.mark.parametrize("pruning", ["heterogeneous", "homogeneous", "deterministic"])
def test_selections_follow_the_definition(rng: np.random.Generator, pruning: Any) -> None:
    for seed in range(200):
        n, m, models = (int(rng.integers(low, 12)) for low in (0, 1, 1))
        q = float(rng.choice(LEVELS))
        ranks = rng.integers(1, n + 2, (m, models)) // rng.integers(1, 4) + 1
        ranks = np.minimum(ranks, n + 1)
        counts = rng.integers(1, m + 1, (m, models))
        found = quantcal.conformal_select_refitted(ranks, counts, n, q, pruning=pruning, seed=seed)
        rows = np.arange(m)
        assert counts[rows, found.chosen].tolist() == counts.max(axis=1).tolist()
        p = [Fraction(int(rank), n + 1) for rank in ranks[rows, found.chosen]]
        check_selection(found, p, counts.max(axis=1).tolist(), q, pruning)


def same(one: Found, other: Found) -> None:
    assert one.selected.tolist() == other.selected.tolist()
    assert one.p.tolist() == other.p.tolist()
    assert one.e.tolist() == other.e.tolist()
    assert one.chosen.tolist() == other.chosen.tolist()


def two_numbers(found: list[list[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ranks, rejections = np.moveaxis(np.array(found), -1, 0)
    return ranks, rejections


@pytest.mark.parametrize("pruning", ["default", "homogeneous", "deterministic"])
def test_scores_that_do_not_depend_on_the_point(rng: np.random.Generator, pruning: Any) -> None:
    for seed in range(60):
        n, m, models = (int(rng.integers(1, high)) for high in (60, 30, 5))
        q = float(rng.choice(LEVELS))
        values = 8 if seed % 2 else 10**6
        calibration = rng.integers(0, values, (n, models)).astype(float)
        calibration[rng.random(n) < 0.3] = np.inf
        test = rng.integers(0, values, (m, models)) - values // 3
        found = [
            [
                quantcal.conformal_refit_rank(calibration[:, k], test[:, k], j, q)
                for k in range(models)
            ]
            for j in range(m)
        ]
        same(
            quantcal.conformal_select_refitted(
                *two_numbers(found), n, q, pruning=pruning, seed=seed
            ),
            quantcal.conformal_select_models(calibration, test, q, pruning=pruning, seed=seed),
        )


def ridge_scores(x: Rows, outcomes: Rows, test: Rows, j: int, penalty: float) -> tuple[Rows, Rows]:
    """Scores of the calibration points and of the test points, by n + 1 fits."""
    n = len(x)
    points, known = np.vstack([x, test[j]]), np.append(outcomes, 0)
    fits = np.array(
        [ridge_fit(np.delete(points, i, 0), np.delete(known, i), penalty) for i in range(n + 1)]
    )
    own = -np.einsum("ij,ij->i", points, fits)
    scores = -test @ fits.mean(axis=0)
    scores[j] = own[n]
    return np.where(outcomes > 0, np.inf, own[:n]), scores


@pytest.mark.parametrize("pruning", ["default", "deterministic"])
def test_refits_of_ridge_regression(rng: np.random.Generator, pruning: Any) -> None:
    for seed in range(30):
        n, m, columns = (int(rng.integers(low, high)) for low, high in ((6, 24), (1, 9), (1, 4)))
        x, test = rng.standard_normal((n, columns)), rng.standard_normal((m, columns))
        gains = x[:, 0] + rng.standard_normal(n)
        outcomes = np.maximum(gains, 0) if seed % 2 else (gains > 0).astype(float)
        q, penalties = float(rng.choice(LEVELS)), (0.5, 4.0, 30.0)[: int(rng.integers(1, 4))]
        found = [
            [
                quantcal.conformal_refit_rank(*ridge_scores(x, outcomes, test, j, penalty), j, q)
                for penalty in penalties
            ]
            for j in range(m)
        ]
        same(
            quantcal.conformal_select_refitted(
                *two_numbers(found), n, q, pruning=pruning, seed=seed
            ),
            quantcal.conformal_select_ridge(
                x, outcomes, test, q, penalties=penalties, pruning=pruning, seed=seed
            ),
        )


def test_a_vector_is_one_model() -> None:
    one = quantcal.conformal_select_refitted([1, 2, 9], [2, 2, 2], 9, 0.5, pruning="deterministic")
    assert one.selected.tolist() == [True, True, False]
    assert one.chosen.tolist() == [0, 0, 0]
    rows = np.array([[1], [2], [9]], np.uint8), np.array([[2], [2], [2]], np.uint64)
    same(one, quantcal.conformal_select_refitted(*rows, 9, 0.5, pruning="deterministic"))


def test_precisions_may_differ() -> None:
    single, double = np.array([0.1], np.float32), [0.1]
    # 0.1 is above itself in single precision.
    assert quantcal.conformal_refit_rank(single, double, 0, 0.5).rank == 1
    assert quantcal.conformal_refit_rank(single, single, 0, 0.5).rank == 2
    assert quantcal.conformal_refit_rank(double, single, 0, 0.5).rank == 2


def test_refusals() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="j is 2"):
        quantcal.conformal_refit_rank([1.0], [1.0, 2.0], 2, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="j is -1"):
        quantcal.conformal_refit_rank([1.0], [1.0, 2.0], -1, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="calibration has shape"):
        quantcal.conformal_refit_rank([[1.0]], [1.0, 2.0], 0, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="rejections has shape"):
        quantcal.conformal_select_refitted([[1], [1]], [1, 1], 3, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match=r"ranks\[1\] is -1"):
        quantcal.conformal_select_refitted([[1, -1]], [[1, 1]], 3, 0.1)
    with pytest.raises(TypeError, match="integers"):
        quantcal.conformal_select_refitted([1.5], [1], 3, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="pruning is 1"):
        quantcal.conformal_select_refitted([1], [1], 3, 0.1, pruning="none")
