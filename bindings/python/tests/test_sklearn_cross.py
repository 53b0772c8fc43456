"""The conformal regressor with folds: CV+, the jackknife+, and their minmax forms."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_diabetes, make_regression
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneOut,
    ShuffleSplit,
    cross_val_predict,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from quantcal.sklearn import ConformalRegressor


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", [{"cv": 3}, {"cv": KFold(4), "method": "minmax"}])
def test_scikit_learns_checks(options: dict[str, Any]) -> None:
    check_estimator(ConformalRegressor(**options))


def _candidates(
    estimator: Any, X: Any, y: Any, point: Any, splits: Any
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Predictions of one point, and absolute errors, of each training point's model."""
    means, errors = np.empty(len(y)), np.empty(len(y))
    for training, test in splits:
        model = clone(estimator).fit(X[training], y[training])
        means[test], errors[test] = model.predict([point])[0], abs(y[test] - model.predict(X[test]))
    return means, errors


@pytest.mark.parametrize("cv", [2, 5, KFold(3, shuffle=True, random_state=1), LeaveOneOut()])
@pytest.mark.parametrize("alpha", ["0.1", "0.25", "0.01"])
def test_the_ends_are_those_of_the_definition(cv: Any, alpha: str) -> None:
    X, y = make_regression(41, 3, noise=20, random_state=0)
    point = X.mean(axis=0) + 1
    splits = list((KFold(cv) if isinstance(cv, int) else cv).split(X))
    means, errors = _candidates(Ridge(), X, y, point, splits)
    share = math.floor(Fraction(alpha) * 42)
    lower = [-math.inf, *np.sort(means - errors)][share]
    upper = [*np.sort(means + errors), math.inf][41 - share]
    error = [*np.sort(errors), math.inf][41 - share]
    model = ConformalRegressor(Ridge(), cv=cv).fit(X, y)
    plus = model.predict_interval([point], float(alpha))
    np.testing.assert_allclose(plus, [[lower, upper]], rtol=1e-9)
    model.set_params(method="minmax")
    wide = model.predict_interval([point], [float(alpha), 0.5])
    assert wide.shape == (1, 2, 2)
    np.testing.assert_allclose(wide[0, :, 0], [means.min() - error, means.max() + error], rtol=1e-9)


def test_errors_are_those_of_cross_validated_predictions() -> None:
    X, y = load_diabetes(return_X_y=True)
    cv = KFold(7, shuffle=True, random_state=3)
    model = ConformalRegressor(cv=cv, sides="asymmetric").fit(X, y)
    expected = y - cross_val_predict(LinearRegression(), X, y, cv=cv)
    np.testing.assert_array_equal(model.cross_fit_.residuals, expected)
    assert len(model.cross_fit_.estimators) == 7
    np.testing.assert_array_equal(model.predict(X), LinearRegression().fit(X, y).predict(X))
    lower, upper = model.predict_interval(X).T
    assert 0.85 < np.mean((lower <= y) & (y <= upper)) < 0.97
    below = ConformalRegressor(cv=cv, sides="lower").fit(X, y).predict_interval(X)
    assert np.isposinf(below[:, 1]).all()


def test_splits_may_be_listed() -> None:
    X, y = make_regression(60, 3, noise=5, random_state=0)
    groups = np.arange(60) % 12
    splits = list(GroupKFold(4).split(X, y, groups))
    listed = ConformalRegressor(cv=splits).fit(X, y)
    for group in range(12):
        assert len(set(listed.cross_fit_.fold[groups == group])) == 1
    np.testing.assert_array_equal(
        listed.predict_interval(X), pickle.loads(pickle.dumps(listed)).predict_interval(X)
    )


def test_it_stands_in_pipelines_and_searches() -> None:
    X, y = make_regression(80, 3, noise=5, random_state=0)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), ConformalRegressor(Ridge(), cv=3)),
        {"conformalregressor__estimator__alpha": [0.1, 1.0]},
    ).fit(X, y)
    fitted = search.best_estimator_[-1]
    intervals = fitted.predict_interval(search.best_estimator_[:-1].transform(X))
    assert intervals.shape == (80, 2)


def test_prefit_as_a_word() -> None:
    X, y = make_regression(60, 3, noise=5, random_state=0)
    fitted = Ridge().fit(X[:20], y[:20])
    word = ConformalRegressor(fitted, cv="prefit").fit(X[20:], y[20:])
    flag = ConformalRegressor(fitted, prefit=True).fit(X[20:], y[20:])
    assert word.estimator_ is fitted
    np.testing.assert_array_equal(word.predict_interval(X), flag.predict_interval(X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cv": ShuffleSplit(3)}, "exactly one fold"),
        ({"cv": 3, "kind": "gamma"}, "kind 'absolute'"),
        ({"cv": 3, "prefit": True}, "prefit=False"),
        ({"cv": 3, "group_by": lambda X: X[:, 0]}, "no group_by"),
        ({"cv": 3, "weight_by": lambda X: X[:, 0]}, "no weight_by"),
        ({"cv": 3, "method": "base"}, "method is 'base'"),
        ({"cv": 3, "sides": "left"}, "sides"),
        ({"cv": 1}, "n_splits"),
        ({"cv": "folds"}, "cv"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    X, y = make_regression(30, 3, random_state=0)
    with pytest.raises(ValueError, match=message):
        ConformalRegressor(**options).fit(X, y).predict_interval(X)
