#include "vectors.h"

static const char *const kinds[] = {"lac",   "margin",   "aps",     "raps",   "saps",
                                    "top_k", "log_loss", "entropy", "entmax", NULL};
static const char *const randomisations[] = {"inclusive", "exclusive", "randomised", NULL};
static const char *const points[] = {"by_call", "calibration", "test", NULL};
static const char *const owners[] = {"all", "each_row", "each_class", NULL};
static const char *const empties[] = {"kept", "top_label", NULL};

static void options_init(run *r) {
    qc_conformal_class_options options;
    if (returned(r, qc_conformal_class_options_init(&options, sizeof options))) {
        expect_choice(r, "kind", options.kind, kinds);
        expect_choice(r, "randomisation", options.randomisation, randomisations);
        expect_choice(r, "points", options.points, points);
        expect_choice(r, "threshold_for", options.threshold_for, owners);
        expect_choice(r, "empty_sets", options.empty_sets, empties);
        expect_int32(r, "k_reg", options.k_reg);
        expect_double(r, "lambda", options.lambda);
        expect_double(r, "gamma", options.gamma);
        expect_size(r, "seed", options.seed);
        expect_size(r, "first_row", options.first_row);
    }
}

static qc_conformal_class_options given_options(run *r) {
    qc_conformal_class_options options;
    qc_conformal_class_options_init(&options, sizeof options);
    options.kind = input_choice(r, "kind", options.kind, kinds);
    options.randomisation = input_choice(r, "randomisation", options.randomisation, randomisations);
    options.points = input_choice(r, "points", options.points, points);
    options.threshold_for = input_choice(r, "threshold_for", options.threshold_for, owners);
    options.empty_sets = input_choice(r, "empty_sets", options.empty_sets, empties);
    options.k_reg = input_int32(r, "k_reg", options.k_reg);
    options.lambda = input_double(r, "lambda", options.lambda);
    options.gamma = input_double(r, "gamma", options.gamma);
    options.seed = input_size(r, "seed", options.seed);
    options.first_row = input_size(r, "first_row", options.first_row);
    return options;
}

static void label_scores(run *r) {
    const array probabilities = input_matrix(r, "probabilities", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const qc_conformal_class_options options = given_options(r);
    const array scores = output_array(r, r->type, probabilities.rows);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_label_scores_f32(probabilities.data, labels.data,
                                                        probabilities.rows, probabilities.columns,
                                                        &options, scores.data)
                        : qc_conformal_label_scores_f64(probabilities.data, labels.data,
                                                        probabilities.rows, probabilities.columns,
                                                        &options, scores.data))) {
        expect_array(r, "scores", scores);
    }
}

static void class_scores(run *r) {
    const array probabilities = input_matrix(r, "probabilities", r->type);
    const qc_conformal_class_options options = given_options(r);
    const array scores = output_array(r, r->type, probabilities.count);
    if (returned(
            r, r->type == TYPE_F32
                   ? qc_conformal_class_scores_f32(probabilities.data, probabilities.rows,
                                                   probabilities.columns, &options, scores.data)
                   : qc_conformal_class_scores_f64(probabilities.data, probabilities.rows,
                                                   probabilities.columns, &options, scores.data))) {
        expect_array(r, "scores", scores);
    }
}

static void class_sets(run *r) {
    const array probabilities = input_matrix(r, "probabilities", r->type);
    const array thresholds = input_vector(r, "thresholds", r->type);
    const qc_conformal_class_options options = given_options(r);
    const size_t rows = probabilities.rows, classes = probabilities.columns;
    const array mask = output_array(r, TYPE_U8, rows * ((classes + 7) / 8));
    const array sizes = output_array(r, TYPE_I32, rows);
    if (returned(
            r, r->type == TYPE_F32
                   ? qc_conformal_class_sets_f32(probabilities.data, rows, classes, thresholds.data,
                                                 &options, mask.data, sizes.data)
                   : qc_conformal_class_sets_f64(probabilities.data, rows, classes, thresholds.data,
                                                 &options, mask.data, sizes.data))) {
        expect_array(r, "mask", mask);
        expect_array(r, "sizes", sizes);
    }
}

static void raps_tune(run *r) {
    const array probabilities = input_matrix(r, "probabilities", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const double alpha = input_double(r, "alpha", 0);
    const array lambdas = input_vector(r, "lambdas", TYPE_F64);
    const qc_conformal_class_options options = given_options(r);
    const array means = output_array(r, TYPE_F64, lambdas.count);
    qc_conformal_raps_result result = {.struct_size = sizeof result};
    if (returned(
            r, r->type == TYPE_F32
                   ? qc_conformal_raps_tune_f32(probabilities.data, labels.data, probabilities.rows,
                                                probabilities.columns, alpha, lambdas.data,
                                                lambdas.count, &options, &result, means.data)
                   : qc_conformal_raps_tune_f64(probabilities.data, labels.data, probabilities.rows,
                                                probabilities.columns, alpha, lambdas.data,
                                                lambdas.count, &options, &result, means.data))) {
        expect_int32(r, "k_reg", result.k_reg);
        expect_double(r, "lambda", result.lambda);
        expect_double(r, "mean_size", result.mean_size);
        expect_array(r, "mean_sizes", means);
    }
}

const adapter conformal_class_scores_adapters[] = {
    {"qc_conformal_class_options_init", options_init},
    {"qc_conformal_label_scores", label_scores},
    {"qc_conformal_class_scores", class_scores},
    {"qc_conformal_class_sets", class_sets},
    {"qc_conformal_raps_tune", raps_tune},
    {NULL, NULL},
};
