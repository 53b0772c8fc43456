/*
 * Scalar grids in training for C++. See quantcal.hpp for the rules, grid_training.h for what the
 * functions do.
 */
#ifndef QUANTCAL_QUANTIZE_GRID_TRAINING_HPP
#define QUANTCAL_QUANTIZE_GRID_TRAINING_HPP

#include "grid.hpp"
#include "grid_training.h"

namespace quantcal {

/// The codes of the levels on either side of each number, a byte each.
struct grid_neighbours {
    std::vector<std::uint8_t> lower;
    std::vector<std::uint8_t> upper;
};

/// qc_quantize_grid_neighbours_f32(). `zeros` may be empty: none.
inline grid_neighbours
quantize_grid_neighbours(matrix_view<float> values, const quantize_grid &grid,
                         std::span<const float> scales, std::span<const float> zeros = {},
                         const quantize_grid_options &options = {}, const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), options);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    grid_neighbours found{std::vector<std::uint8_t>(values.size()),
                          std::vector<std::uint8_t>(values.size())};
    detail::call_with_progress(options, report, [&](const quantize_grid_options *given) {
        return qc_quantize_grid_neighbours_f32(
            values.data(), values.rows(), values.columns(), &grid, given, scales.data(),
            detail::pointer_if_given(zeros), found.lower.data(), found.upper.data());
    });
    return found;
}

using quantize_grid_fake_options =
    options<qc_quantize_grid_fake_options, qc_quantize_grid_fake_options_init>;

/// A rounded matrix, and the gradients of what it was made from (empty without upstream ones).
struct grid_fake {
    std::vector<float> quantized;
    std::vector<float> value_gradients;
    std::vector<float> scale_gradients;
};

/// qc_quantize_grid_fake_f32(). `zeros` may be empty: none; so may `upstream`.
inline grid_fake quantize_grid_fake(matrix_view<float> values, const quantize_grid &grid,
                                    std::span<const float> scales,
                                    std::span<const float> zeros = {},
                                    std::span<const float> upstream = {},
                                    const quantize_grid_fake_options &options = {},
                                    const progress &report = {}) {
    quantize_grid_options sharing;
    sharing.granularity = options.granularity;
    sharing.group_size = options.group_size;
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), sharing);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    detail::require_size_if_given(upstream.size(), values.size(), "upstream");
    const bool has_gradients = !upstream.empty();
    grid_fake made{std::vector<float>(values.size()),
                   std::vector<float>(has_gradients ? values.size() : 0),
                   std::vector<float>(has_gradients ? sizes.group_count : 0)};
    detail::call_with_progress(options, report, [&](const quantize_grid_fake_options *given) {
        return qc_quantize_grid_fake_f32(values.data(), values.rows(), values.columns(), &grid,
                                         given, scales.data(), detail::pointer_if_given(zeros),
                                         made.quantized.data(), detail::pointer_if_given(upstream),
                                         made.value_gradients.data(), made.scale_gradients.data());
    });
    return made;
}

using quantize_periodic_options =
    options<qc_quantize_periodic_options, qc_quantize_periodic_options_init>;

/// Periodic binary weights, and gradients (empty without upstream ones).
struct periodic_fake {
    std::vector<float> quantized;
    std::vector<float> value_gradients;
    std::vector<float> scale_gradients;
    double penalty = 0;
};

/// qc_quantize_periodic_f32(). `upstream` may be empty.
inline periodic_fake quantize_periodic(matrix_view<float> values, std::span<const float> scales,
                                       std::span<const float> upstream = {},
                                       const quantize_periodic_options &options = {},
                                       const progress &report = {}) {
    quantize_grid_options sharing;
    sharing.granularity = options.granularity;
    sharing.group_size = options.group_size;
    const auto sizes = quantize_grid_layout("binary", values.rows(), values.columns(), sharing);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(upstream.size(), values.size(), "upstream");
    const bool has_gradients = !upstream.empty();
    periodic_fake made{std::vector<float>(values.size()),
                       std::vector<float>(has_gradients ? values.size() : 0),
                       std::vector<float>(has_gradients ? sizes.group_count : 0)};
    detail::call_with_progress(options, report, [&](const quantize_periodic_options *given) {
        return qc_quantize_periodic_f32(
            values.data(), values.rows(), values.columns(), scales.data(), given,
            made.quantized.data(), detail::pointer_if_given(upstream), made.value_gradients.data(),
            made.scale_gradients.data(), &made.penalty);
    });
    return made;
}

using quantize_rotation_options =
    options<qc_quantize_rotation_options, qc_quantize_rotation_options_init>;

/// Which way rows are rotated.
enum class rotation {
    forward,
    inverse
};

/// qc_quantize_rotate_f32()
inline std::vector<float> quantize_rotate(matrix_view<float> values,
                                          rotation way = rotation::forward,
                                          const quantize_rotation_options &options = {},
                                          const progress &report = {}) {
    std::vector<float> result(values.size());
    detail::call_with_progress(options, report, [&](const quantize_rotation_options *given) {
        return qc_quantize_rotate_f32(values.data(), values.rows(), values.columns(),
                                      way == rotation::inverse ? 1 : 0, given, result.data());
    });
    return result;
}

/// Whether a rotation helps, and the errors that say so.
struct rotation_choice {
    bool rotates = false;
    double plain_error = 0;
    double rotated_error = 0;
};

/// qc_quantize_rotation_choose_f32()
inline rotation_choice quantize_rotation_choose(matrix_view<float> activations,
                                                matrix_view<float> weights,
                                                const quantize_grid &activation_grid,
                                                const quantize_grid &weight_grid,
                                                const quantize_rotation_options &options = {},
                                                const progress &report = {}) {
    detail::require_size(weights.columns(), activations.columns(), "a row of weights");
    qc_quantize_rotation_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const quantize_rotation_options *given) {
        return qc_quantize_rotation_choose_f32(
            activations.data(), activations.rows(), weights.data(), weights.rows(),
            activations.columns(), &activation_grid, &weight_grid, given, &result);
    });
    return {result.rotates != 0, result.plain_error, result.rotated_error};
}

} // namespace quantcal

#endif
