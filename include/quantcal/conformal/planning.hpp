/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, planning.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_PLANNING_HPP
#define QUANTCAL_CONFORMAL_PLANNING_HPP

#include "../base.hpp"
#include "planning.h"

namespace quantcal {

struct coverage_law {
    std::vector<double> at_most;
    std::vector<double> at_least;
};

struct covered_law {
    std::vector<double> pmf;
    std::vector<double> at_most;
    std::vector<double> at_least;
};

/// qc_conformal_coverage_law()
inline coverage_law conformal_coverage_law(std::size_t n, std::size_t rank,
                                           std::span<const double> values) {
    coverage_law law{std::vector<double>(values.size()), std::vector<double>(values.size())};
    detail::check(qc_conformal_coverage_law(n, rank, values.data(), values.size(),
                                            law.at_most.data(), law.at_least.data()));
    return law;
}

/// qc_conformal_coverage_quantile()
inline std::vector<double> conformal_coverage_quantile(std::size_t n, std::size_t rank,
                                                       std::span<const double> levels) {
    std::vector<double> quantiles(levels.size());
    detail::check(
        qc_conformal_coverage_quantile(n, rank, levels.data(), levels.size(), quantiles.data()));
    return quantiles;
}

/// qc_conformal_covered_law()
inline covered_law conformal_covered_law(std::size_t n, std::size_t rank, std::size_t m,
                                         std::span<const std::size_t> counts) {
    const std::vector<double> empty(counts.size());
    covered_law law{empty, empty, empty};
    detail::check(qc_conformal_covered_law(n, rank, m, counts.data(), counts.size(), law.pmf.data(),
                                           law.at_most.data(), law.at_least.data()));
    return law;
}

/// qc_conformal_covered_quantile()
inline std::vector<std::size_t> conformal_covered_quantile(std::size_t n, std::size_t rank,
                                                           std::size_t m,
                                                           std::span<const double> levels) {
    std::vector<std::size_t> quantiles(levels.size());
    detail::check(
        qc_conformal_covered_quantile(n, rank, m, levels.data(), levels.size(), quantiles.data()));
    return quantiles;
}

/// qc_conformal_pac_rank()
inline std::size_t conformal_pac_rank(std::size_t n, double alpha, double delta) {
    std::size_t rank = 0;
    detail::check(qc_conformal_pac_rank(n, alpha, delta, &rank));
    return rank;
}

/// qc_conformal_pac_sample_size()
inline std::size_t conformal_pac_sample_size(double alpha, double delta) {
    std::size_t n = 0;
    detail::check(qc_conformal_pac_sample_size(alpha, delta, &n));
    return n;
}

/// qc_conformal_sample_size()
inline std::size_t conformal_sample_size(double alpha, double tolerance, double delta) {
    std::size_t n = 0;
    detail::check(qc_conformal_sample_size(alpha, tolerance, delta, &n));
    return n;
}

} // namespace quantcal

#endif
