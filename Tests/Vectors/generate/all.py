"""Writes every vector file below the directory given: python3 all.py Tests/Vectors"""

import sys

import base
import calibration_error
import conformal_abstention
import conformal_batch
import conformal_calibrator
import conformal_censoring
import conformal_circuit
import conformal_class_scores
import conformal_clusters
import conformal_cross
import conformal_distribution
import conformal_holdout
import conformal_martingale
import conformal_online
import conformal_planning
import conformal_policy
import conformal_pursuit
import conformal_refit_selection
import conformal_regression_scores
import conformal_ridge_selection
import conformal_risk
import conformal_robust
import conformal_selection
import conformal_split
import isotonic_centered
import isotonic_distribution
import isotonic_distribution_bytes
import isotonic_losses
import isotonic_nearly
import isotonic_order
import isotonic_prediction
import isotonic_regression
import isotonic_reward
import isotonic_shape
import isotonic_state
import isotonic_weight
import quantize_elastic
import quantize_file
import quantize_file_convert
import quantize_file_runtimes
import quantize_checkpoint
import quantize_diagnostics
import quantize_divergence
import quantize_ggml
import quantize_ggml_encode
import quantize_grid
import quantize_grid_training
import quantize_integer
import quantize_noisy_bias
import quantize_masked
import quantize_outlier_victim
import quantize_planning
import quantize_observer
import quantize_planning
import quantize_range
import quantize_prediction_range
import quantize_samples
import quantize_shared_range
import quantize_storage
import quantize_training
import quantize_trellis
import quantize_twin_log
import quantize_vector
import quantize_candidates
import temperature

FAMILIES = [
    base,
    isotonic_regression,
    isotonic_losses,
    isotonic_prediction,
    isotonic_shape,
    isotonic_nearly,
    isotonic_centered,
    isotonic_order,
    isotonic_distribution,
    isotonic_distribution_bytes,
    isotonic_reward,
    isotonic_weight,
    isotonic_state,
    conformal_split,
    conformal_calibrator,
    conformal_planning,
    conformal_risk,
    conformal_ridge_selection,
    conformal_selection,
    conformal_refit_selection,
    conformal_holdout,
    conformal_online,
    conformal_batch,
    conformal_regression_scores,
    conformal_class_scores,
    conformal_censoring,
    conformal_abstention,
    conformal_policy,
    conformal_pursuit,
    conformal_clusters,
    conformal_cross,
    conformal_robust,
    conformal_circuit,
    conformal_distribution,
    conformal_martingale,
    temperature,
    calibration_error,
    quantize_grid,
    quantize_grid_training,
    quantize_range,
    quantize_observer,
    quantize_prediction_range,
    quantize_samples,
    quantize_shared_range,
    quantize_masked,
    quantize_outlier_victim,
    quantize_training,
    quantize_twin_log,
    quantize_noisy_bias,
    quantize_elastic,
    quantize_integer,
    quantize_storage,
    quantize_vector,
    quantize_candidates,
    quantize_trellis,
    quantize_file,
    quantize_file_runtimes,
    quantize_file_convert,
    quantize_checkpoint,
    quantize_ggml,
    quantize_ggml_encode,
    quantize_diagnostics,
    quantize_divergence,
    quantize_planning,
]


def main(root):
    for family in FAMILIES:
        for file in family.files():
            file.write(root)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
