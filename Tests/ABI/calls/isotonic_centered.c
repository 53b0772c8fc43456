#include <math.h>

#include "calls.h"

static qc_status options_init(const value *v) {
    return qc_isotonic_centered_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_centered_options));
}

static qc_status centered_f64(const value *v) {
    return qc_isotonic_centered_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                    v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                    v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer,
                                    v[12].pointer, v[13].pointer);
}

static qc_status centered_f32(const value *v) {
    return qc_isotonic_centered_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                    v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                    v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer,
                                    v[12].pointer, v[13].pointer);
}

static const bad_value confidence_list[] = {{NAN, QC_ERR_NOT_FINITE},
                                            {0, QC_ERR_DOMAIN},
                                            {1, QC_ERR_DOMAIN},
                                            {-0.5, QC_ERR_DOMAIN},
                                            {INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_level = BAD_VALUES(confidence_list);
static const bad_value lower_list[] = {
    {NAN, QC_ERR_NOT_FINITE}, {1, QC_ERR_DOMAIN}, {INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_below_1 = BAD_VALUES(lower_list);
static const bad_value upper_list[] = {
    {NAN, QC_ERR_NOT_FINITE}, {0, QC_ERR_DOMAIN}, {-INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_above_0 = BAD_VALUES(upper_list);
static const bad_value share_list[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE},
                                       {-0.5, QC_ERR_DOMAIN},
                                       {1.5, QC_ERR_DOMAIN}};
static const bad_values must_be_shares = BAD_VALUES(share_list);
static const bad_value trials_list[] = {{NAN, QC_ERR_NOT_FINITE},
                                        {INFINITY, QC_ERR_NOT_FINITE},
                                        {-1, QC_ERR_DOMAIN},
                                        {2.5, QC_ERR_DOMAIN}};
static const bad_values must_be_trials = BAD_VALUES(trials_list);

static const field fields[] = {
    {"direction", offsetof(qc_isotonic_centered_options, direction), TYPE_I32, &must_be_0_or_1},
    {"ties", offsetof(qc_isotonic_centered_options, ties), TYPE_I32, &must_be_0_to_2},
    {"interval", offsetof(qc_isotonic_centered_options, interval), TYPE_I32, &must_be_0_to_2},
    {"reserved", offsetof(qc_isotonic_centered_options, reserved), TYPE_I32, &must_be_zero},
    {"confidence", offsetof(qc_isotonic_centered_options, confidence), TYPE_F64, &must_be_level},
    {"range_lower", offsetof(qc_isotonic_centered_options, range_lower), TYPE_F64,
     &must_be_below_1},
    {"range_upper", offsetof(qc_isotonic_centered_options, range_upper), TYPE_F64,
     &must_be_above_0},
};

/* Whole numbers of trials. */
static void fill_trials(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_element(memory, self->type, i, (double)(i % 5 + 1));
    }
}

static void build(call *c, element_type type, size_t n, int32_t interval) {
    const qc_isotonic_centered_options given = {
        .struct_size = sizeof given, .interval = interval, .confidence = 0.9, .range_upper = 1};
    input(c, "x", type, n, -1, 1)->bad = &must_be_finite;
    input(c, "y", type, n, 0, 1)->bad = &must_be_shares;
    argument *weights = input(c, "weights", type, n, 0, 0);
    weights->bad = &must_be_trials;
    weights->fill = fill_trials;
    weights->optional = true;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_isotonic_centered_options, progress))
        ->optional = true;
    output(c, "fitted", type, n);
    output(c, "lower", type, n)->optional = true;
    output(c, "upper", type, n)->optional = true;
    output(c, "knots", type, n + 1);
    output(c, "values", type, n + 1);
    output(c, "knot_weights", type, n + 1)->optional = true;
    output(c, "knot_lower", type, n + 1)->optional = true;
    output(c, "knot_upper", type, n + 1)->optional = true;
    output(c, "knot_count", TYPE_SIZE, 1);
}

static void build_morris(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_CENTERED_INTERVAL_MORRIS);
}

static void build_wilson(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_CENTERED_INTERVAL_WILSON);
}

const row isotonic_centered_rows[] = {
    {"qc_isotonic_centered_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_isotonic_centered_f64", "morris", centered_f64, build_morris, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_centered_f64", "wilson", centered_f64, build_wilson, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_centered_f32", "morris", centered_f32, build_morris, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_centered_f32", "wilson", centered_f32, build_wilson, TYPE_F32, MUCH_WORK},
    {0},
};
