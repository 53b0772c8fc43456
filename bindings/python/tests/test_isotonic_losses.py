"""Losses of `isotonic_regression` against linear programs, on random sequences with ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

import quantcal


def least_quantile_loss(y: np.ndarray, w: np.ndarray, level: float, rising: bool) -> float:
    """x, and how far each point is above and below it, as a linear program."""
    n = y.size
    costs = np.concatenate([np.zeros(n), w * level, w * (1 - level)])
    differences = np.eye(n)[:-1] - np.eye(n)[1:]
    order = differences if rising else -differences
    constraints: dict[str, Any] = {
        "A_eq": np.hstack([np.eye(n), np.eye(n), -np.eye(n)]),
        "b_eq": y,
        "bounds": [(None, None)] * n + [(0, None)] * (2 * n),
    }
    if n > 1:
        constraints |= {"A_ub": np.hstack([order, np.zeros((n - 1, 2 * n))])}
        constraints |= {"b_ub": np.zeros(n - 1)}
    return float(linprog(costs, **constraints).fun)


@pytest.mark.parametrize("level", [0.1, 1 / 3, 0.5, 0.9])
@pytest.mark.parametrize("solution", ["lower", "upper", "middle"])
def test_quantile_loss_is_that_of_the_linear_program(level: float, solution: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        n = int(rng.integers(1, 20))
        y = rng.integers(-3, 4, n).astype(float)
        w = rng.integers(1, 4, n).astype(float)
        rising = bool(rng.integers(2))
        x = quantcal.isotonic_regression(
            y, weights=w, increasing=rising, loss="quantile", level=level, solution=solution
        ).x
        assert np.all(np.diff(x) >= 0 if rising else np.diff(x) <= 0)
        loss = float(np.sum(w * np.where(y > x, level * (y - x), (1 - level) * (x - y))))
        least = least_quantile_loss(y, w, level, rising)
        assert loss <= least + 1e-9 * max(1.0, least)


@pytest.mark.parametrize("loss", ["poisson", "binomial"])
def test_deviances_equal_the_squared_loss(loss: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        n = int(rng.integers(1, 30))
        y = rng.integers(0, 2, n).astype(float)
        w = rng.random(n) + 0.1
        fit = quantcal.isotonic_regression(y, weights=w, loss=loss).x
        assert np.array_equal(fit, quantcal.isotonic_regression(y, weights=w).x)
