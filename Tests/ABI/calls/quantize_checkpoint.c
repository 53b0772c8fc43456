#include "calls.h"

static const bad_value bad_option_bits[] = {
    {1, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values option_bits = BAD_VALUES(bad_option_bits);
static const bad_value bad_group_sizes[] = {{0, QC_ERR_OPTIONS}, {24, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_group_sizes);
static const bad_value bad_formats[] = {
    {5, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values formats = BAD_VALUES(bad_formats);

static const field fields[] = {
    {"bits", offsetof(qc_quantize_integer_options, bits), TYPE_I32, &option_bits},
    {"scheme", offsetof(qc_quantize_integer_options, scheme), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_quantize_integer_options, reserved), TYPE_I32, &must_be_zero},
    {"group_size", offsetof(qc_quantize_integer_options, group_size), TYPE_SIZE, &group_sizes},
};

/* The layout that has matrices of every shape; of the defaults, and with zero points. */
enum {
    format = QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS
};
static const qc_quantize_integer_options symmetric = {.struct_size = sizeof symmetric,
                                                      .bits = 4,
                                                      .scheme = QC_QUANTIZE_SYMMETRIC,
                                                      .granularity = QC_QUANTIZE_PER_GROUP,
                                                      .group_size = 128};
static const qc_quantize_integer_options affine = {.struct_size = sizeof affine,
                                                   .bits = 2,
                                                   .scheme = QC_QUANTIZE_AFFINE,
                                                   .granularity = QC_QUANTIZE_PER_GROUP,
                                                   .group_size = 16};

static argument *add_options(call *c, const qc_quantize_integer_options *given) {
    argument *a = options(c, given, sizeof *given, fields, sizeof fields / sizeof fields[0],
                          offsetof(qc_quantize_integer_options, progress));
    a->optional = given == &symmetric;
    return a;
}

static size_t groups(size_t rows, size_t columns, const qc_quantize_integer_options *given) {
    return rows * ((columns + given->group_size - 1) / given->group_size);
}

static size_t code_bytes(size_t rows, size_t columns, const qc_quantize_integer_options *given) {
    return rows * ((columns * (size_t)given->bits + 7) / 8);
}

static size_t weight_bytes(size_t rows, size_t columns, const qc_quantize_integer_options *given) {
    return groups(rows, columns, given) * given->group_size * (size_t)given->bits / 8;
}

static size_t zero_bytes(size_t rows, size_t columns, const qc_quantize_integer_options *given) {
    if (given->scheme == QC_QUANTIZE_SYMMETRIC) {
        return 0;
    }
    return rows * ((groups(1, columns, given) * (size_t)given->bits + 7) / 8);
}

static qc_status layout(const value *v) {
    return qc_quantize_checkpoint_layout(v[0].size, v[1].size, v[2].pointer, v[3].integer,
                                         v[4].pointer, v[5].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "rows", rows, QC_OK)->bytes_per_unit = columns;
    length(c, "columns", columns, QC_OK)->bytes_per_unit = rows;
    add_options(c, &symmetric)->progress_offset = 0; /* no work to report on */
    integer(c, "format", format, &formats);
    output(c, "weight_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "zero_bytes", TYPE_SIZE, 1)->optional = true;
}

static const bad_value bad_zeros[] = {{4, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN}};
static const bad_values zeros_of_2_bits = BAD_VALUES(bad_zeros);
static const bad_value unused_zeros[] = {{255, QC_OK}};
static const bad_values any_zeros = BAD_VALUES(unused_zeros);

static qc_status write(const value *v) {
    return qc_quantize_checkpoint_write(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                        v[4].size, v[5].pointer, v[6].integer, v[7].pointer,
                                        v[8].pointer, v[9].pointer);
}

static void build_write(call *c, size_t rows, size_t columns,
                        const qc_quantize_integer_options *given) {
    const size_t group_count = groups(rows, columns, given);
    const bool is_affine = given == &affine;
    input(c, "codes", TYPE_U8, code_bytes(rows, columns, given), 0, 256);
    input(c, "scales", TYPE_F32, group_count, 0.01, 2)->bad = &must_be_finite;
    argument *zeros = input(c, "zeros", TYPE_U8, group_count, 0, 4);
    zeros->bad = is_affine ? &zeros_of_2_bits : &any_zeros;
    zeros->unused = zeros->optional = !is_affine;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c, given);
    integer(c, "format", format, &formats);
    output(c, "weights", TYPE_U8, weight_bytes(rows, columns, given));
    output(c, "weight_scales", TYPE_F32, group_count);
    argument *stored = output(c, "weight_zeros", TYPE_U8, zero_bytes(rows, columns, given));
    stored->unused = stored->optional = !is_affine;
}

static void build_write_symmetric(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_write(c, rows, columns, &symmetric);
}

static void build_write_affine(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_write(c, rows, columns, &affine);
}

static qc_status read(const value *v) {
    return qc_quantize_checkpoint_read(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                       v[4].size, v[5].pointer, v[6].integer, v[7].pointer,
                                       v[8].pointer, v[9].pointer);
}

static void build_read(call *c, size_t rows, size_t columns,
                       const qc_quantize_integer_options *given) {
    const size_t group_count = groups(rows, columns, given);
    const bool is_affine = given == &affine;
    input(c, "weights", TYPE_U8, weight_bytes(rows, columns, given), 0, 256);
    input(c, "weight_scales", TYPE_F32, group_count, 0.01, 2)->bad = &must_be_finite;
    argument *stored = input(c, "weight_zeros", TYPE_U8, zero_bytes(rows, columns, given), 0, 256);
    stored->unused = stored->optional = !is_affine;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_options(c, given);
    integer(c, "format", format, &formats);
    output(c, "codes", TYPE_U8, code_bytes(rows, columns, given));
    output(c, "scales", TYPE_F32, group_count);
    argument *zeros = output(c, "zeros", TYPE_U8, group_count);
    zeros->unused = zeros->optional = !is_affine;
}

static void build_read_symmetric(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_read(c, rows, columns, &symmetric);
}

static void build_read_affine(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_read(c, rows, columns, &affine);
}

const row quantize_checkpoint_rows[] = {
    {"qc_quantize_checkpoint_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    {"qc_quantize_checkpoint_write", "symmetric", write, build_write_symmetric, TYPE_F32, ANY_WORK},
    {"qc_quantize_checkpoint_write", "affine", write, build_write_affine, TYPE_F32, ANY_WORK},
    {"qc_quantize_checkpoint_read", "symmetric", read, build_read_symmetric, TYPE_F32, ANY_WORK},
    {"qc_quantize_checkpoint_read", "affine", read, build_read_affine, TYPE_F32, ANY_WORK},
    {0},
};
