#include <math.h>
#include <string.h>

#include "calls.h"

static qc_status options_init(const value *v) {
    return qc_isotonic_nearly_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_nearly_options));
}

/* -- The handle ------------------------------------------------------------------ */

static void *make_path(size_t n) {
    qc_isotonic_nearly *path = NULL;
    double *y = exact_allocator.get(n * sizeof *y);
    for (size_t i = 0; i < n; i++) {
        y[i] = (double)(i % 7) - (double)(i % 5);
    }
    qc_isotonic_nearly_create_f64(y, NULL, n, NULL, &path);
    exact_allocator.release(y, n * sizeof *y);
    return path;
}

static void destroy_path(void *path) { qc_isotonic_nearly_destroy(path); }

/* Its degrees of freedom at the start, and its breakpoints. */
static size_t look_at_path(const void *path, unsigned char *seen, size_t capacity) {
    size_t degrees_of_freedom = 0;
    size_t count = 0;
    qc_isotonic_nearly_fit_f64(path, 0, NULL, 0, &degrees_of_freedom);
    qc_isotonic_nearly_breakpoints(path, NULL, 0, &count);
    const size_t bytes = sizeof degrees_of_freedom + count * sizeof(double);
    if (capacity >= bytes) {
        double *lambdas = exact_allocator.get(count * sizeof *lambdas);
        qc_isotonic_nearly_breakpoints(path, lambdas, count, &count);
        memcpy(seen, &degrees_of_freedom, sizeof degrees_of_freedom);
        memcpy(seen + sizeof degrees_of_freedom, lambdas, count * sizeof *lambdas);
        exact_allocator.release(lambdas, count * sizeof *lambdas);
    }
    return bytes;
}

static const handle_kind path_kind = {make_path, destroy_path, look_at_path};

/* -- Making and destroying one --------------------------------------------------- */

static qc_status create_f64(const value *v) {
    return qc_isotonic_nearly_create_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                         v[4].pointer);
}

static qc_status create_f32(const value *v) {
    return qc_isotonic_nearly_create_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                         v[4].pointer);
}

static const field fields[] = {
    {"direction", offsetof(qc_isotonic_nearly_options, direction), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_isotonic_nearly_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_create(call *c, element_type type, size_t n, int32_t direction) {
    const qc_isotonic_nearly_options given = {.struct_size = sizeof given, .direction = direction};
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_OK);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_isotonic_nearly_options, progress))
        ->optional = true;
    new_handle(c, "path", &path_kind);
}

static void build_increasing(call *c, element_type type, size_t rows, size_t columns) {
    build_create(c, type, rows * columns, QC_ISOTONIC_INCREASING);
}

static void build_decreasing(call *c, element_type type, size_t rows, size_t columns) {
    build_create(c, type, rows * columns, QC_ISOTONIC_DECREASING);
}

static qc_status destroy(const value *v) {
    qc_isotonic_nearly_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *path = handle(c, "path", &path_kind, rows * columns);
    path->is_destroyed = true;
    path->optional = true;
}

/* -- Asking it ------------------------------------------------------------------- */

static qc_status breakpoints(const value *v) {
    return qc_isotonic_nearly_breakpoints(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_breakpoints(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    (void)type;
    handle(c, "path", &path_kind, n);
    output(c, "lambdas", TYPE_F64, n)->optional = true;
    length(c, "capacity", n, n < 8 ? QC_OK : QC_ERR_SIZE); /* where y falls first */
    output(c, "count", TYPE_SIZE, 1);
}

static qc_status fit_f64(const value *v) {
    return qc_isotonic_nearly_fit_f64(v[0].pointer, v[1].number, v[2].pointer, v[3].size,
                                      v[4].pointer);
}

static qc_status fit_f32(const value *v) {
    return qc_isotonic_nearly_fit_f32(v[0].pointer, v[1].number, v[2].pointer, v[3].size,
                                      v[4].pointer);
}

static const bad_value lambda_list[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-0.5, QC_ERR_DOMAIN}, {-INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_lambda = BAD_VALUES(lambda_list);

static void build_fit(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    handle(c, "path", &path_kind, n);
    number(c, "lambda", 0.75, &must_be_lambda);
    output(c, "x", type, n)->optional = true;
    length(c, "n", n, n == 0 ? QC_OK : QC_ERR_SIZE);
    output(c, "degrees_of_freedom", TYPE_SIZE, 1)->optional = true;
}

const row isotonic_nearly_rows[] = {
    {"qc_isotonic_nearly_options_init", "", options_init, build_options_init, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_nearly_create_f64", "increasing", create_f64, build_increasing, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_nearly_create_f64", "decreasing", create_f64, build_decreasing, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_nearly_create_f32", "increasing", create_f32, build_increasing, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_nearly_create_f32", "decreasing", create_f32, build_decreasing, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_nearly_breakpoints", "", breakpoints, build_breakpoints, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_nearly_fit_f64", "", fit_f64, build_fit, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_nearly_fit_f32", "", fit_f32, build_fit, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_nearly_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {0},
};
