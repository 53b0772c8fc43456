#include "vectors.h"

static const char *const shapes[] = {"peak", "valley", NULL};
static const char *const curvatures[] = {"convex", "concave", NULL};
static const char *const monotonicities[] = {"increasing", "decreasing", "any", NULL};

static void unimodal_options_init(run *r) {
    qc_isotonic_unimodal_options options;
    if (returned(r, qc_isotonic_unimodal_options_init(&options, sizeof options))) {
        expect_choice(r, "shape", options.shape, shapes);
        if (options.mode != SIZE_MAX) {
            complain(r, "mode is not SIZE_MAX");
        }
    }
}

static void unimodal(run *r) {
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    qc_isotonic_unimodal_options options;
    qc_isotonic_unimodal_options_init(&options, sizeof options);
    options.shape = input_choice(r, "shape", options.shape, shapes);
    options.mode = input_size(r, "mode", options.mode);

    const array x = output_array(r, r->type, y.count);
    const array mode = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_unimodal_f32(y.data, weights.data, y.count, &options, x.data, mode.data)
            : qc_isotonic_unimodal_f64(y.data, weights.data, y.count, &options, x.data, mode.data);
    if (returned(r, status)) {
        expect_array(r, "x", x);
        expect_element(r, "mode", mode);
    }
}

static void convex_options_init(run *r) {
    qc_isotonic_convex_options options;
    if (returned(r, qc_isotonic_convex_options_init(&options, sizeof options))) {
        expect_choice(r, "curvature", options.curvature, curvatures);
        expect_choice(r, "monotonicity", options.monotonicity, monotonicities);
    }
}

static void convex(run *r) {
    const array x = input_vector(r, "x", r->type);
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    qc_isotonic_convex_options options;
    qc_isotonic_convex_options_init(&options, sizeof options);
    options.curvature = input_choice(r, "curvature", options.curvature, curvatures);
    options.monotonicity = input_choice(r, "monotonicity", options.monotonicity, monotonicities);

    const array fitted = output_array(r, r->type, x.count);
    array knots = output_array(r, r->type, x.count);
    array values = output_array(r, r->type, x.count);
    const array knot_count = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_convex_f32(x.data, y.data, weights.data, x.count, &options, fitted.data,
                                     knots.data, values.data, knot_count.data)
            : qc_isotonic_convex_f64(x.data, y.data, weights.data, x.count, &options, fitted.data,
                                     knots.data, values.data, knot_count.data);
    if (returned(r, status)) {
        knots.count = *(const size_t *)knot_count.data;
        values.count = knots.count;
        expect_array(r, "fitted", fitted);
        expect_array(r, "knots", knots);
        expect_array(r, "values", values);
    }
}

const adapter isotonic_shape_adapters[] = {
    {"qc_isotonic_unimodal_options_init", unimodal_options_init},
    {"qc_isotonic_unimodal", unimodal},
    {"qc_isotonic_convex_options_init", convex_options_init},
    {"qc_isotonic_convex", convex},
    {NULL, NULL},
};
