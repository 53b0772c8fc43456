"""Partial isotonic fits that merge."""

from __future__ import annotations

import copy
import itertools
import pickle
import threading

import numpy as np
import pytest
from scipy.optimize import linprog

import quantcal
from quantcal import IsotonicState, QuantcalValueError


def state_of(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, **options: object
) -> IsotonicState:
    state = IsotonicState(**options)
    state.update(x, y, weights=weights)
    return state


def fitted_at(state: IsotonicState, x: np.ndarray) -> np.ndarray:
    fit = state.fit()
    return fit.values[np.searchsorted(fit.last, x)]


def quantile_loss(y: np.ndarray, fit: np.ndarray, weights: np.ndarray, level: float) -> float:
    residuals = y - fit
    return float(np.sum(weights * np.where(residuals > 0, level, level - 1) * residuals))


def least_quantile_loss(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, level: float, sign: int
) -> float:
    """By a linear program: the residuals' positive and negative parts, and one value an x."""
    keys, group = np.unique(x, return_inverse=True)
    n, k = y.size, keys.size
    cost = np.concatenate([np.zeros(k), level * weights, (1 - level) * weights])
    equal = np.hstack([np.eye(k)[group], np.eye(n), -np.eye(n)])
    order = sign * (np.eye(k)[:-1] - np.eye(k)[1:]) if k > 1 else np.empty((0, k))
    solution = linprog(
        cost,
        A_ub=np.hstack([order, np.zeros((k - 1, 2 * n))]),
        b_ub=np.zeros(k - 1),
        A_eq=equal,
        b_eq=y,
        bounds=[(None, None)] * k + [(0, None)] * (2 * n),
    )
    return float(solution.fun)


@pytest.mark.parametrize("increasing", [True, False])
@pytest.mark.parametrize("solution", ["lower", "upper"])
def test_quantiles_are_as_good_as_a_linear_program(
    rng: np.random.Generator, increasing: bool, solution: str
) -> None:
    for level in (0.1, 0.5, 0.8):
        for _ in range(25):
            n = int(rng.integers(1, 14))
            x = np.sort(rng.integers(0, 8, n)).astype(float)
            y = rng.integers(-5, 6, n).astype(float)
            weights = rng.integers(1, 4, n).astype(float)
            options = {"loss": "quantile", "level": level, "solution": solution}
            state = state_of(x, y, weights, increasing=increasing, **options)
            least = least_quantile_loss(x, y, weights, level, 1 if increasing else -1)
            fit = fitted_at(state, x)
            assert quantile_loss(y, fit, weights, level) <= least + 1e-9 * (1 + least)
            other = {"lower": "upper", "upper": "lower"}[solution]
            rest = state_of(x, y, weights, increasing=increasing, **{**options, "solution": other})
            assert np.all(
                (fit <= fitted_at(rest, x)) if solution == "lower" else (fit >= fitted_at(rest, x))
            )


@pytest.mark.parametrize("loss", ["squared", "quantile"])
@pytest.mark.parametrize("increasing", [True, False])
def test_it_is_the_fit_of_the_sequence(
    rng: np.random.Generator, loss: str, increasing: bool
) -> None:
    """With distinct x, in one call or in many, merged in any grouping."""
    for n in (1, 2, 3, 30, 500, 70_000):
        x = np.sort(rng.choice(10 * n, n, replace=False)).astype(float)
        y = np.round(rng.normal(size=n) + np.linspace(0, 3, n), 1)
        reference = quantcal.isotonic_regression(y, increasing=increasing, loss=loss)
        whole = state_of(x, y, loss=loss, increasing=increasing)
        fit = whole.fit()
        np.testing.assert_array_equal(fit.first, x[reference.blocks[:-1]])
        np.testing.assert_array_equal(fit.last, x[reference.blocks[1:] - 1])
        np.testing.assert_allclose(fit.values, reference.x[reference.blocks[:-1]], rtol=1e-14)
        np.testing.assert_array_equal(fit.weights, np.diff(reference.blocks))
        cuts = np.sort(rng.integers(0, n + 1, 3))
        states = [
            state_of(*part, loss=loss, increasing=increasing)
            for part in zip(np.split(x, cuts), np.split(y, cuts), strict=True)
        ]
        first, second, third, fourth = states
        third.merge(fourth)
        first.merge(second)
        first.merge(third)
        merged = first.fit()
        np.testing.assert_array_equal(merged.first, fit.first)
        np.testing.assert_allclose(merged.values, fit.values, rtol=1e-14)
        if loss == "quantile":
            assert first.to_bytes() == whole.to_bytes()


