#include "grids.h"

#include <math.h>
#include <string.h>

static const bad_value bad_bits[] = {{1, QC_ERR_OPTIONS},         {9, QC_ERR_OPTIONS},
                                     {0, QC_ERR_OPTIONS},         {-4, QC_ERR_OPTIONS},
                                     {INT32_MAX, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values integer_bits = BAD_VALUES(bad_bits);
static const bad_value bad_small_bits[] = {{0, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}};
static const bad_values small_bits = BAD_VALUES(bad_small_bits);
static const bad_value bad_kinds[] = {{-1, QC_ERR_OPTIONS},
                                      {10, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values kinds = BAD_VALUES(bad_kinds);
static const bad_value bad_specials[] = {
    {-1, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}, {QC_QUANTIZE_SPECIALS_EXPONENT, QC_ERR_OPTIONS}};
static const bad_values specials = BAD_VALUES(bad_specials);
static const bad_value bad_exponents[] = {
    {0, QC_ERR_OPTIONS}, {8, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values exponents = BAD_VALUES(bad_exponents);
static const bad_value bad_biases[] = {{NAN, QC_ERR_OPTIONS},
                                       {INFINITY, QC_ERR_OPTIONS},
                                       {-INFINITY, QC_ERR_OPTIONS},
                                       {1e9, QC_ERR_OPTIONS}};
static const bad_values biases = BAD_VALUES(bad_biases);
static const bad_value bad_parameters[] = {{NAN, QC_ERR_OPTIONS},
                                           {INFINITY, QC_ERR_OPTIONS},
                                           {0, QC_ERR_OPTIONS},
                                           {1.5, QC_ERR_OPTIONS},
                                           {-0.5, QC_ERR_OPTIONS}};
static const bad_values parameters = BAD_VALUES(bad_parameters);
static const bad_value bad_counts[] = {
    {0, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}, {257, QC_ERR_OPTIONS}};
static const bad_values counts = BAD_VALUES(bad_counts);
static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);

#define GRID_FIELD(name, type, bad)                                                                \
    { #name, offsetof(qc_quantize_grid, name), type, bad }

static const field integer_fields[] = {GRID_FIELD(kind, TYPE_I32, &kinds),
                                       GRID_FIELD(bits, TYPE_I32, &integer_bits),
                                       GRID_FIELD(is_signed, TYPE_I32, &must_be_0_or_1),
                                       GRID_FIELD(is_narrow, TYPE_I32, &must_be_0_or_1),
                                       GRID_FIELD(reserved, TYPE_I32, &must_be_zero)};
static const field float_fields[] = {GRID_FIELD(bits, TYPE_I32, &small_bits),
                                     GRID_FIELD(is_signed, TYPE_I32, &must_be_0_or_1),
                                     GRID_FIELD(exponent_bits, TYPE_I32, &exponents),
                                     GRID_FIELD(specials, TYPE_I32, &specials),
                                     GRID_FIELD(overflow, TYPE_I32, &must_be_0_or_1),
                                     GRID_FIELD(bias, TYPE_F64, &biases)};
static const field power_fields[] = {GRID_FIELD(bits, TYPE_I32, &integer_bits),
                                     GRID_FIELD(parameter, TYPE_F64, &parameters)};
static const field book_fields[] = {GRID_FIELD(bits, TYPE_I32, &small_bits),
                                    GRID_FIELD(level_count, TYPE_SIZE, &counts)};

static const float book_levels[] = {0.5F, -1, 0, 2};

static const qc_quantize_grid integer_grid = {.struct_size = sizeof integer_grid,
                                              .kind = QC_QUANTIZE_GRID_INTEGER,
                                              .bits = 3,
                                              .is_signed = 1,
                                              .is_narrow = 1};
static const qc_quantize_grid float_grid = {.struct_size = sizeof float_grid,
                                            .kind = QC_QUANTIZE_GRID_FLOAT,
                                            .bits = 8,
                                            .is_signed = 1,
                                            .exponent_bits = 4,
                                            .specials = QC_QUANTIZE_SPECIALS_FN,
                                            .bias = 7};
static const qc_quantize_grid power_grid = {
    .struct_size = sizeof power_grid, .kind = QC_QUANTIZE_GRID_POWER, .bits = 5, .parameter = 0.75};
static const qc_quantize_grid book_grid = {.struct_size = sizeof book_grid,
                                           .kind = QC_QUANTIZE_GRID_CODE_BOOK,
                                           .bits = 2,
                                           .levels = book_levels,
                                           .level_count = 4};

static const field option_fields[] = {
    {"granularity", offsetof(qc_quantize_grid_options, granularity), TYPE_I32, &must_be_0_to_2},
    {"reserved", offsetof(qc_quantize_grid_options, reserved), TYPE_I32, &must_be_zero},
    {"group_size", offsetof(qc_quantize_grid_options, group_size), TYPE_SIZE, &group_sizes},
};

/* Groups with a short last one. */
static const qc_quantize_grid_options given_options = {
    .struct_size = sizeof given_options, .granularity = QC_QUANTIZE_PER_GROUP, .group_size = 16};

static void add_own_grid(call *c, const qc_quantize_grid *grid) {
    static const field *const lists[] = {integer_fields, power_fields, float_fields, book_fields};
    static const size_t lengths[] = {
        sizeof integer_fields / sizeof(field), sizeof power_fields / sizeof(field),
        sizeof float_fields / sizeof(field), sizeof book_fields / sizeof(field)};
    const size_t which = grid == &integer_grid ? 0
                         : grid == &power_grid ? 1
                         : grid == &float_grid ? 2
                                               : 3;
    options(c, grid, sizeof *grid, lists[which], lengths[which], 0)->name = "grid";
}

static void add_options(call *c) {
    options(c, &given_options, sizeof given_options, option_fields,
            sizeof option_fields / sizeof option_fields[0],
            offsetof(qc_quantize_grid_options, progress));
}

static size_t packed_bytes(size_t rows, size_t columns, int32_t bits) {
    return rows * ((columns * (size_t)bits + 7) / 8);
}

static qc_status init(const value *v) {
    return qc_quantize_grid_init(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_name(const argument *self, void *memory) { memcpy(memory, "uint7", self->count); }

static void build_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_grid));
    c->arguments[0].name = "grid";
    argument *name = input(c, "name", TYPE_U8, sizeof "uint7", 0, 0);
    name->fill = fill_name;
    name->optional = true;
}

static qc_status levels(const value *v) {
    return qc_quantize_grid_levels(v[0].pointer, v[1].pointer);
}

static void build_levels(call *c, const qc_quantize_grid *grid) {
    add_own_grid(c, grid);
    output(c, "levels", TYPE_F32, (size_t)1 << grid->bits);
}

static qc_status options_init(const value *v) {
    return qc_quantize_grid_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_grid_options));
}

static qc_status layout(const value *v) {
    return qc_quantize_grid_layout(v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].pointer,
                                   v[5].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_own_grid(c, &integer_grid);
    length(c, "rows", rows, QC_OK)->bytes_per_unit = columns;
    length(c, "columns", columns, QC_OK)->bytes_per_unit = rows;
    options(c, &given_options, sizeof given_options, option_fields,
            sizeof option_fields / sizeof option_fields[0], 0); /* no work to report on */
    output(c, "code_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "group_count", TYPE_SIZE, 1)->optional = true;
}

#define SCALES(suffix)                                                                             \
    static qc_status scales_##suffix(const value *v) {                                             \
        return qc_quantize_grid_scales_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer,  \
                                                v[4].pointer, v[5].pointer);                       \
    }
SCALES(f32)
SCALES(f16)
SCALES(bf16)

static void build_scales(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_own_grid(c, &float_grid);
    add_options(c);
    output(c, "scales", TYPE_F32, groups_of_16(rows, columns));
}

#define ENCODE(suffix)                                                                             \
    static qc_status encode_##suffix(const value *v) {                                             \
        return qc_quantize_grid_encode_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer,  \
                                                v[4].pointer, v[5].pointer, v[6].pointer,          \
                                                v[7].pointer);                                     \
    }
