/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, split.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_SPLIT_HPP
#define QUANTCAL_CONFORMAL_SPLIT_HPP

#include "../base.hpp"
#include "split.h"

namespace quantcal {

/// qc_conformal_rank()
inline std::size_t conformal_rank(std::size_t n, double alpha) {
    std::size_t rank = 0;
    detail::check(qc_conformal_rank(n, alpha, &rank));
    return rank;
}

/// qc_conformal_threshold_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
T conformal_threshold(const Range &scores, double alpha) {
    const std::span<const T> values(scores);
    T threshold = 0;
    detail::check(detail::by_type<T>(qc_conformal_threshold_f32, qc_conformal_threshold_f64)(
        values.data(), values.size(), alpha, &threshold));
    return threshold;
}

/// Prediction sets: ceil(classes / 8) bytes a row, bit j % 8 of byte j / 8 for class
/// j; and how many classes each set has.
struct prediction_sets {
    std::vector<std::uint8_t> mask;
    std::vector<std::int32_t> sizes;
};

/// The bytes that the sets of one row take in a mask.
constexpr std::size_t conformal_sets_row_bytes(std::size_t classes) {
    return classes / 8 + (classes % 8 != 0);
}

/// qc_conformal_sets_f32() and _f64() into the caller's memory. `mask` or `sizes` may
/// be empty.
template <real T>
void conformal_sets_into(matrix_view<T> scores, std::type_identity_t<T> threshold,
                         std::span<std::uint8_t> mask, std::span<std::int32_t> sizes) {
    const std::size_t row_bytes = conformal_sets_row_bytes(scores.columns());
    detail::require_size_if_given(mask.size(), detail::product(scores.rows(), row_bytes), "mask");
    detail::require_size_if_given(sizes.size(), scores.rows(), "sizes");
    detail::check(detail::by_type<T>(qc_conformal_sets_f32, qc_conformal_sets_f64)(
        scores.data(), scores.rows(), scores.columns(), threshold, detail::pointer_if_given(mask),
        detail::pointer_if_given(sizes)));
}

/// qc_conformal_sets_f32() and _f64().
template <real T>
prediction_sets conformal_sets(matrix_view<T> scores, std::type_identity_t<T> threshold) {
    const std::size_t row_bytes = conformal_sets_row_bytes(scores.columns());
    prediction_sets sets{
        std::vector<std::uint8_t>(detail::product(scores.rows(), row_bytes)),
        std::vector<std::int32_t>(scores.rows()),
    };
    conformal_sets_into(scores, threshold, sets.mask, sets.sizes);
    return sets;
}

template <real T>
struct prediction_intervals {
    std::vector<T> lower;
    std::vector<T> upper;
};

/// qc_conformal_intervals_f32() and _f64() into the caller's memory.
template <real T>
void conformal_intervals_into(std::span<const T> mean, std::type_identity_t<T> threshold,
                              std::span<T> lower, std::span<T> upper) {
    detail::require_size(lower.size(), mean.size(), "lower");
    detail::require_size(upper.size(), mean.size(), "upper");
    detail::check(detail::by_type<T>(qc_conformal_intervals_f32, qc_conformal_intervals_f64)(
        mean.data(), mean.size(), threshold, lower.data(), upper.data()));
}

/// qc_conformal_intervals_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
prediction_intervals<T> conformal_intervals(const Range &mean, std::type_identity_t<T> threshold) {
    const std::span<const T> values(mean);
    prediction_intervals<T> intervals{std::vector<T>(values.size()), std::vector<T>(values.size())};
    conformal_intervals_into<T>(values, threshold, intervals.lower, intervals.upper);
    return intervals;
}

} // namespace quantcal

#endif
