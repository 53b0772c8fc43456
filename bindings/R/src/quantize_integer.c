/*
 * Family `quantize`. R's doubles are rounded to single precision on the way in; single-precision
 * results come back as doubles, exactly.
 */
#include "families.h"

#include <math.h>

/* `given` is list(bits, scheme, granularity, group_size), all of them doubles. The progress callback
 * is left unset. */
qc_quantize_integer_options qcr_quantize_options(SEXP given) {
    qc_quantize_integer_options options;
    qcr_check(qc_quantize_integer_options_init(&options, sizeof options));
    options.bits = qcr_int(VECTOR_ELT(given, 0), "bits");
    options.scheme = qcr_int(VECTOR_ELT(given, 1), "symmetric");
    options.granularity = qcr_int(VECTOR_ELT(given, 2), "granularity");
    options.group_size = qcr_size(VECTOR_ELT(given, 3), "group_size");
    return options;
}

qcr_quantize_room qcr_quantize_room_of(size_t rows, size_t columns,
                                       const qc_quantize_integer_options *options) {
    qcr_quantize_room room;
    qcr_check(
        qc_quantize_integer_layout(rows, columns, options, &room.code_bytes, &room.group_count));
    room.scale_rows = options->granularity == QC_QUANTIZE_PER_TENSOR ? 1 : rows;
    room.scale_columns = room.scale_rows == 0 ? 0 : room.group_count / room.scale_rows;
    return room;
}

SEXP qcr_quantize_layout(SEXP rows, SEXP columns, SEXP given) {
    const qc_quantize_integer_options options = qcr_quantize_options(given);
    const qcr_quantize_room room =
        qcr_quantize_room_of(qcr_size(rows, "rows"), qcr_size(columns, "columns"), &options);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "code_bytes", qcr_sizes(&room.code_bytes, 1, 0));
    qcr_put(list, "group_count", qcr_sizes(&room.group_count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_encode(SEXP values, SEXP given) {
    const size_t rows = qcr_row_count(values);
    const size_t columns = qcr_column_count(values);
    qc_quantize_integer_options options = qcr_quantize_options(given);
    const qcr_quantize_room room = qcr_quantize_room_of(rows, columns, &options);
    const int affine = options.scheme == QC_QUANTIZE_AFFINE;
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    float *by_rows = (float *)R_alloc(rows * columns, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(values), rows, columns, by_rows);
    SEXP packed = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)room.code_bytes));
    float *scales = (float *)R_alloc(room.group_count, sizeof(float));
    uint8_t *zeros = affine ? (uint8_t *)R_alloc(room.group_count, 1) : NULL;
    const qc_status status = qc_quantize_integer_encode_f32(by_rows, rows, columns, &options,
                                                            qcr_bytes_of(packed), scales, zeros);
    qcr_check_interruptible(status, &interrupt);

    const int scale_rows = (int)room.scale_rows, scale_columns = (int)room.scale_columns;
    SEXP r_scales = PROTECT(Rf_allocMatrix(REALSXP, scale_rows, scale_columns));
    qcr_transpose_f32_f64(scales, room.scale_columns, room.scale_rows, REAL(r_scales));
    SEXP r_zeros = R_NilValue;
    if (affine) {
        r_zeros = Rf_allocMatrix(INTSXP, scale_rows, scale_columns);
        qcr_transpose_u8_int(zeros, room.scale_columns, room.scale_rows, INTEGER(r_zeros));
    }
    PROTECT(r_zeros);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "packed", packed);
    qcr_put(list, "scales", r_scales);
    qcr_put(list, "zeros", r_zeros);
    UNPROTECT(5);
    return list;
}

static void check_size(SEXP part, size_t wanted, const char *name) {
    if ((size_t)XLENGTH(part) != wanted) {
        qcr_refuse(QC_ERR_SIZE, "%s has length %.0f; the matrix and its options need %.0f", name,
                   (double)XLENGTH(part), (double)wanted);
    }
}

