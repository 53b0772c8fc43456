/*
 * Family `quantize`: candidates for codes. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

static qc_quantize_candidates_options defaults_for(SEXP centres, size_t candidates) {
    qc_quantize_candidates_options options;
    qcr_check(qc_quantize_candidates_options_init(&options, sizeof options));
    options.centres = qcr_row_count(centres);
    options.candidates = candidates;
    return options;
}

/* A matrix of codes, by rows. */
static uint16_t *codes_by_rows(SEXP codes) {
    const size_t rows = qcr_row_count(codes), columns = qcr_column_count(codes);
    uint16_t *by_rows = (uint16_t *)R_alloc(rows * columns + 1, sizeof(uint16_t));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            const double code = REAL(codes)[j * rows + i];
            /* What is no code must not become one. */
            by_rows[i * columns + j] =
                code >= 0 && code < 65535 && code == (uint16_t)code ? (uint16_t)code : 65535;
        }
    }
    return by_rows;
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

static SEXP code_vector(const uint16_t *codes, size_t count) {
    SEXP result = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        INTEGER(result)[i] = codes[i];
    }
    UNPROTECT(1);
    return result;
}

static float *singles(size_t count) {
    return (float *)R_alloc(count + 1, sizeof(float));
}

static const float *all_of(SEXP matrix) {
    return qcr_singles_by_rows(matrix, qcr_row_count(matrix), qcr_column_count(matrix));
}

SEXP qcr_quantize_candidates_find(SEXP vectors, SEXP centres, SEXP candidates) {
    const size_t rows = qcr_row_count(vectors), columns = qcr_column_count(vectors);
    const qc_quantize_candidates_options options =
        defaults_for(centres, qcr_size(candidates, "candidates"));
    qcr_require_length(centres, options.centres * columns, "centres");
    const size_t count = rows * (options.candidates <= 64 ? options.candidates : 0);
    uint16_t *found = (uint16_t *)R_alloc(count + 1, sizeof(uint16_t));
    float *logits = singles(count);
    qcr_check(qc_quantize_candidates_find_f32(all_of(vectors), rows, columns, all_of(centres),
                                              &options, found, logits));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "candidates", code_matrix(found, rows, options.candidates));
    qcr_put(list, "logits", qcr_single_matrix(logits, rows, options.candidates));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_candidates_mix(SEXP candidates, SEXP logits, SEXP centres) {
    const size_t rows = qcr_row_count(candidates), each = qcr_column_count(candidates);
    const size_t columns = qcr_column_count(centres);
    const qc_quantize_candidates_options options = defaults_for(centres, each);
    qcr_require_length(logits, rows * each, "logits");
    float *ratios = singles(rows * each), *vectors = singles(rows * columns);
    qcr_check(qc_quantize_candidates_mix_f32(codes_by_rows(candidates),
                                             qcr_singles_by_rows(logits, rows, each), rows, columns,
                                             all_of(centres), &options, ratios, vectors));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "ratios", qcr_single_matrix(ratios, rows, each));
    qcr_put(list, "vectors", qcr_single_matrix(vectors, rows, columns));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_candidates_gradient(SEXP gradients, SEXP candidates, SEXP logits, SEXP centres,
                                      SEXP penalty) {
    const size_t rows = qcr_row_count(candidates), each = qcr_column_count(candidates);
    const size_t columns = qcr_column_count(centres);
    qc_quantize_candidates_options options = defaults_for(centres, each);
    options.penalty = qcr_double(penalty, "penalty");
    qcr_require_length(logits, rows * each, "logits");
    qcr_require_length(gradients, rows * columns, "gradients");
    float *of_logits = singles(rows * each), *of_centres = singles(options.centres * columns);
    qcr_check(qc_quantize_candidates_gradient_f32(
        qcr_singles_by_rows(gradients, rows, columns), codes_by_rows(candidates),
        qcr_singles_by_rows(logits, rows, each), rows, columns, all_of(centres), &options, of_logits,
        of_centres));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "logits", qcr_single_matrix(of_logits, rows, each));
    qcr_put(list, "centres", qcr_single_matrix(of_centres, options.centres, columns));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_candidates_settle(SEXP candidates, SEXP logits, SEXP centres, SEXP settled) {
    const size_t rows = qcr_row_count(candidates), each = qcr_column_count(candidates);
    qc_quantize_candidates_options options;
    qcr_check(qc_quantize_candidates_options_init(&options, sizeof options));
    options.centres = qcr_size(centres, "centres");
    options.candidates = each;
    options.settled = qcr_double(settled, "settled");
    qcr_require_length(logits, rows * each, "logits");
    float *scores = qcr_singles_by_rows(logits, rows, each);
    uint16_t *codes = (uint16_t *)R_alloc(rows + 1, sizeof(uint16_t));
    size_t open = 0;
    double penalty = 0;
    qcr_check(qc_quantize_candidates_settle_f32(codes_by_rows(candidates), scores, rows, &options,
                                                scores, codes, &open, &penalty));
    SEXP list = PROTECT(qcr_new_list(4));
    qcr_put(list, "logits", qcr_single_matrix(scores, rows, each));
    qcr_put(list, "codes", code_vector(codes, rows));
    qcr_put(list, "open", qcr_sizes(&open, 1, 0));
    qcr_put(list, "penalty", Rf_ScalarReal(penalty));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_candidates_calibrate(SEXP matrix, SEXP hessian, SEXP centres, SEXP weights,
                                       SEXP given) {
    const size_t rows = qcr_row_count(matrix), columns = qcr_column_count(matrix);
    const size_t dimension = qcr_column_count(centres);
    qc_quantize_candidates_options options =
        defaults_for(centres, qcr_size(VECTOR_ELT(given, 0), "candidates"));
    options.penalty = qcr_double(VECTOR_ELT(given, 1), "penalty");
    options.settled = qcr_double(VECTOR_ELT(given, 2), "settled");
    options.iterations = qcr_int(VECTOR_ELT(given, 3), "iterations");
    options.logit_step = qcr_double(VECTOR_ELT(given, 4), "logit_step");
    options.centre_step = qcr_double(VECTOR_ELT(given, 5), "centre_step");
    options.smoothing = qcr_double(VECTOR_ELT(given, 6), "smoothing");
    const size_t vectors = dimension == 0 ? 0 : rows * columns / dimension;
    qcr_require_length(hessian, columns * columns, "hessian");
    const float *own_weights = NULL;
    if (!Rf_isNull(weights)) {
        qcr_require_length(weights, rows, "weights");
        own_weights = qcr_singles_of(weights);
    }
    float *books = qcr_singles_by_rows(centres, options.centres, dimension);
    uint16_t *codes = (uint16_t *)R_alloc(vectors + 1, sizeof(uint16_t));
    const float *values = all_of(matrix);
    const float *form = all_of(hessian);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    const qc_status status = qc_quantize_candidates_calibrate_f32(
        values, rows, columns, dimension, form, own_weights, books, &options, books, codes, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(6));
    qcr_put(list, "centres", qcr_single_matrix(books, options.centres, dimension));
    qcr_put(list, "codes", code_vector(codes, vectors));
    qcr_put(list, "objective", Rf_ScalarReal(result.objective));
    qcr_put(list, "used", qcr_sizes(&result.used, 1, 0));
    qcr_put(list, "iterations", Rf_ScalarInteger(result.iterations));
    qcr_put(list, "converged", Rf_ScalarLogical(result.converged));
    UNPROTECT(2);
    return list;
}
