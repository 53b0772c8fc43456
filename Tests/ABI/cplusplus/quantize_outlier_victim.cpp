#include "check.hpp"

#include <array>

namespace {

using quantcal::bfloat16;
using quantcal::float16;
using quantcal::matrix_view;

/// 6, -3, 0.5 and 100 in each type; 100 is beyond the largest outlier.
constexpr std::array<float, 4> singles{6, -3, 0.5F, 100};
constexpr std::array<float16, 4> halves{{{0x4600}, {0xc200}, {0x3800}, {0x5640}}};
constexpr std::array<bfloat16, 4> brains{{{0x40c0}, {0xc040}, {0x3f00}, {0x42c8}}};

template <class T>
void check_type(const std::array<T, 4> &values) {
    const matrix_view view(values, 1, 4);
    const std::vector<float> scales{1};
    const auto codes = quantcal::quantize_outlier_victim_encode(view, scales);
    check(codes == std::vector<std::uint8_t>{0xd6, 0x78}, "two integers; a victim, an outlier");
    const auto decoded = quantcal::quantize_outlier_victim_decode<T>(codes, scales, 1, 4);
    const auto again =
        quantcal::quantize_outlier_victim_encode(matrix_view<T>(decoded, 1, 4), scales);
    check(again == codes, "decoded and encoded again");
    quantcal::quantize_outlier_victim_options pairs;
    pairs.granularity = QC_QUANTIZE_PER_GROUP;
    pairs.group_size = 2;
    check(quantcal::quantize_outlier_victim_scales(view, pairs).size() == 2, "a scale for a pair");
}

} // namespace

void check_quantize_outlier_victim() {
    check_type(singles);
    check_type(halves);
    check_type(brains);
    const matrix_view view(singles, 1, 4);
    const std::vector<std::uint8_t> codes{0xd6, 0x78};
    const auto decoded =
        quantcal::quantize_outlier_victim_decode(codes, std::vector<float>{0.5F}, 1, 4);
    check(decoded == std::vector<float>{3, -1.5F, 0, 48}, "numbers");
    quantcal::quantize_outlier_victim_options pairs;
    pairs.granularity = QC_QUANTIZE_PER_GROUP;
    pairs.group_size = 3;
    check_error([&] { quantcal::quantize_outlier_victim_scales(view, pairs); }, QC_ERR_OPTIONS,
                "group_size is 3");
    check_error(
        [&] {
            quantcal::quantize_outlier_victim_encode(view, std::vector<float>{1, 2});
        },
        QC_ERR_SIZE, "scales has 2 elements; 1 are needed");
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_outlier_victim_scales(view, {}, [](double) { return false; }); },
        [](const auto &) { return true; }, "cancelled");
}
