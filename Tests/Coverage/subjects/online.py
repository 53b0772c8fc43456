"""Online methods: what holds for exchangeable scores, and the shares of misses that hold for any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness import SHAPES, Certain, Claim, Event, Run, exact_rank, guarantee, is_tied, mutant, scores


@guarantee(
    *(
        {"method": method, "n": n, "alpha": alpha, "shape": shape}
        for n, alpha in ((9, 0.1), (60, 0.25))
        for method in ("aci", "dtaci")
        for shape in SHAPES
    )
)
def the_first_point(run: Run, method: str, n: int, alpha: float, shape: str) -> Iterator[Claim]:
    """No level has moved yet: it is that of split conformal prediction."""
    covered = 0
    for _ in range(run.draws):
        drawn = np.abs(scores(run.random, shape, n + 1))
        state = run.package.ConformalOnline(method, alpha=alpha)
        state.calibrate(drawn[:n])
        covered += drawn[n] <= state.threshold().upper
    chance = exact_rank(n, alpha) / (n + 1)
    yield Event("covered", covered, run.draws, chance, 1.0 if is_tied(shape) else chance)


@guarantee(
    *(
        {"n": n, "alpha": alpha, "rho": rho, "shape": shape}
        for n, alpha, rho in ((5, 0.3, 0.9), (40, 0.2, 0.95), (40, 0.1, 0.5))
        for shape in SHAPES
    )
)
def weights_that_fall_with_age(
    run: Run, n: int, alpha: float, rho: float, shape: str
) -> Iterator[Claim]:
    """Barber et al. (2023), theorem 2: weights cost nothing where scores are exchangeable."""
    covered = 0
    for _ in range(run.draws):
        drawn = np.abs(scores(run.random, shape, n + 1))
        state = run.package.ConformalOnline("nexcp", alpha=alpha, rho=rho)
        state.calibrate(drawn[:n])
        covered += drawn[n] <= state.threshold().upper
    yield Event("covered", covered, run.draws, 1 - alpha, 1.0)


@mutant(weights_that_fall_with_age)
def without_the_weight_of_the_point_itself(_package: Any) -> dict[str, Callable[..., Any]]:
    class Online:
        def __init__(self, _method: str, *, alpha: float, rho: float) -> None:
            self.alpha, self.rho = alpha, rho

        def calibrate(self, values: Any) -> None:
            self.values = np.sort(values)
            weights = (self.rho ** np.arange(len(values), 0, -1.0))[np.argsort(values, kind="stable")]
            self.shares = np.cumsum(weights) / weights.sum()

        def threshold(self) -> Any:
            place = np.searchsorted(self.shares, 1 - self.alpha)
            return _Upper(self.values[min(place, len(self.values) - 1)])

    return {"ConformalOnline": Online}


class _Upper:
    def __init__(self, upper: float) -> None:
        self.upper = upper


def _adversary(run: Run, steps: int) -> Any:
    """Scores of 0 to 1: random, with trends and jumps."""
    kind = run.random.integers(3)
    noise = run.random.random(steps)
    if kind == 0:
        return noise
    if kind == 1:
        return np.clip(np.linspace(*run.random.random(2), steps) + 0.1 * (noise - 0.5), 0, 1)
    return np.where(np.arange(steps) // run.random.integers(5, 40) % 2 == 0, 0.3, 0.7) + 0.3 * noise


@guarantee(*({"steps": steps, "alpha": alpha} for steps in (50, 400) for alpha in (0.125, 0.5)))
def misses_in_the_long_run(run: Run, steps: int, alpha: float) -> Iterator[Claim]:
    """Gibbs and Candes (2021), proposition 4.1, and the bound of the proportional controller: for
    any scores, on every path. Few paths tell as much as many."""
    within_aci, within_pid = True, True
    gamma, rate = 0.25, 0.5
    for _ in range(min(run.draws, 2000)):
        given = _adversary(run, steps)
        levels = run.package.ConformalOnline("aci", alpha=alpha, gamma=gamma).run(given)
        radius = run.package.ConformalOnline(
            "pid", alpha=alpha, rate="fixed", learning_rate=rate, integrator="none"
        ).run(given)
        share = np.mean(levels.covered == 0), np.mean(radius.covered == 0)
        within_aci &= abs(share[0] - alpha) <= (max(alpha, 1 - alpha) + gamma) / (gamma * steps)
        within_pid &= abs(share[1] - alpha) <= (1 + rate) / (rate * steps)
    yield Certain("misses of adaptive levels", bool(within_aci))
    yield Certain("misses of the controller", bool(within_pid))


@mutant(misses_in_the_long_run)
def steps_the_other_way(package: Any) -> dict[str, Callable[..., Any]]:
    """A miss makes the sets smaller."""

    class Online:
        def __init__(self, method: str, *, alpha: float, **options: Any) -> None:
            self.state = package.ConformalOnline(method, alpha=1 - alpha, **options)

        def run(self, values: Any) -> Any:
            return self.state.run(values)

    return {"ConformalOnline": Online}
