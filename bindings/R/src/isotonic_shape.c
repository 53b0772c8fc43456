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

    SEXP x = PROTECT(qcr_new_doubles(n));
    size_t found = 0;
    const qc_status status = qc_isotonic_unimodal_f64(qcr_doubles(y), weights_or_null, n, &options,
                                                      qcr_output(x), &found);
    qcr_check_interruptible(status, &interrupt);

    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "x", x);
    qcr_put(list, "mode", qcr_sizes(&found, n == 0 ? 0 : 1, 1));
    UNPROTECT(3);
    return list;
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

    SEXP fitted = PROTECT(qcr_new_doubles(n));
    double *knots = (double *)R_alloc(n, sizeof(double));
    double *knot_values = (double *)R_alloc(n, sizeof(double));
    size_t count = 0;
    const qc_status status = qc_isotonic_convex_f64(
        qcr_doubles(x), qcr_doubles(y), weights_or_null, n, &options, qcr_output(fitted),
        n == 0 ? NULL : knots, n == 0 ? NULL : knot_values, &count);
    qcr_check_interruptible(status, &interrupt);

    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "fitted", fitted);
    qcr_put(list, "knots", qcr_doubles_of(knots, count));
    qcr_put(list, "values", qcr_doubles_of(knot_values, count));
    UNPROTECT(3);
    return list;
}
