"""Losses of `isotonic_regression` against linear programs and the conditions of the optimum, on
random sequences with ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import linprog

import quantcal

SOLUTIONS = ("lower", "upper", "middle")


def random_sequences(
    rng: np.random.Generator, count: int
) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """Values, most with ties; weights, of which some are 0; whether the fit is to rise."""
    cases = []
    for number in range(count):
        n = int(rng.integers(1, 20))
        y = rng.normal(size=n) if number % 4 == 0 else rng.integers(-3, 4, n).astype(float)
        w = rng.random(n) if number % 8 == 0 else rng.integers(0, 4, n).astype(float)
        w[rng.integers(n)] += 1
        cases.append((y, w, bool(rng.integers(2))))
    return cases


def least_quantile_losses(
    cases: list[tuple[np.ndarray, np.ndarray, bool]], level: float
) -> np.ndarray:
    """The least loss of each case. All are one linear program, of parts that do not touch:
    the fit, and how far each point is above and below it."""
    costs, order, y = [], [], np.concatenate([case[0] for case in cases])
    for values, w, rises in cases:
        costs.append((level * w, (1 - level) * w))
        steps = scipy.sparse.eye(values.size - 1, values.size) - scipy.sparse.eye(
            values.size - 1, values.size, k=1
        )
        order.append(steps if rises else -steps)
    above, below = (np.concatenate([pair[side] for pair in costs]) for side in (0, 1))
    eye = scipy.sparse.eye(y.size)
    steps = scipy.sparse.block_diag(order)
    solved = linprog(
        np.concatenate([np.zeros(y.size), above, below]),
        A_ub=scipy.sparse.hstack([steps, scipy.sparse.csr_matrix((steps.shape[0], 2 * y.size))]),
        b_ub=np.zeros(steps.shape[0]),
        A_eq=scipy.sparse.hstack([eye, eye, -eye]),
        b_eq=y,
        bounds=[(None, None)] * y.size + [(0, None)] * (2 * y.size),
        method="highs",
    )
    assert solved.status == 0
    losses = above * solved.x[y.size : 2 * y.size] + below * solved.x[2 * y.size :]
    starts = np.cumsum([0] + [case[0].size for case in cases[:-1]])
    return np.add.reduceat(losses, starts)


@pytest.mark.parametrize("level", [0.1, 1 / 3, 0.5, 0.9])
def test_quantile_loss_is_never_above_the_linear_programs(level: float) -> None:
    cases = random_sequences(np.random.default_rng(1), 2000)
    for (y, w, rises), least in zip(cases, least_quantile_losses(cases, level), strict=True):
        options: Any = {"weights": w, "increasing": rises, "loss": "quantile", "level": level}
        fits = [quantcal.isotonic_regression(y, **options, solution=s).x for s in SOLUTIONS]
        for x in fits:
            assert np.all(np.diff(x) >= 0 if rises else np.diff(x) <= 0)
            loss = float(np.sum(w * np.where(y > x, level * (y - x), (1 - level) * (x - y))))
            # Nor below it: then one of the two would not be what it seems.
            assert abs(loss - least) <= 1e-9 * max(1.0, least)
        assert np.all(fits[0] <= fits[1])
        assert np.all(fits[2] == (fits[0] + fits[1]) / 2)


def test_no_optimal_fit_leaves_the_lower_and_the_upper() -> None:
    """All fits whose values are values of y, tried one by one."""
    rng = np.random.default_rng(5)
    for level in (0.25, 0.5, 2 / 3):
        for _ in range(60):
            n = int(rng.integers(1, 6))
            y, w = rng.integers(0, 4, n).astype(float), rng.integers(1, 4, n).astype(float)
            fits = np.stack(np.meshgrid(*[np.unique(y)] * n), -1).reshape(-1, n)
            fits = fits[(np.diff(fits) >= 0).all(axis=1)]
            losses = (w * np.maximum(level * (y - fits), (level - 1) * (y - fits))).sum(axis=1)
            best = fits[losses <= losses.min() + 1e-9]
            options: Any = {"weights": w, "loss": "quantile", "level": level}
            lower, upper = (
                quantcal.isotonic_regression(y, **options, solution=s).x for s in SOLUTIONS[:2]
            )
            assert lower.tolist() == best.min(axis=0).tolist()
            assert upper.tolist() == best.max(axis=0).tolist()


def slopes(loss: str, parameter: float, r: np.ndarray) -> np.ndarray:
    """The derivative of the loss by x, at residuals r = y - x."""
    if loss == "expectile":
        return -2 * np.where(r >= 0, parameter, 1 - parameter) * r
    if loss == "huber":
        return -np.clip(r, -parameter, parameter)
    return -parameter * np.sign(r) * np.abs(r) ** (parameter - 1)


@pytest.mark.parametrize(
    ("loss", "parameter"),
    [("expectile", 0.8), ("expectile", 0.1), ("huber", 0.5), ("huber", 3.0)]
    + [("power", p) for p in (1.5, 3.0, 4.0)],
)
def test_smooth_losses_meet_the_conditions_of_the_optimum(loss: str, parameter: float) -> None:
    """In each block slopes add up to 0, and no tail of it gains by a higher value: for a convex
    loss that is all there is to an optimum. Asked a little above and below the values found."""
    name = {"expectile": "level", "huber": "huber_threshold", "power": "power"}[loss]
    for y, w, rises in random_sequences(np.random.default_rng(3), 1500):
        nudge = 1e-15 * max(1.0, float(np.max(np.abs(y))))
        for solution in SOLUTIONS:
            options: Any = {"loss": loss, name: parameter, "solution": solution}
            fit = quantcal.isotonic_regression(y, weights=w, increasing=rises, **options)
            higher = w * slopes(loss, parameter, y - (fit.x + nudge))
            lower = w * slopes(loss, parameter, y - (fit.x - nudge))
            close = 1e-13 * np.sum(w)
            for start, end in zip(fit.blocks, fit.blocks[1:], strict=False):
                block = higher[start:end] if rises else higher[start:end][::-1]
                assert np.all(np.cumsum(block[::-1]) >= -close)
                assert np.sum(lower[start:end]) <= close


@pytest.mark.parametrize("loss", ["poisson", "binomial"])
def test_deviances_equal_the_squared_loss(loss: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        n = int(rng.integers(1, 30))
        y = rng.integers(0, 2, n).astype(float)
        w = rng.random(n) + 0.1
        fit = quantcal.isotonic_regression(y, weights=w, loss=loss).x
        assert np.array_equal(fit, quantcal.isotonic_regression(y, weights=w).x)


@pytest.mark.parametrize("weighted", [True, False])
def test_chebyshev_is_never_above_the_worst_pair(weighted: bool) -> None:
    """No fit is closer than two points that are out of order allow; the lower and the upper
    solution are as far as that lets them be."""
    for y, weights, rises in random_sequences(np.random.default_rng(4), 1000):
        w = weights if weighted else np.ones_like(y)
        kept = np.flatnonzero(w > 0) if rises else np.flatnonzero(w > 0)[::-1]
        z, slack = y[kept], 1 / w[kept]
        falls = (z[:, None] - z[None, :]) / (slack[:, None] + slack[None, :])
        error = max(0.0, float(np.triu(falls).max()))
        bounds = {
            "lower": np.maximum.accumulate(z - error * slack),
            "upper": np.minimum.accumulate((z + error * slack)[::-1])[::-1],
        }
        for solution in SOLUTIONS:
            options: Any = {"increasing": rises, "loss": "chebyshev", "solution": solution}
            x = quantcal.isotonic_regression(y, weights=w, **options).x[kept]
            assert np.all(np.diff(x) >= 0)
            assert np.max(np.abs(z - x) / slack) <= error * (1 + 1e-13) + 1e-13
            expected = bounds.get(solution, (bounds["lower"] + bounds["upper"]) / 2)
            np.testing.assert_allclose(x, expected, rtol=0, atol=1e-13)
