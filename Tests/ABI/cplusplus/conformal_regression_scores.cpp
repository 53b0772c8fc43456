#include "check.hpp"

#include <limits>

namespace {

template <class T>
void check_type() {
    const T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> quantiles{2, 5, 2, 5, 5, 2};
    const quantcal::matrix_view rows(quantiles, 3, 2);
    quantcal::conformal_regression_options options;
    options.kind = QC_CONFORMAL_CQR;
    const std::vector<T> y{1, 4, 7};
    const auto scores = quantcal::conformal_regression_scores<T>(y, rows, options);
    check(scores == std::vector<T>{1, -1, 2}, "scores of both sides");
    const std::vector<T> two{2};
    const auto intervals = quantcal::conformal_regression_intervals<T>(rows, two, options);
    check(intervals.lower == std::vector<T>{0, 0, 0}, "lower ends");
    check(intervals.upper == std::vector<T>{7, 7, 7}, "upper ends");

    options.sides = QC_CONFORMAL_ASYMMETRIC;
    options.threshold_for = QC_CONFORMAL_FOR_EACH_ROW;
    const std::vector<T> sides = quantcal::conformal_regression_scores<T>(y, rows, options);
    check(sides == std::vector<T>{1, -4, -2, -1, -5, 2}, "scores of each side");
    const std::vector<T> limits{1, infinity, 0, 0, infinity, -1};
    const auto apart = quantcal::conformal_regression_intervals<T>(rows, limits, options);
    check(apart.lower == std::vector<T>{1, 2, -infinity}, "lower ends of each row");
    check(apart.upper == std::vector<T>{infinity, 5, 4}, "upper ends of each row");
    check_error([&] { quantcal::conformal_regression_intervals<T>(rows, two, options); },
                QC_ERR_SIZE, "thresholds has 1 elements; 6 are needed");
}

} // namespace

void check_conformal_regression_scores() {
    check_type<double>();
    check_type<float>();
    const std::vector<double> values{1, 2, 4};
    const quantcal::matrix_view row(values, 1, 3);
    quantcal::conformal_regression_options options;
    options.kind = QC_CONFORMAL_QUANTILES;
    const std::vector<double> levels{0.25, 0.5, 0.75}, y{3};
    check(quantcal::conformal_regression_scores<double>(y, row, options, levels) ==
              std::vector<double>{0.125},
          "the middle of the third quarter");
    check_error([&] { quantcal::conformal_regression_scores<double>(y, row, options); },
                QC_ERR_SIZE, "levels has 0 elements; 3 are needed");
}
