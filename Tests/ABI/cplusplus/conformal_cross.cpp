#include "check.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace {

template <class T>
void check_type() {
    const T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> residuals{T(0.5), 1, T(0.25), T(0.75)}, values{2, 3};
    const std::vector<std::int32_t> fold{0, 0, 1, 1};
    const quantcal::matrix_view row(values, 1, 2);
    const auto plus = quantcal::conformal_cross_intervals<T>(residuals, fold, row, 0.4);
    check(plus.lower == std::vector<T>{T(1.5)}, "the lower end of CV+");
    check(plus.upper == std::vector<T>{T(3.25)}, "the upper end of CV+");

    quantcal::conformal_cross_options options;
    options.method = QC_CONFORMAL_CROSS_MINMAX;
    const auto wide = quantcal::conformal_cross_intervals<T>(residuals, fold, row, 0.4, options);
    check(wide.lower == std::vector<T>{T(1.25)}, "the lower end of minmax");
    check(wide.upper == std::vector<T>{T(3.75)}, "the upper end of minmax");
    const std::vector<T> two{1, 2};
    const auto apart = quantcal::conformal_cross_intervals<T>(two, {}, row, 0.1);
    check(apart.upper == std::vector<T>{infinity}, "two points are too few");
    const std::vector<std::int32_t> three{0, 1, 1};
    check_error([&] { quantcal::conformal_cross_intervals<T>(residuals, three, row, 0.4); },
                QC_ERR_SIZE, "fold has 3 elements; 4 are needed");
    check_error([&] { quantcal::conformal_cross_intervals<T>(residuals, {}, row, 0.4); },
                QC_ERR_NULL_POINTER, "fold is NULL");

    const std::vector<std::uint8_t> bags{1, 0, 0, 0, 1, 1, 2, 1, 1};
    const quantcal::matrix_view in_bag(bags, 3, 3);
    const std::vector<T> models{1, 2, 4, 5, 6, 7, 8, 9, 9};
    const quantcal::matrix_view own(models, 3, 3);
    const auto means = quantcal::conformal_cross_bootstrap_predictions<T>(in_bag, own);
    check(means[0] == 3 && means[1] == 5 && std::isnan(means[2]), "means out of bag");
    const std::vector<T> rest{1, 2, 0};
    const auto ends = quantcal::conformal_cross_bootstrap_intervals<T>(rest, in_bag, own, 0.5);
    check(ends.lower == std::vector<T>{-1, 3, 6}, "lower ends after the bootstrap");
    check(ends.upper == std::vector<T>{4, T(7.5), 10}, "upper ends after the bootstrap");
    check_error([&] { quantcal::conformal_cross_bootstrap_intervals<T>(two, in_bag, own, 0.5); },
                QC_ERR_SIZE, "in_bag has 3 elements; 2 are needed");
}

} // namespace

void check_conformal_cross() {
    check_type<double>();
    check_type<float>();
}
