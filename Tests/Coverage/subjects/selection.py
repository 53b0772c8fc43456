"""Selection: p-values are uniform, the expected share of false selections is at most q."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness import (
    CONTINUOUS,
    SHAPES,
    TIED,
    Claim,
    Run,
    Superuniform,
    Uniform,
    guarantee,
    losses,
    mutant,
    scores,
)

Changes = dict[str, Callable[..., Any]]


@guarantee(
    *({"n": n, "shape": shape, "tail": "lower"} for n in (1, 10, 200) for shape in SHAPES),
    {"n": 30, "shape": "normal", "tail": "upper"},
)
def selection_p_values(run: Run, n: int, shape: str, tail: str) -> Iterator[Claim]:
    whole, randomised = np.empty(run.draws), np.empty(run.draws)
    for draw in range(run.draws):
        drawn = scores(run.random, shape, n + 1)
        points = drawn[:n], drawn[n:]
        whole[draw] = run.package.conformal_p_values(*points, tail=tail)[0]
        randomised[draw] = run.package.conformal_p_values(
            *points, tail=tail, randomised=True, seed=draw
        )[0]
    yield Superuniform("p-value", whole)
    yield Uniform("randomised p-value", randomised)


def _false_share(selected: NDArray[np.bool_], promising: NDArray[np.bool_]) -> float:
    return float(np.sum(selected & ~promising) / max(1, np.sum(selected)))


def _outcomes(run: Run, x: NDArray[np.float64]) -> NDArray[np.bool_]:
    return x + 0.5 * run.random.standard_normal(x.shape[0]) > 0.6


@guarantee(
    *(
        {"n": n, "m": m, "q": q, "tied": tied}
        for n, m, q in ((20, 10, 0.3), (100, 40, 0.1), (5, 8, 0.5))
        for tied in (False, True)
    )
)
def selection_of_points(run: Run, n: int, m: int, q: float, tied: bool) -> Iterator[Claim]:
    shares = []
    for draw in range(run.draws):
        x = run.random.random(n + m)
        promising = _outcomes(run, x)
        fitted = np.round(4 * x) if tied else x
        calibration = np.where(promising[:n], np.inf, -fitted[:n])
        found = run.package.conformal_select(
            calibration, -fitted[n:], q, randomised=draw % 2 == 1, seed=draw
        )
        shares.append(_false_share(found.selected, promising[n:]))
    yield losses("share of false selections", np.array(shares), run.random, at_most=q)


@guarantee(
    *(
        {"n": 30, "m": 12, "q": 0.3, "tied": tied, "pruning": pruning}
        for pruning in ("heterogeneous", "homogeneous", "deterministic")
        for tied in (False, True)
    )
)
def selection_under_a_shift(
    run: Run, n: int, m: int, q: float, tied: bool, pruning: str
) -> Iterator[Claim]:
    """Calibration points have the density 2 - 2 x, test points 1; points of the lowest score and
    large weight are false, so that whoever forgets a weight selects too many."""
    shares = []
    for draw in range(run.draws):
        x = np.append(1 - np.sqrt(run.random.random(n)), run.random.random(m))
        promising = run.random.random(n + m) > np.where(x > 0.9, 0.9, 0.35)
        fitted = np.round(6 * x) if tied else x
        weights = 1 / np.maximum(2 - 2 * x, 1e-12)
        found = run.package.conformal_select(
            np.where(promising[:n], np.inf, -fitted[:n]),
            -fitted[n:],
            q,
            calibration_weights=weights[:n],
            test_weights=weights[n:],
            pruning=pruning,
            seed=draw,
        )
        shares.append(_false_share(found.selected, promising[n:]))
    yield losses("share of false selections", np.array(shares), run.random, at_most=q)


@guarantee(
    *(
        {"n": n, "m": m, "models": models, "q": 0.3, "shape": shape}
        for n, m, models in ((30, 10, 2), (60, 20, 12))
        for shape in (CONTINUOUS[0], TIED[0])
    )
)
def selection_with_models(
    run: Run, n: int, m: int, models: int, q: float, shape: str
) -> Iterator[Claim]:
    """Scores that know nothing, and one that does."""
    shares = []
    for draw in range(run.draws):
        x = run.random.random(n + m)
        promising = _outcomes(run, x)
        fitted = scores(run.random, shape, n + m, models)
        fitted[:, 0] = np.round(6 * x)
        calibration = np.where(promising[:n, None], np.inf, -fitted[:n])
        found = run.package.conformal_select_models(calibration, -fitted[n:], q, seed=draw)
        shares.append(_false_share(found.selected, promising[n:]))
    yield losses("share of false selections", np.array(shares), run.random, at_most=q)


@guarantee(
    {"n": 60, "light": 4, "heavy": 4, "q": 0.4},
    {"n": 60, "light": 2, "heavy": 4, "q": 0.5},
)
def selection_among_heavy_points(
    run: Run, n: int, light: int, heavy: int, q: float
) -> Iterator[Claim]:
    """Test points of weight 1, all false, among promising ones of weight n that lie near the front.
    The heavy ones leave room for a light one as long as it is not their weight that counts when
    it steps ahead of them. For those that are false the theorem gives their share of q."""
    weights = np.append(np.ones(light), np.full(heavy, float(n)))
    promising = weights > 1
    shares = []
    for draw in range(run.draws):
        calibration = run.random.random(n)
        test = np.append(run.random.random(light), np.full(heavy, 0.05))
        found = run.package.conformal_select(
            calibration,
            test,
            q,
            calibration_weights=np.ones(n),
            test_weights=weights,
            pruning="heterogeneous",
            seed=draw,
        )
        shares.append(_false_share(found.selected, promising))
    bound = q * light / (light + heavy)
    yield losses("share of false selections", np.array(shares), run.random, at_most=bound)


@guarantee(
    *(
        {"n": n, "m": m, "columns": columns, "penalties": penalties, "q": q, "tied": tied}
        for n, m, columns, penalties, q in (
            (12, 4, 4, (1.0,), 0.4),
            (25, 6, 16, (0.1,), 0.3),
            (25, 6, 4, (0.1, 100.0), 0.3),
        )
        for tied in (False, True)
    )
)
def selection_without_a_split(
    run: Run, n: int, m: int, columns: int, penalties: tuple[float, ...], q: float, tied: bool
) -> Iterator[Claim]:
    """Ridge regression on the calibration points themselves, on columns that are mostly noise."""
    shares = []
    for draw in range(run.draws):
        x = run.random.standard_normal((n + m, columns))
        if tied:
            x = np.round(x)
        promising = x[:, 0] + run.random.standard_normal(n + m) > 0.6
        found = run.package.conformal_select_ridge(
            x[:n], promising[:n].astype(float), x[n:], q, penalties=penalties, seed=draw
        )
        shares.append(_false_share(found.selected, promising[n:]))
    yield losses("share of false selections", np.array(shares), run.random, at_most=q)


@mutant(selection_p_values)
def selection_test_point_not_counted(package: Any) -> Changes:
    def p_values(calibration: Any, test: Any, **options: Any) -> Any:
        p = package.conformal_p_values(calibration, test, **options)
        n = len(calibration)
        return np.maximum(p * (n + 1) - 1, 0) / n

    return {"conformal_p_values": p_values}


@mutant(selection_p_values)
def selection_ties_not_counted(package: Any) -> Changes:
    def p_values(calibration: Any, test: Any, tail: str, **options: Any) -> Any:
        side = 1 if tail == "upper" else -1
        counts = [1 + np.sum(side * calibration > side * s) for s in test]
        return np.array(counts) / (len(calibration) + 1)

    return {"conformal_p_values": p_values}


@mutant(selection_of_points)
def selection_at_twice_the_level(package: Any) -> Changes:
    def select(calibration: Any, test: Any, q: float, **options: Any) -> Any:
        return package.conformal_select(calibration, test, min(2 * q, 0.99), **options)

    return {"conformal_select": select}


@mutant(selection_under_a_shift)
def selection_without_the_weights(package: Any) -> Changes:
    def select(calibration: Any, test: Any, q: float, **options: Any) -> Any:
        del options["calibration_weights"], options["test_weights"]
        return package.conformal_select(calibration, test, q, **options)

    return {"conformal_select": select}


@mutant(selection_with_models)
def selection_with_the_model_that_selects_most(package: Any) -> Changes:
    """The choice looks at the calibration points only."""

    def select(calibration: Any, test: Any, q: float, seed: int) -> Any:
        columns = range(calibration.shape[1])
        found = [package.conformal_select(calibration[:, k], test[:, k], q) for k in columns]
        return max(found, key=lambda one: int(np.sum(one.selected)))

    return {"conformal_select_models": select}


def _step_up(p: NDArray[np.float64], q: float) -> int:
    m = len(p)
    below = np.flatnonzero(np.sort(p) <= q * np.arange(1, m + 1) / m * (1 + 1e-12))
    return int(below[-1]) + 1 if below.size else 0


@mutant(selection_among_heavy_points)
def selection_with_the_weight_of_the_other_point(package: Any) -> Changes:
    """p_l has the weight of l, where it is j whose procedure it is: a published fault."""

    def select(calibration: Any, test: Any, q: float, **options: Any) -> Any:
        weights, own = options["calibration_weights"], options["test_weights"]
        m, whole = len(test), np.sum(weights)
        found = package.conformal_select(calibration, test, q, **options)
        below = (calibration < test[:, None]) @ weights
        counts = np.empty(m)
        for j in range(m):
            p = (below + own * (test[j] < test)) / (whole + own)
            p[j] = 0
            counts[j] = _step_up(p, q)
        candidates = found.p <= q * counts / m * (1 + 1e-12)
        uniform = np.random.default_rng(options["seed"]).random(m)
        e = np.where(candidates, m / (q * counts * uniform), 0)
        return replace(found, selected=package.conformal_e_benjamini_hochberg(e, q))

    return {"conformal_select": select}


@mutant(selection_without_a_split)
def selection_by_fits_that_know_the_point(package: Any) -> Changes:
    """Calibration scores are of fits on these very points."""

    def select(x: Any, outcomes: Any, test: Any, q: float, penalties: Any, seed: int) -> Any:
        gram = x.T @ x + penalties[0] * np.eye(x.shape[1])
        slope = np.linalg.solve(gram, x.T @ outcomes)
        calibration = np.where(outcomes > 0, np.inf, -x @ slope)
        return package.conformal_select(calibration, -test @ slope, q)

    return {"conformal_select_ridge": select}
