/*
 * Ranges that are shared, for C++. See quantcal.hpp for the rules, shared_range.h for what the
 * functions do.
 */
#ifndef QUANTCAL_QUANTIZE_SHARED_RANGE_HPP
#define QUANTCAL_QUANTIZE_SHARED_RANGE_HPP

#include "../base.hpp"
#include "shared_range.h"

namespace quantcal {

using quantize_reparameterize_options =
    options<qc_quantize_reparameterize_options, qc_quantize_reparameterize_options_init>;
using quantize_range_groups_options =
    options<qc_quantize_range_groups_options, qc_quantize_range_groups_options_init>;

/// A normalization and the linear layer behind it; `beta` and `bias` may be empty if there are no
/// zero points.
struct quantize_layers {
    std::vector<float> gamma;
    std::vector<float> beta;
    std::vector<float> weights; ///< a row for each output
    std::vector<float> bias;
};

/// The common scale and zero point.
struct quantize_common_range {
    float scale = 1;
    float zero = 0;
};

/// qc_quantize_reparameterize_f32(): changes `layers`. `zeros` may be empty: none.
inline quantize_common_range
quantize_reparameterize(std::span<const float> scales, std::span<const float> zeros,
                        quantize_layers &layers,
                        const quantize_reparameterize_options &options = {}) {
    const std::size_t channels = scales.size();
    const std::size_t rows = channels == 0 ? 0 : layers.weights.size() / channels;
    const bool is_moved = !zeros.empty();
    detail::require_size_if_given(zeros.size(), channels, "zeros");
    detail::require_size(layers.gamma.size(), channels, "gamma");
    detail::require_size(layers.weights.size(), rows * channels, "weights");
    if (is_moved || !layers.beta.empty()) {
        detail::require_size(layers.beta.size(), channels, "beta");
    }
    if (is_moved || !layers.bias.empty()) {
        detail::require_size(layers.bias.size(), rows, "bias");
    }
    quantize_common_range common;
    detail::check(qc_quantize_reparameterize_f32(
        scales.data(), detail::pointer_if_given(zeros), channels, layers.gamma.data(),
        layers.beta.empty() ? nullptr : layers.beta.data(), layers.weights.data(), rows,
        layers.bias.empty() ? nullptr : layers.bias.data(), &options, &common.scale, &common.zero));
    return common;
}

/// The groups of ranges, and what they hold.
struct quantize_grouped_ranges {
    std::vector<std::size_t> group_of;
    std::vector<double> minimum;
    std::vector<double> maximum;
};

/// qc_quantize_range_groups()
inline quantize_grouped_ranges
quantize_range_groups(std::span<const double> minimum, std::span<const double> maximum,
                      std::size_t groups, const quantize_range_groups_options &options = {},
                      const progress &report = {}) {
    detail::require_size(maximum.size(), minimum.size(), "maximum");
    quantize_grouped_ranges found{std::vector<std::size_t>(minimum.size()),
                                  std::vector<double>(groups), std::vector<double>(groups)};
    std::size_t count = 0;
    detail::call_with_progress(options, report, [&](const qc_quantize_range_groups_options *given) {
        return qc_quantize_range_groups(minimum.data(), maximum.data(), minimum.size(), groups,
                                        given, found.group_of.data(), found.minimum.data(),
                                        found.maximum.data(), &count);
    });
    found.minimum.resize(count);
    found.maximum.resize(count);
    return found;
}

/// qc_quantize_step_places()
inline std::vector<std::size_t> quantize_step_places(std::span<const double> calibrated,
                                                     std::span<const double> steps) {
    std::vector<std::size_t> places(steps.size());
    detail::check(qc_quantize_step_places(calibrated.data(), calibrated.size(), steps.data(),
                                          steps.size(), places.data()));
    return places;
}

} // namespace quantcal

#endif
