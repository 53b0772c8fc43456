#include "calls.h"

#include <math.h>

static const bad_value bad_kinds[] = {{9, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values kinds = BAD_VALUES(bad_kinds);
static const bad_value bad_ranks[] = {{-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values ranks = BAD_VALUES(bad_ranks);
static const bad_value bad_penalties[] = {{NAN, QC_ERR_OPTIONS},
                                          {INFINITY, QC_ERR_OPTIONS},
                                          {-INFINITY, QC_ERR_OPTIONS},
                                          {-1e-300, QC_ERR_OPTIONS}};
static const bad_values penalties = BAD_VALUES(bad_penalties);
static const bad_value bad_gammas[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {1.2, QC_ERR_OPTIONS}};
static const bad_values gammas = BAD_VALUES(bad_gammas);
static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-INFINITY, QC_ERR_DOMAIN},
                                              {-0.25, QC_ERR_DOMAIN},
                                              {1.25, QC_ERR_DOMAIN}};
static const bad_values probabilities_bad = BAD_VALUES(bad_probabilities);
static const bad_value bad_labels[] = {{-1, QC_ERR_DOMAIN},
                                       {1e6, QC_ERR_DOMAIN},
                                       {4294967296.0, QC_ERR_DOMAIN}, /* 0 in 32 bits */
                                       {9.2e18, QC_ERR_DOMAIN},
                                       {-9.2e18, QC_ERR_DOMAIN}};
static const bad_values labels_bad = BAD_VALUES(bad_labels);
static const bad_value bad_levels[] = {
    {NAN, QC_ERR_NOT_FINITE}, {0, QC_ERR_DOMAIN}, {1, QC_ERR_DOMAIN}, {INFINITY, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const field fields[] = {
    {"kind", offsetof(qc_conformal_class_options, kind), TYPE_I32, &kinds},
    {"randomisation", offsetof(qc_conformal_class_options, randomisation), TYPE_I32,
     &must_be_0_to_2},
    {"points", offsetof(qc_conformal_class_options, points), TYPE_I32, &must_be_0_to_2},
    {"threshold_for", offsetof(qc_conformal_class_options, threshold_for), TYPE_I32,
     &must_be_0_to_2},
    {"empty_sets", offsetof(qc_conformal_class_options, empty_sets), TYPE_I32, &must_be_0_or_1},
    {"k_reg", offsetof(qc_conformal_class_options, k_reg), TYPE_I32, &ranks},
    {"lambda", offsetof(qc_conformal_class_options, lambda), TYPE_F64, &penalties},
    {"gamma", offsetof(qc_conformal_class_options, gamma), TYPE_F64, &gammas},
};

static qc_conformal_class_options settings(int32_t kind) {
    const qc_conformal_class_options given = {.struct_size = sizeof given,
                                              .kind = kind,
                                              .randomisation = QC_CONFORMAL_RANDOMISED,
                                              .threshold_for = QC_CONFORMAL_FOR_EACH_CLASS,
                                              .empty_sets = QC_CONFORMAL_EMPTY_SETS_TOP_LABEL,
                                              .k_reg = 2,
                                              .lambda = 0.125,
                                              .gamma = 2,
                                              .seed = 5};
    return given;
}

static argument *build_options(call *c, const qc_conformal_class_options *given) {
    return options(c, given, sizeof *given, fields, sizeof fields / sizeof fields[0], 0);
}

static qc_status options_init(const value *v) {
    return qc_conformal_class_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_class_options));
}

static qc_status label_f64(const value *v) {
    return qc_conformal_label_scores_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static qc_status label_f32(const value *v) {
    return qc_conformal_label_scores_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static void build_labelled(call *c, element_type type, size_t rows, size_t columns,
                           qc_status when_no_rows) {
    input(c, "probabilities", type, rows * columns, 0, 1)->bad = &probabilities_bad;
    input(c, "labels", TYPE_I64, rows, 0, (double)columns)->bad = &labels_bad;
    length(c, "rows", rows, when_no_rows);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
}

static void build_label(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_class_options given = settings(QC_CONFORMAL_RAPS);
    build_labelled(c, type, rows, columns, QC_OK);
    build_options(c, &given)->optional = true;
    output(c, "scores", type, rows);
}

/* Logits have other bounds, and the label's score takes scratch. */
static void build_entmax(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_class_options given = settings(QC_CONFORMAL_ENTMAX);
    input(c, "probabilities", type, rows * columns, -9, 9)->bad = &must_be_finite;
    input(c, "labels", TYPE_I64, rows, 0, (double)columns)->bad = &labels_bad;
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    build_options(c, &given);
    output(c, "scores", type, rows);
}

static qc_status class_f64(const value *v) {
    return qc_conformal_class_scores_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                         v[4].pointer);
}

static qc_status class_f32(const value *v) {
    return qc_conformal_class_scores_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                         v[4].pointer);
}

static void build_class(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_class_options given = settings(QC_CONFORMAL_APS);
    input(c, "probabilities", type, rows * columns, 0, 1)->bad = &probabilities_bad;
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    build_options(c, &given)->optional = true;
    output(c, "scores", type, rows * columns);
}

static qc_status sets_f64(const value *v) {
    return qc_conformal_class_sets_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status sets_f32(const value *v) {
    return qc_conformal_class_sets_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_sets_with(call *c, element_type type, size_t rows, size_t columns,
                            size_t thresholds, const qc_conformal_class_options *given) {
    input(c, "probabilities", type, rows * columns, 0, 1)->bad = &probabilities_bad;
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    input(c, "thresholds", type, thresholds, 0.5, 1.5)->bad = &must_not_be_nan;
    build_options(c, given);
    output(c, "mask", TYPE_U8, rows * ((columns + 7) / 8))->optional = true;
    output(c, "sizes", TYPE_I32, rows)->optional = true;
}

static void build_sets(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_class_options given = settings(QC_CONFORMAL_SAPS);
    build_sets_with(c, type, rows, columns, columns, &given);
}

static void build_sets_by_row(call *c, element_type type, size_t rows, size_t columns) {
    qc_conformal_class_options given = settings(QC_CONFORMAL_APS);
    given.threshold_for = QC_CONFORMAL_FOR_EACH_ROW;
    build_sets_with(c, type, rows, columns, rows, &given);
}

static qc_status tune_f64(const value *v) {
    return qc_conformal_raps_tune_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].number,
                                      v[5].pointer, v[6].size, v[7].pointer, v[8].pointer,
                                      v[9].pointer);
}

static qc_status tune_f32(const value *v) {
    return qc_conformal_raps_tune_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].number,
                                      v[5].pointer, v[6].size, v[7].pointer, v[8].pointer,
                                      v[9].pointer);
}

