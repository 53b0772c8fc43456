/*
 * Family `conformal`: a holdout set that may be asked again and again.
 */
#include "families.h"

QCR_STORED_KIND(qc_conformal_holdout, qc_conformal_holdout_destroy, qc_conformal_holdout_serialize,
                qc_conformal_holdout_deserialize);

static qc_conformal_holdout *holdout_of(SEXP handle) {
    return qcr_object(handle, &kind, "holdout");
}

SEXP qcr_conformal_holdout_create(SEXP mechanism, SEXP threshold, SEXP sigma, SEXP grid,
                                  SEXP budget, SEXP seed) {
    qc_conformal_holdout_options options;
    qc_conformal_holdout *holdout = NULL;
    qcr_check(qc_conformal_holdout_options_init(&options, sizeof options));
    options.mechanism = qcr_int(mechanism, "mechanism");
    options.threshold = qcr_double(threshold, "threshold");
    options.sigma = qcr_double(sigma, "sigma");
    options.grid = qcr_size(grid, "grid");
    options.budget = qcr_size(budget, "budget");
    options.seed = (uint64_t)qcr_size(seed, "seed");
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_conformal_holdout_create(&options, &holdout));
    qcr_own(handle, holdout);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_conformal_holdout_ask(SEXP handle, SEXP training, SEXP holdout) {
    const size_t count = (size_t)XLENGTH(training);
    double *answers = (double *)R_alloc(count, sizeof *answers);
    uint8_t *origins = (uint8_t *)R_alloc(count, 1);
    size_t answered = 0;
    /* What may fail in R comes before the budget is touched. */
    SEXP values = PROTECT(qcr_new_doubles(count));
    SEXP flags = PROTECT(Rf_allocVector(LGLSXP, (R_xlen_t)count));
    qcr_require_length(holdout, count, "holdout_means");
    qcr_check(qc_conformal_holdout_ask(holdout_of(handle), qcr_doubles(training),
                                       qcr_doubles(holdout), count, answers, origins, &answered));
    for (size_t i = 0; i < answered; i++) {
        REAL(values)[i] = answers[i];
        LOGICAL(flags)[i] = origins[i];
    }
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "answer", Rf_lengthgets(values, (R_xlen_t)answered));
    qcr_put(list, "from_holdout", Rf_lengthgets(flags, (R_xlen_t)answered));
    UNPROTECT(3);
    return list;
}

SEXP qcr_conformal_holdout_remaining(SEXP handle) {
    size_t budget = 0;
    size_t asked = 0;
    qcr_check(qc_conformal_holdout_remaining(holdout_of(handle), &budget, &asked));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "budget", qcr_sizes(&budget, 1, 0));
    qcr_put(list, "asked", qcr_sizes(&asked, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_holdout_serialize(SEXP handle) {
    return qcr_serialize(handle, &kind, "holdout");
}

SEXP qcr_conformal_holdout_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }

SEXP qcr_conformal_holdout_error(SEXP n, SEXP questions, SEXP budget, SEXP grid, SEXP threshold,
                                 SEXP delta) {
    double error = 0;
    qcr_check(qc_conformal_holdout_error(qcr_size(n, "n"), qcr_size(questions, "questions"),
                                         qcr_size(budget, "budget"), qcr_size(grid, "grid"),
                                         qcr_double(threshold, "threshold"),
                                         qcr_double(delta, "delta"), &error));
    return Rf_ScalarReal(error);
}

SEXP qcr_conformal_holdout_questions(SEXP n, SEXP budget, SEXP grid, SEXP threshold, SEXP delta,
                                     SEXP accuracy) {
    size_t questions = 0;
    qcr_check(qc_conformal_holdout_questions(
        qcr_size(n, "n"), qcr_size(budget, "budget"), qcr_size(grid, "grid"),
        qcr_double(threshold, "threshold"), qcr_double(delta, "delta"),
        qcr_double(accuracy, "accuracy"), &questions));
    return qcr_sizes(&questions, 1, 0);
}
