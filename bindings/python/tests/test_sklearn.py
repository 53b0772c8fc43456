"""The scikit-learn estimators."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn import isotonic as reference
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from quantcal.sklearn import IsotonicRegression


def passed_checks(base: Any) -> set[str]:
    """The names of scikit-learn's checks that an estimator passes. Of one that takes a single
    feature it runs hardly any, so the estimator says that it takes more; checks that need
    that then fail."""

    class Estimator(base):  # type: ignore[misc]
        def __sklearn_tags__(self) -> Any:
            tags = super().__sklearn_tags__()
            tags.input_tags.two_d_array = True
            return tags

    results = check_estimator(Estimator(), on_fail=None)
    return {result["check_name"] for result in results if result["status"] == "passed"}


@pytest.mark.filterwarnings("ignore")
def test_it_passes_scikit_learns_checks() -> None:
    check_estimator(IsotonicRegression())
    theirs = passed_checks(reference.IsotonicRegression)
    assert len(theirs) > 20
    assert theirs - passed_checks(IsotonicRegression) == set()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("increasing", [True, False, "auto"])
def test_it_is_scikit_learns_estimator(
    rng: np.random.Generator, dtype: Any, increasing: Any
) -> None:
    for round_ in range(300):
        n = int(rng.integers(1, 20))
        x = (rng.integers(-6, 7, n) / 2).astype(dtype)
        y = (rng.integers(-9, 10, n) / 2).astype(dtype)
        weights = None if round_ % 2 else rng.integers(0, 4, n).astype(dtype)
        if weights is not None and not weights.any():
            weights[0] = 1
        options: dict[str, Any] = {"increasing": increasing, "out_of_bounds": "clip"}
        if round_ % 3 == 0:
            options |= {"y_min": -1.5, "y_max": 2.0}
        ours, theirs = IsotonicRegression(**options), reference.IsotonicRegression(**options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours.fit(x, y, sample_weight=weights)
            theirs.fit(x, y, sample_weight=weights)
        close = {"rtol": 1e-5, "atol": 1e-6} if dtype == np.float32 else {"rtol": 0, "atol": 1e-14}
        assert ours.increasing_ == theirs.increasing_
        assert (ours.X_min_, ours.X_max_) == (theirs.X_min_, theirs.X_max_)
        queries = np.concatenate([x, rng.uniform(-5, 5, 20).astype(dtype)])
        predictions = ours.predict(queries)
        assert predictions.dtype == theirs.predict(queries).dtype == dtype
        np.testing.assert_allclose(predictions, theirs.predict(queries), **close)
        np.testing.assert_array_equal(ours.transform(queries[:, None]), predictions)


def test_out_of_bounds() -> None:
    x, y = [1, 2, 3], [1, 2, 3]
    assert np.isnan(IsotonicRegression().fit(x, y).predict([0, 4])).all()
    clipped = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    np.testing.assert_array_equal(clipped.predict([0, 4]), [1, 3])
    with pytest.raises(ValueError, match="is 4"):
        IsotonicRegression(out_of_bounds="raise").fit(x, y).predict([1, 4])
    # One point is its value everywhere, even then.
    single = IsotonicRegression(out_of_bounds="raise").fit([1], [7])
    np.testing.assert_array_equal(single.predict([0, 1, 4]), [7, 7, 7])


def test_an_uncertain_direction_warns() -> None:
    with pytest.warns(UserWarning, match="not certain"):
        model = IsotonicRegression(increasing="auto").fit([1, 2, 3, 4], [2, 1, 4, 3])
    assert model.increasing_
    IsotonicRegression(increasing="auto").fit(range(10), range(10))


def test_where_it_departs() -> None:
    x = np.array([1e-16, 2e-16, 3e-16, 4e-16])
    model = IsotonicRegression().fit(x, [1, 2, 3, 4])
    np.testing.assert_array_equal(model.predict(x), [1, 2, 3, 4])
    assert reference.IsotonicRegression().fit(x, [1, 2, 3, 4]).X_thresholds_.size == 1
    with pytest.raises(ValueError, match=r"weights\[1\] is -1"):
        IsotonicRegression().fit([1, 2], [1, 2], sample_weight=[1, -1])


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"increasing": "up"}, "increasing"),
        ({"out_of_bounds": "wrap"}, "out_of_bounds"),
        ({"y_min": "low"}, "y_min"),
        ({"y_min": 2, "y_max": 1}, "lower_bound"),
    ],
)
def test_bad_parameters_are_named(options: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        IsotonicRegression(**options).fit([1, 2], [1, 2])


def test_two_features_are_too_many() -> None:
    with pytest.raises(ValueError, match="1 feature"):
        IsotonicRegression().fit([[1, 2], [3, 4]], [1, 2])


def test_it_is_part_of_the_family(rng: np.random.Generator) -> None:
    x, y = rng.random(50), rng.random(50)
    model = IsotonicRegression(y_max=0.7).fit(x, y)
    assert clone(model).get_params() == model.get_params()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(x), model.predict(x))
    assert model.get_feature_names_out().tolist() == ["isotonicregression0"]
    assert model.score(x, y) <= 1
    pipeline = make_pipeline(IsotonicRegression(out_of_bounds="clip")).fit(x, y)
    np.testing.assert_array_equal(
        pipeline.predict(x), IsotonicRegression(out_of_bounds="clip").fit(x, y).predict(x)
    )
    np.testing.assert_array_equal(model.f_(x), model.predict(x))
