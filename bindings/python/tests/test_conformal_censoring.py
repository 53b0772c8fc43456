"""Censoring weights: against fractions and SciPy, and the coverage that they give."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import quantcal


def survival_before(times: list[int], events: list[bool], time: int) -> Fraction:
    """The definition: over each time before, what is censored of what is at risk."""
    product = Fraction(1)
    for u in {u for u in times if u < time}:
        at_risk = sum(
            t > u or (t == u and not event) for t, event in zip(times, events, strict=True)
        )
        censored = sum(t == u and not event for t, event in zip(times, events, strict=True))
        product *= 1 - Fraction(censored, at_risk) if at_risk else 1
    return product


def test_weights_are_those_of_exact_arithmetic(rng: np.random.Generator) -> None:
    for _ in range(300):
        n = int(rng.integers(1, 25))
        times, events = rng.integers(0, 12, n), rng.random(n) < rng.random()
        points = np.arange(-1, 14)
        found = quantcal.conformal_censoring_weights(times, events, points=points)
        exact = [survival_before(times.tolist(), events.tolist(), t) for t in points.tolist()]
        np.testing.assert_array_almost_equal_nulp(found.survival, np.array(exact, float), 1)
        inverse = np.array([float(1 / g) if g else np.inf for g in exact])
        is_finite = np.isfinite(inverse)
        np.testing.assert_array_equal(np.isfinite(found.weights), is_finite)
        np.testing.assert_array_almost_equal_nulp(found.weights[is_finite], inverse[is_finite], 1)


def test_survival_is_scipys(rng: np.random.Generator) -> None:
    """At distinct times, events and censorings are the same question asked of either."""
    times = rng.permutation(2000).astype(float)
    events = rng.random(2000) < 0.6
    ecdf = stats.ecdf(stats.CensoredData(uncensored=times[~events], right=times[events]))
    points = rng.uniform(0, 2000, 500)
    found = quantcal.conformal_censoring_weights(times, events, points=points)
    np.testing.assert_allclose(found.survival, ecdf.sf.evaluate(points), rtol=1e-12)


def test_known_points_count_for_all(rng: np.random.Generator) -> None:
    """If the last is an event, the weights sum to n: what was lost is spread over the rest."""
    for n in (1, 2, 10, 1000):
        times, events = rng.permutation(n), rng.random(n) < 0.4
        events[np.argmax(times)] = True
        found = quantcal.conformal_censoring_weights(times, events)
        np.testing.assert_allclose(found.weights.sum(), n, rtol=1e-12)
        assert np.all((found.weights == 0) == ~events)


def test_a_horizon_makes_late_points_known() -> None:
    times, events = [1.0, 2.0, 3.0, 4.0], [False, True, False, False]
    found = quantcal.conformal_censoring_weights(times, events, horizon=3.0)
    np.testing.assert_allclose(found.weights, [0, 4 / 3, 4 / 3, 4 / 3])
    capped = quantcal.conformal_censoring_weights(times, events, horizon=3.0, cap=1.25)
    assert capped.capped == 3 and capped.weights.max() == 1.25


def test_bad_shapes_are_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="events has shape"):
        quantcal.conformal_censoring_weights([1.0, 2.0], [True])
    with pytest.raises(quantcal.QuantcalValueError, match="point_events"):
        quantcal.conformal_censoring_weights([1.0], [True], points=[1.0, 2.0], point_events=[True])
    with pytest.raises(quantcal.QuantcalValueError, match=r"events\[0\] is 2"):
        quantcal.conformal_censoring_weights([1.0], [3])


def test_the_coverage_is_that_of_all_points(rng: np.random.Generator) -> None:
    """Lower bounds for survival times, calibrated on what was seen. With G from many other
    points they cover; without weights, on seen points only, they are far too cautious."""
    n, alpha, draws, horizon = 60, 0.2, 4000, 2.0
    outcomes, limits = rng.exponential(size=(draws, n)), 1.5 * rng.exponential(size=(draws, n))
    seen, events = np.minimum(outcomes, limits), outcomes <= limits
    pilot, pilot_limits = rng.exponential(size=20_000), 1.5 * rng.exponential(size=20_000)
    observed = np.minimum(pilot, pilot_limits), pilot <= pilot_limits
    found = quantcal.conformal_censoring_weights(
        *observed, points=seen.ravel(), point_events=events.ravel(), horizon=horizon
    )
    weights = found.weights.reshape(draws, n)
    last = quantcal.conformal_censoring_weights(*observed, points=[horizon]).weights
    covered = {"weighted": 0, "plain": 0}
    for draw in range(draws):
        known = weights[draw] > 0
        scores = -np.minimum(seen[draw], horizon)
        calibrator = quantcal.ConformalCalibrator(weighted=True)
        calibrator.update(scores[known], weights=weights[draw][known])
        bound = -calibrator.point_thresholds(alpha, test_weights=last)[0]
        fresh = min(rng.exponential(), horizon)
        covered["weighted"] += fresh >= bound
        covered["plain"] += fresh >= -quantcal.conformal_threshold(scores[events[draw]], alpha)
    assert covered["weighted"] >= stats.binom.ppf(1e-7, draws, 1 - alpha)
    assert covered["plain"] > covered["weighted"]
