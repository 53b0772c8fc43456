/*
 * Family `conformal`.
 */
#include "families.h"

SEXP qcr_conformal_rank(SEXP n, SEXP alpha) {
    const size_t n_count = (size_t)XLENGTH(n);
    const size_t alpha_count = (size_t)XLENGTH(alpha);
    size_t count = n_count > alpha_count ? n_count : alpha_count;
    if (n_count == 0 || alpha_count == 0) {
        count = 0;
    }
    size_t *ranks = (size_t *)R_alloc(count, sizeof(size_t));
    for (size_t i = 0; i < count; i++) {
        const size_t scores = qcr_size_from(REAL_RO(n)[i % n_count], "n");
        qcr_check(qc_conformal_rank(scores, REAL_RO(alpha)[i % alpha_count], &ranks[i]));
    }
    return qcr_sizes(ranks, count, 0);
}

SEXP qcr_conformal_threshold(SEXP scores, SEXP alpha) {
    double threshold = 0;
    qcr_check(qc_conformal_threshold_f64(qcr_doubles(scores), (size_t)XLENGTH(scores),
                                         qcr_double(alpha, "alpha"), &threshold));
    return Rf_ScalarReal(threshold);
}

SEXP qcr_conformal_sets(SEXP scores, SEXP threshold) {
    const double limit = qcr_double(threshold, "threshold");
    const qcr_matrix matrix = qcr_rows(scores);
    const size_t bytes = (matrix.columns + 7) / 8;
    uint8_t *by_rows = (uint8_t *)R_alloc(matrix.rows * bytes, 1);
    SEXP mask = PROTECT(Rf_allocMatrix(RAWSXP, (int)matrix.rows, (int)bytes));
    SEXP sizes = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)matrix.rows));
    qcr_check(qc_conformal_sets_f64(matrix.values, matrix.rows, matrix.columns, limit, by_rows,
                                    matrix.rows == 0 ? NULL : INTEGER(sizes)));
    qcr_transpose_u8(by_rows, bytes, matrix.rows, RAW(mask));

    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "mask", mask);
    qcr_put(list, "sizes", sizes);
    UNPROTECT(3);
    return list;
}

/* The bit mask (rows x bytes, by columns) as a logical matrix. */
SEXP qcr_conformal_members(SEXP mask, SEXP classes) {
    const size_t rows = qcr_row_count(mask);
    const size_t columns = qcr_extent(classes, "classes");
    if (qcr_column_count(mask) != (columns + 7) / 8) {
        qcr_refuse(QC_ERR_SIZE, "mask has %.0f columns; %.0f classes need %.0f",
                   (double)qcr_column_count(mask), (double)columns, (double)((columns + 7) / 8));
    }
    const uint8_t *bytes = RAW_RO(mask);
    SEXP members = PROTECT(Rf_allocMatrix(LGLSXP, (int)rows, (int)columns));
    int *member = LOGICAL(members);
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = 0; i < rows; i++) {
            *member++ = bytes[(j / 8) * rows + i] >> (j % 8) & 1;
        }
    }
    UNPROTECT(1);
    return members;
}

SEXP qcr_conformal_intervals(SEXP mean, SEXP threshold) {
    const size_t n = (size_t)XLENGTH(mean);
    const double width = qcr_double(threshold, "threshold");
    if (n > INT32_MAX) {
        qcr_refuse(QC_ERR_SIZE, "mean has length %.0f; an R matrix has at most 2^31 - 1 rows",
                   (double)n);
    }
    SEXP limits = PROTECT(Rf_allocMatrix(REALSXP, (int)n, 2));
    double *lower = qcr_output(limits);
    double *upper = n == 0 ? NULL : lower + n;
    qcr_check(qc_conformal_intervals_f64(qcr_doubles(mean), n, width, lower, upper));
    UNPROTECT(1);
    return limits;
}
