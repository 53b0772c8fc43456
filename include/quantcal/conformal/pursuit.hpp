/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, pursuit.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_PURSUIT_HPP
#define QUANTCAL_CONFORMAL_PURSUIT_HPP

#include "../base.hpp"
#include "pursuit.h"

namespace quantcal {

/// qc_conformal_pursuit_histories(): points x length.
inline std::vector<std::int32_t> conformal_pursuit_histories(std::uint64_t seed, std::size_t points,
                                                             std::size_t queries,
                                                             std::size_t length,
                                                             std::uint64_t first_point = 0) {
    std::vector<std::int32_t> orders(detail::product(points, length));
    detail::check(
        qc_conformal_pursuit_histories(seed, first_point, points, queries, length, orders.data()));
    return orders;
}

/// qc_conformal_pursuit_log_sizes() with equal weights.
inline std::vector<double> conformal_pursuit_log_sizes(matrix_view<std::int32_t> sizes) {
    std::vector<double> log_sizes(sizes.rows());
    detail::check(qc_conformal_pursuit_log_sizes(sizes.data(), nullptr, sizes.rows(),
                                                 sizes.columns(), log_sizes.data()));
    return log_sizes;
}

/// qc_conformal_pursuit_log_sizes()
inline std::vector<double> conformal_pursuit_log_sizes(matrix_view<std::int32_t> sizes,
                                                       matrix_view<double> weights) {
    detail::require_size(weights.rows(), sizes.rows(), "weights");
    detail::require_size(weights.columns(), sizes.columns(), "a row of weights");
    std::vector<double> log_sizes(sizes.rows());
    detail::check(qc_conformal_pursuit_log_sizes(sizes.data(), weights.data(), sizes.rows(),
                                                 sizes.columns(), log_sizes.data()));
    return log_sizes;
}

struct pursuit_choice {
    std::size_t index;
    double spread;
};

/// qc_conformal_pursuit_choose(). `asked` may be empty.
inline pursuit_choice conformal_pursuit_choose(std::span<const double> log_sizes,
                                               std::span<const std::uint8_t> asked = {}) {
    detail::require_size_if_given(asked.size(), log_sizes.size(), "asked");
    pursuit_choice choice{};
    detail::check(qc_conformal_pursuit_choose(log_sizes.data(), detail::pointer_if_given(asked),
                                              log_sizes.size(), &choice.index, &choice.spread));
    return choice;
}

/// qc_conformal_pursuit_entropy_bound()
inline double conformal_pursuit_entropy_bound(std::size_t classes, std::size_t n, double alpha,
                                              double mean_size,
                                              std::int32_t kind = QC_CONFORMAL_PURSUIT_SHARP) {
    double bound = 0;
    detail::check(qc_conformal_pursuit_entropy_bound(classes, n, alpha, mean_size, kind, &bound));
    return bound;
}

} // namespace quantcal

#endif
