"""Quantize a trained model, calibrate its probabilities, and put conformal guarantees on
its answers.

Arrays are NumPy arrays, or anything that can become one: objects with ``__array__``, the
buffer protocol or DLPack, such as PyTorch tensors on the CPU. Contiguous arrays of the
right type are read in place. float32 stays float32; other real types become float64.
All functions give up the GIL while they compute.
"""

from quantcal._errors import (
    Cancelled,
    QuantcalError,
    QuantcalMemoryError,
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
from quantcal.calibration import (
    ReliabilityBins,
    TemperatureFit,
    calibration_error,
    reliability_bins,
    temperature_apply,
    temperature_fit,
)
from quantcal.conformal import (
    ConformalSets,
    conformal_intervals,
    conformal_rank,
    conformal_sets,
    conformal_threshold,
)
from quantcal.isotonic import (
    ConvexFit,
    IsotonicBlocks,
    IsotonicDirection,
    IsotonicDistribution,
    IsotonicFit,
    IsotonicModel,
    IsotonicReward,
    IsotonicState,
    NearlyIsotonicPath,
    RewardFolds,
    RewardMean,
    StabilizedWeights,
    UnimodalFit,
    isotonic_convex,
    isotonic_direction,
    isotonic_distribution,
    isotonic_fit,
    isotonic_nearly,
    isotonic_predict,
    isotonic_regression,
    isotonic_reward_fit,
    isotonic_reward_folds,
    isotonic_unimodal,
    isotonic_weight_stabilize,
)
from quantcal.quantize import (
    QuantizedMatrix,
    QuantizeLayout,
    pack_codes,
    quantize,
    quantize_layout,
    unpack_codes,
)

__version__ = version()

__all__ = [
    "Cancelled",
    "ConformalSets",
    "ConvexFit",
    "IsotonicBlocks",
    "IsotonicDirection",
    "IsotonicDistribution",
    "IsotonicFit",
    "IsotonicModel",
    "IsotonicReward",
    "IsotonicState",
    "NearlyIsotonicPath",
    "QuantcalError",
    "QuantcalMemoryError",
    "QuantcalValueError",
    "QuantizeLayout",
    "QuantizedMatrix",
    "ReliabilityBins",
    "RewardFolds",
    "RewardMean",
    "StabilizedWeights",
    "Status",
    "TemperatureFit",
    "UnimodalFit",
    "__version__",
    "calibration_error",
    "conformal_intervals",
    "conformal_rank",
    "conformal_sets",
    "conformal_threshold",
    "isotonic_convex",
    "isotonic_direction",
    "isotonic_distribution",
    "isotonic_fit",
    "isotonic_nearly",
    "isotonic_predict",
    "isotonic_regression",
    "isotonic_reward_fit",
    "isotonic_reward_folds",
    "isotonic_unimodal",
    "isotonic_weight_stabilize",
    "kernel_level",
    "last_error",
    "pack_codes",
    "quantize",
    "quantize_layout",
    "reliability_bins",
    "set_thread_count",
    "status_name",
    "temperature_apply",
    "temperature_fit",
    "thread_count",
    "unpack_codes",
    "version",
]
