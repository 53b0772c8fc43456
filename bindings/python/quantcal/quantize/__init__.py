"""Family `quantize`: weights and activations in fewer bits."""

from quantcal.quantize._code_books import CodeBooks
from quantcal.quantize.candidates import (
    VectorCandidates,
    quantize_candidates_calibrate,
    quantize_candidates_find,
)
from quantcal.quantize.candidates_training import (
    CandidateGradients,
    CandidateMixtures,
    SettledCandidates,
    quantize_candidates_gradient,
    quantize_candidates_mix,
    quantize_candidates_settle,
)
from quantcal.quantize.checkpoint import (
    CheckpointLayout,
    CheckpointWeights,
    quantize_checkpoint_layout,
    quantize_checkpoint_read,
    quantize_checkpoint_write,
)
from quantcal.quantize.codes import (
    quantize_code_counts,
    quantize_entropy,
)
from quantcal.quantize.diagnostics import (
    ApproximationError,
    OutlierColumns,
    ValueStatistics,
    quantize_error,
    quantize_outlier_columns,
    quantize_statistics,
)
from quantcal.quantize.divergence import (
    ErrorPropagation,
    LogitDivergence,
    quantize_kl_divergence,
    quantize_propagation,
)
from quantcal.quantize.elastic import ElasticCodes, quantize_elastic
from quantcal.quantize.file import FileTensor, QuantizeFile, quantize_file_write_npy
from quantcal.quantize.file_convert import TensorOutcome, quantize_file_convert
from quantcal.quantize.ggml import (
    GgmlLayout,
    quantize_ggml_decode,
    quantize_ggml_encode,
    quantize_ggml_layout,
)
from quantcal.quantize.grid import (
    QuantizeGrid,
    quantize_grid,
    quantize_grid_layout,
    quantize_grid_levels,
)
from quantcal.quantize.grid_codes import (
    quantize_grid_decode,
    quantize_grid_encode,
    quantize_grid_scales,
)
from quantcal.quantize.grid_training import (
    GridFake,
    GridNeighbours,
    quantize_grid_fake,
    quantize_grid_neighbours,
)
from quantcal.quantize.integer import QuantizedMatrix, quantize
from quantcal.quantize.layout import QuantizeLayout, quantize_layout
from quantcal.quantize.masked import (
    MaskedLayout,
    quantize_masked_layout,
    quantize_masked_range,
)
from quantcal.quantize.masked_codes import quantize_masked_decode, quantize_masked_encode
from quantcal.quantize.noisy_bias import NoisyLayer, quantize_noisy_bias
from quantcal.quantize.observer import QuantizeObserver, QuantizeObserverSummary
from quantcal.quantize.outlier_victim import (
    quantize_outlier_victim_decode,
    quantize_outlier_victim_encode,
    quantize_outlier_victim_scales,
)
from quantcal.quantize.packing import pack_codes, unpack_codes
from quantcal.quantize.planning import (
    quantize_qat_fraction,
    quantize_qat_loss,
)
from quantcal.quantize.prediction_range import (
    PredictionRange,
    RangeCandidate,
    quantize_prediction_range,
)
from quantcal.quantize.range import (
    GridParameters,
    QuantizeRangeRule,
    quantize_range,
    quantize_range_rule,
)
from quantcal.quantize.salient import quantize_salient_mask
from quantcal.quantize.sample_steps import (
    AllocatedSamples,
    quantize_samples_allocate,
    quantize_samples_steps,
)
from quantcal.quantize.samples import quantize_samples_filter, quantize_samples_select
from quantcal.quantize.shared_range import (
    GroupedRanges,
    ReparameterizedLayers,
    quantize_range_groups,
    quantize_reparameterize,
    quantize_step_places,
)
from quantcal.quantize.training import (
    PeriodicWeights,
    RotationChoice,
    quantize_periodic,
    quantize_rotate,
    quantize_rotation_choose,
)
from quantcal.quantize.trellis import (
    QuantizeTrellis,
    quantize_trellis_layout,
    quantize_trellis_values,
)
from quantcal.quantize.trellis_codes import (
    TrellisCodes,
    quantize_trellis_decode,
    quantize_trellis_encode,
    quantize_trellis_scales,
)
from quantcal.quantize.twin_log import (
    quantize_twin_log_decode,
    quantize_twin_log_encode,
    quantize_twin_log_fit,
)
from quantcal.quantize.vector import (
    quantize_vector_decode,
    quantize_vector_encode,
    quantize_vector_train,
)
from quantcal.quantize.vector_layer import quantize_vector_refine