def test_decimals_are_the_numbers_that_were_meant() -> None:
    """Level 0.9 of ten equal weights leaves one of them above, to the last bit."""
    y = np.arange(10.0)[::-1]
    state = state_of(np.arange(10.0), y, loss="quantile", level=0.9)
    assert state.fit().values.tolist() == [8]
    upper = state_of(np.arange(10.0), y, loss="quantile", level=0.9, solution="upper")
    assert upper.fit().values.tolist() == [9]


def test_the_squared_state_is_as_small_as_its_fit(rng: np.random.Generator) -> None:
    n = 200_000
    state = state_of(np.arange(n), rng.normal(size=n))
    blocks = state.fit().values.size
    assert blocks < 100 and len(state.to_bytes()) < 48 * (blocks + 40) + 80


def test_a_large_offset_costs_no_accuracy(rng: np.random.Generator) -> None:
    y = np.round(rng.normal(size=3000) * 2**20) / 2**20
    plain, shifted = state_of(np.arange(3000), y), state_of(np.arange(3000), y + 1e9)
    np.testing.assert_array_equal(plain.fit().first, shifted.fit().first)
    # The state's sums are exact; 1e9 + value is rounded once.
    np.testing.assert_allclose(shifted.fit().values, plain.fit().values + 1e9, rtol=2.3e-16, atol=0)


def test_points_come_in_any_form() -> None:
    state = IsotonicState()
    state.update([1, 2], [0, 1])
    state.update(np.float32([2, 3]), np.float32([3, 1]), weights=[1, 2])
    state.update([], [])
    fit = state.fit()
    assert fit.first.tolist() == [1, 2] and fit.values.tolist() == [0, 1.5]
    assert fit.weights.tolist() == [1, 4]


def test_copies_go_their_own_way() -> None:
    state = state_of([1, 2, 3], [3, 1, 2], loss="quantile", level=0.25)
    for other in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert other.to_bytes() == state.to_bytes()
        other.update([4], [0])
        assert other.to_bytes() != state.to_bytes()


def test_errors_change_nothing() -> None:
    state = state_of([1, 2, 3], [3, 1, 2])
    before = state.to_bytes()
    wrong = [
        ([2.5], [1], None, "x[0] is 2.5"),
        ([3, 5, 4], [1, 2, 3], None, "x[2] is 4.0"),
        ([4], [np.nan], None, "y[0] is nan"),
        ([4, 5], [1, 2], [1, -1], "weights[1] is -1.0"),
        ([4, 5], [1, 2], [0, 0], "all zero"),
        ([4, 5], [1], None, "y has shape"),
        ([[4]], [[1]], None, "x has shape"),
    ]
    for x, y, weights, message in wrong:
        with pytest.raises(QuantcalValueError) as caught:
            state.update(x, y, weights=weights)
        assert message in str(caught.value)
    overlapping = state_of([0, 1], [1, 2])
    for other in (
        state,
        overlapping,
        IsotonicState(increasing=False),
        IsotonicState(loss="quantile"),
    ):
        if other is not state:
            other.update([9], [1])
        if other is overlapping or other is state or other.to_bytes()[16:28] != before[16:28]:
            with pytest.raises(QuantcalValueError):
                state.merge(other)
    with pytest.raises(TypeError):
        state.merge(before)  # type: ignore[arg-type]
    assert state.to_bytes() == before
    for options in ({"loss": "huber"}, {"solution": "middle"}, {"loss": "quantile", "level": 1}):
        with pytest.raises(QuantcalValueError):
            IsotonicState(**options)


def test_broken_bytes_are_refused() -> None:
    for loss in ("squared", "quantile"):
        data = state_of([1, 2, 3, 4], [1, 3, 2, 4], loss=loss).to_bytes()
        for place, bit in itertools.product(range(len(data)), (0, 3, 7)):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            with pytest.raises(QuantcalValueError) as caught:
                IsotonicState.from_bytes(broken)
            assert caught.value.status == quantcal.Status.QC_ERR_FORMAT
        for size in range(len(data)):
            with pytest.raises(QuantcalValueError):
                IsotonicState.from_bytes(memoryview(data)[:size])


def test_threads_take_turns() -> None:
    """Two states that are merged into each other's copies from both sides, while one grows."""
    state, other = IsotonicState(), state_of([1e9], [1.0])
    errors: list[BaseException] = []

    def work(action: object) -> None:
        try:
            for step in range(300):
                action(step)  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)

    def grow(step: int) -> None:
        state.update(np.full(20, step), np.arange(20.0))

    def merge_each_way(step: int) -> None:
        for target, source in ((state, other), (other, state)):
            copied = copy.copy(target)
            if target is state:
                copied.merge(source)
            else:
                with pytest.raises(QuantcalValueError):
                    other.merge(state_of([step], [0.0]))

    actions = [grow, merge_each_way, lambda step: state.fit(), lambda step: state.to_bytes()]
    threads = [threading.Thread(target=work, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert state.fit().weights.sum() == 300 * 20
