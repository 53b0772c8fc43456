/*
 * Family `quantize`: code books. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

#include <stdbool.h>

/* `given` begins with centres, parts and stages. */
static qc_quantize_vector_options sizes_from(SEXP given) {
    qc_quantize_vector_options options;
    qcr_check(qc_quantize_vector_options_init(&options, sizeof options));
    options.centres = qcr_size(VECTOR_ELT(given, 0), "centres");
    options.parts = qcr_size(VECTOR_ELT(given, 1), "parts");
    options.stages = qcr_size(VECTOR_ELT(given, 2), "stages");
    return options;
}

/* Rows of all books, and their length; of sizes that the library refuses none. */
static size_t book_rows(const qc_quantize_vector_options *options) {
    const bool is_small =
        options->centres <= 65536 && options->stages <= 64 && options->parts <= 1 << 24;
    return is_small ? options->centres * options->parts * options->stages : 0;
}

static size_t book_columns(const qc_quantize_vector_options *options, size_t dimension) {
    return options->parts == 0 ? 0 : dimension / options->parts;
}

static size_t code_columns(const qc_quantize_vector_options *options) {
    return book_rows(options) == 0 ? 0 : options->parts * options->stages;
}

/* NULL for R's NULL. */
static const float *matrix_or_null(SEXP values, size_t rows, size_t columns, const char *name) {
    if (Rf_isNull(values)) {
        return NULL;
    }
    qcr_require_length(values, rows * columns, name);
    return qcr_singles_by_rows(values, rows, columns);
}

static SEXP code_matrix(const uint16_t *codes, size_t rows, size_t columns) {
    SEXP result = PROTECT(Rf_allocMatrix(INTSXP, (int)rows, (int)columns));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            INTEGER(result)[j * rows + i] = codes[i * columns + j];
        }
    }
    UNPROTECT(1);
    return result;
}

static SEXP training_list(const float *books, size_t centres, size_t length, SEXP codes,
                          const qc_quantize_vector_result *result) {
    SEXP list = PROTECT(qcr_new_list(6));
    qcr_put(list, "centres", qcr_single_matrix(books, centres, length));
    qcr_put(list, "codes", codes);
    qcr_put(list, "objective", Rf_ScalarReal(result->objective));
    qcr_put(list, "used", qcr_sizes(&result->used, 1, 0));
    qcr_put(list, "iterations", Rf_ScalarInteger(result->iterations));
    qcr_put(list, "converged", Rf_ScalarLogical(result->converged));
    UNPROTECT(1);
    return list;
}

/* R's matrix of codes, by rows. */
static uint16_t *codes_by_rows(SEXP codes, size_t rows, size_t code_count) {
    uint16_t *by_rows = (uint16_t *)R_alloc(rows * code_count + 1, sizeof(uint16_t));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < code_count; j++) {
            const double code = REAL(codes)[j * rows + i];
            /* What is no code must not become one. */
            by_rows[i * code_count + j] =
                code >= 0 && code < 65535 && code == (uint16_t)code ? (uint16_t)code : 65535;
        }
    }
    return by_rows;
}

