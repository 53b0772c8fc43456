"""The estimator of isotonic distributions."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import check_estimator

import quantcal
from quantcal.sklearn import IsotonicDistribution


def sample(n: int = 200, dimensions: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(6)
    x = random.uniform(size=(n, dimensions))
    return x, 4 * x.sum(1) + random.normal(size=n)


@pytest.mark.filterwarnings("ignore")
def test_passes_scikit_learns_checks() -> None:
    results = check_estimator(IsotonicDistribution())
    assert len(results) > 40


def test_it_is_the_function() -> None:
    x, y = sample()
    weights = np.linspace(0, 1, len(x))
    events = y < 3
    for increasing in [True, False]:
        model = IsotonicDistribution(increasing=increasing)
        fit = quantcal.isotonic_distribution(
            x, y, weights=weights, events=events, increasing=increasing
        )
        assert model.fit(x, y, weights, events) is model
        assert model.distribution_.to_bytes() == fit.to_bytes()
        assert np.array_equal(model.thresholds_, fit.thresholds)
        assert np.array_equal(model.predict(x), fit.quantile(x, 0.5))
        assert np.array_equal(model.predict_quantile(x, [0.1, 0.9]), fit.quantile(x, [0.1, 0.9]))
        assert np.array_equal(model.predict_cdf(x), fit.cdf(x))
        assert np.array_equal(model.predict_cdf(x, 1.0), fit.cdf(x, 1.0))


def test_several_features() -> None:
    x, y = sample(dimensions=3)
    model = IsotonicDistribution().fit(x, y, np.linspace(0, 1, len(x)))
    fit = quantcal.isotonic_distribution(x, y, weights=np.linspace(0, 1, len(x)))
    assert model.n_features_in_ == 3
    assert model.distribution_.to_bytes() == fit.to_bytes()
    assert np.array_equal(model.predict_cdf(x), fit.cdf(x))
    assert np.array_equal(model.predict(x + 0.1), fit.quantile(x + 0.1, 0.5))
    with pytest.raises(ValueError, match="X has 2 features"):
        model.predict(x[:, :2])
    with pytest.raises(ValueError, match="with censored outcomes it must be 1"):
        IsotonicDistribution().fit(x, y, events=y < 3)


def test_shapes_and_types() -> None:
    x, y = sample()
    single = IsotonicDistribution().fit(x.astype(np.float32), y)
    assert single.predict(x.astype(np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match="Reshape your data"):
        IsotonicDistribution().fit(x[:, 0], y)
    with pytest.raises(ValueError, match="NaN"):
        IsotonicDistribution().fit([[1], [np.nan]], [1, 2])
    with pytest.raises(ValueError, match="inconsistent"):
        IsotonicDistribution().fit([[1], [2]], [1, 2, 3])


def test_weights_are_repetitions() -> None:
    x, y = sample(50)
    counts = np.random.default_rng(7).integers(0, 3, len(x))
    weighted = IsotonicDistribution().fit(x, y, sample_weight=counts)
    repeated = IsotonicDistribution().fit(np.repeat(x, counts, axis=0), np.repeat(y, counts))
    assert np.array_equal(weighted.predict(x), repeated.predict(x))


def test_works_with_the_tools() -> None:
    x, y = sample()
    model = IsotonicDistribution(level=0.25).fit(x, y)
    assert clone(model).get_params() == {"increasing": True, "level": 0.25}
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(x), model.predict(x))
    assert cross_val_score(IsotonicDistribution(), x, y).mean() > 0.3
    search = GridSearchCV(IsotonicDistribution(), {"increasing": [False, True]}).fit(x, y)
    assert search.best_params_ == {"increasing": True}
