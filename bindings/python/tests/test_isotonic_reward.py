"""Rewards and stabilised weights: against dense linear algebra, SciPy, and by their properties."""

from __future__ import annotations

import gc

import numpy as np
import pytest
import scipy.interpolate
import scipy.optimize

import quantcal


def hump(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    scores = rng.normal(size=n)
    return scores, np.clip(np.exp(-(scores**2)) + 0.1 * rng.normal(size=n), 0, 1)


def isotonic(keys: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """SciPy's fit, equal keys sharing one value, at each point."""
    _, group = np.unique(keys, return_inverse=True)
    mass = np.bincount(group, weights)
    means = np.bincount(group, weights * y) / mass
    return scipy.optimize.isotonic_regression(means, weights=mass).x[group]


def smooth(scores: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ridge regression on SciPy's B-splines; each point really is left out once."""
    low, high = scores.min(), scores.max()
    knots = min(8, len(scores) // 4)
    step = (high - low) / (knots - 1)
    t = low + step * np.arange(-3, knots + 3)
    inside = np.clip(scores, low, np.nextafter(high, low))
    table = scipy.interpolate.BSpline.design_matrix(inside, t, 3).toarray()[:, :-1]

    def fitted(rows: np.ndarray, penalty: float) -> np.ndarray:
        w, x = weights[rows], table[rows]
        x_mean, y_mean = np.average(x, axis=0, weights=w), np.average(y[rows], weights=w)
        gram = (x - x_mean).T * w @ (x - x_mean) + penalty * np.eye(x.shape[1])
        beta = np.linalg.solve(gram, (x - x_mean).T @ (w * (y[rows] - y_mean)))
        return y_mean + (table - x_mean) @ beta

    everyone = np.arange(len(scores))
    penalties = np.logspace(-3, 3, 13)
    losses = [
        sum(weights[i] * (y[i] - fitted(np.delete(everyone, i), penalty)[i]) ** 2 for i in everyone)
        for penalty in penalties
    ]
    return fitted(everyone, float(penalties[np.argmin(losses)]))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [20, 31, 60])
def test_two_stages_are_ridge_and_ranks(rng: np.random.Generator, n: int, weighted: bool) -> None:
    scores, labels = hump(rng, n)
    weights = rng.uniform(0.5, 2, n) if weighted else np.ones(n)
    fit = quantcal.isotonic_reward_fit(
        scores, labels, weights=weights if weighted else None, mode="two_stage"
    )
    g = smooth(scores, labels, weights / weights.mean())
    np.testing.assert_allclose(fit.calibrated, isotonic(g, labels, weights), atol=1e-10)


@pytest.mark.parametrize("n", [4, 9, 50, 1000])
def test_monotone_is_isotonic_regression(rng: np.random.Generator, n: int) -> None:
    scores = rng.integers(0, n, n) / 7
    labels, weights = rng.random(n), rng.random(n)
    fold, count = quantcal.isotonic_reward_folds(n)
    fit = quantcal.isotonic_reward_fit(scores, labels, weights=weights, mode="monotone")
    np.testing.assert_allclose(fit.calibrated, isotonic(scores, labels, weights), atol=1e-12)
    assert fit.folds == count
    expected = np.empty(n)
    for number in range(count):
        out, rest = fold == number, fold != number
        keys = np.unique(scores[rest])
        values = isotonic(scores[rest], labels[rest], weights[rest])
        at_keys = values[np.unique(scores[rest], return_index=True)[1]]
        expected[out] = np.interp(scores[out], keys, at_keys)
    np.testing.assert_allclose(fit.out_of_fold, expected, atol=1e-12)


def test_automatic_takes_what_the_data_need(rng: np.random.Generator) -> None:
    scores, labels = hump(rng, 300)
    assert quantcal.isotonic_reward_fit(scores, labels).mode == "two_stage"
    steps = (scores > 0).astype(float)
    assert quantcal.isotonic_reward_fit(scores, steps).mode == "monotone"


def test_the_jackknife_is_that_of_the_fold_means(rng: np.random.Generator) -> None:
    fit = quantcal.isotonic_reward_fit(*hump(rng, 200))
    new, weights = rng.normal(size=500), rng.random(500)
    mean, variance, fold_means = fit.mean(new, weights=weights)
    assert mean == pytest.approx(np.average(fit(new), weights=weights), rel=1e-12)
    for number in range(fit.folds):
        rewards = fit.predict(new, fold=np.full(500, number))
        assert fold_means[number] == pytest.approx(np.average(rewards, weights=weights), rel=1e-12)
    expected = (fit.folds - 1) / fit.folds * np.sum((fold_means - fold_means.mean()) ** 2)
    assert variance == pytest.approx(expected, rel=1e-12)


def test_a_model_outlives_what_it_was_fitted_to(rng: np.random.Generator) -> None:
    scores, labels = hump(rng, 100)
    fits = [quantcal.isotonic_reward_fit(scores, labels) for _ in range(20)]
    rewards = fits[0](scores)
    del scores, labels
    gc.collect()
    for fit in fits:
        np.testing.assert_array_equal(fit.calibrated, rewards)
        assert fit.predict([0.0]).shape == (1,)


def test_single_precision_stays_single(rng: np.random.Generator) -> None:
    scores, labels = (one.astype(np.float32) for one in hump(rng, 50))
    fit = quantcal.isotonic_reward_fit(scores, labels)
    assert fit.calibrated.dtype == fit(scores).dtype == np.float32
    np.testing.assert_array_equal(fit(scores.astype(float)).astype(np.float32), fit.calibrated)


def test_clusters_are_whole(rng: np.random.Generator) -> None:
    clusters = [f"prompt {one}" for one in rng.integers(0, 30, 400)]
    fold, count = quantcal.isotonic_reward_folds(clusters)
    names = np.array(clusters)
    assert all(len(set(fold[names == name])) == 1 for name in set(clusters))
    sizes = [len(set(names[fold == number])) for number in range(count)]
    assert count == 5 and max(sizes) - min(sizes) <= 1


def test_rewards_stop_when_told(rng: np.random.Generator) -> None:
    with pytest.raises(quantcal.Cancelled):
        quantcal.isotonic_reward_fit(*hump(rng, 100), progress=lambda fraction: fraction > 0)
    with pytest.raises(ZeroDivisionError):
        quantcal.isotonic_reward_fit(*hump(rng, 100), progress=lambda fraction: 1 / fraction)


@pytest.mark.parametrize("include_raw", [False, True])
def test_the_mixture_is_that_of_a_general_solver(
    rng: np.random.Generator, include_raw: bool
) -> None:
    n = 120
    for _ in range(10):
        weights, scores = rng.gamma(1, size=n), rng.normal(size=n)
        residuals = rng.normal(size=n)
        fold = rng.permutation(n) % 4
        steady = quantcal.isotonic_weight_stabilize(
            weights,
            scores,
            residuals=residuals,
            fold=fold,
            include_raw=include_raw,
            variance_cap=np.inf,
            ess_floor=0,
        )
        raw = weights / weights.mean()
        order = np.argsort(scores)
        columns = [np.empty(n), np.empty(n), raw][: 2 + include_raw]
        for column, increasing in zip(columns, (True, False), strict=False):
            column[order] = scipy.optimize.isotonic_regression(raw[order], increasing=increasing).x
        means = [[np.mean(c[fold != f]) for f in fold] for c in columns]
        influence = [c * residuals / m for c, m in zip(columns, means, strict=True)]
        form = np.cov(influence)
        best = scipy.optimize.minimize(
            lambda p, form=form: p @ form @ p,
            np.full(len(columns), 1 / len(columns)),
            jac=lambda p, form=form: 2 * form @ p,
            bounds=[(0, 1)] * len(columns),
            constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
            method="SLSQP",
            options={"ftol": 1e-14},
        ).x
        ours = [steady.mixture_increasing, steady.mixture_decreasing, steady.mixture_raw]
        np.testing.assert_allclose(ours[: len(columns)], best, atol=1e-4)
        np.testing.assert_allclose(steady.weights, np.array(ours[: len(columns)]) @ columns)


def test_the_cap_on_the_variance_holds(rng: np.random.Generator) -> None:
    weights, scores = rng.gamma(0.3, size=500), rng.normal(size=500)
    steady = quantcal.isotonic_weight_stabilize(
        np.sort(weights), np.sort(scores), new_scores=scores, variance_cap=0.05
    )
    assert steady.variance_after <= 0.05 * (1 + 1e-9)
    assert steady.ess_after == pytest.approx(500 / (1 + np.var(steady.weights)))
    assert steady.new_weights.mean() == pytest.approx(1) and steady.weights.mean() == pytest.approx(
        1
    )


def test_rewards_and_residuals_exclude_each_other() -> None:
    with pytest.raises(TypeError, match="exclude each other"):
        quantcal.isotonic_weight_stabilize([1, 2], [1, 2], rewards=[1, 1], residuals=[1, 1])
    with pytest.raises(quantcal.QuantcalValueError, match="new_weights is NULL"):
        quantcal.isotonic_weight_stabilize(
            [1, 2], [1, 2], fold=[0, 1], new_scores=[1], shrinkage=0.5
        )
