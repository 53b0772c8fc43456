/*
 * Family `conformal`: calibrators.
 */
#include "families.h"

QCR_STORED_KIND(qc_conformal_calibrator, qc_conformal_calibrator_destroy,
                qc_conformal_calibrator_serialize, qc_conformal_calibrator_deserialize);

static qc_conformal_calibrator *calibrator_of(SEXP handle, const char *name) {
    return qcr_object(handle, &kind, name);
}

/* Groups 1, 2, ... as 0, 1, ..., and NA, which is none, as -1. NULL for R's NULL. */
static const int64_t *groups_of(SEXP groups, size_t count) {
    if (Rf_isNull(groups)) {
        return NULL;
    }
    const double *given = qcr_points(groups, count, "groups");
    int64_t *result = (int64_t *)R_alloc(count == 0 ? 1 : count, sizeof *result);
    for (size_t i = 0; i < count; i++) {
        if (!ISNAN(given[i]) &&
            !(given[i] >= 1 && given[i] <= INT32_MAX && given[i] == (double)(int64_t)given[i])) {
            qcr_refuse(QC_ERR_DOMAIN,
                       "groups[%.0f] is %g; groups must be whole numbers from 1, or NA",
                       (double)i + 1, given[i]);
        }
        result[i] = ISNAN(given[i]) ? -1 : (int64_t)given[i] - 1;
    }
    return result;
}

/* Weights of test points, or NULL for R's NULL. */
static const double *test_weights_of(SEXP weights, size_t count) {
    return Rf_isNull(weights) ? NULL : qcr_points(weights, count, "test_weights");
}

SEXP qcr_conformal_calibrator_create(SEXP groups, SEXP weighted, SEXP last_group) {
    qc_conformal_calibrator_options options;
    qc_conformal_calibrator *calibrator = NULL;
    qcr_check(qc_conformal_calibrator_options_init(&options, sizeof options));
    options.group_count = qcr_int(groups, "groups");
    options.weighted = qcr_int(weighted, "weighted");
    options.last_group = qcr_int(last_group, "last_group");
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_conformal_calibrator_create(&options, &calibrator));
    qcr_own(handle, calibrator);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_conformal_calibrator_update(SEXP handle, SEXP scores, SEXP weights, SEXP groups) {
    const size_t n = (size_t)XLENGTH(scores);
    const double *point_weights = qcr_weights(weights, n);
    const int64_t *point_groups = groups_of(groups, n);
    qcr_check(qc_conformal_calibrator_update_f64(
        calibrator_of(handle, "object"), qcr_doubles(scores), point_weights, point_groups, n));
    return R_NilValue;
}

SEXP qcr_conformal_calibrator_merge(SEXP handle, SEXP other) {
    qcr_check(qc_conformal_calibrator_merge(calibrator_of(handle, "x"), calibrator_of(other, "y")));
    return R_NilValue;
}

static size_t row_count(const qc_conformal_calibrator *calibrator) {
    size_t count = 0;
    qcr_check(qc_conformal_calibrator_counts(calibrator, NULL, 0, &count));
    return count;
}

SEXP qcr_conformal_calibrator_counts(SEXP handle) {
    const qc_conformal_calibrator *calibrator = calibrator_of(handle, "calibrator");
    const size_t count = row_count(calibrator);
    int64_t *counts = (int64_t *)R_alloc(count, sizeof *counts);
    qcr_check(qc_conformal_calibrator_counts(calibrator, counts, count, NULL));
    SEXP result = PROTECT(qcr_new_doubles(count));
    for (size_t i = 0; i < count; i++) {
        REAL(result)[i] = (double)counts[i];
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_calibrator_thresholds(SEXP handle, SEXP alpha) {
    const qc_conformal_calibrator *calibrator = calibrator_of(handle, "calibrator");
    const size_t rows = row_count(calibrator);
    const size_t columns = (size_t)XLENGTH(alpha);
    double *thresholds = (double *)R_alloc(rows * columns + 1, sizeof *thresholds);
    qcr_check(
        qc_conformal_calibrator_thresholds(calibrator, qcr_doubles(alpha), columns, thresholds));
    SEXP result = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            REAL(result)[j * rows + i] = thresholds[i * columns + j];
        }
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_calibrator_point_thresholds(SEXP handle, SEXP alpha, SEXP test_weights,
                                               SEXP groups, SEXP count) {
    const qc_conformal_calibrator *calibrator = calibrator_of(handle, "calibrator");
    const size_t m = qcr_size(count, "m");
    const double *weights = test_weights_of(test_weights, m);
    const int64_t *point_groups = groups_of(groups, m);
    SEXP result = PROTECT(qcr_new_doubles(m));
    qcr_check(qc_conformal_calibrator_point_thresholds(
        calibrator, weights, point_groups, m, qcr_double(alpha, "alpha"), qcr_output(result)));
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_calibrator_p_values(SEXP handle, SEXP scores, SEXP test_weights, SEXP groups,
                                       SEXP tail, SEXP randomised, SEXP seed, SEXP first_point) {
    const qc_conformal_calibrator *calibrator = calibrator_of(handle, "calibrator");
    const size_t m = (size_t)XLENGTH(scores);
    qc_conformal_p_value_options options;
    qcr_check(qc_conformal_p_value_options_init(&options, sizeof options));
    options.tail = qcr_int(tail, "tail");
    options.randomised = qcr_int(randomised, "randomised");
    options.seed = qcr_size(seed, "seed");
    options.first_point = qcr_size(first_point, "first_point");
    const double *weights = test_weights_of(test_weights, m);
    const int64_t *point_groups = groups_of(groups, m);
    SEXP result = PROTECT(qcr_new_doubles(m));
    qcr_check(qc_conformal_calibrator_p_values_f64(calibrator, qcr_doubles(scores), weights,
                                                   point_groups, m, &options, qcr_output(result)));
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_calibrator_serialize(SEXP handle) {
    return qcr_serialize(handle, &kind, "calibrator");
}

SEXP qcr_conformal_calibrator_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }
