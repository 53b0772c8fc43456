#include "check.hpp"

#include <algorithm>
#include <exception>

using quantcal::isotonic_regression;

namespace {

template <class T>
void check_fits() {
    const std::vector<T> y{1, 0, 4, 3, 3, 5, 4, 2, 0};
    const auto fit = isotonic_regression(y);
    check(fit.x == std::vector<T>{0.5, 0.5, 3, 3, 3, 3, 3, 3, 3}, "x");
    check(fit.block_weights == std::vector<T>{2, 7}, "block_weights");
    check(fit.blocks == std::vector<std::size_t>{0, 2, 9}, "blocks");

    const std::vector<T> weights{3, 1, 1, 1, 1, 1, 1, 1, 1};
    check(isotonic_regression(y, weights).x[0] == T(0.75), "weights");

    quantcal::isotonic_regression_options decreasing;
    decreasing.direction = QC_ISOTONIC_DECREASING;
    const std::vector<T> rising{1, 2, 3};
    check(isotonic_regression(rising, {}, decreasing).x == std::vector<T>{2, 2, 2}, "decreasing");
    check(isotonic_regression(std::vector<T>{}).x.empty(), "no points");

    quantcal::isotonic_regression_options median;
    median.loss = QC_ISOTONIC_QUANTILE;
    const std::vector<T> series{3, 1, 2, 5, 4, 6, 0, 7};
    check(isotonic_regression(series, {}, median).x == std::vector<T>{1, 1, 2, 4, 4, 4, 4, 7},
          "lower median");
    median.solution = QC_ISOTONIC_SOLUTION_UPPER;
    median.upper_bound = 6;
    check(isotonic_regression(series, {}, median).x == std::vector<T>{2, 2, 2, 5, 5, 6, 6, 6},
          "upper median, bounded");

    std::vector<T> in_place = y;
    const auto blocks = quantcal::isotonic_regression_into<T>(in_place, {}, in_place, {}, {});
    check(blocks == 2 && in_place == fit.x, "in place, without blocks");
}

void check_refusals() {
    const std::vector<double> y{1, 2, 3};
    const std::vector<double> short_weights{1, 2};
    const std::vector<double> negative{1, -1, 1};
    check_error([&] { isotonic_regression(y, short_weights); }, QC_ERR_SIZE,
                "weights has 2 elements; 3 are needed");
    check_error([&] { isotonic_regression(y, negative); }, QC_ERR_DOMAIN, "weights[1] is -1");
    quantcal::isotonic_regression_options unknown;
    unknown.direction = 7;
    check_error([&] { isotonic_regression(y, {}, unknown); }, QC_ERR_OPTIONS, "direction is 7");
    std::vector<double> x(2);
    check_error([&] { quantcal::isotonic_regression_into<double>(y, {}, x, {}, {}); }, QC_ERR_SIZE,
                "x has 2 elements; 3 are needed");
}

/// Not sorted already: then there would be no work.
std::vector<float> unsorted_input() {
    std::vector<float> y(100000);
    for (std::size_t i = 0; i < y.size(); i++) {
        y[i] = static_cast<float>(i % 1000);
    }
    return y;
}

void check_progress() {
    const std::vector<float> y = unsorted_input();
    std::vector<double> fractions;
    const auto keep_on = [&](double fraction) {
        fractions.push_back(fraction);
        return true;
    };
    isotonic_regression(y, {}, {}, keep_on);
    check(!fractions.empty(), "the callback is called");
    check(std::ranges::is_sorted(fractions), "fractions rise");

    std::vector<float> x(y.size(), -1);
    const auto stop = [](double) { return false; };
    const auto cancelled_work = [&] {
        quantcal::isotonic_regression_into<float>(y, {}, x, {}, {}, {}, stop);
    };
    check_throws<quantcal::cancelled>(
        cancelled_work, [](const auto &error) { return error.status() == QC_CANCELLED; },
        "a callback stops the work");
    check(x == std::vector<float>(y.size(), -1), "stopped work has written nothing");

    struct own_exception : std::exception {};
    const auto throwing = [](double) -> bool { throw own_exception(); };
    check_throws<own_exception>([&] { isotonic_regression(y, {}, {}, throwing); },
                                [](const auto &) { return true; },
                                "what a callback throws arrives at the caller");
}

} // namespace

void check_isotonic_regression() {
    check_fits<double>();
    check_fits<float>();
    check_refusals();
    check_progress();
}
