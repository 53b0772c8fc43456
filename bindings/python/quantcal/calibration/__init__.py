"""Family `calibration`: make predicted probabilities honest, and measure how far off
they are."""

from quantcal.calibration.error import ReliabilityBins, calibration_error, reliability_bins
from quantcal.calibration.temperature import TemperatureFit, temperature_apply, temperature_fit

__all__ = [
    "ReliabilityBins",
    "TemperatureFit",
    "calibration_error",
    "reliability_bins",
    "temperature_apply",
    "temperature_fit",
]
