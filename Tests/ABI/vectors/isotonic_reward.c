#include "vectors.h"

#include <stdio.h>
#include <string.h>

static const char *const modes[] = {"auto", "monotone", "two_stage", NULL};
static const char *const targets[] = {"rewards", "residuals", NULL};

static qc_isotonic_reward_options reward_options(run *r) {
    qc_isotonic_reward_options options;
    qc_isotonic_reward_options_init(&options, sizeof options);
    options.seed = input_size(r, "seed", options.seed);
    options.folds = input_int32(r, "folds", options.folds);
    options.mode = input_choice(r, "mode", options.mode, modes);
    return options;
}

static void reward_options_init(run *r) {
    qc_isotonic_reward_options options;
    if (returned(r, qc_isotonic_reward_options_init(&options, sizeof options))) {
        expect_size(r, "seed", options.seed);
        expect_int32(r, "folds", options.folds);
        expect_choice(r, "mode", options.mode, modes);
    }
}

enum {
    NAMES_MAX = 64
};

/* The names of the clusters, written with spaces between them, without these; returns how many. */
static size_t split(const char *names, char *text, size_t *ends) {
    size_t count = 0;
    size_t length = 0;
    for (const char *c = names; *c != 0; c++) {
        if (*c == ' ') {
            ends[count++] = length;
        } else {
            text[length++] = *c;
        }
    }
    ends[count++] = length;
    return count;
}

static void folds(run *r) {
    char text[2048];
    size_t ends[NAMES_MAX] = {0};
    const cJSON *clusters = cJSON_GetObjectItemCaseSensitive(r->in, "clusters");
    const bool is_named = clusters != NULL && strlen(clusters->valuestring) < sizeof text;
    const size_t n = is_named ? split(clusters->valuestring, text, ends) : input_size(r, "n", 0);
    const array labelled = input_vector(r, "labelled", TYPE_U8);
    const qc_isotonic_reward_options options = reward_options(r);
    const array fold = output_array(r, TYPE_I32, n);
    const array fold_count = output_array(r, TYPE_I32, 1);
    const qc_status status = qc_isotonic_reward_folds(
        is_named ? (const uint8_t *)text : NULL, is_named ? ends[n - 1] : 0, is_named ? ends : NULL,
        labelled.data, n, &options, fold.data, fold_count.data);
    if (returned(r, status)) {
        expect_array(r, "fold", fold);
        expect_element(r, "fold_count", fold_count);
    }
}

/* What a fit gives. */
typedef struct {
    array calibrated;
    array out_of_fold;
    qc_isotonic_reward_result result;
    qc_isotonic_reward *model;
    qc_status status;
} fitted;

static fitted fit_inputs(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const array labels = input_vector(r, "labels", r->type);
    const array weights = input_vector(r, "weights", r->type);
    const array fold = input_vector(r, "fold", TYPE_I32);
    const qc_isotonic_reward_options options = reward_options(r);
    fitted f = {.calibrated = output_array(r, r->type, scores.count),
                .out_of_fold = output_array(r, r->type, scores.count),
                .result = {.struct_size = sizeof f.result}};
    f.status = r->type == TYPE_F32
                   ? qc_isotonic_reward_fit_f32(scores.data, labels.data, weights.data, fold.data,
                                                scores.count, &options, f.calibrated.data,
                                                f.out_of_fold.data, &f.result, &f.model)
                   : qc_isotonic_reward_fit_f64(scores.data, labels.data, weights.data, fold.data,
                                                scores.count, &options, f.calibrated.data,
                                                f.out_of_fold.data, &f.result, &f.model);
    return f;
}

static void fit(run *r) {
    const fitted f = fit_inputs(r);
    if (returned(r, f.status)) {
        expect_array(r, "calibrated", f.calibrated);
        expect_array(r, "out_of_fold", f.out_of_fold);
        expect_choice(r, "mode", f.result.mode, modes);
        expect_int32(r, "folds", f.result.folds);
        expect_int32(r, "thirds_won", f.result.thirds_won);
        expect_double(r, "rmse", f.result.rmse);
        expect_double(r, "rmse_out_of_fold", f.result.rmse_out_of_fold);
        expect_double(r, "rmse_monotone", f.result.rmse_monotone);
        expect_double(r, "rmse_two_stage", f.result.rmse_two_stage);
        expect_double(r, "rmse_standard_error", f.result.rmse_standard_error);
    }
    qc_isotonic_reward_destroy(f.model);
}

/* Every fit ends so; this one has no type. */
static void destroy(run *r) {
    r->type = TYPE_F64;
    fit(r);
}

static void predict(run *r) {
    const fitted f = fit_inputs(r);
    /* What the fit has written is not what this call must leave alone. */
    r->output_count = 0;
    const array scores = input_vector(r, "new_scores", r->type);
    const array fold = input_vector(r, "new_fold", TYPE_I32);
    const array rewards = output_array(r, r->type, scores.count);
    const qc_status status = r->type == TYPE_F32
                                 ? qc_isotonic_reward_predict_f32(f.model, scores.data, fold.data,
                                                                  scores.count, rewards.data)
                                 : qc_isotonic_reward_predict_f64(f.model, scores.data, fold.data,
                                                                  scores.count, rewards.data);
    if (returned(r, status)) {
        expect_array(r, "rewards", rewards);
    }
    qc_isotonic_reward_destroy(f.model);
}

static void mean(run *r) {
    const fitted f = fit_inputs(r);
    r->output_count = 0;
    const array scores = input_vector(r, "new_scores", r->type);
    const array weights = input_vector(r, "new_weights", r->type);
    const array average = output_array(r, TYPE_F64, 1);
    const array variance = output_array(r, TYPE_F64, 1);
    const array fold_means = output_array(r, TYPE_F64, (size_t)f.result.folds);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_reward_mean_f32(f.model, scores.data, weights.data, scores.count,
                                          average.data, variance.data, fold_means.data)
            : qc_isotonic_reward_mean_f64(f.model, scores.data, weights.data, scores.count,
                                          average.data, variance.data, fold_means.data);
    if (returned(r, status)) {
        expect_element(r, "mean", average);
        expect_element(r, "variance", variance);
        expect_array(r, "fold_means", fold_means);
    }
    qc_isotonic_reward_destroy(f.model);
}

static void weight_options_init(run *r) {
    qc_isotonic_weight_options options;
    if (returned(r, qc_isotonic_weight_options_init(&options, sizeof options))) {
        expect_size(r, "seed", options.seed);
        expect_int32(r, "folds", options.folds);
        expect_choice(r, "target", options.target, targets);
        expect_int32(r, "include_raw", options.include_raw);
        expect_double(r, "variance_cap", options.variance_cap);
        expect_double(r, "ess_floor", options.ess_floor);
        expect_double(r, "weight_floor", options.weight_floor);
        expect_double(r, "shrinkage", options.shrinkage);
    }
}

static qc_isotonic_weight_options weight_options(run *r) {
    qc_isotonic_weight_options options;
    qc_isotonic_weight_options_init(&options, sizeof options);
    options.seed = input_size(r, "seed", options.seed);
    options.folds = input_int32(r, "folds", options.folds);
    options.target = input_choice(r, "target", options.target, targets);
    options.include_raw = input_int32(r, "include_raw", options.include_raw);
    options.variance_cap = input_double(r, "variance_cap", options.variance_cap);
    options.ess_floor = input_double(r, "ess_floor", options.ess_floor);
    options.weight_floor = input_double(r, "weight_floor", options.weight_floor);
    options.shrinkage = input_double(r, "shrinkage", options.shrinkage);
    return options;
}

static void expect_weight_result(run *r, const qc_isotonic_weight_result *result) {
    expect_double(r, "variance_before", result->variance_before);
    expect_double(r, "variance_after", result->variance_after);
    expect_double(r, "ess_before", result->ess_before);
    expect_double(r, "ess_after", result->ess_after);
    expect_double(r, "blend", result->blend);
    expect_double(r, "mixture_increasing", result->mixture_increasing);
    expect_double(r, "mixture_decreasing", result->mixture_decreasing);
    expect_double(r, "mixture_raw", result->mixture_raw);
    expect_int32(r, "folds", result->folds);
}

static void stabilize(run *r) {
    const array weights = input_vector(r, "weights", r->type);
    const array scores = input_vector(r, "scores", r->type);
    const array values = input_vector(r, "targets", r->type);
    const array fold = input_vector(r, "fold", TYPE_I32);
    const array new_weights = input_vector(r, "new_weights", r->type);
    const array new_scores = input_vector(r, "new_scores", r->type);
    const qc_isotonic_weight_options options = weight_options(r);
    const array stabilized = output_array(r, r->type, weights.count);
    const array new_stabilized = output_array(r, r->type, new_scores.count);
    qc_isotonic_weight_result result = {.struct_size = sizeof result};
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_weight_stabilize_f32(weights.data, scores.data, values.data, fold.data,
                                               weights.count, new_weights.data, new_scores.data,
                                               new_scores.count, &options, stabilized.data,
                                               new_stabilized.data, &result)
            : qc_isotonic_weight_stabilize_f64(weights.data, scores.data, values.data, fold.data,
                                               weights.count, new_weights.data, new_scores.data,
                                               new_scores.count, &options, stabilized.data,
                                               new_stabilized.data, &result);
    if (returned(r, status)) {
        expect_array(r, "stabilized", stabilized);
        expect_array(r, "new_stabilized", new_stabilized);
        expect_weight_result(r, &result);
    }
}

const adapter isotonic_reward_adapters[] = {
    {"qc_isotonic_reward_options_init", reward_options_init},
    {"qc_isotonic_reward_folds", folds},
    {"qc_isotonic_reward_fit", fit},
    {"qc_isotonic_reward_destroy", destroy},
    {"qc_isotonic_reward_predict", predict},
    {"qc_isotonic_reward_mean", mean},
    {"qc_isotonic_weight_options_init", weight_options_init},
    {"qc_isotonic_weight_stabilize", stabilize},
    {NULL, NULL},
};
