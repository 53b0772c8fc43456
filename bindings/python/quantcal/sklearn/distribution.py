"""Isotonic distributional regression as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from quantcal.isotonic import isotonic_distribution

__all__ = ["IsotonicDistribution"]

_REAL = [np.float64, np.float32]


class IsotonicDistribution(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Isotonic distributional regression.

    The distribution of a target given features, under the assumption that larger
    features make for stochastically larger targets. Several features are in the
    componentwise order. See `quantcal.isotonic_distribution`.

    Parameters
    ----------
    increasing : bool, default=True
        False if targets fall as features rise.
    level : float, default=0.5
        The quantile that `predict` gives: the median by default.

    Attributes
    ----------
    distribution_ : quantcal.IsotonicDistribution
        The fit.
    n_features_in_ : int
        How many features there are; `feature_names_in_` has their names, if they are strings.
    thresholds_ : ndarray
        The distinct targets, ascending: where distribution functions may jump.

    Examples
    --------
    >>> from quantcal.sklearn import IsotonicDistribution
    >>> model = IsotonicDistribution().fit([[1], [2], [3], [4]], [2, 1, 3, 2])
    >>> model.predict([[1], [4]])
    array([1., 2.])
    >>> model.predict_cdf([[1], [4]], [1, 2])
    array([[0.5, 1. ],
           [0. , 0.5]])
    """

    def __init__(self, *, increasing: bool = True, level: float = 0.5) -> None:
        self.increasing = increasing
        self.level = level

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        events: ArrayLike | None = None,
    ) -> IsotonicDistribution:
        """Fit the distributions.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            The features.
        y : array_like, shape (n_samples,)
            The target.
        sample_weight : array_like, shape (n_samples,), optional
            Weights >= 0; ones by default.
        events : array_like of bool, shape (n_samples,), optional
            Whether each target was observed, or right-censored at `y`: for one feature only.

        Returns
        -------
        IsotonicDistribution
            The estimator itself.
        """
        features = validate_data(self, X, dtype=_REAL)
        target = column_or_1d(y, warn=True)
        target = check_array(target, input_name="y", dtype=features.dtype, ensure_2d=False)
        check_consistent_length(features, target, sample_weight)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, features, dtype=features.dtype)
        self.distribution_ = isotonic_distribution(
            features, target, weights=sample_weight, events=events, increasing=self.increasing
        )
        self.thresholds_ = self.distribution_.thresholds
        return self

    def _features(self, X: ArrayLike) -> NDArray[Any]:
        check_is_fitted(self)
        features: NDArray[Any] = validate_data(self, X, reset=False, dtype=_REAL)
        return features

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The quantile of `level`, the median by default.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        return self.predict_quantile(X, self.level)

    def predict_quantile(self, X: ArrayLike, levels: ArrayLike) -> NDArray[Any]:
        """The least target at which the distribution function reaches each level.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
        levels : float or array_like, shape (n_levels,)
            Strictly between 0 and 1.

        Returns
        -------
        ndarray, shape (n_samples, n_levels), or (n_samples,) for a single level
            Infinity where the distribution function stays below the level, as it may
            after censoring.
        """
        features = self._features(X)
        return self.distribution_.quantile(features, levels)

    def predict_cdf(self, X: ArrayLike, thresholds: ArrayLike | None = None) -> NDArray[Any]:
        """The probability of a target of at most each threshold.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
        thresholds : float or array_like, shape (n_thresholds,), optional
            By default all of `thresholds_`.

        Returns
        -------
        ndarray, shape (n_samples, n_thresholds), or (n_samples,) for a single threshold
        """
        features = self._features(X)
        return self.distribution_.cdf(features, thresholds)
