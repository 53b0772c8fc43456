#include "calls.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value name##_list[] = {__VA_ARGS__};                                          \
    static const bad_values name = BAD_VALUES(name##_list)

BAD_OPTION(group_sizes, {0, QC_ERR_OPTIONS});
BAD_OPTION(frequencies, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS},
           {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(penalties, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(block_sizes, {0, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS}, {2097152, QC_ERR_OPTIONS});
BAD_OPTION(inverses, {-1, QC_ERR_DOMAIN}, {2, QC_ERR_DOMAIN});
BAD_OPTION(grid_kinds, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS});

/* Groups with a short last one. */
static const qc_quantize_periodic_options periodic_given = {.struct_size = sizeof periodic_given,
                                                            .granularity = QC_QUANTIZE_PER_GROUP,
                                                            .is_binary = 1,
                                                            .group_size = 16,
                                                            .frequency = 30,
                                                            .penalty = 0.5};
#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_periodic_options, name), type, bad }
static const field periodic_fields[] = {
    FIELD(granularity, TYPE_I32, &must_be_0_to_2), FIELD(is_binary, TYPE_I32, &must_be_0_or_1),
    FIELD(group_size, TYPE_SIZE, &group_sizes), FIELD(frequency, TYPE_F64, &frequencies),
    FIELD(penalty, TYPE_F64, &penalties)};
static const qc_quantize_rotation_options rotation_given = {
    .struct_size = sizeof rotation_given, .seed = 3, .block = 8};
static const field rotation_fields[] = {
    {"block", offsetof(qc_quantize_rotation_options, block), TYPE_SIZE, &block_sizes}};
static const field grid_fields[] = {
    {"kind", offsetof(qc_quantize_grid, kind), TYPE_I32, &grid_kinds}};

#define INIT(what)                                                                                 \
    static qc_status what##_init(const value *v) {                                                 \
        return qc_quantize_##what##_options_init(v[0].pointer, v[1].size);                         \
    }                                                                                              \
    static void build_##what##_init(call *c, element_type type, size_t rows, size_t columns) {     \
        (void)type;                                                                                \
        (void)rows;                                                                                \
        (void)columns;                                                                             \
        defaults(c, sizeof(qc_quantize_##what##_options));                                         \
    }
INIT(periodic)
INIT(rotation)

static qc_status periodic(const value *v) {
    return qc_quantize_periodic_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].pointer,
                                    v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer,
                                    v[9].pointer);
}

static void build_periodic(call *c, element_type type, size_t rows, size_t columns) {
    const size_t groups = rows * ((columns + 15) / 16);
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    input(c, "scales", TYPE_F32, groups, 0.01, 2)->bad = &must_be_finite;
    options(c, &periodic_given, sizeof periodic_given, periodic_fields, 5,
            offsetof(qc_quantize_periodic_options, progress));
    output(c, "quantized", TYPE_F32, rows * columns);
    argument *upstream = input(c, "upstream", TYPE_F32, rows * columns, -1, 1);
    upstream->bad = &must_be_finite;
    upstream->optional = true;
    output(c, "value_gradients", TYPE_F32, rows * columns)->optional = true;
    output(c, "scale_gradients", TYPE_F32, groups)->optional = true;
    output(c, "penalty", TYPE_F64, 1)->optional = true;
}

static qc_status rotate(const value *v) {
    return qc_quantize_rotate_f32(v[0].pointer, v[1].size, v[2].size, v[3].integer, v[4].pointer,
                                  v[5].pointer);
}

static void build_rotate(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "is_inverse", 1, &inverses);
    options(c, &rotation_given, sizeof rotation_given, rotation_fields, 1,
            offsetof(qc_quantize_rotation_options, progress))
        ->optional = true;
    output(c, "result", TYPE_F32, rows * columns);
}

static qc_status choose(const value *v) {
    return qc_quantize_rotation_choose_f32(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                           v[4].size, v[5].pointer, v[6].pointer, v[7].pointer,
                                           v[8].pointer);
}

static void build_choose(call *c, element_type type, size_t rows, size_t columns) {
    const size_t outputs = 3;
    qc_quantize_grid grid;
    qc_quantize_grid_init(&grid, sizeof grid, "int4");
    (void)type;
    input(c, "activations", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    input(c, "weights", TYPE_F32, outputs * columns, -1, 1)->bad = &must_be_finite;
    length(c, "outputs", outputs, QC_OK);
    length(c, "columns", columns, QC_OK);
    options(c, &grid, sizeof grid, grid_fields, 1, 0)->name = "activation_grid";
    options(c, &grid, sizeof grid, grid_fields, 1, 0)->name = "weight_grid";
    options(c, &rotation_given, sizeof rotation_given, rotation_fields, 1,
            offsetof(qc_quantize_rotation_options, progress))
        ->optional = true;
    result(c, sizeof(qc_quantize_rotation_result));
}

const row quantize_training_rows[] = {
    {"qc_quantize_periodic_options_init", "", periodic_init, build_periodic_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_rotation_options_init", "", rotation_init, build_rotation_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_periodic_f32", "", periodic, build_periodic, TYPE_F32, MUCH_WORK},
    {"qc_quantize_rotate_f32", "", rotate, build_rotate, TYPE_F32, ANY_WORK},
    {"qc_quantize_rotation_choose_f32", "", choose, build_choose, TYPE_F32, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
