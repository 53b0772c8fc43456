#include "vectors.h"

static const char *const references[] = {"median", "fixed", NULL};

static void error(run *r) {
    const array x = input_vector(r, "original", r->type);
    const array y = input_vector(r, "approximation", TYPE_F32);
    qc_quantize_error_result result = {.struct_size = sizeof result};
    qc_status (*const half)(const uint16_t *, const float *, size_t, qc_quantize_error_result *) =
        r->type == TYPE_F16 ? qc_quantize_error_f16 : qc_quantize_error_bf16;
    if (returned(r, r->type == TYPE_F32 ? qc_quantize_error_f32(x.data, y.data, x.count, &result)
                                        : half(x.data, y.data, x.count, &result))) {
        expect_double(r, "mean_squared_error", result.mean_squared_error);
        expect_double(r, "mean_error", result.mean_error);
        expect_double(r, "max_abs_error", result.max_abs_error);
        expect_double(r, "relative_error", result.relative_error);
        expect_double(r, "sqnr_db", result.sqnr_db);
        expect_double(r, "cosine", result.cosine);
    }
}

static void statistics(run *r) {
    const array x = input_vector(r, "values", r->type);
    qc_quantize_statistics_result result = {.struct_size = sizeof result};
    qc_status (*const half)(const uint16_t *, size_t, qc_quantize_statistics_result *) =
        r->type == TYPE_F16 ? qc_quantize_statistics_f16 : qc_quantize_statistics_bf16;
    if (returned(r, r->type == TYPE_F32 ? qc_quantize_statistics_f32(x.data, x.count, &result)
                                        : half(x.data, x.count, &result))) {
        expect_double(r, "minimum", result.minimum);
        expect_double(r, "maximum", result.maximum);
        expect_double(r, "mean", result.mean);
        expect_double(r, "variance", result.variance);
        expect_double(r, "root_mean_square", result.root_mean_square);
        expect_double(r, "mean_abs", result.mean_abs);
        expect_double(r, "max_abs", result.max_abs);
        expect_double(r, "max_to_mean", result.max_to_mean);
        expect_double(r, "skewness", result.skewness);
        expect_double(r, "kurtosis", result.kurtosis);
        expect_size(r, "zero_count", result.zero_count);
    }
}

static void outlier_options_init(run *r) {
    qc_quantize_outlier_options options;
    if (returned(r, qc_quantize_outlier_options_init(&options, sizeof options))) {
        expect_choice(r, "reference", options.reference, references);
        expect_double(r, "threshold", options.threshold);
    }
}

static void outlier_columns(run *r) {
    const array x = input_matrix(r, "values", r->type);
    qc_quantize_outlier_options options;
    qc_quantize_outlier_options_init(&options, sizeof options);
    options.reference = input_choice(r, "reference", options.reference, references);
    options.threshold = input_double(r, "threshold", options.threshold);
    const array magnitudes = output_array(r, TYPE_F32, x.columns);
    const array flags = output_array(r, TYPE_U8, x.columns);
    const array count = output_array(r, TYPE_SIZE, 1);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_outlier_options *,
                            float *, uint8_t *, size_t *) =
        r->type == TYPE_F16 ? qc_quantize_outlier_columns_f16 : qc_quantize_outlier_columns_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_outlier_columns_f32(x.data, x.rows, x.columns, &options,
                                                          magnitudes.data, flags.data, count.data)
                        : half(x.data, x.rows, x.columns, &options, magnitudes.data, flags.data,
                               count.data))) {
        expect_array(r, "magnitudes", magnitudes);
        expect_array(r, "is_outlier", flags);
        expect_size(r, "count", *(const size_t *)count.data);
    }
}

static void code_counts(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const int32_t bits = input_int32(r, "bits", 0);
    const size_t width = bits >= 1 && bits <= 8 ? (size_t)bits : 8;
    const array counts = output_array(r, TYPE_SIZE, (size_t)1 << width);
    if (returned(r, qc_quantize_code_counts(codes.data, input_size(r, "rows", 0),
                                            input_size(r, "columns", 0), bits, counts.data))) {
        expect_array(r, "counts", counts);
    }
}

