/*
 * Family `isotonic`: rewards from scores, and stabilised weights.
 */
#include "families.h"

#include <string.h>

static void destroy_model(void *model) { qc_isotonic_reward_destroy(model); }

static const qcr_handle_kind model_kind = {"qc_isotonic_reward", destroy_model};

/* Fold numbers, which R counts from 1; NULL for R's NULL. */
static const int32_t *folds_or_null(SEXP fold, size_t count) {
    if (Rf_isNull(fold)) {
        return NULL;
    }
    if ((size_t)XLENGTH(fold) != count) {
        qcr_refuse(QC_ERR_SIZE, "fold has length %.0f; %.0f are needed", (double)XLENGTH(fold),
                   (double)count);
    }
    int32_t *numbers = (int32_t *)R_alloc(count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        const double number = REAL(fold)[i];
        if (!(number >= 1 && number <= 1000) || number != (double)(int32_t)number) {
            qcr_refuse(QC_ERR_DOMAIN, "fold[%.0f] is %g; fold must be whole numbers from 1",
                       (double)i + 1, number);
        }
        numbers[i] = (int32_t)number - 1;
    }
    return numbers;
}

static void require_length(SEXP vector, size_t count, const char *name) {
    if ((size_t)XLENGTH(vector) != count) {
        qcr_refuse(QC_ERR_SIZE, "%s has length %.0f; %.0f are needed", name,
                   (double)XLENGTH(vector), (double)count);
    }
}

static double *output(SEXP vector) { return XLENGTH(vector) == 0 ? NULL : REAL(vector); }

static qc_isotonic_reward_options reward_options(SEXP folds, SEXP seed) {
    qc_isotonic_reward_options options;
    qcr_check(qc_isotonic_reward_options_init(&options, sizeof options));
    options.folds = qcr_int(folds, "folds");
    options.seed = qcr_size(seed, "seed");
    return options;
}

/* `clusters` is a character vector in UTF-8, or the number of points that are each a cluster;
 * `labelled` is logical or NULL. */
SEXP qcr_isotonic_reward_folds(SEXP clusters, SEXP labelled, SEXP folds, SEXP seed) {
    const int is_named = TYPEOF(clusters) == STRSXP;
    const size_t n = is_named ? (size_t)XLENGTH(clusters) : qcr_size(clusters, "clusters");
    size_t bytes = 0;
    size_t *ends = is_named ? (size_t *)R_alloc(n + 1, sizeof *ends) : NULL;
    for (size_t i = 0; is_named && i < n; i++) {
        bytes += strlen(CHAR(STRING_ELT(clusters, (R_xlen_t)i)));
        ends[i] = bytes;
    }
    char *text = R_alloc(bytes + 1, 1);
    for (size_t i = 0; is_named && i < n; i++) {
        const size_t start = i == 0 ? 0 : ends[i - 1];
        memcpy(text + start, CHAR(STRING_ELT(clusters, (R_xlen_t)i)), ends[i] - start);
    }
    uint8_t *mask = NULL;
    if (!Rf_isNull(labelled)) {
        require_length(labelled, n, "labelled");
        mask = (uint8_t *)R_alloc(n + 1, 1);
        for (size_t i = 0; i < n; i++) {
            mask[i] = LOGICAL(labelled)[i] == TRUE;
        }
    }
    const qc_isotonic_reward_options options = reward_options(folds, seed);
    int32_t *fold = (int32_t *)R_alloc(n + 1, sizeof *fold);
    int32_t count = 0;
    qcr_check(qc_isotonic_reward_folds((const uint8_t *)text, bytes, ends, mask, n, &options, fold,
                                       &count));
    SEXP numbers = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)n));
    for (size_t i = 0; i < n; i++) {
        INTEGER(numbers)[i] = fold[i] + 1;
    }
    SEXP fold_count = PROTECT(Rf_ScalarInteger(count));
    const char *const names[] = {"fold", "fold_count", NULL};
    const SEXP values[] = {numbers, fold_count};
    SEXP result = qcr_list(names, values);
    UNPROTECT(2);
    return result;
}

static SEXP fit_list(SEXP calibrated, SEXP out_of_fold, const qc_isotonic_reward_result *result,
                     SEXP model) {
    const char *const names[] = {"calibrated",
                                 "out_of_fold",
                                 "mode",
                                 "folds",
                                 "thirds_won",
                                 "rmse",
                                 "rmse_out_of_fold",
                                 "rmse_monotone",
                                 "rmse_two_stage",
                                 "rmse_standard_error",
                                 "model",
                                 NULL};
    const SEXP values[] = {calibrated,
                           out_of_fold,
                           PROTECT(Rf_ScalarInteger(result->mode)),
                           PROTECT(Rf_ScalarInteger(result->folds)),
                           PROTECT(Rf_ScalarInteger(result->thirds_won)),
                           PROTECT(Rf_ScalarReal(result->rmse)),
                           PROTECT(Rf_ScalarReal(result->rmse_out_of_fold)),
                           PROTECT(Rf_ScalarReal(result->rmse_monotone)),
                           PROTECT(Rf_ScalarReal(result->rmse_two_stage)),
                           PROTECT(Rf_ScalarReal(result->rmse_standard_error)),
                           model};
    SEXP list = qcr_list(names, values);
    UNPROTECT(8);
    return list;
}

