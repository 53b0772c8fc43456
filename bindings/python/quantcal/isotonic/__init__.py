"""Family `isotonic`: regression under an order constraint."""

from quantcal.isotonic.nearly import NearlyIsotonicPath, isotonic_nearly
from quantcal.isotonic.regression import IsotonicFit, isotonic_regression

__all__ = ["IsotonicFit", "NearlyIsotonicPath", "isotonic_nearly", "isotonic_regression"]
