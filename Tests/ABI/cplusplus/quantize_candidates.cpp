#include "check.hpp"

#include <array>
#include <cmath>

namespace {

using quantcal::matrix_view;

quantcal::quantize_candidates_options sizes(std::size_t centres) {
    quantcal::quantize_candidates_options options;
    options.centres = centres;
    return options;
}

constexpr std::array<float, 3> books{9, 0, 3};

void check_training() {
    const std::array<float, 2> x{1, 3};
    const auto options = sizes(3);
    const auto found =
        quantcal::quantize_candidates_find(matrix_view<float>(x, 2, 1), books, options);
    check(found.candidates == std::vector<std::uint16_t>{1, 2, 2, 1}, "candidates");
    check(std::fabs(found.logits[0] - std::log(2.0F)) < 1e-6F && found.logits[1] == 0, "logits");
    const auto mixed = quantcal::quantize_candidates_mix(found, books, options);
    check(std::fabs(mixed.ratios[1] - 1.0F / 3) < 1e-6F && mixed.vectors[1] == 3, "mixtures");
    const auto slopes = quantcal::quantize_candidates_gradient(x, found, books, options);
    check(slopes.centres[0] == 0 && std::fabs(slopes.centres[2] - (3 + 1.0F / 3)) < 1e-5F,
          "gradients of centres");
    check(slopes.logits[2] == 0 && slopes.logits[3] == 0, "a settled vector");
    auto limit = options;
    limit.settled = 0.6;
    const auto settled = quantcal::quantize_candidates_settle(found, limit);
    check(settled.codes == std::vector<std::uint16_t>{1, 2} && settled.open == 0, "codes");
    check(quantcal::quantize_candidates_settle(found, options).open == 1, "an open vector");
}

void check_layer() {
    // Both to 0, or both to 1, would add their errors up.
    const std::array<float, 2> row{0.53125F, 0.4375F};
    const std::array<float, 4> hessian{1, 1, 1, 1};
    const std::array<float, 2> centres{0, 1};
    auto options = sizes(2);
    options.centre_step = 0;
    const auto found = quantcal::quantize_candidates_calibrate(matrix_view<float>(row, 1, 2),
                                                               hessian, centres, options);
    check(found.codes == std::vector<std::uint16_t>{1, 0}, "calibrated codes");
    check(std::fabs(found.objective - 0x1p-10) < 1e-9, "the objective");
}

void check_refusals() {
    const quantcal::code_candidates odd{{0, 1, 2}, {0, 0, 0}};
    check_error([&] { quantcal::quantize_candidates_settle(odd, sizes(3)); }, QC_ERR_SIZE,
                "candidates has 3 elements; 2 are needed");
    const quantcal::code_candidates wrong{{0, 3}, {0, 0}};
    check_error([&] { quantcal::quantize_candidates_mix(wrong, books, sizes(3)); }, QC_ERR_DOMAIN,
                "candidates[1] is 3");
}

} // namespace

void check_quantize_candidates() {
    check_training();
    check_layer();
    check_refusals();
}
