/*
 * Family `quantize`: trellis-coded quantization. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

#include <stdbool.h>

/* `given` is what trellis_fields() makes. The progress callback is left unset. */
static qc_quantize_trellis_options options_from(SEXP given) {
    qc_quantize_trellis_options options;
    qcr_check(qc_quantize_trellis_options_init(&options, sizeof options));
    options.code = qcr_int(VECTOR_ELT(given, 0), "code");
    options.state_bits = qcr_int(VECTOR_ELT(given, 1), "state_bits");
    options.step_bits = qcr_int(VECTOR_ELT(given, 2), "step_bits");
    options.step_values = qcr_int(VECTOR_ELT(given, 3), "step_values");
    options.table_bits = qcr_int(VECTOR_ELT(given, 4), "table_bits");
    options.is_tail_biting = qcr_int(VECTOR_ELT(given, 5), "tail_biting");
    options.length = qcr_size(VECTOR_ELT(given, 6), "length");
    options.seed = qcr_size(VECTOR_ELT(given, 7), "seed");
    options.granularity = qcr_int(VECTOR_ELT(given, 9), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 10), "group_size");
    return options;
}

/* The caller's table, row after row; NULL if there is none. */
static const float *table_from(SEXP given, const qc_quantize_trellis_options *options) {
    SEXP table = VECTOR_ELT(given, 8);
    if (Rf_isNull(table)) {
        return NULL;
    }
    const size_t rows = qcr_row_count(table), columns = qcr_column_count(table);
    const bool is_whole = options->code == QC_QUANTIZE_TRELLIS_TABLE;
    const int32_t bits = is_whole ? options->state_bits : options->table_bits;
    /* Sizes that the library refuses are for it to name. */
    if (bits >= 1 && bits <= (is_whole ? 20 : 15) && options->step_values >= 1 && options->step_values <= 16) {
        qcr_require_length(table, ((size_t)1 << bits) * (size_t)options->step_values, "table");
    }
    return qcr_singles_by_rows(table, rows, columns);
}

typedef struct {
    size_t code_bytes, group_count, scale_rows, scale_columns;
} room;

static room room_of(size_t rows, size_t columns, const qc_quantize_trellis_options *options) {
    room found = {0};
    qcr_check(qc_quantize_trellis_layout(rows, columns, options, &found.code_bytes,
                                         &found.group_count));
    const bool is_shared = options->granularity == QC_QUANTIZE_PER_TENSOR;
    found.scale_rows = is_shared ? found.group_count : rows;
    found.scale_columns = is_shared ? 1 : (rows == 0 ? 0 : found.group_count / rows);
    return found;
}

/* Scales of groups, row by row. */
static const float *scales_from(SEXP scales, const room *found) {
    const qcr_grid_room groups = {.group_count = found->group_count,
                                  .scale_rows = found->scale_rows,
                                  .scale_columns = found->scale_columns};
    return qcr_parameters(scales, &groups, "scales");
}

SEXP qcr_quantize_trellis_values(SEXP given) {
    const qc_quantize_trellis_options options = options_from(given);
    const float *table = table_from(given, &options);
    const bool is_good = options.state_bits >= 1 && options.state_bits <= 20 &&
                         options.step_values >= 1 && options.step_values <= 16;
    const size_t rows = is_good ? (size_t)1 << options.state_bits : 1;
    const size_t columns = is_good ? (size_t)options.step_values : 1;
    float *values = (float *)R_alloc(rows * columns, sizeof(float));
    qcr_check(qc_quantize_trellis_values_f32(table, &options, values));
    return qcr_single_matrix(values, rows, columns);
}

SEXP qcr_quantize_trellis_layout(SEXP rows, SEXP columns, SEXP given) {
    const qc_quantize_trellis_options options = options_from(given);
    const room found =
        room_of(qcr_size(rows, "rows"), qcr_size(columns, "columns"), &options);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "code_bytes", qcr_sizes(&found.code_bytes, 1, 0));
    qcr_put(list, "group_count", qcr_sizes(&found.group_count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_trellis_scales(SEXP values, SEXP ratio, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_trellis_options options = options_from(given);
    options.ratio = qcr_double(ratio, "ratio");
    const room found = room_of(rows, columns, &options);
    const float *table = table_from(given, &options);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *scales = (float *)R_alloc(found.group_count + 1, sizeof(float));
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const qc_status status =
        qc_quantize_trellis_scales_f32(by_rows, rows, columns, table, &options, scales);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(scales, found.scale_rows, found.scale_columns));
    UNPROTECT(2);
    return result;
}

SEXP qcr_quantize_trellis_encode(SEXP values, SEXP scales, SEXP importance, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_trellis_options options = options_from(given);
    const room found = room_of(rows, columns, &options);
    const float *table = table_from(given, &options);
    const float *by_group = scales_from(scales, &found);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    const float *factors = NULL;
    if (!Rf_isNull(importance)) {
        qcr_require_length(importance, rows * columns, "importance");
        factors = qcr_singles_by_rows(importance, rows, columns);
    }
    SEXP codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)found.code_bytes));
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    double error = 0;
    const qc_status status =
        qc_quantize_trellis_encode_f32(by_rows, factors, rows, columns, by_group, table, &options,
                                       qcr_bytes_of(codes), &error);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "codes", codes);
    qcr_put(list, "error", Rf_ScalarReal(error));
    UNPROTECT(3);
    return list;
}

SEXP qcr_quantize_trellis_decode(SEXP codes, SEXP scales, SEXP rows, SEXP columns, SEXP given) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    qc_quantize_trellis_options options = options_from(given);
    const room found = room_of(row_count, column_count, &options);
    qcr_require_length(codes, found.code_bytes, "codes");
    const float *table = table_from(given, &options);
    const float *by_group = scales_from(scales, &found);
    float *by_rows = (float *)R_alloc(row_count * column_count + 1, sizeof(float));
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const qc_status status =
        qc_quantize_trellis_decode_f32(qcr_bytes_of(codes), by_group, table, row_count,
                                       column_count, &options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(by_rows, row_count, column_count));
    UNPROTECT(2);
    return result;
}
