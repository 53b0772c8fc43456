/*
 * Diagnostics and planning of `quantize`. R's doubles are rounded to single precision on the way
 * in, but for logits.
 */
#include "families.h"

static float *singles_of(SEXP numbers) {
    const size_t count = (size_t)XLENGTH(numbers);
    float *singles = (float *)R_alloc(count + 1, sizeof(float));
    for (size_t i = 0; i < count; i++) {
        singles[i] = (float)REAL(numbers)[i];
    }
    return singles;
}

/* A matrix by rows. */
static float *singles_by_rows(SEXP matrix) {
    const size_t rows = qcr_row_count(matrix), columns = qcr_column_count(matrix);
    float *by_rows = (float *)R_alloc(rows * columns + 1, sizeof(float));
    qcr_transpose_f64_f32(qcr_doubles(matrix), rows, columns, by_rows);
    return by_rows;
}

static void put_double(SEXP list, const char *name, double value) {
    qcr_put(list, name, Rf_ScalarReal(value));
}

SEXP qcr_quantize_error(SEXP original, SEXP approximation) {
    const size_t count = (size_t)XLENGTH(original);
    qcr_require_length(approximation, count, "approximation");
    qc_quantize_error_result result = {.struct_size = sizeof result};
    qcr_check(
        qc_quantize_error_f32(singles_of(original), singles_of(approximation), count, &result));
    SEXP list = PROTECT(qcr_new_list(6));
    put_double(list, "mean_squared_error", result.mean_squared_error);
    put_double(list, "mean_error", result.mean_error);
    put_double(list, "max_abs_error", result.max_abs_error);
    put_double(list, "relative_error", result.relative_error);
    put_double(list, "sqnr_db", result.sqnr_db);
    put_double(list, "cosine", result.cosine);
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_statistics(SEXP values) {
    qc_quantize_statistics_result result = {.struct_size = sizeof result};
    qcr_check(qc_quantize_statistics_f32(singles_of(values), (size_t)XLENGTH(values), &result));
    SEXP list = PROTECT(qcr_new_list(11));
    put_double(list, "minimum", result.minimum);
    put_double(list, "maximum", result.maximum);
    put_double(list, "mean", result.mean);
    put_double(list, "variance", result.variance);
    put_double(list, "root_mean_square", result.root_mean_square);
    put_double(list, "mean_abs", result.mean_abs);
    put_double(list, "max_abs", result.max_abs);
    put_double(list, "max_to_mean", result.max_to_mean);
    put_double(list, "skewness", result.skewness);
    put_double(list, "kurtosis", result.kurtosis);
    qcr_put(list, "zero_count", qcr_sizes(&result.zero_count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_outlier_columns(SEXP values, SEXP threshold, SEXP reference) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_outlier_options options;
    qcr_check(qc_quantize_outlier_options_init(&options, sizeof options));
    options.threshold = qcr_double(threshold, "threshold");
    options.reference = qcr_int(reference, "reference");
    float *magnitudes = (float *)R_alloc(columns + 1, sizeof(float));
    uint8_t *flags = (uint8_t *)R_alloc(columns + 1, 1);
    size_t count;
    qcr_check(qc_quantize_outlier_columns_f32(singles_by_rows(values), rows, columns, &options,
                                              magnitudes, flags, &count));
    SEXP list = PROTECT(qcr_new_list(3));
    double *places = qcr_put_doubles(list, "magnitudes", columns);
    for (size_t i = 0; i < columns; i++) {
        places[i] = magnitudes[i];
    }
    places = qcr_put_doubles(list, "is_outlier", columns);
    for (size_t i = 0; i < columns; i++) {
        places[i] = flags[i];
    }
    qcr_put(list, "count", qcr_sizes(&count, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_code_counts(SEXP codes, SEXP rows, SEXP columns, SEXP bits) {
    const size_t row_count = qcr_extent(rows, "rows");
    const size_t column_count = qcr_extent(columns, "columns");
    const int32_t width = qcr_int(bits, "bits");
    /* A width that is refused anyway asks for no bytes. */
    if (width >= 1 && width <= 8) {
        qcr_require_length(codes, row_count * ((column_count * (size_t)width + 7) / 8), "packed");
    }
    size_t counts[256];
    qcr_check(qc_quantize_code_counts(qcr_bytes_of(codes), row_count, column_count, width, counts));
    return qcr_sizes(counts, (size_t)1 << width, 0);
}

SEXP qcr_quantize_entropy(SEXP counts) {
    const size_t kinds = (size_t)XLENGTH(counts);
    size_t *sizes = (size_t *)R_alloc(kinds + 1, sizeof(size_t));
    for (size_t i = 0; i < kinds; i++) {
        sizes[i] = qcr_size_from(REAL(counts)[i], "counts");
    }
    double entropy;
    qcr_check(qc_quantize_entropy(sizes, kinds, &entropy));
    return Rf_ScalarReal(entropy);
}

SEXP qcr_quantize_kl_divergence(SEXP reference, SEXP approximation) {
    const size_t rows = qcr_row_count(reference), classes = qcr_column_count(reference);
    qcr_require_length(approximation, rows * classes, "approximation");
    if (qcr_row_count(approximation) != rows) {
        qcr_refuse(QC_ERR_SIZE, "approximation has another number of rows than reference");
    }
    const qcr_matrix first = qcr_rows(reference), second = qcr_rows(approximation);
    qc_quantize_kl_result result = {.struct_size = sizeof result};
    SEXP per_row = PROTECT(qcr_new_doubles(rows));
    qcr_check(qc_quantize_kl_divergence_f64(first.values, second.values, rows, classes,
                                            qcr_output(per_row), &result));
    SEXP list = PROTECT(qcr_new_list(5));
    put_double(list, "mean", result.mean);
    put_double(list, "standard_error", result.standard_error);
    put_double(list, "maximum", result.maximum);
    put_double(list, "top_agreement", result.top_agreement);
    qcr_put(list, "per_row", per_row);
    UNPROTECT(2);
    return list;
}

SEXP qcr_quantize_propagation(SEXP input, SEXP approximate_input, SEXP weights,
                              SEXP approximate_weights) {
    const size_t rows = qcr_row_count(input), inner = qcr_column_count(input);
    const size_t outputs = qcr_row_count(weights);
    qcr_require_length(weights, outputs * inner, "weights");
    qcr_require_length(approximate_input, rows * inner, "approximate_x");
    qcr_require_length(approximate_weights, outputs * inner, "approximate_weights");
    if (qcr_row_count(approximate_input) != rows || qcr_row_count(approximate_weights) != outputs) {
        qcr_refuse(QC_ERR_SIZE, "an approximation has another shape than what it approximates");
    }
    qc_quantize_propagation_result result = {.struct_size = sizeof result};
    qcr_check(qc_quantize_propagation_f32(
        singles_by_rows(input), singles_by_rows(approximate_input), singles_by_rows(weights),
        singles_by_rows(approximate_weights), rows, inner, outputs, &result));
    SEXP list = PROTECT(qcr_new_list(7));
    put_double(list, "input_error", result.input_error);
    put_double(list, "weight_error", result.weight_error);
    put_double(list, "carried_error", result.carried_error);
    put_double(list, "own_error", result.own_error);
    put_double(list, "cross_term", result.cross_term);
    put_double(list, "total_error", result.total_error);
    put_double(list, "amplification", result.amplification);
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_qat_fraction(SEXP tokens, SEXP parameters, SEXP bits, SEXP constant) {
    qc_quantize_qat_options options;
    qcr_check(qc_quantize_qat_options_init(&options, sizeof options));
    options.constant = qcr_double(constant, "constant");
    double fraction;
    qcr_check(qc_quantize_qat_fraction(qcr_double(tokens, "tokens"),
                                       qcr_double(parameters, "parameters"),
                                       qcr_double(bits, "bits"), &options, &fraction));
    return Rf_ScalarReal(fraction);
}

/* `law` is list(factor, token_exponent, parameter_exponent, group_exponent). */
SEXP qcr_quantize_qat_loss(SEXP tokens, SEXP parameters, SEXP group_size, SEXP law) {
    double loss;
    qcr_check(qc_quantize_qat_loss(
        qcr_double(tokens, "tokens"), qcr_double(parameters, "parameters"),
        qcr_size(group_size, "group_size"), qcr_double(VECTOR_ELT(law, 0), "factor"),
        qcr_double(VECTOR_ELT(law, 1), "token_exponent"),
        qcr_double(VECTOR_ELT(law, 2), "parameter_exponent"),
        qcr_double(VECTOR_ELT(law, 3), "group_exponent"), &loss));
    return Rf_ScalarReal(loss);
}
