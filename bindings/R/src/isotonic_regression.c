/*
 * Family `isotonic`: regression of a sequence.
 */
#include "families.h"

qc_isotonic_regression_options qcr_regression_options(SEXP settings) {
    qc_isotonic_regression_options options;
    qcr_check(qc_isotonic_regression_options_init(&options, sizeof options));
    const double *given = REAL(settings);
    options.direction = (int32_t)given[0];
    options.loss = (int32_t)given[1];
    options.solution = (int32_t)given[2];
    options.ties = (int32_t)given[3];
    options.level = given[4];
    options.huber_threshold = given[5];
    options.power = given[6];
    options.lower_bound = given[7];
    options.upper_bound = given[8];
    options.minimum_gap = given[9];
    options.tie_tolerance = given[10];
    return options;
}

SEXP qcr_isotonic_regression(SEXP y, SEXP weights, SEXP settings) {
    const size_t n = (size_t)XLENGTH(y);
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_regression_options options = qcr_regression_options(settings);
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP x = PROTECT(qcr_new_doubles(n));
    double *block_weights = (double *)R_alloc(n, sizeof(double));
    size_t *blocks = (size_t *)R_alloc(n + 1, sizeof(size_t));
    size_t count = 0;
    const qc_status status = qc_isotonic_regression_f64(
        qcr_doubles(y), weights_or_null, n, &options, qcr_output(x), block_weights, blocks, &count);
    qcr_check_interruptible(status, &interrupt);

    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "x", x);
    qcr_put(list, "weights", qcr_doubles_of(block_weights, count));
    qcr_put(list, "blocks", qcr_sizes(blocks, count + 1, 1));
    UNPROTECT(3);
    return list;
}
