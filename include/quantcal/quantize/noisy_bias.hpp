/*
 * Noise that the bias takes off again, for C++. See quantcal.hpp for the rules, noisy_bias.h for what the
 * functions do.
 */
#ifndef QUANTCAL_QUANTIZE_NOISY_BIAS_HPP
#define QUANTCAL_QUANTIZE_NOISY_BIAS_HPP

#include "grid.hpp"
#include "noisy_bias.h"

namespace quantcal {

using quantize_noisy_bias_options =
    options<qc_quantize_noisy_bias_options, qc_quantize_noisy_bias_options_init>;

/// What a layer becomes with noise; `amplitude` is 0 if noise does not help.
struct quantize_noisy_layer {
    std::vector<float> noise;
    std::vector<float> bias;
    double amplitude = 0;
    double plain_error = 0;
    double error = 0;
    float scale = 1;
    float zero = 0;
};

/// qc_quantize_noisy_bias_f32(). `weights` has a row for each output; `bias` may be empty: zeros.
inline quantize_noisy_layer
quantize_noisy_bias(matrix_view<float> values, matrix_view<float> weights,
                    std::span<const float> bias, const quantize_grid &grid, float scale,
                    float zero = 0, const quantize_noisy_bias_options &options = {},
                    const progress &report = {}) {
    detail::require_size(weights.columns(), values.columns(), "a row of weights");
    detail::require_size_if_given(bias.size(), weights.rows(), "bias");
    quantize_noisy_layer made;
    made.noise.resize(values.columns());
    made.bias.resize(weights.rows());
    qc_quantize_noisy_bias_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const qc_quantize_noisy_bias_options *given) {
        return qc_quantize_noisy_bias_f32(values.data(), values.rows(), values.columns(),
                                          weights.data(), weights.rows(),
                                          detail::pointer_if_given(bias), &grid, scale, zero, given,
                                          made.noise.data(), made.bias.data(), &result);
    });
    made.amplitude = result.amplitude;
    made.plain_error = result.plain_error;
    made.error = result.error;
    made.scale = result.scale;
    made.zero = result.zero;
    return made;
}

} // namespace quantcal

#endif
