"""Cross-conformal intervals of least squares lines: coverage is at least 1 - 2 alpha, of minmax 1 - alpha."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness import Claim, Event, Run, guarantee, mutant

SIZES = ((11, 11), (20, 4), (60, 60), (60, 5))


def drawn(run: Run, count: int, tied: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points of a line with an intercept and heavy-tailed noise, or one of few values."""
    random = run.random
    x = np.column_stack([np.ones(count), random.standard_normal(count)])
    noise = random.integers(-1, 2, count) if tied else random.standard_t(2, count)
    return x, np.round(x[:, 1]) + noise


def least_squares(x: NDArray[Any], y: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    """A line for each row of counts of the points, with a little ridge, so that any will do."""
    squares = np.einsum("ki,ia,ib->kab", counts, x, x) + 0.1 * np.eye(2)
    return np.linalg.solve(squares, (counts @ (x * y[:, np.newaxis]))[..., np.newaxis])[..., 0]


def bound(n: int, folds: int, alpha: float, method: str) -> float:
    """Barber et al. (2021), theorems 1, 3 and 4."""
    if method == "minmax":
        return 1 - alpha
    loss = 0.0
    if folds < n:
        loss = min(2 * (1 - 1 / folds) / (n / folds + 1), (1 - folds / n) / (folds + 1))
    return 1 - 2 * alpha - loss


@guarantee(
    *(
        {"n": n, "folds": folds, "alpha": alpha, "method": method, "sides": sides, "tied": tied}
        for n, folds in SIZES
        for alpha, method, sides, tied in (
            (0.1, "plus", "symmetric", False),
            (0.25, "plus", "symmetric", True),
            (0.2, "plus", "asymmetric", False),
            (0.2, "minmax", "symmetric", False),
            (0.25, "minmax", "asymmetric", True),
        )
    )
)
def cross_intervals(
    run: Run, n: int, folds: int, alpha: float, method: str, sides: str, tied: bool
) -> Iterator[Claim]:
    covered = 0
    fold = np.arange(n) % folds
    for _ in range(run.draws):
        x, y = drawn(run, n + 1, tied)
        others = (np.arange(folds)[:, np.newaxis] != fold).astype(float)
        fitted = x @ least_squares(x[:n], y[:n], others).T
        signed = y[:n] - fitted[np.arange(n), fold]
        lower, upper = run.package.conformal_cross_intervals(
            np.abs(signed) if sides == "symmetric" else signed,
            fitted[n:],
            alpha,
            fold=fold,
            method=method,
            sides=sides,
        )
        covered += bool(lower[0] <= y[n] <= upper[0])
    yield Event("covered", covered, run.draws, bound(n, folds, alpha, method), 1.0)


@guarantee(*({"n": n, "alpha": alpha} for n, alpha in ((15, 0.2), (40, 0.1))))
def cross_bootstrap(run: Run, n: int, alpha: float) -> Iterator[Claim]:
    """Bags as many as the theorem draws."""
    covered = 0
    for _ in range(run.draws):
        x, y = drawn(run, n + 1, False)
        models = max(1, run.random.binomial(30, (1 - 1 / (n + 1)) ** n))
        bags = run.random.integers(0, n, (models, n))
        in_bag = np.transpose([np.bincount(bag, minlength=n) for bag in bags])
        fitted = x @ least_squares(x[:n], y[:n], in_bag.T.astype(float)).T
        means = run.package.conformal_cross_bootstrap_predictions(in_bag, fitted[:n])
        lower, upper = run.package.conformal_cross_bootstrap_intervals(
            np.abs(y[:n] - means), in_bag, fitted[n:], alpha
        )
        covered += bool(lower[0] <= y[n] <= upper[0])
    yield Event("covered", covered, run.draws, 1 - 2 * alpha, 1.0)


@mutant(cross_intervals)
def cross_minmax_of_the_wrong_extremes(package: Any) -> dict[str, Callable[..., Any]]:
    """The greatest prediction for the lower end, the least for the upper."""

    def intervals(residuals: Any, predictions: Any, alpha: float, **options: Any) -> Any:
        lower, upper = package.conformal_cross_intervals(residuals, predictions, alpha, **options)
        if options["method"] == "plus":
            return lower, upper
        spread = predictions.max(axis=1) - predictions.min(axis=1)
        return lower + spread, upper - spread

    return {"conformal_cross_intervals": intervals}


@mutant(cross_intervals)
def cross_levels_doubled(package: Any) -> dict[str, Callable[..., Any]]:
    def intervals(residuals: Any, predictions: Any, alpha: float, **options: Any) -> Any:
        level = min(2.5 * alpha, 0.99)
        return package.conformal_cross_intervals(residuals, predictions, level, **options)

    return {"conformal_cross_intervals": intervals}


@mutant(cross_bootstrap)
def cross_bootstrap_of_all_models(package: Any) -> dict[str, Callable[..., Any]]:
    """Residuals of models that know the points, and few of them."""

    def predictions(in_bag: Any, fitted: Any) -> Any:
        return fitted.mean(axis=1)

    def intervals(residuals: Any, in_bag: Any, fitted: Any, alpha: float) -> Any:
        middle = fitted.mean(axis=1)
        half = np.sort(residuals)[int(len(residuals) * (1 - 2.5 * alpha))]
        return middle - half, middle + half

    return {
        "conformal_cross_bootstrap_predictions": predictions,
        "conformal_cross_bootstrap_intervals": intervals,
    }
