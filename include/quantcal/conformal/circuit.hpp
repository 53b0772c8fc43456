/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, circuit.h for what the
 * functions do.
 */
#ifndef QUANTCAL_CONFORMAL_CIRCUIT_HPP
#define QUANTCAL_CONFORMAL_CIRCUIT_HPP

#include "../base.hpp"
#include "circuit.h"

namespace quantcal {

/// A weighted implication: literals are a leaf's number from 0, or negated(it).
struct knowledge_rule {
    std::int32_t premise;
    std::int32_t conclusion;
    double weight;
    std::int32_t circuit = 0;

    static constexpr std::int32_t negated(std::int32_t leaf) { return -1 - leaf; }
};

/// Two matrices by rows.
struct circuit_bounds {
    std::vector<double> lower;
    std::vector<double> upper;
};

namespace detail {

/// Rules as C takes them.
struct rule_columns {
    std::vector<std::int32_t> premises, conclusions, circuits;
    std::vector<double> weights;

    explicit rule_columns(std::span<const knowledge_rule> rules) {
        for (const knowledge_rule &rule : rules) {
            premises.push_back(rule.premise);
            conclusions.push_back(rule.conclusion);
            circuits.push_back(rule.circuit);
            weights.push_back(rule.weight);
        }
    }
};

} // namespace detail

/// qc_conformal_circuit_probabilities(). `shares` may be empty, else one more than circuits.
inline std::vector<double> conformal_circuit_probabilities(matrix_view<double> leaves,
                                                           std::span<const knowledge_rule> rules,
                                                           std::size_t circuit_count = 1,
                                                           std::span<const double> shares = {}) {
    detail::require_size_if_given(shares.size(), circuit_count + 1, "shares");
    const detail::rule_columns columns(rules);
    std::vector<double> corrected(detail::product(leaves.rows(), leaves.columns()));
    detail::check(qc_conformal_circuit_probabilities(
        leaves.data(), leaves.rows(), leaves.columns(), columns.premises.data(),
        columns.conclusions.data(), columns.weights.data(), columns.circuits.data(), rules.size(),
        detail::pointer_if_given(shares), circuit_count, corrected.data()));
    return corrected;
}

/// qc_conformal_circuit_bounds().
inline circuit_bounds conformal_circuit_bounds(matrix_view<double> lower, matrix_view<double> upper,
                                               std::span<const knowledge_rule> rules,
                                               std::size_t circuit_count = 1,
                                               std::span<const double> shares = {}) {
    detail::require_size(upper.rows(), lower.rows(), "upper");
    detail::require_size(upper.columns(), lower.columns(), "a row of upper");
    detail::require_size_if_given(shares.size(), circuit_count + 1, "shares");
    const detail::rule_columns columns(rules);
    const std::size_t count = detail::product(lower.rows(), lower.columns());
    circuit_bounds bounds{std::vector<double>(count), std::vector<double>(count)};
    detail::check(qc_conformal_circuit_bounds(
        lower.data(), upper.data(), lower.rows(), lower.columns(), columns.premises.data(),
        columns.conclusions.data(), columns.weights.data(), columns.circuits.data(), rules.size(),
        detail::pointer_if_given(shares), circuit_count, bounds.lower.data(), bounds.upper.data()));
    return bounds;
}

} // namespace quantcal

#endif
