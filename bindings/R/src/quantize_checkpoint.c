/*
 * Layouts of other runtimes. Packed codes and zero points are raw vectors; scales are matrices in the
 * layout's order.
 */
#include "families.h"

/* The matrix of a call, and the room that it needs. */
typedef struct request {
    size_t rows, columns;
    qc_quantize_integer_options options;
    int32_t format;
    qcr_quantize_room own;
    size_t weight_bytes, zero_bytes;
    /* The shape of the scales as they are stored. */
    size_t scale_rows, scale_columns;
} request;

static request request_of(SEXP rows, SEXP columns, SEXP given, SEXP format) {
    request r = {.rows = qcr_extent(rows, "rows"),
                 .columns = qcr_extent(columns, "columns"),
                 .options = qcr_quantize_options(given),
                 .format = qcr_int(format, "format")};
    qcr_check(qc_quantize_checkpoint_layout(r.rows, r.columns, &r.options, r.format,
                                            &r.weight_bytes, &r.zero_bytes));
    r.own = qcr_quantize_room_of(r.rows, r.columns, &r.options);
    const int by_group = r.format == QC_QUANTIZE_CHECKPOINT_GPTQ ||
                         r.format == QC_QUANTIZE_CHECKPOINT_GPTQ_V2 ||
                         r.format == QC_QUANTIZE_CHECKPOINT_AWQ;
    r.scale_rows = by_group ? r.own.scale_columns : r.own.scale_rows;
    r.scale_columns = by_group ? r.own.scale_rows : r.own.scale_columns;
    return r;
}

static int is_affine(const request *r) { return r->options.scheme == QC_QUANTIZE_AFFINE; }

SEXP qcr_quantize_checkpoint_layout(SEXP rows, SEXP columns, SEXP given, SEXP format) {
    const qc_quantize_integer_options options = qcr_quantize_options(given);
    size_t sizes[2];
    qcr_check(qc_quantize_checkpoint_layout(qcr_size(rows, "rows"), qcr_size(columns, "columns"),
                                            &options, qcr_int(format, "format"), &sizes[0],
                                            &sizes[1]));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "weight_bytes", qcr_sizes(&sizes[0], 1, 0));
    qcr_put(list, "zero_bytes", qcr_sizes(&sizes[1], 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_checkpoint_write(SEXP packed, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                                   SEXP given, SEXP format) {
    const request r = request_of(rows, columns, given, format);
    qcr_require_length(packed, r.own.code_bytes, "packed");
    qcr_require_length(scales, r.own.group_count, "scales");
    const uint8_t *own_zeros = NULL;
    if (is_affine(&r)) {
        qcr_require_length(zeros, r.own.group_count, "zeros");
        own_zeros = qcr_bytes_by_rows(zeros, 0, "zeros");
    }
    float *own_scales = (float *)R_alloc(r.own.group_count, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(scales), r.own.scale_rows, r.own.scale_columns, own_scales);
    float *weight_scales = (float *)R_alloc(r.own.group_count, sizeof(float));
    SEXP weights = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)r.weight_bytes));
    SEXP weight_zeros = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)r.zero_bytes));
    qcr_check(qc_quantize_checkpoint_write(qcr_bytes_of(packed), own_scales, own_zeros, r.rows,
                                           r.columns, &r.options, r.format, qcr_bytes_of(weights),
                                           weight_scales, qcr_bytes_of(weight_zeros)));
    SEXP r_scales = PROTECT(Rf_allocMatrix(REALSXP, (int)r.scale_rows, (int)r.scale_columns));
    qcr_transpose_f32_f64(weight_scales, r.scale_columns, r.scale_rows, REAL(r_scales));
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "weights", weights);
    qcr_put(list, "scales", r_scales);
    qcr_put(list, "zeros", weight_zeros);
    UNPROTECT(4);
    return list;
}

SEXP qcr_quantize_checkpoint_read(SEXP weights, SEXP scales, SEXP zeros, SEXP rows, SEXP columns,
                                  SEXP given, SEXP format) {
    const request r = request_of(rows, columns, given, format);
    qcr_require_length(weights, r.weight_bytes, "weights");
    qcr_require_length(scales, r.own.group_count, "scales");
    qcr_require_length(zeros, r.zero_bytes, "zeros");
    float *weight_scales = (float *)R_alloc(r.own.group_count, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(scales), r.scale_rows, r.scale_columns, weight_scales);
    float *own_scales = (float *)R_alloc(r.own.group_count, sizeof(float));
    uint8_t *own_zeros = is_affine(&r) ? (uint8_t *)R_alloc(r.own.group_count, 1) : NULL;
    SEXP packed = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)r.own.code_bytes));
    qcr_check(qc_quantize_checkpoint_read(qcr_bytes_of(weights), weight_scales, qcr_bytes_of(zeros),
                                          r.rows, r.columns, &r.options, r.format,
                                          qcr_bytes_of(packed), own_scales, own_zeros));
    const int scale_rows = (int)r.own.scale_rows, scale_columns = (int)r.own.scale_columns;
    SEXP r_scales = PROTECT(Rf_allocMatrix(REALSXP, scale_rows, scale_columns));
    qcr_transpose_f32_f64(own_scales, r.own.scale_columns, r.own.scale_rows, REAL(r_scales));
    SEXP r_zeros = R_NilValue;
    if (own_zeros) {
        r_zeros = Rf_allocMatrix(INTSXP, scale_rows, scale_columns);
        qcr_transpose_u8_int(own_zeros, r.own.scale_columns, r.own.scale_rows, INTEGER(r_zeros));
    }
    PROTECT(r_zeros);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "packed", packed);
    qcr_put(list, "scales", r_scales);
    qcr_put(list, "zeros", r_zeros);
    UNPROTECT(4);
    return list;
}
