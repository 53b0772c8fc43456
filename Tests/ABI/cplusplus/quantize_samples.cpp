#include "check.hpp"

#include <array>
#include <numeric>

void check_quantize_samples() {
    const std::vector<double> statistics{1, 2, 3, 4, 100};
    const quantcal::matrix_view<double> column(statistics, 5, 1);
    check(quantcal::quantize_samples_filter(column) == std::vector<std::uint8_t>{1, 1, 1, 1, 0},
          "one is far off");
    const std::array<std::int64_t, 5> categories{1, 1, 1, 1, 2};
    check(quantcal::quantize_samples_filter(column, categories) == std::vector<std::uint8_t>(5, 1),
          "of a category of its own");

    const std::vector<float> line{0, 1, 2, 50, 51};
    const quantcal::matrix_view<float> features(line, 5, 1);
    quantcal::quantize_samples_options options;
    options.radius = 1;
    check(quantcal::quantize_samples_select(features, 3, {}, options) ==
              std::vector<std::size_t>{1, 4, 0},
          "dense, then far");
    const std::array<std::uint8_t, 5> kept{1, 0, 1, 0, 1};
    options.method = QC_QUANTIZE_SAMPLES_CLUSTERS;
    check(quantcal::quantize_samples_select(features, 3, kept, options) ==
              std::vector<std::size_t>{0, 2, 4},
          "all that are there");
    check_error([&] { quantcal::quantize_samples_select(features, 6); }, QC_ERR_SIZE,
                "choose is 6");
    bool is_called = false;
    quantcal::quantize_samples_select(features, 2, {}, {}, [&](double) {
        is_called = true;
        return true;
    });
    check(is_called, "progress");

    const auto found = quantcal::quantize_samples_allocate(features, 100);
    check(std::accumulate(found.counts.begin(), found.counts.end(), std::size_t{0}) == 100,
          "as many as wanted");
    check(found.weights.size() == 5 && found.weights[0] >= 0, "weights");

    check(quantcal::quantize_samples_steps(50, 4) == std::vector<std::size_t>{0, 12, 25, 37},
          "equal distances");
    options.draw = QC_QUANTIZE_STEPS_UNIFORM;
    for (const std::size_t step : quantcal::quantize_samples_steps(9, 100, options)) {
        check(step < 9, "below their number");
    }
}
