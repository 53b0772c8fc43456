"""Risk control: against fractions and brute force, p-values against SciPy, error rates counted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import quantcal


def test_the_first_parameter_is_that_of_exact_arithmetic(rng: np.random.Generator) -> None:
    for _ in range(500):
        n, count = int(rng.integers(0, 30)), int(rng.integers(1, 12))
        losses = -np.sort(-rng.integers(0, 9, (n, count)) / 8.0, axis=1)
        alpha = int(rng.integers(1, 100)) / 100
        exact = Fraction(str(alpha)) * (n + 1)
        valid = [sum(map(Fraction, column)) + 1 <= exact for column in losses.T]
        if any(valid):
            found = quantcal.conformal_risk_control(losses, alpha)
            assert found.index == valid.index(True)
            np.testing.assert_allclose(found.bounds, (losses.sum(axis=0) + 1) / (n + 1))
        else:
            with pytest.raises(quantcal.Infeasible):
                quantcal.conformal_risk_control(losses, alpha)


def test_suprema_make_any_losses_fall(rng: np.random.Generator) -> None:
    losses = rng.random((40, 25)) * np.linspace(1, 0, 25)
    suprema = np.maximum.accumulate(losses[:, ::-1], axis=1)[:, ::-1]
    expected = quantcal.conformal_risk_control(suprema, 0.3)
    found = quantcal.conformal_risk_control(losses, 0.3, monotonize=True)
    assert found.index == expected.index
    np.testing.assert_array_equal(found.bounds, expected.bounds)
    with pytest.raises(quantcal.QuantcalValueError, match="must not rise"):
        quantcal.conformal_risk_control(losses, 0.3)


def test_steps_of_one_are_split_conformal(rng: np.random.Generator) -> None:
    for n in (1, 9, 24, 99, 1000):
        scores = rng.integers(0, 50, n).astype(float)
        for alpha in (0.01, 0.1, 0.44, 0.5, 0.9):
            threshold = quantcal.conformal_threshold(scores, alpha)
            if np.isinf(threshold):
                with pytest.raises(quantcal.Infeasible):
                    quantcal.conformal_risk_steps(scores, alpha, n=n)
            else:
                assert quantcal.conformal_risk_steps(scores, alpha, n=n) == threshold


def false_negatives(scores: list[np.ndarray], threshold: float) -> np.ndarray:
    """For each point the share of its true labels with scores above the threshold."""
    return np.array([np.mean(one > threshold) for one in scores])


def test_steps_and_grid_agree(rng: np.random.Generator) -> None:
    for _ in range(200):
        scores = [rng.integers(0, 20, rng.integers(1, 5)).astype(float) for _ in range(40)]
        drops = np.concatenate([np.full(one.size, 1 / one.size) for one in scores])
        grid = np.arange(-1.0, 20.0)
        losses = np.stack([false_negatives(scores, t) for t in grid], axis=1)
        alpha = float(rng.uniform(0.03, 0.9))
        index = quantcal.conformal_risk_control(losses, alpha).index
        found = quantcal.conformal_risk_steps(np.concatenate(scores), alpha, n=40, drops=drops)
        assert max(found, -1.0) == grid[index]


def test_the_risk_is_what_is_promised(rng: np.random.Generator) -> None:
    """The mean loss of a new point is at most alpha, and nearly alpha."""
    alpha, n, draws = 0.2, 50, 3000
    losses = []
    for _ in range(draws):
        scores = [rng.normal(size=rng.integers(1, 5)) for _ in range(n + 1)]
        drops = np.concatenate([np.full(one.size, 1 / one.size) for one in scores[:n]])
        positions = np.concatenate(scores[:n])
        threshold = quantcal.conformal_risk_steps(positions, alpha, n=n, drops=drops)
        losses.append(float(np.mean(scores[n] > threshold)))
    error = float(np.std(losses)) / draws**0.5
    assert alpha - 2 / (n + 1) - 5 * error < np.mean(losses) < alpha + 5 * error


def test_p_values_are_those_of_the_formulas(rng: np.random.Generator) -> None:
    for _ in range(200):
        n, alpha = int(rng.integers(1, 2000)), float(rng.uniform(0.01, 0.9))
        sums = rng.integers(0, n + 1, 10)
        risks = sums / n
        tails = stats.binom.cdf(sums, n, alpha)
        exact = quantcal.conformal_risk_p_values(risks, n, alpha, bound="binomial")
        np.testing.assert_allclose(exact, tails, rtol=1e-9, atol=1e-240)
        bentkus = quantcal.conformal_risk_p_values(risks, n, alpha, bound="bentkus")
        np.testing.assert_allclose(bentkus, np.minimum(1, np.e * tails), rtol=1e-9, atol=1e-240)
        both = quantcal.conformal_risk_p_values(risks, n, alpha)
        hoeffding = quantcal.conformal_risk_p_values(risks, n, alpha, bound="hoeffding")
        np.testing.assert_array_equal(both, np.minimum(bentkus, hoeffding))


def test_p_values_are_valid_when_drawn(rng: np.random.Generator) -> None:
    n, alpha, draws = 60, 0.1, 40_000
    risks = rng.binomial(n, alpha, draws) / n
    for bound in ("binomial", "hoeffding_bentkus"):
        values = quantcal.conformal_risk_p_values(risks, n, alpha, bound=bound)  # type: ignore[arg-type]
        for level in (0.01, 0.05, 0.2):
            limit = stats.binom.ppf(1 - 1e-7, draws, level)
            assert np.sum(values <= level) <= limit


def test_a_graph_can_be_holm_or_a_sequence(rng: np.random.Generator) -> None:
    for _ in range(200):
        count = int(rng.integers(2, 9))
        values = rng.random(count) ** 4
        complete = (1 - np.eye(count)) / (count - 1)
        holm = quantcal.conformal_risk_graph(
            values, 0.1, weights=np.full(count, 1 / count), transitions=complete
        )
        np.testing.assert_array_equal(holm, quantcal.conformal_risk_select(values, 0.1))
        sequence = quantcal.conformal_risk_graph(
            values, 0.1, weights=np.eye(count)[0], transitions=np.eye(count, k=1)
        )
        expected = quantcal.conformal_risk_select(values, 0.1, procedure="fixed_sequence")
        np.testing.assert_array_equal(sequence, expected)


@pytest.mark.parametrize("procedure", ["holm", "bonferroni", "fixed_sequence"])
def test_false_selections_are_as_rare_as_promised(rng: np.random.Generator, procedure: str) -> None:
    """Ten parameters, of which the risk of the latter six is at the level itself."""
    n, alpha, delta, draws = 80, 0.2, 0.1, 6000
    risks = np.array([0.05, 0.08, 0.1, 0.15, *[alpha + 1e-12] * 6])
    means = rng.binomial(n, np.minimum(risks, 1), (draws, 10)) / n
    values = quantcal.conformal_risk_p_values(means.ravel(), n, alpha, bound="binomial")
    false = sum(
        bool(quantcal.conformal_risk_select(row, delta, procedure=procedure)[4:].any())  # type: ignore[arg-type]
        for row in values.reshape(draws, 10)
    )
    assert 0 < false <= stats.binom.ppf(1 - 1e-7, draws, delta)


def test_no_selection_has_no_best() -> None:
    assert not quantcal.conformal_risk_select([0.9, 0.8], 0.1).any()
    with pytest.raises(quantcal.Infeasible):
        quantcal.conformal_risk_best([False, False])
    with pytest.raises(quantcal.QuantcalValueError, match="expected bool"):
        quantcal.conformal_risk_best([1.0, 0.0])
