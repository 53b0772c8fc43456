/*
 * Family `quantize`: scalar grids. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

#include <string.h>

static uint8_t *bytes_of(SEXP raw) { return XLENGTH(raw) == 0 ? NULL : RAW(raw); }

float *qcr_singles_of(SEXP numbers) {
    const size_t count = (size_t)XLENGTH(numbers);
    float *singles = (float *)R_alloc(count, sizeof(float));
    for (size_t i = 0; i < count; i++) {
        singles[i] = (float)REAL(numbers)[i];
    }
    return singles;
}

SEXP qcr_quantize_grid_init(SEXP name) {
    qc_quantize_grid grid;
    qcr_check(qc_quantize_grid_init(&grid, sizeof grid, CHAR(STRING_ELT(name, 0))));
    SEXP list = PROTECT(qcr_new_list(2));
    double *fields = qcr_put_doubles(list, "fields", 9);
    fields[0] = grid.kind;
    fields[1] = grid.bits;
    fields[2] = grid.is_signed;
    fields[3] = grid.is_narrow;
    fields[4] = grid.exponent_bits;
    fields[5] = grid.specials;
    fields[6] = grid.overflow;
    fields[7] = grid.bias;
    fields[8] = grid.parameter;
    double *levels = qcr_put_doubles(list, "levels", grid.level_count);
    for (size_t i = 0; i < grid.level_count; i++) {
        levels[i] = grid.levels[i];
    }
    UNPROTECT(1);
    return list;
}

/* `given` is list(fields, levels), as above. */
qc_quantize_grid qcr_grid_from(SEXP given) {
    SEXP numbers = VECTOR_ELT(given, 0), levels = VECTOR_ELT(given, 1);
    const double *fields = REAL(numbers);
    qc_quantize_grid grid;
    memset(&grid, 0, sizeof grid);
    grid.struct_size = sizeof grid;
    grid.kind = (int32_t)fields[0];
    grid.bits = (int32_t)fields[1];
    grid.is_signed = (int32_t)fields[2];
    grid.is_narrow = (int32_t)fields[3];
    grid.exponent_bits = (int32_t)fields[4];
    grid.specials = (int32_t)fields[5];
    grid.overflow = (int32_t)fields[6];
    grid.bias = fields[7];
    grid.parameter = fields[8];
    grid.level_count = (size_t)XLENGTH(levels);
    grid.levels = grid.level_count == 0 ? NULL : qcr_singles_of(levels);
    return grid;
}

SEXP qcr_quantize_grid_levels(SEXP given) {
    const qc_quantize_grid grid = qcr_grid_from(given);
    float levels[256];
    qcr_check(qc_quantize_grid_levels(&grid, levels));
    SEXP result = PROTECT(qcr_new_doubles((size_t)1 << grid.bits));
    for (R_xlen_t i = 0; i < XLENGTH(result); i++) {
        REAL(result)[i] = levels[i];
    }
    UNPROTECT(1);
    return result;
}

/* `given` is list(granularity, group_size). The progress callback is left unset. */
qc_quantize_grid_options qcr_grid_options_from(SEXP given) {
    qc_quantize_grid_options options;
    qcr_check(qc_quantize_grid_options_init(&options, sizeof options));
    options.granularity = qcr_int(VECTOR_ELT(given, 0), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 1), "group_size");
    return options;
}

qcr_grid_room qcr_grid_room_of(const qc_quantize_grid *grid, size_t rows, size_t columns,
                               const qc_quantize_grid_options *options) {
    qcr_grid_room room;
    qcr_check(
        qc_quantize_grid_layout(grid, rows, columns, options, &room.code_bytes, &room.group_count));
    room.scale_rows = options->granularity == QC_QUANTIZE_PER_TENSOR ? 1 : rows;
    room.scale_columns = room.scale_rows == 0 ? 0 : room.group_count / room.scale_rows;
    return room;
}

SEXP qcr_quantize_grid_layout(SEXP grid, SEXP rows, SEXP columns, SEXP given) {
    const qc_quantize_grid of = qcr_grid_from(grid);
    const qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room =
        qcr_grid_room_of(&of, qcr_size(rows, "rows"), qcr_size(columns, "columns"), &options);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "code_bytes", qcr_sizes(&room.code_bytes, 1, 0));
    qcr_put(list, "group_count", qcr_sizes(&room.group_count, 1, 0));
    UNPROTECT(1);
    return list;
}

float *qcr_singles_by_rows(SEXP values, size_t rows, size_t columns) {
    float *by_rows = (float *)R_alloc(rows * columns, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(values), rows, columns, by_rows);
    return by_rows;
}

