/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, policy.h for what the
 * functions do.
 */
#ifndef QUANTCAL_CONFORMAL_POLICY_HPP
#define QUANTCAL_CONFORMAL_POLICY_HPP

#include "../base.hpp"
#include "policy.h"

namespace quantcal {

/// qc_conformal_policy_options_init()
inline qc_conformal_policy_options conformal_policy_options() {
    qc_conformal_policy_options options;
    detail::check(qc_conformal_policy_options_init(&options, sizeof options));
    return options;
}

/// qc_conformal_policy_value_f32() and _f64(). Scores are labels.size() rows.
template <real T>
qc_conformal_policy
conformal_policy_value(std::span<const T> scores, std::span<const std::int64_t> labels,
                       std::size_t classes, double single_alpha, double abstention_alpha,
                       const qc_conformal_policy_options &options = conformal_policy_options()) {
    detail::require_size(scores.size(), labels.size() * classes, "scores");
    qc_conformal_policy policy{};
    policy.struct_size = sizeof policy;
    detail::check(detail::by_type<T>(qc_conformal_policy_value_f32, qc_conformal_policy_value_f64)(
        scores.data(), labels.data(), labels.size(), classes, single_alpha, abstention_alpha,
        &options, &policy));
    return policy;
}

/// qc_conformal_policy_learn_f32() and _f64(). Scores are labels.size() rows.
template <real T>
qc_conformal_policy
conformal_policy_learn(std::span<const T> scores, std::span<const std::int64_t> labels,
                       std::size_t classes,
                       const qc_conformal_policy_options &options = conformal_policy_options()) {
    detail::require_size(scores.size(), labels.size() * classes, "scores");
    qc_conformal_policy policy{};
    policy.struct_size = sizeof policy;
    detail::check(detail::by_type<T>(qc_conformal_policy_learn_f32, qc_conformal_policy_learn_f64)(
        scores.data(), labels.data(), labels.size(), classes, &options, &policy));
    return policy;
}

} // namespace quantcal

#endif
