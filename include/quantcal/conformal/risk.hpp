/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, risk.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_RISK_HPP
#define QUANTCAL_CONFORMAL_RISK_HPP

#include "../base.hpp"
#include "risk.h"

namespace quantcal {

struct risk_control {
    std::size_t index;
    std::vector<double> bounds;
};

/// qc_conformal_risk_control()
inline risk_control conformal_risk_control(matrix_view<double> losses, double bound, double alpha,
                                           bool monotonize = false) {
    risk_control result{0, std::vector<double>(losses.columns())};
    detail::check(qc_conformal_risk_control(losses.data(), losses.rows(), losses.columns(), bound,
                                            alpha, monotonize, result.bounds.data(),
                                            &result.index));
    return result;
}

/// qc_conformal_risk_steps(). `drops` may be empty.
inline double conformal_risk_steps(std::span<const double> positions, std::span<const double> drops,
                                   std::size_t n, double bound, double alpha) {
    detail::require_size_if_given(drops.size(), positions.size(), "drops");
    double threshold = 0;
    detail::check(qc_conformal_risk_steps(positions.data(), detail::pointer_if_given(drops),
                                          positions.size(), n, bound, alpha, &threshold));
    return threshold;
}

/// qc_conformal_risk_p_values()
inline std::vector<double>
conformal_risk_p_values(std::span<const double> risks, std::size_t n, double alpha,
                        std::int32_t bound = QC_CONFORMAL_RISK_HOEFFDING_BENTKUS) {
    std::vector<double> p_values(risks.size());
    detail::check(
        qc_conformal_risk_p_values(risks.data(), risks.size(), n, alpha, bound, p_values.data()));
    return p_values;
}

struct risk_selection {
    std::vector<std::uint8_t> selected;
    std::size_t count;
};

/// qc_conformal_risk_select()
inline risk_selection conformal_risk_select(std::span<const double> p_values, double delta,
                                            std::int32_t procedure = QC_CONFORMAL_RISK_HOLM,
                                            std::size_t starts = 1) {
    risk_selection result{std::vector<std::uint8_t>(p_values.size()), 0};
    detail::check(qc_conformal_risk_select(p_values.data(), p_values.size(), delta, procedure,
                                           starts, result.selected.data(), &result.count));
    return result;
}

/// qc_conformal_risk_graph()
inline risk_selection conformal_risk_graph(std::span<const double> p_values,
                                           std::span<const double> weights,
                                           matrix_view<double> transitions, double delta) {
    detail::require_size(weights.size(), p_values.size(), "weights");
    detail::require_size(transitions.rows(), p_values.size(), "transitions");
    detail::require_size(transitions.columns(), p_values.size(), "a row of transitions");
    risk_selection result{std::vector<std::uint8_t>(p_values.size()), 0};
    detail::check(qc_conformal_risk_graph(p_values.data(), weights.data(), transitions.data(),
                                          p_values.size(), delta, result.selected.data(),
                                          &result.count));
    return result;
}

/// qc_conformal_risk_best(). `costs` may be empty.
inline std::size_t conformal_risk_best(std::span<const std::uint8_t> selected,
                                       std::span<const double> costs = {}) {
    detail::require_size_if_given(costs.size(), selected.size(), "costs");
    std::size_t index = 0;
    detail::check(qc_conformal_risk_best(selected.data(), detail::pointer_if_given(costs),
                                         selected.size(), &index));
    return index;
}

} // namespace quantcal

#endif