__all__ = [
    "AllocatedSamples",
    "ApproximationError",
    "CandidateGradients",
    "CandidateMixtures",
    "CheckpointLayout",
    "CheckpointWeights",
    "CodeBooks",
    "ElasticCodes",
    "ErrorPropagation",
    "FileTensor",
    "GgmlLayout",
    "GridFake",
    "GridNeighbours",
    "GridParameters",
    "GroupedRanges",
    "LogitDivergence",
    "MaskedLayout",
    "NoisyLayer",
    "OutlierColumns",
    "PeriodicWeights",
    "PredictionRange",
    "QuantizeFile",
    "QuantizeGrid",
    "QuantizeLayout",
    "QuantizeObserver",
    "QuantizeObserverSummary",
    "QuantizeRangeRule",
    "QuantizeTrellis",
    "QuantizedMatrix",
    "RangeCandidate",
    "ReparameterizedLayers",
    "RotationChoice",
    "SettledCandidates",
    "TensorOutcome",
    "TrellisCodes",
    "ValueStatistics",
    "VectorCandidates",
    "pack_codes",
    "quantize",
    "quantize_candidates_calibrate",
    "quantize_candidates_find",
    "quantize_candidates_gradient",
    "quantize_candidates_mix",
    "quantize_candidates_settle",
    "quantize_checkpoint_layout",
    "quantize_checkpoint_read",
    "quantize_checkpoint_write",
    "quantize_code_counts",
    "quantize_elastic",
    "quantize_entropy",
    "quantize_error",
    "quantize_file_convert",
    "quantize_file_write_npy",
    "quantize_ggml_decode",
    "quantize_ggml_encode",
    "quantize_ggml_layout",
    "quantize_grid",
    "quantize_grid_decode",
    "quantize_grid_encode",
    "quantize_grid_fake",
    "quantize_grid_layout",
    "quantize_grid_levels",
    "quantize_grid_neighbours",
    "quantize_grid_scales",
    "quantize_kl_divergence",
    "quantize_layout",
    "quantize_masked_decode",
    "quantize_masked_encode",
    "quantize_masked_layout",
    "quantize_masked_range",
    "quantize_noisy_bias",
    "quantize_outlier_columns",
    "quantize_outlier_victim_decode",
    "quantize_outlier_victim_encode",
    "quantize_outlier_victim_scales",
    "quantize_periodic",
    "quantize_prediction_range",
    "quantize_propagation",
    "quantize_qat_fraction",
    "quantize_qat_loss",
    "quantize_range",
    "quantize_range_groups",
    "quantize_range_rule",
    "quantize_reparameterize",
    "quantize_rotate",
    "quantize_rotation_choose",
    "quantize_salient_mask",
    "quantize_samples_allocate",
    "quantize_samples_filter",
    "quantize_samples_select",
    "quantize_samples_steps",
    "quantize_statistics",
    "quantize_step_places",
    "quantize_trellis_decode",
    "quantize_trellis_encode",
    "quantize_trellis_layout",
    "quantize_trellis_scales",
    "quantize_trellis_values",
    "quantize_twin_log_decode",
    "quantize_twin_log_encode",
    "quantize_twin_log_fit",
    "quantize_vector_decode",
    "quantize_vector_encode",
    "quantize_vector_refine",
    "quantize_vector_train",
    "unpack_codes",
]