ENCODE(f32)
ENCODE(f16)
ENCODE(bf16)

static const bad_value bad_scales[] = {{0, QC_ERR_DOMAIN},
                                       {-1, QC_ERR_DOMAIN},
                                       {NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values positive = BAD_VALUES(bad_scales);

static void build_encode(call *c, element_type type, size_t rows, size_t columns,
                         const qc_quantize_grid *grid) {
    /* A float grid with NaN takes any number. */
    input(c, "values", type, rows * columns, -1, 1)->bad =
        grid == &float_grid ? NULL : &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_own_grid(c, grid);
    add_options(c);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &positive;
    argument *zeros = input(c, "zeros", TYPE_F32, groups_of_16(rows, columns), -1, 1);
    zeros->bad = &must_be_finite;
    zeros->optional = true;
    output(c, "codes", TYPE_U8, packed_bytes(rows, columns, grid->bits));
}

#define DECODE(suffix)                                                                             \
    static qc_status decode_##suffix(const value *v) {                                             \
        return qc_quantize_grid_decode_##suffix(v[0].pointer, v[1].pointer, v[2].pointer,          \
                                                v[3].size, v[4].size, v[5].pointer, v[6].pointer,  \
                                                v[7].pointer);                                     \
    }
DECODE(f32)
DECODE(f16)
DECODE(bf16)

