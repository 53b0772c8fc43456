#include "check.hpp"

#include <array>
#include <limits>

namespace {

template <class T>
void check_thresholds() {
    const T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> scores{5, 3, 1, 4, 2, 9, 8, 7, 6};
    check(quantcal::conformal_threshold(scores, 0.1) == 9, "the ninth of nine");
    check(quantcal::conformal_threshold(scores, 0.5) == 5, "the fifth of nine");
    check(quantcal::conformal_threshold(scores, 0.01) == infinity, "too few scores");
    check(quantcal::conformal_threshold(std::span<const T>(scores).first(4), 0.5) == 4,
          "a span of const");
    check_error([&] { quantcal::conformal_threshold(scores, 1.5); }, QC_ERR_DOMAIN, "alpha is 1.5");
}

template <class T>
void check_sets() {
    const std::array<T, 20> scores{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    const quantcal::matrix_view view(scores, 2, 10);
    const auto sets = quantcal::conformal_sets(view, T(2));
    check(sets.mask == std::vector<std::uint8_t>{0b111, 0, 0b10000000, 0b11}, "mask");
    check(sets.sizes == std::vector<std::int32_t>{3, 3}, "sizes");

    std::vector<std::int32_t> sizes(2);
    quantcal::conformal_sets_into(view, T(-1), {}, sizes);
    check(sizes == std::vector<std::int32_t>{0, 0}, "sizes alone");
    std::vector<std::uint8_t> short_mask(3);
    check_error([&] { quantcal::conformal_sets_into(view, T(0), short_mask, sizes); }, QC_ERR_SIZE,
                "mask has 3 elements; 4 are needed");
}

template <class T>
void check_intervals() {
    const std::vector<T> mean{1, -2};
    const auto intervals = quantcal::conformal_intervals(mean, T(0.5));
    check(intervals.lower == std::vector<T>{0.5, -2.5}, "lower");
    check(intervals.upper == std::vector<T>{1.5, -1.5}, "upper");
    check_error([&] { quantcal::conformal_intervals(mean, T(-1)); }, QC_ERR_DOMAIN, "threshold");
}

} // namespace

void check_conformal_split() {
    check(quantcal::conformal_rank(24, 0.44) == 14, "25 * 0.56 is exactly 14");
    check_error([] { quantcal::conformal_rank(24, 0); }, QC_ERR_DOMAIN, "alpha is 0");
    check_thresholds<double>();
    check_thresholds<float>();
    check_sets<double>();
    check_sets<float>();
    check_intervals<double>();
    check_intervals<float>();
}
