/*
 * The functions that R calls, in the order of the families; init.c registers them.
 */
#ifndef QUANTCAL_R_FAMILIES_H
#define QUANTCAL_R_FAMILIES_H

#include "quantcal_r.h"

/* base.c */
SEXP qcr_version(void);
SEXP qcr_status_name(SEXP status);
SEXP qcr_last_error(void);
SEXP qcr_set_thread_count(SEXP count);
SEXP qcr_thread_count(void);
SEXP qcr_kernel_level(void);

/* isotonic_regression.c */
/* `settings` as R's regression_settings() makes them: direction, loss, solution, ties; level,
 * huber_threshold, power, lower, upper, minimum_gap, tie_tolerance. */
qc_isotonic_regression_options qcr_regression_options(SEXP settings);
SEXP qcr_isotonic_regression(SEXP y, SEXP weights, SEXP settings);

/* isotonic_prediction.c */
SEXP qcr_isotonic_direction(SEXP x, SEXP y);
SEXP qcr_isotonic_fit(SEXP x, SEXP y, SEXP weights, SEXP settings);
SEXP qcr_isotonic_predict(SEXP knots, SEXP values, SEXP queries, SEXP interpolation, SEXP outside);

/* isotonic_shape.c */
SEXP qcr_isotonic_unimodal(SEXP y, SEXP weights, SEXP shape, SEXP mode);
SEXP qcr_isotonic_convex(SEXP x, SEXP y, SEXP weights, SEXP curvature, SEXP monotonicity);

/* isotonic_nearly.c */
SEXP qcr_isotonic_nearly_create(SEXP y, SEXP weights, SEXP direction);
SEXP qcr_isotonic_nearly_breakpoints(SEXP path);
SEXP qcr_isotonic_nearly_fit(SEXP path, SEXP n, SEXP lambda);

/* isotonic_centered.c */
SEXP qcr_isotonic_centered(SEXP x, SEXP y, SEXP weights, SEXP settings);

/* isotonic_distribution.c */
SEXP qcr_isotonic_distribution_create(SEXP x, SEXP y, SEXP weights, SEXP events, SEXP direction);
SEXP qcr_isotonic_distribution_serialize(SEXP distribution);
SEXP qcr_isotonic_distribution_deserialize(SEXP bytes);
SEXP qcr_isotonic_distribution_is_here(SEXP distribution);
SEXP qcr_isotonic_distribution_dimensions(SEXP distribution);
SEXP qcr_isotonic_distribution_thresholds(SEXP distribution);
SEXP qcr_isotonic_distribution_cdf(SEXP distribution, SEXP queries, SEXP thresholds);
SEXP qcr_isotonic_distribution_quantile(SEXP distribution, SEXP queries, SEXP levels);
SEXP qcr_isotonic_distribution_crps(SEXP distribution, SEXP queries, SEXP y);
SEXP qcr_isotonic_distribution_pit(SEXP distribution, SEXP queries, SEXP y, SEXP seed);

/* isotonic_reward.c */
/* Fold numbers, which R counts from 1; NULL for R's NULL. */
const int32_t *qcr_folds(SEXP fold, size_t count);
SEXP qcr_isotonic_reward_folds(SEXP clusters, SEXP labelled, SEXP folds, SEXP seed);
SEXP qcr_isotonic_reward_fit(SEXP scores, SEXP labels, SEXP weights, SEXP fold, SEXP mode,
                             SEXP folds, SEXP seed);
SEXP qcr_isotonic_reward_predict(SEXP model, SEXP scores, SEXP fold);
SEXP qcr_isotonic_reward_mean(SEXP model, SEXP folds, SEXP scores, SEXP weights);

/* isotonic_weight.c */
SEXP qcr_isotonic_weight_stabilize(SEXP weights, SEXP scores, SEXP targets, SEXP fold,
                                   SEXP new_scores, SEXP new_weights, SEXP settings);

