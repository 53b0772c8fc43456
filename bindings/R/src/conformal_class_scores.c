/*
 * Family `conformal`: scores and sets of classifiers.
 */
#include "families.h"

/* `given` is list(kind, randomisation, points, lambda, k_reg, gamma, seed, first_row,
 * threshold_for, empty_sets). */
static qc_conformal_class_options options_from(SEXP given) {
    qc_conformal_class_options options;
    qcr_check(qc_conformal_class_options_init(&options, sizeof options));
    options.kind = qcr_int(VECTOR_ELT(given, 0), "kind");
    options.randomisation = qcr_int(VECTOR_ELT(given, 1), "randomisation");
    options.points = qcr_int(VECTOR_ELT(given, 2), "points");
    options.lambda = qcr_double(VECTOR_ELT(given, 3), "lambda");
    options.k_reg = qcr_int(VECTOR_ELT(given, 4), "k_reg");
    options.gamma = qcr_double(VECTOR_ELT(given, 5), "gamma");
    options.seed = qcr_size(VECTOR_ELT(given, 6), "seed");
    options.first_row = qcr_size(VECTOR_ELT(given, 7), "first_row");
    options.threshold_for = qcr_int(VECTOR_ELT(given, 8), "threshold_for");
    options.empty_sets = qcr_int(VECTOR_ELT(given, 9), "empty_sets");
    return options;
}

SEXP qcr_conformal_label_scores(SEXP probs, SEXP labels, SEXP given) {
    const qc_conformal_class_options options = options_from(given);
    const size_t rows = qcr_row_count(probs);
    const int64_t *from_zero = qcr_labels(labels, rows, 1, qcr_column_count(probs));
    const qcr_matrix matrix = qcr_rows(probs);
    SEXP scores = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)rows));
    qcr_check(qc_conformal_label_scores_f64(matrix.values, from_zero, rows, matrix.columns,
                                            &options, rows == 0 ? NULL : REAL(scores)));
    UNPROTECT(1);
    return scores;
}

SEXP qcr_conformal_class_scores(SEXP probs, SEXP given) {
    const qc_conformal_class_options options = options_from(given);
    const qcr_matrix matrix = qcr_rows(probs);
    double *by_rows = (double *)R_alloc(matrix.rows * matrix.columns, sizeof(double));
    qcr_check(qc_conformal_class_scores_f64(matrix.values, matrix.rows, matrix.columns, &options,
                                            by_rows));
    SEXP scores = PROTECT(Rf_allocMatrix(REALSXP, (int)matrix.rows, (int)matrix.columns));
    if (matrix.rows > 0) {
        qcr_transpose_f64(by_rows, matrix.columns, matrix.rows, REAL(scores));
    }
    UNPROTECT(1);
    return scores;
}

SEXP qcr_conformal_class_sets(SEXP probs, SEXP thresholds, SEXP given) {
    const qc_conformal_class_options options = options_from(given);
    const qcr_matrix matrix = qcr_rows(probs);
    const size_t owners = options.threshold_for == QC_CONFORMAL_FOR_EACH_ROW     ? matrix.rows
                          : options.threshold_for == QC_CONFORMAL_FOR_EACH_CLASS ? matrix.columns
                                                                                 : 1;
    if ((size_t)XLENGTH(thresholds) != owners) {
        qcr_refuse(QC_ERR_SIZE, "thresholds has %.0f elements; expected %.0f",
                   (double)XLENGTH(thresholds), (double)owners);
    }
    const size_t bytes = (matrix.columns + 7) / 8;
    uint8_t *by_rows = (uint8_t *)R_alloc(matrix.rows * bytes, 1);
    SEXP mask = PROTECT(Rf_allocMatrix(RAWSXP, (int)matrix.rows, (int)bytes));
    SEXP sizes = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)matrix.rows));
    qcr_check(qc_conformal_class_sets_f64(matrix.values, matrix.rows, matrix.columns,
                                          qcr_doubles(thresholds), &options, by_rows,
                                          matrix.rows == 0 ? NULL : INTEGER(sizes)));
    qcr_transpose_u8(by_rows, bytes, matrix.rows, RAW(mask));
    const char *const names[] = {"mask", "sizes", NULL};
    const SEXP values[] = {mask, sizes};
    SEXP result = qcr_list(names, values);
    UNPROTECT(2);
    return result;
}

SEXP qcr_conformal_raps_tune(SEXP probs, SEXP labels, SEXP alpha, SEXP lambdas, SEXP given) {
    const qc_conformal_class_options options = options_from(given);
    const double level = qcr_double(alpha, "alpha");
    const size_t rows = qcr_row_count(probs);
    const int64_t *from_zero = qcr_labels(labels, rows, 1, qcr_column_count(probs));
    const qcr_matrix matrix = qcr_rows(probs);
    const size_t count = (size_t)XLENGTH(lambdas);
    SEXP means = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)count));
    qc_conformal_raps_result penalty = {.struct_size = sizeof penalty};
    qcr_check(qc_conformal_raps_tune_f64(matrix.values, from_zero, rows, matrix.columns, level,
                                         qcr_doubles(lambdas), count, &options, &penalty,
                                         count == 0 ? NULL : REAL(means)));
    const char *const names[] = {"k_reg", "lambda", "mean_size", "mean_sizes", NULL};
    const SEXP values[] = {PROTECT(Rf_ScalarInteger(penalty.k_reg)),
                           PROTECT(Rf_ScalarReal(penalty.lambda)),
                           PROTECT(Rf_ScalarReal(penalty.mean_size)), means};
    SEXP result = qcr_list(names, values);
    UNPROTECT(4);
    return result;
}
