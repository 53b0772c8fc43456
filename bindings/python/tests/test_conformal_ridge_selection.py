"""Selection with ridge regression: against as many fits as the definition asks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from selection_definitions import LEVELS, check_selection, ridge_fit, step_up

import quantcal

Rows = NDArray[np.float64]


class Case:
    """Random points, and for each test point and penalty what the definition makes of them."""

    def __init__(self, rng: np.random.Generator) -> None:
        n, m, columns = (int(rng.integers(1, high)) for high in (16, 8, 5))
        self.q = float(rng.choice(LEVELS))
        self.x, self.test = rng.standard_normal((n, columns)), rng.standard_normal((m, columns))
        gains = self.x[:, 0] + rng.standard_normal(n)
        self.outcomes = np.maximum(gains, 0) if rng.random() < 0.5 else (gains > 0).astype(float)
        self.penalties = 10.0 ** rng.uniform(-3, 3, int(rng.integers(1, 4)))

    def count(self, j: int, penalty: float) -> tuple[int, Fraction]:
        """R_j and p_j."""
        n = len(self.x)
        x = np.vstack([self.x, self.test[j]])
        outcomes = np.append(self.outcomes, 0)
        fits = [
            ridge_fit(np.delete(x, i, 0), np.delete(outcomes, i), penalty) for i in range(n + 1)
        ]
        scores = np.array([-x[i] @ fits[i] for i in range(n + 1)])
        known = scores[:n][self.outcomes == 0]
        others = -self.test @ np.mean(fits, axis=0)
        p = [Fraction(int(np.sum(known <= s) + (scores[n] <= s)), n + 1) for s in others]
        p[j] = Fraction(0)
        own = Fraction(int(1 + np.sum(known <= scores[n])), n + 1)
        return step_up(p, Fraction(str(self.q))), own


@pytest.mark.parametrize("pruning", ["heterogeneous", "homogeneous", "deterministic"])
def test_selections_follow_the_definition(rng: np.random.Generator, pruning: Any) -> None:
    for seed in range(80):
        case = Case(rng)
        found = quantcal.conformal_select_ridge(
            case.x,
            case.outcomes,
            case.test,
            case.q,
            penalties=case.penalties,
            pruning=pruning,
            seed=seed,
        )
        counts, p = [], []
        for j, chosen in enumerate(found.chosen):
            both = [case.count(j, penalty) for penalty in case.penalties]
            assert both[chosen][0] == max(rejections for rejections, _ in both)
            counts.append(both[chosen][0])
            p.append(both[chosen][1])
        check_selection(found, p, counts, case.q, pruning)


def test_scale_does_not_matter(rng: np.random.Generator) -> None:
    for scale in (2.0**-500, 2.0**300):
        case = Case(rng)
        one, other = (
            quantcal.conformal_select_ridge(
                factor * case.x,
                factor * case.outcomes,
                factor * case.test,
                0.3,
                penalties=case.penalties * factor**2,
            )
            for factor in (1.0, scale)
        )
        assert one.p.tolist() == other.p.tolist()
        assert one.e.tolist() == other.e.tolist()


@pytest.mark.usefixtures("restored_threads")
def test_threads_do_not_matter(rng: np.random.Generator) -> None:
    x, test = rng.standard_normal((400, 6)), rng.standard_normal((300, 6))
    outcomes = (x[:, 0] > rng.standard_normal(400)).astype(float)
    found = []
    for threads in (1, 3):
        quantcal.set_thread_count(threads)
        found.append(quantcal.conformal_select_ridge(x, outcomes, test, 0.3, penalties=[0.1, 10]))
    assert found[0].p.tolist() == found[1].p.tolist()
    assert found[0].e.tolist() == found[1].e.tolist()
    assert found[0].chosen.tolist() == found[1].chosen.tolist()


def test_single_precision_is_read_as_it_is(rng: np.random.Generator) -> None:
    case = Case(rng)
    single = [part.astype(np.float32) for part in (case.x, case.outcomes, case.test)]
    one = quantcal.conformal_select_ridge(*single, 0.3)
    other = quantcal.conformal_select_ridge(*(part.astype(float) for part in single), 0.3)
    assert one.p.tolist() == other.p.tolist()
    assert one.selected.tolist() == other.selected.tolist()


def test_refusals() -> None:
    x = [[1.0, 2], [3, 4]]
    with pytest.raises(quantcal.QuantcalValueError, match="outcomes has shape"):
        quantcal.conformal_select_ridge(x, [1.0], x, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="test has shape"):
        quantcal.conformal_select_ridge(x, [0.0, 1], [[1.0]], 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="penalties"):
        quantcal.conformal_select_ridge(x, [0.0, 1], x, 0.1, penalties=-1)
    with pytest.raises(quantcal.QuantcalValueError, match="models is 0"):
        quantcal.conformal_select_ridge(x, [0.0, 1], x, 0.1, penalties=[])
    with pytest.raises(quantcal.QuantcalValueError, match="too small"):
        quantcal.conformal_select_ridge(
            [[1.0, 1], [2, 2]], [0.0, 1], [[1.0, 1]], 0.1, penalties=1e-30
        )