SEXP qcr_quantize_grid_scales(SEXP values, SEXP grid, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &options);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *scales = (float *)R_alloc(room.group_count, sizeof(float));
    const qc_status status =
        qc_quantize_grid_scales_f32(by_rows, rows, columns, &of, &options, scales);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(Rf_allocMatrix(REALSXP, (int)room.scale_rows, (int)room.scale_columns));
    qcr_transpose_f32_f64(scales, room.scale_columns, room.scale_rows, REAL(result));
    UNPROTECT(2);
    return result;
}

const float *qcr_parameters(SEXP given, const qcr_grid_room *room, const char *name) {
    if (Rf_isNull(given)) {
        return NULL;
    }
    qcr_require_length(given, room->group_count, name);
    float *by_rows = (float *)R_alloc(room->group_count, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(given), room->scale_rows, room->scale_columns, by_rows);
    return by_rows;
}

SEXP qcr_quantize_grid_encode(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &options);
    const float *by_group = qcr_parameters(scales, &room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &room, "zeros");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    SEXP codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)room.code_bytes));
    const qc_status status = qc_quantize_grid_encode_f32(by_rows, rows, columns, &of, &options,
                                                         by_group, zeros_or_null, bytes_of(codes));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return codes;
}

SEXP qcr_quantize_grid_decode(SEXP codes, SEXP grid, SEXP scales, SEXP zeros, SEXP rows,
                              SEXP columns, SEXP given) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    const qc_quantize_grid of = qcr_grid_from(grid);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, row_count, column_count, &options);
    qcr_require_length(codes, room.code_bytes, "codes");
    const float *by_group = qcr_parameters(scales, &room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &room, "zeros");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    float *by_rows = (float *)R_alloc(row_count * column_count, sizeof(float));
    const qc_status status = qc_quantize_grid_decode_f32(
        bytes_of(codes), by_group, zeros_or_null, row_count, column_count, &of, &options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP values = PROTECT(Rf_allocMatrix(REALSXP, (int)row_count, (int)column_count));
    qcr_transpose_f32_f64(by_rows, column_count, row_count, REAL(values));
    UNPROTECT(2);
    return values;
}

/* Bytes by rows as an R matrix of whole numbers. */
static SEXP code_matrix(const uint8_t *by_rows, size_t rows, size_t columns) {
    SEXP codes = PROTECT(Rf_allocMatrix(INTSXP, (int)rows, (int)columns));
    qcr_transpose_u8_int(by_rows, columns, rows, INTEGER(codes));
    UNPROTECT(1);
    return codes;
}

SEXP qcr_quantize_grid_neighbours(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &options);
    const float *by_group = qcr_parameters(scales, &room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &room, "zeros");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    uint8_t *lower = (uint8_t *)R_alloc(rows * columns, 1);
    uint8_t *upper = (uint8_t *)R_alloc(rows * columns, 1);
    const qc_status status = qc_quantize_grid_neighbours_f32(by_rows, rows, columns, &of, &options,
                                                             by_group, zeros_or_null, lower, upper);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "lower", code_matrix(lower, rows, columns));
    qcr_put(list, "upper", code_matrix(upper, rows, columns));
    UNPROTECT(2);
    return list;
}

/* Singles by rows as an R matrix. */
SEXP qcr_single_matrix(const float *by_rows, size_t rows, size_t columns) {
    SEXP numbers = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
    qcr_transpose_f32_f64(by_rows, columns, rows, REAL(numbers));
    UNPROTECT(1);
    return numbers;
}

SEXP qcr_quantize_grid_fake(SEXP values, SEXP grid, SEXP scales, SEXP zeros, SEXP upstream,
                            SEXP gradient, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    const qc_quantize_grid_options sharing = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &sharing);
    qc_quantize_grid_fake_options options;
    qcr_check(qc_quantize_grid_fake_options_init(&options, sizeof options));
    options.granularity = sharing.granularity;
    options.group_size = sharing.group_size;
    options.gradient = qcr_int(gradient, "gradient");
    const float *by_group = qcr_parameters(scales, &room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &room, "zeros");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    const float *from_above =
        Rf_isNull(upstream) ? NULL : qcr_singles_by_rows(upstream, rows, columns);
    float *quantized = (float *)R_alloc(rows * columns, sizeof(float));
    float *of_values = (float *)R_alloc(rows * columns, sizeof(float));
    float *of_scales = (float *)R_alloc(room.group_count, sizeof(float));
    const qc_status status =
        qc_quantize_grid_fake_f32(by_rows, rows, columns, &of, &options, by_group, zeros_or_null,
                                  quantized, from_above, of_values, of_scales);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "quantized", qcr_single_matrix(quantized, rows, columns));
    qcr_put(list, "value_gradients",
            from_above == NULL ? R_NilValue : qcr_single_matrix(of_values, rows, columns));
    qcr_put(list, "scale_gradients",
            from_above == NULL ? R_NilValue
                               : qcr_single_matrix(of_scales, room.scale_rows, room.scale_columns));
    UNPROTECT(2);
    return list;
}
