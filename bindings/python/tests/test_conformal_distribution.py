"""Predictive distributions: against definitions with matrices, and their guarantees counted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

import quantcal


def _case(rng: np.random.Generator, dtype: type) -> dict[str, np.ndarray]:
    """Points with ties on a grid, or without."""
    n, m = int(rng.integers(1, 60)), int(rng.integers(1, 20))
    grid = 2 if rng.random() < 0.5 else 2**20
    draw = np.round(rng.standard_normal((4, n + m)) * grid).astype(dtype) / dtype(grid)
    scale = np.exp2(rng.integers(-3, 4, n + m)).astype(dtype)
    residuals = ((draw[0] - draw[1]) / scale)[:n]
    return {"residuals": residuals, "mean": draw[1][n:], "scale": scale[n:], "y": draw[0][n:]}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bands_count_residuals(rng: np.random.Generator, dtype: type) -> None:
    for _ in range(100):
        case = _case(rng, dtype)
        residuals, mean, scale = case["residuals"], case["mean"], case["scale"]
        n, seed = residuals.size, int(rng.integers(2**63))
        band = quantcal.conformal_distribution_cdf(
            residuals, mean, case["y"], scale=scale, seed=seed
        )
        z = (case["y"] - mean[:, None]) / scale[:, None]
        below = np.sum(residuals < z[..., None], axis=2)
        upto = np.sum(residuals <= z[..., None], axis=2)
        np.testing.assert_array_equal(band.lower, (below / (n + 1)).astype(dtype))
        np.testing.assert_array_equal(band.upper, ((upto + 1) / (n + 1)).astype(dtype))
        # One share for each prediction, at all its thresholds, and the same for its outcome.
        width = band.upper - band.lower
        share = (band.smoothed - band.lower) / width
        np.testing.assert_allclose(share, share[:, :1] * np.ones_like(share), atol=2e-4)
        where = quantcal.conformal_distribution_pit(
            residuals, mean, case["y"], scale=scale, seed=seed
        )
        for own, all_of_them in zip(vars(where).values(), vars(band).values(), strict=True):
            np.testing.assert_array_equal(own, np.diagonal(all_of_them))


def test_scores_are_the_integral(rng: np.random.Generator) -> None:
    for _ in range(20):
        case = _case(rng, np.float64)
        scores = quantcal.conformal_distribution_crps(**case)
        residuals, n = case["residuals"], case["residuals"].size
        for score, mean, scale, y in zip(
            scores, case["mean"], case["scale"], case["y"], strict=True
        ):
            points = mean + scale * residuals
            apart = np.abs(points[:, None] - points).sum() / (2 * n * n)
            assert score == pytest.approx(np.abs(points - y).mean() - apart, rel=1e-12, abs=1e-14)
        places = np.unique(np.append(points, y))
        area, _ = integrate.quad(
            lambda t, points=points, y=y: (np.mean(points <= t) - (y <= t)) ** 2,
            places[0],
            places[-1],
            points=places[:50],
            limit=500,
        )
        assert scores[-1] == pytest.approx(area, rel=1e-3, abs=1e-6)


def test_scores_do_not_cancel(rng: np.random.Generator) -> None:
    residuals = np.append(np.zeros(100_000), 1e6)
    n = residuals.size
    score = quantcal.conformal_distribution_crps(residuals, [0.0], [0.0])[0]
    assert score == pytest.approx(float(Fraction(10**6, n * n)), rel=1e-14)


def test_quantiles_are_safe_order_statistics(rng: np.random.Generator) -> None:
    for _ in range(100):
        case = _case(rng, np.float64)
        levels = rng.integers(1, 100, 7) / 100
        lower, upper = quantcal.conformal_distribution_quantile(
            case["residuals"], case["mean"], levels, scale=case["scale"]
        )
        ordered = [-np.inf, *np.sort(case["residuals"]), np.inf]
        for column, level in enumerate(levels):
            exact = Fraction(repr(float(level))) * (case["residuals"].size + 1)
            low, high = ordered[exact.__floor__()], ordered[exact.__ceil__()]
            np.testing.assert_array_equal(lower[:, column], case["mean"] + case["scale"] * low)
            np.testing.assert_array_equal(upper[:, column], case["mean"] + case["scale"] * high)


def test_float32_levels_mean_their_decimals() -> None:
    residuals = np.arange(9.0)
    typed = quantcal.conformal_distribution_quantile(residuals, [0.0], np.float32([0.1, 0.7]))
    assert [side.tolist() for side in typed] == [[[0.0, 6.0]], [[0.0, 6.0]]]


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("n", [1, 7, 40])
def test_p_values_are_uniform(rng: np.random.Generator, n: int, tied: bool) -> None:
    draws = 4000
    points = stats.t(2).rvs((draws, n + 1), random_state=rng)
    points = np.round(points) if tied else points
    pit = [
        quantcal.conformal_distribution_pit(row[:-1], [0.0], row[-1:], seed=seed).pit[0]
        for seed, row in enumerate(points)
    ]
    assert stats.kstest(pit, "uniform").pvalue > 1e-6


def test_single_thresholds_and_levels_give_vectors() -> None:
    residuals, mean = [-1.0, 0.0, 2.0], [1.0, 2.0]
    assert quantcal.conformal_distribution_cdf(residuals, mean, 1.5).lower.shape == (2,)
    assert quantcal.conformal_distribution_quantile(residuals, mean, 0.5)[0].tolist() == [1.0, 2.0]


def test_groups_are_as_if_alone(rng: np.random.Generator) -> None:
    residuals, mean, y = np.round(4 * rng.standard_normal((3, 200))) / 4
    of_residuals, groups = rng.integers(-2, 3, (2, 200))
    kept = {"residual_groups": of_residuals, "groups": groups}
    scores = quantcal.conformal_distribution_crps(residuals, mean, y, **kept)
    lower, upper = quantcal.conformal_distribution_quantile(residuals, mean, [0.05, 0.5], **kept)
    band = quantcal.conformal_distribution_cdf(residuals, mean, 0.25, **kept)
    where = quantcal.conformal_distribution_pit(residuals, mean, y, **kept)
    for group in range(-2, 3):
        own, rows = residuals[of_residuals == group], groups == group
        np.testing.assert_array_equal(
            scores[rows], quantcal.conformal_distribution_crps(own, mean[rows], y[rows])
        )
        alone = quantcal.conformal_distribution_quantile(own, mean[rows], [0.05, 0.5])
        np.testing.assert_array_equal([lower[rows], upper[rows]], alone)
        alone_band = quantcal.conformal_distribution_cdf(own, mean[rows], 0.25)
        np.testing.assert_array_equal(band.lower[rows], alone_band.lower)
        alone_where = quantcal.conformal_distribution_pit(own, mean[rows], y[rows])
        np.testing.assert_array_equal(where.upper[rows], alone_where.upper)


def test_a_group_without_residuals() -> None:
    kept = {"residual_groups": [1, 1], "groups": [2]}
    lower, upper = quantcal.conformal_distribution_quantile([0.0, 1.0], [5.0], 0.5, **kept)
    assert (lower[0], upper[0]) == (-np.inf, np.inf)
    with pytest.raises(quantcal.QuantcalValueError, match=r"groups\[0\] is 2"):
        quantcal.conformal_distribution_crps([0.0, 1.0], [5.0], [5.0], **kept)
    with pytest.raises(quantcal.QuantcalError, match="groups is NULL"):
        quantcal.conformal_distribution_crps([0.0, 1.0], [5.0], [5.0], residual_groups=[1, 1])


def test_shapes_are_checked() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="groups has shape"):
        quantcal.conformal_distribution_crps(
            [0.0], [1.0, 2.0], [1.0, 2.0], residual_groups=[1], groups=[1]
        )
    with pytest.raises(quantcal.QuantcalValueError, match="scale has shape"):
        quantcal.conformal_distribution_crps([0.0], [1.0, 2.0], [1.0, 2.0], scale=[1.0])
    with pytest.raises(quantcal.QuantcalValueError, match="y has shape"):
        quantcal.conformal_distribution_pit([0.0], [1.0, 2.0], [1.0])
    with pytest.raises(quantcal.QuantcalValueError, match="levels has shape"):
        quantcal.conformal_distribution_quantile([0.0], [1.0], [[0.5]])
