#include "calls.h"

#include <math.h>
#include <string.h>

static const bad_value bad_folds[] = {{1, QC_ERR_OPTIONS},         {0, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},        {1001, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values fold_counts = BAD_VALUES(bad_folds);
static const bad_value bad_labels[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_DOMAIN},
                                       {-0.25, QC_ERR_DOMAIN},
                                       {1.25, QC_ERR_DOMAIN}};
static const bad_values labels = BAD_VALUES(bad_labels);
static const bad_value bad_fold_numbers[] = {
    {-1, QC_ERR_DOMAIN}, {1000, QC_ERR_DOMAIN}, {INT32_MAX, QC_ERR_DOMAIN}};
static const bad_values fold_numbers = BAD_VALUES(bad_fold_numbers);
static const bad_value bad_caps[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_OK}};
static const bad_values caps = BAD_VALUES(bad_caps);
static const bad_value bad_shares[] = {{-0.5, QC_ERR_OPTIONS},
                                       {1.5, QC_ERR_OPTIONS},
                                       {INFINITY, QC_ERR_OPTIONS},
                                       {NAN, QC_ERR_OPTIONS}};
static const bad_values shares = BAD_VALUES(bad_shares);
static const bad_value bad_floors[] = {
    {0, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_values floors = BAD_VALUES(bad_floors);

enum {
    FOLDS = 3,
    /* There must be some points in each fold. */
    LEAST = 6
};

static size_t at_least(size_t n) { return n < LEAST ? LEAST : n; }

/* Folds in turn. */
static void fill_fold(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_integer(memory, TYPE_I32, i, (int64_t)(i % FOLDS));
    }
}

static argument *fold_input(call *c, size_t n) {
    argument *a = input(c, "fold", TYPE_I32, n, 0, FOLDS);
    a->fill = fill_fold;
    a->bad = &fold_numbers;
    return a;
}

/* -- Options ------------------------------------------------------------------- */

static qc_status reward_options_init(const value *v) {
    return qc_isotonic_reward_options_init(v[0].pointer, v[1].size);
}

static void build_reward_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_reward_options));
}

static qc_status weight_options_init(const value *v) {
    return qc_isotonic_weight_options_init(v[0].pointer, v[1].size);
}

static void build_weight_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_weight_options));
}

static const field reward_fields[] = {
    {"folds", offsetof(qc_isotonic_reward_options, folds), TYPE_I32, &fold_counts},
    {"mode", offsetof(qc_isotonic_reward_options, mode), TYPE_I32, &must_be_0_to_2},
};

static argument *reward_options(call *c, int32_t mode, size_t progress_offset) {
    const qc_isotonic_reward_options given = {
        .struct_size = sizeof given, .seed = 42, .folds = FOLDS, .mode = mode};
    argument *a = options(c, &given, sizeof given, reward_fields,
                          sizeof reward_fields / sizeof reward_fields[0], progress_offset);
    a->optional = true;
    return a;
}

/* -- Folds --------------------------------------------------------------------- */

static qc_status folds(const value *v) {
    return qc_isotonic_reward_folds(v[0].pointer, v[1].size, v[2].pointer, v[3].pointer, v[4].size,
                                    v[5].pointer, v[6].pointer, v[7].pointer);
}

/* Names of one byte. */
static void fill_ends(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_integer(memory, TYPE_SIZE, i, (int64_t)i + 1);
    }
}

static void fill_text(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_integer(memory, TYPE_U8, i, (int64_t)(i % 200) + 1);
    }
}

static void build_folds(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = at_least(rows * columns);
    (void)type;
    input(c, "text", TYPE_U8, n, 1, 200)->fill = fill_text;
    length(c, "text_bytes", n, QC_ERR_DOMAIN)->bytes_per_unit = 1;
    argument *ends = input(c, "ends", TYPE_SIZE, n, 0, 1);
    ends->fill = fill_ends;
    ends->optional = true;
    argument *labelled = input(c, "labelled", TYPE_U8, n, 1, 2);
    labelled->optional = true;
    length(c, "n", n, QC_ERR_SIZE);
    reward_options(c, QC_ISOTONIC_REWARD_AUTO, 0);
    output(c, "fold", TYPE_I32, n);
    output(c, "fold_count", TYPE_I32, 1)->optional = true;
}

/* -- Models -------------------------------------------------------------------- */

