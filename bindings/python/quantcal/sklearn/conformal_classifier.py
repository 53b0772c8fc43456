"""Prediction sets around any classifier."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from quantcal.conformal import (
    ConformalCalibrator,
    conformal_class_scores,
    conformal_class_sets,
    conformal_label_scores,
)
from quantcal.sklearn._conformal import ConformalEstimator, RowFunction, features, taken

__all__ = ["ConformalClassifier"]

Kind = Literal["lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy", "entmax"]


class ConformalClassifier(ClassifierMixin, ConformalEstimator):  # type: ignore[misc]
    """Sets of classes with guaranteed coverage, around any classifier.

    The estimator is fitted on one part of the data; the probabilities that it gives the true
    classes of the other part say how unlikely a class must be to be left out: if the points
    are exchangeable, the class of a new one lies in its set with probability 1 - alpha at
    least, whatever the estimator.

    Parameters
    ----------
    estimator : classifier, optional
        With ``predict_proba`` (of "entmax" ``decision_function``); logistic regression by
        default.
    alpha : float or array_like, default=0.1
        What may be missed; strictly between 0 and 1.
    kind : str, default="lac"
        The score, see `quantcal.conformal_label_scores`: "lac" has the smallest sets, "aps"
        and "raps" have sets that grow with the difficulty of a point.
    randomisation : {"inclusive", "exclusive", "randomised"}
        How much of a class's own probability counts; "randomised" makes coverage exact.
    empty_sets : {"kept", "top_label"}
        Whether an empty set gets the likeliest class.
    penalty : float, default=0.2
    k_reg : int, default=5
        Of "raps" (and `penalty` of "saps"): what ranks beyond `k_reg` cost.
    class_conditional : bool, default=False
        Whether every class has the coverage by itself; not together with `group_by` and
        `weight_by`.
    calibration_size : float or int, default=0.25
        The part of the data that calibrates, or its number of points. It is stratified where
        every class has two points or more.
    prefit : bool, default=False
        Whether `estimator` is fitted already: then `fit` only calibrates, with all of its
        data.
    group_by : callable, optional
        ``group_by(X)`` gives a category for each row. Every category has the coverage by
        itself; one without a calibration point has full sets.
    weight_by : callable, optional
        ``weight_by(X)`` gives a weight >= 0 for each row: how much likelier the row is where
        predictions are wanted than where the data come from.
    random_state : int, RandomState or None
        Of the choice of the calibration points, and of randomised scores.

    Attributes
    ----------
    classes_ : ndarray
        The classes that the estimator knows.
    estimator_ : classifier
    calibrators_ : tuple of one quantcal.ConformalCalibrator
    groups_ : ndarray, or None
        The categories that have calibration points.
    n_features_in_ : int

    Notes
    -----
    A calibration point of a class that the estimator does not know counts as one that is
    always missed.

    Examples
    --------
    >>> import numpy as np
    >>> from quantcal.sklearn import ConformalClassifier
    >>> X = np.repeat([[0.0], [1.0], [10.0]], 20, axis=0)
    >>> y = np.array(["low", "high"] * 20 + ["high"] * 20)
    >>> model = ConformalClassifier(alpha=0.2, random_state=0).fit(X, y)
    >>> model.classes_
    array(['high', 'low'], dtype='<U4')
    >>> model.predict_set([[0.0], [10.0]])
    array([[ True,  True],
           [ True, False]])
    """

    _default = LogisticRegression

    def __init__(
        self,
        estimator: Any = None,
        *,
        alpha: float | ArrayLike = 0.1,
        kind: Kind = "lac",
        randomisation: Literal["inclusive", "exclusive", "randomised"] = "inclusive",
        empty_sets: Literal["kept", "top_label"] = "kept",
        penalty: float = 0.2,
        k_reg: int = 5,
        class_conditional: bool = False,
        calibration_size: float = 0.25,
        prefit: bool = False,
        group_by: RowFunction | None = None,
        weight_by: RowFunction | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.alpha = alpha
        self.kind = kind
        self.randomisation = randomisation
        self.empty_sets = empty_sets
        self.penalty = penalty
        self.k_reg = k_reg
        self.class_conditional = class_conditional
        self.calibration_size = calibration_size
        self.prefit = prefit
        self.group_by = group_by
        self.weight_by = weight_by
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> ConformalClassifier:
        """Fit the estimator on a part of the data, and calibrate it on the rest.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)
        y : array_like, shape (n_samples,)

        Returns
        -------
        ConformalClassifier
            The estimator itself.
        """
        if self.class_conditional and not (self.group_by is None and self.weight_by is None):
            raise ValueError("class_conditional goes neither with group_by nor with weight_by")
        X = features(self, X, reset=True)
        target = column_or_1d(y, warn=True)
        check_classification_targets(target)
        check_consistent_length(X, target)
        random = check_random_state(self.random_state)
        given = self._given()
        rows = np.arange(len(target))
        if self.prefit:
            self.estimator_ = given
        else:
            counts = np.unique(target, return_counts=True)[1]
            training, rows = train_test_split(
                rows,
                test_size=self.calibration_size,
                random_state=random,
                stratify=target if counts.min() > 1 else None,
            )
            self.estimator_ = clone(given).fit(taken(X, training), target[training])
        self.classes_ = np.asarray(self.estimator_.classes_)
        self._seed = int(random.randint(2**31 - 1))
        X = taken(X, rows)
        scores, labels = self._label_scores(X, target[rows])
        if self.class_conditional:
            calibrator = ConformalCalibrator(group_count=len(self.classes_))
            calibrator.update(scores, groups=labels)
            self.calibrators_, self.groups_ = (calibrator,), None
        else:
            self._calibrate(X, scores[:, np.newaxis])
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """The estimator's predictions.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        check_is_fitted(self, "calibrators_")
        predictions: NDArray[Any] = self.estimator_.predict(features(self, X, reset=False))
        return predictions

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """The estimator's probabilities.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
        """
        check_is_fitted(self, "calibrators_")
        probabilities: NDArray[Any] = self.estimator_.predict_proba(features(self, X, reset=False))
        return probabilities

    def predict_set(self, X: Any, alpha: float | ArrayLike | None = None) -> NDArray[np.bool_]:
        """Which classes are in the set of each row.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)
        alpha : float or array_like, shape (k,), optional
            That of the estimator by default.

        Returns
        -------
        ndarray of bool, shape (n_samples, n_classes), or (n_samples, n_classes, k) for
        several levels
            In the order of `classes_`. All classes where there are too few calibration
            points for the level.
        """
        alphas, is_one = self._alphas(alpha)
        X = features(self, X, reset=False)
        rows = self._rows(X)
        sets = np.stack([self._sets(X, rows, float(one)) for one in alphas], axis=-1)
        return sets[..., 0] if is_one else sets

    def predict_p_value(self, X: Any) -> NDArray[np.float64]:
        """How well each class conforms: the level at which it would leave the set of its row.

        Parameters
        ----------
        X : {array_like, data frame}, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
        """
        check_is_fitted(self, "calibrators_")
        X = features(self, X, reset=False)
        scores = conformal_class_scores(self._rows(X), **self._options()).astype(np.float64)
        shape, k = scores.shape, len(self.classes_)
        weights = None if self.weight_by is None else np.repeat(self._row_values("weight_by", X), k)
        groups = self._point_groups(X)
        if groups is not None:
            groups = np.repeat(groups, k)
        elif self.class_conditional:
            groups = np.tile(np.arange(k), len(scores))
        return (
            self.calibrators_[0]
            .p_values(scores.ravel(), test_weights=weights, groups=groups)
            .reshape(shape)
        )

    def _sets(self, X: Any, rows: NDArray[Any], alpha: float) -> NDArray[np.bool_]:
        threshold_for: Literal["all", "each_row", "each_class"]
        if self.class_conditional:
            thresholds, threshold_for = self.calibrators_[0].thresholds(alpha), "each_class"
        else:
            thresholds, of_rows = self._thresholds(X, alpha)
            thresholds, threshold_for = thresholds[..., 0], "each_row" if of_rows else "all"
        return conformal_class_sets(
            rows,
            thresholds,
            threshold_for=threshold_for,
            empty_sets=self.empty_sets,
            **self._options(),
        ).to_bool()

    def _label_scores(
        self, X: Any, y: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The scores of the true classes, infinite for a class that is not known."""
        order = np.argsort(self.classes_)
        places = np.searchsorted(self.classes_, y, sorter=order).clip(max=len(order) - 1)
        labels = order[places]
        known = self.classes_[labels] == y
        scores = conformal_label_scores(self._rows(X), labels, **self._options())
        return np.where(known, scores, np.inf), np.where(known, labels, -1)

    def _rows(self, X: Any) -> NDArray[np.float64]:
        if self.kind == "entmax":
            logits = np.asarray(self.estimator_.decision_function(X), np.float64)
            return np.column_stack([np.zeros_like(logits), logits]) if logits.ndim == 1 else logits
        return np.asarray(self.estimator_.predict_proba(X), np.float64)

    def _options(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "randomisation": self.randomisation,
            "penalty": self.penalty,
            "k_reg": self.k_reg,
            "seed": self._seed,
        }
