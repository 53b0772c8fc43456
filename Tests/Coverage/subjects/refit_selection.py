"""Selection by models that are refitted: the expected share of false selections is at most q."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness import Claim, Run, guarantee, losses, mutant

Rows = NDArray[np.float64]
Numbers = NDArray[np.intp]
Changes = dict[str, Callable[..., Any]]

BINS = 4


def _sums(bins: Numbers, fold: Numbers, outcomes: Rows) -> Rows:
    """For each fold, model and bin."""
    folds, models = int(fold.max()) + 1, bins.shape[1]
    cells = (fold[:, None] * models + np.arange(models)) * BINS + bins
    weights = np.repeat(outcomes, models)
    return np.bincount(cells.ravel(), weights, folds * models * BINS).reshape(folds, models, BINS)


def histograms(bins: Numbers, outcomes: Rows, fold: Numbers) -> Rows:
    """Models that say the mean outcome in the bin of a point, 0 where there are no points; fitted
    without each fold."""
    sums, counts = _sums(bins, fold, outcomes), _sums(bins, fold, np.ones(len(bins)))
    return (sums.sum(axis=0) - sums) / np.maximum(counts.sum(axis=0) - counts, 1)


def predictions(bins: Numbers, outcomes: Rows, fold: Numbers, asked: Numbers) -> tuple[Rows, Rows]:
    """For the points themselves by the fits without them, for others the mean of all fits."""
    fits, models = histograms(bins, outcomes, fold), np.arange(bins.shape[1])
    return fits[fold[:, None], models, bins], fits.mean(axis=0)[models, asked]


@guarantee(
    {"n": 30, "m": 5, "folds": 5, "models": 1, "q": 0.4},
    {"n": 11, "m": 4, "folds": 12, "models": 2, "q": 0.5},
    {"n": 30, "m": 5, "folds": 5, "models": 8, "q": 0.3},
    {"n": 30, "m": 12, "folds": 5, "models": 8, "q": 0.3},
)
def selection_by_refitted_histograms(
    run: Run, n: int, m: int, folds: int, models: int, q: float
) -> Iterator[Claim]:
    """Each model knows a column; only the first has to do with the outcome. Whole bins tie. To
    leave out each of n + 1 points is to have as many folds."""
    predict = getattr(run.package, "predictions", predictions)
    shares = []
    for draw in range(run.draws):
        x = run.random.random((n + m, models))
        bins = (BINS * x).astype(np.intp)
        promising = x[:, 0] + run.random.standard_normal(n + m) > 1.2
        found = np.empty((m, models, 2), int)
        for j in range(m):
            known = [*range(n), n + j]
            outcomes = np.append(promising[:n], 0.0)
            fold = run.random.permutation(n + 1) % folds
            own, others = predict(bins[known], outcomes, fold, bins[n:])
            others[j] = own[n]
            own[:n][promising[:n]] = -np.inf
            for k in range(models):
                found[j, k] = run.package.conformal_refit_rank(-own[:n, k], -others[:, k], j, q)
        selected = run.package.conformal_select_refitted(
            found[..., 0], found[..., 1], n, q, seed=draw
        ).selected
        shares.append(np.sum(selected & ~promising[n:]) / max(1, np.sum(selected)))
    yield losses("share of false selections", np.array(shares), run.random, at_most=q)


@mutant(selection_by_refitted_histograms)
def refitted_with_ties_left_out(package: Any) -> Changes:
    """Calibration points that are tied with a test point do not count: a published fault."""

    def refit_rank(calibration: Any, test: Any, j: int, q: float) -> Any:
        return package.conformal_refit_rank(calibration, np.nextafter(test, -np.inf), j, q)

    return {"conformal_refit_rank": refit_rank}


@mutant(selection_by_refitted_histograms)
def refitted_with_the_smallest_p_value(package: Any) -> Changes:
    """Each point has the model that is best for itself."""

    def select(ranks: Any, rejections: Any, n: int, q: float, seed: int) -> Any:
        rows, best = np.arange(len(ranks)), np.argmin(ranks, axis=1)
        return package.conformal_select_refitted(
            ranks[rows, best], rejections[rows, best], n, q, seed=seed
        )

    return {"conformal_select_refitted": select}


@mutant(selection_by_refitted_histograms)
def refitted_with_other_points_by_one_fit(_: Any) -> Changes:
    """Other test points are judged by the one fit without j: a published fault."""

    def predict(bins: Numbers, outcomes: Rows, fold: Numbers, asked: Numbers) -> tuple[Rows, Rows]:
        own, _ = predictions(bins, outcomes, fold, asked)
        fit = histograms(bins, outcomes, fold)[fold[-1]]
        return own, fit[np.arange(bins.shape[1]), asked]

    return {"predictions": predict}


@mutant(selection_by_refitted_histograms)
def refitted_with_calibration_points_that_are_known(_: Any) -> Changes:
    """The last point, which is j, is judged by the fit without it, the others by all fits."""

    def predict(bins: Numbers, outcomes: Rows, fold: Numbers, asked: Numbers) -> tuple[Rows, Rows]:
        own, others = predictions(bins, outcomes, fold, np.vstack([asked, bins[:-1]]))
        own[:-1] = others[len(asked) :]
        return own, others[: len(asked)]

    return {"predictions": predict}
