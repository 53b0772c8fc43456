#include "grids.h"

#include <math.h>

static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}, {15, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const bad_value bad_steps[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values steps = BAD_VALUES(bad_steps);
static const bad_value bad_reals[] = {
    {0, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values reals = BAD_VALUES(bad_reals);
static const qc_quantize_outlier_victim_options given = {.struct_size = sizeof given,
                                                         .granularity = QC_QUANTIZE_PER_GROUP,
                                                         .steps = 5,
                                                         .group_size = 16,
                                                         .low = 0.5,
                                                         .high = 1.5};
#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_outlier_victim_options, name), type, bad }
#define SHARING_FIELDS                                                                             \
    FIELD(granularity, TYPE_I32, &must_be_0_to_2), FIELD(group_size, TYPE_SIZE, &group_sizes)
static const field sharing_fields[] = {SHARING_FIELDS};
static const field search_fields[] = {SHARING_FIELDS, FIELD(steps, TYPE_I32, &steps),
                                      FIELD(low, TYPE_F64, &reals), FIELD(high, TYPE_F64, &reals)};

static qc_status options_init(const value *v) {
    return qc_quantize_outlier_victim_options_init(v[0].pointer, v[1].size);
}

static void build_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_outlier_victim_options));
}

static void add_values(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
}

static void add_options(call *c, const field *fields, size_t count) {
    options(c, &given, sizeof given, fields, count,
            offsetof(qc_quantize_outlier_victim_options, progress));
}

#define FORMS(suffix)                                                                              \
    static qc_status scales_##suffix(const value *v) {                                             \
        return qc_quantize_outlier_victim_scales_##suffix(v[0].pointer, v[1].size, v[2].size,      \
                                                          v[3].pointer, v[4].pointer);             \
    }                                                                                              \
    static qc_status encode_##suffix(const value *v) {                                             \
        return qc_quantize_outlier_victim_encode_##suffix(                                         \
            v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].pointer, v[5].pointer);         \
    }                                                                                              \
    static qc_status decode_##suffix(const value *v) {                                             \
        return qc_quantize_outlier_victim_decode_##suffix(v[0].pointer, v[1].pointer, v[2].size,   \
                                                          v[3].size, v[4].pointer, v[5].pointer);  \
    }
FORMS(f32)
FORMS(f16)
FORMS(bf16)

static void build_scales(call *c, element_type type, size_t rows, size_t columns) {
    add_values(c, type, rows, columns);
    add_options(c, search_fields, sizeof search_fields / sizeof *search_fields);
    output(c, "scales", TYPE_F32, groups_of_16(rows, columns));
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns) {
    add_values(c, type, rows, columns);
    add_options(c, sharing_fields, sizeof sharing_fields / sizeof *sharing_fields);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &must_be_scales;
    output(c, "codes", TYPE_U8, rows * ((columns + 1) / 2));
}

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "codes", TYPE_U8, rows * ((columns + 1) / 2), 0, 256);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c, sharing_fields, sizeof sharing_fields / sizeof *sharing_fields);
    output(c, "values", type, rows * columns);
}

const row quantize_outlier_victim_rows[] = {
    {"qc_quantize_outlier_victim_options_init", "", options_init, build_options, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_outlier_victim_scales_f32", "", scales_f32, build_scales, TYPE_F32, ANY_WORK},
    {"qc_quantize_outlier_victim_scales_f16", "", scales_f16, build_scales, TYPE_F16, ANY_WORK},
    {"qc_quantize_outlier_victim_scales_bf16", "", scales_bf16, build_scales, TYPE_BF16, ANY_WORK},
    {"qc_quantize_outlier_victim_encode_f32", "", encode_f32, build_encode, TYPE_F32, ANY_WORK},
    {"qc_quantize_outlier_victim_encode_f16", "", encode_f16, build_encode, TYPE_F16, ANY_WORK},
    {"qc_quantize_outlier_victim_encode_bf16", "", encode_bf16, build_encode, TYPE_BF16, ANY_WORK},
    {"qc_quantize_outlier_victim_decode_f32", "", decode_f32, build_decode, TYPE_F32, ANY_WORK},
    {"qc_quantize_outlier_victim_decode_f16", "", decode_f16, build_decode, TYPE_F16, ANY_WORK},
    {"qc_quantize_outlier_victim_decode_bf16", "", decode_bf16, build_decode, TYPE_BF16, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
