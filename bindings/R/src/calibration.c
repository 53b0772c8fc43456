/*
 * Family `calibration`.
 */
#include "families.h"

static const char *outcome_name(int32_t outcome) {
    switch (outcome) {
    case QC_FIT_OK:
        return "ok";
    case QC_FIT_SEPARATED:
        return "separated";
    case QC_FIT_INVERTED:
        return "inverted";
    case QC_FIT_DEGENERATE:
        return "degenerate";
    case QC_FIT_NOT_CONVERGED:
        return "not_converged";
    default:
        return "unknown";
    }
}

static SEXP fit_as_list(const qc_calibration_temperature_result *fit) {
    SEXP list = PROTECT(qcr_new_list(7));
    qcr_put(list, "temperature", Rf_ScalarReal(fit->temperature));
    qcr_put(list, "inverse_temperature", Rf_ScalarReal(fit->inverse_temperature));
    qcr_put(list, "nll_before", Rf_ScalarReal(fit->nll_before));
    qcr_put(list, "nll_after", Rf_ScalarReal(fit->nll_after));
    qcr_put(list, "gradient", Rf_ScalarReal(fit->gradient));
    qcr_put(list, "outcome", Rf_mkString(outcome_name(fit->outcome)));
    qcr_put(list, "iterations", Rf_ScalarInteger(fit->iterations));
    UNPROTECT(1);
    return list;
}

SEXP qcr_temperature_fit(SEXP logits, SEXP labels, SEXP weights, SEXP max_iterations) {
    const size_t rows = qcr_row_count(logits);
    const size_t classes = qcr_column_count(logits);
    /* One column is refused by the library; its labels should not be refused first. */
    const int64_t *from_zero = qcr_labels(labels, rows, 1, classes < 2 ? 2 : classes);
    const double *weights_or_null = qcr_weights(weights, rows);
    qcr_interrupt interrupt;
    qc_calibration_temperature_options options;
    qcr_check(qc_calibration_temperature_options_init(&options, sizeof options));
    options.max_iterations = qcr_int(max_iterations, "max_iterations");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    const qcr_matrix matrix = qcr_rows(logits);
    qc_calibration_temperature_result fit = {.struct_size = sizeof fit};
    const qc_status status = qc_calibration_temperature_fit_f64(
        matrix.values, from_zero, weights_or_null, rows, classes, &options, &fit);
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(1);
    return fit_as_list(&fit);
}

SEXP qcr_temperature_apply(SEXP logits, SEXP temperature) {
    const double divisor = qcr_double(temperature, "temperature");
    const qcr_matrix matrix = qcr_rows(logits);
    SEXP result = PROTECT(Rf_allocMatrix(REALSXP, (int)matrix.rows, (int)matrix.columns));
    /* A transposed copy is ours, and is overwritten; R's own memory is not. */
    const int copied = matrix.values != qcr_doubles(logits);
    double *target = copied ? (double *)matrix.values : XLENGTH(result) == 0 ? NULL : REAL(result);
    qcr_check(qc_calibration_temperature_apply_f64(matrix.values, matrix.rows, matrix.columns,
                                                   divisor, target));
    if (copied) {
        qcr_transpose_f64(target, matrix.columns, matrix.rows, REAL(result));
    }
    UNPROTECT(1);
    return result;
}

/* `given` is list(bins, target, binning, norm, edges), all of them doubles. */
static qc_calibration_error_options options_from(SEXP given) {
    qc_calibration_error_options options;
    qcr_check(qc_calibration_error_options_init(&options, sizeof options));
    options.bins = qcr_int(VECTOR_ELT(given, 0), "bins");
    options.target = qcr_int(VECTOR_ELT(given, 1), "target");
    options.binning = qcr_int(VECTOR_ELT(given, 2), "binning");
    options.norm = qcr_int(VECTOR_ELT(given, 3), "norm");
    options.edges = qcr_int(VECTOR_ELT(given, 4), "edges");
    return options;
}

/* `forecasts` is list(probs, list(labels, first label), weights). The result is list(error,
 * bin_table), the table as the library writes it, or empty if it is not wanted. */
SEXP qcr_calibration_error(SEXP forecasts, SEXP given, SEXP want_table) {
    SEXP probs = VECTOR_ELT(forecasts, 0), labels = VECTOR_ELT(forecasts, 1);
    const size_t rows = qcr_row_count(probs);
    const size_t classes = qcr_column_count(probs);
    const qc_calibration_error_options options = options_from(given);
    const int64_t *from_zero =
        qcr_labels(VECTOR_ELT(labels, 0), rows, qcr_int(VECTOR_ELT(labels, 1), "first label"),
                   classes == 1 ? 2 : classes);
    const double *weights_or_null = qcr_weights(VECTOR_ELT(forecasts, 2), rows);

    size_t bins = 0;
    if (Rf_asLogical(want_table) == TRUE && options.bins > 0) {
        bins = (size_t)options.bins;
        bins *= options.target == QC_CALIBRATION_CLASSWISE ? classes : 1;
    }
    SEXP table = PROTECT(qcr_new_doubles(3 * bins));
    const qcr_matrix matrix = qcr_rows(probs);
    double error = 0;
    qcr_check(qc_calibration_error_f64(matrix.values, from_zero, weights_or_null, rows, classes,
                                       &options, &error, qcr_output(table)));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "error", Rf_ScalarReal(error));
    qcr_put(list, "bin_table", table);
    UNPROTECT(2);
    return list;
}
