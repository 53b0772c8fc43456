#include "check.hpp"

#include <cmath>

using quantcal::matrix_view;

namespace {

template <class T>
const std::vector<T> square{0, 0, 0, 1, 1, 0, 1, 1};

template <class T>
void check_points() {
    const matrix_view<T> points(square<T>, 4, 2);
    const std::vector<T> y{3, 1, 2, 5};
    const auto fit = quantcal::isotonic_order_points(points, y);
    check(fit.fitted == std::vector<T>{2, 2, 2, 5}, "fitted");
    check(fit.blocks == std::vector<std::size_t>{0, 0, 0, 1} && fit.block_count == 2, "blocks");

    const std::vector<std::int32_t> down(2, QC_ISOTONIC_DECREASING);
    const std::vector<T> weights{1, 1, 1, 2};
    const auto falling = quantcal::isotonic_order_points(points, y, down, weights);
    check(falling.fitted == std::vector<T>(4, T(3.2)), "directions and weights");

    quantcal::isotonic_order_options options;
    options.loss = QC_ISOTONIC_CHEBYSHEV;
    const auto chebyshev = quantcal::isotonic_order_points(points, y, {}, {}, options);
    check(chebyshev.fitted == std::vector<T>{2, 2, T(2.5), 5}, "options");

    std::vector<T> in_place = y;
    const auto count = quantcal::isotonic_order_points_into(points, {}, in_place, {}, in_place, {});
    check(count == 2 && in_place == fit.fitted, "in place, without blocks");

    const std::vector<T> queries{T(0.5), T(0.5), 2, 2, 2, -1};
    const auto predictions =
        quantcal::isotonic_order_predict(points, fit.fitted, matrix_view<T>(queries, 3, 2));
    check(predictions[0] == T(3.5) && predictions[1] == 5 && std::isnan(predictions[2]),
          "predictions");
    quantcal::isotonic_order_predict_options lower;
    lower.solution = QC_ISOTONIC_SOLUTION_LOWER;
    check(quantcal::isotonic_order_predict(points, fit.fitted, matrix_view<T>(queries, 3, 2), {},
                                           lower)[0] == 2,
          "the lower prediction");
}

template <class T>
void check_grid_and_graph() {
    const std::vector<T> cells{1, 4, 2, 3, 2, 5};
    const matrix_view<T> grid(cells, 2, 3);
    check(quantcal::isotonic_order_grid(grid) ==
              std::vector<T>{1, T(2.75), T(2.75), T(2.75), T(2.75), 5},
          "a grid");
    check(quantcal::isotonic_order_grid(grid, {}, QC_ISOTONIC_DECREASING, QC_ISOTONIC_DECREASING) ==
              std::vector<T>{T(17.0 / 6), T(17.0 / 6), T(17.0 / 6), T(17.0 / 6), T(17.0 / 6),
                             T(17.0 / 6)},
          "a falling grid");

    const std::vector<std::size_t> from{0, 0};
    const std::vector<std::size_t> to{1, 2};
    const std::vector<T> y{3, 1, 5};
    const auto fit = quantcal::isotonic_order_graph(from, to, y);
    check(fit.fitted == std::vector<T>{2, 2, 5} && fit.block_count == 2, "a graph");
}

void check_refusals() {
    const std::vector<double> y{1, 2, 3};
    const std::vector<std::size_t> from{0, 1, 2};
    const std::vector<std::size_t> to{1, 2, 0};
    check_error([&] { quantcal::isotonic_order_graph(from, to, y); }, QC_ERR_DOMAIN,
                "a cycle: 0 -> 1 -> 2 -> 0");
    const std::vector<std::size_t> beyond{1, 2, 3};
    check_error([&] { quantcal::isotonic_order_graph(from, beyond, y); }, QC_ERR_DOMAIN,
                "to[2] is 3");
    check_error([&] { quantcal::isotonic_order_graph(from, {}, y); }, QC_ERR_SIZE,
                "to has 0 elements; 3 are needed");
    const matrix_view<double> points(square<double>, 4, 2);
    check_error([&] { quantcal::isotonic_order_points(points, y); }, QC_ERR_SIZE,
                "y has 3 elements; 4 are needed");
    quantcal::isotonic_order_options huber;
    huber.loss = QC_ISOTONIC_HUBER;
    const std::vector<double> four(4);
    check_error([&] { quantcal::isotonic_order_points(points, four, {}, {}, huber); },
                QC_ERR_OPTIONS, "loss is 3");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::isotonic_order_grid(points, {}, 0, 0, {}, stop); },
        [](const auto &error) { return error.status() == QC_CANCELLED; },
        "a callback stops the work");
}

} // namespace

void check_isotonic_order() {
    check_points<double>();
    check_points<float>();
    check_grid_and_graph<double>();
    check_grid_and_graph<float>();
    check_refusals();
}
