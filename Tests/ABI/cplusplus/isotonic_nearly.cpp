#include "check.hpp"

#include <limits>
#include <utility>

using quantcal::isotonic_nearly;

namespace {

template <class T>
void check_paths() {
    const std::vector<T> y{1, 3, 2, 4, 0};
    const auto path = isotonic_nearly(y);
    check(path.size() == 5, "size");
    check(path.breakpoints() == std::vector<double>{0.5, 1.5, 2.25}, "breakpoints");
    check(path.fit(0) == y, "lambda 0 gives y");
    check(path.fit(1) == std::vector<T>{1, 2.5, 2.5, 3, 1}, "fit");
    check(path.fit(std::numeric_limits<double>::infinity()) ==
              std::vector<T>{1, 2.25, 2.25, 2.25, 2.25},
          "the isotonic fit");
    check(path.degrees_of_freedom(0) == 5 && path.degrees_of_freedom(1) == 4, "degrees of freedom");
    std::vector<T> x(5);
    check(path.fit_into(1.5, x) == 3 && x == std::vector<T>{1, 2.5, 2.5, 2.5, 1.5}, "fit_into");

    const std::vector<T> weights{1, 1, 1, 1, 0};
    check(isotonic_nearly(y, weights).breakpoints() == std::vector<double>{0.5}, "weights");
    quantcal::isotonic_nearly_options decreasing;
    decreasing.direction = QC_ISOTONIC_DECREASING;
    const std::vector<T> rising{1, 2, 3};
    check(isotonic_nearly(rising, {}, decreasing).fit(0.5) == std::vector<T>{1.5, 2, 2.5},
          "decreasing");
    check(isotonic_nearly(std::vector<T>{}).fit(1).empty(), "no points");
}

void check_ownership() {
    auto path = isotonic_nearly(std::vector<double>{2, 1});
    auto other = std::move(path);
    check(other.fit(1) == std::vector<double>{1.5, 1.5}, "a path can be moved");
    path = isotonic_nearly(std::vector<double>{5});
    check(path.fit(0) == std::vector<double>{5}, "and replaced");
}

void check_refusals() {
    const std::vector<double> y{1, 2, 3};
    const std::vector<double> short_weights{1, 2};
    const std::vector<double> negative{1, -1, 1};
    check_error([&] { isotonic_nearly(y, short_weights); }, QC_ERR_SIZE,
                "weights has 2 elements; 3 are needed");
    check_error([&] { isotonic_nearly(y, negative); }, QC_ERR_DOMAIN, "weights[1] is -1");
    const auto path = isotonic_nearly(y);
    check_error([&] { path.fit(-1); }, QC_ERR_DOMAIN, "lambda is -1");
    std::vector<double> x(2);
    check_error([&] { path.fit_into(1, x); }, QC_ERR_SIZE, "x has 2 elements; 3 are needed");
    check_throws<quantcal::cancelled>(
        [&] { isotonic_nearly(y, {}, {}, [](double) { return false; }); },
        [](const auto &error) { return error.status() == QC_CANCELLED; },
        "a callback stops the work");
}

} // namespace

void check_isotonic_nearly() {
    check_paths<double>();
    check_paths<float>();
    check_ownership();
    check_refusals();
}
