/*
 * Family `isotonic`: unimodal, convex and concave regression.
 */
#include "families.h"

/* `mode` counts from 1; NULL to search it. */
SEXP qcr_isotonic_unimodal(SEXP y, SEXP weights, SEXP shape, SEXP mode) {
    const size_t n = (size_t)XLENGTH(y);
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_unimodal_options options;
    qcr_check(qc_isotonic_unimodal_options_init(&options, sizeof options));
    options.shape = qcr_int(shape, "shape");
    if (!Rf_isNull(mode)) {
        const size_t place = qcr_size(mode, "mode");
        if (place < 1 || place > n) {
            qcr_refuse(QC_ERR_OPTIONS, "mode is %.0f; it must be 1 to %.0f", (double)place,
                       (double)n);
        }
        options.mode = place - 1;
    }
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP x = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    size_t found = 0;
    const qc_status status = qc_isotonic_unimodal_f64(qcr_doubles(y), weights_or_null, n, &options,
                                                      n == 0 ? NULL : REAL(x), &found);
    qcr_check_interruptible(status, &interrupt);

    SEXP place = PROTECT(qcr_sizes(&found, n == 0 ? 0 : 1, 1));
    const char *const names[] = {"x", "mode", NULL};
    const SEXP values[] = {x, place};
    SEXP result = qcr_list(names, values);
    UNPROTECT(3);
    return result;
}

static SEXP first(const double *values, size_t count) {
    SEXP result = Rf_allocVector(REALSXP, (R_xlen_t)count);
    for (size_t i = 0; i < count; i++) {
        REAL(result)[i] = values[i];
    }
    return result;
}

SEXP qcr_isotonic_convex(SEXP x, SEXP y, SEXP weights, SEXP curvature, SEXP monotonicity) {
    const size_t n = (size_t)XLENGTH(x);
    if ((size_t)XLENGTH(y) != n) {
        qcr_refuse(QC_ERR_SIZE, "y has length %.0f; expected %.0f, one for each predictor",
                   (double)XLENGTH(y), (double)n);
    }
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_convex_options options;
    qcr_check(qc_isotonic_convex_options_init(&options, sizeof options));
    options.curvature = qcr_int(curvature, "curvature");
    options.monotonicity = qcr_int(monotonicity, "monotonicity");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP fitted = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    double *knots = (double *)R_alloc(n, sizeof(double));
    double *knot_values = (double *)R_alloc(n, sizeof(double));
    size_t count = 0;
    const qc_status status = qc_isotonic_convex_f64(
        qcr_doubles(x), qcr_doubles(y), weights_or_null, n, &options, n == 0 ? NULL : REAL(fitted),
        n == 0 ? NULL : knots, n == 0 ? NULL : knot_values, &count);
    qcr_check_interruptible(status, &interrupt);

    SEXP places = PROTECT(first(knots, count));
    SEXP heights = PROTECT(first(knot_values, count));
    const char *const names[] = {"fitted", "knots", "values", NULL};
    const SEXP values[] = {fitted, places, heights};
    SEXP result = qcr_list(names, values);
    UNPROTECT(4);
    return result;
}
