"""Family `isotonic`: regression under an order constraint."""

from quantcal.isotonic.distribution import IsotonicDistribution, isotonic_distribution
from quantcal.isotonic.nearly import NearlyIsotonicPath, isotonic_nearly
from quantcal.isotonic.regression import IsotonicFit, isotonic_regression

__all__ = [
    "IsotonicDistribution",
    "IsotonicFit",
    "NearlyIsotonicPath",
    "isotonic_distribution",
    "isotonic_nearly",
    "isotonic_regression",
]
