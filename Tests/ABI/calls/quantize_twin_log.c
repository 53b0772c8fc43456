#include "calls.h"

#include <math.h>

static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const bad_value bad_bits[] = {
    {2, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values bits = BAD_VALUES(bad_bits);

/* Groups with a short last one. */
static const qc_quantize_twin_log_options given = {
    .struct_size = sizeof given, .granularity = QC_QUANTIZE_PER_GROUP, .bits = 4, .group_size = 16};
static const field fields[] = {
    {"granularity", offsetof(qc_quantize_twin_log_options, granularity), TYPE_I32, &must_be_0_to_2},
    {"bits", offsetof(qc_quantize_twin_log_options, bits), TYPE_I32, &bits},
    {"group_size", offsetof(qc_quantize_twin_log_options, group_size), TYPE_SIZE, &group_sizes},
};

static qc_status options_init(const value *v) {
    return qc_quantize_twin_log_options_init(v[0].pointer, v[1].size);
}

static void build_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_twin_log_options));
}

static size_t parameter_count(size_t rows, size_t columns) {
    return rows * ((columns + 15) / 16) * QC_QUANTIZE_TWIN_LOG_PARAMETERS;
}

static void add_values(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
}

static void add_options(call *c) {
    options(c, &given, sizeof given, fields, 3, offsetof(qc_quantize_twin_log_options, progress));
}

#define FORMS(suffix)                                                                              \
    static qc_status fit_##suffix(const value *v) {                                                \
        return qc_quantize_twin_log_fit_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer, \
                                                 v[4].pointer);                                    \
    }                                                                                              \
    static qc_status encode_##suffix(const value *v) {                                             \
        return qc_quantize_twin_log_encode_##suffix(v[0].pointer, v[1].size, v[2].size,            \
                                                    v[3].pointer, v[4].pointer, v[5].pointer);     \
    }                                                                                              \
    static qc_status decode_##suffix(const value *v) {                                             \
        return qc_quantize_twin_log_decode_##suffix(v[0].pointer, v[1].pointer, v[2].size,         \
                                                    v[3].size, v[4].pointer, v[5].pointer);        \
    }
FORMS(f32)
FORMS(f16)
FORMS(bf16)

static void build_fit(call *c, element_type type, size_t rows, size_t columns) {
    add_values(c, type, rows, columns);
    add_options(c);
    output(c, "parameters", TYPE_F32, parameter_count(rows, columns));
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns) {
    add_values(c, type, rows, columns);
    add_options(c);
    input(c, "parameters", TYPE_F32, parameter_count(rows, columns), 0.01, 0.5)->bad =
        &must_be_finite;
    output(c, "codes", TYPE_U8, rows * ((columns + 1) / 2));
}

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "codes", TYPE_U8, rows * ((columns + 1) / 2), 0, 256);
    input(c, "parameters", TYPE_F32, parameter_count(rows, columns), 0.01, 0.5)->bad =
        &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c);
    output(c, "values", type, rows * columns);
}

const row quantize_twin_log_rows[] = {
    {"qc_quantize_twin_log_options_init", "", options_init, build_options, TYPE_NONE, ANY_WORK},
    {"qc_quantize_twin_log_fit_f32", "", fit_f32, build_fit, TYPE_F32, MUCH_WORK},
    {"qc_quantize_twin_log_fit_f16", "", fit_f16, build_fit, TYPE_F16, MUCH_WORK},
    {"qc_quantize_twin_log_fit_bf16", "", fit_bf16, build_fit, TYPE_BF16, MUCH_WORK},
    {"qc_quantize_twin_log_encode_f32", "", encode_f32, build_encode, TYPE_F32, ANY_WORK},
    {"qc_quantize_twin_log_encode_f16", "", encode_f16, build_encode, TYPE_F16, ANY_WORK},
    {"qc_quantize_twin_log_encode_bf16", "", encode_bf16, build_encode, TYPE_BF16, ANY_WORK},
    {"qc_quantize_twin_log_decode_f32", "", decode_f32, build_decode, TYPE_F32, ANY_WORK},
    {"qc_quantize_twin_log_decode_f16", "", decode_f16, build_decode, TYPE_F16, ANY_WORK},
    {"qc_quantize_twin_log_decode_bf16", "", decode_bf16, build_decode, TYPE_BF16, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
