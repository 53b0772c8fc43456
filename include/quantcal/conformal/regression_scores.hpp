/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, regression_scores.h for
 * what the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_REGRESSION_SCORES_HPP
#define QUANTCAL_CONFORMAL_REGRESSION_SCORES_HPP

#include "../base.hpp"
#include "regression_scores.h"
#include "split.hpp"

namespace quantcal {

using conformal_regression_options =
    options<qc_conformal_regression_options, qc_conformal_regression_options_init>;

namespace detail {

/// Scores, or thresholds, of one row.
inline std::size_t sides_of(const conformal_regression_options &options) {
    return options.sides == QC_CONFORMAL_ASYMMETRIC ? 2 : 1;
}

/// The levels' pointer; the kinds that have none do not look at it.
inline const double *levels_of(std::span<const double> levels, std::size_t columns,
                               const conformal_regression_options &options) {
    if (options.kind == QC_CONFORMAL_QUANTILES) {
        require_size(levels.size(), columns, "levels");
    }
    return pointer_if_given(levels);
}

} // namespace detail

/// qc_conformal_regression_scores_f32() and _f64(): rows x 1, or x 2 for asymmetric sides.
template <real T>
std::vector<T> conformal_regression_scores(std::type_identity_t<std::span<const T>> y,
                                           matrix_view<T> predictions,
                                           const conformal_regression_options &options = {},
                                           std::span<const double> levels = {}) {
    detail::require_size(y.size(), predictions.rows(), "y");
    std::vector<T> scores(detail::product(y.size(), detail::sides_of(options)));
    detail::check(
        detail::by_type<T>(qc_conformal_regression_scores_f32, qc_conformal_regression_scores_f64)(
            y.data(), y.size(), predictions.data(), predictions.columns(),
            detail::levels_of(levels, predictions.columns(), options), &options, scores.data()));
    return scores;
}

/// qc_conformal_regression_intervals_f32() and _f64().
template <real T>
prediction_intervals<T> conformal_regression_intervals(
    matrix_view<T> predictions, std::type_identity_t<std::span<const T>> thresholds,
    const conformal_regression_options &options = {}, std::span<const double> levels = {}) {
    const std::size_t rows = predictions.rows();
    const std::size_t each = options.threshold_for == QC_CONFORMAL_FOR_EACH_ROW ? rows : 1;
    detail::require_size(thresholds.size(), detail::product(each, detail::sides_of(options)),
                         "thresholds");
    prediction_intervals<T> intervals{std::vector<T>(rows), std::vector<T>(rows)};
    detail::check(detail::by_type<T>(qc_conformal_regression_intervals_f32,
                                     qc_conformal_regression_intervals_f64)(
        predictions.data(), rows, predictions.columns(),
        detail::levels_of(levels, predictions.columns(), options), thresholds.data(), &options,
        intervals.lower.data(), intervals.upper.data()));
    return intervals;
}

} // namespace quantcal

#endif
