#include "check.hpp"

#include <array>
#include <cmath>

namespace {

using quantcal::bfloat16;
using quantcal::float16;
using quantcal::matrix_view;
using quantcal::quantize_grid;

/// 1, -1/2, 6 and 0 in each type.
constexpr std::array<float, 4> singles{1, -0.5F, 6, 0};
constexpr std::array<float16, 4> halves{{{0x3c00}, {0xb800}, {0x4600}, {0x0000}}};
constexpr std::array<bfloat16, 4> brains{{{0x3f80}, {0xbf00}, {0x40c0}, {0x0000}}};

bool same(float a, float b) { return a == b; }
bool same(float16 a, float16 b) { return a.bits == b.bits; }
bool same(bfloat16 a, bfloat16 b) { return a.bits == b.bits; }

/// All of them are levels of e2m1.
template <class T>
void check_round_trip(const std::array<T, 4> &values) {
    const matrix_view view(values, 2, 2);
    const auto scales = quantcal::quantize_grid_scales(view, "e2m1fn");
    check(scales == std::vector<float>{1.0F / 6, 1}, "scales");
    const std::vector<float> ones{1, 1};
    const auto codes = quantcal::quantize_grid_encode(view, "e2m1fn", ones);
    check(codes == std::vector<std::uint8_t>{0x92, 0x07}, "codes");
    const auto decoded = quantcal::quantize_grid_decode<T>(codes, ones, {}, 2, 2, "e2m1fn");
    for (std::size_t i = 0; i < values.size(); i++) {
        check(same(decoded[i], values[i]), "decoded");
    }
    const std::vector<float> zeros{1, 0};
    const auto moved = quantcal::quantize_grid_encode(view, "e2m1fn", ones, zeros);
    check(moved == std::vector<std::uint8_t>{0x14, 0x07}, "moved by a zero point");
    const auto back = quantcal::quantize_grid_decode<T>(moved, ones, zeros, 2, 2, "e2m1fn");
    check(same(back[0], values[0]) && same(back[1], values[1]), "moved back");
}

void check_grids() {
    check(quantcal::quantize_grid_levels("ternary")[3] == -1, "ternary");
    check(std::isnan(quantcal::quantize_grid_levels("e4m3fn")[0x7f]), "NaN");
    check(quantcal::quantize_grid_levels(std::string("nf4"))[15] == 1, "nf4");
    const std::array<float, 3> levels{2, -1, 5};
    quantize_grid book("nf4");
    book.bits = 2;
    book.levels = levels.data();
    book.level_count = levels.size();
    const auto codes =
        quantcal::quantize_grid_encode(matrix_view(singles, 1, 4), book, std::vector<float>{1});
    check(codes == std::vector<std::uint8_t>{0b01'10'01'00}, "a code book");
    const auto sizes = quantcal::quantize_grid_layout(book, 3, 300);
    check(sizes.code_bytes == 225 && sizes.group_count == 9, "layout");
}

void check_training() {
    const std::array<float, 5> values{-3, -0.4F, 0.26F, 0.6F, 2.2F};
    const matrix_view<float> view(values, 1, 5);
    quantize_grid grid("int3");
    grid.is_narrow = 0;
    const std::vector<float> step{0.5F};
    const auto sides = quantcal::quantize_grid_neighbours(view, grid, step);
    check(sides.lower == std::vector<std::uint8_t>{4, 7, 0, 1, 3}, "lower");
    check(sides.upper == std::vector<std::uint8_t>{4, 0, 1, 2, 3}, "upper");
    const std::vector<float> ones(5, 1);
    const auto fake = quantcal::quantize_grid_fake(view, grid, step, {}, ones);
    check(fake.quantized == std::vector<float>{-2, -0.5F, 0.5F, 0.5F, 1.5F}, "quantized");
    check(fake.value_gradients == std::vector<float>{0, 1, 1, 1, 0}, "gradients of values");
    check(std::abs(fake.scale_gradients[0] + 0.92F) < 1e-6F, "the gradient of the scale");
    const auto bare = quantcal::quantize_grid_fake(view, grid, step);
    check(bare.quantized == fake.quantized && bare.scale_gradients.empty(), "without gradients");
}

void check_refusals() {
    check_error([] { quantize_grid grid("e9m9"); }, QC_ERR_OPTIONS, "name is \"e9m9\"");
    quantize_grid grid;
    grid.bits = 9;
    check_error([&] { quantcal::quantize_grid_levels(grid); }, QC_ERR_OPTIONS, "bits is 9");
    const matrix_view view(singles, 2, 2);
    check_error([&] { quantcal::quantize_grid_encode(view, "int4", std::vector<float>{1}); },
                QC_ERR_SIZE, "scales has 1 elements; 2 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_grid_scales(view, "int4", {}, stop); },
        [](const auto &) { return true; }, "cancelled");
}

} // namespace

void check_quantize_grid() {
    check_round_trip(singles);
    check_round_trip(halves);
    check_round_trip(brains);
    check_grids();
    check_training();
    check_refusals();
}
