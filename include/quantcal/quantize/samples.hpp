/*
 * Calibration samples, for C++. See quantcal.hpp for the rules, samples.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_SAMPLES_HPP
#define QUANTCAL_QUANTIZE_SAMPLES_HPP

#include "../base.hpp"
#include "samples.h"

namespace quantcal {

using quantize_samples_options =
    options<qc_quantize_samples_options, qc_quantize_samples_options_init>;

/// qc_quantize_samples_filter_f64(): 1 for each sample that stays. `categories` may be empty.
inline std::vector<std::uint8_t>
quantize_samples_filter(matrix_view<double> statistics,
                        std::span<const std::int64_t> categories = {},
                        const quantize_samples_options &options = {}) {
    detail::require_size_if_given(categories.size(), statistics.rows(), "categories");
    std::vector<std::uint8_t> kept(statistics.rows());
    detail::check(qc_quantize_samples_filter_f64(
        statistics.data(), statistics.rows(), statistics.columns(),
        detail::pointer_if_given(categories), &options, kept.data()));
    return kept;
}

/// qc_quantize_samples_select_f32(): rows of `features`. `kept` may be empty: all are there.
inline std::vector<std::size_t>
quantize_samples_select(matrix_view<float> features, std::size_t choose,
                        std::span<const std::uint8_t> kept = {},
                        const quantize_samples_options &options = {}, const progress &report = {}) {
    detail::require_size_if_given(kept.size(), features.rows(), "kept");
    if (choose > features.rows()) {
        throw error(QC_ERR_SIZE, "choose is " + std::to_string(choose) + "; there are " +
                                     std::to_string(features.rows()) + " samples to choose from");
    }
    std::vector<std::size_t> chosen(choose);
    detail::call_with_progress(options, report, [&](const qc_quantize_samples_options *given) {
        return qc_quantize_samples_select_f32(features.data(), features.rows(), features.columns(),
                                              detail::pointer_if_given(kept), choose, given,
                                              chosen.data());
    });
    return chosen;
}

/// How many samples each time step gives, and the weights that say so.
struct quantize_allocated_samples {
    std::vector<std::size_t> counts;
    std::vector<double> weights;
};

/// qc_quantize_samples_allocate_f32()
inline quantize_allocated_samples
quantize_samples_allocate(matrix_view<float> features, std::size_t total,
                          const quantize_samples_options &options = {},
                          const progress &report = {}) {
    quantize_allocated_samples found{std::vector<std::size_t>(features.rows()),
                                     std::vector<double>(features.rows())};
    detail::call_with_progress(options, report, [&](const qc_quantize_samples_options *given) {
        return qc_quantize_samples_allocate_f32(features.data(), features.rows(),
                                                features.columns(), total, given,
                                                found.weights.data(), found.counts.data());
    });
    return found;
}

/// qc_quantize_samples_steps()
inline std::vector<std::size_t>
quantize_samples_steps(std::size_t steps, std::size_t count,
                       const quantize_samples_options &options = {}) {
    std::vector<std::size_t> chosen(count);
    detail::check(qc_quantize_samples_steps(steps, count, &options, chosen.data()));
    return chosen;
}

} // namespace quantcal

#endif
