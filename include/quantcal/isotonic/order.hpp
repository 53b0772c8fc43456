/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, order.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_ORDER_HPP
#define QUANTCAL_ISOTONIC_ORDER_HPP

#include "../base.hpp"
#include "order.h"

namespace quantcal {

using isotonic_order_options = options<qc_isotonic_order_options, qc_isotonic_order_options_init>;
using isotonic_order_predict_options =
    options<qc_isotonic_order_predict_options, qc_isotonic_order_predict_options_init>;

/// Fitted values under a partial order, and the number of each point's block; there are
/// block_count of them.
template <real T>
struct isotonic_order_fit {
    std::vector<T> fitted;
    std::vector<std::size_t> blocks;
    std::size_t block_count = 0;
};

/// qc_isotonic_order_points_f32() and _f64() into the caller's memory: a row for each of y.
/// `directions` (one for each dimension), `weights` and `blocks` may be empty. Returns the
/// number of blocks.
template <real T>
std::size_t isotonic_order_points_into(
    matrix_view<T> points, std::span<const std::int32_t> directions,
    std::type_identity_t<std::span<const T>> y, std::type_identity_t<std::span<const T>> weights,
    std::type_identity_t<std::span<T>> fitted, std::span<std::size_t> blocks,
    const isotonic_order_options &options = {}, const progress &report = {}) {
    detail::require_size(y.size(), points.rows(), "y");
    detail::require_size_if_given(directions.size(), points.columns(), "directions");
    detail::require_size_if_given(weights.size(), y.size(), "weights");
    detail::require_size(fitted.size(), y.size(), "fitted");
    detail::require_size_if_given(blocks.size(), y.size(), "blocks");
    std::size_t block_count = 0;
    detail::call_with_progress(options, report, [&](const qc_isotonic_order_options *given) {
        return detail::by_type<T>(qc_isotonic_order_points_f32, qc_isotonic_order_points_f64)(
            points.data(), y.size(), points.columns(), detail::pointer_if_given(directions),
            y.data(), detail::pointer_if_given(weights), given, fitted.data(),
            detail::pointer_if_given(blocks), &block_count);
    });
    return block_count;
}

/// qc_isotonic_order_points_f32() and _f64().
template <real T>
isotonic_order_fit<T>
isotonic_order_points(matrix_view<T> points, std::type_identity_t<std::span<const T>> y,
                      std::span<const std::int32_t> directions = {},
                      std::type_identity_t<std::span<const T>> weights = {},
                      const isotonic_order_options &options = {}, const progress &report = {}) {
    isotonic_order_fit<T> fit{std::vector<T>(y.size()), std::vector<std::size_t>(y.size())};
    fit.block_count = isotonic_order_points_into(points, directions, y, weights, fit.fitted,
                                                 fit.blocks, options, report);
    return fit;
}

/// qc_isotonic_order_grid_f32() and _f64() into the caller's memory. `weights` may be empty.
template <real T>
void isotonic_order_grid_into(matrix_view<T> y, std::type_identity_t<std::span<const T>> weights,
                              std::type_identity_t<std::span<T>> fitted,
                              std::int32_t row_direction = QC_ISOTONIC_INCREASING,
                              std::int32_t column_direction = QC_ISOTONIC_INCREASING,
                              const isotonic_order_options &options = {},
                              const progress &report = {}) {
    detail::require_size_if_given(weights.size(), y.size(), "weights");
    detail::require_size(fitted.size(), y.size(), "fitted");
    detail::call_with_progress(options, report, [&](const qc_isotonic_order_options *given) {
        return detail::by_type<T>(qc_isotonic_order_grid_f32, qc_isotonic_order_grid_f64)(
            y.data(), detail::pointer_if_given(weights), y.rows(), y.columns(), row_direction,
            column_direction, given, fitted.data());
    });
}

/// qc_isotonic_order_grid_f32() and _f64().
template <real T>
std::vector<T>
isotonic_order_grid(matrix_view<T> y, std::type_identity_t<std::span<const T>> weights = {},
                    std::int32_t row_direction = QC_ISOTONIC_INCREASING,
                    std::int32_t column_direction = QC_ISOTONIC_INCREASING,
                    const isotonic_order_options &options = {}, const progress &report = {}) {
    std::vector<T> fitted(y.size());
    isotonic_order_grid_into(y, weights, fitted, row_direction, column_direction, options, report);
    return fitted;
}

/// qc_isotonic_order_graph_f32() and _f64() into the caller's memory. `weights` and `blocks` may
/// be empty. Returns the number of blocks.
template <real T>
std::size_t
isotonic_order_graph_into(std::span<const std::size_t> from, std::span<const std::size_t> to,
                          std::span<const T> y, std::span<const T> weights, std::span<T> fitted,
                          std::span<std::size_t> blocks, const isotonic_order_options &options = {},
                          const progress &report = {}) {
    detail::require_size(to.size(), from.size(), "to");
    detail::require_size_if_given(weights.size(), y.size(), "weights");
    detail::require_size(fitted.size(), y.size(), "fitted");
    detail::require_size_if_given(blocks.size(), y.size(), "blocks");
    std::size_t block_count = 0;
    detail::call_with_progress(options, report, [&](const qc_isotonic_order_options *given) {
        return detail::by_type<T>(qc_isotonic_order_graph_f32, qc_isotonic_order_graph_f64)(
            from.data(), to.data(), from.size(), y.data(), detail::pointer_if_given(weights),
            y.size(), given, fitted.data(), detail::pointer_if_given(blocks), &block_count);
    });
    return block_count;
}

/// qc_isotonic_order_graph_f32() and _f64().
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_order_fit<T>
isotonic_order_graph(std::span<const std::size_t> from, std::span<const std::size_t> to,
                     const Range &y, std::type_identity_t<std::span<const T>> weights = {},
                     const isotonic_order_options &options = {}, const progress &report = {}) {
    const std::span<const T> values(y);
    isotonic_order_fit<T> fit{std::vector<T>(values.size()),
                              std::vector<std::size_t>(values.size())};
    fit.block_count = isotonic_order_graph_into<T>(from, to, values, weights, fit.fitted,
                                                   fit.blocks, options, report);
    return fit;
}

/// qc_isotonic_order_predict_f32() and _f64() into the caller's memory. `directions` may be empty.
template <real T>
void isotonic_order_predict_into(matrix_view<T> points,
                                 std::type_identity_t<std::span<const T>> fitted,
                                 std::span<const std::int32_t> directions, matrix_view<T> queries,
                                 std::type_identity_t<std::span<T>> predictions,
                                 const isotonic_order_predict_options &options = {},
                                 const progress &report = {}) {
    detail::require_size(fitted.size(), points.rows(), "fitted");
    detail::require_size_if_given(directions.size(), points.columns(), "directions");
    detail::require_size(queries.columns(), points.columns(), "a query");
    detail::require_size(predictions.size(), queries.rows(), "predictions");
    detail::call_with_progress(
        options, report, [&](const qc_isotonic_order_predict_options *given) {
            return detail::by_type<T>(qc_isotonic_order_predict_f32, qc_isotonic_order_predict_f64)(
                points.data(), fitted.data(), points.rows(), points.columns(),
                detail::pointer_if_given(directions), queries.data(), queries.rows(), given,
                predictions.data());
        });
}

/// qc_isotonic_order_predict_f32() and _f64().
template <real T>
std::vector<T>
isotonic_order_predict(matrix_view<T> points, std::type_identity_t<std::span<const T>> fitted,
                       matrix_view<T> queries, std::span<const std::int32_t> directions = {},
                       const isotonic_order_predict_options &options = {},
                       const progress &report = {}) {
    std::vector<T> predictions(queries.rows());
    isotonic_order_predict_into(points, fitted, directions, queries, predictions, options, report);
    return predictions;
}

} // namespace quantcal

#endif
