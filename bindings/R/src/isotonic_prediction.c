/*
 * Family `isotonic`: a fit that can be asked at new predictors.
 */
#include "families.h"

static SEXP decision(const qc_isotonic_direction_result *result) {
    SEXP increasing = PROTECT(Rf_ScalarLogical(result->direction == QC_ISOTONIC_INCREASING));
    SEXP ambiguous = PROTECT(Rf_ScalarLogical(result->is_ambiguous));
    SEXP correlation = PROTECT(Rf_ScalarReal(result->correlation));
    SEXP interval = PROTECT(Rf_allocVector(REALSXP, 2));
    REAL(interval)[0] = result->interval_lower;
    REAL(interval)[1] = result->interval_upper;
    const char *const names[] = {"increasing", "ambiguous", "correlation", "interval", NULL};
    const SEXP values[] = {increasing, ambiguous, correlation, interval};
    SEXP list = qcr_list(names, values);
    UNPROTECT(4);
    return list;
}

static size_t same_length(SEXP one, SEXP other, const char *name) {
    if (XLENGTH(one) != XLENGTH(other)) {
        qcr_refuse(QC_ERR_SIZE, "%s has %.0f elements; %.0f are needed", name,
                   (double)XLENGTH(other), (double)XLENGTH(one));
    }
    return (size_t)XLENGTH(one);
}

SEXP qcr_isotonic_direction(SEXP x, SEXP y) {
    const size_t n = same_length(x, y, "y");
    qc_isotonic_direction_result result = {.struct_size = sizeof result};
    qcr_check(qc_isotonic_direction_f64(qcr_doubles(x), qcr_doubles(y), n, &result));
    return decision(&result);
}

static SEXP first(const double *values, size_t count) {
    SEXP vector = Rf_allocVector(REALSXP, (R_xlen_t)count);
    for (size_t i = 0; i < count; i++) {
        REAL(vector)[i] = values[i];
    }
    return vector;
}

SEXP qcr_isotonic_fit(SEXP x, SEXP y, SEXP weights, SEXP settings) {
    const size_t n = same_length(x, y, "y");
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_regression_options options = qcr_regression_options(settings);
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP fitted = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    double *knots = (double *)R_alloc(n, sizeof(double));
    double *values = (double *)R_alloc(n, sizeof(double));
    size_t count = 0;
    qc_isotonic_direction_result result = {.struct_size = sizeof result};
    const qc_status status =
        qc_isotonic_fit_f64(qcr_doubles(x), qcr_doubles(y), weights_or_null, n, &options,
                            n == 0 ? NULL : REAL(fitted), knots, values, &count, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP used_knots = PROTECT(first(knots, count));
    SEXP used_values = PROTECT(first(values, count));
    SEXP direction = PROTECT(decision(&result));
    const char *const names[] = {"knots", "values", "fitted", "direction", NULL};
    const SEXP parts[] = {used_knots, used_values, fitted, direction};
    SEXP list = qcr_list(names, parts);
    UNPROTECT(5);
    return list;
}

SEXP qcr_isotonic_predict(SEXP knots, SEXP values, SEXP queries, SEXP interpolation, SEXP outside) {
    const size_t knot_count = same_length(knots, values, "values");
    qc_isotonic_predict_options options;
    qcr_check(qc_isotonic_predict_options_init(&options, sizeof options));
    options.interpolation = qcr_int(interpolation, "interpolation");
    options.outside = qcr_int(outside, "outside");
    const size_t n = (size_t)XLENGTH(queries);
    SEXP predictions = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    qcr_check(qc_isotonic_predict_f64(qcr_doubles(knots), qcr_doubles(values), knot_count,
                                      qcr_doubles(queries), n, &options,
                                      n == 0 ? NULL : REAL(predictions)));
    UNPROTECT(1);
    return predictions;
}
