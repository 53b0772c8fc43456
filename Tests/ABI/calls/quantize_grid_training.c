#include "grids.h"

static const bad_value bad_gradients[] = {{5, QC_ERR_OPTIONS},
                                          {-1, QC_ERR_OPTIONS},
                                          {INT32_MAX, QC_ERR_OPTIONS},
                                          {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values gradients = BAD_VALUES(bad_gradients);
static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const qc_quantize_grid grid = {.struct_size = sizeof grid,
                                      .kind = QC_QUANTIZE_GRID_FLOAT,
                                      .bits = 6,
                                      .is_signed = 1,
                                      .exponent_bits = 3,
                                      .bias = 3};

static const qc_quantize_grid_fake_options fake_options = {.struct_size = sizeof fake_options,
                                                           .granularity = QC_QUANTIZE_PER_GROUP,
                                                           .gradient =
                                                               QC_QUANTIZE_GRADIENT_LEARNED_STEP,
                                                           .group_size = 16};
static const field fake_fields[] = {
    {"granularity", offsetof(qc_quantize_grid_fake_options, granularity), TYPE_I32,
     &must_be_0_to_2},
    {"gradient", offsetof(qc_quantize_grid_fake_options, gradient), TYPE_I32, &gradients},
    {"group_size", offsetof(qc_quantize_grid_fake_options, group_size), TYPE_SIZE, &group_sizes},
};

static void add_matrix(call *c, size_t rows, size_t columns) {
    input(c, "values", TYPE_F32, rows * columns, -40, 40)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_grid(c, &grid);
}

static void add_parameters(call *c, size_t rows, size_t columns) {
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = &must_be_scales;
    argument *zeros = input(c, "zeros", TYPE_F32, groups_of_16(rows, columns), -1, 1);
    zeros->bad = &must_be_finite;
    zeros->optional = true;
}

static qc_status neighbours(const value *v) {
    return qc_quantize_grid_neighbours_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                           v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                           v[8].pointer);
}

static void build_neighbours(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_matrix(c, rows, columns);
    add_groups_of_16(c);
    add_parameters(c, rows, columns);
    output(c, "lower", TYPE_U8, rows * columns);
    output(c, "upper", TYPE_U8, rows * columns);
}

static qc_status options_init(const value *v) {
    return qc_quantize_grid_fake_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_grid_fake_options));
}

static qc_status fake(const value *v) {
    return qc_quantize_grid_fake_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].pointer,
                                     v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer,
                                     v[9].pointer, v[10].pointer);
}

static void build_fake(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_matrix(c, rows, columns);
    options(c, &fake_options, sizeof fake_options, fake_fields, 3,
            offsetof(qc_quantize_grid_fake_options, progress));
    add_parameters(c, rows, columns);
    output(c, "quantized", TYPE_F32, rows * columns);
    argument *upstream = input(c, "upstream", TYPE_F32, rows * columns, -1, 1);
    upstream->bad = &must_be_finite;
    upstream->optional = true;
    output(c, "value_gradients", TYPE_F32, rows * columns)->optional = true;
    output(c, "scale_gradients", TYPE_F32, groups_of_16(rows, columns))->optional = true;
}

const row quantize_grid_training_rows[] = {
    {"qc_quantize_grid_neighbours_f32", "", neighbours, build_neighbours, TYPE_F32, ANY_WORK},
    {"qc_quantize_grid_fake_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_grid_fake_f32", "", fake, build_fake, TYPE_F32, ANY_WORK},
    {0},
};
