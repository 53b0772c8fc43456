/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, nearly.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_NEARLY_HPP
#define QUANTCAL_ISOTONIC_NEARLY_HPP

#include "../base.hpp"
#include "nearly.h"

namespace quantcal {

using isotonic_nearly_options =
    options<qc_isotonic_nearly_options, qc_isotonic_nearly_options_init>;

/// A nearly-isotonic path. It can be moved, not copied.
template <real T>
class isotonic_nearly_path {
public:
    /// qc_isotonic_nearly_create_f32() and _f64().
    explicit isotonic_nearly_path(std::span<const T> y, std::span<const T> weights = {},
                                  const isotonic_nearly_options &options = {},
                                  const progress &report = {})
        : size_(y.size()) {
        detail::require_size_if_given(weights.size(), y.size(), "weights");
        qc_isotonic_nearly *path = nullptr;
        detail::call_with_progress(options, report, [&](const isotonic_nearly_options *given) {
            return detail::by_type<T>(qc_isotonic_nearly_create_f32, qc_isotonic_nearly_create_f64)(
                y.data(), detail::pointer_if_given(weights), y.size(), given, &path);
        });
        path_.reset(path);
    }

    /// How many points the path is of.
    std::size_t size() const noexcept { return size_; }

    /// qc_isotonic_nearly_breakpoints()
    std::vector<double> breakpoints() const {
        std::size_t count = 0;
        detail::check(qc_isotonic_nearly_breakpoints(path_.get(), nullptr, 0, &count));
        std::vector<double> lambdas(count);
        detail::check(
            qc_isotonic_nearly_breakpoints(path_.get(), lambdas.data(), lambdas.size(), &count));
        return lambdas;
    }

    /// qc_isotonic_nearly_fit_f32() and _f64() into the caller's memory. Returns the
    /// degrees of freedom.
    std::size_t fit_into(double lambda, std::span<T> x) const {
        detail::require_size(x.size(), size_, "x");
        std::size_t degrees_of_freedom = 0;
        detail::check(detail::by_type<T>(qc_isotonic_nearly_fit_f32, qc_isotonic_nearly_fit_f64)(
            path_.get(), lambda, x.data(), x.size(), &degrees_of_freedom));
        return degrees_of_freedom;
    }

    /// The fitted values at one lambda.
    std::vector<T> fit(double lambda) const {
        std::vector<T> x(size_);
        fit_into(lambda, x);
        return x;
    }

    /// The number of groups of neighbours that have joined at one lambda.
    std::size_t degrees_of_freedom(double lambda) const {
        std::size_t count = 0;
        detail::check(qc_isotonic_nearly_fit_f64(path_.get(), lambda, nullptr, 0, &count));
        return count;
    }

private:
    std::size_t size_;
    handle<qc_isotonic_nearly, qc_isotonic_nearly_destroy> path_;
};

/// The path of any range of float or double.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_nearly_path<T>
isotonic_nearly(const Range &y, std::type_identity_t<std::span<const T>> weights = {},
                const isotonic_nearly_options &options = {}, const progress &report = {}) {
    return isotonic_nearly_path<T>(std::span<const T>(y), weights, options, report);
}

} // namespace quantcal

#endif
