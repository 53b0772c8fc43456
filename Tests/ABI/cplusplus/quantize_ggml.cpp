#include "check.hpp"

#include <array>

namespace {

/// Levels 8 and 9, and a scale of 2: zeros, and then twos.
std::vector<std::uint8_t> q4_0_block() {
    std::vector<std::uint8_t> block(18, 0x98);
    block[0] = 0;
    block[1] = 0x40;
    return block;
}

void check_layout() {
    const auto sizes = quantcal::quantize_ggml_layout(QC_QUANTIZE_GGML_Q6_K, 3, 512);
    check(sizes.block_length == 256 && sizes.block_bytes == 210, "block");
    check(sizes.row_bytes == 420 && sizes.bytes == 1260, "rows");
    check_error([] { quantcal::quantize_ggml_layout(QC_QUANTIZE_GGML_Q6_K, 3, 96); }, QC_ERR_SIZE,
                "Q8_0");
    check_error([] { quantcal::quantize_ggml_layout(4, 3, 96); }, QC_ERR_OPTIONS, "type is 4");
}

void check_decode() {
    const auto block = q4_0_block();
    const auto values = quantcal::quantize_ggml_decode(block, 1, 32, QC_QUANTIZE_GGML_Q4_0);
    check(values.size() == 32 && values[0] == 0 && values[15] == 0, "low nibbles");
    check(values[16] == 2 && values[31] == 2, "high nibbles");
    check_error([&] { quantcal::quantize_ggml_decode(block, 2, 32, QC_QUANTIZE_GGML_Q4_0); },
                QC_ERR_SIZE, "blocks has 18 elements; 36 are needed");
}

/// -8 makes the scale 1; the values are the levels less 8.
template <class T>
void check_encode(const std::array<T, 32> &values) {
    const quantcal::matrix_view view(values, 1, 32);
    const auto blocks = quantcal::quantize_ggml_encode(view, QC_QUANTIZE_GGML_Q4_0);
    std::vector<std::uint8_t> expected(18, 0x88);
    expected[0] = 0;
    expected[1] = 0x3c;
    expected[2] = 0x80;
    check(blocks == expected, "encoded");
    const std::vector<float> importance(32, 1);
    const auto weighted =
        quantcal::quantize_ggml_encode(view, QC_QUANTIZE_GGML_Q4_0, std::span(importance));
    const auto decoded = quantcal::quantize_ggml_decode(weighted, 1, 32, QC_QUANTIZE_GGML_Q4_0);
    check(decoded[0] < -7.99F && decoded[0] > -8.01F, "a scale to half precision");
    check_error(
        [&] {
            quantcal::quantize_ggml_encode(view, QC_QUANTIZE_GGML_Q4_0,
                                           std::span(importance).first(5));
        },
        QC_ERR_SIZE, "importance has 5 elements; 32 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_ggml_encode(view, QC_QUANTIZE_GGML_Q4_0, {}, {}, stop); },
        [](const auto &) { return true; }, "cancelled");
    check_error([&] { quantcal::quantize_ggml_encode(view, QC_QUANTIZE_GGML_Q4_K); }, QC_ERR_SIZE,
                "columns is 32");
}

} // namespace

void check_quantize_ggml() {
    check_layout();
    check_decode();
    check_encode<float>({-8});
    check_encode<quantcal::float16>({{{0xc800}}});
    check_encode<quantcal::bfloat16>({{{0xc100}}});
}
