/*
 * Family `conformal`: intervals of CV+ and its kin.
 */
#include "families.h"

/* `given` is c(method, sides, aggregation). */
static qc_conformal_cross_options options_from(SEXP given) {
    qc_conformal_cross_options options;
    qcr_check(qc_conformal_cross_options_init(&options, sizeof options));
    options.method = (int32_t)REAL_RO(given)[0];
    options.sides = (int32_t)REAL_RO(given)[1];
    options.aggregation = (int32_t)REAL_RO(given)[2];
    return options;
}

/* A matrix of logical values or counts, by rows, as bytes of 0 and 1. */
static const uint8_t *bags_from(SEXP in_bag, size_t n, size_t models) {
    if (qcr_row_count(in_bag) != n || qcr_column_count(in_bag) != models) {
        qcr_refuse(QC_ERR_SIZE, "in_bag is %.0f x %.0f; expected %.0f x %.0f",
                   (double)qcr_row_count(in_bag), (double)qcr_column_count(in_bag), (double)n,
                   (double)models);
    }
    uint8_t *bags = (uint8_t *)R_alloc(n * models, 1);
    for (size_t column = 0; column < models; column++) {
        for (size_t row = 0; row < n; row++) {
            const double count = REAL_RO(in_bag)[column * n + row];
            if (ISNAN(count)) {
                qcr_refuse(QC_ERR_NOT_FINITE, "in_bag[%.0f, %.0f] is NaN; it must be a number",
                           (double)row + 1, (double)column + 1);
            }
            bags[row * models + column] = count != 0;
        }
    }
    return bags;
}

/* Where a call puts the ends of m intervals: a matrix of two columns. */
typedef struct {
    qcr_interrupt interrupt;
    SEXP matrix;
    double *lower;
    double *upper;
} ends;

/* Protects two objects. */
static void begin(ends *e, size_t m, qc_conformal_cross_options *options) {
    options->progress = qcr_interrupt_progress(&e->interrupt);
    PROTECT(e->interrupt.token);
    e->matrix = PROTECT(Rf_allocMatrix(REALSXP, (int)m, 2));
    e->lower = m == 0 ? NULL : REAL(e->matrix);
    e->upper = m == 0 ? NULL : e->lower + m;
}

static SEXP end(ends *e, qc_status status) {
    qcr_check_interruptible(status, &e->interrupt);
    UNPROTECT(2);
    return e->matrix;
}

SEXP qcr_conformal_cross_intervals(SEXP residuals, SEXP fold, SEXP predictions, SEXP alpha,
                                   SEXP given) {
    qc_conformal_cross_options options = options_from(given);
    const size_t n = (size_t)XLENGTH(residuals);
    const size_t m = qcr_row_count(predictions);
    const int32_t *folds = qcr_folds(fold, n);
    const qcr_matrix matrix = qcr_rows(predictions);
    const double level = qcr_double(alpha, "alpha");
    ends e;
    begin(&e, m, &options);
    return end(&e,
               qc_conformal_cross_intervals_f64(qcr_doubles(residuals), folds, n, matrix.values, m,
                                                matrix.columns, level, &options, e.lower, e.upper));
}

SEXP qcr_conformal_cross_bootstrap_predictions(SEXP in_bag, SEXP predictions, SEXP given) {
    const qc_conformal_cross_options options = options_from(given);
    const size_t n = qcr_row_count(predictions);
    const qcr_matrix matrix = qcr_rows(predictions);
    const uint8_t *bags = bags_from(in_bag, n, matrix.columns);
    SEXP aggregated = PROTECT(qcr_new_doubles(n));
    qcr_check(qc_conformal_cross_bootstrap_predictions_f64(bags, matrix.values, n, matrix.columns,
                                                           &options, qcr_output(aggregated)));
    UNPROTECT(1);
    return aggregated;
}

SEXP qcr_conformal_cross_bootstrap_intervals(SEXP residuals, SEXP in_bag, SEXP predictions,
                                             SEXP alpha, SEXP given) {
    qc_conformal_cross_options options = options_from(given);
    const size_t n = (size_t)XLENGTH(residuals);
    const size_t m = qcr_row_count(predictions);
    const qcr_matrix matrix = qcr_rows(predictions);
    const uint8_t *bags = bags_from(in_bag, n, matrix.columns);
    const double level = qcr_double(alpha, "alpha");
    ends e;
    begin(&e, m, &options);
    return end(&e, qc_conformal_cross_bootstrap_intervals_f64(qcr_doubles(residuals), bags, n,
                                                              matrix.values, m, matrix.columns,
                                                              level, &options, e.lower, e.upper));
}
