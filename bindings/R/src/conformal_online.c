/*
 * Family `conformal`: online conformal prediction.
 */
#include "families.h"

QCR_STORED_KIND(qc_conformal_online, qc_conformal_online_destroy, qc_conformal_online_serialize,
                qc_conformal_online_deserialize);

static qc_conformal_online *state_of(SEXP handle) { return qcr_object(handle, &kind, "state"); }

static double number_of(SEXP list, int index, const char *name) {
    return qcr_double(VECTOR_ELT(list, index), name);
}

static size_t size_of(SEXP list, int index, const char *name) {
    return qcr_size(VECTOR_ELT(list, index), name);
}

static qc_conformal_online_options options_of(SEXP words, SEXP numbers, SEXP sizes) {
    qc_conformal_online_options o;
    qcr_check(qc_conformal_online_options_init(&o, sizeof o));
    o.method = (int32_t)REAL(words)[0];
    o.sides = (int32_t)REAL(words)[1];
    o.integrator = (int32_t)REAL(words)[2];
    o.rate = (int32_t)REAL(words)[3];
    o.alpha = number_of(numbers, 0, "alpha");
    o.start = number_of(numbers, 1, "start");
    o.horizon = number_of(numbers, 2, "horizon");
    o.score_bound = number_of(numbers, 3, "score_bound");
    o.learning_rate = number_of(numbers, 4, "learning_rate");
    o.saturation = number_of(numbers, 5, "saturation");
    o.integral_gain = number_of(numbers, 6, "integral_gain");
    o.rho = number_of(numbers, 7, "rho");
    o.cap = number_of(numbers, 8, "cap");
    o.window = size_of(sizes, 0, "window");
    o.batch = size_of(sizes, 1, "batch");
    o.lifetime = size_of(sizes, 2, "lifetime");
    return o;
}

SEXP qcr_conformal_online_create(SEXP words, SEXP numbers, SEXP sizes, SEXP gamma) {
    const qc_conformal_online_options options = options_of(words, numbers, sizes);
    const size_t gamma_count = gamma == R_NilValue ? 0 : (size_t)XLENGTH(gamma);
    qc_conformal_online *state = NULL;
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_conformal_online_create(&options, gamma_count == 0 ? NULL : qcr_doubles(gamma),
                                         gamma_count, &state));
    qcr_own(handle, state);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_conformal_online_calibrate(SEXP handle, SEXP scores) {
    qcr_check(qc_conformal_online_calibrate(state_of(handle), qcr_doubles(scores),
                                            (size_t)XLENGTH(scores)));
    return R_NilValue;
}

SEXP qcr_conformal_online_threshold(SEXP handle, SEXP forecast) {
    double ends[2];
    qcr_check(qc_conformal_online_threshold(state_of(handle), qcr_double(forecast, "forecast"),
                                            &ends[0], &ends[1]));
    return qcr_doubles_of(ends, 2);
}

static int logical_of(int32_t covered) { return covered < 0 ? NA_LOGICAL : covered; }

SEXP qcr_conformal_online_observe(SEXP handle, SEXP score, SEXP forecast) {
    int32_t covered = 0;
    qcr_check(qc_conformal_online_observe(state_of(handle), qcr_double(score, "score"),
                                          qcr_double(forecast, "forecast"), &covered));
    return Rf_ScalarLogical(logical_of(covered));
}

SEXP qcr_conformal_online_run(SEXP handle, SEXP scores, SEXP forecasts) {
    const size_t n = (size_t)XLENGTH(scores);
    const double *predicted =
        forecasts == R_NilValue ? NULL : qcr_points(forecasts, n, "forecasts");
    SEXP result = PROTECT(qcr_new_list(3));
    double *lower = qcr_put_doubles(result, "lower", n);
    double *upper = qcr_put_doubles(result, "upper", n);
    SEXP covered = PROTECT(Rf_allocVector(LGLSXP, (R_xlen_t)n));
    qcr_put(result, "covered", covered);
    int32_t *outcomes = (int32_t *)R_alloc(n + 1, sizeof *outcomes);
    qcr_check(qc_conformal_online_run(state_of(handle), qcr_doubles(scores), predicted, n, lower,
                                      upper, outcomes));
    for (size_t i = 0; i < n; i++) {
        LOGICAL(covered)[i] = logical_of(outcomes[i]);
    }
    UNPROTECT(2);
    return result;
}

SEXP qcr_conformal_online_summarize(SEXP handle) {
    qc_conformal_online_summary s = {.struct_size = sizeof s};
    qcr_check(qc_conformal_online_summarize(state_of(handle), &s));
    SEXP result = PROTECT(qcr_new_list(8));
    const size_t counts[] = {s.observed, s.misses, s.missing, s.score_count, s.expert_count};
    const char *const names[] = {"observed", "misses", "missing", "score_count", "expert_count"};
    for (int i = 0; i < 5; i++) {
        qcr_put(result, names[i], qcr_sizes(&counts[i], 1, 0));
    }
    qcr_put(result, "lower_position", qcr_doubles_of(&s.lower_position, 1));
    qcr_put(result, "upper_position", qcr_doubles_of(&s.upper_position, 1));
    qcr_put(result, "step_size", qcr_doubles_of(&s.step_size, 1));
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_online_serialize(SEXP handle) { return qcr_serialize(handle, &kind, "state"); }

SEXP qcr_conformal_online_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }
