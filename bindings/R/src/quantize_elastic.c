/*
 * Family `quantize`: codes read at fewer bits.
 */
#include "families.h"
#include "grids.h"

#include <stdbool.h>

/* A midrise grid; of a number of bits that the library will refuse, one of 1 bit. */
static qc_quantize_grid midrise(int32_t bits) {
    qc_quantize_grid grid;
    qcr_check(qc_quantize_grid_init(&grid, sizeof grid, "midrise1"));
    grid.bits = bits >= 1 && bits <= 8 ? bits : 1;
    return grid;
}

SEXP qcr_quantize_elastic(SEXP codes, SEXP scales, SEXP rows, SEXP columns, SEXP bits,
                          SEXP fewer_bits, SEXP refit, SEXP sharing) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    const int32_t width = qcr_int(bits, "bits"), fewer = qcr_int(fewer_bits, "fewer_bits");
    const qc_quantize_grid from = midrise(width), to = midrise(fewer);
    const qc_quantize_grid_options groups = qcr_grid_options_from(sharing);
    const qcr_grid_room room = qcr_grid_room_of(&from, row_count, column_count, &groups);
    const qcr_grid_room fewer_room = qcr_grid_room_of(&to, row_count, column_count, &groups);
    if (width == from.bits) {
        qcr_require_length(codes, room.code_bytes, "codes");
    }
    const float *by_group = qcr_parameters(scales, &room, "scales");
    qc_quantize_elastic_options options;
    qcr_check(qc_quantize_elastic_options_init(&options, sizeof options));
    options.granularity = groups.granularity;
    options.group_size = groups.group_size;
    options.refit = Rf_asLogical(refit) == TRUE;
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    SEXP fewer_codes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)fewer_room.code_bytes));
    float *fewer_scales = (float *)R_alloc(room.group_count, sizeof(float));
    const qc_status status =
        qc_quantize_elastic(qcr_bytes_of(codes), by_group, row_count, column_count, width, fewer,
                            &options, qcr_bytes_of(fewer_codes), fewer_scales);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "codes", fewer_codes);
    qcr_put(list, "scales", qcr_single_matrix(fewer_scales, room.scale_rows, room.scale_columns));
    UNPROTECT(3);
    return list;
}
