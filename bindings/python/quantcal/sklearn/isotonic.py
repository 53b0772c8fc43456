"""Isotonic regression as a scikit-learn estimator."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from quantcal.isotonic import IsotonicDirection, IsotonicModel, isotonic_direction, isotonic_fit
from quantcal.isotonic.prediction import Outside

__all__ = ["IsotonicRegression"]

_OUTSIDE: dict[str, Outside] = {"nan": "nan", "clip": "clip", "raise": "error"}


def _column(X: Any, name: str, dtype: Any) -> NDArray[Any]:
    """One feature, as a vector."""
    array = check_array(X, input_name=name, dtype=dtype, ensure_2d=False)
    if not (array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1)):
        raise ValueError(
            f"{name} has shape {array.shape}; isotonic regression takes a 1d array or a 2d "
            "array with 1 feature"
        )
    column: NDArray[Any] = array.reshape(-1)
    return column


class IsotonicRegression(RegressorMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Isotonic regression: the drop-in for `sklearn.isotonic.IsotonicRegression`.

    Parameters
    ----------
    y_min, y_max : float, optional
        Bounds on the fit.
    increasing : bool or "auto"
        Whether the curve rises or falls; "auto" decides by the sign of Spearman's rank
        correlation, and warns where the data do not tell.
    out_of_bounds : {"nan", "clip", "raise"}
        What values beyond the training range give: NaN, the value at the nearest end, or a
        ValueError. A curve of one point is its value everywhere.

    Attributes
    ----------
    X_min_, X_max_ : float
        The ends of the training range, without points of weight 0.
    X_thresholds_, y_thresholds_ : ndarray
        The knots of the curve and its values there.
    f_ : IsotonicModel
        The curve, to be called with any `x`; NaN beyond the ends.
    increasing_ : bool
        Whether the curve rises.

    Notes
    -----
    It departs from scikit-learn's class where that loses information: values of `X` are
    ties only if they are equal (there, if they differ by less than 1e-15 or 1e-6, so that
    small `X` collapse), and a negative weight is an error (there, the point is dropped).
    With ``increasing="auto"`` it warns also for three points or fewer if there is no
    correlation at all.

    Examples
    --------
    >>> from quantcal.sklearn import IsotonicRegression
    >>> model = IsotonicRegression(out_of_bounds="clip").fit([1, 2, 3, 4], [1, 3, 2, 4])
    >>> model.predict([0, 1.5, 2.5, 9])
    array([1.  , 1.75, 2.5 , 4.  ])
    """

    # predict(T) and transform(T) name their argument T, which is not metadata.
    __metadata_request__predict = {"T": UNUSED}  # noqa: RUF012
    __metadata_request__transform = {"T": UNUSED}  # noqa: RUF012

    X_min_: float
    X_max_: float
    X_thresholds_: NDArray[Any]
    y_thresholds_: NDArray[Any]
    f_: IsotonicModel
    increasing_: bool

    def __init__(
        self,
        *,
        y_min: float | None = None,
        y_max: float | None = None,
        increasing: bool | Literal["auto"] = True,
        out_of_bounds: Literal["nan", "clip", "raise"] = "nan",
    ) -> None:
        self.y_min = y_min
        self.y_max = y_max
        self.increasing = increasing
        self.out_of_bounds = out_of_bounds

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> IsotonicRegression:
        """Fit the curve.

        Parameters
        ----------
        X : array_like, shape (n,) or (n, 1)
            Training data; float32 stays, all else becomes float64.
        y : array_like, shape (n,)
            Targets, taken in the type of `X`.
        sample_weight : array_like, shape (n,), optional
            Finite and >= 0; ones by default. A point of weight 0 takes no part.

        Returns
        -------
        IsotonicRegression
            The estimator itself.
        """
        self._check_parameters()
        x = _column(X, "X", [np.float64, np.float32])
        target = check_array(y, input_name="y", ensure_2d=False, dtype=x.dtype)
        check_consistent_length(x, target, sample_weight)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, x, dtype=x.dtype)
        if self.increasing == "auto":
            self.increasing_ = self._decided(isotonic_direction(x, target))
        else:
            self.increasing_ = bool(self.increasing)
        self.f_ = isotonic_fit(
            x,
            target,
            weights=weights,
            increasing=self.increasing_,
            lower=-math.inf if self.y_min is None else self.y_min,
            upper=math.inf if self.y_max is None else self.y_max,
        )
        self.X_thresholds_, self.y_thresholds_ = self.f_.knots, self.f_.values
        self.X_min_, self.X_max_ = self.X_thresholds_[0], self.X_thresholds_[-1]
        return self

    def transform(self, T: Any) -> NDArray[Any]:
        """The curve at new data.

        Parameters
        ----------
        T : array_like, shape (n,) or (n, 1)
            Converted to the type of the training data.

        Returns
        -------
        ndarray, shape (n,)
        """
        check_is_fitted(self, "f_")
        x = _column(T, "T", self.X_thresholds_.dtype)
        return self.f_.predict(x, outside=_OUTSIDE[self.out_of_bounds])

    def predict(self, T: Any) -> NDArray[Any]:
        """The curve at new data: the same as `transform`."""
        check_is_fitted(self, "f_")
        x = _column(T, "T", self.X_thresholds_.dtype)
        return self.f_.predict(x, outside=_OUTSIDE[self.out_of_bounds])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The name of the one output, "isotonicregression0".

        Parameters
        ----------
        input_features : ignored
        """
        check_is_fitted(self, "f_")
        return np.asarray([f"{self.__class__.__name__.lower()}0"], dtype=object)

    def _check_parameters(self) -> None:
        for name in ("y_min", "y_max"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, numbers.Real):
                raise ValueError(f"{name} is {value!r}; it must be a number or None")
        if not (self.increasing == "auto" or isinstance(self.increasing, (bool, np.bool_))):
            raise ValueError(f"increasing is {self.increasing!r}; it must be a bool or 'auto'")
        if self.out_of_bounds not in _OUTSIDE:
            raise ValueError(
                f"out_of_bounds is {self.out_of_bounds!r}; it must be 'nan', 'clip' or 'raise'"
            )

    @staticmethod
    def _decided(answer: IsotonicDirection) -> bool:
        if answer.is_ambiguous:
            lower, upper = answer.interval
            warnings.warn(
                f"whether y rises or falls with X is not certain: Spearman's correlation is "
                f"{answer.correlation:.3g}, its interval {lower:.3g} to {upper:.3g}",
                UserWarning,
                stacklevel=3,
            )
        return answer.increasing

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags
