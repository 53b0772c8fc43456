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
    const char *const names[] = {
        "temperature", "inverse_temperature", "nll_before", "nll_after", "gradient",
        "outcome",     "iterations",          NULL};
    const SEXP values[] = {
        PROTECT(Rf_ScalarReal(fit->temperature)),  PROTECT(Rf_ScalarReal(fit->inverse_temperature)),
        PROTECT(Rf_ScalarReal(fit->nll_before)),   PROTECT(Rf_ScalarReal(fit->nll_after)),
        PROTECT(Rf_ScalarReal(fit->gradient)),     PROTECT(Rf_mkString(outcome_name(fit->outcome))),
        PROTECT(Rf_ScalarInteger(fit->iterations))};
    SEXP result = qcr_list(names, values);
    UNPROTECT(7);
    return result;
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

/* The result is the error, or with a table list(error, bin_table): the table's three columns are the rows
 * of a 3 x bins (or 3 x bins * classes) matrix, since R reads by columns what the library writes by
 * rows. */
SEXP qcr_calibration_error(SEXP probs, SEXP labels, SEXP first, SEXP weights, SEXP bins,
                           SEXP target, SEXP binning, SEXP norm, SEXP edges, SEXP want_table) {
    const size_t rows = qcr_row_count(probs);
    const size_t classes = qcr_column_count(probs);
    const int64_t *from_zero =
        qcr_labels(labels, rows, qcr_int(first, "first"), classes == 1 ? 2 : classes);
    const double *weights_or_null = qcr_weights(weights, rows);
    qc_calibration_error_options options;
    qcr_check(qc_calibration_error_options_init(&options, sizeof options));
    options.bins = qcr_int(bins, "bins");
    options.target = qcr_int(target, "target");
    options.binning = qcr_int(binning, "binning");
    options.norm = qcr_int(norm, "norm");
    options.edges = qcr_int(edges, "edges");

    size_t table_rows = 0;
    if (Rf_asLogical(want_table) == TRUE && options.bins > 0) {
        table_rows = (size_t)options.bins;
        table_rows *= options.target == QC_CALIBRATION_CLASSWISE ? classes : 1;
    }
    SEXP table = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)(3 * table_rows)));
    const qcr_matrix matrix = qcr_rows(probs);
    double error = 0;
    qcr_check(qc_calibration_error_f64(matrix.values, from_zero, weights_or_null, rows, classes,
                                       &options, &error, table_rows == 0 ? NULL : REAL(table)));
    SEXP number = PROTECT(Rf_ScalarReal(error));
    const char *const names[] = {"error", "bin_table", NULL};
    const SEXP values[] = {number, table};
    SEXP result = qcr_list(names, values);
    UNPROTECT(2);
    return result;
}