static void *make_model(size_t n) {
    double scores[LEAST * 5];
    double targets[LEAST * 5];
    int32_t fold[LEAST * 5];
    qc_isotonic_reward_options given;
    qc_isotonic_reward_result result = {.struct_size = sizeof result};
    qc_isotonic_reward *model = NULL;
    (void)n;
    for (size_t i = 0; i < LEAST * 5; i++) {
        scores[i] = (double)i - 9;
        targets[i] = (double)(i * 7 % 5) / 4;
        fold[i] = (int32_t)(i % FOLDS);
    }
    qc_isotonic_reward_options_init(&given, sizeof given);
    given.mode = QC_ISOTONIC_REWARD_TWO_STAGE;
    qc_isotonic_reward_fit_f64(scores, targets, NULL, fold, LEAST * 5, &given, NULL, NULL, &result,
                               &model);
    return model;
}

static void destroy_model(void *model) { qc_isotonic_reward_destroy(model); }

/* The means over some scores, of all the models in it. */
static size_t look_at_model(const void *model, unsigned char *seen, size_t capacity) {
    const double scores[] = {-20, -9, -3.5, 0, 0.25, 1, 8, 19.5, 30};
    const size_t n = sizeof scores / sizeof scores[0];
    double view[sizeof scores / sizeof scores[0] + 2] = {0};
    qc_isotonic_reward_predict_f64(model, scores, NULL, n, view);
    qc_isotonic_reward_mean_f64(model, scores, NULL, n, &view[n], &view[n + 1], NULL);
    if (capacity >= sizeof view) {
        memcpy(seen, view, sizeof view);
    }
    return sizeof view;
}

static const handle_kind model_kind = {make_model, destroy_model, look_at_model};

static qc_status fit_f64(const value *v) {
    return qc_isotonic_reward_fit_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                      v[4].size, v[5].pointer, v[6].pointer, v[7].pointer,
                                      v[8].pointer, v[9].pointer);
}

static qc_status fit_f32(const value *v) {
    return qc_isotonic_reward_fit_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                      v[4].size, v[5].pointer, v[6].pointer, v[7].pointer,
                                      v[8].pointer, v[9].pointer);
}

static void build_fit(call *c, element_type type, size_t n, int32_t mode) {
    input(c, "scores", type, n, -1, 1)->bad = &must_be_finite;
    input(c, "labels", type, n, 0, 1)->bad = &labels;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    fold_input(c, n)->optional = true;
    length(c, "n", n, QC_ERR_SIZE);
    reward_options(c, mode, offsetof(qc_isotonic_reward_options, progress));
    output(c, "calibrated", type, n)->optional = true;
    output(c, "out_of_fold", type, n)->optional = true;
    result(c, sizeof(qc_isotonic_reward_result));
    new_handle(c, "model", &model_kind);
}

static void build_auto(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, at_least(rows * columns), QC_ISOTONIC_REWARD_AUTO);
}

static void build_monotone(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, at_least(rows * columns), QC_ISOTONIC_REWARD_MONOTONE);
}

static void build_two_stage(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, at_least(rows * columns), QC_ISOTONIC_REWARD_TWO_STAGE);
}

static qc_status destroy(const value *v) {
    qc_isotonic_reward_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *model = handle(c, "model", &model_kind, rows * columns);
    model->is_destroyed = true;
    model->optional = true;
}

static qc_status predict_f64(const value *v) {
    return qc_isotonic_reward_predict_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].pointer);
}

static qc_status predict_f32(const value *v) {
    return qc_isotonic_reward_predict_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].pointer);
}

static void build_predict(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    handle(c, "model", &model_kind, n);
    input(c, "scores", type, n, -15, 25)->bad = &must_be_finite;
    fold_input(c, n)->optional = true;
    length(c, "n", n, QC_OK);
    output(c, "rewards", type, n)->in_place = "scores";
}

