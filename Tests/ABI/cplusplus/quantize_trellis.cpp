#include "check.hpp"

#include <array>
#include <cmath>

namespace {

using quantcal::matrix_view;

constexpr std::array<float, 4> table{-1, 0, 0.5F, 1};
constexpr std::array<float, 1> one{1};

quantcal::quantize_trellis_options small() {
    quantcal::quantize_trellis_options options;
    options.code = QC_QUANTIZE_TRELLIS_TABLE;
    options.state_bits = 2;
    options.step_bits = 1;
    return options;
}

void check_path() {
    const std::array<float, 3> values{1, 0.5F, 0};
    const matrix_view view(values, 1, 3);
    const auto found = quantcal::quantize_trellis_encode(view, one, small(), table);
    check(found.codes == std::vector<std::uint8_t>{0xC0} && found.error == 0, "codes");
    const auto decoded = quantcal::quantize_trellis_decode(found.codes, one, 1, 3, small(), table);
    check(decoded == std::vector<float>(values.begin(), values.end()), "decoded");
    const std::array<float, 3> importance{0, 0, 0};
    const auto none = quantcal::quantize_trellis_encode(view, one, small(), table, importance);
    check(none.codes == std::vector<std::uint8_t>{0} && none.error == 0, "without importance");
}

void check_values_and_scales() {
    check(quantcal::quantize_trellis_values(small(), table) ==
              std::vector<float>(table.begin(), table.end()),
          "the numbers of a table");
    const auto computed = quantcal::quantize_trellis_values();
    check(computed.size() == 65536 && std::abs(computed[0] + 1.251687F) < 1e-6F, "1MAD");
    const auto layout = quantcal::quantize_trellis_layout(4, 256);
    check(layout.code_bytes == 256 && layout.group_count == 4, "the layout");
    const std::array<float, 2> values{3, -3};
    auto options = small();
    options.ratio = 1;
    const auto scales =
        quantcal::quantize_trellis_scales(matrix_view(values, 2, 1), options, table);
    check(scales == std::vector<float>{4, 4}, "scales");
}

void check_refusals() {
    const std::array<float, 3> values{1, 0.5F, 0};
    const matrix_view view(values, 1, 3);
    check_error([&] { quantcal::quantize_trellis_encode(view, one, small(), one); }, QC_ERR_SIZE,
                "table has 1 elements; 4 are needed");
    check_error([&] { quantcal::quantize_trellis_encode(view, values, small(), table); },
                QC_ERR_SIZE, "scales has 3 elements; 1 are needed");
    auto wrong = small();
    wrong.step_bits = 3;
    check_error([&] { quantcal::quantize_trellis_layout(1, 3, wrong); }, QC_ERR_OPTIONS,
                "step_bits is 3");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_trellis_encode(view, one, small(), table, {}, stop); },
        [](const auto &) { return true; }, "cancelled");
}

} // namespace

void check_quantize_trellis() {
    check_path();
    check_values_and_scales();
    check_refusals();
}
