#include <math.h>

#include "calls.h"

static qc_status options_init(const value *v) {
    return qc_isotonic_regression_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_regression_options));
}

static qc_status regression_f64(const value *v) {
    return qc_isotonic_regression_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                      v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer);
}

static qc_status regression_f32(const value *v) {
    return qc_isotonic_regression_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                      v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer);
}

static const bad_value loss_list[] = {{-1, QC_ERR_OPTIONS}, {8, QC_ERR_OPTIONS}};
static const bad_value solution_list[] = {{-1, QC_ERR_OPTIONS}, {4, QC_ERR_OPTIONS}};
static const bad_value level_list[] = {
    {0, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {-0.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_value threshold_list[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_value power_list[] = {
    {1, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_value lower_list[] = {{INFINITY, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_value upper_list[] = {{-INFINITY, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_value not_negative_list[] = {
    {-1, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_values losses = BAD_VALUES(loss_list);
static const bad_values solutions = BAD_VALUES(solution_list);
static const bad_values levels = BAD_VALUES(level_list);
static const bad_values thresholds = BAD_VALUES(threshold_list);
static const bad_values powers = BAD_VALUES(power_list);
static const bad_values lower_bounds = BAD_VALUES(lower_list);
static const bad_values upper_bounds = BAD_VALUES(upper_list);
static const bad_values not_negative = BAD_VALUES(not_negative_list);

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_isotonic_regression_options, name), type, bad }

static const field fields[] = {
    FIELD(direction, TYPE_I32, &must_be_0_to_2),
    FIELD(reserved, TYPE_I32, &must_be_zero),
    FIELD(loss, TYPE_I32, &losses),
    FIELD(solution, TYPE_I32, &solutions),
    FIELD(level, TYPE_F64, &levels),
    FIELD(huber_threshold, TYPE_F64, &thresholds),
    FIELD(power, TYPE_F64, &powers),
    FIELD(lower_bound, TYPE_F64, &lower_bounds),
    FIELD(upper_bound, TYPE_F64, &upper_bounds),
    FIELD(minimum_gap, TYPE_F64, &not_negative),
    FIELD(ties, TYPE_I32, &must_be_0_to_2),
    FIELD(reserved_2, TYPE_I32, &must_be_zero),
    FIELD(tie_tolerance, TYPE_F64, &not_negative),
};

static void build(call *c, element_type type, size_t n, int32_t direction, int32_t loss,
                  double minimum_gap) {
    qc_isotonic_regression_options given;
    qc_isotonic_regression_options_init(&given, sizeof given);
    given.direction = direction;
    given.loss = loss;
    given.minimum_gap = minimum_gap;
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_isotonic_regression_options, progress))
        ->optional = true;
    output(c, "x", type, n)->in_place = "y";
    output(c, "block_weights", type, n)->optional = true;
    output(c, "blocks", TYPE_SIZE, n + 1)->optional = true;
    output(c, "block_count", TYPE_SIZE, 1)->optional = true;
}

static void build_increasing(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_INCREASING, QC_ISOTONIC_SQUARED, 0);
}

static void build_decreasing(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_DECREASING, QC_ISOTONIC_SQUARED, 0);
}

static void build_quantile(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_AUTO, QC_ISOTONIC_QUANTILE, 0);
}

static void build_huber(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_INCREASING, QC_ISOTONIC_HUBER, 1e-6);
}

static void build_chebyshev(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_DECREASING, QC_ISOTONIC_CHEBYSHEV, 0);
}

const row isotonic_regression_rows[] = {
    {"qc_isotonic_regression_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_isotonic_regression_f64", "increasing", regression_f64, build_increasing, TYPE_F64,
     ANY_WORK},
    {"qc_isotonic_regression_f64", "decreasing", regression_f64, build_decreasing, TYPE_F64,
     ANY_WORK},
    {"qc_isotonic_regression_f64", "quantile", regression_f64, build_quantile, TYPE_F64, ANY_WORK},
    {"qc_isotonic_regression_f64", "huber, gap", regression_f64, build_huber, TYPE_F64, ANY_WORK},
    {"qc_isotonic_regression_f64", "chebyshev", regression_f64, build_chebyshev, TYPE_F64,
     ANY_WORK},
    {"qc_isotonic_regression_f32", "increasing", regression_f32, build_increasing, TYPE_F32,
     ANY_WORK},
    {"qc_isotonic_regression_f32", "decreasing", regression_f32, build_decreasing, TYPE_F32,
     ANY_WORK},
    {"qc_isotonic_regression_f32", "quantile", regression_f32, build_quantile, TYPE_F32, ANY_WORK},
    {"qc_isotonic_regression_f32", "huber, gap", regression_f32, build_huber, TYPE_F32, ANY_WORK},
    {0},
};
