#include "vectors.h"

static const char *const kinds[] = {"integer",   "midrise",      "binary", "log2",
                                    "log_sqrt2", "sqrt2_powers", "power",  "tangent",
                                    "float",     "code_book",    NULL};
static const char *const specials[] = {"none", "ieee", "fn", "fnuz", "exponent", NULL};
static const char *const overflows[] = {"saturate", "ieee", NULL};
static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void grid_init(run *r) {
    qc_quantize_grid grid;
    if (!returned(r, qc_quantize_grid_init(&grid, sizeof grid, input_string(r, "grid")))) {
        return;
    }
    expect_choice(r, "kind", grid.kind, kinds);
    expect_int32(r, "bits", grid.bits);
    expect_int32(r, "is_signed", grid.is_signed);
    expect_int32(r, "is_narrow", grid.is_narrow);
    expect_int32(r, "exponent_bits", grid.exponent_bits);
    expect_choice(r, "specials", grid.specials, specials);
    expect_choice(r, "overflow", grid.overflow, overflows);
    expect_double(r, "bias", grid.bias);
    expect_double(r, "parameter", grid.parameter);
    const array levels = {TYPE_F32, grid.level_count, 1, grid.level_count,
                          (void *)(uintptr_t)grid.levels};
    expect_array(r, "levels", levels);
}

qc_quantize_grid input_grid(run *r) {
    qc_quantize_grid grid;
    if (qc_quantize_grid_init(&grid, sizeof grid, input_string(r, "grid")) != QC_OK) {
        complain(r, "no such grid: %s", qc_last_error());
    }
    grid.kind = input_choice(r, "kind", grid.kind, kinds);
    grid.bits = input_int32(r, "bits", grid.bits);
    grid.is_signed = input_int32(r, "is_signed", grid.is_signed);
    grid.is_narrow = input_int32(r, "is_narrow", grid.is_narrow);
    grid.exponent_bits = input_int32(r, "exponent_bits", grid.exponent_bits);
    grid.specials = input_choice(r, "specials", grid.specials, specials);
    grid.overflow = input_choice(r, "overflow", grid.overflow, overflows);
    grid.bias = input_double(r, "bias", grid.bias);
    grid.parameter = input_double(r, "parameter", grid.parameter);
    const array levels = input_vector(r, "levels", TYPE_F32);
    if (levels.data != NULL) {
        grid.levels = levels.data;
        grid.level_count = levels.count;
    }
    return grid;
}

static void grid_levels(run *r) {
    const qc_quantize_grid grid = input_grid(r);
    const array levels =
        output_array(r, TYPE_F32, grid.bits >= 0 && grid.bits <= 8 ? (size_t)1 << grid.bits : 0);
    if (returned(r, qc_quantize_grid_levels(&grid, levels.data))) {
        expect_array(r, "levels", levels);
    }
}

static void options_init(run *r) {
    qc_quantize_grid_options options;
    if (returned(r, qc_quantize_grid_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
    }
}

qc_quantize_grid_options input_grid_options(run *r) {
    qc_quantize_grid_options options;
    qc_quantize_grid_options_init(&options, sizeof options);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    return options;
}

static void grid_layout(run *r) {
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    const array code_bytes = output_array(r, TYPE_SIZE, 1);
    const array group_count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_quantize_grid_layout(&grid, input_size(r, "rows", 0),
                                            input_size(r, "columns", 0), &options, code_bytes.data,
                                            group_count.data))) {
        expect_size(r, "code_bytes", *(const size_t *)code_bytes.data);
        expect_size(r, "group_count", *(const size_t *)group_count.data);
    }
}

static void grid_scales(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    size_t group_count = 0; /* if the options are what is wrong */
    qc_quantize_grid_layout(&grid, values.rows, values.columns, &options, NULL, &group_count);
    const array scales = output_array(r, TYPE_F32, group_count);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_grid *,
                            const qc_quantize_grid_options *, float *) =
        r->type == TYPE_F16 ? qc_quantize_grid_scales_f16 : qc_quantize_grid_scales_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_grid_scales_f32(values.data, values.rows, values.columns,
                                                      &grid, &options, scales.data)
                        : half(values.data, values.rows, values.columns, &grid, &options,
                               scales.data))) {
        expect_array(r, "scales", scales);
    }
}

