/*
 * Family `quantize`: outlier-victim pairs. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

/* `given` is list(granularity, group_size). The progress callback is left unset. */
static qc_quantize_outlier_victim_options options_from(SEXP given) {
    qc_quantize_outlier_victim_options options;
    qcr_check(qc_quantize_outlier_victim_options_init(&options, sizeof options));
    options.granularity = qcr_int(VECTOR_ELT(given, 0), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 1), "group_size");
    return options;
}

/* The room of pairs: that of any grid of four bits. */
static qcr_grid_room room_of(size_t rows, size_t columns, SEXP given) {
    qc_quantize_grid grid;
    qcr_check(qc_quantize_grid_init(&grid, sizeof grid, "int4"));
    const qc_quantize_grid_options groups = qcr_grid_options_from(given);
    return qcr_grid_room_of(&grid, rows, columns, &groups);
}

SEXP qcr_quantize_outlier_victim_scales(SEXP values, SEXP steps, SEXP low, SEXP high, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_outlier_victim_options options = options_from(given);
    options.steps = qcr_int(steps, "steps");
    options.low = qcr_double(low, "low");
    options.high = qcr_double(high, "high");
    const qcr_grid_room room = room_of(rows, columns, given);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *scales = (float *)R_alloc(room.group_count, sizeof(float));
    const qc_status status =
        qc_quantize_outlier_victim_scales_f32(by_rows, rows, columns, &options, scales);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(scales, room.scale_rows, room.scale_columns));
    UNPROTECT(2);
    return result;
}

SEXP qcr_quantize_outlier_victim_encode(SEXP values, SEXP scales, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_outlier_victim_options options = options_from(given);
    const qcr_grid_room room = room_of(rows, columns, given);
    const float *by_group = qcr_parameters(scales, &room, "scales");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    SEXP codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)room.code_bytes));
    const qc_status status = qc_quantize_outlier_victim_encode_f32(by_rows, rows, columns, &options,
                                                                   by_group, qcr_bytes_of(codes));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return codes;
}

SEXP qcr_quantize_outlier_victim_decode(SEXP codes, SEXP scales, SEXP rows, SEXP columns,
                                        SEXP given) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    qc_quantize_outlier_victim_options options = options_from(given);
    const qcr_grid_room room = room_of(row_count, column_count, given);
    qcr_require_length(codes, room.code_bytes, "codes");
    const float *by_group = qcr_parameters(scales, &room, "scales");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    float *by_rows = (float *)R_alloc(row_count * column_count, sizeof(float));
    const qc_status status = qc_quantize_outlier_victim_decode_f32(
        qcr_bytes_of(codes), by_group, row_count, column_count, &options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(by_rows, row_count, column_count));
    UNPROTECT(2);
    return result;
}
