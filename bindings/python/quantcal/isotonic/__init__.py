"""Family `isotonic`: regression under an order constraint."""

from quantcal.isotonic.distribution import IsotonicDistribution, isotonic_distribution
from quantcal.isotonic.nearly import NearlyIsotonicPath, isotonic_nearly
from quantcal.isotonic.prediction import (
    IsotonicDirection,
    IsotonicModel,
    isotonic_direction,
    isotonic_fit,
    isotonic_predict,
)
from quantcal.isotonic.regression import IsotonicFit, isotonic_regression

__all__ = [
    "IsotonicDirection",
    "IsotonicDistribution",
    "IsotonicFit",
    "IsotonicModel",
    "NearlyIsotonicPath",
    "isotonic_direction",
    "isotonic_distribution",
    "isotonic_fit",
    "isotonic_nearly",
    "isotonic_predict",
    "isotonic_regression",
]
