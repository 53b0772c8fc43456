#include "check.hpp"

#include <algorithm>
#include <array>

namespace {

using quantcal::bfloat16;
using quantcal::float16;

/// 0, 1, ..., 7 in each type.
constexpr std::array<float, 8> singles{0, 1, 2, 3, 4, 5, 6, 7};
constexpr std::array<float16, 8> halves{
    {{0x0000}, {0x3c00}, {0x4000}, {0x4200}, {0x4400}, {0x4500}, {0x4600}, {0x4700}}};
constexpr std::array<bfloat16, 8> brains{
    {{0x0000}, {0x3f80}, {0x4000}, {0x4040}, {0x4080}, {0x40a0}, {0x40c0}, {0x40e0}}};

bool same(float a, float b) { return a == b; }
bool same(float16 a, float16 b) { return a.bits == b.bits; }
bool same(bfloat16 a, bfloat16 b) { return a.bits == b.bits; }

template <class T>
bool equal(std::span<const T> a, std::span<const T> b) {
    return std::ranges::equal(a, b, [](T one, T other) { return same(one, other); });
}

/// With the scale 1 the codes are the values.
template <class T>
void check_round_trip(const std::array<T, 8> &values) {
    const quantcal::matrix_view view(values, 2, 4);
    quantcal::quantize_integer_options options;
    options.granularity = QC_QUANTIZE_PER_TENSOR;
    const auto symmetric = quantcal::quantize_integer_encode(view, options);
    check(symmetric.codes == std::vector<std::uint8_t>{0x10, 0x32, 0x54, 0x76}, "codes");
    check(symmetric.scales == std::vector<float>{1}, "scales");
    check(symmetric.zeros.empty(), "a symmetric scheme has no zero points");
    const std::vector<T> decoded = quantcal::quantize_integer_decode<T>(symmetric);
    check(equal<T>(decoded, values), "decoded");

    options.bits = 3;
    options.scheme = QC_QUANTIZE_AFFINE;
    const auto affine = quantcal::quantize_integer_encode(view, options);
    check(affine.zeros == std::vector<std::uint8_t>{0}, "zeros");
    check(equal<T>(quantcal::quantize_integer_decode<T>(affine), values), "decoded, affine");
}

void check_layout() {
    const auto sizes = quantcal::quantize_integer_layout(3, 300);
    check(sizes.code_bytes == 450 && sizes.group_count == 9, "layout");
    quantcal::quantize_integer_options options;
    options.bits = 9;
    check_error([&] { quantcal::quantize_integer_layout(3, 300, options); }, QC_ERR_OPTIONS,
                "bits is 9");
}

void check_refusals() {
    const quantcal::matrix_view view(singles, 2, 4);
    std::vector<std::uint8_t> codes(3);
    std::vector<float> scales(2);
    check_error([&] { quantcal::quantize_integer_encode_into(view, {}, codes, scales, {}); },
                QC_ERR_SIZE, "codes has 3 elements; 4 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>([&] { quantcal::quantize_integer_encode(view, {}, stop); },
                                      [](const auto &) { return true; }, "cancelled");
    auto matrix = quantcal::quantize_integer_encode(view);
    check_throws<quantcal::cancelled>([&] { quantcal::quantize_integer_decode(matrix, stop); },
                                      [](const auto &) { return true; }, "cancelled");
    matrix.scales.clear();
    check_error([&] { quantcal::quantize_integer_decode(matrix); }, QC_ERR_SIZE,
                "scales has 0 elements; 2 are needed");
}

void check_packing() {
    const std::vector<std::uint8_t> unpacked{1, 0, 1, 1, 0, 0, 0, 1, 1};
    const auto packed = quantcal::quantize_pack(quantcal::matrix_view(unpacked, 1, 9), 1, false);
    check(packed == std::vector<std::uint8_t>{0b10001101, 1}, "pack");
    check(quantcal::quantize_unpack(packed, 1, 9, 1, false) == unpacked, "unpack");
    check(quantcal::quantize_unpack(packed, 1, 9, 1, true)[0] == 0xff, "a sign is extended");
    check_error([&] { quantcal::quantize_unpack(packed, 1, 9, 0, false); }, QC_ERR_DOMAIN,
                "bits is 0");
    check_error([&] { quantcal::quantize_unpack(packed, 2, 9, 1, false); }, QC_ERR_SIZE,
                "packed has 2 elements; 4 are needed");
    check_error([&] { quantcal::quantize_pack(quantcal::matrix_view(unpacked, 1, 9), 9, false); },
                QC_ERR_DOMAIN, "bits is 9");
}

} // namespace

void check_quantize_integer() {
    check_round_trip(singles);
    check_round_trip(halves);
    check_round_trip(brains);
    check_layout();
    check_refusals();
    check_packing();
}
