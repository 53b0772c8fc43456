#include "calls.h"

#include <math.h>

static const bad_value bad_option_bits[] = {
    {1, QC_ERR_OPTIONS},  {9, QC_ERR_OPTIONS},         {0, QC_ERR_OPTIONS},
    {-4, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values option_bits = BAD_VALUES(bad_option_bits);
static const bad_value bad_group_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_group_sizes);
static const bad_value bad_storage_bits[] = {{0, QC_ERR_DOMAIN},
                                             {9, QC_ERR_DOMAIN},
                                             {-1, QC_ERR_DOMAIN},
                                             {INT32_MAX, QC_ERR_DOMAIN},
                                             {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values storage_bits = BAD_VALUES(bad_storage_bits);
static const bad_value any_truth[] = {{1, QC_OK}, {-1, QC_OK}, {INT32_MIN, QC_OK}};
static const bad_values truths = BAD_VALUES(any_truth);

static const field fields[] = {
    {"bits", offsetof(qc_quantize_integer_options, bits), TYPE_I32, &option_bits},
    {"scheme", offsetof(qc_quantize_integer_options, scheme), TYPE_I32, &must_be_0_or_1},
    {"granularity", offsetof(qc_quantize_integer_options, granularity), TYPE_I32, &must_be_0_to_2},
    {"reserved", offsetof(qc_quantize_integer_options, reserved), TYPE_I32, &must_be_zero},
    {"group_size", offsetof(qc_quantize_integer_options, group_size), TYPE_SIZE, &group_sizes},
};

/* The defaults; and a setting whose codes straddle bytes, in groups with a short last one. */
static const qc_quantize_integer_options symmetric = {.struct_size = sizeof symmetric,
                                                      .bits = 4,
                                                      .scheme = QC_QUANTIZE_SYMMETRIC,
                                                      .granularity = QC_QUANTIZE_PER_GROUP,
                                                      .group_size = 128};
static const qc_quantize_integer_options affine = {.struct_size = sizeof affine,
                                                   .bits = 3,
                                                   .scheme = QC_QUANTIZE_AFFINE,
                                                   .granularity = QC_QUANTIZE_PER_GROUP,
                                                   .group_size = 16};

/* NULL stands for the defaults, whose codes need other room than those of `affine`. */
static argument *add_options(call *c, const qc_quantize_integer_options *given) {
    argument *a = options(c, given, sizeof *given, fields, sizeof fields / sizeof fields[0],
                          offsetof(qc_quantize_integer_options, progress));
    a->optional = given == &symmetric;
    return a;
}

static size_t packed_bytes(size_t rows, size_t columns, int32_t bits) {
    return rows * ((columns * (size_t)bits + 7) / 8);
}

static size_t groups(size_t rows, size_t columns, size_t group_size) {
    return rows * ((columns + group_size - 1) / group_size);
}

static qc_status options_init(const value *v) {
    return qc_quantize_integer_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_integer_options));
}

static qc_status layout(const value *v) {
    return qc_quantize_integer_layout(v[0].size, v[1].size, v[2].pointer, v[3].pointer,
                                      v[4].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "rows", rows, QC_OK)->bytes_per_unit = columns;
    length(c, "columns", columns, QC_OK)->bytes_per_unit = rows;
    add_options(c, &symmetric)->progress_offset = 0; /* no work to report on */
    output(c, "code_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "group_count", TYPE_SIZE, 1)->optional = true;
}

static qc_status encode_f32(const value *v) {
    return qc_quantize_integer_encode_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                          v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status encode_f16(const value *v) {
    return qc_quantize_integer_encode_f16(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                          v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status encode_bf16(const value *v) {
    return qc_quantize_integer_encode_bf16(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                           v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns,
                         const qc_quantize_integer_options *given) {
    const size_t group_count = groups(rows, columns, given->group_size);
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c, given);
    output(c, "codes", TYPE_U8, packed_bytes(rows, columns, given->bits));
    output(c, "scales", TYPE_F32, group_count);
    argument *zeros = output(c, "zeros", TYPE_U8, group_count);
    zeros->unused = given->scheme == QC_QUANTIZE_SYMMETRIC;
    zeros->optional = zeros->unused;
}

static void build_encode_symmetric(call *c, element_type type, size_t rows, size_t columns) {
    build_encode(c, type, rows, columns, &symmetric);
}

static void build_encode_affine(call *c, element_type type, size_t rows, size_t columns) {
    build_encode(c, type, rows, columns, &affine);
}

static qc_status decode_f32(const value *v) {
    return qc_quantize_integer_decode_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].size, v[5].pointer, v[6].pointer);
}

static qc_status decode_f16(const value *v) {
    return qc_quantize_integer_decode_f16(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].size, v[5].pointer, v[6].pointer);
}

static qc_status decode_bf16(const value *v) {
    return qc_quantize_integer_decode_bf16(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                           v[4].size, v[5].pointer, v[6].pointer);
}

static const bad_value bad_zeros[] = {{8, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN}};
static const bad_values zeros_of_3_bits = BAD_VALUES(bad_zeros);
static const bad_value unused_zeros[] = {{255, QC_OK}};
static const bad_values any_zeros = BAD_VALUES(unused_zeros);

static void build_decode(call *c, element_type type, size_t rows, size_t columns,
                         const qc_quantize_integer_options *given) {
    const size_t group_count = groups(rows, columns, given->group_size);
    const bool is_affine = given->scheme == QC_QUANTIZE_AFFINE;
    input(c, "codes", TYPE_U8, packed_bytes(rows, columns, given->bits), 0, 256);
    input(c, "scales", TYPE_F32, group_count, 0.01, 2)->bad = &must_be_finite;
    argument *zeros = input(c, "zeros", TYPE_U8, group_count, 0, 8);
    zeros->bad = is_affine ? &zeros_of_3_bits : &any_zeros;
    zeros->unused = !is_affine;
    zeros->optional = zeros->unused;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c, given);
    output(c, "values", type, rows * columns);
}

static void build_decode_symmetric(call *c, element_type type, size_t rows, size_t columns) {
    build_decode(c, type, rows, columns, &symmetric);
}

static void build_decode_affine(call *c, element_type type, size_t rows, size_t columns) {
    build_decode(c, type, rows, columns, &affine);
}

static qc_status pack(const value *v) {
    return qc_quantize_pack(v[0].pointer, v[1].size, v[2].size, v[3].integer, v[4].integer,
                            v[5].pointer);
}

static const bad_value bad_codes[] = {{32, QC_ERR_DOMAIN}, {128, QC_ERR_DOMAIN}};
static const bad_values codes_of_5_bits = BAD_VALUES(bad_codes);

/* Codes of 5 bits that are valid with and without a sign. */
static void build_pack(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "unpacked", TYPE_U8, rows * columns, 0, 16)->bad = &codes_of_5_bits;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "bits", 5, &storage_bits);
    integer(c, "is_signed", 0, &truths);
    output(c, "packed", TYPE_U8, packed_bytes(rows, columns, 5));
}

