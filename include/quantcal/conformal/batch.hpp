/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, batch.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_BATCH_HPP
#define QUANTCAL_CONFORMAL_BATCH_HPP

#include "../base.hpp"
#include "batch.h"

#include <limits>

namespace quantcal {

/// Ranks of calibration scores: 0 stands for -infinity, n + 1 for +infinity.
struct rank_bounds {
    std::size_t lower;
    std::size_t upper;
};

struct rank_bracket {
    std::size_t lower;
    std::size_t upper;
    double probability;
};

struct batch_law {
    std::vector<double> pmf;
    std::vector<double> at_most;
    std::vector<double> at_least;
};

/// qc_conformal_order_statistic_f64()
inline double conformal_order_statistic(std::span<const double> scores, std::size_t rank) {
    double value = 0;
    detail::check(qc_conformal_order_statistic_f64(scores.data(), scores.size(), rank, &value));
    return value;
}

/// qc_conformal_order_statistic_f32()
inline float conformal_order_statistic(std::span<const float> scores, std::size_t rank) {
    float value = 0;
    detail::check(qc_conformal_order_statistic_f32(scores.data(), scores.size(), rank, &value));
    return value;
}

/// qc_conformal_batch_law()
inline batch_law conformal_batch_law(std::size_t n, std::size_t m, std::size_t zeta,
                                     std::span<const std::size_t> ranks) {
    const std::vector<double> empty(ranks.size());
    batch_law law{empty, empty, empty};
    detail::check(qc_conformal_batch_law(n, m, zeta, ranks.data(), ranks.size(), law.pmf.data(),
                                         law.at_most.data(), law.at_least.data()));
    return law;
}

/// qc_conformal_batch_rank()
inline rank_bounds conformal_batch_rank(std::size_t n, std::size_t m, std::size_t zeta,
                                        double alpha_lower, double alpha_upper) {
    rank_bounds bounds{};
    detail::check(qc_conformal_batch_rank(n, m, zeta, alpha_lower, alpha_upper, &bounds.lower,
                                          &bounds.upper));
    return bounds;
}

/// qc_conformal_batch_bracket()
inline rank_bracket conformal_batch_bracket(std::size_t n, std::size_t m, std::size_t zeta_low,
                                            std::size_t zeta_high, double alpha) {
    rank_bracket bracket{};
    detail::check(qc_conformal_batch_bracket(n, m, zeta_low, zeta_high, alpha, &bracket.lower,
                                             &bracket.upper, &bracket.probability));
    return bracket;
}

/// qc_conformal_batch_rank_sum()
inline std::size_t conformal_batch_rank_sum(std::size_t n, std::size_t m, double alpha) {
    std::size_t sum = 0;
    detail::check(qc_conformal_batch_rank_sum(n, m, alpha, &sum));
    return sum;
}

/// qc_conformal_batch_mean_f64()
inline double conformal_batch_mean(std::span<const double> scores, std::size_t m,
                                   std::size_t rank_sum,
                                   double upper = std::numeric_limits<double>::infinity()) {
    double bound = 0;
    detail::check(
        qc_conformal_batch_mean_f64(scores.data(), scores.size(), m, rank_sum, upper, &bound));
    return bound;
}

/// qc_conformal_batch_mean_f32()
inline float conformal_batch_mean(std::span<const float> scores, std::size_t m,
                                  std::size_t rank_sum,
                                  float upper = std::numeric_limits<float>::infinity()) {
    float bound = 0;
    detail::check(
        qc_conformal_batch_mean_f32(scores.data(), scores.size(), m, rank_sum, upper, &bound));
    return bound;
}

} // namespace quantcal

#endif
