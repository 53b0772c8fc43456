#include "check.hpp"

#include <algorithm>
#include <cmath>

using quantcal::isotonic_convex;
using quantcal::isotonic_unimodal;

namespace {

template <class T>
void check_unimodal() {
    const std::vector<T> y{1, 3, 2, 5, 4, 4, 1, 2};
    const auto fit = isotonic_unimodal(y);
    check(fit.x == std::vector<T>{1, 2.5, 2.5, 5, 4, 4, 1.5, 1.5}, "x");
    check(fit.mode == 3, "mode");

    quantcal::isotonic_unimodal_options options;
    options.mode = 1;
    const std::vector<T> weights{1, 1, 3, 1, 1, 1, 1, 1};
    const auto given = isotonic_unimodal(y, weights, options);
    check(given.mode == 1 && std::ranges::max_element(given.x) - given.x.begin() == 1,
          "the mode is given");
    options = {};
    options.shape = QC_ISOTONIC_VALLEY;
    check(isotonic_unimodal(std::vector<T>{3, 0, 1}, {}, options).mode == 1, "a valley");
    check(isotonic_unimodal(std::vector<T>{}).x.empty(), "no points");

    std::vector<T> in_place = y;
    check(quantcal::isotonic_unimodal_into<T>(in_place, {}, in_place) == 3 && in_place == fit.x,
          "in place");
}

template <class T>
void check_convex() {
    const std::vector<T> x{5, 0, 1, 2, 3, 4};
    const std::vector<T> y{6, 3, 1, 2, 0, 2};
    const auto fit = isotonic_convex(x, y);
    check(fit.fitted.size() == 6 && fit.values.size() == 5, "sizes");
    check(fit.knots == std::vector<T>{0, 1, 3, 4, 5}, "knots");
    check(std::abs(fit.values[2] - T(0.5)) < T(1e-6), "values");

    quantcal::isotonic_convex_options options;
    options.monotonicity = QC_ISOTONIC_INCREASING;
    const std::vector<T> weights{1, 1, 1, 1, 1, 0};
    check(isotonic_convex(x, y, weights, options).fitted[1] == T(1.5), "increasing, weighted");
    options.curvature = QC_ISOTONIC_CONCAVE;
    check(isotonic_convex(x, y, {}, options).knots.size() == 2, "concave, increasing: a line");
    check(isotonic_convex(std::vector<T>{}, std::vector<T>{}).knots.empty(), "no points");

    std::vector<T> in_place = y;
    const auto knots = quantcal::isotonic_convex_into<T>(x, in_place, {}, in_place, {}, {});
    check(knots == 5 && in_place == fit.fitted, "in place, without knots");
}

void check_refusals() {
    const std::vector<double> y{1, 2, 3};
    const std::vector<double> two{1, 2};
    check_error([&] { isotonic_unimodal(y, two); }, QC_ERR_SIZE,
                "weights has 2 elements; 3 are needed");
    check_error([&] { isotonic_convex(y, two); }, QC_ERR_SIZE, "y has 2 elements; 3 are needed");
    quantcal::isotonic_unimodal_options beyond;
    beyond.mode = 3;
    check_error([&] { isotonic_unimodal(y, {}, beyond); }, QC_ERR_OPTIONS, "mode is 3");
    quantcal::isotonic_convex_options unknown;
    unknown.curvature = 2;
    check_error([&] { isotonic_convex(y, y, {}, unknown); }, QC_ERR_OPTIONS, "curvature is 2");
}

void check_progress() {
    const std::vector<double> y{3, 1, 2, 0, 2, 6};
    const auto stop = [](double) { return false; };
    const auto was_cancelled = [](const auto &error) { return error.status() == QC_CANCELLED; };
    check_throws<quantcal::cancelled>([&] { isotonic_unimodal(y, {}, {}, stop); }, was_cancelled,
                                      "a callback stops a unimodal fit");
    check_throws<quantcal::cancelled>([&] { isotonic_convex(y, y, {}, {}, stop); }, was_cancelled,
                                      "a callback stops a convex fit");
}

} // namespace

void check_isotonic_shape() {
    check_unimodal<double>();
    check_unimodal<float>();
    check_convex<double>();
    check_convex<float>();
    check_refusals();
    check_progress();
}