static qc_status unpack(const value *v) {
    return qc_quantize_unpack(v[0].pointer, v[1].size, v[2].size, v[3].integer, v[4].integer,
                              v[5].pointer);
}

static void build_unpack(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "packed", TYPE_U8, packed_bytes(rows, columns, 5), 0, 256);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "bits", 5, &storage_bits);
    integer(c, "is_signed", 0, &truths);
    output(c, "unpacked", TYPE_U8, rows * columns);
}

const row quantize_integer_rows[] = {
    {"qc_quantize_integer_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_integer_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    {"qc_quantize_integer_encode_f32", "symmetric", encode_f32, build_encode_symmetric, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_integer_encode_f32", "affine", encode_f32, build_encode_affine, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_integer_encode_f16", "symmetric", encode_f16, build_encode_symmetric, TYPE_F16,
     ANY_WORK},
    {"qc_quantize_integer_encode_f16", "affine", encode_f16, build_encode_affine, TYPE_F16,
     ANY_WORK},
    {"qc_quantize_integer_encode_bf16", "symmetric", encode_bf16, build_encode_symmetric, TYPE_BF16,
     ANY_WORK},
    {"qc_quantize_integer_encode_bf16", "affine", encode_bf16, build_encode_affine, TYPE_BF16,
     ANY_WORK},
    {"qc_quantize_integer_decode_f32", "symmetric", decode_f32, build_decode_symmetric, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_integer_decode_f32", "affine", decode_f32, build_decode_affine, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_integer_decode_f16", "symmetric", decode_f16, build_decode_symmetric, TYPE_F16,
     ANY_WORK},
    {"qc_quantize_integer_decode_f16", "affine", decode_f16, build_decode_affine, TYPE_F16,
     ANY_WORK},
    {"qc_quantize_integer_decode_bf16", "symmetric", decode_bf16, build_decode_symmetric, TYPE_BF16,
     ANY_WORK},
    {"qc_quantize_integer_decode_bf16", "affine", decode_bf16, build_decode_affine, TYPE_BF16,
     ANY_WORK},
    {"qc_quantize_pack", "", pack, build_pack, TYPE_U8, ANY_WORK},
    {"qc_quantize_unpack", "", unpack, build_unpack, TYPE_U8, ANY_WORK},
    {0},
};
