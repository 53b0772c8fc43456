#include "vectors.h"

static const char *const methods[] = {"plus", "minmax", NULL};
static const char *const sides[] = {"symmetric", "asymmetric", "lower", "upper", NULL};
static const char *const aggregations[] = {"mean", "median", NULL};

static void options_init(run *r) {
    qc_conformal_cross_options options;
    if (returned(r, qc_conformal_cross_options_init(&options, sizeof options))) {
        expect_choice(r, "method", options.method, methods);
        expect_choice(r, "sides", options.sides, sides);
        expect_choice(r, "aggregation", options.aggregation, aggregations);
    }
}

static qc_conformal_cross_options given_options(run *r) {
    qc_conformal_cross_options options;
    qc_conformal_cross_options_init(&options, sizeof options);
    options.method = input_choice(r, "method", options.method, methods);
    options.sides = input_choice(r, "sides", options.sides, sides);
    options.aggregation = input_choice(r, "aggregation", options.aggregation, aggregations);
    return options;
}

static void expect_ends(run *r, qc_status status, array lower, array upper) {
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
    }
}

static void intervals(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array fold = input_vector(r, "fold", TYPE_I32);
    const array predictions = input_matrix(r, "predictions", r->type);
    const double alpha = input_double(r, "alpha", 0);
    const qc_conformal_cross_options options = given_options(r);
    const array lower = output_array(r, r->type, predictions.rows);
    const array upper = output_array(r, r->type, predictions.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_cross_intervals_f32(
                  residuals.data, fold.data, residuals.count, predictions.data, predictions.rows,
                  predictions.columns, alpha, &options, lower.data, upper.data)
            : qc_conformal_cross_intervals_f64(
                  residuals.data, fold.data, residuals.count, predictions.data, predictions.rows,
                  predictions.columns, alpha, &options, lower.data, upper.data);
    expect_ends(r, status, lower, upper);
}

static void bootstrap_predictions(run *r) {
    const array in_bag = input_matrix(r, "in_bag", TYPE_U8);
    const array predictions = input_matrix(r, "predictions", r->type);
    const qc_conformal_cross_options options = given_options(r);
    const array aggregated = output_array(r, r->type, predictions.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_cross_bootstrap_predictions_f32(in_bag.data, predictions.data,
                                                           predictions.rows, predictions.columns,
                                                           &options, aggregated.data)
            : qc_conformal_cross_bootstrap_predictions_f64(in_bag.data, predictions.data,
                                                           predictions.rows, predictions.columns,
                                                           &options, aggregated.data);
    if (returned(r, status)) {
        expect_array(r, "aggregated", aggregated);
    }
}

static void bootstrap_intervals(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array in_bag = input_matrix(r, "in_bag", TYPE_U8);
    const array predictions = input_matrix(r, "predictions", r->type);
    const double alpha = input_double(r, "alpha", 0);
    const qc_conformal_cross_options options = given_options(r);
    const array lower = output_array(r, r->type, predictions.rows);
    const array upper = output_array(r, r->type, predictions.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_cross_bootstrap_intervals_f32(
                  residuals.data, in_bag.data, residuals.count, predictions.data, predictions.rows,
                  predictions.columns, alpha, &options, lower.data, upper.data)
            : qc_conformal_cross_bootstrap_intervals_f64(
                  residuals.data, in_bag.data, residuals.count, predictions.data, predictions.rows,
                  predictions.columns, alpha, &options, lower.data, upper.data);
    expect_ends(r, status, lower, upper);
}

const adapter conformal_cross_adapters[] = {
    {"qc_conformal_cross_options_init", options_init},
    {"qc_conformal_cross_intervals", intervals},
    {"qc_conformal_cross_bootstrap_predictions", bootstrap_predictions},
    {"qc_conformal_cross_bootstrap_intervals", bootstrap_intervals},
    {NULL, NULL},
};
