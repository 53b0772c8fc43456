/*
 * Family `isotonic`: regression under a partial order.
 */
#include "families.h"

/* loss, solution and level, in one vector. */
static qc_isotonic_order_options order_options(SEXP loss, qcr_interrupt *interrupt) {
    qc_isotonic_order_options options;
    qcr_check(qc_isotonic_order_options_init(&options, sizeof options));
    options.loss = (int32_t)REAL(loss)[0];
    options.solution = (int32_t)REAL(loss)[1];
    options.level = REAL(loss)[2];
    options.progress = qcr_interrupt_progress(interrupt);
    return options;
}

static const int32_t *direction_numbers(SEXP directions) {
    const size_t count = (size_t)XLENGTH(directions);
    int32_t *numbers = (int32_t *)R_alloc(count, sizeof(int32_t));
    for (size_t d = 0; d < count; d++) {
        numbers[d] = (int32_t)REAL(directions)[d];
    }
    return numbers;
}

/* fitted must be protected. */
static SEXP fit_of(SEXP fitted, const size_t *blocks, size_t block_count) {
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "fitted", fitted);
    qcr_put(list, "blocks", qcr_sizes(blocks, (size_t)XLENGTH(fitted), 1));
    qcr_put(list, "block_count", qcr_sizes(&block_count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_isotonic_order_points(SEXP points, SEXP directions, SEXP y, SEXP weights, SEXP loss) {
    const qcr_matrix rows = qcr_rows(points);
    const size_t n = (size_t)XLENGTH(y);
    const double *weights_or_null = qcr_weights(weights, n);
    const int32_t *numbers = direction_numbers(directions);
    qcr_interrupt interrupt;
    const qc_isotonic_order_options options = order_options(loss, &interrupt);
    PROTECT(interrupt.token);
    SEXP fitted = PROTECT(qcr_new_doubles(n));
    size_t *blocks = (size_t *)R_alloc(n, sizeof(size_t));
    size_t count = 0;
    const qc_status status =
        qc_isotonic_order_points_f64(rows.values, n, rows.columns, numbers, qcr_doubles(y),
                                     weights_or_null, &options, qcr_output(fitted), blocks, &count);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = fit_of(fitted, blocks, count);
    UNPROTECT(2);
    return result;
}

SEXP qcr_isotonic_order_grid(SEXP y, SEXP weights, SEXP directions, SEXP loss) {
    const qcr_matrix cells = qcr_rows(y);
    const size_t n = cells.rows * cells.columns;
    const double *weights_or_null = Rf_isNull(weights) ? NULL : qcr_rows(weights).values;
    const int32_t *numbers = direction_numbers(directions);
    qcr_interrupt interrupt;
    const qc_isotonic_order_options options = order_options(loss, &interrupt);
    PROTECT(interrupt.token);
    double *rows = (double *)R_alloc(n, sizeof(double));
    const qc_status status =
        qc_isotonic_order_grid_f64(cells.values, weights_or_null, cells.rows, cells.columns,
                                   numbers[0], numbers[1], &options, rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP fitted = PROTECT(Rf_allocMatrix(REALSXP, (int)cells.rows, (int)cells.columns));
    if (n > 0) {
        qcr_transpose_f64(rows, cells.columns, cells.rows, REAL(fitted));
    }
    UNPROTECT(2);
    return fitted;
}

/* A column of edges, counted from 1, as the library's indices. */
static const size_t *ends(SEXP edges, size_t column) {
    const size_t count = qcr_row_count(edges);
    size_t *indices = (size_t *)R_alloc(count, sizeof(size_t));
    for (size_t e = 0; e < count; e++) {
        const double point = REAL(edges)[column * count + e];
        if (!(point >= 1)) {
            qcr_refuse(QC_ERR_DOMAIN, "edges[%d, %d] is %g; points are counted from 1", (int)e + 1,
                       (int)column + 1, point);
        }
        indices[e] = qcr_size_from(point, "edges") - 1;
    }
    return indices;
}

SEXP qcr_isotonic_order_graph(SEXP edges, SEXP y, SEXP weights, SEXP loss) {
    const size_t n = (size_t)XLENGTH(y);
    const size_t edge_count = qcr_row_count(edges);
    const size_t *from = ends(edges, 0);
    const size_t *to = ends(edges, 1);
    const double *weights_or_null = qcr_weights(weights, n);
    qcr_interrupt interrupt;
    const qc_isotonic_order_options options = order_options(loss, &interrupt);
    PROTECT(interrupt.token);
    SEXP fitted = PROTECT(qcr_new_doubles(n));
    size_t *blocks = (size_t *)R_alloc(n, sizeof(size_t));
    size_t count = 0;
    const qc_status status =
        qc_isotonic_order_graph_f64(from, to, edge_count, qcr_doubles(y), weights_or_null, n,
                                    &options, qcr_output(fitted), blocks, &count);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = fit_of(fitted, blocks, count);
    UNPROTECT(2);
    return result;
}

SEXP qcr_isotonic_order_predict(SEXP points, SEXP fitted, SEXP directions, SEXP queries,
                                SEXP solution) {
    const qcr_matrix known = qcr_rows(points);
    const qcr_matrix asked = qcr_rows(queries);
    const int32_t *numbers = direction_numbers(directions);
    qcr_interrupt interrupt;
    qc_isotonic_order_predict_options options;
    qcr_check(qc_isotonic_order_predict_options_init(&options, sizeof options));
    options.solution = qcr_int(solution, "solution");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP predictions = PROTECT(qcr_new_doubles(asked.rows));
    const qc_status status = qc_isotonic_order_predict_f64(
        known.values, qcr_doubles(fitted), known.rows, known.columns, numbers, asked.values,
        asked.rows, &options, qcr_output(predictions));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return predictions;
}
