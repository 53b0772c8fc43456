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

static const field fields[] = {
    {"direction", offsetof(qc_isotonic_regression_options, direction), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_isotonic_regression_options, reserved), TYPE_I32, &must_be_zero},
};

static void build(call *c, element_type type, size_t n, int32_t direction) {
    const qc_isotonic_regression_options given = {.struct_size = sizeof given,
                                                  .direction = direction};
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
    build(c, type, rows * columns, QC_ISOTONIC_INCREASING);
}

static void build_decreasing(call *c, element_type type, size_t rows, size_t columns) {
    build(c, type, rows * columns, QC_ISOTONIC_DECREASING);
}

const row isotonic_regression_rows[] = {
    {"qc_isotonic_regression_options_init", "", options_init, build_options_init, TYPE_NONE},
    {"qc_isotonic_regression_f64", "increasing", regression_f64, build_increasing, TYPE_F64},
    {"qc_isotonic_regression_f64", "decreasing", regression_f64, build_decreasing, TYPE_F64},
    {"qc_isotonic_regression_f32", "increasing", regression_f32, build_increasing, TYPE_F32},
    {"qc_isotonic_regression_f32", "decreasing", regression_f32, build_decreasing, TYPE_F32},
    {0},
};
