#include "check.hpp"

#include <array>

void check_conformal_planning() {
    using namespace quantcal;
    const std::array<double, 2> values{0.5, 1};
    const auto coverage = conformal_coverage_law(2, 2, values);
    check(coverage.at_most == std::vector<double>{0.25, 1}, "the larger of two uniforms");
    check(coverage.at_least == std::vector<double>{0.75, 0}, "the other tail");

    const std::array<double, 3> levels{0, 0.25, 1};
    const auto quantiles = conformal_coverage_quantile(2, 3, levels);
    check(quantiles == std::vector<double>{1, 1, 1}, "the whole space");

    const std::array<std::size_t, 2> counts{0, 1};
    const auto covered = conformal_covered_law(1, 1, 1, counts);
    check(covered.pmf == std::vector<double>{0.5, 0.5}, "one score, one point");
    check(covered.at_most == std::vector<double>{0.5, 1}, "at most");
    check(covered.at_least == std::vector<double>{1, 0.5}, "at least");

    const std::array<double, 2> tails{0.005, 0.995};
    check(conformal_covered_quantile(99, 90, 1000, tails) == std::vector<std::size_t>{805, 964},
          "the central 99 per cent");
    check(conformal_pac_rank(100, 0.1, 0.05) == 96, "pac_rank");
    check(conformal_pac_sample_size(0.05, 0.05) == 59, "pac_sample_size");
    check(conformal_sample_size(0.1, 0.03, 0.05) == 374, "sample_size");
    check_throws<infeasible>([] { conformal_pac_sample_size(1e-9, 0.05); },
                             [](const auto &error) { return error.status() == QC_INFEASIBLE; },
                             "infeasible");
    check_error([&] { conformal_coverage_law(2, 4, values); }, QC_ERR_DOMAIN, "rank is 4");
}
