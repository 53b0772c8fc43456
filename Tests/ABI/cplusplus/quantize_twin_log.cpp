#include "check.hpp"

#include <array>

namespace {

using quantcal::bfloat16;
using quantcal::float16;
using quantcal::matrix_view;

/// 0.5, -0.25, 0 and 2 in each type; the logarithms are whole numbers from -3 and from -2 on.
constexpr std::array<float, 4> singles{0.5F, -0.25F, 0, 2};
constexpr std::array<float16, 4> halves{{{0x3800}, {0xb400}, {0}, {0x4000}}};
constexpr std::array<bfloat16, 4> brains{{{0x3f00}, {0xbe80}, {0}, {0x4000}}};
const std::vector<float> parameters{0, -3, 1, -2, 1};

template <class T>
void check_type(const std::array<T, 4> &values) {
    const matrix_view view(values, 1, 4);
    const auto codes = quantcal::quantize_twin_log_encode(view, parameters);
    check(codes == std::vector<std::uint8_t>{0x83, 0x50}, "places in the logarithm");
    const auto decoded = quantcal::quantize_twin_log_decode<T>(codes, parameters, 1, 4);
    const auto again =
        quantcal::quantize_twin_log_encode(matrix_view<T>(decoded, 1, 4), parameters);
    check(again == codes, "decoded and encoded again");
    check(quantcal::quantize_twin_log_fit(view).size() == 5, "five parameters");
}

} // namespace

void check_quantize_twin_log() {
    check_type(singles);
    check_type(halves);
    check_type(brains);
    const matrix_view view(singles, 1, 4);
    const std::vector<std::uint8_t> codes{0x83, 0x50};
    check(quantcal::quantize_twin_log_decode(codes, parameters, 1, 4) ==
              std::vector<float>{0.5F, -0.25F, 0, 2},
          "numbers");
    quantcal::quantize_twin_log_options options;
    options.bits = 2;
    check_error([&] { quantcal::quantize_twin_log_fit(view, options); }, QC_ERR_OPTIONS,
                "bits is 2");
    check_error(
        [&] {
            quantcal::quantize_twin_log_encode(view, std::vector<float>{1, 2});
        },
        QC_ERR_SIZE, "parameters has 2 elements; 5 are needed");
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_twin_log_fit(view, {}, [](double) { return false; }); },
        [](const auto &) { return true; }, "cancelled");
}
