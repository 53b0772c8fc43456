#include "vectors.h"

static const char *const kinds[] = {"absolute", "normalised", "gamma",     "cqr",
                                    "cqr_r",    "cqr_m",      "quantiles", NULL};
static const char *const sides[] = {"symmetric", "asymmetric", "lower", "upper", NULL};
static const char *const owners[] = {"all", "each_row", "each_class", NULL};
static const char *const empties[] = {"midpoint", "marked", NULL};

static void options_init(run *r) {
    qc_conformal_regression_options options;
    if (returned(r, qc_conformal_regression_options_init(&options, sizeof options))) {
        expect_choice(r, "kind", options.kind, kinds);
        expect_choice(r, "sides", options.sides, sides);
        expect_choice(r, "threshold_for", options.threshold_for, owners);
        expect_choice(r, "empty", options.empty, empties);
        expect_double(r, "beta", options.beta);
        expect_double(r, "minimum_scale", options.minimum_scale);
    }
}

static qc_conformal_regression_options given_options(run *r) {
    qc_conformal_regression_options options;
    qc_conformal_regression_options_init(&options, sizeof options);
    options.kind = input_choice(r, "kind", options.kind, kinds);
    options.sides = input_choice(r, "sides", options.sides, sides);
    options.threshold_for = input_choice(r, "threshold_for", options.threshold_for, owners);
    options.empty = input_choice(r, "empty", options.empty, empties);
    options.beta = input_double(r, "beta", options.beta);
    options.minimum_scale = input_double(r, "minimum_scale", options.minimum_scale);
    return options;
}

static void scores(run *r) {
    const array y = input_vector(r, "y", r->type);
    const array predictions = input_matrix(r, "predictions", r->type);
    const array levels = input_vector(r, "levels", TYPE_F64);
    const qc_conformal_regression_options options = given_options(r);
    const size_t each = options.sides == QC_CONFORMAL_ASYMMETRIC ? 2 : 1;
    const array result = output_array(r, r->type, y.count * each);
    const qc_status status =
        r->type == TYPE_F32 ? qc_conformal_regression_scores_f32(y.data, y.count, predictions.data,
                                                                 predictions.columns, levels.data,
                                                                 &options, result.data)
                            : qc_conformal_regression_scores_f64(y.data, y.count, predictions.data,
                                                                 predictions.columns, levels.data,
                                                                 &options, result.data);
    if (returned(r, status)) {
        expect_array(r, "scores", result);
    }
}

static void intervals(run *r) {
    const array predictions = input_matrix(r, "predictions", r->type);
    const array levels = input_vector(r, "levels", TYPE_F64);
    const qc_conformal_regression_options options = given_options(r);
    const bool is_matrix = options.threshold_for == QC_CONFORMAL_FOR_EACH_ROW &&
                           options.sides == QC_CONFORMAL_ASYMMETRIC;
    const array thresholds =
        is_matrix ? input_matrix(r, "thresholds", r->type) : input_vector(r, "thresholds", r->type);
    const array lower = output_array(r, r->type, predictions.rows);
    const array upper = output_array(r, r->type, predictions.rows);
    const qc_status status =
        r->type == TYPE_F32 ? qc_conformal_regression_intervals_f32(
                                  predictions.data, predictions.rows, predictions.columns,
                                  levels.data, thresholds.data, &options, lower.data, upper.data)
                            : qc_conformal_regression_intervals_f64(
                                  predictions.data, predictions.rows, predictions.columns,
                                  levels.data, thresholds.data, &options, lower.data, upper.data);
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
    }
}

const adapter conformal_regression_scores_adapters[] = {
    {"qc_conformal_regression_options_init", options_init},
    {"qc_conformal_regression_scores", scores},
    {"qc_conformal_regression_intervals", intervals},
    {NULL, NULL},
};
