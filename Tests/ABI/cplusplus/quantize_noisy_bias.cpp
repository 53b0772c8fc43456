#include "check.hpp"

#include <cmath>

void check_quantize_noisy_bias() {
    const std::vector<float> values(64 * 16, 0.45F), weights(16, 1), bias{2};
    const quantcal::matrix_view<float> inputs(values, 64, 16), layer(weights, 1, 16);
    const auto noisy = quantcal::quantize_noisy_bias(inputs, layer, bias, "int8", 1);
    check(noisy.amplitude > 0 && noisy.error < noisy.plain_error, "noise helps between levels");
    double shift = 0;
    for (const float n : noisy.noise) {
        shift += n;
    }
    check(noisy.bias.size() == 1 && std::abs(noisy.bias[0] + shift - 2) < 1e-5, "taken off again");
    const std::vector<float> whole(64 * 16, 3);
    const auto plain = quantcal::quantize_noisy_bias(quantcal::matrix_view<float>(whole, 64, 16),
                                                     layer, {}, "int8", 1);
    check(plain.amplitude == 0 && plain.scale == 1, "and not on them");
    check_error([&] { quantcal::quantize_noisy_bias(inputs, layer, bias, "nf4", 1); },
                QC_ERR_OPTIONS, "kind is 9");
    check_error(
        [&] {
            quantcal::quantize_noisy_bias(inputs, quantcal::matrix_view<float>(weights, 2, 8), bias,
                                          "int8", 1);
        },
        QC_ERR_SIZE, "a row of weights has 8");
}
