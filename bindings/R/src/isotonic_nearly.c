/*
 * Family `isotonic`: nearly-isotonic paths.
 */
#include "families.h"

static void destroy(void *path) { qc_isotonic_nearly_destroy(path); }

static const qcr_handle_kind path_kind = {.name = "qc_isotonic_nearly", .destroy = destroy};

SEXP qcr_isotonic_nearly_create(SEXP y, SEXP weights, SEXP direction) {
    const size_t n = (size_t)XLENGTH(y);
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_nearly_options options;
    qcr_check(qc_isotonic_nearly_options_init(&options, sizeof options));
    options.direction = qcr_int(direction, "direction");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP handle = PROTECT(qcr_new_handle(&path_kind));
    qc_isotonic_nearly *path = NULL;
    const qc_status status =
        qc_isotonic_nearly_create_f64(qcr_doubles(y), weights_or_null, n, &options, &path);
    qcr_check_interruptible(status, &interrupt);
    qcr_own(handle, path);
    UNPROTECT(2);
    return handle;
}

SEXP qcr_isotonic_nearly_breakpoints(SEXP path) {
    const qc_isotonic_nearly *object = qcr_object(path, &path_kind, "path");
    size_t count = 0;
    qcr_check(qc_isotonic_nearly_breakpoints(object, NULL, 0, &count));
    SEXP lambdas = PROTECT(qcr_new_doubles(count));
    qcr_check(qc_isotonic_nearly_breakpoints(object, REAL(lambdas), count, &count));
    UNPROTECT(1);
    return lambdas;
}

/* A column of `n` values for each lambda, and the degrees of freedom; only these if n is negative. */
SEXP qcr_isotonic_nearly_fit(SEXP path, SEXP n, SEXP lambda) {
    const qc_isotonic_nearly *object = qcr_object(path, &path_kind, "path");
    const int with_values = qcr_double(n, "n") >= 0;
    const size_t points = with_values ? qcr_extent(n, "n") : 0;
    const size_t count = (size_t)XLENGTH(lambda);
    SEXP x = PROTECT(Rf_allocMatrix(REALSXP, (int)points, (int)count));
    size_t *degrees = (size_t *)R_alloc(count, sizeof(size_t));
    for (size_t i = 0; i < count; i++) {
        qcr_check(qc_isotonic_nearly_fit_f64(object, REAL_RO(lambda)[i],
                                             with_values ? REAL(x) + i * points : NULL, points,
                                             &degrees[i]));
    }
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "x", x);
    qcr_put(list, "degrees_of_freedom", qcr_sizes(degrees, count, 0));
    UNPROTECT(2);
    return list;
}
