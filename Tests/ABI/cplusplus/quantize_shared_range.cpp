#include "check.hpp"

#include <array>

void check_quantize_shared_range() {
    quantcal::quantize_layers layers{{2, 2}, {1, 1}, {1, 1}, {0}};
    const std::array<float, 2> scales{1, 3}, zeros{4, 8};
    const auto common = quantcal::quantize_reparameterize(scales, zeros, layers);
    check(common.scale == 2 && common.zero == 6, "the mean of two");
    check(layers.gamma[0] == 4 && layers.weights == std::vector<float>{0.5F, 1.5F}, "folded");
    // h is (6 - 4) 2 and (6 - 8) 2.
    check(layers.beta[0] == -2 && layers.bias[0] == 2 - 6, "moved");
    quantcal::quantize_reparameterize_options median;
    median.common = QC_QUANTIZE_COMMON_MEDIAN;
    quantcal::quantize_layers plain{{2, 2}, {}, {1, 1}, {}};
    check(quantcal::quantize_reparameterize(scales, {}, plain, median).scale == 1, "the median");
    check_error([&] { quantcal::quantize_reparameterize(scales, zeros, plain); }, QC_ERR_SIZE,
                "beta has 0");
    const std::array<double, 3> low{-1, -9, -2}, high{1, 9, 1};
    const auto groups = quantcal::quantize_range_groups(low, high, 2);
    check(groups.group_of == std::vector<std::size_t>{0, 1, 0}, "those that are alike");
    check(groups.minimum == std::vector<double>{-2, -9}, "what they hold");
    check(groups.maximum == std::vector<double>{1, 9}, "to both sides");
    const std::array<double, 3> calibrated{0, 5, 10};
    check(quantcal::quantize_step_places(calibrated, high) == std::vector<std::size_t>{0, 2, 0},
          "the nearest step");
}
