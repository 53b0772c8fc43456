#include "check.hpp"

#include <cmath>

void check_quantize_training() {
    const std::vector<float> values{0.05F, -0.05F, 0.1F, 0}, scales{0.5F, 2}, ones(4, 1);
    const quantcal::matrix_view<float> view(values, 2, 2);
    const auto binary = quantcal::quantize_periodic(view, scales, ones);
    check(binary.quantized == std::vector<float>{0.5F, -0.5F, 2, 2}, "signs times scales");
    check(binary.value_gradients.size() == 4 && binary.scale_gradients.size() == 2, "gradients");
    check(binary.penalty > 0, "the penalty");
    quantcal::quantize_periodic_options wave;
    wave.is_binary = 0;
    const auto plain = quantcal::quantize_periodic(view, scales, {}, wave);
    check(std::abs(plain.quantized[0] - 0.5 * std::sin(1.5)) < 1e-6, "the sine");
    check(plain.value_gradients.empty(), "no gradients without upstream ones");
    wave.frequency = 0;
    check_error([&] { quantcal::quantize_periodic(view, scales, {}, wave); }, QC_ERR_OPTIONS,
                "frequency is 0");
    quantcal::quantize_rotation_options blocks;
    blocks.block = 2;
    const auto turned = quantcal::quantize_rotate(view, quantcal::rotation::forward, blocks);
    const auto back = quantcal::quantize_rotate(quantcal::matrix_view<float>(turned, 2, 2),
                                                quantcal::rotation::inverse, blocks);
    for (std::size_t i = 0; i < 4; i++) {
        check(std::abs(back[i] - values[i]) < 1e-7, "there and back");
    }
    std::vector<float> spiked(64, 0.5F);
    for (std::size_t i = 0; i < 64; i++) {
        spiked[i] = static_cast<float>(std::sin(static_cast<double>(i)));
    }
    spiked[5] = 50;
    const quantcal::matrix_view<float> row(spiked, 1, 64);
    const auto choice = quantcal::quantize_rotation_choose(row, row, "int4", "int4");
    check(choice.rotates && choice.rotated_error < choice.plain_error, "outliers are spread");
    check_throws<quantcal::cancelled>(
        [&] {
            quantcal::quantize_rotation_choose(row, row, "int4", "int4", {},
                                               [](double) { return false; });
        },
        [](const auto &) { return true; }, "cancelled");
}