/* isotonic_state.c */
SEXP qcr_isotonic_state_create(SEXP loss, SEXP direction, SEXP solution, SEXP level);
SEXP qcr_isotonic_state_update(SEXP handle, SEXP x, SEXP y, SEXP weights);
SEXP qcr_isotonic_state_merge(SEXP handle, SEXP other);
SEXP qcr_isotonic_state_fit(SEXP handle);
SEXP qcr_isotonic_state_knots(SEXP handle);
SEXP qcr_isotonic_state_serialize(SEXP handle);
SEXP qcr_isotonic_state_deserialize(SEXP bytes);

/* isotonic_order.c */
SEXP qcr_isotonic_order_points(SEXP points, SEXP directions, SEXP y, SEXP weights, SEXP loss);
SEXP qcr_isotonic_order_grid(SEXP y, SEXP weights, SEXP directions, SEXP loss);
SEXP qcr_isotonic_order_graph(SEXP edges, SEXP y, SEXP weights, SEXP loss);
SEXP qcr_isotonic_order_predict(SEXP points, SEXP fitted, SEXP directions, SEXP queries,
                                SEXP solution);

/* conformal_calibrator.c */
SEXP qcr_conformal_calibrator_create(SEXP groups, SEXP weighted, SEXP last_group);
SEXP qcr_conformal_calibrator_update(SEXP handle, SEXP scores, SEXP weights, SEXP groups);
SEXP qcr_conformal_calibrator_merge(SEXP handle, SEXP other);
SEXP qcr_conformal_calibrator_counts(SEXP handle);
SEXP qcr_conformal_calibrator_thresholds(SEXP handle, SEXP alpha);
SEXP qcr_conformal_calibrator_point_thresholds(SEXP handle, SEXP alpha, SEXP test_weights,
                                               SEXP groups, SEXP count);
SEXP qcr_conformal_calibrator_p_values(SEXP handle, SEXP scores, SEXP test_weights, SEXP groups,
                                       SEXP tail, SEXP randomised, SEXP seed, SEXP first_point);
SEXP qcr_conformal_calibrator_serialize(SEXP handle);
SEXP qcr_conformal_calibrator_deserialize(SEXP bytes);

/* conformal_split.c */
SEXP qcr_conformal_rank(SEXP n, SEXP alpha);
SEXP qcr_conformal_threshold(SEXP scores, SEXP alpha);
SEXP qcr_conformal_sets(SEXP scores, SEXP threshold);
SEXP qcr_conformal_members(SEXP mask, SEXP classes);
SEXP qcr_conformal_intervals(SEXP mean, SEXP threshold);

/* conformal_planning.c */
SEXP qcr_conformal_coverage_law(SEXP n, SEXP rank, SEXP values);
SEXP qcr_conformal_coverage_quantile(SEXP n, SEXP rank, SEXP levels);
SEXP qcr_conformal_covered_law(SEXP n, SEXP rank, SEXP m, SEXP counts);
SEXP qcr_conformal_covered_quantile(SEXP n, SEXP rank, SEXP m, SEXP levels);
SEXP qcr_conformal_pac_rank(SEXP n, SEXP alpha, SEXP delta);
SEXP qcr_conformal_pac_sample_size(SEXP alpha, SEXP delta);
SEXP qcr_conformal_sample_size(SEXP alpha, SEXP tolerance, SEXP delta);

/* conformal_risk.c */
SEXP qcr_conformal_risk_control(SEXP losses, SEXP bound, SEXP alpha, SEXP monotonize);
SEXP qcr_conformal_risk_steps(SEXP positions, SEXP drops, SEXP n, SEXP bound, SEXP alpha);
SEXP qcr_conformal_risk_p_values(SEXP risks, SEXP n, SEXP alpha, SEXP bound);
SEXP qcr_conformal_risk_select(SEXP p_values, SEXP delta, SEXP procedure, SEXP starts);
SEXP qcr_conformal_risk_graph(SEXP p_values, SEXP delta, SEXP weights, SEXP transitions);
SEXP qcr_conformal_risk_best(SEXP selected, SEXP costs);

