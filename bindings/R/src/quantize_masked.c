/*
 * Family `quantize`: parts of matrices. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

#include <stdbool.h>
#include <string.h>

static size_t mask_bytes(size_t rows, size_t columns) { return rows * ((columns + 7) / 8); }

/* `given` is list(granularity, group_size). */
SEXP qcr_quantize_salient_mask(SEXP values, SEXP fraction, SEXP factors, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_salient_options options;
    qcr_check(qc_quantize_salient_options_init(&options, sizeof options));
    options.fraction = qcr_double(fraction, "fraction");
    options.granularity = qcr_int(VECTOR_ELT(given, 0), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 1), "group_size");
    const float *weights = NULL;
    if (!Rf_isNull(factors)) {
        qcr_require_length(factors, columns, "factors");
        weights = qcr_singles_of(factors);
    }
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    uint8_t *mask = (uint8_t *)R_alloc(mask_bytes(rows, columns), 1);
    const qc_status status =
        qc_quantize_salient_mask_f32(by_rows, rows, columns, weights, &options, mask);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(Rf_allocMatrix(LGLSXP, (int)rows, (int)columns));
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *bits = mask + mask_bytes(row, columns);
        for (size_t column = 0; column < columns; column++) {
            LOGICAL(result)[column * rows + row] = bits[column / 8] >> column % 8 & 1;
        }
    }
    UNPROTECT(2);
    return result;
}

/* A part as the library takes it, and its room. */
typedef struct part {
    size_t rows, columns;
    const uint8_t *mask;
    qc_quantize_grid grid;
    qc_quantize_masked_options options;
    size_t selected_count;
    qcr_grid_room room;
} part;

/* `given` is list(mask by rows, is_shared, columns), as mask_of() makes it. */
static part part_from(size_t rows, SEXP given, SEXP grid, SEXP selected, SEXP sharing) {
    part p;
    memset(&p, 0, sizeof p);
    p.rows = rows;
    p.columns = qcr_size(VECTOR_ELT(given, 2), "columns");
    const bool is_shared = Rf_asLogical(VECTOR_ELT(given, 1)) == TRUE;
    const size_t mask_rows = is_shared ? 1 : rows;
    SEXP flags = VECTOR_ELT(given, 0);
    qcr_require_length(flags, mask_rows * p.columns, "mask");
    uint8_t *mask = (uint8_t *)R_alloc(mask_bytes(mask_rows, p.columns), 1);
    memset(mask, 0, mask_bytes(mask_rows, p.columns));
    for (size_t row = 0; row < mask_rows; row++) {
        uint8_t *bits = mask + mask_bytes(row, p.columns);
        for (size_t column = 0; column < p.columns; column++) {
            const int flag = LOGICAL(flags)[row * p.columns + column];
            bits[column / 8] = (uint8_t)(bits[column / 8] | (flag != 0) << column % 8);
        }
    }
    p.mask = mask;
    p.grid = qcr_grid_from(grid);
    const qc_quantize_grid_options groups = qcr_grid_options_from(sharing);
    qcr_check(qc_quantize_masked_options_init(&p.options, sizeof p.options));
    p.options.granularity = groups.granularity;
    p.options.group_size = groups.group_size;
    p.options.selected = Rf_asLogical(selected) == TRUE;
    p.options.is_shared = is_shared;
    p.room = qcr_grid_room_of(&p.grid, rows, p.columns, &groups);
    qcr_check(qc_quantize_masked_layout(p.mask, rows, p.columns, &p.grid, &p.options,
                                        &p.selected_count, &p.room.code_bytes, NULL));
    return p;
}

/* The part of a matrix, which must be as wide as the mask. */
static part part_of(SEXP values, SEXP mask, SEXP grid, SEXP selected, SEXP sharing) {
    const size_t columns = qcr_column_count(values);
    const part p = part_from(qcr_row_count(values), mask, grid, selected, sharing);
    if (p.columns != columns) {
        qcr_refuse(QC_ERR_SIZE, "mask has %zu columns; %zu are needed", p.columns, columns);
    }
    return p;
}

SEXP qcr_quantize_masked_layout(SEXP rows, SEXP mask, SEXP grid, SEXP selected, SEXP sharing) {
    const part p = part_from(qcr_size(rows, "rows"), mask, grid, selected, sharing);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "selected_count", qcr_sizes(&p.selected_count, 1, 0));
    qcr_put(list, "code_bytes", qcr_sizes(&p.room.code_bytes, 1, 0));
    qcr_put(list, "group_count", qcr_sizes(&p.room.group_count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_masked_range(SEXP values, SEXP mask, SEXP grid, SEXP rule, SEXP wants_zeros,
                               SEXP selected, SEXP sharing) {
    part p = part_of(values, mask, grid, selected, sharing);
    const qc_quantize_range_rule by = qcr_range_rule_from(rule);
    qcr_interrupt interrupt;
    p.options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, p.rows, p.columns);
    float *scales = (float *)R_alloc(p.room.group_count, sizeof(float));
    const bool has_zeros = Rf_asLogical(wants_zeros) == TRUE;
    float *zeros = has_zeros ? (float *)R_alloc(p.room.group_count, sizeof(float)) : NULL;
    const qc_status status = qc_quantize_masked_range_f32(by_rows, p.rows, p.columns, p.mask,
                                                          &p.grid, &p.options, &by, scales, zeros);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_parameter_list(scales, zeros, &p.room));
    UNPROTECT(2);
    return list;
}

SEXP qcr_quantize_masked_encode(SEXP values, SEXP mask, SEXP grid, SEXP scales, SEXP zeros,
                                SEXP selected, SEXP sharing) {
    part p = part_of(values, mask, grid, selected, sharing);
    const float *by_group = qcr_parameters(scales, &p.room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &p.room, "zeros");
    qcr_interrupt interrupt;
    p.options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, p.rows, p.columns);
    SEXP codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)p.room.code_bytes));
    const qc_status status =
        qc_quantize_masked_encode_f32(by_rows, p.rows, p.columns, p.mask, &p.grid, &p.options,
                                      by_group, zeros_or_null, qcr_bytes_of(codes));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return codes;
}

SEXP qcr_quantize_masked_decode(SEXP codes, SEXP values, SEXP mask, SEXP grid, SEXP scales,
                                SEXP zeros, SEXP selected, SEXP sharing) {
    part p = part_of(values, mask, grid, selected, sharing);
    qcr_require_length(codes, p.room.code_bytes, "codes");
    const float *by_group = qcr_parameters(scales, &p.room, "scales");
    const float *zeros_or_null = qcr_parameters(zeros, &p.room, "zeros");
    qcr_interrupt interrupt;
    p.options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    float *by_rows = qcr_singles_by_rows(values, p.rows, p.columns);
    const qc_status status =
        qc_quantize_masked_decode_f32(qcr_bytes_of(codes), by_group, zeros_or_null, p.mask, p.rows,
                                      p.columns, &p.grid, &p.options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP result = PROTECT(qcr_single_matrix(by_rows, p.rows, p.columns));
    UNPROTECT(2);
    return result;
}