static void entropy(run *r) {
    const array counts = input_vector(r, "counts", TYPE_SIZE);
    const array bits = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_quantize_entropy(counts.data, counts.count, bits.data))) {
        expect_element(r, "bits", bits);
    }
}

static void kl_divergence(run *r) {
    const array a = input_matrix(r, "reference", r->type);
    const array b = input_matrix(r, "approximation", r->type);
    const array per_row = output_array(r, TYPE_F64, a.rows);
    qc_quantize_kl_result result = {.struct_size = sizeof result};
    const qc_status status = r->type == TYPE_F32
                                 ? qc_quantize_kl_divergence_f32(a.data, b.data, a.rows, a.columns,
                                                                 per_row.data, &result)
                                 : qc_quantize_kl_divergence_f64(a.data, b.data, a.rows, a.columns,
                                                                 per_row.data, &result);
    if (returned(r, status)) {
        expect_double(r, "mean", result.mean);
        expect_double(r, "standard_error", result.standard_error);
        expect_double(r, "maximum", result.maximum);
        expect_double(r, "top_agreement", result.top_agreement);
        expect_array(r, "per_row", per_row);
    }
}

static void propagation(run *r) {
    const array x = input_matrix(r, "input", TYPE_F32);
    const array y = input_matrix(r, "approximate_input", TYPE_F32);
    const array v = input_matrix(r, "weights", TYPE_F32);
    const array w = input_matrix(r, "approximate_weights", TYPE_F32);
    qc_quantize_propagation_result result = {.struct_size = sizeof result};
    if (returned(r, qc_quantize_propagation_f32(x.data, y.data, v.data, w.data, x.rows, x.columns,
                                                v.rows, &result))) {
        expect_double(r, "input_error", result.input_error);
        expect_double(r, "weight_error", result.weight_error);
        expect_double(r, "carried_error", result.carried_error);
        expect_double(r, "own_error", result.own_error);
        expect_double(r, "cross_term", result.cross_term);
        expect_double(r, "total_error", result.total_error);
        expect_double(r, "amplification", result.amplification);
    }
}

static void qat_options_init(run *r) {
    qc_quantize_qat_options options;
    if (returned(r, qc_quantize_qat_options_init(&options, sizeof options))) {
        expect_double(r, "constant", options.constant);
    }
}

static void qat_fraction(run *r) {
    qc_quantize_qat_options options;
    qc_quantize_qat_options_init(&options, sizeof options);
    options.constant = input_double(r, "constant", options.constant);
    const array fraction = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_quantize_qat_fraction(
                        input_double(r, "tokens", 0), input_double(r, "parameters", 0),
                        input_double(r, "bits", 0), &options, fraction.data))) {
        expect_element(r, "fraction", fraction);
    }
}

static void qat_loss(run *r) {
    const array loss = output_array(r, TYPE_F64, 1);
    if (returned(
            r, qc_quantize_qat_loss(input_double(r, "tokens", 0), input_double(r, "parameters", 0),
                                    input_size(r, "group_size", 0), input_double(r, "factor", 0),
                                    input_double(r, "token_exponent", 0),
                                    input_double(r, "parameter_exponent", 0),
                                    input_double(r, "group_exponent", 0), loss.data))) {
        expect_element(r, "loss", loss);
    }
}

const adapter quantize_diagnostics_adapters[] = {
    {"qc_quantize_error", error},
    {"qc_quantize_statistics", statistics},
    {"qc_quantize_outlier_options_init", outlier_options_init},
    {"qc_quantize_outlier_columns", outlier_columns},
    {"qc_quantize_code_counts", code_counts},
    {"qc_quantize_entropy", entropy},
    {"qc_quantize_kl_divergence", kl_divergence},
    {"qc_quantize_propagation", propagation},
    {"qc_quantize_qat_options_init", qat_options_init},
    {"qc_quantize_qat_fraction", qat_fraction},
    {"qc_quantize_qat_loss", qat_loss},
    {NULL, NULL},
};
