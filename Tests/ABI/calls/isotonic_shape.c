#include "calls.h"

/* -- Unimodal ---------------------------------------------------------------- */

static qc_status unimodal_options_init(const value *v) {
    return qc_isotonic_unimodal_options_init(v[0].pointer, v[1].size);
}

static void build_unimodal_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_unimodal_options));
}

static qc_status unimodal_f64(const value *v) {
    return qc_isotonic_unimodal_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                    v[4].pointer, v[5].pointer);
}

static qc_status unimodal_f32(const value *v) {
    return qc_isotonic_unimodal_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                    v[4].pointer, v[5].pointer);
}

static const bad_value modes_list[] = {{1e9, QC_ERR_OPTIONS}, {1e18, QC_ERR_OPTIONS}};
static const bad_values modes = BAD_VALUES(modes_list);

static const field unimodal_fields[] = {
    {"shape", offsetof(qc_isotonic_unimodal_options, shape), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_isotonic_unimodal_options, reserved), TYPE_I32, &must_be_zero},
    {"mode", offsetof(qc_isotonic_unimodal_options, mode), TYPE_SIZE, &modes},
};

static void build_unimodal(call *c, element_type type, size_t n, int32_t shape, size_t mode) {
    const qc_isotonic_unimodal_options given = {
        .struct_size = sizeof given, .shape = shape, .mode = n == 0 ? SIZE_MAX : mode};
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, n == 0 || mode == SIZE_MAX ? QC_OK : QC_ERR_OPTIONS);
    options(c, &given, sizeof given, unimodal_fields,
            sizeof unimodal_fields / sizeof unimodal_fields[0],
            offsetof(qc_isotonic_unimodal_options, progress))
        ->optional = true;
    output(c, "x", type, n)->in_place = "y";
    output(c, "mode", TYPE_SIZE, 1)->optional = true;
}

static void build_peak(call *c, element_type type, size_t rows, size_t columns) {
    build_unimodal(c, type, rows * columns, QC_ISOTONIC_PEAK, SIZE_MAX);
}

static void build_valley(call *c, element_type type, size_t rows, size_t columns) {
    build_unimodal(c, type, rows * columns, QC_ISOTONIC_VALLEY, SIZE_MAX);
}

static void build_mode(call *c, element_type type, size_t rows, size_t columns) {
    build_unimodal(c, type, rows * columns, QC_ISOTONIC_PEAK, rows * columns / 2);
}

/* -- Convex ------------------------------------------------------------------ */

static qc_status convex_options_init(const value *v) {
    return qc_isotonic_convex_options_init(v[0].pointer, v[1].size);
}

static void build_convex_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_convex_options));
}

static qc_status convex_f64(const value *v) {
    return qc_isotonic_convex_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].pointer,
                                  v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer);
}

static qc_status convex_f32(const value *v) {
    return qc_isotonic_convex_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].pointer,
                                  v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer);
}

static const field convex_fields[] = {
    {"curvature", offsetof(qc_isotonic_convex_options, curvature), TYPE_I32, &must_be_0_or_1},
    {"monotonicity", offsetof(qc_isotonic_convex_options, monotonicity), TYPE_I32, &must_be_0_to_2},
};

static void build_convex(call *c, element_type type, size_t n, int32_t curvature,
                         int32_t monotonicity) {
    const qc_isotonic_convex_options given = {
        .struct_size = sizeof given, .curvature = curvature, .monotonicity = monotonicity};
    input(c, "x", type, n, -1, 1)->bad = &must_be_finite;
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, convex_fields, sizeof convex_fields / sizeof convex_fields[0],
            offsetof(qc_isotonic_convex_options, progress))
        ->optional = true;
    argument *fitted = output(c, "fitted", type, n);
    fitted->in_place = "y";
    fitted->optional = true;
    output(c, "knots", type, n)->optional = true;
    output(c, "values", type, n)->optional = true;
    output(c, "knot_count", TYPE_SIZE, 1)->optional = true;
}

static void build_convex_any(call *c, element_type type, size_t rows, size_t columns) {
    build_convex(c, type, rows * columns, QC_ISOTONIC_CONVEX, QC_ISOTONIC_ANY);
}

static void build_concave_increasing(call *c, element_type type, size_t rows, size_t columns) {
    build_convex(c, type, rows * columns, QC_ISOTONIC_CONCAVE, QC_ISOTONIC_INCREASING);
}

const row isotonic_shape_rows[] = {
    {"qc_isotonic_unimodal_options_init", "", unimodal_options_init, build_unimodal_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_unimodal_f64", "peak", unimodal_f64, build_peak, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_unimodal_f64", "valley", unimodal_f64, build_valley, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_unimodal_f64", "mode given", unimodal_f64, build_mode, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_unimodal_f32", "peak", unimodal_f32, build_peak, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_convex_options_init", "", convex_options_init, build_convex_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_convex_f64", "convex", convex_f64, build_convex_any, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_convex_f64", "concave, increasing", convex_f64, build_concave_increasing,
     TYPE_F64, MUCH_WORK},
    {"qc_isotonic_convex_f32", "convex", convex_f32, build_convex_any, TYPE_F32, MUCH_WORK},
    {0},
};
