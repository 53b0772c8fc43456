"""Isotonic fits and predictions against scikit-learn and SciPy, on data with many ties."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from sklearn import isotonic as reference

import quantcal

CLOSE: dict[Any, dict[str, float]] = {
    np.float32: {"rtol": 2e-5, "atol": 2e-6},
    np.float64: {"rtol": 0, "atol": 1e-12},
}


def tied_data(rng: np.random.Generator, n: int, dtype: Any) -> tuple[Any, Any, Any]:
    """Predictors with ties, responses that rise, fall or do neither, weights, some of them 0."""
    x = (rng.integers(0, max(n // 4, 2), n) / 8 - 3).astype(dtype)
    y = (rng.choice([-2, 0, 2]) * x + rng.integers(-6, 7, n) / 4).astype(dtype)
    weights = rng.integers(0, 5, n).astype(dtype)
    weights[rng.integers(n)] = 3
    return x, y, weights


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("increasing", [True, False])
def test_bounded_sequences_agree_with_scikit_learn(
    rng: np.random.Generator, dtype: Any, increasing: bool
) -> None:
    for n in [1, 2, 5, 30, 400] * 20:
        _, y, weights = tied_data(rng, n, dtype)
        # SciPy, which it calls, refuses weights of 0.
        given = None if rng.random() < 0.3 else np.maximum(weights, dtype(1))
        low, high = np.sort(rng.integers(-8, 9, 2) / 4)
        for bounds in ((None, None), (low, None), (None, high), (low, high)):
            theirs = reference.isotonic_regression(
                y, sample_weight=given, y_min=bounds[0], y_max=bounds[1], increasing=increasing
            )
            ours = quantcal.isotonic_regression(
                y,
                weights=given,
                increasing=increasing,
                lower=-np.inf if bounds[0] is None else bounds[0],
                upper=np.inf if bounds[1] is None else bounds[1],
            )
            assert ours.x.dtype == theirs.dtype == dtype
            np.testing.assert_allclose(ours.x, theirs, **CLOSE[dtype])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("increasing", [True, False, "auto"])
def test_fits_and_predictions_agree_with_scikit_learn(
    rng: np.random.Generator, dtype: Any, increasing: Any
) -> None:
    for n in [1, 2, 3, 4, 9, 60, 2000] * 12:
        x, y, weights = tied_data(rng, n, dtype)
        given = None if rng.random() < 0.3 else weights
        low, high = (-0.5, 0.75) if rng.random() < 0.5 else (None, None)
        theirs = {
            outside: reference.IsotonicRegression(
                increasing=increasing, y_min=low, y_max=high, out_of_bounds=outside
            )
            for outside in ("nan", "clip")
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for model in theirs.values():
                model.fit(x, y, sample_weight=given)
        ours = quantcal.isotonic_fit(
            x,
            y,
            weights=given,
            increasing=increasing,
            lower=-np.inf if low is None else low,
            upper=np.inf if high is None else high,
            fitted=True,
        )
        if increasing == "auto":
            assert ours.direction is not None
            assert ours.direction.increasing == theirs["nan"].increasing_
        queries = np.concatenate([x, rng.uniform(-4, x.max() + 1, 50).astype(dtype)])
        for outside, model in theirs.items():
            for at in (queries, np.sort(queries)):
                np.testing.assert_allclose(
                    ours(at, outside=outside), model.predict(at), **CLOSE[dtype]
                )
        np.testing.assert_allclose(ours.fitted, theirs["clip"].predict(x), **CLOSE[dtype])
        thresholds = theirs["nan"].X_thresholds_
        assert ours.knots[[0, -1]].tolist() == thresholds[[0, -1]].tolist()


@pytest.mark.parametrize("increasing", [True, False])
def test_equal_predictors_are_pooled_as_scipy_pools_their_means(
    rng: np.random.Generator, increasing: bool
) -> None:
    """Secondary ties are a sequence of means; tertiary ties move each tie as a whole."""
    for n in [1, 2, 7, 50, 1000] * 20:
        x, y, weights = tied_data(rng, n, np.float64)
        weights += 0.5
        _, places = np.unique(x, return_inverse=True)
        sums = np.bincount(places, weights)
        means = np.bincount(places, weights * y) / sums
        pooled = scipy.optimize.isotonic_regression(means, weights=sums, increasing=increasing).x
        given: dict[str, Any] = {"weights": weights, "increasing": increasing, "fitted": True}
        secondary = quantcal.isotonic_fit(x, y, **given)
        np.testing.assert_allclose(secondary.fitted, pooled[places], rtol=0, atol=1e-13)
        tertiary = quantcal.isotonic_fit(x, y, ties="tertiary", **given)
        moved = y + (pooled - means)[places]
        np.testing.assert_allclose(tertiary.fitted, moved, rtol=0, atol=1e-13)
        order = np.lexsort((y if increasing else -y, x))
        primary = quantcal.isotonic_fit(x, y, ties="primary", **given)
        chain = scipy.optimize.isotonic_regression(
            y[order], weights=weights[order], increasing=increasing
        )
        assert primary.fitted is not None
        np.testing.assert_allclose(primary.fitted[order], chain.x, rtol=0, atol=1e-13)
