/*
 * Family `isotonic`: isotonic distributional regression.
 */
#include "families.h"

QCR_STORED_KIND(qc_isotonic_distribution, qc_isotonic_distribution_destroy,
                qc_isotonic_distribution_serialize, qc_isotonic_distribution_deserialize);

static const qc_isotonic_distribution *object(SEXP distribution) {
    return qcr_object(distribution, &kind, "object");
}

SEXP qcr_isotonic_distribution_create(SEXP x, SEXP y, SEXP weights, SEXP events, SEXP direction) {
    const qcr_matrix rows = qcr_rows(x);
    const size_t n = rows.rows;
    const double *outcomes = qcr_points(y, n, "y");
    const double *weights_or_null = qcr_weights(weights, n);
    const uint8_t *events_or_null = qcr_events(events, n, "events");
    qcr_interrupt interrupt;
    qc_isotonic_distribution_options options;
    qcr_check(qc_isotonic_distribution_options_init(&options, sizeof options));
    options.direction = qcr_int(direction, "direction");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qc_isotonic_distribution *made = NULL;
    const qc_status status = qc_isotonic_distribution_create_f64(
        rows.values, n, rows.columns, outcomes, weights_or_null, events_or_null, &options, &made);
    qcr_check_interruptible(status, &interrupt);
    qcr_own(handle, made);
    UNPROTECT(2);
    return handle;
}

SEXP qcr_isotonic_distribution_serialize(SEXP distribution) {
    return qcr_serialize(distribution, &kind, "object");
}

SEXP qcr_isotonic_distribution_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }

/* Whether the pointer has an object: one that was loaded with a saved session has none. */
SEXP qcr_isotonic_distribution_is_here(SEXP distribution) {
    return Rf_ScalarLogical(TYPEOF(distribution) == EXTPTRSXP &&
                            R_ExternalPtrAddr(distribution) != NULL);
}

SEXP qcr_isotonic_distribution_dimensions(SEXP distribution) {
    size_t count = 0;
    qcr_check(qc_isotonic_distribution_dimensions(object(distribution), &count));
    return Rf_ScalarInteger((int)count);
}

SEXP qcr_isotonic_distribution_thresholds(SEXP distribution) {
    const qc_isotonic_distribution *asked = object(distribution);
    size_t count = 0;
    qcr_check(qc_isotonic_distribution_thresholds_f64(asked, NULL, 0, &count));
    SEXP thresholds = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)count));
    qcr_check(qc_isotonic_distribution_thresholds_f64(asked, REAL(thresholds), count, NULL));
    UNPROTECT(1);
    return thresholds;
}

typedef qc_status (*question)(const qc_isotonic_distribution *distribution, const double *queries,
                              size_t m, const double *columns, size_t k, double *answers);

/* A matrix with a row for each query and a column for each threshold or level. */
static SEXP ask(SEXP distribution, SEXP queries, SEXP columns, question call) {
    const qc_isotonic_distribution *asked = object(distribution);
    const qcr_matrix rows = qcr_rows(queries);
    const size_t m = rows.rows;
    const size_t k = (size_t)XLENGTH(columns);
    if (m > INT32_MAX || k > INT32_MAX) {
        qcr_refuse(QC_ERR_SIZE, "an R matrix has at most 2^31 - 1 rows and columns");
    }
    SEXP answers = PROTECT(Rf_allocMatrix(REALSXP, (int)m, (int)k));
    double *by_rows = (double *)R_alloc(m * k, sizeof(double));
    qcr_check(call(asked, rows.values, m, qcr_doubles(columns), k, by_rows));
    qcr_transpose_f64(by_rows, k, m, REAL(answers));
    UNPROTECT(1);
    return answers;
}

SEXP qcr_isotonic_distribution_cdf(SEXP distribution, SEXP queries, SEXP thresholds) {
    return ask(distribution, queries, thresholds, qc_isotonic_distribution_cdf_f64);
}

SEXP qcr_isotonic_distribution_quantile(SEXP distribution, SEXP queries, SEXP levels) {
    return ask(distribution, queries, levels, qc_isotonic_distribution_quantile_f64);
}

SEXP qcr_isotonic_distribution_crps(SEXP distribution, SEXP queries, SEXP y) {
    const qc_isotonic_distribution *asked = object(distribution);
    const qcr_matrix rows = qcr_rows(queries);
    const size_t m = rows.rows;
    const double *outcomes = qcr_points(y, m, "y");
    SEXP scores = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)m));
    qcr_check(qc_isotonic_distribution_crps_f64(asked, rows.values, outcomes, m, REAL(scores)));
    UNPROTECT(1);
    return scores;
}

SEXP qcr_isotonic_distribution_pit(SEXP distribution, SEXP queries, SEXP y, SEXP seed) {
    const qc_isotonic_distribution *asked = object(distribution);
    const qcr_matrix rows = qcr_rows(queries);
    const size_t m = rows.rows;
    const double *outcomes = qcr_points(y, m, "y");
    const uint64_t number = (uint64_t)qcr_size(seed, "seed");
    SEXP lower = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)m));
    SEXP upper = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)m));
    SEXP pit = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)m));
    qcr_check(qc_isotonic_distribution_pit_f64(asked, rows.values, outcomes, m, number, REAL(lower),
                                               REAL(upper), REAL(pit)));
    const char *const names[] = {"lower", "upper", "pit", NULL};
    const SEXP values[] = {lower, upper, pit};
    SEXP result = qcr_list(names, values);
    UNPROTECT(3);
    return result;
}
