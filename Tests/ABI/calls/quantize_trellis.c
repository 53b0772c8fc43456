#include "grids.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value bad_##name[] = {__VA_ARGS__};                                           \
    static const bad_values name = BAD_VALUES(bad_##name)

BAD_OPTION(codes, {-1, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(state_bits, {0, QC_ERR_OPTIONS}, {21, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS},
           {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(step_bits, {0, QC_ERR_OPTIONS}, {6, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS},
           {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(step_values, {0, QC_ERR_OPTIONS}, {17, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS},
           {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(group_sizes, {0, QC_ERR_OPTIONS});
BAD_OPTION(lengths, {0, QC_ERR_OPTIONS}, {1e9, QC_ERR_OPTIONS});
BAD_OPTION(ratios, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS},
           {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(tables, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}, {-2e6, QC_ERR_DOMAIN});
BAD_OPTION(factors, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE});
BAD_OPTION(positive, {0, QC_ERR_DOMAIN}, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE},
           {INFINITY, QC_ERR_NOT_FINITE});

/* Sequences of 8 elements in rings of 4 steps; 8 bits, a byte each. */
static const qc_quantize_trellis_options given = {.struct_size = sizeof given,
                                                  .code = QC_QUANTIZE_TRELLIS_TABLE,
                                                  .state_bits = 5,
                                                  .step_bits = 2,
                                                  .step_values = 2,
                                                  .is_tail_biting = 1,
                                                  .granularity = QC_QUANTIZE_PER_GROUP,
                                                  .group_size = 16,
                                                  .length = 8,
                                                  .ratio = 0.9};

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_trellis_options, name), type, bad }
#define TRELLIS_FIELDS                                                                             \
    FIELD(code, TYPE_I32, &codes), FIELD(state_bits, TYPE_I32, &state_bits),                       \
        FIELD(step_bits, TYPE_I32, &step_bits), FIELD(step_values, TYPE_I32, &step_values),        \
        FIELD(is_tail_biting, TYPE_I32, &must_be_0_or_1),                                          \
        FIELD(granularity, TYPE_I32, &must_be_0_to_2), FIELD(reserved, TYPE_I32, &must_be_zero),   \
        FIELD(length, TYPE_SIZE, &lengths)
static const field value_fields[] = {TRELLIS_FIELDS};
static const field matrix_fields[] = {TRELLIS_FIELDS, FIELD(group_size, TYPE_SIZE, &group_sizes)};
static const field scale_fields[] = {TRELLIS_FIELDS, FIELD(group_size, TYPE_SIZE, &group_sizes),
                                     FIELD(ratio, TYPE_F64, &ratios)};

static size_t bytes(size_t rows, size_t columns) {
    /* The last sequence has room for a state: at least three steps. */
    return (rows * columns + 7) / 8;
}

static void add_options(call *c, const field *fields, size_t count) {
    options(c, &given, sizeof given, fields, count,
            offsetof(qc_quantize_trellis_options, progress));
}
#define ADD_OPTIONS(c, fields) add_options(c, fields, sizeof fields / sizeof fields[0])

static void add_table(call *c) { input(c, "table", TYPE_F32, 64, -2, 2)->bad = &tables; }

static void add_matrix(call *c, size_t rows, size_t columns) {
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
}

static qc_status options_init(const value *v) {
    return qc_quantize_trellis_options_init(v[0].pointer, v[1].size);
}

static void build_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_trellis_options));
}

static qc_status values(const value *v) {
    return qc_quantize_trellis_values_f32(v[0].pointer, v[1].pointer, v[2].pointer);
}

static void build_values(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    add_table(c);
    options(c, &given, sizeof given, value_fields, sizeof value_fields / sizeof value_fields[0], 0);
    output(c, "values", TYPE_F32, 64);
}

static qc_status layout(const value *v) {
    return qc_quantize_trellis_layout(v[0].size, v[1].size, v[2].pointer, v[3].pointer,
                                      v[4].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_matrix(c, rows, columns);
    options(c, &given, sizeof given, matrix_fields, sizeof matrix_fields / sizeof matrix_fields[0],
            0);
    output(c, "code_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "group_count", TYPE_SIZE, 1)->optional = true;
}

static qc_status scales(const value *v) {
    return qc_quantize_trellis_scales_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                          v[4].pointer, v[5].pointer);
}

static void build_scales(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    add_matrix(c, rows, columns);
    add_table(c);
    ADD_OPTIONS(c, scale_fields);
    output(c, "scales", TYPE_F32, groups_of_16(rows, columns));
}

static qc_status encode(const value *v) {
    return qc_quantize_trellis_encode_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                          v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                          v[8].pointer);
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    argument *importance = input(c, "importance", TYPE_F32, rows * columns, 0.5, 2);
    importance->bad = &factors;
    importance->optional = true;
    add_matrix(c, rows, columns);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &positive;
    add_table(c);
    ADD_OPTIONS(c, matrix_fields);
    output(c, "codes", TYPE_U8, bytes(rows, columns));
    output(c, "error", TYPE_F64, 1)->optional = true;
}

static qc_status decode(const value *v) {
    return qc_quantize_trellis_decode_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].size, v[5].pointer, v[6].pointer);
}

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "codes", TYPE_U8, bytes(rows, columns), 0, 256);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &must_be_finite;
    add_table(c);
    add_matrix(c, rows, columns);
    ADD_OPTIONS(c, matrix_fields);
    output(c, "values", TYPE_F32, rows * columns);
}

const row quantize_trellis_rows[] = {
    {"qc_quantize_trellis_options_init", "", options_init, build_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_trellis_values_f32", "", values, build_values, TYPE_F32, ANY_WORK},
    {"qc_quantize_trellis_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    {"qc_quantize_trellis_scales_f32", "", scales, build_scales, TYPE_F32, ANY_WORK},
    {"qc_quantize_trellis_encode_f32", "", encode, build_encode, TYPE_F32, MUCH_WORK},
    {"qc_quantize_trellis_decode_f32", "", decode, build_decode, TYPE_F32, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