/* conformal_selection.c */
SEXP qcr_conformal_p_values(SEXP calibration, SEXP calibration_weights, SEXP test,
                            SEXP test_weights, SEXP options, SEXP seed, SEXP first_point);
SEXP qcr_conformal_benjamini_hochberg(SEXP p, SEXP q);
SEXP qcr_conformal_e_benjamini_hochberg(SEXP e, SEXP q);
SEXP qcr_conformal_select(SEXP calibration, SEXP calibration_weights, SEXP test, SEXP test_weights,
                          SEXP q, SEXP options, SEXP seed);
SEXP qcr_conformal_select_models(SEXP calibration, SEXP test, SEXP q, SEXP pruning, SEXP seed);
SEXP qcr_conformal_select_ridge(SEXP x, SEXP outcomes, SEXP test, SEXP penalties, SEXP q,
                                SEXP pruning, SEXP seed);
SEXP qcr_conformal_refit_rank(SEXP calibration, SEXP test, SEXP j, SEXP q);
SEXP qcr_conformal_select_refitted(SEXP ranks, SEXP rejections, SEXP n, SEXP q, SEXP pruning,
                                   SEXP seed);

/* conformal_holdout.c */
SEXP qcr_conformal_holdout_create(SEXP mechanism, SEXP threshold, SEXP sigma, SEXP grid,
                                  SEXP budget, SEXP seed);
SEXP qcr_conformal_holdout_ask(SEXP handle, SEXP training, SEXP holdout);
SEXP qcr_conformal_holdout_remaining(SEXP handle);
SEXP qcr_conformal_holdout_serialize(SEXP handle);
SEXP qcr_conformal_holdout_deserialize(SEXP bytes);
SEXP qcr_conformal_holdout_error(SEXP n, SEXP questions, SEXP budget, SEXP grid, SEXP threshold,
                                 SEXP delta);
SEXP qcr_conformal_holdout_questions(SEXP n, SEXP budget, SEXP grid, SEXP threshold, SEXP delta,
                                     SEXP accuracy);

/* conformal_martingale.c */
SEXP qcr_conformal_martingale_create(SEXP betting, SEXP jump, SEXP epsilon, SEXP seed);
SEXP qcr_conformal_martingale_update(SEXP handle, SEXP scores);
SEXP qcr_conformal_martingale_bet(SEXP handle, SEXP p_values);
SEXP qcr_conformal_martingale_summarize(SEXP handle);
SEXP qcr_conformal_martingale_serialize(SEXP handle);
SEXP qcr_conformal_martingale_deserialize(SEXP bytes);

/* conformal_online.c */
SEXP qcr_conformal_online_create(SEXP words, SEXP numbers, SEXP sizes, SEXP gamma);
SEXP qcr_conformal_online_calibrate(SEXP handle, SEXP scores);
SEXP qcr_conformal_online_threshold(SEXP handle, SEXP forecast);
SEXP qcr_conformal_online_observe(SEXP handle, SEXP score, SEXP forecast);
SEXP qcr_conformal_online_run(SEXP handle, SEXP scores, SEXP forecasts);
SEXP qcr_conformal_online_summarize(SEXP handle);
SEXP qcr_conformal_online_serialize(SEXP handle);
SEXP qcr_conformal_online_deserialize(SEXP bytes);

/* conformal_batch.c */
SEXP qcr_conformal_order_statistic(SEXP scores, SEXP rank);
SEXP qcr_conformal_batch_law(SEXP n, SEXP m, SEXP zeta, SEXP ranks);
SEXP qcr_conformal_batch_rank(SEXP n, SEXP m, SEXP zeta, SEXP alpha_lower, SEXP alpha_upper);
SEXP qcr_conformal_batch_bracket(SEXP n, SEXP m, SEXP zeta_low, SEXP zeta_high, SEXP alpha);
SEXP qcr_conformal_batch_rank_sum(SEXP n, SEXP m, SEXP alpha);
SEXP qcr_conformal_batch_mean(SEXP scores, SEXP m, SEXP rank_sum, SEXP upper);

