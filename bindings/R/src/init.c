/*
 * The one table of what R may call.
 */
#include "families.h"

#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#define ENTRY(name, arguments)                                                                     \
    { #name, (DL_FUNC)&qcr_##name, arguments }

static const R_CallMethodDef entries[] = {
    ENTRY(version, 0),
    ENTRY(status_name, 1),
    ENTRY(last_error, 0),
    ENTRY(set_thread_count, 1),
    ENTRY(thread_count, 0),
    ENTRY(kernel_level, 0),
    ENTRY(isotonic_regression, 3),
    ENTRY(isotonic_direction, 2),
    ENTRY(isotonic_fit, 4),
    ENTRY(isotonic_predict, 5),
    ENTRY(isotonic_unimodal, 4),
    ENTRY(isotonic_convex, 5),
    ENTRY(isotonic_nearly_create, 3),
    ENTRY(isotonic_nearly_breakpoints, 1),
    ENTRY(isotonic_nearly_fit, 3),
    ENTRY(isotonic_centered, 4),
    ENTRY(isotonic_distribution_create, 5),
    ENTRY(isotonic_distribution_bytes, 1),
    ENTRY(isotonic_distribution_load, 1),
    ENTRY(isotonic_distribution_is_here, 1),
    ENTRY(isotonic_distribution_dimensions, 1),
    ENTRY(isotonic_distribution_thresholds, 1),
    ENTRY(isotonic_distribution_cdf, 3),
    ENTRY(isotonic_distribution_quantile, 3),
    ENTRY(isotonic_distribution_crps, 3),
    ENTRY(isotonic_distribution_pit, 4),
    ENTRY(isotonic_state_create, 4),
    ENTRY(isotonic_state_update, 4),
    ENTRY(isotonic_state_merge, 2),
    ENTRY(isotonic_state_fit, 1),
    ENTRY(isotonic_state_knots, 1),
    ENTRY(isotonic_state_serialize, 1),
    ENTRY(isotonic_state_deserialize, 1),
    ENTRY(isotonic_reward_folds, 4),
    ENTRY(isotonic_reward_fit, 7),
    ENTRY(isotonic_reward_predict, 3),
    ENTRY(isotonic_reward_mean, 4),
    ENTRY(isotonic_weight_stabilize, 7),
    ENTRY(isotonic_order_points, 5),
    ENTRY(isotonic_order_grid, 4),
    ENTRY(isotonic_order_graph, 4),
    ENTRY(isotonic_order_predict, 5),
    ENTRY(conformal_rank, 2),
    ENTRY(conformal_threshold, 2),
    ENTRY(conformal_sets, 2),
    ENTRY(conformal_members, 2),
    ENTRY(conformal_intervals, 2),
    ENTRY(conformal_coverage_law, 3),
    ENTRY(conformal_coverage_quantile, 3),
    ENTRY(conformal_covered_law, 4),
    ENTRY(conformal_covered_quantile, 4),
    ENTRY(conformal_pac_rank, 3),
    ENTRY(conformal_pac_sample_size, 2),
    ENTRY(conformal_sample_size, 3),
    ENTRY(conformal_risk_control, 4),
    ENTRY(conformal_risk_steps, 5),
    ENTRY(conformal_risk_p_values, 4),
    ENTRY(conformal_risk_select, 4),
    ENTRY(conformal_risk_graph, 4),
    ENTRY(conformal_risk_best, 2),
    ENTRY(conformal_holdout_create, 6),
    ENTRY(conformal_holdout_ask, 3),
    ENTRY(conformal_holdout_remaining, 1),
    ENTRY(conformal_holdout_serialize, 1),
    ENTRY(conformal_holdout_deserialize, 1),
    ENTRY(conformal_holdout_error, 6),
    ENTRY(conformal_holdout_questions, 6),
    ENTRY(temperature_fit, 4),
    ENTRY(temperature_apply, 2),
    ENTRY(calibration_error, 3),
    ENTRY(quantize_layout, 3),
    ENTRY(quantize_encode, 2),
    ENTRY(quantize_decode, 6),
    ENTRY(pack_codes, 3),
    ENTRY(unpack_codes, 5),
    {NULL, NULL, 0},
};

attribute_visible void R_init_quantcal(DllInfo *library) {
    R_registerRoutines(library, NULL, entries, NULL, NULL);
    R_useDynamicSymbols(library, FALSE);
    R_forceSymbols(library, TRUE);
}
