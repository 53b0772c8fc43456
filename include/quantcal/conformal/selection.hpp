/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, selection.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_SELECTION_HPP
#define QUANTCAL_CONFORMAL_SELECTION_HPP

#include "../base.hpp"
#include "calibrator.hpp"
#include "selection.h"

namespace quantcal {

using conformal_select_options =
    options<qc_conformal_select_options, qc_conformal_select_options_init>;

/// Which points are selected (1) and how many, their p-values and e-values if they are asked for.
struct conformal_selection {
    std::vector<std::uint8_t> selected;
    std::vector<double> p;
    std::vector<double> e;
    std::size_t count = 0;
};

/// The same, and the score that each point has.
struct conformal_model_selection : conformal_selection {
    std::vector<std::size_t> chosen;
};

/// Scores, and weights, which may be empty.
template <real T>
struct conformal_points {
    std::span<const T> scores;
    std::span<const T> weights = {};
};

template <std::ranges::contiguous_range Range>
conformal_points(const Range &)
    -> conformal_points<std::remove_cv_t<std::ranges::range_value_t<Range>>>;

template <std::ranges::contiguous_range Range, std::ranges::contiguous_range Weights>
conformal_points(const Range &, const Weights &)
    -> conformal_points<std::remove_cv_t<std::ranges::range_value_t<Range>>>;

/// qc_conformal_p_values_f32() and _f64() into the caller's memory.
template <real T>
void conformal_p_values_into(conformal_points<T> calibration, conformal_points<T> test,
                             std::span<double> p, const conformal_p_value_options &options = {}) {
    const std::size_t n = calibration.scores.size();
    const std::size_t m = test.scores.size();
    detail::require_size_if_given(calibration.weights.size(), n, "calibration.weights");
    detail::require_size_if_given(test.weights.size(), m, "test.weights");
    detail::require_size(p.size(), m, "p");
    detail::check(detail::by_type<T>(qc_conformal_p_values_f32, qc_conformal_p_values_f64)(
        calibration.scores.data(), detail::pointer_if_given(calibration.weights), n,
        test.scores.data(), detail::pointer_if_given(test.weights), m, &options, p.data()));
}

/// qc_conformal_p_values_f32() and _f64().
template <real T>
std::vector<double> conformal_p_values(conformal_points<T> calibration, conformal_points<T> test,
                                       const conformal_p_value_options &options = {}) {
    std::vector<double> p(test.scores.size());
    conformal_p_values_into(calibration, test, std::span<double>(p), options);
    return p;
}

/// qc_conformal_benjamini_hochberg(): 1 where a hypothesis is rejected.
inline std::vector<std::uint8_t> conformal_benjamini_hochberg(std::span<const double> p, double q) {
    std::vector<std::uint8_t> rejected(p.size());
    detail::check(qc_conformal_benjamini_hochberg(p.data(), p.size(), q, rejected.data(), nullptr));
    return rejected;
}

/// qc_conformal_e_benjamini_hochberg()
inline std::vector<std::uint8_t> conformal_e_benjamini_hochberg(std::span<const double> e,
                                                                double q) {
    std::vector<std::uint8_t> rejected(e.size());
    detail::check(
        qc_conformal_e_benjamini_hochberg(e.data(), e.size(), q, rejected.data(), nullptr));
    return rejected;
}

/// qc_conformal_select_f32() and _f64(); p and e are left empty without `values`.
template <real T>
conformal_selection conformal_select(conformal_points<T> calibration, conformal_points<T> test,
                                     double q, const conformal_select_options &options = {},
                                     bool values = true) {
    const std::size_t n = calibration.scores.size();
    const std::size_t m = test.scores.size();
    detail::require_size_if_given(calibration.weights.size(), n, "calibration.weights");
    detail::require_size_if_given(test.weights.size(), m, "test.weights");
    const std::size_t asked = values ? m : 0;
    conformal_selection result{std::vector<std::uint8_t>(m), std::vector<double>(asked),
                               std::vector<double>(asked)};
    detail::check(detail::by_type<T>(qc_conformal_select_f32, qc_conformal_select_f64)(
        calibration.scores.data(), detail::pointer_if_given(calibration.weights), n,
        test.scores.data(), detail::pointer_if_given(test.weights), m, q, &options,
        result.selected.data(), values ? result.p.data() : nullptr,
        values ? result.e.data() : nullptr, &result.count));
    return result;
}

/// qc_conformal_select_models_f32() and _f64(): a row for each point, a column for each score.
template <real T>
conformal_model_selection conformal_select_models(matrix_view<T> calibration, matrix_view<T> test,
                                                  double q,
                                                  const conformal_select_options &options = {}) {
    detail::require_size(test.columns(), calibration.columns(), "a row of test");
    const std::size_t m = test.rows();
    conformal_model_selection result;
    result.selected.resize(m);
    result.p.resize(m);
    result.e.resize(m);
    result.chosen.resize(m);
    detail::check(
        detail::by_type<T>(qc_conformal_select_models_f32, qc_conformal_select_models_f64)(
            calibration.data(), calibration.rows(), test.data(), m, test.columns(), q, &options,
            result.selected.data(), result.p.data(), result.e.data(), result.chosen.data(),
            &result.count));
    return result;
}

/// qc_conformal_select_ridge_f32() and _f64(): a row for each point. `chosen` are penalties.
template <real T>
conformal_model_selection
conformal_select_ridge(matrix_view<T> x, std::span<const std::type_identity_t<T>> outcomes,
                       matrix_view<T> test, std::span<const double> penalties, double q,
                       const conformal_select_options &options = {}) {
    detail::require_size(outcomes.size(), x.rows(), "outcomes");
    detail::require_size(test.columns(), x.columns(), "a row of test");
    const std::size_t m = test.rows();
    conformal_model_selection result;
    result.selected.resize(m);
    result.p.resize(m);
    result.e.resize(m);
    result.chosen.resize(m);
    detail::check(detail::by_type<T>(qc_conformal_select_ridge_f32, qc_conformal_select_ridge_f64)(
        x.data(), outcomes.data(), x.rows(), test.data(), m, x.columns(), penalties.data(),
        penalties.size(), q, &options, result.selected.data(), result.p.data(), result.e.data(),
        result.chosen.data(), &result.count));
    return result;
}

} // namespace quantcal

#endif
