/*
 * Family `conformal`: martingales that test exchangeability.
 */
#include "families.h"

QCR_STORED_KIND(qc_conformal_martingale, qc_conformal_martingale_destroy,
                qc_conformal_martingale_serialize, qc_conformal_martingale_deserialize);

static qc_conformal_martingale *martingale_of(SEXP handle) {
    return qcr_object(handle, &kind, "martingale");
}

SEXP qcr_conformal_martingale_create(SEXP betting, SEXP jump, SEXP epsilon, SEXP seed) {
    qc_conformal_martingale_options options;
    qc_conformal_martingale *martingale = NULL;
    qcr_check(qc_conformal_martingale_options_init(&options, sizeof options));
    options.betting = (int32_t)qcr_double(betting, "betting");
    options.jump = qcr_double(jump, "jump");
    options.epsilon = qcr_double(epsilon, "epsilon");
    options.seed = (uint64_t)qcr_size(seed, "seed");
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_conformal_martingale_create(&options, &martingale));
    qcr_own(handle, martingale);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_conformal_martingale_update(SEXP handle, SEXP scores) {
    const size_t n = (size_t)XLENGTH(scores);
    SEXP result = PROTECT(qcr_new_list(2));
    double *p_values = qcr_put_doubles(result, "p_values", n);
    double *path = qcr_put_doubles(result, "log_martingale", n);
    qcr_check(qc_conformal_martingale_update(martingale_of(handle), qcr_doubles(scores), n,
                                             p_values, path));
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_martingale_bet(SEXP handle, SEXP p_values) {
    const size_t n = (size_t)XLENGTH(p_values);
    SEXP path = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    qcr_check(qc_conformal_martingale_bet(martingale_of(handle), qcr_doubles(p_values), n,
                                          n == 0 ? NULL : REAL(path)));
    UNPROTECT(1);
    return path;
}

SEXP qcr_conformal_martingale_summarize(SEXP handle) {
    qc_conformal_martingale_summary s = {.struct_size = sizeof s};
    qcr_check(qc_conformal_martingale_summarize(martingale_of(handle), &s));
    SEXP result = PROTECT(qcr_new_list(5));
    qcr_put(result, "bets", qcr_sizes(&s.bets, 1, 0));
    qcr_put(result, "score_count", qcr_sizes(&s.score_count, 1, 0));
    qcr_put(result, "log_martingale", qcr_doubles_of(&s.log_martingale, 1));
    qcr_put(result, "log_maximum", qcr_doubles_of(&s.log_maximum, 1));
    qcr_put(result, "p_value", qcr_doubles_of(&s.p_value, 1));
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_martingale_serialize(SEXP handle) {
    return qcr_serialize(handle, &kind, "martingale");
}

SEXP qcr_conformal_martingale_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }
