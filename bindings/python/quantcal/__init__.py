"""Quantize a trained model, calibrate its probabilities, and put conformal guarantees on
its answers.

Arrays are NumPy arrays, or anything that can become one: objects with ``__array__``, the
buffer protocol or DLPack, such as PyTorch tensors on the CPU. Contiguous arrays of the
right type are read in place. float32 stays float32; other real types become float64.
All functions give up the GIL while they compute.
"""

from quantcal import calibration, conformal, isotonic
from quantcal import quantize as _quantize
from quantcal._errors import (
    Cancelled,
    Infeasible,
    QuantcalError,
    QuantcalMemoryError,
    QuantcalOSError,
    QuantcalValueError,
    Status,
)
from quantcal.base import (
    kernel_level,
    last_error,
    set_thread_count,
    status_name,
    thread_count,
    version,
)
from quantcal.calibration import *
from quantcal.conformal import *
from quantcal.isotonic import *
from quantcal.quantize import *

__version__ = version()

__all__ = [
    "Cancelled",
    "Infeasible",
    "QuantcalError",
    "QuantcalMemoryError",
    "QuantcalOSError",
    "QuantcalValueError",
    "Status",
    "__version__",
    "kernel_level",
    "last_error",
    "set_thread_count",
    "status_name",
    "thread_count",
    "version",
    *calibration.__all__,
    *conformal.__all__,
    *isotonic.__all__,
    *_quantize.__all__,
]