static void build_decode(call *c, element_type type, size_t rows, size_t columns,
                         const qc_quantize_grid *grid) {
    input(c, "codes", TYPE_U8, packed_bytes(rows, columns, grid->bits), 0, 256);
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &must_be_finite;
    argument *zeros = input(c, "zeros", TYPE_F32, groups_of_16(rows, columns), -1, 1);
    zeros->bad = &must_be_finite;
    zeros->optional = true;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_own_grid(c, grid);
    add_options(c);
    output(c, "values", type, rows * columns);
}

#define FOR_GRID(name)                                                                             \
    static void build_levels_##name(call *c, element_type type, size_t rows, size_t columns) {     \
        (void)type;                                                                                \
        (void)rows;                                                                                \
        (void)columns;                                                                             \
        build_levels(c, &name##_grid);                                                             \
    }                                                                                              \
    static void build_encode_##name(call *c, element_type type, size_t rows, size_t columns) {     \
        build_encode(c, type, rows, columns, &name##_grid);                                        \
    }                                                                                              \
    static void build_decode_##name(call *c, element_type type, size_t rows, size_t columns) {     \
        build_decode(c, type, rows, columns, &name##_grid);                                        \
    }
FOR_GRID(integer)
FOR_GRID(float)
FOR_GRID(power)
FOR_GRID(book)

const row quantize_grid_rows[] = {
    {"qc_quantize_grid_init", "", init, build_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_levels", "integer", levels, build_levels_integer, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_levels", "float", levels, build_levels_float, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_levels", "power", levels, build_levels_power, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_levels", "book", levels, build_levels_book, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    {"qc_quantize_grid_scales_f32", "", scales_f32, build_scales, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_scales_f16", "", scales_f16, build_scales, TYPE_F16, ANY_WORK},
    {"qc_quantize_grid_scales_bf16", "", scales_bf16, build_scales, TYPE_BF16, ANY_WORK},
    {"qc_quantize_grid_encode_f32", "integer", encode_f32, build_encode_integer, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_grid_encode_f32", "float", encode_f32, build_encode_float, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_encode_f32", "power", encode_f32, build_encode_power, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_encode_f16", "book", encode_f16, build_encode_book, TYPE_F16, ANY_WORK},
    {"qc_quantize_grid_encode_bf16", "integer", encode_bf16, build_encode_integer, TYPE_BF16,
     ANY_WORK},
    {"qc_quantize_grid_decode_f32", "integer", decode_f32, build_decode_integer, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_grid_decode_f32", "float", decode_f32, build_decode_float, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_decode_f32", "power", decode_f32, build_decode_power, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_decode_f16", "book", decode_f16, build_decode_book, TYPE_F16, ANY_WORK},
    {"qc_quantize_grid_decode_bf16", "integer", decode_bf16, build_decode_integer, TYPE_BF16,
     ANY_WORK},
    {0},
};
