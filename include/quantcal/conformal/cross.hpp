/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, cross.h for what the
 * functions do.
 */
#ifndef QUANTCAL_CONFORMAL_CROSS_HPP
#define QUANTCAL_CONFORMAL_CROSS_HPP

#include "../base.hpp"
#include "cross.h"
#include "split.hpp"

namespace quantcal {

using conformal_cross_options =
    options<qc_conformal_cross_options, qc_conformal_cross_options_init>;

/// qc_conformal_cross_intervals_f32() and _f64(). Without `fold` each point is its own.
template <real T>
prediction_intervals<T>
conformal_cross_intervals(std::type_identity_t<std::span<const T>> residuals,
                          std::span<const std::int32_t> fold, matrix_view<T> predictions,
                          double alpha, const conformal_cross_options &options = {},
                          const progress &report = {}) {
    const std::size_t n = residuals.size();
    const std::size_t m = predictions.rows();
    detail::require_size_if_given(fold.size(), n, "fold");
    prediction_intervals<T> intervals{std::vector<T>(m), std::vector<T>(m)};
    detail::call_with_progress(options, report, [&](const qc_conformal_cross_options *given) {
        return detail::by_type<T>(qc_conformal_cross_intervals_f32,
                                  qc_conformal_cross_intervals_f64)(
            residuals.data(), detail::pointer_if_given(fold), n, predictions.data(), m,
            predictions.columns(), alpha, given, intervals.lower.data(), intervals.upper.data());
    });
    return intervals;
}

/// qc_conformal_cross_bootstrap_predictions_f32() and _f64(): one for each row.
template <real T>
std::vector<T> conformal_cross_bootstrap_predictions(matrix_view<std::uint8_t> in_bag,
                                                     matrix_view<T> predictions,
                                                     const conformal_cross_options &options = {}) {
    const std::size_t n = predictions.rows();
    detail::require_size(in_bag.rows(), n, "in_bag");
    detail::require_size(in_bag.columns(), predictions.columns(), "a row of in_bag");
    std::vector<T> aggregated(n);
    detail::check(detail::by_type<T>(qc_conformal_cross_bootstrap_predictions_f32,
                                     qc_conformal_cross_bootstrap_predictions_f64)(
        in_bag.data(), predictions.data(), n, predictions.columns(), &options, aggregated.data()));
    return aggregated;
}

/// qc_conformal_cross_bootstrap_intervals_f32() and _f64().
template <real T>
prediction_intervals<T>
conformal_cross_bootstrap_intervals(std::type_identity_t<std::span<const T>> residuals,
                                    matrix_view<std::uint8_t> in_bag, matrix_view<T> predictions,
                                    double alpha, const conformal_cross_options &options = {},
                                    const progress &report = {}) {
    const std::size_t n = residuals.size();
    const std::size_t m = predictions.rows();
    detail::require_size(in_bag.rows(), n, "in_bag");
    detail::require_size(in_bag.columns(), predictions.columns(), "a row of in_bag");
    prediction_intervals<T> intervals{std::vector<T>(m), std::vector<T>(m)};
    detail::call_with_progress(options, report, [&](const qc_conformal_cross_options *given) {
        return detail::by_type<T>(qc_conformal_cross_bootstrap_intervals_f32,
                                  qc_conformal_cross_bootstrap_intervals_f64)(
            residuals.data(), in_bag.data(), n, predictions.data(), m, predictions.columns(), alpha,
            given, intervals.lower.data(), intervals.upper.data());
    });
    return intervals;
}

} // namespace quantcal

#endif
