"""Estimators for scikit-learn, which is not needed by the rest of the package: install
``quantcal[sklearn]``."""

from quantcal.sklearn.conformal_classifier import ConformalClassifier
from quantcal.sklearn.conformal_regressor import ConformalRegressor
from quantcal.sklearn.distribution import IsotonicDistribution
from quantcal.sklearn.isotonic import IsotonicRegression

__all__ = [
    "ConformalClassifier",
    "ConformalRegressor",
    "IsotonicDistribution",
    "IsotonicRegression",
]
