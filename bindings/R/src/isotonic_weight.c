/*
 * Family `isotonic`: stabilised importance weights.
 */
#include "families.h"

/* `settings`: folds, seed, target, include_raw, variance_cap, ess_floor, weight_floor, shrinkage. */
static qc_isotonic_weight_options weight_options(SEXP settings) {
    qc_isotonic_weight_options options;
    qcr_check(qc_isotonic_weight_options_init(&options, sizeof options));
    options.folds = qcr_int(VECTOR_ELT(settings, 0), "folds");
    options.seed = qcr_size(VECTOR_ELT(settings, 1), "seed");
    options.target = qcr_int(VECTOR_ELT(settings, 2), "target");
    options.include_raw = qcr_int(VECTOR_ELT(settings, 3), "include_raw");
    options.variance_cap = qcr_double(VECTOR_ELT(settings, 4), "variance_cap");
    options.ess_floor = qcr_double(VECTOR_ELT(settings, 5), "ess_floor");
    options.weight_floor = qcr_double(VECTOR_ELT(settings, 6), "weight_floor");
    options.shrinkage = qcr_double(VECTOR_ELT(settings, 7), "shrinkage");
    return options;
}

static SEXP weight_list(SEXP stabilized, SEXP new_stabilized,
                        const qc_isotonic_weight_result *result) {
    SEXP list = PROTECT(qcr_new_list(11));
    qcr_put(list, "weights", stabilized);
    qcr_put(list, "new_weights", new_stabilized);
    qcr_put(list, "variance_before", Rf_ScalarReal(result->variance_before));
    qcr_put(list, "variance_after", Rf_ScalarReal(result->variance_after));
    qcr_put(list, "ess_before", Rf_ScalarReal(result->ess_before));
    qcr_put(list, "ess_after", Rf_ScalarReal(result->ess_after));
    qcr_put(list, "blend", Rf_ScalarReal(result->blend));
    qcr_put(list, "mixture_increasing", Rf_ScalarReal(result->mixture_increasing));
    qcr_put(list, "mixture_decreasing", Rf_ScalarReal(result->mixture_decreasing));
    qcr_put(list, "mixture_raw", Rf_ScalarReal(result->mixture_raw));
    qcr_put(list, "folds", Rf_ScalarInteger(result->folds));
    UNPROTECT(1);
    return list;
}

static const double *doubles_or_null(SEXP vector, size_t count, const char *name) {
    if (Rf_isNull(vector)) {
        return NULL;
    }
    qcr_require_length(vector, count, name);
    return qcr_doubles(vector);
}

SEXP qcr_isotonic_weight_stabilize(SEXP weights, SEXP scores, SEXP targets, SEXP fold,
                                   SEXP new_scores, SEXP new_weights, SEXP settings) {
    const size_t n = (size_t)XLENGTH(weights);
    const size_t m = (size_t)XLENGTH(new_scores);
    qcr_require_length(scores, n, "scores");
    const double *targets_or_null = doubles_or_null(targets, n, "targets");
    const double *new_weights_or_null = doubles_or_null(new_weights, m, "new_weights");
    const int32_t *numbers = qcr_folds(fold, n);
    qcr_interrupt interrupt;
    qc_isotonic_weight_options options = weight_options(settings);
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP stabilized = PROTECT(qcr_new_doubles(n));
    SEXP new_stabilized = PROTECT(qcr_new_doubles(m));
    qc_isotonic_weight_result result = {.struct_size = sizeof result};
    const qc_status status = qc_isotonic_weight_stabilize_f64(
        qcr_doubles(weights), qcr_doubles(scores), targets_or_null, numbers, n, new_weights_or_null,
        qcr_doubles(new_scores), m, &options, qcr_output(stabilized), qcr_output(new_stabilized),
        &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = weight_list(stabilized, new_stabilized, &result);
    UNPROTECT(3);
    return list;
}
