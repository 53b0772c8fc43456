"""A regressor fitted without each fold of the data, and its errors on what it had not seen."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import check_cv

from quantcal.conformal import conformal_cross_intervals
from quantcal.sklearn._conformal import taken

Sides = Literal["symmetric", "asymmetric", "lower", "upper"]


class CrossFit:
    """Clones of an estimator, each fitted without one fold."""

    def __init__(self, estimator: Any, X: Any, y: NDArray[np.float64], cv: Any) -> None:
        splits = list(check_cv(cv, y).split(X, y))
        tested = np.concatenate([test for _, test in splits])
        if not np.array_equal(np.sort(tested), np.arange(y.size)):
            raise ValueError("cv must put every point into exactly one fold")
        self.fold = np.empty(y.size, np.int32)
        self.residuals = np.empty(y.size)
        estimators = []
        for number, (training, test) in enumerate(splits):
            fitted = clone(estimator).fit(taken(X, training), y[training])
            self.fold[test] = number
            self.residuals[test] = y[test] - fitted.predict(taken(X, test))
            estimators.append(fitted)
        self.estimators = tuple(estimators)

    def intervals(
        self, X: Any, alphas: NDArray[Any], method: Literal["plus", "minmax"], sides: Sides
    ) -> NDArray[Any]:
        """Lower and upper ends for each row, and level."""
        predictions = np.column_stack([fitted.predict(X) for fitted in self.estimators])
        residuals = np.abs(self.residuals) if sides == "symmetric" else self.residuals
        ends = [
            conformal_cross_intervals(
                residuals, predictions, float(alpha), fold=self.fold, method=method, sides=sides
            )
            for alpha in alphas
        ]
        return np.stack([np.stack(one, axis=-1) for one in ends], axis=-1)
