/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, centered.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_CENTERED_HPP
#define QUANTCAL_ISOTONIC_CENTERED_HPP

#include "../base.hpp"
#include "centered.h"

namespace quantcal {

using isotonic_centered_options =
    options<qc_isotonic_centered_options, qc_isotonic_centered_options_init>;

/// A centered isotonic curve: at the points, and its knots. Without an interval the
/// bounds are empty.
template <real T>
struct isotonic_centered_fit {
    std::vector<T> fitted;
    std::vector<T> lower;
    std::vector<T> upper;
    std::vector<T> knots;
    std::vector<T> values;
    std::vector<T> knot_weights;
    std::vector<T> knot_lower;
    std::vector<T> knot_upper;
};

/// Memory for such a curve: the first three as long as x, the others one longer. Bounds
/// and knot_weights may be empty.
template <real T>
struct isotonic_centered_output {
    std::span<T> fitted;
    std::span<T> lower;
    std::span<T> upper;
    std::span<T> knots;
    std::span<T> values;
    std::span<T> knot_weights;
    std::span<T> knot_lower;
    std::span<T> knot_upper;
};

/// qc_isotonic_centered_f32() and _f64() into the caller's memory. Returns the number of
/// knots.
template <real T>
std::size_t
isotonic_centered_into(std::span<const T> x, std::span<const T> y, std::span<const T> weights,
                       const isotonic_centered_output<T> &out,
                       const isotonic_centered_options &options = {}, const progress &report = {}) {
    const std::size_t n = x.size();
    detail::require_size(y.size(), n, "y");
    detail::require_size_if_given(weights.size(), n, "weights");
    detail::require_size(out.fitted.size(), n, "fitted");
    detail::require_size_if_given(out.lower.size(), n, "lower");
    detail::require_size_if_given(out.upper.size(), n, "upper");
    detail::require_size(out.knots.size(), n + 1, "knots");
    detail::require_size(out.values.size(), n + 1, "values");
    detail::require_size_if_given(out.knot_weights.size(), n + 1, "knot_weights");
    detail::require_size_if_given(out.knot_lower.size(), n + 1, "knot_lower");
    detail::require_size_if_given(out.knot_upper.size(), n + 1, "knot_upper");
    std::size_t count = 0;
    detail::call_with_progress(options, report, [&](const isotonic_centered_options *given) {
        return detail::by_type<T>(qc_isotonic_centered_f32, qc_isotonic_centered_f64)(
            x.data(), y.data(), detail::pointer_if_given(weights), n, given, out.fitted.data(),
            detail::pointer_if_given(out.lower), detail::pointer_if_given(out.upper),
            out.knots.data(), out.values.data(), detail::pointer_if_given(out.knot_weights),
            detail::pointer_if_given(out.knot_lower), detail::pointer_if_given(out.knot_upper),
            &count);
    });
    return count;
}

/// qc_isotonic_centered_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_centered_fit<T>
isotonic_centered(const Range &x, std::type_identity_t<std::span<const T>> y,
                  std::type_identity_t<std::span<const T>> weights = {},
                  const isotonic_centered_options &options = {}, const progress &report = {}) {
    const std::span<const T> points(x);
    const std::size_t n = points.size();
    const bool has_interval = options.interval != QC_ISOTONIC_CENTERED_INTERVAL_NONE;
    isotonic_centered_fit<T> fit;
    fit.fitted.resize(n);
    for (auto *bound : {&fit.lower, &fit.upper}) {
        bound->resize(has_interval ? n : 0);
    }
    for (auto *all : {&fit.knots, &fit.values, &fit.knot_weights}) {
        all->resize(n + 1);
    }
    for (auto *bound : {&fit.knot_lower, &fit.knot_upper}) {
        bound->resize(has_interval ? n + 1 : 0);
    }
    const std::size_t count =
        isotonic_centered_into<T>(points, y, weights,
                                  {fit.fitted, fit.lower, fit.upper, fit.knots, fit.values,
                                   fit.knot_weights, fit.knot_lower, fit.knot_upper},
                                  options, report);
    for (auto *all : {&fit.knots, &fit.values, &fit.knot_weights}) {
        all->resize(count);
    }
    for (auto *bound : {&fit.knot_lower, &fit.knot_upper}) {
        bound->resize(has_interval ? count : 0);
    }
    return fit;
}

} // namespace quantcal

#endif
