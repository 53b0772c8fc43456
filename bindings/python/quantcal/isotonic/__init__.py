"""Family `isotonic`: regression under an order constraint."""

from quantcal.isotonic.regression import IsotonicFit, isotonic_regression

__all__ = ["IsotonicFit", "isotonic_regression"]
