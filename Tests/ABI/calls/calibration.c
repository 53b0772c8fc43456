#include "calls.h"

#include <math.h>

static const bad_value bad_iterations[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values iterations = BAD_VALUES(bad_iterations);
static const bad_value bad_bins[] = {{0, QC_ERR_OPTIONS},
                                     {-1, QC_ERR_OPTIONS},
                                     {1000001, QC_ERR_OPTIONS},
                                     {INT32_MAX, QC_ERR_OPTIONS},
                                     {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values bins = BAD_VALUES(bad_bins);
static const bad_value bad_labels[] = {{-1, QC_ERR_DOMAIN},
                                       {1e6, QC_ERR_DOMAIN},
                                       {4294967296.0, QC_ERR_DOMAIN}, /* 0 in 32 bits */
                                       {9.2e18, QC_ERR_DOMAIN},
                                       {-9.2e18, QC_ERR_DOMAIN}};
static const bad_values labels = BAD_VALUES(bad_labels);
static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-INFINITY, QC_ERR_DOMAIN},
                                              {-0.25, QC_ERR_DOMAIN},
                                              {1.25, QC_ERR_DOMAIN}};
static const bad_values probabilities = BAD_VALUES(bad_probabilities);
static const bad_value bad_temperatures[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-1, QC_ERR_DOMAIN}, {0, QC_OK}, {INFINITY, QC_OK}};
static const bad_values temperatures = BAD_VALUES(bad_temperatures);

static qc_status temperature_options_init(const value *v) {
    return qc_calibration_temperature_options_init(v[0].pointer, v[1].size);
}

static void build_temperature_options_init(call *c, element_type type, size_t rows,
                                           size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_calibration_temperature_options));
}

/* Rows of values with labels and weights, as several functions begin. */
static void build_rows(call *c, argument *values, size_t rows, size_t columns,
                       const bad_values *bad) {
    const element_type type = values->type;
    values->bad = bad;
    input(c, "labels", TYPE_I64, rows, 0, (double)columns)->bad = &labels;
    argument *weights = input(c, "weights", type, rows, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "rows", rows, QC_ERR_SIZE);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
}

static qc_status fit_f64(const value *v) {
    return qc_calibration_temperature_fit_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                              v[4].size, v[5].pointer, v[6].pointer);
}

static qc_status fit_f32(const value *v) {
    return qc_calibration_temperature_fit_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                              v[4].size, v[5].pointer, v[6].pointer);
}

static const field fit_fields[] = {
    {"max_iterations", offsetof(qc_calibration_temperature_options, max_iterations), TYPE_I32,
     &iterations},
    {"reserved", offsetof(qc_calibration_temperature_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_fit(call *c, element_type type, size_t rows, size_t columns) {
    const qc_calibration_temperature_options given = {.struct_size = sizeof given,
                                                      .max_iterations = 100};
    build_rows(c, input(c, "logits", type, rows * columns, -3, 3), rows, columns, &must_be_finite);
    options(c, &given, sizeof given, fit_fields, sizeof fit_fields / sizeof fit_fields[0],
            offsetof(qc_calibration_temperature_options, progress))
        ->optional = true;
    result(c, sizeof(qc_calibration_temperature_result));
}

static qc_status apply_f64(const value *v) {
    return qc_calibration_temperature_apply_f64(v[0].pointer, v[1].size, v[2].size, v[3].number,
                                                v[4].pointer);
}

static qc_status apply_f32(const value *v) {
    return qc_calibration_temperature_apply_f32(v[0].pointer, v[1].size, v[2].size, v[3].number,
                                                v[4].pointer);
}

static void build_apply(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "logits", type, rows * columns, -3, 3)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    number(c, "temperature", 1.5, &temperatures);
    output(c, "probabilities", type, rows * columns)->in_place = "logits";
}

static qc_status error_options_init(const value *v) {
    return qc_calibration_error_options_init(v[0].pointer, v[1].size);
}

static void build_error_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_calibration_error_options));
}

static qc_status error_f64(const value *v) {
    return qc_calibration_error_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].size,
                                    v[5].pointer, v[6].pointer, v[7].pointer);
}

static qc_status error_f32(const value *v) {
    return qc_calibration_error_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].size,
                                    v[5].pointer, v[6].pointer, v[7].pointer);
}

static const field error_fields[] = {
    {"bins", offsetof(qc_calibration_error_options, bins), TYPE_I32, &bins},
    {"target", offsetof(qc_calibration_error_options, target), TYPE_I32, &must_be_0_or_1},
    {"binning", offsetof(qc_calibration_error_options, binning), TYPE_I32, &must_be_0_or_1},
    {"norm", offsetof(qc_calibration_error_options, norm), TYPE_I32, &must_be_0_to_2},
    {"edges", offsetof(qc_calibration_error_options, edges), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_calibration_error_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_error(call *c, element_type type, size_t rows, size_t columns,
                        const qc_calibration_error_options *given, size_t tables) {
    build_rows(c, input(c, "probabilities", type, rows * columns, 0, 1), rows, columns,
               &probabilities);
    argument *settings = options(c, given, sizeof *given, error_fields,
                                 sizeof error_fields / sizeof error_fields[0], 0);
    /* NULL stands for the defaults, whose table needs other room than a classwise one. */
    settings->optional = given->target == QC_CALIBRATION_TOP_LABEL;
    output(c, "error", TYPE_F64, 1);
    output(c, "bin_table", TYPE_F64, tables * (size_t)given->bins * 3)->optional = true;
}

static void build_top_label(call *c, element_type type, size_t rows, size_t columns) {
    const qc_calibration_error_options given = {.struct_size = sizeof given, .bins = 15};
    build_error(c, type, rows, columns, &given, 1);
}

static void build_classwise(call *c, element_type type, size_t rows, size_t columns) {
    const qc_calibration_error_options given = {.struct_size = sizeof given,
                                                .bins = 4,
                                                .target = QC_CALIBRATION_CLASSWISE,
                                                .binning = QC_CALIBRATION_EQUAL_MASS,
                                                .norm = QC_CALIBRATION_L2,
                                                .edges = QC_CALIBRATION_EDGES_LEFT};
    build_error(c, type, rows, columns, &given, columns);
}

const row calibration_rows[] = {
    {"qc_calibration_temperature_options_init", "", temperature_options_init,
     build_temperature_options_init, TYPE_NONE, ANY_WORK},
    {"qc_calibration_temperature_fit_f64", "", fit_f64, build_fit, TYPE_F64, ANY_WORK},
    {"qc_calibration_temperature_fit_f32", "", fit_f32, build_fit, TYPE_F32, ANY_WORK},
    {"qc_calibration_temperature_apply_f64", "", apply_f64, build_apply, TYPE_F64, ANY_WORK},
    {"qc_calibration_temperature_apply_f32", "", apply_f32, build_apply, TYPE_F32, ANY_WORK},
    {"qc_calibration_error_options_init", "", error_options_init, build_error_options_init,
     TYPE_NONE, ANY_WORK},
    {"qc_calibration_error_f64", "top label", error_f64, build_top_label, TYPE_F64, ANY_WORK},
    {"qc_calibration_error_f64", "classwise", error_f64, build_classwise, TYPE_F64, ANY_WORK},
    {"qc_calibration_error_f32", "top label", error_f32, build_top_label, TYPE_F32, ANY_WORK},
    {"qc_calibration_error_f32", "classwise", error_f32, build_classwise, TYPE_F32, ANY_WORK},
    {0},
};
