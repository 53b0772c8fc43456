#include "check.hpp"

#include <array>
#include <cmath>

void check_conformal_distribution() {
    using namespace quantcal;
    const std::array<double, 4> residuals{-2, -1, 1, 4};
    const std::array<double, 1> mean{10};
    const std::array<double, 1> scale{2};
    const std::array<double, 1> y{11};

    const std::array<double, 2> thresholds{11, 12};
    const auto band = conformal_distribution_cdf(residuals, mean, thresholds, scale, 7);
    check(band.lower == std::vector<double>{0.4, 0.4}, "two residuals below");
    check(band.upper == std::vector<double>{0.6, 0.8}, "and one at the second");
    const auto where = conformal_distribution_pit(residuals, mean, y, scale, 7);
    check(where.lower.at(0) == 0.4 && where.upper.at(0) == 0.6, "the band at the outcome");
    check(where.pit.at(0) == band.smoothed.at(0), "the same draw");

    const std::array<double, 2> levels{0.1, 0.5};
    const auto quantiles = conformal_distribution_quantile(residuals, mean, levels, scale);
    check(quantiles.lower == std::vector<double>{-INFINITY, 8}, "lower quantiles");
    check(quantiles.upper == std::vector<double>{6, 12}, "upper quantiles");

    check(conformal_distribution_crps(residuals, mean, y, scale) == std::vector<double>{1.5},
          "crps");
    const std::array<double, 2> centres{10, 20};
    const std::array<std::int64_t, 4> of_residuals{5, 5, -1, 5};
    const std::array<std::int64_t, 2> of_predictions{-1, 5};
    const conformal_distribution_groups groups{of_residuals, of_predictions};
    const auto medians =
        conformal_distribution_quantile(residuals, centres, std::array{0.5}, {}, groups);
    check(medians.lower == std::vector<double>{11, 19}, "medians of groups");
    check(conformal_distribution_crps(residuals, centres, centres, {}, groups).at(0) == 1,
          "one residual: the distance");
    check(conformal_distribution_pit(residuals, centres, centres, {}, 7, groups).upper ==
              std::vector<double>{0.5, 0.75},
          "p-values in groups");
    check(conformal_distribution_cdf(residuals, centres, y, {}, 7, groups).lower ==
              std::vector<double>{0, 0},
          "bands in groups");
    check_error(
        [&] {
            conformal_distribution_crps(residuals, mean, y, {},
                                        {of_residuals, std::span(of_predictions).first(0)});
        },
        QC_ERR_SIZE, "groups.predictions has 0");
    const std::array<float, 2> singles{0, 1};
    const std::array<float, 1> centre{3};
    const std::array<float, 1> outcome{5};
    check(conformal_distribution_crps(singles, centre, outcome) == std::vector<float>{1.25},
          "crps without scales");
    check(conformal_distribution_cdf(singles, centre, outcome).upper == std::vector<float>{1},
          "single precision: both below");
    check(conformal_distribution_pit(singles, centre, outcome).lower ==
              std::vector<float>{2.0F / 3},
          "the transform");
    const std::array<double, 1> half{0.5};
    check(conformal_distribution_quantile(singles, centre, half).upper == std::vector<float>{4},
          "and the median");
    const std::array<double, 2> two{1, 1};
    check_error([&] { conformal_distribution_crps(residuals, mean, y, two); }, QC_ERR_SIZE,
                "scale has 2");
}
