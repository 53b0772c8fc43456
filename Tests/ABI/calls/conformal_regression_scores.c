#include "calls.h"

#include <math.h>

static const bad_value bad_kinds[] = {{7, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values kinds = BAD_VALUES(bad_kinds);
static const bad_value bad_sides[] = {{4, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values sides = BAD_VALUES(bad_sides);
static const bad_value bad_scales[] = {{NAN, QC_ERR_OPTIONS},
                                       {INFINITY, QC_ERR_OPTIONS},
                                       {-INFINITY, QC_ERR_OPTIONS},
                                       {-1e-300, QC_ERR_OPTIONS}};
static const bad_values scales = BAD_VALUES(bad_scales);
static const bad_value bad_levels[] = {
    {NAN, QC_ERR_NOT_FINITE}, {0, QC_ERR_DOMAIN}, {1, QC_ERR_DOMAIN}, {-0.5, QC_ERR_DOMAIN}};
static const bad_values levels_bad = BAD_VALUES(bad_levels);

static const field fields[] = {
    {"kind", offsetof(qc_conformal_regression_options, kind), TYPE_I32, &kinds},
    {"sides", offsetof(qc_conformal_regression_options, sides), TYPE_I32, &sides},
    {"threshold_for", offsetof(qc_conformal_regression_options, threshold_for), TYPE_I32,
     &must_be_0_or_1},
    {"empty", offsetof(qc_conformal_regression_options, empty), TYPE_I32, &must_be_0_or_1},
    {"beta", offsetof(qc_conformal_regression_options, beta), TYPE_F64, &scales},
    {"minimum_scale", offsetof(qc_conformal_regression_options, minimum_scale), TYPE_F64, &scales},
};

static qc_status options_init(const value *v) {
    return qc_conformal_regression_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_regression_options));
}

/* Columns of predicted quantiles, whatever their number. */
static qc_conformal_regression_options quantiles_apart(void) {
    const qc_conformal_regression_options given = {.struct_size = sizeof given,
                                                   .kind = QC_CONFORMAL_QUANTILES,
                                                   .sides = QC_CONFORMAL_ASYMMETRIC,
                                                   .threshold_for = QC_CONFORMAL_FOR_EACH_ROW,
                                                   .minimum_scale = 1e-8};
    return given;
}

static void fill_levels(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_element(memory, self->type, i, ((double)i + 1) / ((double)self->count + 1));
    }
}

static void build_levels(call *c, size_t columns) {
    argument *levels = input(c, "levels", TYPE_F64, columns, 0, 1);
    levels->bad = &levels_bad;
    levels->fill = fill_levels;
}

static void build_options(call *c, const qc_conformal_regression_options *given) {
    options(c, given, sizeof *given, fields, sizeof fields / sizeof fields[0], 0);
}

static qc_status scores_f64(const value *v) {
    return qc_conformal_regression_scores_f64(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                              v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status scores_f32(const value *v) {
    return qc_conformal_regression_scores_f32(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                              v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_scores(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_regression_options given = quantiles_apart();
    input(c, "y", type, rows, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, QC_OK);
    input(c, "predictions", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "columns", columns, QC_ERR_SIZE);
    build_levels(c, columns);
    build_options(c, &given);
    output(c, "scores", type, 2 * rows);
}

static qc_status intervals_f64(const value *v) {
    return qc_conformal_regression_intervals_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                                 v[4].pointer, v[5].pointer, v[6].pointer,
                                                 v[7].pointer);
}

static qc_status intervals_f32(const value *v) {
    return qc_conformal_regression_intervals_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                                 v[4].pointer, v[5].pointer, v[6].pointer,
                                                 v[7].pointer);
}

static void build_intervals(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_regression_options given = quantiles_apart();
    input(c, "predictions", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, QC_OK);
    length(c, "columns", columns, QC_ERR_SIZE);
    build_levels(c, columns);
    input(c, "thresholds", type, 2 * rows, -0.1, 0.6)->bad = &must_not_be_nan;
    build_options(c, &given);
    output(c, "lower", type, rows);
    output(c, "upper", type, rows);
}

/* Residuals: one column, no levels, options left out. */
static qc_status residuals_f64(const value *v) {
    return qc_conformal_regression_scores_f64(v[0].pointer, v[1].size, v[2].pointer, 1, NULL,
                                              v[3].pointer, v[4].pointer);
}

static void build_residuals(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_regression_options given = {.struct_size = sizeof given};
    const size_t n = rows * columns;
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    length(c, "n", n, QC_OK);
    input(c, "predictions", type, n, -1, 1)->bad = &must_be_finite;
    options(c, &given, sizeof given, NULL, 0, 0)->optional = true;
    output(c, "scores", type, n);
}

const row conformal_regression_scores_rows[] = {
    {"qc_conformal_regression_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_conformal_regression_scores_f64", "", scores_f64, build_scores, TYPE_F64, ANY_WORK},
    {"qc_conformal_regression_scores_f64", "residuals", residuals_f64, build_residuals, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_regression_scores_f32", "", scores_f32, build_scores, TYPE_F32, ANY_WORK},
    {"qc_conformal_regression_intervals_f64", "", intervals_f64, build_intervals, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_regression_intervals_f32", "", intervals_f32, build_intervals, TYPE_F32,
     ANY_WORK},
    {0},
};
