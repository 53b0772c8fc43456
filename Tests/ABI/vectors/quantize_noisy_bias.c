#include "vectors.h"

static void options_init(run *r) {
    qc_quantize_noisy_bias_options options;
    if (returned(r, qc_quantize_noisy_bias_options_init(&options, sizeof options))) {
        expect_size(r, "seed", (size_t)options.seed);
        expect_int32(r, "amplitudes", options.amplitudes);
    }
}

static void noisy_bias(run *r) {
    qc_quantize_noisy_bias_options options;
    qc_quantize_noisy_bias_result result = {.struct_size = sizeof result};
    const array values = input_matrix(r, "values", TYPE_F32);
    const array weights = input_matrix(r, "weights", TYPE_F32);
    const array bias = input_vector(r, "layer_bias", TYPE_F32);
    const qc_quantize_grid grid = input_grid(r);
    const array noise = output_array(r, TYPE_F32, values.columns);
    const array new_bias = output_array(r, TYPE_F32, weights.rows);
    qc_quantize_noisy_bias_options_init(&options, sizeof options);
    options.seed = input_size(r, "seed", (size_t)options.seed);
    options.amplitudes = input_int32(r, "amplitudes", options.amplitudes);
    if (returned(r, qc_quantize_noisy_bias_f32(values.data, values.rows, values.columns,
                                               weights.data, weights.rows, bias.data, &grid,
                                               (float)input_double(r, "scale", 1),
                                               (float)input_double(r, "zero", 0), &options,
                                               noise.data, new_bias.data, &result))) {
        expect_array(r, "noise", noise);
        expect_array(r, "new_bias", new_bias);
        expect_double(r, "amplitude", result.amplitude);
        expect_double(r, "plain_error", result.plain_error);
        expect_double(r, "error", result.error);
        expect_double(r, "scale", result.scale);
        expect_double(r, "zero", result.zero);
    }
}

const adapter quantize_noisy_bias_adapters[] = {
    {"qc_quantize_noisy_bias_options_init", options_init},
    {"qc_quantize_noisy_bias", noisy_bias},
    {NULL, NULL},
};