static void build_tune(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_class_options given = settings(QC_CONFORMAL_RAPS);
    build_labelled(c, type, rows, columns, QC_ERR_SIZE);
    number(c, "alpha", 0.25, &levels);
    input(c, "lambdas", TYPE_F64, 3, 0, 0.5)->bad = &must_be_weights;
    length(c, "lambda_count", 3, QC_ERR_SIZE);
    build_options(c, &given)->optional = true;
    result(c, sizeof(qc_conformal_raps_result));
    output(c, "mean_sizes", TYPE_F64, 3)->optional = true;
}

const row conformal_class_scores_rows[] = {
    {"qc_conformal_class_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_conformal_label_scores_f64", "", label_f64, build_label, TYPE_F64, ANY_WORK},
    {"qc_conformal_label_scores_f64", "logits", label_f64, build_entmax, TYPE_F64, ANY_WORK},
    {"qc_conformal_label_scores_f32", "", label_f32, build_label, TYPE_F32, ANY_WORK},
    {"qc_conformal_class_scores_f64", "", class_f64, build_class, TYPE_F64, ANY_WORK},
    {"qc_conformal_class_scores_f32", "", class_f32, build_class, TYPE_F32, ANY_WORK},
    {"qc_conformal_class_sets_f64", "by class", sets_f64, build_sets, TYPE_F64, ANY_WORK},
    {"qc_conformal_class_sets_f64", "by row", sets_f64, build_sets_by_row, TYPE_F64, ANY_WORK},
    {"qc_conformal_class_sets_f32", "by class", sets_f32, build_sets, TYPE_F32, ANY_WORK},
    {"qc_conformal_raps_tune_f64", "", tune_f64, build_tune, TYPE_F64, ANY_WORK},
    {"qc_conformal_raps_tune_f32", "", tune_f32, build_tune, TYPE_F32, ANY_WORK},
    {0},
};
