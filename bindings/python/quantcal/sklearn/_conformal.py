"""What the conformal estimators share: which data train, which calibrate, and thresholds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from quantcal.conformal import ConformalCalibrator

#: A category or a weight for each row of the features.
RowFunction = Callable[[Any], ArrayLike]


def taken(X: Any, rows: NDArray[np.intp]) -> Any:
    """Rows of features, which stay the data frame, the sparse matrix or the array that they are."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def features(estimator: BaseEstimator, X: Any, *, reset: bool) -> Any:
    """Features as they are, or as an array; whether they are fit to be used is for the estimator
    inside to say, but for their number and names."""
    if not hasattr(X, "iloc"):
        X = check_array(
            X, accept_sparse="csr", dtype=None, ensure_all_finite=False, ensure_min_samples=0
        )
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    return X


class ConformalEstimator(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator that calibrates another one, by groups and weights of the points if asked."""

    calibrators_: tuple[ConformalCalibrator, ...]
    groups_: NDArray[Any] | None

    _default: Callable[[], Any]

    def _given(self) -> Any:
        """The estimator inside, or a tuple of some, as it was given."""
        return self._default() if self.estimator is None else self.estimator

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        given = self._given()
        inside = given if isinstance(given, (tuple, list)) else [given]
        tags.input_tags.sparse = all(
            hasattr(one, "__sklearn_tags__") and get_tags(one).input_tags.sparse for one in inside
        )
        return tags

    def _calibrate(self, X: Any, columns: NDArray[Any]) -> None:
        """Calibrators of the columns of scores."""
        self.groups_, group_of_row, count = None, None, 0
        if self.group_by is not None:
            self.groups_, group_of_row = np.unique(
                self._row_values("group_by", X), return_inverse=True
            )
            count = len(self.groups_)
        weights = None if self.weight_by is None else self._row_values("weight_by", X)
        calibrators = []
        for scores in columns.T:
            calibrator = ConformalCalibrator(group_count=count, weighted=weights is not None)
            # Weights stay doubles, and scores follow them.
            calibrator.update(scores.astype(np.float64), weights=weights, groups=group_of_row)
            calibrators.append(calibrator)
        self.calibrators_ = tuple(calibrators)

    def _row_values(self, name: str, X: Any) -> NDArray[Any]:
        values = np.asarray(getattr(self, name)(X))
        if values.shape != (X.shape[0],):
            raise ValueError(
                f"{name} gives an array of shape {values.shape}; expected {(X.shape[0],)}"
            )
        return values.astype(np.float64) if name == "weight_by" else values

    def _point_groups(self, X: Any) -> NDArray[np.int64] | None:
        """The group of each row: -1 where it had no calibration point."""
        if self.groups_ is None:
            return None
        names = self._row_values("group_by", X)
        places = np.searchsorted(self.groups_, names).clip(max=len(self.groups_) - 1)
        groups: NDArray[np.int64] = np.where(self.groups_[places] == names, places, -1)
        return groups

    def _thresholds(self, X: Any, alpha: float) -> tuple[NDArray[np.float64], bool]:
        """The threshold of each calibrator, or, where rows differ by group or weight, of each
        row and calibrator; and whether they differ."""
        level = self._level(alpha)
        if self.group_by is None and self.weight_by is None:
            return np.array([one.thresholds(level)[0] for one in self.calibrators_]), False
        weights = None if self.weight_by is None else self._row_values("weight_by", X)
        groups, m = self._point_groups(X), X.shape[0]
        columns = [
            one.point_thresholds(level, test_weights=weights, groups=groups, m=m)
            for one in self.calibrators_
        ]
        return np.stack(columns, axis=-1), True

    def _level(self, alpha: float) -> float:
        """What one of the calibrators may miss."""
        return alpha / len(self.calibrators_)

    def _alphas(self, alpha: float | ArrayLike | None) -> tuple[NDArray[Any], bool]:
        """The levels asked for, and whether they are one number."""
        check_is_fitted(self, "calibrators_")
        given = np.asarray(self.alpha if alpha is None else alpha)
        if given.ndim > 1 or given.size == 0:
            raise ValueError(f"alpha has shape {given.shape}; expected a number or a vector")
        return np.atleast_1d(given), given.ndim == 0
