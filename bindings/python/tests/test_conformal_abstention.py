"""Abstention: the curve against scikit-learn's ROC, thresholds by trying all, promises counted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

import quantcal


def points(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n = int(rng.integers(2, 60))
    wrong = rng.random(n) < rng.uniform(0.1, 0.9)
    wrong[:2] = True, False
    return np.round(rng.normal(size=n) + wrong, int(rng.integers(0, 3))), wrong


def test_the_curve_is_the_roc_curve(rng: np.random.Generator) -> None:
    for _ in range(300):
        uncertainties, wrong = points(rng)
        curve = quantcal.conformal_abstention_curve(uncertainties, wrong)
        false_alarms, hits, _ = roc_curve(wrong, uncertainties, drop_intermediate=False)
        np.testing.assert_allclose(curve.hit_rate[::-1], hits, atol=1e-15)
        np.testing.assert_allclose(curve.false_alarm_rate[::-1], false_alarms, atol=1e-15)
        area = -np.trapezoid(curve.hit_rate, curve.false_alarm_rate)
        assert area == pytest.approx(roc_auc_score(wrong, uncertainties))


def test_coverage_is_counted_over_answers(rng: np.random.Generator) -> None:
    uncertainties, wrong = points(rng)
    curve = quantcal.conformal_abstention_curve(uncertainties, wrong)
    assert np.isnan(curve.coverage[0])
    assert curve.abstention[0] == 1
    for threshold, abstention, coverage in zip(
        curve.thresholds[1:], curve.abstention[1:], curve.coverage[1:], strict=True
    ):
        answered = uncertainties <= threshold
        assert abstention == pytest.approx(np.mean(~answered))
        assert coverage == pytest.approx(np.mean(~wrong[answered]))


def test_rules_pick_what_fractions_pick(rng: np.random.Generator) -> None:
    for _ in range(500):
        uncertainties, wrong = points(rng)
        target = int(rng.integers(0, 101)) / 100
        exact = Fraction(str(target))
        bad = int(wrong.sum())
        good = wrong.size - bad
        rows = []
        for threshold in [-np.inf, *np.unique(uncertainties)]:
            answered = uncertainties <= threshold
            rows.append((threshold, int(answered.sum()), int((answered & wrong).sum())))
        rates = {
            "abstentions": lambda a, e, n=wrong.size: Fraction(n - a, n),
            "false_alarms": lambda a, e, good=good: Fraction(good - a + e, good),
            "misses": lambda a, e, bad=bad: Fraction(e, bad),
            "errors": lambda a, e: Fraction(e, a) if a else Fraction(0),
        }
        for rule, rate in rates.items():
            valid = [row for row in rows if rate(*row[1:]) <= exact]
            expected = valid[0] if rule in ("abstentions", "false_alarms") else valid[-1]
            found = quantcal.conformal_abstention_threshold(
                uncertainties, wrong, rule=rule, target=target
            )
            assert (found.threshold, found.answered, found.answered_wrong) == expected
        youden = quantcal.conformal_abstention_threshold(uncertainties, wrong)
        best = max(
            rows, key=lambda r: (-rates["misses"](*r[1:]) - rates["false_alarms"](*r[1:]), r[0])
        )
        assert youden.threshold == best[0]


def test_the_dual_threshold_keeps_its_promises(rng: np.random.Generator) -> None:
    """At one threshold for sets and abstention: P(no answer) + P(set misses) <= alpha."""
    classes, n, alpha = 5, 40, 0.2
    abstained = missed = 0
    draws = 2000
    for _ in range(draws):
        logits = 1.5 * rng.normal(size=(n + 1, classes))
        probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        labels = (probs.cumsum(axis=1) > rng.random((n + 1, 1))).argmax(axis=1)
        scores = 1 - probs
        threshold = quantcal.conformal_threshold(scores[np.arange(n), labels[:n]], alpha)
        sets = quantcal.conformal_sets(scores[n:], threshold)
        (decision,) = quantcal.conformal_abstention_decisions(
            scores[n:].min(axis=1),
            single_threshold=-np.inf,
            abstention_threshold=threshold,
            sizes=sets.sizes,
        )
        holds = sets.to_bool()[:, labels[n]]
        counts = quantcal.conformal_abstention_summary([decision], [False], holds)
        abstained += counts.abstained
        missed += counts.sets - counts.sets_right
        assert (decision == 0) == (sets.sizes[0] == 0)
    share = (abstained + missed) / draws
    rank = quantcal.conformal_rank(n, alpha)
    assert share == pytest.approx(1 - rank / (n + 1), abs=5 * (alpha / draws) ** 0.5)


def test_what_is_refused() -> None:
    with pytest.raises(quantcal.Infeasible, match="Youden's J"):
        quantcal.conformal_abstention_threshold([1.0, 2.0], [True, True])
    with pytest.raises(quantcal.QuantcalValueError, match="expected bool"):
        quantcal.conformal_abstention_curve([1.0, 2.0], [0, 1])
    with pytest.raises(quantcal.QuantcalValueError, match="wrong has shape"):
        quantcal.conformal_abstention_curve([1.0, 2.0], [True])
    with pytest.raises(quantcal.QuantcalValueError, match="decisions"):
        quantcal.conformal_abstention_summary([-1], [True], [True])
    with pytest.raises(quantcal.QuantcalValueError, match="sizes"):
        quantcal.conformal_abstention_decisions(
            [0.5], single_threshold=0.0, abstention_threshold=1.0, sizes=[-5]
        )
    empty = quantcal.conformal_abstention_summary([], [], [])
    assert np.isnan(empty.coverage)
    assert np.isnan(empty.abstention)