/* conformal_clusters.c */
SEXP qcr_conformal_class_clusters(SEXP scores, SEXP labels, SEXP alpha, SEXP classes,
                                  SEXP cluster_count, SEXP rare, SEXP restarts, SEXP seed);
SEXP qcr_conformal_cluster_plan(SEXP counts, SEXP alpha);

/* conformal_cross.c */
SEXP qcr_conformal_cross_intervals(SEXP residuals, SEXP fold, SEXP predictions, SEXP alpha,
                                   SEXP given);
SEXP qcr_conformal_cross_bootstrap_predictions(SEXP in_bag, SEXP predictions, SEXP given);
SEXP qcr_conformal_cross_bootstrap_intervals(SEXP residuals, SEXP in_bag, SEXP predictions,
                                             SEXP alpha, SEXP given);

/* conformal_regression_scores.c */
SEXP qcr_conformal_regression_scores(SEXP y, SEXP predictions, SEXP given);
SEXP qcr_conformal_regression_intervals(SEXP predictions, SEXP thresholds, SEXP given);

/* conformal_censoring.c */
SEXP qcr_conformal_censoring_weights(SEXP times, SEXP events, SEXP weights, SEXP points,
                                     SEXP point_events, SEXP horizon, SEXP cap);

/* conformal_robust.c */
SEXP qcr_conformal_smoothed_scores(SEXP samples, SEXP earlier);
SEXP qcr_conformal_robust_bounds(SEXP means, SEXP variances, SEXP draws, SEXP side, SEXP correction,
                                 SEXP beta, SEXP radius, SEXP sigma);
SEXP qcr_conformal_robust_threshold(SEXP scores, SEXP draws, SEXP alpha, SEXP beta);
SEXP qcr_conformal_transformed_scores(SEXP scores, SEXP reference, SEXP steepness, SEXP centre);

/* conformal_circuit.c */
SEXP qcr_conformal_circuit_probabilities(SEXP leaves, SEXP rules, SEXP circuits, SEXP shares);
SEXP qcr_conformal_circuit_bounds(SEXP lower, SEXP upper, SEXP rules, SEXP circuits, SEXP shares);

/* conformal_class_scores.c */
SEXP qcr_conformal_label_scores(SEXP probs, SEXP labels, SEXP given);
SEXP qcr_conformal_class_scores(SEXP probs, SEXP given);
SEXP qcr_conformal_class_sets(SEXP probs, SEXP thresholds, SEXP given);
SEXP qcr_conformal_raps_tune(SEXP probs, SEXP labels, SEXP alpha, SEXP lambdas, SEXP given);

/* conformal_abstention.c */
SEXP qcr_conformal_abstention_curve(SEXP uncertainties, SEXP wrong);
SEXP qcr_conformal_abstention_threshold(SEXP uncertainties, SEXP wrong, SEXP rule, SEXP target);
SEXP qcr_conformal_abstention_decisions(SEXP uncertainties, SEXP sizes, SEXP single_threshold,
                                        SEXP abstention_threshold);
SEXP qcr_conformal_abstention_summarize(SEXP decisions, SEXP singles_hold, SEXP sets_hold);

/* conformal_policy.c */
SEXP qcr_conformal_policy_value(SEXP scores, SEXP labels, SEXP single_alpha, SEXP abstention_alpha,
                                SEXP costs);
SEXP qcr_conformal_policy_learn(SEXP scores, SEXP labels, SEXP costs, SEXP ranges, SEXP search);

/* conformal_pursuit.c */
SEXP qcr_conformal_pursuit_histories(SEXP seed, SEXP first_point, SEXP points, SEXP queries,
                                     SEXP length);
SEXP qcr_conformal_pursuit_log_sizes(SEXP sizes, SEXP weights);
SEXP qcr_conformal_pursuit_choose(SEXP log_sizes, SEXP asked);
SEXP qcr_conformal_pursuit_entropy_bound(SEXP classes, SEXP n, SEXP alpha, SEXP mean_size,
                                         SEXP kind);

