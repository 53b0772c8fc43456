#include <math.h>

#include "calls.h"

static qc_status direction_f64(const value *v) {
    return qc_isotonic_direction_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static qc_status direction_f32(const value *v) {
    return qc_isotonic_direction_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_direction(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    input(c, "x", type, n, -1, 1)->bad = &must_be_finite;
    input(c, "y", type, n, 3, 4)->bad = &must_be_finite;
    length(c, "n", n, QC_OK);
    result(c, sizeof(qc_isotonic_direction_result));
}

static qc_status fit_f64(const value *v) {
    return qc_isotonic_fit_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].pointer,
                               v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer,
                               v[9].pointer);
}

static qc_status fit_f32(const value *v) {
    return qc_isotonic_fit_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].pointer,
                               v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer,
                               v[9].pointer);
}

static const bad_value ties_list[] = {{-1, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS}};
static const bad_value tolerance_list[] = {{-1, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}};
static const bad_values tie_rules = BAD_VALUES(ties_list);
static const bad_values tolerances = BAD_VALUES(tolerance_list);

static const field fit_fields[] = {
    {"direction", offsetof(qc_isotonic_regression_options, direction), TYPE_I32, &must_be_0_to_2},
    {"ties", offsetof(qc_isotonic_regression_options, ties), TYPE_I32, &tie_rules},
    {"tie_tolerance", offsetof(qc_isotonic_regression_options, tie_tolerance), TYPE_F64,
     &tolerances},
};

static void build_fit(call *c, element_type type, size_t n, int32_t direction, int32_t ties) {
    qc_isotonic_regression_options given;
    qc_isotonic_regression_options_init(&given, sizeof given);
    given.direction = direction;
    given.ties = ties;
    input(c, "x", type, n, -1, 1)->bad = &must_be_finite;
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, fit_fields, sizeof fit_fields / sizeof fit_fields[0],
            offsetof(qc_isotonic_regression_options, progress))
        ->optional = true;
    output(c, "fitted", type, n)->optional = true;
    output(c, "knots", type, n);
    output(c, "values", type, n);
    output(c, "knot_count", TYPE_SIZE, 1);
    result(c, sizeof(qc_isotonic_direction_result))->optional = true;
}

static void build_auto(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, rows * columns, QC_ISOTONIC_AUTO, QC_ISOTONIC_TIES_SECONDARY);
}

static void build_primary(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, rows * columns, QC_ISOTONIC_DECREASING, QC_ISOTONIC_TIES_PRIMARY);
}

static void build_tertiary(call *c, element_type type, size_t rows, size_t columns) {
    build_fit(c, type, rows * columns, QC_ISOTONIC_INCREASING, QC_ISOTONIC_TIES_TERTIARY);
}

static qc_status predict_options_init(const value *v) {
    return qc_isotonic_predict_options_init(v[0].pointer, v[1].size);
}

static void build_predict_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_predict_options));
}

static qc_status predict_f64(const value *v) {
    return qc_isotonic_predict_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].size,
                                   v[5].pointer, v[6].pointer);
}

static qc_status predict_f32(const value *v) {
    return qc_isotonic_predict_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].size,
                                   v[5].pointer, v[6].pointer);
}

static const bad_value outside_list[] = {{-1, QC_ERR_OPTIONS}, {4, QC_ERR_OPTIONS}};
static const bad_values outsides = BAD_VALUES(outside_list);

static const field predict_fields[] = {
    {"interpolation", offsetof(qc_isotonic_predict_options, interpolation), TYPE_I32,
     &must_be_0_or_1},
    {"outside", offsetof(qc_isotonic_predict_options, outside), TYPE_I32, &outsides},
};

static void fill_ascending(const argument *a, void *memory) {
    for (size_t i = 0; i < a->count; i++) {
        set_element(memory, a->type, i, (double)i);
    }
}

static void build_predict(call *c, element_type type, size_t knot_count, size_t n,
                          int32_t interpolation, int32_t outside) {
    qc_isotonic_predict_options given;
    qc_isotonic_predict_options_init(&given, sizeof given);
    given.interpolation = interpolation;
    given.outside = outside;
    argument *knots = input(c, "knots", type, knot_count, 0, 1);
    knots->bad = &must_be_finite;
    knots->fill = fill_ascending;
    input(c, "values", type, knot_count, -1, 1)->bad = &must_be_finite;
    length(c, "knot_count", knot_count, QC_ERR_SIZE)->bytes_per_unit = element_size(type);
    input(c, "queries", type, n, 0, 1)->bad = &must_not_be_nan;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, predict_fields,
            sizeof predict_fields / sizeof predict_fields[0], 0)
        ->optional = true;
    output(c, "predictions", type, n)->in_place = "queries";
}

static void build_linear(call *c, element_type type, size_t rows, size_t columns) {
    build_predict(c, type, rows, rows * columns, QC_ISOTONIC_LINEAR, QC_ISOTONIC_OUTSIDE_CLIP);
}

static void build_step(call *c, element_type type, size_t rows, size_t columns) {
    build_predict(c, type, rows, columns, QC_ISOTONIC_STEP, QC_ISOTONIC_OUTSIDE_EXTRAPOLATE);
}

const row isotonic_prediction_rows[] = {
    {"qc_isotonic_direction_f64", "", direction_f64, build_direction, TYPE_F64, ANY_WORK},
    {"qc_isotonic_direction_f32", "", direction_f32, build_direction, TYPE_F32, ANY_WORK},
    {"qc_isotonic_fit_f64", "auto", fit_f64, build_auto, TYPE_F64, ANY_WORK},
    {"qc_isotonic_fit_f64", "primary", fit_f64, build_primary, TYPE_F64, ANY_WORK},
    {"qc_isotonic_fit_f64", "tertiary", fit_f64, build_tertiary, TYPE_F64, ANY_WORK},
    {"qc_isotonic_fit_f32", "auto", fit_f32, build_auto, TYPE_F32, ANY_WORK},
    {"qc_isotonic_fit_f32", "primary", fit_f32, build_primary, TYPE_F32, ANY_WORK},
    {"qc_isotonic_fit_f32", "tertiary", fit_f32, build_tertiary, TYPE_F32, ANY_WORK},
    {"qc_isotonic_predict_options_init", "", predict_options_init, build_predict_options_init,
     TYPE_NONE, ANY_WORK},
    {"qc_isotonic_predict_f64", "linear", predict_f64, build_linear, TYPE_F64, ANY_WORK},
    {"qc_isotonic_predict_f64", "step", predict_f64, build_step, TYPE_F64, ANY_WORK},
    {"qc_isotonic_predict_f32", "linear", predict_f32, build_linear, TYPE_F32, ANY_WORK},
    {"qc_isotonic_predict_f32", "step", predict_f32, build_step, TYPE_F32, ANY_WORK},
    {0},
};
