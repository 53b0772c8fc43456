/*
 * Family `conformal`: weights for right-censored outcomes.
 */
#include "families.h"

SEXP qcr_conformal_censoring_weights(SEXP times, SEXP events, SEXP weights, SEXP points,
                                     SEXP point_events, SEXP horizon, SEXP cap) {
    const size_t n = (size_t)XLENGTH(times);
    const size_t m = (size_t)XLENGTH(points);
    const uint8_t *observed = qcr_events(events, n, "events");
    const uint8_t *known = qcr_events(point_events, m, "point_events");
    size_t capped = 0;
    SEXP list = PROTECT(qcr_new_list(3));
    double *inverse = qcr_put_doubles(list, "weights", m);
    double *survival = qcr_put_doubles(list, "survival", m);
    qcr_check(qc_conformal_censoring_weights(
        qcr_doubles(times), observed, qcr_weights(weights, n), n, qcr_doubles(points), known, m,
        qcr_double(horizon, "horizon"), qcr_double(cap, "cap"), survival, inverse, &capped));
    qcr_put(list, "capped", qcr_sizes(&capped, 1, 0));
    UNPROTECT(1);
    return list;
}
