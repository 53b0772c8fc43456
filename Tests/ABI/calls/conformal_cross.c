#include "calls.h"

#include <math.h>

static const bad_value bad_choices[] = {{2, QC_ERR_OPTIONS},
                                        {-1, QC_ERR_OPTIONS},
                                        {INT32_MAX, QC_ERR_OPTIONS},
                                        {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values choices = BAD_VALUES(bad_choices);
static const bad_value bad_sides[] = {{4, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values sides = BAD_VALUES(bad_sides);
static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {0, QC_ERR_DOMAIN},
                                       {1, QC_ERR_DOMAIN},
                                       {-0.5, QC_ERR_DOMAIN},
                                       {INFINITY, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);
static const bad_value bad_residuals[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-1, QC_ERR_DOMAIN}, {-INFINITY, QC_ERR_DOMAIN}};
static const bad_values residuals = BAD_VALUES(bad_residuals);
static const bad_value bad_folds[] = {
    {-1, QC_ERR_DOMAIN}, {INT32_MAX, QC_ERR_DOMAIN}, {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values folds = BAD_VALUES(bad_folds);

static const field fields[] = {
    {"method", offsetof(qc_conformal_cross_options, method), TYPE_I32, &choices},
    {"sides", offsetof(qc_conformal_cross_options, sides), TYPE_I32, &sides},
    {"aggregation", offsetof(qc_conformal_cross_options, aggregation), TYPE_I32, &choices},
    {"reserved", offsetof(qc_conformal_cross_options, reserved), TYPE_I32, &must_be_zero},
};

static qc_status options_init(const value *v) {
    return qc_conformal_cross_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_cross_options));
}

static void build_options(call *c, int32_t aggregation, bool hears) {
    const qc_conformal_cross_options given = {.struct_size = sizeof given,
                                              .aggregation = aggregation};
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            hears ? offsetof(qc_conformal_cross_options, progress) : 0)
        ->optional = true;
}

static void build_ends(call *c, element_type type, size_t m, int32_t aggregation) {
    number(c, "alpha", 0.25, &levels);
    build_options(c, aggregation, true);
    output(c, "lower", type, m);
    output(c, "upper", type, m);
}

static qc_status intervals_f64(const value *v) {
    return qc_conformal_cross_intervals_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                            v[4].size, v[5].size, v[6].number, v[7].pointer,
                                            v[8].pointer, v[9].pointer);
}

static qc_status intervals_f32(const value *v) {
    return qc_conformal_cross_intervals_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                            v[4].size, v[5].size, v[6].number, v[7].pointer,
                                            v[8].pointer, v[9].pointer);
}

/* As many training points as the matrix has elements, as many test points as it has rows. */
static void build_intervals(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    input(c, "residuals", type, n, 0, 1)->bad = &residuals;
    input(c, "fold", TYPE_I32, n, 0, (double)columns)->bad = &folds;
    length(c, "n", n, QC_OK);
    input(c, "predictions", type, n, -1, 1)->bad = &must_be_finite;
    length(c, "m", rows, QC_OK);
    length(c, "fold_count", columns, n == 0 ? QC_OK : QC_ERR_SIZE);
    build_ends(c, type, rows, QC_CONFORMAL_CROSS_MEAN);
}

/* A fold for each point. */
static qc_status apart_f64(const value *v) {
    return qc_conformal_cross_intervals_f64(v[0].pointer, NULL, v[1].size, v[2].pointer, v[3].size,
                                            v[1].size, v[4].number, v[5].pointer, v[6].pointer,
                                            v[7].pointer);
}

static void build_apart(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "residuals", type, columns, 0, 1)->bad = &residuals;
    length(c, "n", columns, QC_OK);
    input(c, "predictions", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "m", rows, QC_OK);
    build_ends(c, type, rows, QC_CONFORMAL_CROSS_MEAN);
}

/* Points in no bag, in some, often or once; with few models also in all. */
static void fill_bags(const argument *self, void *memory) {
    uint8_t *bags = memory;
    for (size_t i = 0; i < self->count; i++) {
        bags[i] = (uint8_t)(i % 7 % 2 * (i % 3));
    }
}

static void build_bags(call *c, size_t n, size_t models) {
    input(c, "in_bag", TYPE_U8, n * models, 0, 3)->fill = fill_bags;
}

static qc_status predictions_f64(const value *v) {
    return qc_conformal_cross_bootstrap_predictions_f64(v[0].pointer, v[1].pointer, v[2].size,
                                                        v[3].size, v[4].pointer, v[5].pointer);
}

static qc_status predictions_f32(const value *v) {
    return qc_conformal_cross_bootstrap_predictions_f32(v[0].pointer, v[1].pointer, v[2].size,
                                                        v[3].size, v[4].pointer, v[5].pointer);
}

static void build_predictions(call *c, element_type type, size_t rows, size_t columns) {
    build_bags(c, rows, columns);
    input(c, "predictions", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, QC_OK);
    length(c, "models", columns, QC_OK);
    build_options(c, QC_CONFORMAL_CROSS_MEDIAN, false);
    output(c, "aggregated", type, rows);
}

static qc_status bootstrap_f64(const value *v) {
    return qc_conformal_cross_bootstrap_intervals_f64(
        v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].size, v[5].size, v[6].number,
        v[7].pointer, v[8].pointer, v[9].pointer);
}

static qc_status bootstrap_f32(const value *v) {
    return qc_conformal_cross_bootstrap_intervals_f32(
        v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].size, v[5].size, v[6].number,
        v[7].pointer, v[8].pointer, v[9].pointer);
}

/* The rows are the training points, and a few of them test points as well. */
static void build_bootstrap(call *c, element_type type, size_t rows, size_t columns,
                            int32_t aggregation) {
    const size_t m = rows < 3 ? rows : 3;
    input(c, "residuals", type, rows, 0, 1);
    build_bags(c, rows, columns);
    length(c, "n", rows, QC_OK);
    input(c, "predictions", type, m * columns, -1, 1)->bad = &must_be_finite;
    length(c, "m", m, QC_OK);
    length(c, "models", columns, QC_OK);
    build_ends(c, type, m, aggregation);
}

static void build_mean(call *c, element_type type, size_t rows, size_t columns) {
    build_bootstrap(c, type, rows, columns, QC_CONFORMAL_CROSS_MEAN);
}

static void build_median(call *c, element_type type, size_t rows, size_t columns) {
    build_bootstrap(c, type, rows, columns, QC_CONFORMAL_CROSS_MEDIAN);
}

const row conformal_cross_rows[] = {
    {"qc_conformal_cross_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_conformal_cross_intervals_f64", "", intervals_f64, build_intervals, TYPE_F64, MUCH_WORK},
    {"qc_conformal_cross_intervals_f32", "", intervals_f32, build_intervals, TYPE_F32, MUCH_WORK},
    {"qc_conformal_cross_intervals_f64", "a fold for each point", apart_f64, build_apart, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_cross_bootstrap_predictions_f64", "", predictions_f64, build_predictions,
     TYPE_F64, MUCH_WORK},
    {"qc_conformal_cross_bootstrap_predictions_f32", "", predictions_f32, build_predictions,
     TYPE_F32, MUCH_WORK},
    {"qc_conformal_cross_bootstrap_intervals_f64", "", bootstrap_f64, build_mean, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_cross_bootstrap_intervals_f64", "median", bootstrap_f64, build_median, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_cross_bootstrap_intervals_f32", "", bootstrap_f32, build_mean, TYPE_F32,
     MUCH_WORK},
    {0},
};
