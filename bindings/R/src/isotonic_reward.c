/*
 * Family `isotonic`: rewards from scores.
 */
#include "families.h"

#include <string.h>

static void destroy_model(void *model) { qc_isotonic_reward_destroy(model); }

static const qcr_handle_kind model_kind = {.name = "qc_isotonic_reward", .destroy = destroy_model};

const int32_t *qcr_folds(SEXP fold, size_t count) {
    if (Rf_isNull(fold)) {
        return NULL;
    }
    qcr_require_length(fold, count, "fold");
    int32_t *numbers = (int32_t *)R_alloc(count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        const double number = REAL(fold)[i];
        if (!(number >= 1 && number <= INT32_MAX) || number != (double)(int32_t)number) {
            qcr_refuse(QC_ERR_DOMAIN, "fold[%.0f] is %g; fold must be whole numbers from 1",
                       (double)i + 1, number);
        }
        numbers[i] = (int32_t)number - 1;
    }
    return numbers;
}

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
        qcr_require_length(labelled, n, "labelled");
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
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "fold", numbers);
    qcr_put(list, "fold_count", Rf_ScalarInteger(count));
    UNPROTECT(2);
    return list;
}

static SEXP fit_list(SEXP calibrated, SEXP out_of_fold, const qc_isotonic_reward_result *result,
                     SEXP model) {
    SEXP list = PROTECT(qcr_new_list(11));
    qcr_put(list, "calibrated", calibrated);
    qcr_put(list, "out_of_fold", out_of_fold);
    qcr_put(list, "mode", Rf_ScalarInteger(result->mode));
    qcr_put(list, "folds", Rf_ScalarInteger(result->folds));
    qcr_put(list, "thirds_won", Rf_ScalarInteger(result->thirds_won));
    qcr_put(list, "rmse", Rf_ScalarReal(result->rmse));
    qcr_put(list, "rmse_out_of_fold", Rf_ScalarReal(result->rmse_out_of_fold));
    qcr_put(list, "rmse_monotone", Rf_ScalarReal(result->rmse_monotone));
    qcr_put(list, "rmse_two_stage", Rf_ScalarReal(result->rmse_two_stage));
    qcr_put(list, "rmse_standard_error", Rf_ScalarReal(result->rmse_standard_error));
    qcr_put(list, "model", model);
    UNPROTECT(1);
    return list;
}

SEXP qcr_isotonic_reward_fit(SEXP scores, SEXP labels, SEXP weights, SEXP fold, SEXP mode,
                             SEXP folds, SEXP seed) {
    const size_t n = (size_t)XLENGTH(scores);
    qcr_require_length(labels, n, "labels");
    const double *shares = qcr_weights(weights, n);
    const int32_t *numbers = qcr_folds(fold, n);
    qcr_interrupt interrupt;
    qc_isotonic_reward_options options = reward_options(folds, seed);
    options.mode = qcr_int(mode, "mode");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP calibrated = PROTECT(qcr_new_doubles(n));
    SEXP out_of_fold = PROTECT(qcr_new_doubles(n));
    SEXP handle = PROTECT(qcr_new_handle(&model_kind));
    qc_isotonic_reward_result result = {.struct_size = sizeof result};
    qc_isotonic_reward *model = NULL;
    const qc_status status = qc_isotonic_reward_fit_f64(
        qcr_doubles(scores), qcr_doubles(labels), shares, numbers, n, &options,
        qcr_output(calibrated), qcr_output(out_of_fold), &result, &model);
    qcr_check_interruptible(status, &interrupt);
    qcr_own(handle, model);
    SEXP list = fit_list(calibrated, out_of_fold, &result, handle);
    UNPROTECT(4);
    return list;
}

SEXP qcr_isotonic_reward_predict(SEXP model, SEXP scores, SEXP fold) {
    const size_t n = (size_t)XLENGTH(scores);
    const qc_isotonic_reward *object = qcr_object(model, &model_kind, "object");
    const int32_t *numbers = qcr_folds(fold, n);
    SEXP rewards = PROTECT(qcr_new_doubles(n));
    qcr_check(qc_isotonic_reward_predict_f64(object, qcr_doubles(scores), numbers, n,
                                             qcr_output(rewards)));
    UNPROTECT(1);
    return rewards;
}

SEXP qcr_isotonic_reward_mean(SEXP model, SEXP folds, SEXP scores, SEXP weights) {
    const size_t n = (size_t)XLENGTH(scores);
    const qc_isotonic_reward *object = qcr_object(model, &model_kind, "object");
    const double *shares = qcr_weights(weights, n);
    SEXP list = PROTECT(qcr_new_list(3));
    double *mean = qcr_put_doubles(list, "mean", 1);
    double *variance = qcr_put_doubles(list, "variance", 1);
    double *fold_means = qcr_put_doubles(list, "fold_means", (size_t)INTEGER(folds)[0]);
    qcr_check(qc_isotonic_reward_mean_f64(object, qcr_doubles(scores), shares, n, mean, variance,
                                          fold_means));
    UNPROTECT(1);
    return list;
}
