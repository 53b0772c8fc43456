/*
 * Family `isotonic`: partial fits of ranges of x, which merge exactly.
 */
#include "families.h"

QCR_STORED_KIND(qc_isotonic_state, qc_isotonic_state_destroy, qc_isotonic_state_serialize,
                qc_isotonic_state_deserialize);

static qc_isotonic_state *state_of(SEXP handle, const char *name) {
    return qcr_object(handle, &kind, name);
}

SEXP qcr_isotonic_state_create(SEXP loss, SEXP direction, SEXP solution, SEXP level) {
    qc_isotonic_state_options options;
    qc_isotonic_state *state = NULL;
    qcr_check(qc_isotonic_state_options_init(&options, sizeof options));
    options.loss = qcr_int(loss, "loss");
    options.direction = qcr_int(direction, "direction");
    options.solution = qcr_int(solution, "solution");
    options.level = qcr_double(level, "level");
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_isotonic_state_create(&options, &state));
    qcr_own(handle, state);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_isotonic_state_update(SEXP handle, SEXP x, SEXP y, SEXP weights) {
    const size_t n = (size_t)XLENGTH(x);
    if ((size_t)XLENGTH(y) != n) {
        qcr_refuse(QC_ERR_SIZE, "y has length %.0f; expected %.0f, as x has", (double)XLENGTH(y),
                   (double)n);
    }
    qcr_check(qc_isotonic_state_update_f64(state_of(handle, "object"), qcr_doubles(x),
                                           qcr_doubles(y), qcr_weights(weights, n), n));
    return R_NilValue;
}

SEXP qcr_isotonic_state_merge(SEXP handle, SEXP other) {
    qcr_check(qc_isotonic_state_merge(state_of(handle, "x"), state_of(other, "y")));
    return R_NilValue;
}

SEXP qcr_isotonic_state_fit(SEXP handle) {
    const qc_isotonic_state *state = state_of(handle, "object");
    size_t count = 0;
    qcr_check(qc_isotonic_state_fit(state, NULL, NULL, NULL, NULL, 0, &count));
    SEXP list = PROTECT(qcr_new_list(4));
    double *first = qcr_put_doubles(list, "first", count);
    double *last = qcr_put_doubles(list, "last", count);
    double *values = qcr_put_doubles(list, "value", count);
    double *weights = qcr_put_doubles(list, "weight", count);
    qcr_check(qc_isotonic_state_fit(state, first, last, values, weights, count, NULL));
    UNPROTECT(1);
    return list;
}

SEXP qcr_isotonic_state_knots(SEXP handle) {
    const qc_isotonic_state *state = state_of(handle, "Fn");
    size_t count = 0;
    qcr_check(qc_isotonic_state_knots(state, NULL, NULL, 0, &count));
    SEXP list = PROTECT(qcr_new_list(2));
    double *x = qcr_put_doubles(list, "x", count);
    double *y = qcr_put_doubles(list, "y", count);
    qcr_check(qc_isotonic_state_knots(state, x, y, count, NULL));
    UNPROTECT(1);
    return list;
}

SEXP qcr_isotonic_state_serialize(SEXP handle) { return qcr_serialize(handle, &kind, "state"); }

SEXP qcr_isotonic_state_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }
