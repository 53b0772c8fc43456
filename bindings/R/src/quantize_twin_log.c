/*
 * Family `quantize`: twin logarithms. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

/* `given` is list(granularity, group_size). The progress callback is left unset. */
static qc_quantize_twin_log_options options_from(SEXP bits, SEXP given) {
    qc_quantize_twin_log_options options;
    qcr_check(qc_quantize_twin_log_options_init(&options, sizeof options));
    options.bits = qcr_int(bits, "bits");
    options.granularity = qcr_int(VECTOR_ELT(given, 0), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 1), "group_size");
    return options;
}

/* The room of a matrix: that of integers of as many bits, which the library judges later. */
static qcr_grid_room room_of(size_t rows, size_t columns,
                             const qc_quantize_twin_log_options *options, SEXP given) {
    qc_quantize_grid grid;
    qcr_check(qc_quantize_grid_init(&grid, sizeof grid, "uint4"));
    grid.bits = options->bits < 1 || options->bits > 8 ? 8 : options->bits;
    const qc_quantize_grid_options groups = qcr_grid_options_from(given);
    return qcr_grid_room_of(&grid, rows, columns, &groups);
}

static const float *parameters_from(SEXP parameters, const qcr_grid_room *room) {
    qcr_require_length(parameters, room->group_count * QC_QUANTIZE_TWIN_LOG_PARAMETERS,
                       "parameters");
    return qcr_singles_by_rows(parameters, room->group_count, QC_QUANTIZE_TWIN_LOG_PARAMETERS);
}

SEXP qcr_quantize_twin_log_fit(SEXP values, SEXP bits, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_twin_log_options options = options_from(bits, given);
    const qcr_grid_room room = room_of(rows, columns, &options, given);
    const size_t each = QC_QUANTIZE_TWIN_LOG_PARAMETERS;
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *parameters = (float *)R_alloc(room.group_count * each, sizeof(float));
    const qc_status status =
        qc_quantize_twin_log_fit_f32(by_rows, rows, columns, &options, parameters);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(parameters, room.group_count, each));
    UNPROTECT(2);
    return result;
}

SEXP qcr_quantize_twin_log_encode(SEXP values, SEXP parameters, SEXP bits, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_twin_log_options options = options_from(bits, given);
    const qcr_grid_room room = room_of(rows, columns, &options, given);
    const float *by_group = parameters_from(parameters, &room);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    SEXP codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)room.code_bytes));
    const qc_status status = qc_quantize_twin_log_encode_f32(by_rows, rows, columns, &options,
                                                             by_group, qcr_bytes_of(codes));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return codes;
}

SEXP qcr_quantize_twin_log_decode(SEXP codes, SEXP parameters, SEXP rows, SEXP columns, SEXP bits,
                                  SEXP given) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    qc_quantize_twin_log_options options = options_from(bits, given);
    const qcr_grid_room room = room_of(row_count, column_count, &options, given);
    const float *by_group = parameters_from(parameters, &room);
    if (options.bits >= 1 && options.bits <= 8) {
        qcr_require_length(codes, room.code_bytes, "codes");
    }
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    float *by_rows = (float *)R_alloc(row_count * column_count, sizeof(float));
    const qc_status status = qc_quantize_twin_log_decode_f32(
        qcr_bytes_of(codes), by_group, row_count, column_count, &options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(by_rows, row_count, column_count));
    UNPROTECT(2);
    return result;
}
