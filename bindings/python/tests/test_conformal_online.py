"""Online conformal prediction: the bounds that hold for any data, definitions by brute force,
and what the class adds to the library."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import logsumexp

import quantcal
from quantcal import ConformalOnline

METHODS = ("aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi", "nexcp")


def paths(seed: int, n: int = 3000) -> dict[str, np.ndarray]:
    """Scores of 0 to 4 that drift, jump, or tie."""
    random = np.random.default_rng(seed)
    t = np.arange(n)
    return {
        "uniform": random.uniform(0, 4, n),
        "tied": random.integers(0, 5, n).astype(float),
        "heavy": np.minimum(np.abs(random.standard_cauchy(n)), 4),
        "rise": 4 * t / n,
        "fall": 4 - 4 * t / n,
        "jumps": np.where(t // 250 % 2 == 0, 0.5, 3.5) + random.uniform(0, 0.5, n),
        "zeros": np.zeros(n),
        "alternating": np.where(t % 2 == 0, 0.0, 4.0),
    }


@pytest.mark.parametrize("name", paths(0))
@pytest.mark.parametrize("alpha", [0.125, 0.1, 0.5])
def test_the_share_of_misses_of_aci_has_its_bound(name: str, alpha: float) -> None:
    scores = paths(1)[name]
    for gamma in (0.005, 0.0625, 1.0):
        covered = ConformalOnline("aci", alpha=alpha, gamma=gamma).run(scores).covered
        misses = np.cumsum(covered == 0)
        exact_alpha, exact_gamma = Fraction(alpha), Fraction(gamma)
        bound = max(exact_alpha, 1 - exact_alpha) + exact_gamma
        for t in (1, 2, 10, 100, len(scores)):
            share = Fraction(int(misses[t - 1]), t)
            assert abs(share - exact_alpha) <= bound / (exact_gamma * t)


@pytest.mark.parametrize("name", paths(0))
def test_the_share_of_misses_of_the_controller_has_its_bound(name: str) -> None:
    scores, alpha = paths(2)[name], 0.125
    t = np.arange(1, len(scores) + 1)
    for rate in (0.0625, 1.0):
        state = ConformalOnline(
            "pid", alpha=alpha, rate="fixed", learning_rate=rate, integrator="none"
        )
        shares = np.cumsum(state.run(scores).covered == 0) / t
        assert np.all(np.abs(shares - alpha) <= (4 + rate) / (rate * t))
    forecasts = np.random.default_rng(3).uniform(-20, 20, len(scores))
    for saturation in (0.125, 1.0):
        state = ConformalOnline("pid", alpha=alpha, saturation=saturation)
        shares = np.cumsum(state.run(scores, forecasts=forecasts).covered == 0) / t
        h = np.zeros(len(t))
        h[1:] = np.maximum.accumulate(saturation * math.pi / 2 * t[1:] / np.log(t[1:]))
        # The integrator is 0 until two scores were seen.
        assert np.all(np.abs(shares - alpha) <= (np.maximum(h, 2) + 1) / t)


def test_thresholds_of_aci_are_order_statistics_by_sorting() -> None:
    random = np.random.default_rng(4)
    scores = random.integers(0, 50, 600) / 8
    for window in (0, 1, 13, 100):
        state = ConformalOnline("aci", alpha=0.25, gamma=0.03125, window=window)
        level = 0.25
        for t, score in enumerate(scores):
            past = np.sort(scores[max(0, t - window) if window else 0 : t])
            # Levels of few bits: the product is exact.
            rank = math.ceil((len(past) + 1) * (1 - level))
            expected = math.inf if rank > len(past) else -math.inf if rank <= 0 else past[rank - 1]
            assert state.threshold().upper == expected
            covered = state.observe(score)
            assert covered == (score <= expected)
            level += 0.03125 * (0.25 - (not covered))


def test_decaying_weights_by_definition() -> None:
    random = np.random.default_rng(5)
    scores = random.integers(0, 9, 120)
    for rho, alpha in ((0.5, Fraction(3, 10)), (0.75, Fraction(1, 4)), (0.9375, Fraction(1, 10))):
        upper = ConformalOnline("nexcp", alpha=float(alpha), rho=rho).run(scores).upper
        for t in range(len(scores)):
            weights = [Fraction(rho) ** (t - i) for i in range(t)]
            wanted = (1 - alpha) * (sum(weights) + 1)
            reached = [
                s
                for s in set(scores[:t].tolist())
                if sum(w for w, other in zip(weights, scores, strict=False) if other <= s) >= wanted
            ]
            assert upper[t] == min(reached, default=math.inf)


def test_the_narrowest_interval_by_trying_all() -> None:
    random = np.random.default_rng(6)
    residuals = np.concatenate([random.exponential(size=300), random.integers(-4, 5, 300)])
    path = ConformalOnline("enbpi", alpha=0.2, window=40).run(residuals)
    for t in range(len(residuals)):
        past = np.sort(residuals[max(0, t - 40) : t])
        rank = quantcal.conformal_rank(len(past), 0.2)
        pairs = [(past[j + rank] - past[j], j) for j in range(len(past) - rank)]
        low, high = -math.inf, math.inf
        if pairs:
            j = min(pairs)[1]
            low, high = past[j], past[j + rank]
        assert (path.lower[t], path.upper[t]) == (low, high)


def test_aggregated_ends_follow_the_best_gamma() -> None:
    """The regret of Bernstein online aggregation is that of its published bound, with room."""
    random = np.random.default_rng(7)
    n = 3000
    residuals = random.standard_normal(n) * (1 + 2 * (np.arange(n) // 500 % 2))
    gammas = [0.001, 0.008, 0.064, 0.5]
    calibration = random.standard_normal(100)

    def loss(path: quantcal.ConformalOnlinePath) -> float:
        error = residuals - path.upper
        return float(np.maximum(0.95 * error, -0.05 * error).mean())

    def of(*grid: float) -> float:
        state = ConformalOnline("agaci", alpha=0.1, gamma=grid, window=100)
        state.calibrate(calibration)
        return loss(state.run(residuals))

    whole, alone = of(*gammas), [of(gamma) for gamma in gammas]
    assert whole <= min(alone) + 0.02
    assert whole < max(alone)


def test_dynamic_weights_by_definition() -> None:
    random = np.random.default_rng(8)
    gammas, alpha, horizon = np.array([0.03125, 0.125, 0.5]), 0.25, 50
    scores = random.integers(0, 64, 400) / 16
    eta = math.sqrt(3 / horizon) * math.sqrt(
        (math.log(3 * horizon) + 2) / ((1 - alpha) ** 2 * alpha**3 + (1 - alpha) ** 3 * alpha**2)
    )
    state = ConformalOnline("dtaci", alpha=alpha, gamma=gammas, horizon=horizon)
    assert state.summary().step_size == pytest.approx(eta, rel=1e-14)
    levels, logs, sigma = np.full(3, alpha), np.log(np.full(3, 1 / 3)), 1 / (2 * horizon)
    for t, score in enumerate(scores):
        mean = float(np.exp(logs - logsumexp(logs)) @ levels)
        assert state.summary().upper_position == pytest.approx(mean, rel=1e-12, abs=1e-12)
        past = scores[:t]
        beta = (1 + np.sum(past >= score)) / (t + 1)
        # A level holds the score where it is below the p-value; at it, no longer.
        hit = levels < beta
        logs = logs - eta * (alpha * (beta - levels) - np.minimum(0, beta - levels))
        logs = np.logaddexp(
            math.log(1 - sigma) + logs, math.log(sigma / 3) + logsumexp(logs) * np.ones(3)
        )
        logs -= logsumexp(logs)
        levels = levels + gammas * (alpha - ~hit)
        state.observe(score)


@pytest.mark.parametrize("method", METHODS)
def test_exchangeable_scores_are_covered_as_often_as_wanted(method: str) -> None:
    random = np.random.default_rng(9)
    state = ConformalOnline(method, alpha=0.2, window=300, score_bound=4, rho=0.99)
    covered = state.run(random.standard_normal(4000)).covered
    assert abs(np.mean(covered[500:]) - 0.8) < 0.03


@pytest.mark.parametrize("method", METHODS)
def test_copies_pickles_and_bytes_go_on_alike(method: str) -> None:
    random = np.random.default_rng(10)
    scores = random.standard_normal(80)
    scores[[3, 40]] = math.nan
    state = ConformalOnline(method, alpha=0.3, window=20, batch=3)
    state.run(scores[:50])
    others = [copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))]
    others.append(ConformalOnline.from_bytes(bytearray(state.to_bytes())))
    path = state.run(scores[50:])
    for other in others:
        again = other.run(scores[50:])
        np.testing.assert_array_equal(again.upper, path.upper)
        np.testing.assert_array_equal(again.lower, path.lower)
        assert other.to_bytes() == state.to_bytes()
    assert state.summary().missing == 2


def test_one_point_at_a_time() -> None:
    state = ConformalOnline("pid", alpha=0.25, learning_rate=0.5)
    assert state.threshold(1.5) == (-math.inf, 1.5)
    assert state.observe(2.0, forecast=1.5) is False
    assert state.observe(math.nan) is None
    assert state.observe(-1) is True
    assert state.summary().observed == 2
    with pytest.raises(quantcal.QuantcalValueError, match="forecasts has shape"):
        state.run([1, 2], forecasts=[1])
    with pytest.raises(quantcal.QuantcalValueError, match="scores has shape"):
        state.run([[1, 2]])
    with pytest.raises(quantcal.QuantcalValueError, match="'median'"):
        ConformalOnline("median")  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="bytes are not a state"):
        ConformalOnline.from_bytes(state.to_bytes()[:-1])
    with pytest.raises(TypeError, match="score"):
        state.observe("1")  # type: ignore[arg-type]


def test_threads_take_turns() -> None:
    state = ConformalOnline("aci", window=50)

    def work() -> None:
        for _ in range(200):
            state.observe(1.0)
            state.threshold()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state.summary().observed == 800
