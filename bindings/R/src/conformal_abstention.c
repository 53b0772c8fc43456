/*
 * Family `conformal`: when to give no answer.
 */
#include "families.h"

/* One byte for each element of a logical vector, or of integers from 0 to 255. */
static const uint8_t *bytes_of(SEXP values, size_t count, const char *name) {
    qcr_require_length(values, count, name);
    const int *from = TYPEOF(values) == LGLSXP ? LOGICAL_RO(values) : INTEGER_RO(values);
    uint8_t *bytes = (uint8_t *)R_alloc(count, 1);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)from[i];
    }
    return bytes;
}

SEXP qcr_conformal_abstention_curve(SEXP uncertainties, SEXP wrong) {
    const size_t n = (size_t)XLENGTH(uncertainties);
    const uint8_t *flags = bytes_of(wrong, n, "wrong");
    double *thresholds = (double *)R_alloc(n + 1, sizeof(double));
    size_t *answered = (size_t *)R_alloc(n + 1, sizeof(size_t));
    size_t *answered_wrong = (size_t *)R_alloc(n + 1, sizeof(size_t));
    size_t count = 0;
    qcr_check(qc_conformal_abstention_curve_f64(qcr_doubles(uncertainties), flags, n, thresholds,
                                                answered, answered_wrong, &count));
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "threshold", qcr_doubles_of(thresholds, count));
    qcr_put(list, "answered", qcr_sizes(answered, count, 0));
    qcr_put(list, "answered_wrong", qcr_sizes(answered_wrong, count, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_abstention_threshold(SEXP uncertainties, SEXP wrong, SEXP rule, SEXP target) {
    const size_t n = (size_t)XLENGTH(uncertainties);
    const uint8_t *flags = bytes_of(wrong, n, "wrong");
    double threshold = 0;
    size_t answered = 0;
    size_t answered_wrong = 0;
    qcr_check(qc_conformal_abstention_threshold_f64(
        qcr_doubles(uncertainties), flags, n, qcr_int(rule, "rule"), qcr_double(target, "target"),
        &threshold, &answered, &answered_wrong));
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "threshold", qcr_doubles_of(&threshold, 1));
    qcr_put(list, "answered", qcr_sizes(&answered, 1, 0));
    qcr_put(list, "answered_wrong", qcr_sizes(&answered_wrong, 1, 0));
    UNPROTECT(1);
    return list;
}

/* Whole numbers as they are; what is none, or none of 32 bits, cannot be a size. */
static const int32_t *set_sizes(SEXP sizes, size_t count) {
    if (Rf_isNull(sizes)) {
        return NULL;
    }
    qcr_require_length(sizes, count, "sizes");
    int32_t *result = (int32_t *)R_alloc(count, sizeof(int32_t));
    for (size_t i = 0; i < count; i++) {
        const double size = REAL_RO(sizes)[i];
        result[i] = size >= 0 && size <= INT32_MAX && size == (int32_t)size ? (int32_t)size : -1;
    }
    return result;
}

SEXP qcr_conformal_abstention_decisions(SEXP uncertainties, SEXP sizes, SEXP single_threshold,
                                        SEXP abstention_threshold) {
    const size_t n = (size_t)XLENGTH(uncertainties);
    const int32_t *counts = set_sizes(sizes, n);
    uint8_t *decisions = (uint8_t *)R_alloc(n, 1);
    qcr_check(qc_conformal_abstention_decisions_f64(
        qcr_doubles(uncertainties), counts, n, qcr_double(single_threshold, "single_threshold"),
        qcr_double(abstention_threshold, "abstention_threshold"), decisions));
    SEXP result = Rf_allocVector(INTSXP, (R_xlen_t)n);
    for (size_t i = 0; i < n; i++) {
        INTEGER(result)[i] = decisions[i];
    }
    return result;
}

SEXP qcr_conformal_abstention_summarize(SEXP decisions, SEXP singles_hold, SEXP sets_hold) {
    const size_t n = (size_t)XLENGTH(decisions);
    qc_conformal_abstention_summary s = {.struct_size = sizeof s};
    qcr_check(qc_conformal_abstention_summarize(bytes_of(decisions, n, "decisions"),
                                                bytes_of(singles_hold, n, "singles_hold"),
                                                bytes_of(sets_hold, n, "sets_hold"), n, &s));
    const size_t counts[] = {s.abstained, s.singles, s.singles_right, s.sets, s.sets_right};
    const char *const names[] = {"abstained", "singles", "singles_right", "sets", "sets_right"};
    SEXP result = PROTECT(qcr_new_list(5));
    for (int i = 0; i < 5; i++) {
        qcr_put(result, names[i], qcr_sizes(&counts[i], 1, 0));
    }
    UNPROTECT(1);
    return result;
}
