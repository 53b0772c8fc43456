#include "check.hpp"

#include <array>

namespace {

using quantcal::bfloat16;
using quantcal::float16;
using quantcal::matrix_view;
using quantcal::zero_points;

/// 6, -3, 0.5 and 0 in each type.
constexpr std::array<float, 4> singles{6, -3, 0.5F, 0};
constexpr std::array<float16, 4> halves{{{0x4600}, {0xc200}, {0x3800}, {0x0000}}};
constexpr std::array<bfloat16, 4> brains{{{0x40c0}, {0xc040}, {0x3f00}, {0x0000}}};

template <class T>
void check_type(const std::array<T, 4> &values) {
    const matrix_view view(values, 1, 4);
    quantcal::quantize_salient_options salient;
    salient.fraction = 0.5;
    const auto mask = quantcal::quantize_salient_mask(view, {}, salient);
    check(mask == std::vector<std::uint8_t>{3}, "the two largest");

    quantcal::quantize_masked_options rest;
    rest.selected = 0;
    const auto sizes = quantcal::quantize_masked_layout(mask, 1, 4, "int8", rest);
    check(sizes.selected_count == 2 && sizes.code_bytes == 2 && sizes.group_count == 1, "the room");
    const auto large = quantcal::quantize_masked_range(view, mask, "ternary");
    const auto small = quantcal::quantize_masked_range(view, mask, "binary", "mean_absolute",
                                                       zero_points::wanted, rest);
    check(large.scales == std::vector<float>{6} && large.zeros.empty(), "a range");
    check(small.scales == std::vector<float>{0.25F} && small.zeros == std::vector<float>{-1},
          "the mean of the others");

    const auto first = quantcal::quantize_masked_encode(view, mask, "ternary", large.scales);
    const auto second =
        quantcal::quantize_masked_encode(view, mask, "binary", small.scales, small.zeros, rest);
    check(first == std::vector<std::uint8_t>{1} && second == std::vector<std::uint8_t>{1}, "codes");
    std::vector<T> decoded(4);
    quantcal::quantize_masked_decode(first, large.scales, {}, mask, 1, 4, "ternary", decoded);
    quantcal::quantize_masked_decode(second, small.scales, small.zeros, mask, 1, 4, "binary",
                                     decoded, rest);
    const auto again = quantcal::quantize_masked_encode(matrix_view<T>(decoded, 1, 4), mask,
                                                        "binary", small.scales, small.zeros, rest);
    check(again == second, "decoded and encoded again");
}

void check_values() {
    const std::vector<std::uint8_t> mask{3};
    std::vector<float> decoded{1, 2, 3, 4};
    quantcal::quantize_masked_decode(std::vector<std::uint8_t>{1}, std::vector<float>{6}, {}, mask,
                                     1, 4, "ternary", decoded);
    check(decoded == std::vector<float>{6, 0, 3, 4}, "the other elements stay");
    quantcal::quantize_masked_options shared;
    shared.is_shared = 1;
    const auto sizes = quantcal::quantize_masked_layout(mask, 5, 4, "int8", shared);
    check(sizes.selected_count == 10 && sizes.code_bytes == 10, "a mask for all rows");
}

void check_refusals() {
    const matrix_view view(singles, 1, 4);
    const std::vector<std::uint8_t> mask{3, 3};
    check_error([&] { quantcal::quantize_masked_range(view, mask, "int4"); }, QC_ERR_SIZE,
                "mask has 2 elements; 1 are needed");
    const std::array<float, 3> factors{1, 1, 1};
    check_error([&] { quantcal::quantize_salient_mask(view, factors); }, QC_ERR_SIZE,
                "factors has 3 elements; 4 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>([&] { quantcal::quantize_salient_mask(view, {}, {}, stop); },
                                      [](const auto &) { return true; }, "cancelled");
    const std::vector<float> nothing;
    const auto empty = quantcal::quantize_masked_range(matrix_view<float>(nothing, 0, 4),
                                                       std::vector<std::uint8_t>{}, "uint4");
    check(empty.scales.empty(), "no rows");
}

} // namespace

void check_quantize_masked() {
    check_type(singles);
    check_type(halves);
    check_type(brains);
    check_values();
    check_refusals();
}
