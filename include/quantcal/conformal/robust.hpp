/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, robust.h for what the
 * functions do.
 */
#ifndef QUANTCAL_CONFORMAL_ROBUST_HPP
#define QUANTCAL_CONFORMAL_ROBUST_HPP

#include "../base.hpp"
#include "robust.h"

namespace quantcal {

using conformal_robust_options =
    options<qc_conformal_robust_options, qc_conformal_robust_options_init>;
using conformal_transform_options =
    options<qc_conformal_transform_options, qc_conformal_transform_options_init>;

struct smoothed_scores {
    std::vector<double> means;
    std::vector<double> variances;
    std::size_t draws = 0;
};

/// qc_conformal_smoothed_scores_f32() and _f64(): a row of draws for each point. Those of
/// earlier draws of the same points are added, if there are any.
template <real T>
smoothed_scores conformal_smoothed_scores(matrix_view<T> samples,
                                          const smoothed_scores &earlier = {}) {
    const std::size_t n = samples.rows();
    if (earlier.draws > 0) {
        detail::require_size(earlier.means.size(), n, "earlier.means");
        detail::require_size(earlier.variances.size(), n, "earlier.variances");
    }
    smoothed_scores result{std::vector<double>(n), std::vector<double>(n),
                           samples.columns() + earlier.draws};
    detail::check(
        detail::by_type<T>(qc_conformal_smoothed_scores_f32, qc_conformal_smoothed_scores_f64)(
            samples.data(), n, samples.columns(), earlier.means.data(), earlier.variances.data(),
            earlier.draws, result.means.data(), result.variances.data()));
    return result;
}

/// qc_conformal_robust_bounds(). `variances` may be empty where they are not needed.
inline std::vector<double> conformal_robust_bounds(std::span<const double> means,
                                                   std::span<const double> variances,
                                                   std::size_t draws,
                                                   const conformal_robust_options &options = {}) {
    detail::require_size_if_given(variances.size(), means.size(), "variances");
    std::vector<double> bounds(means.size());
    detail::check(qc_conformal_robust_bounds(means.data(), detail::pointer_if_given(variances),
                                             means.size(), draws, &options, bounds.data()));
    return bounds;
}

/// The same of smoothed scores.
inline std::vector<double> conformal_robust_bounds(const smoothed_scores &scores,
                                                   const conformal_robust_options &options = {}) {
    return conformal_robust_bounds(scores.means, scores.variances, scores.draws, options);
}

/// qc_conformal_robust_threshold().
inline double conformal_robust_threshold(std::span<const double> scores, std::size_t draws,
                                         double alpha, double beta = 0.001) {
    double threshold = 0;
    detail::check(qc_conformal_robust_threshold(scores.data(), scores.size(), draws, alpha, beta,
                                                &threshold));
    return threshold;
}

/// qc_conformal_transformed_scores_f32() and _f64().
template <real T>
std::vector<T> conformal_transformed_scores(std::type_identity_t<std::span<const T>> scores,
                                            std::type_identity_t<std::span<const T>> reference,
                                            const conformal_transform_options &options = {}) {
    std::vector<T> transformed(scores.size());
    detail::check(detail::by_type<T>(qc_conformal_transformed_scores_f32,
                                     qc_conformal_transformed_scores_f64)(
        scores.data(), scores.size(), reference.data(), reference.size(), &options,
        transformed.data()));
    return transformed;
}

} // namespace quantcal

#endif
