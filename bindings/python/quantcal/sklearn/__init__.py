"""Estimators for scikit-learn, which is not needed by the rest of the package: install
``quantcal[sklearn]``."""

from quantcal.sklearn.distribution import IsotonicDistribution
from quantcal.sklearn.isotonic import IsotonicRegression

__all__ = ["IsotonicDistribution", "IsotonicRegression"]
