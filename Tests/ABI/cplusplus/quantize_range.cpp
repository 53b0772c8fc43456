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
    const auto plain = quantcal::quantize_range(view, "int3");
    check(plain.scales == std::vector<float>{2} && plain.zeros.empty(), "min-max");
    const auto moved = quantcal::quantize_range(view, "uint2", "min_max", zero_points::wanted);
    check(moved.scales == std::vector<float>{3} && moved.zeros == std::vector<float>{1}, "moved");
    const auto ocp = quantcal::quantize_range(view, "e2m1fn", "power_of_two");
    check(ocp.scales == std::vector<float>{1}, "a power of two");
    quantcal::quantize_range_rule rule("percentile");
    rule.percentile = 50;
    rule.definition = QC_QUANTIZE_PERCENTILE_HIGHER;
    check(quantcal::quantize_range(view, "ternary", rule).scales == std::vector<float>{3},
          "a percentile");
}

void check_importance() {
    /* The first column does not count: 3 is the level to hit. */
    const std::array<float, 4> weights{0, 1, 1, 1};
    const auto found = quantcal::quantize_range(matrix_view(singles, 1, 4), "ternary",
                                                "least_squares", zero_points::none, weights);
    check(found.scales == std::vector<float>{3}, "importance");
}

void check_refusals() {
    const matrix_view view(singles, 1, 4);
    check_error([] { quantcal::quantize_range_rule rule(std::string("best")); }, QC_ERR_OPTIONS,
                "name is \"best\"");
    check_error([&] { quantcal::quantize_range(view, "int4", "half_quadratic"); },
                QC_ERR_NULL_POINTER, "zeros is NULL");
    const std::array<float, 3> weights{1, 1, 1};
    check_error([&] { quantcal::quantize_range(view, "int4", "mse", zero_points::none, weights); },
                QC_ERR_SIZE, "importance has 3 elements; 4 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_range(view, "int4", "mse", zero_points::none, {}, {}, stop); },
        [](const auto &) { return true; }, "cancelled");
    const std::vector<float> nothing;
    const auto empty = quantcal::quantize_range(matrix_view<float>(nothing, 0, 4), "uint4",
                                                "half_quadratic", zero_points::wanted);
    check(empty.scales.empty() && empty.zeros.empty(), "no rows");
}

} // namespace

void check_quantize_range() {
    check_type(singles);
    check_type(halves);
    check_type(brains);
    check_importance();
    check_refusals();
}
