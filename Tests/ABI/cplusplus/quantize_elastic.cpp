#include "check.hpp"

void check_quantize_elastic() {
    /* -3.5, -0.5, 0.5 and 2.5 in three bits: 0, 3, 4 and 6. */
    const std::vector<std::uint8_t> codes{0x18, 0x0d};
    const std::vector<float> scales{1};
    const auto fewer = quantcal::quantize_elastic(codes, scales, 1, 4, 3, 2);
    check(fewer.codes == std::vector<std::uint8_t>{0xe4}, "the leading bits");
    check(fewer.scales == std::vector<float>{2}, "the scale");
    quantcal::quantize_elastic_options options;
    options.refit = 1;
    const auto fitted = quantcal::quantize_elastic(codes, scales, 1, 4, 3, 2, options);
    /* (3.5 * 1.5 + 0.5 * 0.5 + 0.5 * 0.5 + 2.5 * 1.5) / (1.5^2 + 0.5^2 + 0.5^2 + 1.5^2) */
    check(fitted.codes == fewer.codes && fitted.scales == std::vector<float>{1.9F},
          "least squares");
    check_error([&] { quantcal::quantize_elastic(codes, scales, 1, 4, 3, 4); }, QC_ERR_DOMAIN,
                "fewer_bits is 4");
    check_error([&] { quantcal::quantize_elastic(codes, scales, 1, 9, 3, 2); }, QC_ERR_SIZE,
                "codes has 2 elements; 4 are needed");
    check_throws<quantcal::cancelled>(
        [&] {
            quantcal::quantize_elastic(codes, scales, 1, 4, 3, 2, {}, [](double) { return false; });
        },
        [](const auto &) { return true; }, "cancelled");
}