static void grid_encode(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    size_t code_bytes = 0;
    qc_quantize_grid_layout(&grid, values.rows, values.columns, &options, &code_bytes, NULL);
    const array codes = output_array(r, TYPE_U8, code_bytes);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_grid *,
                            const qc_quantize_grid_options *, const float *, const float *,
                            uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_grid_encode_f16 : qc_quantize_grid_encode_bf16;
    if (returned(r, r->type == TYPE_F32 ? qc_quantize_grid_encode_f32(
                                              values.data, values.rows, values.columns, &grid,
                                              &options, scales.data, zeros.data, codes.data)
                                        : half(values.data, values.rows, values.columns, &grid,
                                               &options, scales.data, zeros.data, codes.data))) {
        expect_array(r, "codes", codes);
    }
}

static void grid_decode(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    const array values = output_array(r, r->type, rows * columns);
    qc_status (*const half)(const uint8_t *, const float *, const float *, size_t, size_t,
                            const qc_quantize_grid *, const qc_quantize_grid_options *,
                            uint16_t *) =
        r->type == TYPE_F16 ? qc_quantize_grid_decode_f16 : qc_quantize_grid_decode_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_grid_decode_f32(codes.data, scales.data, zeros.data, rows,
                                                      columns, &grid, &options, values.data)
                        : half(codes.data, scales.data, zeros.data, rows, columns, &grid, &options,
                               values.data))) {
        expect_array(r, "values", values);
    }
}

static void grid_neighbours(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    const array lower = output_array(r, TYPE_U8, values.count);
    const array upper = output_array(r, TYPE_U8, values.count);
    if (returned(r, qc_quantize_grid_neighbours_f32(values.data, values.rows, values.columns, &grid,
                                                    &options, scales.data, zeros.data, lower.data,
                                                    upper.data))) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
    }
}

static const char *const gradients[] = {"clipped", "identity", "learned_step",
                                        "trust",   "triangle", NULL};

static void fake_options_init(run *r) {
    qc_quantize_grid_fake_options options;
    if (returned(r, qc_quantize_grid_fake_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_choice(r, "gradient", options.gradient, gradients);
        expect_size(r, "group_size", options.group_size);
    }
}

static void grid_fake(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const array upstream = input_vector(r, "upstream", TYPE_F32);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options sharing = input_grid_options(r);
    qc_quantize_grid_fake_options options;
    qc_quantize_grid_fake_options_init(&options, sizeof options);
    options.granularity = sharing.granularity;
    options.group_size = sharing.group_size;
    options.gradient = input_choice(r, "gradient", options.gradient, gradients);
    size_t group_count = 0;
    qc_quantize_grid_layout(&grid, values.rows, values.columns, &sharing, NULL, &group_count);
    const array quantized = output_array(r, TYPE_F32, values.count);
    const array of_values = output_array(r, TYPE_F32, values.count);
    const array of_scales = output_array(r, TYPE_F32, group_count);
    if (returned(r, qc_quantize_grid_fake_f32(values.data, values.rows, values.columns, &grid,
                                              &options, scales.data, zeros.data, quantized.data,
                                              upstream.data, of_values.data, of_scales.data))) {
        expect_array(r, "quantized", quantized);
        expect_array(r, "value_gradients", of_values);
        expect_array(r, "scale_gradients", of_scales);
    }
}

const adapter quantize_grid_adapters[] = {
    {"qc_quantize_grid_init", grid_init},
    {"qc_quantize_grid_levels", grid_levels},
    {"qc_quantize_grid_options_init", options_init},
    {"qc_quantize_grid_layout", grid_layout},
    {"qc_quantize_grid_scales", grid_scales},
    {"qc_quantize_grid_encode", grid_encode},
    {"qc_quantize_grid_decode", grid_decode},
    {"qc_quantize_grid_neighbours", grid_neighbours},
    {"qc_quantize_grid_fake_options_init", fake_options_init},
    {"qc_quantize_grid_fake", grid_fake},
    {NULL, NULL},
};
