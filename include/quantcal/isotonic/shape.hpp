/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, shape.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_SHAPE_HPP
#define QUANTCAL_ISOTONIC_SHAPE_HPP

#include "../base.hpp"
#include "shape.h"

namespace quantcal {

using isotonic_unimodal_options =
    options<qc_isotonic_unimodal_options, qc_isotonic_unimodal_options_init>;
using isotonic_convex_options =
    options<qc_isotonic_convex_options, qc_isotonic_convex_options_init>;

/// A unimodal fit and the index of its peak or valley.
template <real T>
struct isotonic_unimodal_fit {
    std::vector<T> x;
    std::size_t mode;
};

/// A convex or concave fit: its values at the points, and at the knots between which it is linear.
template <real T>
struct isotonic_convex_fit {
    std::vector<T> fitted;
    std::vector<T> knots;
    std::vector<T> values;
};

/// qc_isotonic_unimodal_f32() and _f64() into the caller's memory. Returns the mode.
template <real T>
std::size_t isotonic_unimodal_into(std::span<const T> y, std::span<const T> weights, std::span<T> x,
                                   const isotonic_unimodal_options &options = {},
                                   const progress &report = {}) {
    detail::require_size_if_given(weights.size(), y.size(), "weights");
    detail::require_size(x.size(), y.size(), "x");
    std::size_t mode = 0;
    detail::call_with_progress(options, report, [&](const isotonic_unimodal_options *given) {
        return detail::by_type<T>(qc_isotonic_unimodal_f32, qc_isotonic_unimodal_f64)(
            y.data(), detail::pointer_if_given(weights), y.size(), given, x.data(), &mode);
    });
    return mode;
}

/// qc_isotonic_unimodal_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_unimodal_fit<T>
isotonic_unimodal(const Range &y, std::type_identity_t<std::span<const T>> weights = {},
                  const isotonic_unimodal_options &options = {}, const progress &report = {}) {
    const std::span<const T> points(y);
    isotonic_unimodal_fit<T> fit{std::vector<T>(points.size()), 0};
    fit.mode = isotonic_unimodal_into<T>(points, weights, fit.x, options, report);
    return fit;
}

/// qc_isotonic_convex_f32() and _f64() into the caller's memory. `fitted`, `knots` and `values`
/// (as long as x) may be empty. Returns the number of knots.
template <real T>
std::size_t
isotonic_convex_into(std::span<const T> x, std::span<const T> y, std::span<const T> weights,
                     std::span<T> fitted, std::span<T> knots, std::span<T> values,
                     const isotonic_convex_options &options = {}, const progress &report = {}) {
    detail::require_size(y.size(), x.size(), "y");
    detail::require_size_if_given(weights.size(), x.size(), "weights");
    detail::require_size_if_given(fitted.size(), x.size(), "fitted");
    detail::require_size_if_given(knots.size(), x.size(), "knots");
    detail::require_size_if_given(values.size(), x.size(), "values");
    std::size_t knot_count = 0;
    detail::call_with_progress(options, report, [&](const isotonic_convex_options *given) {
        return detail::by_type<T>(qc_isotonic_convex_f32, qc_isotonic_convex_f64)(
            x.data(), y.data(), detail::pointer_if_given(weights), x.size(), given,
            detail::pointer_if_given(fitted), detail::pointer_if_given(knots),
            detail::pointer_if_given(values), &knot_count);
    });
    return knot_count;
}

/// qc_isotonic_convex_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_convex_fit<T> isotonic_convex(const Range &x, std::type_identity_t<std::span<const T>> y,
                                       std::type_identity_t<std::span<const T>> weights = {},
                                       const isotonic_convex_options &options = {},
                                       const progress &report = {}) {
    const std::span<const T> points(x);
    const std::size_t n = points.size();
    isotonic_convex_fit<T> fit{std::vector<T>(n), std::vector<T>(n), std::vector<T>(n)};
    const std::size_t knot_count = isotonic_convex_into<T>(points, y, weights, fit.fitted,
                                                           fit.knots, fit.values, options, report);
    fit.knots.resize(knot_count);
    fit.values.resize(knot_count);
    return fit;
}

} // namespace quantcal

#endif
