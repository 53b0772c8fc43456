/*
 * Family `conformal`: information pursuit.
 */
#include "families.h"

SEXP qcr_conformal_pursuit_histories(SEXP seed, SEXP first_point, SEXP points, SEXP queries,
                                     SEXP length) {
    const size_t rows = qcr_extent(points, "points");
    const size_t columns = qcr_extent(length, "length");
    const size_t query_count = qcr_size(queries, "queries");
    if (columns > query_count) {
        qcr_refuse(QC_ERR_SIZE, "length is %.0f; it must be at most queries, %.0f", (double)columns,
                   (double)query_count);
    }
    int32_t *by_rows = (int32_t *)R_alloc(rows * columns, sizeof(int32_t));
    qcr_check(qc_conformal_pursuit_histories(qcr_size(seed, "seed"),
                                             qcr_size(first_point, "first_point"), rows,
                                             query_count, columns, by_rows));
    SEXP orders = PROTECT(Rf_allocMatrix(INTSXP, (int)rows, (int)columns));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            INTEGER(orders)[j * rows + i] = by_rows[i * columns + j] + 1;
        }
    }
    UNPROTECT(1);
    return orders;
}

SEXP qcr_conformal_pursuit_log_sizes(SEXP sizes, SEXP weights) {
    const qcr_matrix given = qcr_rows(sizes);
    const size_t count = given.rows * given.columns;
    int32_t *counts = (int32_t *)R_alloc(count, sizeof(int32_t));
    for (size_t i = 0; i < count; i++) {
        const double size = given.values[i];
        if (!(size >= INT32_MIN && size <= INT32_MAX) || size != (int32_t)size) {
            qcr_refuse(QC_ERR_DOMAIN, "sizes[%.0f, %.0f] is %g; sizes must be whole numbers",
                       (double)(i / given.columns + 1), (double)(i % given.columns + 1), size);
        }
        counts[i] = (int32_t)size;
    }
    const double *shares = NULL;
    if (!Rf_isNull(weights)) {
        const qcr_matrix matrix = qcr_rows(weights);
        if (matrix.rows != given.rows || matrix.columns != given.columns) {
            qcr_refuse(QC_ERR_SIZE, "weights is %.0f x %.0f; %.0f x %.0f are needed",
                       (double)matrix.rows, (double)matrix.columns, (double)given.rows,
                       (double)given.columns);
        }
        shares = matrix.values;
    }
    SEXP values = PROTECT(qcr_new_doubles(given.rows));
    qcr_check(qc_conformal_pursuit_log_sizes(counts, shares, given.rows, given.columns,
                                             qcr_output(values)));
    UNPROTECT(1);
    return values;
}

SEXP qcr_conformal_pursuit_choose(SEXP log_sizes, SEXP asked) {
    const size_t count = (size_t)XLENGTH(log_sizes);
    uint8_t *closed = NULL;
    if (!Rf_isNull(asked)) {
        qcr_require_length(asked, count, "asked");
        closed = (uint8_t *)R_alloc(count, 1);
        for (size_t i = 0; i < count; i++) {
            closed[i] = LOGICAL_RO(asked)[i] != 0;
        }
    }
    size_t index = 0;
    double spread = 0;
    qcr_check(qc_conformal_pursuit_choose(qcr_doubles(log_sizes), closed, count, &index, &spread));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "index", qcr_sizes(&index, 1, 1));
    qcr_put(list, "spread", qcr_doubles_of(&spread, 1));
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_pursuit_entropy_bound(SEXP classes, SEXP n, SEXP alpha, SEXP mean_size,
                                         SEXP kind) {
    double bound = 0;
    qcr_check(qc_conformal_pursuit_entropy_bound(
        qcr_size(classes, "classes"), qcr_size(n, "n"), qcr_double(alpha, "alpha"),
        qcr_double(mean_size, "mean_size"), qcr_int(kind, "kind"), &bound));
    return Rf_ScalarReal(bound);
}
