/*
 * Family `isotonic`: a fit that can be asked at new predictors.
 */
#include "families.h"

static SEXP decision(const qc_isotonic_direction_result *result) {
    const double interval[] = {result->interval_lower, result->interval_upper};
    SEXP list = PROTECT(qcr_new_list(4));
    qcr_put(list, "increasing", Rf_ScalarLogical(result->direction == QC_ISOTONIC_INCREASING));
    qcr_put(list, "ambiguous", Rf_ScalarLogical(result->is_ambiguous));
    qcr_put(list, "correlation", Rf_ScalarReal(result->correlation));
    qcr_put(list, "interval", qcr_doubles_of(interval, 2));
    UNPROTECT(1);
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

SEXP qcr_isotonic_fit(SEXP x, SEXP y, SEXP weights, SEXP settings) {
    const size_t n = same_length(x, y, "y");
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    qc_isotonic_regression_options options = qcr_regression_options(settings);
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    SEXP fitted = PROTECT(qcr_new_doubles(n));
    double *knots = (double *)R_alloc(n, sizeof(double));
    double *values = (double *)R_alloc(n, sizeof(double));
    size_t count = 0;
    qc_isotonic_direction_result result = {.struct_size = sizeof result};
    const qc_status status =
        qc_isotonic_fit_f64(qcr_doubles(x), qcr_doubles(y), weights_or_null, n, &options,
                            qcr_output(fitted), knots, values, &count, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(4));
    qcr_put(list, "knots", qcr_doubles_of(knots, count));
    qcr_put(list, "values", qcr_doubles_of(values, count));
    qcr_put(list, "fitted", fitted);
    qcr_put(list, "direction", decision(&result));
    UNPROTECT(3);
    return list;
}

SEXP qcr_isotonic_predict(SEXP knots, SEXP values, SEXP queries, SEXP interpolation, SEXP outside) {
    const size_t knot_count = same_length(knots, values, "values");
    qc_isotonic_predict_options options;
    qcr_check(qc_isotonic_predict_options_init(&options, sizeof options));
    options.interpolation = qcr_int(interpolation, "interpolation");
    options.outside = qcr_int(outside, "outside");
    const size_t n = (size_t)XLENGTH(queries);
    SEXP predictions = PROTECT(qcr_new_doubles(n));
    qcr_check(qc_isotonic_predict_f64(qcr_doubles(knots), qcr_doubles(values), knot_count,
                                      qcr_doubles(queries), n, &options, qcr_output(predictions)));
    UNPROTECT(1);
    return predictions;
}