/* conformal_distribution.c */
SEXP qcr_conformal_distribution_cdf(SEXP given, SEXP thresholds, SEXP seed);
SEXP qcr_conformal_distribution_quantile(SEXP given, SEXP levels);
SEXP qcr_conformal_distribution_crps(SEXP given, SEXP y);
SEXP qcr_conformal_distribution_pit(SEXP given, SEXP y, SEXP seed);

/* calibration.c */
SEXP qcr_temperature_fit(SEXP logits, SEXP labels, SEXP weights, SEXP max_iterations);
SEXP qcr_temperature_apply(SEXP logits, SEXP temperature);
SEXP qcr_calibration_error(SEXP forecasts, SEXP options, SEXP want_table);

/* quantize_file.c */
SEXP qcr_quantize_file_open(SEXP path);
SEXP qcr_quantize_file_tensors(SEXP handle);
SEXP qcr_quantize_file_find(SEXP handle, SEXP name);
SEXP qcr_quantize_file_decode(SEXP handle, SEXP index, SEXP first_row, SEXP row_count);
SEXP qcr_quantize_file_write_npy(SEXP path, SEXP type, SEXP shape, SEXP bytes, SEXP overwrite);
/* For quantize_file_convert.c: what stands behind a handle. */
const qc_quantize_file *qcr_quantize_file_of(SEXP handle);
/* quantize_file_convert.c */
SEXP qcr_quantize_file_convert(SEXP handle, SEXP path, SEXP type, SEXP patterns, SEXP paths,
                               SEXP settings);
/* quantize_checkpoint.c */
SEXP qcr_quantize_checkpoint_layout(SEXP rows, SEXP columns, SEXP given, SEXP format);
SEXP qcr_quantize_checkpoint_write(SEXP packed, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                                   SEXP given, SEXP format);
SEXP qcr_quantize_checkpoint_read(SEXP weights, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                                  SEXP given, SEXP format);
/* quantize_diagnostics.c */
SEXP qcr_quantize_error(SEXP original, SEXP approximation);
SEXP qcr_quantize_statistics(SEXP values);
SEXP qcr_quantize_outlier_columns(SEXP values, SEXP threshold, SEXP reference);
SEXP qcr_quantize_code_counts(SEXP codes, SEXP rows, SEXP columns, SEXP bits);
SEXP qcr_quantize_entropy(SEXP counts);
SEXP qcr_quantize_kl_divergence(SEXP reference, SEXP approximation);
SEXP qcr_quantize_propagation(SEXP input, SEXP approximate_input, SEXP weights,
                              SEXP approximate_weights);
SEXP qcr_quantize_qat_fraction(SEXP tokens, SEXP parameters, SEXP bits, SEXP constant);
SEXP qcr_quantize_qat_loss(SEXP tokens, SEXP parameters, SEXP group_size, SEXP law);

/* quantize_ggml.c */
SEXP qcr_quantize_ggml_layout(SEXP type, SEXP rows, SEXP columns);
SEXP qcr_quantize_ggml_decode(SEXP blocks, SEXP rows, SEXP columns, SEXP type);
SEXP qcr_quantize_ggml_encode(SEXP values, SEXP type, SEXP importance, SEXP mode);

/* quantize_grid.c */
SEXP qcr_quantize_grid_init(SEXP name);
SEXP qcr_quantize_grid_levels(SEXP grid);
SEXP qcr_quantize_grid_layout(SEXP grid, SEXP rows, SEXP columns, SEXP options);
SEXP qcr_quantize_grid_scales(SEXP values, SEXP grid, SEXP options);
SEXP qcr_quantize_grid_encode(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP options);
SEXP qcr_quantize_grid_decode(SEXP codes, SEXP grid, SEXP scales, SEXP zeros, SEXP rows,
                              SEXP columns, SEXP options);