SEXP qcr_isotonic_reward_fit(SEXP scores, SEXP labels, SEXP weights, SEXP fold, SEXP mode,
                             SEXP folds, SEXP seed) {
    const size_t n = (size_t)XLENGTH(scores);
    require_length(labels, n, "labels");
    const double *shares = qcr_weights(weights, n);
    const int32_t *numbers = folds_or_null(fold, n);
    qcr_interrupt interrupt;
    qc_isotonic_reward_options options = reward_options(folds, seed);
    options.mode = qcr_int(mode, "mode");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP calibrated = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    SEXP out_of_fold = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    SEXP handle = PROTECT(qcr_new_handle(&model_kind));
    qc_isotonic_reward_result result = {.struct_size = sizeof result};
    qc_isotonic_reward *model = NULL;
    const qc_status status = qc_isotonic_reward_fit_f64(
        qcr_doubles(scores), qcr_doubles(labels), shares, numbers, n, &options, output(calibrated),
        output(out_of_fold), &result, &model);
    qcr_check_interruptible(status, &interrupt);
    qcr_own(handle, model);
    SEXP list = fit_list(calibrated, out_of_fold, &result, handle);
    UNPROTECT(4);
    return list;
}

SEXP qcr_isotonic_reward_predict(SEXP model, SEXP scores, SEXP fold) {
    const size_t n = (size_t)XLENGTH(scores);
    const qc_isotonic_reward *object = qcr_object(model, &model_kind, "object");
    const int32_t *numbers = folds_or_null(fold, n);
    SEXP rewards = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    qcr_check(
        qc_isotonic_reward_predict_f64(object, qcr_doubles(scores), numbers, n, output(rewards)));
    UNPROTECT(1);
    return rewards;
}

SEXP qcr_isotonic_reward_mean(SEXP model, SEXP folds, SEXP scores, SEXP weights) {
    const size_t n = (size_t)XLENGTH(scores);
    const qc_isotonic_reward *object = qcr_object(model, &model_kind, "object");
    const double *shares = qcr_weights(weights, n);
    SEXP mean = PROTECT(Rf_allocVector(REALSXP, 1));
    SEXP variance = PROTECT(Rf_allocVector(REALSXP, 1));
    SEXP fold_means = PROTECT(Rf_allocVector(REALSXP, INTEGER(folds)[0]));
    qcr_check(qc_isotonic_reward_mean_f64(object, qcr_doubles(scores), shares, n, REAL(mean),
                                          REAL(variance), REAL(fold_means)));
    const char *const names[] = {"mean", "variance", "fold_means", NULL};
    const SEXP values[] = {mean, variance, fold_means};
    SEXP list = qcr_list(names, values);
    UNPROTECT(3);
    return list;
}

/* -- Weights ------------------------------------------------------------------- */

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
    const char *const names[] = {
        "weights",   "new_weights", "variance_before",    "variance_after",     "ess_before",
        "ess_after", "blend",       "mixture_increasing", "mixture_decreasing", "mixture_raw",
        "folds",     NULL};
    const SEXP values[] = {stabilized,
                           new_stabilized,
                           PROTECT(Rf_ScalarReal(result->variance_before)),
                           PROTECT(Rf_ScalarReal(result->variance_after)),
                           PROTECT(Rf_ScalarReal(result->ess_before)),
                           PROTECT(Rf_ScalarReal(result->ess_after)),
                           PROTECT(Rf_ScalarReal(result->blend)),
                           PROTECT(Rf_ScalarReal(result->mixture_increasing)),
                           PROTECT(Rf_ScalarReal(result->mixture_decreasing)),
                           PROTECT(Rf_ScalarReal(result->mixture_raw)),
                           PROTECT(Rf_ScalarInteger(result->folds))};
    SEXP list = qcr_list(names, values);
    UNPROTECT(9);
    return list;
}

SEXP qcr_isotonic_weight_stabilize(SEXP weights, SEXP scores, SEXP targets, SEXP fold,
                                   SEXP new_scores, SEXP new_weights, SEXP settings) {
    const size_t n = (size_t)XLENGTH(weights);
    const size_t m = (size_t)XLENGTH(new_scores);
    require_length(scores, n, "scores");
    if (!Rf_isNull(targets)) {
        require_length(targets, n, "targets");
    }
    if (!Rf_isNull(new_weights)) {
        require_length(new_weights, m, "new_weights");
    }
    const int32_t *numbers = folds_or_null(fold, n);
    qcr_interrupt interrupt;
    qc_isotonic_weight_options options = weight_options(settings);
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP stabilized = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    SEXP new_stabilized = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)m));
    qc_isotonic_weight_result result = {.struct_size = sizeof result};
    const qc_status status = qc_isotonic_weight_stabilize_f64(
        qcr_doubles(weights), qcr_doubles(scores), Rf_isNull(targets) ? NULL : qcr_doubles(targets),
        numbers, n, Rf_isNull(new_weights) ? NULL : qcr_doubles(new_weights),
        qcr_doubles(new_scores), m, &options, output(stabilized), output(new_stabilized), &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = weight_list(stabilized, new_stabilized, &result);
    UNPROTECT(3);
    return list;
}
