#include "calls.h"

#include <math.h>

static qc_status error_f32(const value *v) {
    return qc_quantize_error_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static qc_status error_f16(const value *v) {
    return qc_quantize_error_f16(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static qc_status error_bf16(const value *v) {
    return qc_quantize_error_bf16(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_error(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "original", type, rows * columns, -1, 1)->bad = &must_be_finite;
    input(c, "approximation", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "count", rows * columns, QC_ERR_SIZE);
    result(c, sizeof(qc_quantize_error_result));
}

static qc_status statistics_f32(const value *v) {
    return qc_quantize_statistics_f32(v[0].pointer, v[1].size, v[2].pointer);
}

static qc_status statistics_f16(const value *v) {
    return qc_quantize_statistics_f16(v[0].pointer, v[1].size, v[2].pointer);
}

static qc_status statistics_bf16(const value *v) {
    return qc_quantize_statistics_bf16(v[0].pointer, v[1].size, v[2].pointer);
}

static void build_statistics(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "count", rows * columns, QC_ERR_SIZE);
    result(c, sizeof(qc_quantize_statistics_result));
}

static qc_status outlier_options_init(const value *v) {
    return qc_quantize_outlier_options_init(v[0].pointer, v[1].size);
}

static void build_outlier_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_outlier_options));
}

static qc_status outliers_f32(const value *v) {
    return qc_quantize_outlier_columns_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                           v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status outliers_f16(const value *v) {
    return qc_quantize_outlier_columns_f16(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                           v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status outliers_bf16(const value *v) {
    return qc_quantize_outlier_columns_bf16(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                            v[4].pointer, v[5].pointer, v[6].pointer);
}

static const bad_value bad_thresholds[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}};
static const bad_values thresholds = BAD_VALUES(bad_thresholds);
static const field outlier_fields[] = {
    {"reference", offsetof(qc_quantize_outlier_options, reference), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_quantize_outlier_options, reserved), TYPE_I32, &must_be_zero},
    {"threshold", offsetof(qc_quantize_outlier_options, threshold), TYPE_F64, &thresholds},
};

static void build_outliers(call *c, element_type type, size_t rows, size_t columns) {
    const qc_quantize_outlier_options given = {.struct_size = sizeof given, .threshold = 10};
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    options(c, &given, sizeof given, outlier_fields,
            sizeof outlier_fields / sizeof outlier_fields[0], 0)
        ->optional = true;
    output(c, "magnitudes", TYPE_F32, columns)->optional = true;
    output(c, "is_outlier", TYPE_U8, columns)->optional = true;
    output(c, "count", TYPE_SIZE, 1);
}

static qc_status code_counts(const value *v) {
    return qc_quantize_code_counts(v[0].pointer, v[1].size, v[2].size, v[3].integer, v[4].pointer);
}

static const bad_value bad_bits[] = {{0, QC_ERR_DOMAIN},
                                     {9, QC_ERR_DOMAIN},
                                     {-1, QC_ERR_DOMAIN},
                                     {INT32_MAX, QC_ERR_DOMAIN},
                                     {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values bits = BAD_VALUES(bad_bits);

static void build_code_counts(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "codes", TYPE_U8, rows * ((columns * 5 + 7) / 8), 0, 256);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "bits", 5, &bits);
    output(c, "counts", TYPE_SIZE, 32);
}

static qc_status entropy(const value *v) {
    return qc_quantize_entropy(v[0].pointer, v[1].size, v[2].pointer);
}

static void build_entropy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "counts", TYPE_SIZE, rows * columns, 1, 1000);
    length(c, "kinds", rows * columns, QC_ERR_SIZE);
    output(c, "bits", TYPE_F64, 1);
}

const row quantize_diagnostics_rows[] = {
    {"qc_quantize_error_f32", "", error_f32, build_error, TYPE_F32, ANY_WORK},
    {"qc_quantize_error_f16", "", error_f16, build_error, TYPE_F16, ANY_WORK},
    {"qc_quantize_error_bf16", "", error_bf16, build_error, TYPE_BF16, ANY_WORK},
    {"qc_quantize_statistics_f32", "", statistics_f32, build_statistics, TYPE_F32, ANY_WORK},
    {"qc_quantize_statistics_f16", "", statistics_f16, build_statistics, TYPE_F16, ANY_WORK},
    {"qc_quantize_statistics_bf16", "", statistics_bf16, build_statistics, TYPE_BF16, ANY_WORK},
    {"qc_quantize_outlier_options_init", "", outlier_options_init, build_outlier_options_init,
     TYPE_NONE, ANY_WORK},
    {"qc_quantize_outlier_columns_f32", "", outliers_f32, build_outliers, TYPE_F32, ANY_WORK},
    {"qc_quantize_outlier_columns_f16", "", outliers_f16, build_outliers, TYPE_F16, ANY_WORK},
    {"qc_quantize_outlier_columns_bf16", "", outliers_bf16, build_outliers, TYPE_BF16, ANY_WORK},
    {"qc_quantize_code_counts", "", code_counts, build_code_counts, TYPE_U8, ANY_WORK},
    {"qc_quantize_entropy", "", entropy, build_entropy, TYPE_SIZE, ANY_WORK},
    {0},
};