SEXP qcr_quantize_grid_neighbours(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP options);
SEXP qcr_quantize_grid_fake(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP upstream,
                            SEXP gradient, SEXP options);

/* quantize_vector.c */
SEXP qcr_quantize_vector_train(SEXP vectors, SEXP weights, SEXP importance, SEXP first, SEXP given);
SEXP qcr_quantize_vector_encode(SEXP vectors, SEXP importance, SEXP centres, SEXP given);
SEXP qcr_quantize_vector_decode(SEXP codes, SEXP centres, SEXP given);
SEXP qcr_quantize_vector_refine(SEXP matrix, SEXP hessian, SEXP weights, SEXP centres, SEXP codes,
                                SEXP given);

/* quantize_candidates.c */
SEXP qcr_quantize_candidates_find(SEXP vectors, SEXP centres, SEXP candidates);
SEXP qcr_quantize_candidates_mix(SEXP candidates, SEXP logits, SEXP centres);
SEXP qcr_quantize_candidates_gradient(SEXP gradients, SEXP candidates, SEXP logits, SEXP centres,
                                      SEXP penalty);
SEXP qcr_quantize_candidates_settle(SEXP candidates, SEXP logits, SEXP centres, SEXP settled);
SEXP qcr_quantize_candidates_calibrate(SEXP matrix, SEXP hessian, SEXP centres, SEXP weights,
                                       SEXP given);

/* quantize_trellis.c */
SEXP qcr_quantize_trellis_values(SEXP given);
SEXP qcr_quantize_trellis_layout(SEXP rows, SEXP columns, SEXP given);
SEXP qcr_quantize_trellis_scales(SEXP values, SEXP ratio, SEXP given);
SEXP qcr_quantize_trellis_encode(SEXP values, SEXP scales, SEXP importance, SEXP given);
SEXP qcr_quantize_trellis_decode(SEXP codes, SEXP scales, SEXP rows, SEXP columns, SEXP given);

/* quantize_masked.c */
SEXP qcr_quantize_salient_mask(SEXP values, SEXP fraction, SEXP factors, SEXP given);
SEXP qcr_quantize_masked_layout(SEXP rows, SEXP mask, SEXP grid, SEXP selected, SEXP sharing);
SEXP qcr_quantize_masked_range(SEXP values, SEXP mask, SEXP grid, SEXP rule, SEXP wants_zeros,
                               SEXP selected, SEXP sharing);
SEXP qcr_quantize_masked_encode(SEXP values, SEXP mask, SEXP grid, SEXP scales, SEXP zeros,
                                SEXP selected, SEXP sharing);
SEXP qcr_quantize_masked_decode(SEXP codes, SEXP values, SEXP mask, SEXP grid, SEXP scales,
                                SEXP zeros, SEXP selected, SEXP sharing);

/* quantize_elastic.c */
SEXP qcr_quantize_elastic(SEXP codes, SEXP scales, SEXP rows, SEXP columns, SEXP bits,
                          SEXP fewer_bits, SEXP refit, SEXP sharing);

/* quantize_outlier_victim.c */
SEXP qcr_quantize_outlier_victim_scales(SEXP values, SEXP steps, SEXP low, SEXP high, SEXP given);
SEXP qcr_quantize_outlier_victim_encode(SEXP values, SEXP scales, SEXP given);
SEXP qcr_quantize_outlier_victim_decode(SEXP codes, SEXP scales, SEXP rows, SEXP columns,
                                        SEXP given);

/* quantize_training.c */
SEXP qcr_quantize_periodic(SEXP values, SEXP scales, SEXP upstream, SEXP binary, SEXP frequency,
                           SEXP penalty, SEXP given);
SEXP qcr_quantize_rotate(SEXP values, SEXP inverse, SEXP block, SEXP seed);
SEXP qcr_quantize_rotation_choose(SEXP activations, SEXP weights, SEXP activation_grid,
                                  SEXP weight_grid, SEXP block, SEXP seed);
