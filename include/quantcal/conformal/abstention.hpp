/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, abstention.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_ABSTENTION_HPP
#define QUANTCAL_CONFORMAL_ABSTENTION_HPP

#include "../base.hpp"
#include "abstention.h"

namespace quantcal {

template <real T>
struct abstention_curve {
    std::vector<T> thresholds;
    std::vector<std::size_t> answered;
    std::vector<std::size_t> answered_wrong;
};

/// qc_conformal_abstention_curve_f32() and _f64().
template <real T>
abstention_curve<T> conformal_abstention_curve(std::span<const T> uncertainties,
                                               std::span<const std::uint8_t> wrong) {
    detail::require_size(wrong.size(), uncertainties.size(), "wrong");
    const std::size_t room = uncertainties.size() + 1;
    abstention_curve<T> curve{std::vector<T>(room), std::vector<std::size_t>(room),
                              std::vector<std::size_t>(room)};
    std::size_t count = 0;
    detail::check(
        detail::by_type<T>(qc_conformal_abstention_curve_f32, qc_conformal_abstention_curve_f64)(
            uncertainties.data(), wrong.data(), uncertainties.size(), curve.thresholds.data(),
            curve.answered.data(), curve.answered_wrong.data(), &count));
    curve.thresholds.resize(count);
    curve.answered.resize(count);
    curve.answered_wrong.resize(count);
    return curve;
}

template <real T>
struct abstention_threshold {
    T threshold;
    std::size_t answered;
    std::size_t answered_wrong;
};

/// qc_conformal_abstention_threshold_f32() and _f64().
template <real T>
abstention_threshold<T> conformal_abstention_threshold(
    std::span<const T> uncertainties, std::span<const std::uint8_t> wrong,
    std::int32_t rule = QC_CONFORMAL_ABSTENTION_YOUDEN, double target = 0) {
    detail::require_size(wrong.size(), uncertainties.size(), "wrong");
    abstention_threshold<T> result{};
    detail::check(detail::by_type<T>(qc_conformal_abstention_threshold_f32,
                                     qc_conformal_abstention_threshold_f64)(
        uncertainties.data(), wrong.data(), uncertainties.size(), rule, target, &result.threshold,
        &result.answered, &result.answered_wrong));
    return result;
}

/// qc_conformal_abstention_decisions_f32() and _f64(). `sizes` may be empty.
template <real T>
std::vector<std::uint8_t> conformal_abstention_decisions(
    std::span<const T> uncertainties, std::span<const std::int32_t> sizes,
    std::type_identity_t<T> single_threshold, std::type_identity_t<T> abstention_threshold) {
    detail::require_size_if_given(sizes.size(), uncertainties.size(), "sizes");
    std::vector<std::uint8_t> decisions(uncertainties.size());
    detail::check(detail::by_type<T>(qc_conformal_abstention_decisions_f32,
                                     qc_conformal_abstention_decisions_f64)(
        uncertainties.data(), detail::pointer_if_given(sizes), uncertainties.size(),
        single_threshold, abstention_threshold, decisions.data()));
    return decisions;
}

/// qc_conformal_abstention_summarize()
inline qc_conformal_abstention_summary
conformal_abstention_summarize(std::span<const std::uint8_t> decisions,
                               std::span<const std::uint8_t> singles_hold,
                               std::span<const std::uint8_t> sets_hold) {
    detail::require_size(singles_hold.size(), decisions.size(), "singles_hold");
    detail::require_size(sets_hold.size(), decisions.size(), "sets_hold");
    qc_conformal_abstention_summary summary{};
    summary.struct_size = sizeof summary;
    detail::check(qc_conformal_abstention_summarize(decisions.data(), singles_hold.data(),
                                                    sets_hold.data(), decisions.size(), &summary));
    return summary;
}

} // namespace quantcal

#endif
