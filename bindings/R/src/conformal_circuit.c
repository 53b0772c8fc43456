/*
 * Family `conformal`: probabilities corrected by knowledge rules.
 */
#include "families.h"

typedef struct {
    const int32_t *premises, *conclusions, *circuits;
    const double *weights, *shares;
    size_t rule_count, circuit_count;
} circuit_arguments;

/* R counts leaves and circuits from 1: a literal is l or -l, which C takes as l - 1 or -l. What is
 * out of range stays so. */
static const int32_t *whole_numbers(SEXP values, size_t count, const char *name, int are_literals) {
    const double *given = qcr_points(values, count, name);
    int32_t *numbers = (int32_t *)R_alloc(count, sizeof(int32_t));
    for (size_t i = 0; i < count; i++) {
        const double value = given[i];
        if (!(value >= -INT32_MAX && value <= INT32_MAX) || value != (double)(int32_t)value ||
            (are_literals && value == 0)) {
            qcr_refuse(QC_ERR_DOMAIN, "%s[%.0f] is %g; it must be a whole number%s", name,
                       (double)i + 1, value, are_literals ? " other than 0" : "");
        }
        numbers[i] = (int32_t)value - (value > 0 || !are_literals ? 1 : 0);
    }
    return numbers;
}

/* `rules` is list(premises, conclusions, weights, circuits). */
static circuit_arguments arguments_from(SEXP rules, SEXP circuits, SEXP shares) {
    circuit_arguments given = {0};
    given.rule_count = (size_t)XLENGTH(VECTOR_ELT(rules, 2));
    given.premises = whole_numbers(VECTOR_ELT(rules, 0), given.rule_count, "rules$premise", 1);
    given.conclusions =
        whole_numbers(VECTOR_ELT(rules, 1), given.rule_count, "rules$conclusion", 1);
    given.weights = qcr_points(VECTOR_ELT(rules, 2), given.rule_count, "rules$weight");
    given.circuits = whole_numbers(VECTOR_ELT(rules, 3), given.rule_count, "rules$circuit", 0);
    given.circuit_count = qcr_size(circuits, "circuits");
    if (!Rf_isNull(shares)) {
        qcr_require_length(shares, given.circuit_count + 1, "shares");
        given.shares = qcr_doubles(shares);
    }
    return given;
}

static SEXP by_columns(const double *by_rows, qcr_matrix shape) {
    SEXP values = PROTECT(Rf_allocMatrix(REALSXP, (int)shape.rows, (int)shape.columns));
    qcr_transpose_f64(by_rows, shape.columns, shape.rows, REAL(values));
    UNPROTECT(1);
    return values;
}

SEXP qcr_conformal_circuit_probabilities(SEXP leaves, SEXP rules, SEXP circuits, SEXP shares) {
    const circuit_arguments given = arguments_from(rules, circuits, shares);
    const qcr_matrix matrix = qcr_rows(leaves);
    double *by_rows = (double *)R_alloc(matrix.rows * matrix.columns, sizeof(double));
    qcr_check(qc_conformal_circuit_probabilities(matrix.values, matrix.rows, matrix.columns,
                                                 given.premises, given.conclusions, given.weights,
                                                 given.circuits, given.rule_count, given.shares,
                                                 given.circuit_count, by_rows));
    return by_columns(by_rows, matrix);
}

SEXP qcr_conformal_circuit_bounds(SEXP lower, SEXP upper, SEXP rules, SEXP circuits, SEXP shares) {
    const circuit_arguments given = arguments_from(rules, circuits, shares);
    const qcr_matrix low = qcr_rows(lower);
    if (qcr_row_count(upper) != low.rows || qcr_column_count(upper) != low.columns) {
        qcr_refuse(QC_ERR_SIZE, "upper is %.0f x %.0f; lower is %.0f x %.0f",
                   (double)qcr_row_count(upper), (double)qcr_column_count(upper), (double)low.rows,
                   (double)low.columns);
    }
    const qcr_matrix high = qcr_rows(upper);
    const size_t count = low.rows * low.columns;
    double *below = (double *)R_alloc(count, sizeof(double));
    double *above = (double *)R_alloc(count, sizeof(double));
    qcr_check(qc_conformal_circuit_bounds(low.values, high.values, low.rows, low.columns,
                                          given.premises, given.conclusions, given.weights,
                                          given.circuits, given.rule_count, given.shares,
                                          given.circuit_count, below, above));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "lower", by_columns(below, low));
    qcr_put(list, "upper", by_columns(above, low));
    UNPROTECT(1);
    return list;
}