/* quantize_twin_log.c */
SEXP qcr_quantize_twin_log_fit(SEXP values, SEXP bits, SEXP given);
SEXP qcr_quantize_twin_log_encode(SEXP values, SEXP parameters, SEXP bits, SEXP given);
SEXP qcr_quantize_twin_log_decode(SEXP codes, SEXP parameters, SEXP rows, SEXP columns, SEXP bits,
                                  SEXP given);
/* quantize_noisy_bias.c */
SEXP qcr_quantize_noisy_bias(SEXP values, SEXP weights, SEXP bias, SEXP grid, SEXP scale, SEXP zero,
                             SEXP amplitudes, SEXP seed);

/* quantize_range.c */
SEXP qcr_quantize_range_rule_init(SEXP name);
SEXP qcr_quantize_range(SEXP values, SEXP grid, SEXP rule, SEXP wants_zeros, SEXP importance,
                        SEXP given);

/* quantize_prediction_range.c */
SEXP qcr_quantize_prediction_range(SEXP values, SEXP grid, SEXP rule, SEXP wants_zeros,
                                   SEXP error_weight, SEXP difference, SEXP given);

/* quantize_samples.c */
SEXP qcr_quantize_samples_filter(SEXP statistics, SEXP groups, SEXP fence);
SEXP qcr_quantize_samples_select(SEXP features, SEXP choose, SEXP kept, SEXP given);
SEXP qcr_quantize_samples_allocate(SEXP features, SEXP total, SEXP radius, SEXP diversity);
SEXP qcr_quantize_samples_steps(SEXP steps, SEXP count, SEXP draw, SEXP mean, SEXP deviation,
                                SEXP seed);

/* quantize_shared_range.c */
SEXP qcr_quantize_reparameterize(SEXP scales, SEXP zeros, SEXP gamma, SEXP beta, SEXP weights,
                                 SEXP bias, SEXP common, SEXP real_zero);
SEXP qcr_quantize_range_groups(SEXP minimum, SEXP maximum, SEXP groups, SEXP method, SEXP restarts,
                               SEXP seed);
SEXP qcr_quantize_step_places(SEXP calibrated, SEXP steps);

/* quantize_observer.c */
SEXP qcr_quantize_observer_create(SEXP channels, SEXP bins, SEXP moving_average);
SEXP qcr_quantize_observer_update(SEXP handle, SEXP values, SEXP outer, SEXP inner);
SEXP qcr_quantize_observer_merge(SEXP handle, SEXP other);
SEXP qcr_quantize_observer_summarize(SEXP handle);
SEXP qcr_quantize_observer_range(SEXP handle, SEXP grid, SEXP rule, SEXP wants_zeros);
SEXP qcr_quantize_observer_serialize(SEXP handle);
SEXP qcr_quantize_observer_deserialize(SEXP bytes);

/* quantize_integer.c */
/* The room that the library wants, and the shape of the scales as an R matrix. */
typedef struct qcr_quantize_room {
    size_t code_bytes, group_count;
    size_t scale_rows, scale_columns;
} qcr_quantize_room;

/* `given` as R's quantize_options() makes it. The progress callback is left unset. */
qc_quantize_integer_options qcr_quantize_options(SEXP given);
qcr_quantize_room qcr_quantize_room_of(size_t rows, size_t columns,
                                       const qc_quantize_integer_options *options);
/* A matrix of whole numbers as bytes, by rows; negative ones in two's complement. */
uint8_t *qcr_bytes_by_rows(SEXP numbers, int is_signed, const char *name);
SEXP qcr_quantize_layout(SEXP rows, SEXP columns, SEXP options);
SEXP qcr_quantize_encode(SEXP values, SEXP options);
SEXP qcr_quantize_decode(SEXP packed, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                         SEXP options);
SEXP qcr_pack_codes(SEXP codes, SEXP bits, SEXP is_signed);
SEXP qcr_unpack_codes(SEXP packed, SEXP rows, SEXP columns, SEXP bits, SEXP is_signed);

#endif