static qc_status mean_f64(const value *v) {
    return qc_isotonic_reward_mean_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status mean_f32(const value *v) {
    return qc_isotonic_reward_mean_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_mean(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = at_least(rows * columns);
    handle(c, "model", &model_kind, n);
    input(c, "scores", type, n, -15, 25)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_ERR_SIZE);
    output(c, "mean", TYPE_F64, 1);
    output(c, "variance", TYPE_F64, 1)->optional = true;
    output(c, "fold_means", TYPE_F64, FOLDS)->optional = true;
}

/* -- Weights ------------------------------------------------------------------- */

static qc_status stabilize_f64(const value *v) {
    return qc_isotonic_weight_stabilize_f64(
        v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, v[4].size, v[5].pointer,
        v[6].pointer, v[7].size, v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer);
}

static qc_status stabilize_f32(const value *v) {
    return qc_isotonic_weight_stabilize_f32(
        v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, v[4].size, v[5].pointer,
        v[6].pointer, v[7].size, v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer);
}

static const field weight_fields[] = {
    {"folds", offsetof(qc_isotonic_weight_options, folds), TYPE_I32, &fold_counts},
    {"target", offsetof(qc_isotonic_weight_options, target), TYPE_I32, &must_be_0_or_1},
    {"include_raw", offsetof(qc_isotonic_weight_options, include_raw), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_isotonic_weight_options, reserved), TYPE_I32, &must_be_zero},
    {"variance_cap", offsetof(qc_isotonic_weight_options, variance_cap), TYPE_F64, &caps},
    {"ess_floor", offsetof(qc_isotonic_weight_options, ess_floor), TYPE_F64, &shares},
    {"weight_floor", offsetof(qc_isotonic_weight_options, weight_floor), TYPE_F64, &floors},
    {"shrinkage", offsetof(qc_isotonic_weight_options, shrinkage), TYPE_F64, &shares},
};

static void build_stabilize(call *c, element_type type, size_t n,
                            qc_isotonic_weight_options given) {
    const bool needs_raw = given.include_raw != 0 || given.shrinkage > 0;
    input(c, "weights", type, n, 0.5, 2)->bad = &must_be_weights;
    input(c, "scores", type, n, -1, 1)->bad = &must_be_finite;
    argument *targets = input(c, "targets", type, n, -1, 1);
    targets->bad = &must_be_finite;
    targets->optional = true;
    fold_input(c, n)->optional = true;
    length(c, "n", n, QC_ERR_SIZE);
    argument *new_weights = input(c, "new_weights", type, n, 0.5, 2);
    new_weights->bad = &must_be_weights;
    new_weights->optional = !needs_raw;
    input(c, "new_scores", type, n, -2, 2)->bad = &must_be_finite;
    length(c, "m", n, QC_OK);
    options(c, &given, sizeof given, weight_fields, sizeof weight_fields / sizeof weight_fields[0],
            offsetof(qc_isotonic_weight_options, progress))
        ->optional = true;
    output(c, "stabilized", type, n)->in_place = "weights";
    output(c, "new_stabilized", type, n);
    result(c, sizeof(qc_isotonic_weight_result));
}

static void build_two(call *c, element_type type, size_t rows, size_t columns) {
    const qc_isotonic_weight_options given = {.struct_size = sizeof given,
                                              .folds = FOLDS,
                                              .variance_cap = 0.01,
                                              .ess_floor = 0.2,
                                              .weight_floor = 1e-9};
    build_stabilize(c, type, at_least(rows * columns), given);
}

static void build_three(call *c, element_type type, size_t rows, size_t columns) {
    const qc_isotonic_weight_options given = {.struct_size = sizeof given,
                                              .folds = FOLDS,
                                              .target = QC_ISOTONIC_WEIGHT_RESIDUALS,
                                              .include_raw = 1,
                                              .variance_cap = 1,
                                              .ess_floor = 0.5,
                                              .weight_floor = 1e-3,
                                              .shrinkage = 0.25};
    build_stabilize(c, type, at_least(rows * columns), given);
}

const row isotonic_reward_rows[] = {
    {"qc_isotonic_reward_options_init", "", reward_options_init, build_reward_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_reward_folds", "", folds, build_folds, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_reward_fit_f64", "auto", fit_f64, build_auto, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_reward_fit_f64", "monotone", fit_f64, build_monotone, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_reward_fit_f64", "two_stage", fit_f64, build_two_stage, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_reward_fit_f32", "auto", fit_f32, build_auto, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_reward_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_reward_predict_f64", "", predict_f64, build_predict, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_reward_predict_f32", "", predict_f32, build_predict, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_reward_mean_f64", "", mean_f64, build_mean, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_reward_mean_f32", "", mean_f32, build_mean, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_weight_options_init", "", weight_options_init, build_weight_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_weight_stabilize_f64", "two candidates", stabilize_f64, build_two, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_weight_stabilize_f64", "three candidates", stabilize_f64, build_three, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_weight_stabilize_f32", "two candidates", stabilize_f32, build_two, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_weight_stabilize_f32", "three candidates", stabilize_f32, build_three, TYPE_F32,
     MUCH_WORK},
    {0},
};
