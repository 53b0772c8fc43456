/*
 * Blocks of ggml. Types come by ggml's numbers; single-precision results are doubles in R, exactly.
 */
#include "families.h"

SEXP qcr_quantize_ggml_layout(SEXP type, SEXP rows, SEXP columns) {
    size_t sizes[4];
    qcr_check(qc_quantize_ggml_layout(qcr_int(type, "type"), qcr_size(rows, "rows"),
                                      qcr_size(columns, "columns"), &sizes[0], &sizes[1], &sizes[2],
                                      &sizes[3]));
    static const char *const names[] = {"block_length", "block_bytes", "row_bytes", "bytes"};
    SEXP list = PROTECT(qcr_new_list(4));
    for (int i = 0; i < 4; i++) {
        qcr_put(list, names[i], qcr_sizes(&sizes[i], 1, 0));
    }
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_ggml_decode(SEXP blocks, SEXP rows, SEXP columns, SEXP type) {
    const size_t row_count = qcr_extent(rows, "rows"),
                 column_count = qcr_extent(columns, "columns");
    const int32_t number = qcr_int(type, "type");
    size_t bytes;
    qcr_check(qc_quantize_ggml_layout(number, row_count, column_count, NULL, NULL, NULL, &bytes));
    qcr_require_length(blocks, bytes, "blocks");
    float *by_rows = (float *)R_alloc(row_count * column_count, sizeof(float));
    qcr_check(qc_quantize_ggml_decode_f32(qcr_bytes_of(blocks), row_count, column_count, number,
                                          by_rows));
    SEXP values = PROTECT(Rf_allocMatrix(REALSXP, (int)row_count, (int)column_count));
    qcr_transpose_f32_f64(by_rows, column_count, row_count, REAL(values));
    UNPROTECT(1);
    return values;
}

SEXP qcr_quantize_ggml_encode(SEXP values, SEXP type, SEXP importance, SEXP mode) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const int32_t number = qcr_int(type, "type");
    qc_quantize_ggml_options options;
    qcr_check(qc_quantize_ggml_options_init(&options, sizeof options));
    options.mode = qcr_int(mode, "mode");
    size_t bytes;
    qcr_check(qc_quantize_ggml_layout(number, rows, columns, NULL, NULL, NULL, &bytes));
    float *weights = NULL;
    if (importance != R_NilValue) {
        qcr_require_length(importance, columns, "importance");
        weights = (float *)R_alloc(columns + 1, sizeof(float));
        for (size_t i = 0; i < columns; i++) {
            weights[i] = (float)REAL(importance)[i];
        }
    }
    float *by_rows = (float *)R_alloc(rows * columns, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(values), rows, columns, by_rows);
    SEXP blocks = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)bytes));
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const qc_status status = qc_quantize_ggml_encode_f32(by_rows, rows, columns, number, weights,
                                                         &options, qcr_bytes_of(blocks));
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(2);
    return blocks;
}