uint8_t *qcr_bytes_by_rows(SEXP numbers, int is_signed, const char *name) {
    const double least = is_signed ? -128 : 0, most = is_signed ? 127 : 255;
    const size_t count = (size_t)XLENGTH(numbers);
    const double *given = qcr_doubles(numbers);
    uint8_t *by_columns = (uint8_t *)R_alloc(count, 1);
    for (size_t i = 0; i < count; i++) {
        if (!(given[i] >= least && given[i] <= most) || given[i] != floor(given[i])) {
            qcr_refuse(QC_ERR_DOMAIN, "%s[%.0f] is %g; it must be a whole number, %g to %g", name,
                       (double)i + 1, given[i], least, most);
        }
        by_columns[i] = (uint8_t)(int)given[i];
    }
    uint8_t *by_rows = (uint8_t *)R_alloc(count, 1);
    qcr_transpose_u8(by_columns, qcr_row_count(numbers), qcr_column_count(numbers), by_rows);
    return by_rows;
}

SEXP qcr_quantize_decode(SEXP packed, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                         SEXP given) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    qc_quantize_integer_options options = qcr_quantize_options(given);
    const qcr_quantize_room room = qcr_quantize_room_of(row_count, column_count, &options);
    check_size(packed, room.code_bytes, "packed");
    check_size(scales, room.group_count, "scales");
    const uint8_t *zeros_or_null = NULL;
    if (options.scheme == QC_QUANTIZE_AFFINE) {
        check_size(zeros, room.group_count, "zeros");
        zeros_or_null = qcr_bytes_by_rows(zeros, 0, "zeros");
    }
    float *single_scales = (float *)R_alloc(room.group_count, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(scales), room.scale_rows, room.scale_columns, single_scales);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);

    float *by_rows = (float *)R_alloc(row_count * column_count, sizeof(float));
    const qc_status status =
        qc_quantize_integer_decode_f32(qcr_bytes_of(packed), single_scales, zeros_or_null,
                                       row_count, column_count, &options, by_rows);
    qcr_check_interruptible(status, &interrupt);
    SEXP values = PROTECT(Rf_allocMatrix(REALSXP, (int)row_count, (int)column_count));
    qcr_transpose_f32_f64(by_rows, column_count, row_count, REAL(values));
    UNPROTECT(2);
    return values;
}

SEXP qcr_pack_codes(SEXP codes, SEXP bits, SEXP is_signed) {
    const size_t rows = qcr_row_count(codes), columns = qcr_column_count(codes);
    const int32_t width = qcr_int(bits, "bits"), negative = qcr_int(is_signed, "signed");
    const uint8_t *by_rows = qcr_bytes_by_rows(codes, negative, "codes");
    /* A width that is out of range gets no room, and is refused by the library. */
    const size_t row_bytes = width > 0 && width <= 8 ? (columns * (size_t)width + 7) / 8 : 0;
    SEXP packed = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)(rows * row_bytes)));
    qcr_check(qc_quantize_pack(by_rows, rows, columns, width, negative, qcr_bytes_of(packed)));
    UNPROTECT(1);
    return packed;
}

SEXP qcr_unpack_codes(SEXP packed, SEXP rows, SEXP columns, SEXP bits, SEXP is_signed) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    const int32_t width = qcr_int(bits, "bits"), negative = qcr_int(is_signed, "signed");
    if (width > 0 && width <= 8) {
        check_size(packed, row_count * ((column_count * (size_t)width + 7) / 8), "packed");
    }
    uint8_t *by_rows = (uint8_t *)R_alloc(row_count * column_count, 1);
    qcr_check(qc_quantize_unpack(qcr_bytes_of(packed), row_count, column_count, width, negative,
                                 by_rows));
    SEXP codes = PROTECT(Rf_allocMatrix(INTSXP, (int)row_count, (int)column_count));
    if (negative) {
        qcr_transpose_i8_int((const int8_t *)by_rows, column_count, row_count, INTEGER(codes));
    } else {
        qcr_transpose_u8_int(by_rows, column_count, row_count, INTEGER(codes));
    }
    UNPROTECT(1);
    return codes;
}
