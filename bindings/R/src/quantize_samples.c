/*
 * Family `quantize`: calibration samples. R counts samples and time steps from 1.
 */
#include "families.h"
#include "grids.h"

static qc_quantize_samples_options defaults(void) {
    qc_quantize_samples_options options;
    qcr_check(qc_quantize_samples_options_init(&options, sizeof options));
    return options;
}

/* Room for `count` numbers, also if there are none. */
static size_t *new_sizes(size_t count) {
    return (size_t *)R_alloc(count == 0 ? 1 : count, sizeof(size_t));
}

SEXP qcr_quantize_samples_filter(SEXP statistics, SEXP groups, SEXP fence) {
    const qcr_matrix values = qcr_rows(statistics);
    qc_quantize_samples_options options = defaults();
    options.fence = qcr_double(fence, "fence");
    const int64_t *labels =
        Rf_isNull(groups) ? NULL : qcr_labels(groups, values.rows, 1, values.rows + 1);
    uint8_t *kept = (uint8_t *)R_alloc(values.rows + 1, 1);
    qcr_check(qc_quantize_samples_filter_f64(values.values, values.rows, values.columns, labels,
                                             &options, kept));
    SEXP result = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)values.rows));
    for (size_t i = 0; i < values.rows; i++) {
        INTEGER(result)[i] = kept[i];
    }
    UNPROTECT(1);
    return result;
}

/* `given` as R's quantize_samples_select() makes it. */
SEXP qcr_quantize_samples_select(SEXP features, SEXP choose, SEXP kept, SEXP given) {
    const size_t rows = qcr_row_count(features), columns = qcr_column_count(features);
    const size_t count = qcr_size(choose, "choose");
    qc_quantize_samples_options options = defaults();
    qcr_interrupt interrupt;
    options.method = qcr_int(VECTOR_ELT(given, 0), "method");
    options.radius = qcr_double(VECTOR_ELT(given, 1), "radius");
    options.diversity = qcr_double(VECTOR_ELT(given, 2), "diversity");
    options.clusters = qcr_size(VECTOR_ELT(given, 3), "clusters");
    options.restarts = qcr_int(VECTOR_ELT(given, 4), "restarts");
    options.seed = qcr_size(VECTOR_ELT(given, 5), "seed");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const uint8_t *there = qcr_events(kept, rows, "kept");
    const float *values = qcr_singles_by_rows(features, rows, columns);
    /* More than there are is refused before anything is written. */
    size_t *const chosen = new_sizes(count < rows ? count : rows);
    qcr_check_interruptible(qc_quantize_samples_select_f32(values, rows, columns, there, count,
                                                           &options, chosen),
                            &interrupt);
    UNPROTECT(1);
    return qcr_sizes(chosen, count, 1);
}

SEXP qcr_quantize_samples_allocate(SEXP features, SEXP total, SEXP radius, SEXP diversity) {
    const size_t rows = qcr_row_count(features), columns = qcr_column_count(features);
    qc_quantize_samples_options options = defaults();
    qcr_interrupt interrupt;
    options.radius = qcr_double(radius, "radius");
    options.diversity = qcr_double(diversity, "diversity");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *values = qcr_singles_by_rows(features, rows, columns);
    size_t *const counts = new_sizes(rows);
    SEXP weights = PROTECT(qcr_new_doubles(rows));
    qcr_check_interruptible(qc_quantize_samples_allocate_f32(values, rows, columns,
                                                             qcr_size(total, "total"), &options,
                                                             qcr_output(weights), counts),
                            &interrupt);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "counts", qcr_sizes(counts, rows, 0));
    qcr_put(list, "weights", weights);
    UNPROTECT(3);
    return list;
}

SEXP qcr_quantize_samples_steps(SEXP steps, SEXP count, SEXP draw, SEXP mean, SEXP deviation,
                                SEXP seed) {
    const size_t wanted = qcr_size(count, "count");
    qc_quantize_samples_options options = defaults();
    options.draw = qcr_int(draw, "draw");
    options.mean = qcr_double(mean, "mean");
    options.deviation = qcr_double(deviation, "deviation");
    options.seed = qcr_size(seed, "seed");
    size_t *const chosen = new_sizes(wanted);
    qcr_check(qc_quantize_samples_steps(qcr_size(steps, "steps"), wanted, &options, chosen));
    return qcr_sizes(chosen, wanted, 1);
}
