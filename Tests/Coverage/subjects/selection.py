"""Selection: p-values are uniform, the expected share of false selections is at most q."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
