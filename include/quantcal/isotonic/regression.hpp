/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, regression.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_REGRESSION_HPP
#define QUANTCAL_ISOTONIC_REGRESSION_HPP

#include "../base.hpp"
#include "regression.h"

namespace quantcal {

using isotonic_regression_options =
    options<qc_isotonic_regression_options, qc_isotonic_regression_options_init>;

/// A fit and its blocks: block b holds the points blocks[b] up to, not including,
/// blocks[b + 1], and weighs block_weights[b].
template <real T>
struct isotonic_fit {
    std::vector<T> x;
    std::vector<T> block_weights;
    std::vector<std::size_t> blocks;
};

/// qc_isotonic_regression_f32() and _f64() into the caller's memory. `block_weights`
/// (as long as y) and `blocks` (one longer) may be empty. Returns the number of blocks.
template <real T>
std::size_t isotonic_regression_into(std::span<const T> y, std::span<const T> weights,
                                     std::span<T> x, std::span<T> block_weights,
                                     std::span<std::size_t> blocks,
                                     const isotonic_regression_options &options = {},
                                     const progress &report = {}) {
    detail::require_size_if_given(weights.size(), y.size(), "weights");
    detail::require_size(x.size(), y.size(), "x");
    detail::require_size_if_given(block_weights.size(), y.size(), "block_weights");
    detail::require_size_if_given(blocks.size(), y.size() + 1, "blocks");
    std::size_t block_count = 0;
    detail::call_with_progress(options, report, [&](const isotonic_regression_options *given) {
        return detail::by_type<T>(qc_isotonic_regression_f32, qc_isotonic_regression_f64)(
            y.data(), detail::pointer_if_given(weights), y.size(), given, x.data(),
            detail::pointer_if_given(block_weights), detail::pointer_if_given(blocks),
            &block_count);
    });
    return block_count;
}

/// qc_isotonic_regression_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_fit<T>
isotonic_regression(const Range &y, std::type_identity_t<std::span<const T>> weights = {},
                    const isotonic_regression_options &options = {}, const progress &report = {}) {
    const std::span<const T> points(y);
    isotonic_fit<T> fit{std::vector<T>(points.size()), std::vector<T>(points.size()),
                        std::vector<std::size_t>(points.size() + 1)};
    const std::size_t block_count = isotonic_regression_into<T>(
        points, weights, fit.x, fit.block_weights, fit.blocks, options, report);
    fit.block_weights.resize(block_count);
    fit.blocks.resize(block_count + 1);
    return fit;
}

} // namespace quantcal

#endif
