/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, prediction.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_PREDICTION_HPP
#define QUANTCAL_ISOTONIC_PREDICTION_HPP

#include "../base.hpp"
#include "prediction.h"
#include "regression.hpp"

namespace quantcal {

using isotonic_predict_options =
    options<qc_isotonic_predict_options, qc_isotonic_predict_options_init>;

/// qc_isotonic_direction_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
qc_isotonic_direction_result isotonic_direction(const Range &x,
                                                std::type_identity_t<std::span<const T>> y) {
    const std::span<const T> predictors(x);
    detail::require_size(y.size(), predictors.size(), "y");
    qc_isotonic_direction_result result{};
    result.struct_size = sizeof result;
    detail::check(detail::by_type<T>(qc_isotonic_direction_f32, qc_isotonic_direction_f64)(
        predictors.data(), y.data(), predictors.size(), &result));
    return result;
}

/// qc_isotonic_predict_f32() and _f64() into the caller's memory, which may be `queries`.
template <real T>
void isotonic_predict_into(std::span<const T> knots, std::span<const T> values,
                           std::span<const T> queries, std::span<T> predictions,
                           const isotonic_predict_options &options = {}) {
    detail::require_size(values.size(), knots.size(), "values");
    detail::require_size(predictions.size(), queries.size(), "predictions");
    detail::check(detail::by_type<T>(qc_isotonic_predict_f32, qc_isotonic_predict_f64)(
        knots.data(), values.data(), knots.size(), queries.data(), queries.size(), &options,
        predictions.data()));
}

/// qc_isotonic_predict_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
std::vector<T> isotonic_predict(const Range &knots, std::type_identity_t<std::span<const T>> values,
                                std::type_identity_t<std::span<const T>> queries,
                                const isotonic_predict_options &options = {}) {
    std::vector<T> predictions(queries.size());
    isotonic_predict_into<T>(std::span<const T>(knots), values, queries, predictions, options);
    return predictions;
}

/// A fitted curve: values at knots, and which way it goes.
template <real T>
struct isotonic_model {
    std::vector<T> knots;
    std::vector<T> values;
    qc_isotonic_direction_result direction;

    /// The curve at some queries.
    std::vector<T> predict(std::span<const T> queries,
                           const isotonic_predict_options &options = {}) const {
        return isotonic_predict(knots, values, queries, options);
    }

    /// The curve at one query. For many, predict() is quicker.
    T operator()(T query, const isotonic_predict_options &options = {}) const {
        T prediction{};
        isotonic_predict_into<T>(knots, values, std::span<const T>(&query, 1),
                                 std::span<T>(&prediction, 1), options);
        return prediction;
    }
};

/// qc_isotonic_fit_f32() and _f64(). `fitted` (as long as x) may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_model<T> isotonic_fit_model(const Range &x, std::type_identity_t<std::span<const T>> y,
                                     std::type_identity_t<std::span<const T>> weights = {},
                                     const isotonic_regression_options &options = {},
                                     std::type_identity_t<std::span<T>> fitted = {},
                                     const progress &report = {}) {
    const std::span<const T> predictors(x);
    const std::size_t n = predictors.size();
    detail::require_size(y.size(), n, "y");
    detail::require_size_if_given(weights.size(), n, "weights");
    detail::require_size_if_given(fitted.size(), n, "fitted");
    isotonic_model<T> model{std::vector<T>(n), std::vector<T>(n), {}};
    model.direction.struct_size = sizeof model.direction;
    std::size_t knot_count = 0;
    detail::call_with_progress(options, report, [&](const isotonic_regression_options *given) {
        return detail::by_type<T>(qc_isotonic_fit_f32, qc_isotonic_fit_f64)(
            predictors.data(), y.data(), detail::pointer_if_given(weights), n, given,
            detail::pointer_if_given(fitted), model.knots.data(), model.values.data(), &knot_count,
            &model.direction);
    });
    model.knots.resize(knot_count);
    model.values.resize(knot_count);
    return model;
}

} // namespace quantcal

#endif
