/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, weight.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_WEIGHT_HPP
#define QUANTCAL_ISOTONIC_WEIGHT_HPP

#include "../base.hpp"
#include "weight.h"

namespace quantcal {

using isotonic_weight_options =
    options<qc_isotonic_weight_options, qc_isotonic_weight_options_init>;

/// Stabilised weights, and what is known of them.
template <real T>
struct isotonic_stabilized_weights {
    std::vector<T> weights;
    std::vector<T> new_weights;
    qc_isotonic_weight_result result{};
};

/// Further points of a stabilisation. `weights` may be empty if the options do not ask for them.
template <real T>
struct isotonic_further_points {
    std::span<const T> scores;
    std::span<const T> weights;
};

/// qc_isotonic_weight_stabilize_f32() and _f64(). `targets`, `fold` and `further` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_stabilized_weights<T>
isotonic_weight_stabilize(const Range &weights, std::type_identity_t<std::span<const T>> scores,
                          std::type_identity_t<std::span<const T>> targets = {},
                          std::span<const std::int32_t> fold = {},
                          const isotonic_weight_options &options = {},
                          const isotonic_further_points<std::type_identity_t<T>> &further = {},
                          const progress &report = {}) {
    const std::span<const T> raw(weights);
    detail::require_size(scores.size(), raw.size(), "scores");
    detail::require_size_if_given(targets.size(), raw.size(), "targets");
    detail::require_size_if_given(fold.size(), raw.size(), "fold");
    detail::require_size_if_given(further.weights.size(), further.scores.size(), "new_weights");
    isotonic_stabilized_weights<T> steady{std::vector<T>(raw.size()),
                                          std::vector<T>(further.scores.size())};
    steady.result.struct_size = sizeof steady.result;
    detail::call_with_progress(options, report, [&](const isotonic_weight_options *given) {
        return detail::by_type<T>(qc_isotonic_weight_stabilize_f32,
                                  qc_isotonic_weight_stabilize_f64)(
            raw.data(), scores.data(), detail::pointer_if_given(targets),
            detail::pointer_if_given(fold), raw.size(), detail::pointer_if_given(further.weights),
            further.scores.data(), further.scores.size(), given, steady.weights.data(),
            steady.new_weights.data(), &steady.result);
    });
    return steady;
}

} // namespace quantcal

#endif
