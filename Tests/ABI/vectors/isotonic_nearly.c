#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", NULL};

static void options_init(run *r) {
    qc_isotonic_nearly_options options;
    if (returned(r, qc_isotonic_nearly_options_init(&options, sizeof options))) {
        expect_choice(r, "direction", options.direction, directions);
    }
}

/* The path of the run's points. */
static qc_status make_path(run *r, qc_isotonic_nearly **path) {
    const array y = input_vector(r, "y", r->type == TYPE_F32 ? TYPE_F32 : TYPE_F64);
    const array weights = input_vector(r, "weights", y.type);
    qc_isotonic_nearly_options options;
    qc_isotonic_nearly_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", options.direction, directions);
    return y.type == TYPE_F32
               ? qc_isotonic_nearly_create_f32(y.data, weights.data, y.count, &options, path)
               : qc_isotonic_nearly_create_f64(y.data, weights.data, y.count, &options, path);
}

static void breakpoints(run *r) {
    qc_isotonic_nearly *path = NULL;
    size_t count = 0;
    if (!returned(r, make_path(r, &path))) {
        return;
    }
    if (returned(r, qc_isotonic_nearly_breakpoints(path, NULL, 0, &count))) {
        const array lambdas = output_array(r, TYPE_F64, count);
        if (returned(r, qc_isotonic_nearly_breakpoints(path, lambdas.data, count, &count))) {
            expect_array(r, "lambdas", lambdas);
            expect_size(r, "count", count);
        }
    }
    qc_isotonic_nearly_destroy(path);
}

static void fit(run *r) {
    const size_t n = input_vector(r, "y", r->type).count;
    const double lambda = input_double(r, "lambda", 0);
    const array x = output_array(r, r->type, n);
    const array degrees_of_freedom = output_array(r, TYPE_SIZE, 1);
    qc_isotonic_nearly *path = NULL;
    qc_status status = make_path(r, &path);
    if (status == QC_OK) {
        status = r->type == TYPE_F32
                     ? qc_isotonic_nearly_fit_f32(path, lambda, x.data, n, degrees_of_freedom.data)
                     : qc_isotonic_nearly_fit_f64(path, lambda, x.data, n, degrees_of_freedom.data);
    }
    if (returned(r, status)) {
        expect_array(r, "x", x);
        expect_element(r, "degrees_of_freedom", degrees_of_freedom);
    }
    qc_isotonic_nearly_destroy(path);
}

static void destroy(run *r) {
    qc_isotonic_nearly *path = NULL;
    qc_isotonic_nearly_destroy(path);
    if (returned(r, make_path(r, &path))) {
        qc_isotonic_nearly_destroy(path);
    }
}

const adapter isotonic_nearly_adapters[] = {
    {"qc_isotonic_nearly_options_init", options_init}, {"qc_isotonic_nearly_create", breakpoints},
    {"qc_isotonic_nearly_breakpoints", breakpoints},   {"qc_isotonic_nearly_fit", fit},
    {"qc_isotonic_nearly_destroy", destroy},           {NULL, NULL},
};
