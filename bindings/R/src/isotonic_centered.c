/*
 * Family `isotonic`: centered isotonic regression.
 */
#include "families.h"

enum {
    AT_POINTS = 3,
    OUTPUTS = 8
};

/* `settings`: direction, ties, interval; confidence, range_lower, range_upper. */
SEXP qcr_isotonic_centered(SEXP x, SEXP y, SEXP weights, SEXP settings) {
    const size_t n = (size_t)XLENGTH(x);
    if ((size_t)XLENGTH(y) != n) {
        qcr_refuse(QC_ERR_SIZE, "y has %.0f elements; %.0f are needed", (double)XLENGTH(y),
                   (double)n);
    }
    const double *weights_or_null = qcr_weights(weights, n);
    const double *given = REAL_RO(settings);
    qcr_interrupt interrupt;
    qc_isotonic_centered_options options;
    qcr_check(qc_isotonic_centered_options_init(&options, sizeof options));
    options.direction = (int32_t)given[0];
    options.ties = (int32_t)given[1];
    options.interval = (int32_t)given[2];
    options.confidence = given[3];
    options.range_lower = given[4];
    options.range_upper = given[5];
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    const char *const names[OUTPUTS] = {"fitted", "lower",        "upper",      "knots",
                                        "values", "knot_weights", "knot_lower", "knot_upper"};
    const int is_bound[OUTPUTS] = {0, 1, 1, 0, 0, 0, 1, 1};
    double *out[OUTPUTS] = {NULL};
    for (int i = 0; i < OUTPUTS; i++) {
        if (!is_bound[i] || options.interval != QC_ISOTONIC_CENTERED_INTERVAL_NONE) {
            out[i] = (double *)R_alloc(n + 1, sizeof(double));
        }
    }
    size_t count = 0;
    const qc_status status = qc_isotonic_centered_f64(
        qcr_doubles(x), qcr_doubles(y), weights_or_null, n, &options, out[0], out[1], out[2],
        out[3], out[4], out[5], out[6], out[7], &count);
    qcr_check_interruptible(status, &interrupt);

    SEXP list = PROTECT(qcr_new_list(OUTPUTS));
    for (int i = 0; i < OUTPUTS; i++) {
        const size_t length = i < AT_POINTS ? n : count;
        qcr_put(list, names[i], out[i] == NULL ? R_NilValue : qcr_doubles_of(out[i], length));
    }
    UNPROTECT(2);
    return list;
}
