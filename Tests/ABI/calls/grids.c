#include "grids.h"

#include <math.h>

const qc_quantize_grid three_bit_grid = {.struct_size = sizeof three_bit_grid,
                                         .kind = QC_QUANTIZE_GRID_INTEGER,
                                         .bits = 3,
                                         .is_signed = 1,
                                         .is_narrow = 1};

static const bad_value bad_scales[] = {{0, QC_ERR_DOMAIN},
                                       {-1, QC_ERR_DOMAIN},
                                       {NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE}};
const bad_values must_be_scales = BAD_VALUES(bad_scales);

static const bad_value bad_integer_bits[] = {{1, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}};
static const bad_values integer_bits = BAD_VALUES(bad_integer_bits);
static const bad_value bad_bits[] = {{0, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}};
static const bad_values bits = BAD_VALUES(bad_bits);
static const field integer_fields[] = {
    {"bits", offsetof(qc_quantize_grid, bits), TYPE_I32, &integer_bits}};
static const field other_fields[] = {{"bits", offsetof(qc_quantize_grid, bits), TYPE_I32, &bits}};

static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const qc_quantize_grid_options sharing = {
    .struct_size = sizeof sharing, .granularity = QC_QUANTIZE_PER_GROUP, .group_size = 16};
static const field sharing_fields[] = {
    {"granularity", offsetof(qc_quantize_grid_options, granularity), TYPE_I32, &must_be_0_to_2},
    {"reserved", offsetof(qc_quantize_grid_options, reserved), TYPE_I32, &must_be_zero},
    {"group_size", offsetof(qc_quantize_grid_options, group_size), TYPE_SIZE, &group_sizes},
};

size_t groups_of_16(size_t rows, size_t columns) { return rows * ((columns + 15) / 16); }

argument *add_grid(call *c, const qc_quantize_grid *grid) {
    const bool is_integer = grid->kind == QC_QUANTIZE_GRID_INTEGER;
    argument *added =
        options(c, grid, sizeof *grid, is_integer ? integer_fields : other_fields, 1, 0);
    added->name = "grid";
    return added;
}

argument *add_groups_of_16(call *c) {
    return options(c, &sharing, sizeof sharing, sharing_fields,
                   sizeof sharing_fields / sizeof sharing_fields[0],
                   offsetof(qc_quantize_grid_options, progress));
}
