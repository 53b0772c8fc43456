"""The reusable holdout: its budget, its noise, its bound, an analyst who tries to overfit it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from scipy import stats

import quantcal


def means(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    training = rng.random(count)
    return training, np.clip(training + rng.normal(0, 0.1, count), 0, 1)


@pytest.mark.parametrize("mechanism", ["noise", "grid"])
def test_a_budget_is_never_overspent(rng: np.random.Generator, mechanism: str) -> None:
    for budget in (1, 2, 7, 50):
        state = quantcal.ConformalHoldout(mechanism=mechanism, budget=budget, seed=budget)  # type: ignore[arg-type]
        training, holdout = means(rng, 2000)
        answers = state.ask(training, holdout)
        assert answers.from_holdout.sum() == budget and answers.from_holdout[-1]
        assert answers.values.size == answers.from_holdout.size == state.asked < 2000
        assert state.remaining == 0
        for _ in range(3):
            with pytest.raises(quantcal.Infeasible, match="spent"):
                state.ask([0.5], [0.5])
        assert (state.remaining, state.asked) == (0, answers.values.size)


@pytest.mark.parametrize("mechanism", ["noise", "grid"])
def test_how_questions_are_split_changes_nothing(rng: np.random.Generator, mechanism: str) -> None:
    training, holdout = means(rng, 300)
    options = {"mechanism": mechanism, "budget": 60, "seed": 5}
    whole = quantcal.ConformalHoldout(**options).ask(training, holdout)  # type: ignore[arg-type]
    state = quantcal.ConformalHoldout(**options)  # type: ignore[arg-type]
    values: list[float] = []
    for one, other in zip(training, holdout, strict=True):
        if state.remaining == 0:
            break
        values.extend(state.ask([one], [other]).values)
        state = pickle.loads(pickle.dumps(state))
    np.testing.assert_array_equal(values, whole.values)


def test_a_copy_is_another_holdout() -> None:
    state = quantcal.ConformalHoldout(mechanism="grid", budget=2)
    other = copy.copy(state)
    state.ask([0.0], [1.0])
    assert (state.remaining, other.remaining) == (1, 2)


def test_the_noise_has_laplaces_law() -> None:
    """Gaps so large that every answer is from the holdout."""
    state = quantcal.ConformalHoldout(threshold=0, sigma=0.02, budget=100_000, seed=9)
    answers = state.ask(np.zeros(100_000), np.ones(100_000))
    assert answers.from_holdout.all()
    assert stats.kstest(answers.values - 1, stats.laplace(scale=0.02).cdf).pvalue > 1e-4


def test_the_threshold_is_redrawn_only_after_an_answer_from_the_holdout() -> None:
    """With gaps at the threshold, answers from the holdout depend on the noise of both."""
    count = 4000
    shares = []
    for seed in range(200):
        # No answer is from the holdout: one noise of the threshold for all questions.
        state = quantcal.ConformalHoldout(threshold=0.5, sigma=0.05, budget=1, seed=seed)
        answers = state.ask(np.zeros(count), np.full(count, 0.5))
        shares.append(answers.values.size)
    # The first question to get through: with a noise of its own each time the number would
    # be geometric of chance 1/2; with a threshold that stays it has a longer tail.
    assert np.mean(np.array(shares) > 12) > 2.0**-9
    assert 0.3 < np.mean(np.array(shares) == 1) < 0.7


def test_an_analyst_does_not_overfit_the_holdout(rng: np.random.Generator) -> None:
    """Picks features by their sign on the data, and asks how good the sum of them is: on the
    bare holdout that looks good; through the grid every answer is within its bound."""
    n, features = 2000, 300
    bound = quantcal.conformal_holdout_error(
        n, features + 1, budget=features, grid=101, threshold=0.04, delta=0.01
    )
    labels = rng.integers(0, 2, 2 * n) * 2 - 1
    data = rng.normal(size=(2 * n, features))
    agree = (data * labels[:, None] > 0).astype(float)  # expectation 1/2
    training, holdout = agree[:n].mean(axis=0), agree[n:].mean(axis=0)
    state = quantcal.ConformalHoldout(mechanism="grid", budget=features)
    answers = state.ask(training, holdout)
    assert np.abs(answers.values - 0.5).max() <= bound
    signs = np.where(answers.values > 0.5, 1.0, -1.0)
    right = (((data * signs).sum(axis=1) * labels) > 0).astype(float)
    (final,) = state.ask([right[:n].mean()], [right[n:].mean()]).values
    assert abs(final - 0.5) <= bound
    # The training set alone is overfitted by far.
    assert right[:n].mean() > 0.55


def test_questions_are_the_most_whose_error_is_small_enough(rng: np.random.Generator) -> None:
    for _ in range(50):
        n, budget = int(rng.integers(100, 10**6)), int(rng.integers(0, 40))
        options = {"budget": budget, "grid": int(rng.integers(2, 1000)), "threshold": 0.02}
        accuracy = float(rng.uniform(0.05, 0.6))
        try:
            count = quantcal.conformal_holdout_questions(n, accuracy, **options)  # type: ignore[arg-type]
        except quantcal.Infeasible:
            assert quantcal.conformal_holdout_error(n, 1, **options) > accuracy  # type: ignore[arg-type]
            continue
        assert quantcal.conformal_holdout_error(n, count, **options) <= accuracy  # type: ignore[arg-type]
        if count < 2**40:
            assert quantcal.conformal_holdout_error(n, count + 1, **options) > accuracy  # type: ignore[arg-type]


def test_bytes_that_changed_are_refused() -> None:
    state = quantcal.ConformalHoldout(seed=3)
    state.ask([0.2, 0.3], [0.9, 0.3])
    data = state.to_bytes()
    assert quantcal.ConformalHoldout.from_bytes(data).to_bytes() == data
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 0x10
        with pytest.raises(quantcal.QuantcalValueError) as caught:
            quantcal.ConformalHoldout.from_bytes(broken)
        assert caught.value.status == quantcal.Status.QC_ERR_FORMAT
