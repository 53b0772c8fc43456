#include "vectors.h"

static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void periodic_options_init(run *r) {
    qc_quantize_periodic_options o;
    if (returned(r, qc_quantize_periodic_options_init(&o, sizeof o))) {
        expect_choice(r, "granularity", o.granularity, granularities);
        expect_size(r, "group_size", o.group_size);
        expect_int32(r, "is_binary", o.is_binary);
        expect_double(r, "frequency", o.frequency);
        expect_double(r, "penalty", o.penalty);
    }
}

static void rotation_options_init(run *r) {
    qc_quantize_rotation_options o;
    if (returned(r, qc_quantize_rotation_options_init(&o, sizeof o))) {
        expect_size(r, "seed", (size_t)o.seed);
        expect_size(r, "block", o.block);
    }
}

static void periodic(run *r) {
    qc_quantize_periodic_options o;
    const array values = input_matrix(r, "values", TYPE_F32);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array upstream = input_vector(r, "upstream", TYPE_F32);
    const array quantized = output_array(r, TYPE_F32, values.count);
    const array of_values = output_array(r, TYPE_F32, values.count);
    const array of_scales = output_array(r, TYPE_F32, scales.count);
    const array penalty = output_array(r, TYPE_F64, 1);
    qc_quantize_periodic_options_init(&o, sizeof o);
    o.granularity = input_choice(r, "granularity", o.granularity, granularities);
    o.group_size = input_size(r, "group_size", o.group_size);
    o.is_binary = input_int32(r, "is_binary", o.is_binary);
    o.frequency = input_double(r, "frequency", o.frequency);
    o.penalty = input_double(r, "penalty", o.penalty);
    if (!returned(r, qc_quantize_periodic_f32(values.data, values.rows, values.columns, scales.data,
                                              &o, quantized.data, upstream.data, of_values.data,
                                              of_scales.data, penalty.data))) {
        return;
    }
    expect_array(r, "quantized", quantized);
    expect_element(r, "penalty", penalty);
    if (upstream.data != NULL) {
        expect_array(r, "value_gradients", of_values);
        expect_array(r, "scale_gradients", of_scales);
    }
}

static qc_quantize_rotation_options input_rotation(run *r) {
    qc_quantize_rotation_options o;
    qc_quantize_rotation_options_init(&o, sizeof o);
    o.seed = input_size(r, "seed", (size_t)o.seed);
    o.block = input_size(r, "block", o.block);
    return o;
}

static void rotate(run *r) {
    const qc_quantize_rotation_options o = input_rotation(r);
    const array values = input_matrix(r, "values", TYPE_F32);
    const array result = output_array(r, TYPE_F32, values.count);
    if (returned(r, qc_quantize_rotate_f32(values.data, values.rows, values.columns,
                                           input_int32(r, "is_inverse", 0), &o, result.data))) {
        expect_array(r, "result", result);
    }
}

static qc_quantize_grid grid_named(run *r, const char *key) {
    qc_quantize_grid grid;
    qc_quantize_grid_init(&grid, sizeof grid, input_string(r, key));
    return grid;
}

static void rotation_choose(run *r) {
    const qc_quantize_rotation_options o = input_rotation(r);
    qc_quantize_rotation_result result = {.struct_size = sizeof result};
    const array activations = input_matrix(r, "activations", TYPE_F32);
    const array weights = input_matrix(r, "weights", TYPE_F32);
    const qc_quantize_grid activation_grid = grid_named(r, "activation_grid");
    const qc_quantize_grid weight_grid = grid_named(r, "weight_grid");
    if (returned(r, qc_quantize_rotation_choose_f32(activations.data, activations.rows,
                                                    weights.data, weights.rows, weights.columns,
                                                    &activation_grid, &weight_grid, &o, &result))) {
        expect_double(r, "plain_error", result.plain_error);
        expect_double(r, "rotated_error", result.rotated_error);
        expect_int32(r, "rotates", result.rotates);
    }
}

const adapter quantize_training_adapters[] = {
    {"qc_quantize_periodic_options_init", periodic_options_init},
    {"qc_quantize_periodic", periodic},
    {"qc_quantize_rotation_options_init", rotation_options_init},
    {"qc_quantize_rotate", rotate},
    {"qc_quantize_rotation_choose", rotation_choose},
    {NULL, NULL},
};
