/*
 * Family `conformal`: parameters whose risk is controlled.
 */
#include "families.h"

SEXP qcr_conformal_risk_control(SEXP losses, SEXP bound, SEXP alpha, SEXP monotonize) {
    const qcr_matrix matrix = qcr_rows(losses);
    size_t index = 0;
    SEXP list = PROTECT(qcr_new_list(2));
    double *bounds = qcr_put_doubles(list, "bounds", matrix.columns);
    qcr_check(qc_conformal_risk_control(matrix.values, matrix.rows, matrix.columns,
                                        qcr_double(bound, "bound"), qcr_double(alpha, "alpha"),
                                        qcr_int(monotonize, "monotonize"), bounds, &index));
    qcr_put(list, "index", qcr_sizes(&index, 1, 1));
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_risk_steps(SEXP positions, SEXP drops, SEXP n, SEXP bound, SEXP alpha) {
    const size_t count = (size_t)XLENGTH(positions);
    double threshold = 0;
    if (!Rf_isNull(drops)) {
        qcr_require_length(drops, count, "drops");
    }
    qcr_check(qc_conformal_risk_steps(
        qcr_doubles(positions), Rf_isNull(drops) ? NULL : qcr_doubles(drops), count,
        qcr_size(n, "n"), qcr_double(bound, "bound"), qcr_double(alpha, "alpha"), &threshold));
    return Rf_ScalarReal(threshold);
}

SEXP qcr_conformal_risk_p_values(SEXP risks, SEXP n, SEXP alpha, SEXP bound) {
    const size_t count = (size_t)XLENGTH(risks);
    SEXP values = PROTECT(qcr_new_doubles(count));
    qcr_check(qc_conformal_risk_p_values(qcr_doubles(risks), count, qcr_size(n, "n"),
                                         qcr_double(alpha, "alpha"), qcr_int(bound, "bound"),
                                         qcr_output(values)));
    UNPROTECT(1);
    return values;
}

static SEXP flags(const uint8_t *selected, size_t count) {
    SEXP result = Rf_allocVector(LGLSXP, (R_xlen_t)count);
    for (size_t i = 0; i < count; i++) {
        LOGICAL(result)[i] = selected[i];
    }
    return result;
}

SEXP qcr_conformal_risk_select(SEXP p_values, SEXP delta, SEXP procedure, SEXP starts) {
    const size_t count = (size_t)XLENGTH(p_values);
    uint8_t *selected = (uint8_t *)R_alloc(count, 1);
    qcr_check(qc_conformal_risk_select(qcr_doubles(p_values), count, qcr_double(delta, "delta"),
                                       qcr_int(procedure, "procedure"), qcr_size(starts, "starts"),
                                       selected, NULL));
    return flags(selected, count);
}

SEXP qcr_conformal_risk_graph(SEXP p_values, SEXP delta, SEXP weights, SEXP transitions) {
    const size_t count = (size_t)XLENGTH(p_values);
    uint8_t *selected = (uint8_t *)R_alloc(count, 1);
    const qcr_matrix edges = qcr_rows(transitions);
    qcr_require_length(weights, count, "weights");
    if (edges.rows != count || edges.columns != count) {
        qcr_refuse(QC_ERR_SIZE, "transitions is %.0f x %.0f; %.0f x %.0f are needed",
                   (double)edges.rows, (double)edges.columns, (double)count, (double)count);
    }
    qcr_check(qc_conformal_risk_graph(qcr_doubles(p_values), qcr_doubles(weights), edges.values,
                                      count, qcr_double(delta, "delta"), selected, NULL));
    return flags(selected, count);
}

SEXP qcr_conformal_risk_best(SEXP selected, SEXP costs) {
    const size_t count = (size_t)XLENGTH(selected);
    uint8_t *mask = (uint8_t *)R_alloc(count, 1);
    size_t index = 0;
    for (size_t i = 0; i < count; i++) {
        mask[i] = LOGICAL_RO(selected)[i] != 0;
    }
    if (!Rf_isNull(costs)) {
        qcr_require_length(costs, count, "costs");
    }
    qcr_check(
        qc_conformal_risk_best(mask, Rf_isNull(costs) ? NULL : qcr_doubles(costs), count, &index));
    return qcr_sizes(&index, 1, 1);
}
