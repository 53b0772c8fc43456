"""Prediction intervals around any regressor."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import check_is_fitted

from quantcal.conformal import conformal_regression_intervals, conformal_regression_scores
from quantcal.sklearn._conformal import ConformalEstimator, RowFunction, features, taken
from quantcal.sklearn._cross import CrossFit, Sides

__all__ = ["ConformalRegressor"]

Kind = Literal["absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m"]
#: How many columns of predictions a score takes.
_COLUMNS = {"absolute": 1, "normalised": 1, "gamma": 1, "cqr": 2, "cqr_r": 2, "cqr_m": 3}


class ConformalRegressor(RegressorMixin, ConformalEstimator):  # type: ignore[misc]
    """Prediction intervals with guaranteed coverage, around any regressor.

    The estimator is fitted on one part of the data, and the errors that it makes on the
    other part say how wide intervals must be: if the points are exchangeable, a new target
    lies in its interval with probability 1 - alpha at least, whatever the estimator. With `cv`
    all points do both, in folds: CV+, the jackknife+ and their minmax forms.

    Parameters
    ----------
    estimator : regressor, or tuple of regressors
        Linear regression by default. For the kinds "cqr", "cqr_r" and "cqr_m" a tuple of
        two (of "cqr_m" three) regressors of ascending quantiles, or one regressor that
        predicts as many columns.
    alpha : float or array_like, default=0.1
        What may be missed; strictly between 0 and 1.
    kind : {"absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m"}
        What is large where a target is far from its prediction, see
        `quantcal.conformal_regression_scores`.
    sides : {"symmetric", "asymmetric", "lower", "upper"}
        One threshold for both ends; or two, each for a miss of alpha / 2; or one end alone,
        the other being infinite.
    spread_estimator : regressor, optional
        Of "normalised": predicts the size of the errors. It is fitted on the absolute errors
        of cross-validated predictions, and is a clone of `estimator` by default. Where it
        predicts less than 0, 0 is taken.
    beta : float
        Of "normalised": is added to the spread.
    calibration_size : float or int, default=0.25
        The part of the data that calibrates, or its number of points.
    cv : int, splitter, iterable of splits, or "prefit", optional
        Folds, each point in one: the estimator is also fitted without each of them, and
        errors are those of points that it has not seen. `LeaveOneOut()` is the jackknife+.
        Of kind "absolute", without `group_by` and `weight_by`. "prefit" is ``prefit=True``.
    method : {"plus", "minmax"}
        Of `cv`. "plus" covers with probability 1 - 2 alpha at least (with few and small folds
        a little less), and nearly always about 1 - alpha; "minmax" is wider, and covers with
        probability 1 - alpha. See `quantcal.conformal_cross_intervals`.
    prefit : bool, default=False
        Whether `estimator` (and `spread_estimator`) are fitted already: then `fit` only
        calibrates, with all of its data.
    group_by : callable, optional
        ``group_by(X)`` gives a category for each row. Every category has the coverage by
        itself; one without a calibration point has infinite intervals.
    weight_by : callable, optional
        ``weight_by(X)`` gives a weight >= 0 for each row: how much likelier the row is where
        predictions are wanted than where the data come from.
    random_state : int, RandomState or None
        Of the choice of the calibration points.

    Attributes
    ----------
    estimator_ : regressor, or tuple of regressors
        With `cv`, fitted on all points.
    cross_fit_ : object
        Only with `cv`: has the ``estimators`` without each fold, the ``fold`` of each point, and
        its signed error in ``residuals``.
    spread_estimator_ : regressor, or None
    calibrators_ : tuple of quantcal.ConformalCalibrator
        One, or two for asymmetric sides; none with `cv`.
    groups_ : ndarray, or None
        The categories that have calibration points.
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np
    >>> from quantcal.sklearn import ConformalRegressor
    >>> X = np.arange(40.0)[:, None]
    >>> y = 2 * X[:, 0] + np.tile([-1.0, 1.0], 20)
    >>> model = ConformalRegressor(alpha=0.2, random_state=0).fit(X, y)
    >>> model.predict_interval([[10.0]]).round(1)
    array([[19. , 21.1]])
    """

    _default = LinearRegression

    def __init__(
        self,
        estimator: Any = None,
        *,
        alpha: float | ArrayLike = 0.1,
        kind: Kind = "absolute",
        sides: Sides = "symmetric",
        spread_estimator: Any = None,
        beta: float = 0.0,
        calibration_size: float = 0.25,
        cv: Any = None,
        method: Literal["plus", "minmax"] = "plus",
        prefit: bool = False,
        group_by: RowFunction | None = None,
        weight_by: RowFunction | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.alpha = alpha
        self.kind = kind
        self.sides = sides
        self.spread_estimator = spread_estimator
        self.beta = beta
        self.calibration_size = calibration_size
        self.cv = cv
        self.method = method
        self.prefit = prefit
        self.group_by = group_by
        self.weight_by = weight_by
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> ConformalRegressor:
        """Fit the estimator on a part of the data, and calibrate it on the rest.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)
        y : array_like, shape (n_samples,)

        Returns
        -------
        ConformalRegressor
            The estimator itself.
        """
        if self.kind not in _COLUMNS:
            raise ValueError(f"kind is {self.kind!r}; expected one of {sorted(_COLUMNS)}")
        X = features(self, X, reset=True)
        target = column_or_1d(y, warn=True)
        target = check_array(target, input_name="y", dtype=np.float64, ensure_2d=False)
        check_consistent_length(X, target)
        given = self._given()
        if self._is_crossed():
            self.estimator_, self.spread_estimator_ = clone(given).fit(X, target), None
            self.cross_fit_ = CrossFit(given, X, target, self.cv)
            self.calibrators_, self.groups_ = (), None
            return self
        if self._is_prefit():
            self.estimator_, self.spread_estimator_ = given, self.spread_estimator
            rows = np.arange(len(target))
        else:
            training, rows = train_test_split(
                np.arange(len(target)),
                test_size=self.calibration_size,
                random_state=self.random_state,
            )
            self._train(given, taken(X, training), target[training])
        X = taken(X, rows)
        scores = conformal_regression_scores(
            target[rows], self._columns(X), kind=self.kind, sides=self.sides, beta=self.beta
        )
        self._calibrate(X, scores.reshape(len(rows), -1))
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """The estimator's predictions; the middle one of three, the mean of two quantiles.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        check_is_fitted(self, "calibrators_")
        columns = self._predicted(features(self, X, reset=False))
        middle: NDArray[Any] = columns[:, 1] if columns.shape[1] == 3 else columns.mean(axis=1)
        return middle

    def predict_interval(self, X: Any, alpha: float | ArrayLike | None = None) -> NDArray[Any]:
        """The interval of each row.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)
        alpha : float or array_like, shape (k,), optional
            That of the estimator by default.

        Returns
        -------
        ndarray, shape (n_samples, 2), or (n_samples, 2, k) for several levels
            Lower and upper ends. They are infinite where there are too few calibration
            points for the level.
        """
        alphas, is_one = self._alphas(alpha)
        X = features(self, X, reset=False)
        if not self.calibrators_:
            crossed = self.cross_fit_.intervals(X, alphas, self.method, self.sides)
            return crossed[..., 0] if is_one else crossed
        columns = self._columns(X)
        intervals = np.stack([self._interval(X, columns, float(one)) for one in alphas], axis=-1)
        return intervals[..., 0] if is_one else intervals

    def _is_prefit(self) -> bool:
        return self.prefit or (isinstance(self.cv, str) and self.cv == "prefit")

    def _is_crossed(self) -> bool:
        """Whether all points train and calibrate, in folds; an error if that cannot be."""
        if self.cv is None or (isinstance(self.cv, str) and self.cv == "prefit"):
            return False
        if self.method not in ("plus", "minmax"):
            raise ValueError(f"method is {self.method!r}; expected 'plus' or 'minmax'")
        for name, is_one in (
            ("kind 'absolute'", self.kind == "absolute"),
            ("prefit=False", not self.prefit),
            ("no group_by", self.group_by is None),
            ("no weight_by", self.weight_by is None),
        ):
            if not is_one:
                raise ValueError(f"cv is given; that needs {name}")
        return True

    def _interval(self, X: Any, columns: NDArray[Any], alpha: float) -> NDArray[Any]:
        thresholds, of_rows = self._thresholds(X, alpha)
        ends = conformal_regression_intervals(
            columns,
            thresholds if self.sides == "asymmetric" else thresholds[..., 0],
            kind=self.kind,
            sides=self.sides,
            beta=self.beta,
            threshold_for="each_row" if of_rows else "all",
        )
        return np.stack(ends, axis=-1)

    def _train(self, given: Any, X: Any, y: NDArray[Any]) -> None:
        if isinstance(given, (tuple, list)):
            self.estimator_ = tuple(clone(one).fit(X, y) for one in given)
        else:
            self.estimator_ = clone(given).fit(X, y)
        self.spread_estimator_ = None
        if self.kind == "normalised":
            errors = np.abs(y - cross_val_predict(clone(given), X, y))
            spread = given if self.spread_estimator is None else self.spread_estimator
            self.spread_estimator_ = clone(spread).fit(X, errors)

    def _predicted(self, X: Any) -> NDArray[np.float64]:
        """Predictions as columns, of as many as the score takes."""
        given = self.estimator_
        several = isinstance(given, (tuple, list))
        parts = [one.predict(X) for one in given] if several else [given.predict(X)]
        columns = np.column_stack(parts).astype(np.float64)
        if columns.shape[1] != _COLUMNS[self.kind]:
            raise ValueError(
                f"estimator predicts {columns.shape[1]} columns; kind {self.kind!r} takes "
                f"{_COLUMNS[self.kind]}"
            )
        return columns

    def _columns(self, X: Any) -> NDArray[np.float64]:
        """The predictions, and the spread where the score is normalised by it."""
        columns = self._predicted(X)
        if self.kind == "normalised":
            if self.spread_estimator_ is None:
                raise ValueError("spread_estimator is None; prefit it must be given")
            spread = np.maximum(self.spread_estimator_.predict(X), 0)
            columns = np.column_stack([columns, spread])
        return columns
