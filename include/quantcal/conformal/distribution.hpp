/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, distribution.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_DISTRIBUTION_HPP
#define QUANTCAL_CONFORMAL_DISTRIBUTION_HPP

#include "../base.hpp"
#include "distribution.h"

namespace quantcal {

/// Distribution functions: bounds, and the smoothed value between them. A row for each
/// prediction, a column for each threshold.
template <real T>
struct conformal_band {
    std::vector<T> lower;
    std::vector<T> upper;
    std::vector<T> smoothed;
};

/// Quantiles that are safe on one side. A row for each prediction, a column for each level.
template <real T>
struct conformal_quantiles {
    std::vector<T> lower;
    std::vector<T> upper;
};

/// Where the outcome of each prediction lies in its distribution: bounds, and a draw between them.
template <real T>
struct conformal_distribution_transform {
    std::vector<T> lower;
    std::vector<T> upper;
    std::vector<T> pit;
};

/// Groups of residuals and of predictions, any integers; or none.
struct conformal_distribution_groups {
    std::span<const std::int64_t> residuals;
    std::span<const std::int64_t> predictions;
};

namespace detail {

inline void require_groups(const conformal_distribution_groups &groups, std::size_t n,
                           std::size_t m) {
    if (!groups.residuals.empty() || !groups.predictions.empty()) {
        require_size(groups.residuals.size(), n, "groups.residuals");
        require_size(groups.predictions.size(), m, "groups.predictions");
    }
}

} // namespace detail

/// qc_conformal_distribution_cdf_f32() and _f64(). `scale` and `groups` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
conformal_band<T> conformal_distribution_cdf(const Range &residuals,
                                             std::type_identity_t<std::span<const T>> mean,
                                             std::type_identity_t<std::span<const T>> thresholds,
                                             std::type_identity_t<std::span<const T>> scale = {},
                                             std::uint64_t seed = 0,
                                             const conformal_distribution_groups &groups = {}) {
    const std::span<const T> values(residuals);
    detail::require_size_if_given(scale.size(), mean.size(), "scale");
    detail::require_groups(groups, values.size(), mean.size());
    const std::vector<T> empty(detail::product(mean.size(), thresholds.size()));
    conformal_band<T> band{empty, empty, empty};
    detail::check(
        detail::by_type<T>(qc_conformal_distribution_cdf_f32, qc_conformal_distribution_cdf_f64)(
            values.data(), detail::pointer_if_given(groups.residuals), values.size(), mean.data(),
            detail::pointer_if_given(scale), detail::pointer_if_given(groups.predictions),
            mean.size(), thresholds.data(), thresholds.size(), seed, band.lower.data(),
            band.upper.data(), band.smoothed.data()));
    return band;
}

/// qc_conformal_distribution_quantile_f32() and _f64(). `scale` and `groups` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
conformal_quantiles<T> conformal_distribution_quantile(
    const Range &residuals, std::type_identity_t<std::span<const T>> mean,
    std::span<const double> levels, std::type_identity_t<std::span<const T>> scale = {},
    const conformal_distribution_groups &groups = {}) {
    const std::span<const T> values(residuals);
    detail::require_size_if_given(scale.size(), mean.size(), "scale");
    detail::require_groups(groups, values.size(), mean.size());
    const std::vector<T> empty(detail::product(mean.size(), levels.size()));
    conformal_quantiles<T> quantiles{empty, empty};
    detail::check(detail::by_type<T>(qc_conformal_distribution_quantile_f32,
                                     qc_conformal_distribution_quantile_f64)(
        values.data(), detail::pointer_if_given(groups.residuals), values.size(), mean.data(),
        detail::pointer_if_given(scale), detail::pointer_if_given(groups.predictions), mean.size(),
        levels.data(), levels.size(), quantiles.lower.data(), quantiles.upper.data()));
    return quantiles;
}

/// qc_conformal_distribution_crps_f32() and _f64(). `scale` and `groups` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
std::vector<T> conformal_distribution_crps(const Range &residuals,
                                           std::type_identity_t<std::span<const T>> mean,
                                           std::type_identity_t<std::span<const T>> y,
                                           std::type_identity_t<std::span<const T>> scale = {},
                                           const conformal_distribution_groups &groups = {}) {
    const std::span<const T> values(residuals);
    detail::require_size(y.size(), mean.size(), "y");
    detail::require_size_if_given(scale.size(), mean.size(), "scale");
    detail::require_groups(groups, values.size(), mean.size());
    std::vector<T> scores(mean.size());
    detail::check(
        detail::by_type<T>(qc_conformal_distribution_crps_f32, qc_conformal_distribution_crps_f64)(
            values.data(), detail::pointer_if_given(groups.residuals), values.size(), mean.data(),
            detail::pointer_if_given(scale), detail::pointer_if_given(groups.predictions), y.data(),
            mean.size(), scores.data()));
    return scores;
}

/// qc_conformal_distribution_pit_f32() and _f64(). `scale` and `groups` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
conformal_distribution_transform<T> conformal_distribution_pit(
    const Range &residuals, std::type_identity_t<std::span<const T>> mean,
    std::type_identity_t<std::span<const T>> y, std::type_identity_t<std::span<const T>> scale = {},
    std::uint64_t seed = 0, const conformal_distribution_groups &groups = {}) {
    const std::span<const T> values(residuals);
    detail::require_size(y.size(), mean.size(), "y");
    detail::require_size_if_given(scale.size(), mean.size(), "scale");
    detail::require_groups(groups, values.size(), mean.size());
    const std::vector<T> empty(mean.size());
    conformal_distribution_transform<T> result{empty, empty, empty};
    detail::check(
        detail::by_type<T>(qc_conformal_distribution_pit_f32, qc_conformal_distribution_pit_f64)(
            values.data(), detail::pointer_if_given(groups.residuals), values.size(), mean.data(),
            detail::pointer_if_given(scale), detail::pointer_if_given(groups.predictions), y.data(),
            mean.size(), seed, result.lower.data(), result.upper.data(), result.pit.data()));
    return result;
}

} // namespace quantcal

#endif
