#include "check.hpp"

using quantcal::isotonic_centered;

namespace {

template <class T>
void check_curves() {
    const std::vector<T> x{4, 1, 3, 2};
    const std::vector<T> y{T(0.75), T(0.25), T(0.25), T(0.5)};
    const std::vector<T> weights{4, 4, 4, 4};
    const auto fit = isotonic_centered(x, y, weights);
    check(fit.knots == std::vector<T>{1, 2.5, 4}, "knots");
    check(fit.values == std::vector<T>{0.25, 0.375, 0.75}, "values");
    check(fit.knot_weights == std::vector<T>{4, 8, 4}, "knot_weights");
    check(fit.fitted[0] == T(0.75) && fit.fitted[1] == T(0.25) && fit.fitted[2] == T(0.5),
          "fitted");
    check(fit.lower.size() == 4 && fit.knot_upper.size() == 3, "bounds");
    for (std::size_t i = 0; i < 4; i++) {
        check(fit.lower[i] < fit.fitted[i] && fit.fitted[i] < fit.upper[i], "lower and upper");
    }

    quantcal::isotonic_centered_options plain;
    plain.interval = QC_ISOTONIC_CENTERED_INTERVAL_NONE;
    plain.direction = QC_ISOTONIC_DECREASING;
    const std::vector<T> free{-3, 8, 2, 5};
    const auto falling = isotonic_centered(x, free, {}, plain);
    check(falling.values == std::vector<T>{8, 5, 2, -3}, "decreasing, any values");
    check(falling.lower.empty() && falling.knot_lower.empty(), "no bounds");

    // A pool of all points, and the ends of the curve.
    std::vector<T> fitted(4), knots(5), values(5);
    check(quantcal::isotonic_centered_into<T>(x, y, {}, {fitted, {}, {}, knots, values, {}, {}, {}},
                                              plain) == 3,
          "into the caller's memory");
    check(fitted == std::vector<T>(4, T(0.4375)), "what is there");
    check(isotonic_centered(std::vector<T>{}, std::vector<T>{}).knots.empty(), "no points");
}

void check_refusals() {
    const std::vector<double> x{1, 2, 3};
    const std::vector<double> y{0, 0.5, 1};
    const std::vector<double> two{1, 2};
    check_error([&] { isotonic_centered(x, two); }, QC_ERR_SIZE, "y has 2 elements; 3 are needed");
    check_error([&] { isotonic_centered(x, y, two); }, QC_ERR_SIZE,
                "weights has 2 elements; 3 are needed");
    check_error([&] { isotonic_centered(x, x); }, QC_ERR_DOMAIN, "y[1] is 2");
    std::vector<double> out(3);
    check_error(
        [&] {
            quantcal::isotonic_centered_into<double>(x, y, {}, {out, {}, {}, out, out, {}, {}, {}});
        },
        QC_ERR_SIZE, "knots has 3 elements; 4 are needed");
    quantcal::isotonic_centered_options plain;
    plain.interval = QC_ISOTONIC_CENTERED_INTERVAL_NONE;
    std::vector<double> knots(4), values(4);
    check_error(
        [&] {
            quantcal::isotonic_centered_into<double>(
                x, y, {}, {out, {}, {}, knots, values, {}, {}, values}, plain);
        },
        QC_ERR_ALIAS, "values overlaps knot_upper");
    std::vector<double> bound(4);
    check_error(
        [&] {
            quantcal::isotonic_centered_into<double>(
                x, y, {}, {out, {}, {}, knots, values, {}, {}, bound}, plain);
        },
        QC_ERR_OPTIONS, "interval is 0");
    check_throws<quantcal::cancelled>(
        [&] { isotonic_centered(x, y, {}, {}, [](double) { return false; }); },
        [](const auto &error) { return error.status() == QC_CANCELLED; },
        "a callback stops the work");
}

} // namespace

void check_isotonic_centered() {
    check_curves<double>();
    check_curves<float>();
    check_refusals();
}
