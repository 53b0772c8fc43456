/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, refit_selection.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_REFIT_SELECTION_HPP
#define QUANTCAL_CONFORMAL_REFIT_SELECTION_HPP

#include "../base.hpp"
#include "refit_selection.h"
#include "selection.hpp"

namespace quantcal {

/// What a test point has with one model that was refitted with it.
struct conformal_refit {
    std::size_t rank = 0;
    std::size_t rejections = 0;
};

/// qc_conformal_refit_rank_f64(): j counts from 0.
inline conformal_refit conformal_refit_rank(std::span<const double> calibration,
                                            std::span<const double> test, std::size_t j, double q) {
    conformal_refit found;
    detail::check(qc_conformal_refit_rank_f64(calibration.data(), calibration.size(), test.data(),
                                              test.size(), j, q, &found.rank, &found.rejections));
    return found;
}

/// qc_conformal_refit_rank_f32()
inline conformal_refit conformal_refit_rank(std::span<const float> calibration,
                                            std::span<const float> test, std::size_t j, double q) {
    conformal_refit found;
    detail::check(qc_conformal_refit_rank_f32(calibration.data(), calibration.size(), test.data(),
                                              test.size(), j, q, &found.rank, &found.rejections));
    return found;
}

/// qc_conformal_select_refitted(): a row for each test point, a column for each model.
inline conformal_model_selection
conformal_select_refitted(matrix_view<std::size_t> ranks, matrix_view<std::size_t> rejections,
                          std::size_t n, double q, const conformal_select_options &options = {}) {
    detail::require_size(rejections.rows(), ranks.rows(), "a column of rejections");
    detail::require_size(rejections.columns(), ranks.columns(), "a row of rejections");
    const std::size_t m = ranks.rows();
    conformal_model_selection result;
    result.selected.resize(m);
    result.p.resize(m);
    result.e.resize(m);
    result.chosen.resize(m);
    detail::check(qc_conformal_select_refitted(
        ranks.data(), rejections.data(), m, ranks.columns(), n, q, &options, result.selected.data(),
        result.p.data(), result.e.data(), result.chosen.data(), &result.count));
    return result;
}

} // namespace quantcal

#endif
