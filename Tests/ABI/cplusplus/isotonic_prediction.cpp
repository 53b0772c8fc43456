#include "check.hpp"

#include <cmath>

namespace {

template <class T>
void check_model() {
    const std::vector<T> x{4, 2, 1, 2, 3};
    const std::vector<T> y{4, 5, 1, 1, 2};
    const std::vector<T> weights{0, 1, 1, 3, 1};
    std::vector<T> fitted(x.size());
    const auto model = quantcal::isotonic_fit_model(x, y, weights, {}, fitted);
    check(model.knots == std::vector<T>{1, 2, 3}, "knots");
    check(model.values == std::vector<T>{1, 2, 2}, "values");
    check(fitted == std::vector<T>{2, 2, 1, 2, 2}, "fitted");
    check(model.direction.direction == QC_ISOTONIC_INCREASING, "direction");
    check(quantcal::isotonic_fit_model(x, y).knots == std::vector<T>{1, 2, 3, 4}, "no weights");

    check(model(T(1.5)) == T(1.5), "a query");
    check(std::isnan(model(T(9))), "a query outside");
    quantcal::isotonic_predict_options options;
    options.outside = QC_ISOTONIC_OUTSIDE_CLIP;
    check(model(T(9), options) == T(2), "a query outside, clipped");
    options.interpolation = QC_ISOTONIC_STEP;
    const std::vector<T> queries{0, T(1.5), 2};
    check(model.predict(queries, options) == std::vector<T>{1, 1, 2}, "steps");
    check(quantcal::isotonic_predict(model.knots, model.values, queries, options) ==
              model.predict(queries, options),
          "the free function");

    quantcal::isotonic_regression_options automatic;
    automatic.direction = QC_ISOTONIC_AUTO;
    const std::vector<T> falling{4, 3, 3, 1, 0};
    const std::vector<T> order{1, 2, 3, 4, 5};
    check(quantcal::isotonic_fit_model(order, falling, {}, automatic).direction.direction ==
              QC_ISOTONIC_DECREASING,
          "auto");
    check(quantcal::isotonic_direction(order, falling).correlation < -0.9, "direction");
    check_error([&] { quantcal::isotonic_direction(order, {}); }, QC_ERR_SIZE, "y has 0 elements");
    check_error([&] { quantcal::isotonic_fit_model(order, falling, queries); }, QC_ERR_SIZE,
                "weights has 3 elements");
    quantcal::isotonic_predict_options strict;
    strict.outside = QC_ISOTONIC_OUTSIDE_ERROR;
    check_error([&] { model(T(9), strict); }, QC_ERR_DOMAIN, "queries[0] is 9");
}

} // namespace

void check_isotonic_prediction() {
    check_model<float>();
    check_model<double>();
}
