/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, class_scores.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_CLASS_SCORES_HPP
#define QUANTCAL_CONFORMAL_CLASS_SCORES_HPP

#include "../base.hpp"
#include "class_scores.h"
#include "split.hpp"

namespace quantcal {

using conformal_class_options =
    options<qc_conformal_class_options, qc_conformal_class_options_init>;

/// qc_conformal_label_scores_f32() and _f64().
template <real T>
std::vector<T> conformal_label_scores(matrix_view<T> probabilities,
                                      std::span<const std::int64_t> labels,
                                      const conformal_class_options &options = {}) {
    detail::require_size(labels.size(), probabilities.rows(), "labels");
    std::vector<T> scores(probabilities.rows());
    detail::check(detail::by_type<T>(qc_conformal_label_scores_f32, qc_conformal_label_scores_f64)(
        probabilities.data(), labels.data(), probabilities.rows(), probabilities.columns(),
        &options, scores.data()));
    return scores;
}

/// qc_conformal_class_scores_f32() and _f64(): rows x classes.
template <real T>
std::vector<T> conformal_class_scores(matrix_view<T> probabilities,
                                      const conformal_class_options &options = {}) {
    std::vector<T> scores(probabilities.size());
    detail::check(detail::by_type<T>(qc_conformal_class_scores_f32, qc_conformal_class_scores_f64)(
        probabilities.data(), probabilities.rows(), probabilities.columns(), &options,
        scores.data()));
    return scores;
}

/// qc_conformal_class_sets_f32() and _f64(). As many thresholds as options.threshold_for says.
template <real T>
prediction_sets conformal_class_sets(matrix_view<T> probabilities,
                                     std::type_identity_t<std::span<const T>> thresholds,
                                     const conformal_class_options &options = {}) {
    const std::size_t rows = probabilities.rows(), classes = probabilities.columns();
    const bool is_by_row = options.threshold_for == QC_CONFORMAL_FOR_EACH_ROW;
    const bool is_by_class = options.threshold_for == QC_CONFORMAL_FOR_EACH_CLASS;
    detail::require_size(thresholds.size(),
                         is_by_row     ? rows
                         : is_by_class ? classes
                                       : 1,
                         "thresholds");
    prediction_sets sets{
        std::vector<std::uint8_t>(detail::product(rows, conformal_sets_row_bytes(classes))),
        std::vector<std::int32_t>(rows),
    };
    detail::check(detail::by_type<T>(qc_conformal_class_sets_f32, qc_conformal_class_sets_f64)(
        probabilities.data(), rows, classes, thresholds.data(), &options, sets.mask.data(),
        sets.sizes.data()));
    return sets;
}

/// A penalty of RAPS, and the mean set size of every candidate.
struct raps_penalty {
    qc_conformal_raps_result result{};
    std::vector<double> mean_sizes;
};

/// qc_conformal_raps_tune_f32() and _f64().
template <real T>
raps_penalty conformal_raps_tune(matrix_view<T> probabilities, std::span<const std::int64_t> labels,
                                 double alpha, std::span<const double> lambdas,
                                 const conformal_class_options &options = {}) {
    detail::require_size(labels.size(), probabilities.rows(), "labels");
    raps_penalty penalty;
    penalty.result.struct_size = sizeof penalty.result;
    penalty.mean_sizes.resize(lambdas.size());
    detail::check(detail::by_type<T>(qc_conformal_raps_tune_f32, qc_conformal_raps_tune_f64)(
        probabilities.data(), labels.data(), probabilities.rows(), probabilities.columns(), alpha,
        lambdas.data(), lambdas.size(), &options, &penalty.result, penalty.mean_sizes.data()));
    return penalty;
}

} // namespace quantcal

#endif
