/*
 * Family `conformal`: scores and intervals of regression models.
 */
#include "families.h"

/* `given` is list(kind, sides, levels, beta, minimum_scale, threshold_for, empty). */
static qc_conformal_regression_options options_from(SEXP given) {
    qc_conformal_regression_options options;
    qcr_check(qc_conformal_regression_options_init(&options, sizeof options));
    options.kind = qcr_int(VECTOR_ELT(given, 0), "kind");
    options.sides = qcr_int(VECTOR_ELT(given, 1), "sides");
    options.beta = qcr_double(VECTOR_ELT(given, 3), "beta");
    options.minimum_scale = qcr_double(VECTOR_ELT(given, 4), "minimum_scale");
    options.threshold_for = qcr_int(VECTOR_ELT(given, 5), "threshold_for");
    options.empty = qcr_int(VECTOR_ELT(given, 6), "empty");
    return options;
}

/* One level for each column; the kinds that have none do not look at them. */
static const double *levels_from(SEXP given, size_t columns, int32_t kind) {
    SEXP levels = VECTOR_ELT(given, 2);
    const size_t count = Rf_isNull(levels) ? 0 : (size_t)XLENGTH(levels);
    if (kind == QC_CONFORMAL_QUANTILES && count != columns) {
        qcr_refuse(QC_ERR_SIZE, "levels has length %.0f; predictions has %.0f columns",
                   (double)count, (double)columns);
    }
    return count == 0 ? NULL : REAL_RO(levels);
}

SEXP qcr_conformal_regression_scores(SEXP y, SEXP predictions, SEXP given) {
    const qc_conformal_regression_options options = options_from(given);
    const size_t rows = qcr_row_count(predictions);
    const double *outcomes = qcr_points(y, rows, "y");
    const double *levels = levels_from(given, qcr_column_count(predictions), options.kind);
    const int sides = options.sides == QC_CONFORMAL_ASYMMETRIC ? 2 : 1;
    const qcr_matrix matrix = qcr_rows(predictions);
    double *by_rows = (double *)R_alloc(rows * (size_t)sides, sizeof(double));
    qcr_check(qc_conformal_regression_scores_f64(outcomes, rows, matrix.values, matrix.columns,
                                                 levels, &options, by_rows));
    SEXP scores = PROTECT(sides == 2 ? Rf_allocMatrix(REALSXP, (int)rows, 2)
                                     : Rf_allocVector(REALSXP, (R_xlen_t)rows));
    if (rows > 0) {
        qcr_transpose_f64(by_rows, (size_t)sides, rows, REAL(scores));
    }
    UNPROTECT(1);
    return scores;
}

SEXP qcr_conformal_regression_intervals(SEXP predictions, SEXP thresholds, SEXP given) {
    const qc_conformal_regression_options options = options_from(given);
    const size_t rows = qcr_row_count(predictions);
    const double *levels = levels_from(given, qcr_column_count(predictions), options.kind);
    const size_t sides = options.sides == QC_CONFORMAL_ASYMMETRIC ? 2 : 1;
    const size_t owners = options.threshold_for == QC_CONFORMAL_FOR_EACH_ROW ? rows : 1;
    if ((size_t)XLENGTH(thresholds) != owners * sides) {
        qcr_refuse(QC_ERR_SIZE, "thresholds has %.0f elements; expected %.0f",
                   (double)XLENGTH(thresholds), (double)(owners * sides));
    }
    const qcr_matrix matrix = qcr_rows(predictions);
    const qcr_matrix limits = qcr_rows(thresholds);
    SEXP intervals = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, 2));
    double *lower = rows == 0 ? NULL : REAL(intervals);
    double *upper = rows == 0 ? NULL : lower + rows;
    qcr_check(qc_conformal_regression_intervals_f64(matrix.values, rows, matrix.columns, levels,
                                                    limits.values, &options, lower, upper));
    UNPROTECT(1);
    return intervals;
}
