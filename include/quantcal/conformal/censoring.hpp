/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, censoring.h for what
 * the function does.
 */
#ifndef QUANTCAL_CONFORMAL_CENSORING_HPP
#define QUANTCAL_CONFORMAL_CENSORING_HPP

#include <limits>

#include "../base.hpp"
#include "censoring.h"

namespace quantcal {

struct censoring_weights {
    std::vector<double> survival;
    std::vector<double> weights;
    std::size_t capped;
};

/// qc_conformal_censoring_weights(). `weights` and `point_events` may be empty.
inline censoring_weights
conformal_censoring_weights(std::span<const double> times, std::span<const std::uint8_t> events,
                            std::span<const double> weights, std::span<const double> points,
                            std::span<const std::uint8_t> point_events,
                            double horizon = std::numeric_limits<double>::infinity(),
                            double cap = std::numeric_limits<double>::infinity()) {
    detail::require_size(events.size(), times.size(), "events");
    detail::require_size_if_given(weights.size(), times.size(), "weights");
    detail::require_size_if_given(point_events.size(), points.size(), "point_events");
    censoring_weights result{std::vector<double>(points.size()), std::vector<double>(points.size()),
                             0};
    detail::check(qc_conformal_censoring_weights(
        times.data(), events.data(), detail::pointer_if_given(weights), times.size(), points.data(),
        detail::pointer_if_given(point_events), points.size(), horizon, cap, result.survival.data(),
        result.weights.data(), &result.capped));
    return result;
}

/// The same for the observations themselves.
inline censoring_weights conformal_censoring_weights(std::span<const double> times,
                                                     std::span<const std::uint8_t> events) {
    return conformal_censoring_weights(times, events, {}, times, events);
}

} // namespace quantcal

#endif