SEXP qcr_quantize_vector_train(SEXP vectors, SEXP weights, SEXP importance, SEXP first,
                               SEXP given) {
    const size_t rows = qcr_row_count(vectors), columns = qcr_column_count(vectors);
    qc_quantize_vector_options options = sizes_from(given);
    options.passes = qcr_int(VECTOR_ELT(given, 3), "passes");
    options.seed = qcr_size(VECTOR_ELT(given, 4), "seed");
    options.start = qcr_int(VECTOR_ELT(given, 5), "start");
    options.iterations = qcr_int(VECTOR_ELT(given, 6), "iterations");
    options.restarts = qcr_int(VECTOR_ELT(given, 7), "restarts");
    options.tolerance = qcr_double(VECTOR_ELT(given, 8), "tolerance");
    const size_t centres = book_rows(&options), length = book_columns(&options, columns);
    const size_t code_count = code_columns(&options);
    float *books = Rf_isNull(first) ? (float *)R_alloc(centres * length + 1, sizeof(float)) : NULL;
    if (books == NULL) {
        qcr_require_length(first, centres * length, "first");
        books = qcr_singles_by_rows(first, centres, length);
    }
    const float *own_weights = NULL;
    if (!Rf_isNull(weights)) {
        qcr_require_length(weights, rows, "weights");
        own_weights = qcr_singles_of(weights);
    }
    uint16_t *codes = (uint16_t *)R_alloc(rows * code_count + 1, sizeof(uint16_t));
    const float *x = qcr_singles_by_rows(vectors, rows, columns);
    const float *factors = matrix_or_null(importance, rows, columns, "importance");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    const qc_status status = qc_quantize_vector_train_f32(x, rows, columns, own_weights, factors,
                                                          &options, books, codes, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP found = PROTECT(code_matrix(codes, rows, code_count));
    SEXP list = training_list(books, centres, length, found, &result);
    UNPROTECT(2);
    return list;
}

SEXP qcr_quantize_vector_encode(SEXP vectors, SEXP importance, SEXP centres, SEXP given) {
    const size_t rows = qcr_row_count(vectors), columns = qcr_column_count(vectors);
    qc_quantize_vector_options options = sizes_from(given);
    options.passes = qcr_int(VECTOR_ELT(given, 3), "passes");
    qcr_require_length(centres, book_rows(&options) * book_columns(&options, columns), "centres");
    const float *x = qcr_singles_by_rows(vectors, rows, columns);
    const float *factors = matrix_or_null(importance, rows, columns, "importance");
    const float *books =
        qcr_singles_by_rows(centres, book_rows(&options), book_columns(&options, columns));
    const size_t code_count = code_columns(&options);
    uint16_t *codes = (uint16_t *)R_alloc(rows * code_count + 1, sizeof(uint16_t));
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const qc_status status =
        qc_quantize_vector_encode_f32(x, rows, columns, factors, books, &options, codes);
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(1);
    return code_matrix(codes, rows, code_count);
}

SEXP qcr_quantize_vector_decode(SEXP codes, SEXP centres, SEXP given) {
    const qc_quantize_vector_options options = sizes_from(given);
    const size_t rows = qcr_row_count(codes), code_count = code_columns(&options);
    const size_t columns = qcr_column_count(centres) * options.parts;
    qcr_require_length(codes, rows * code_count, "codes");
    qcr_require_length(centres, book_rows(&options) * qcr_column_count(centres), "centres");
    const uint16_t *by_rows = codes_by_rows(codes, rows, code_count);
    const float *books =
        qcr_singles_by_rows(centres, book_rows(&options), qcr_column_count(centres));
    float *vectors = (float *)R_alloc(rows * columns + 1, sizeof(float));
    qcr_check(qc_quantize_vector_decode_f32(by_rows, rows, columns, books, &options, vectors));
    return qcr_single_matrix(vectors, rows, columns);
}

SEXP qcr_quantize_vector_refine(SEXP matrix, SEXP hessian, SEXP weights, SEXP centres, SEXP codes,
                                SEXP given) {
    qc_quantize_vector_options options = sizes_from(given);
    options.iterations = qcr_int(VECTOR_ELT(given, 3), "iterations");
    options.tolerance = qcr_double(VECTOR_ELT(given, 4), "tolerance");
    options.beam = qcr_size(VECTOR_ELT(given, 5), "beam");
    const size_t rows = qcr_row_count(matrix), columns = qcr_column_count(matrix);
    const size_t length = qcr_column_count(centres), books = book_rows(&options);
    const size_t dimension = length * options.parts, code_count = code_columns(&options);
    const size_t vectors = dimension == 0 ? 0 : rows * columns / dimension;
    qcr_require_length(hessian, columns * columns, "hessian");
    qcr_require_length(centres, books * length, "centres");
    qcr_require_length(codes, vectors * code_count, "codes");
    const float *own_weights = NULL;
    if (!Rf_isNull(weights)) {
        qcr_require_length(weights, rows, "weights");
        own_weights = qcr_singles_of(weights);
    }
    const float *values = qcr_singles_by_rows(matrix, rows, columns);
    const float *form = qcr_singles_by_rows(hessian, columns, columns);
    float *centre_rows = qcr_singles_by_rows(centres, books, length);
    uint16_t *code_rows = codes_by_rows(codes, vectors, code_count);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    const qc_status status = qc_quantize_vector_refine_f32(
        values, rows, columns, dimension, form, own_weights, centre_rows, code_rows, &options,
        centre_rows, code_rows, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP found = PROTECT(code_matrix(code_rows, vectors, code_count));
    SEXP list = training_list(centre_rows, books, length, found, &result);
    UNPROTECT(2);
    return list;
}
