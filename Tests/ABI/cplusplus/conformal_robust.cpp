#include "check.hpp"

#include <cmath>

namespace {

template <class T>
void check_type() {
    using namespace quantcal;
    const std::vector<T> draws{0, 1, 0, 0, 1, 1, 1, 0.5};
    const auto scores = conformal_smoothed_scores<T>(matrix_view(draws, 2, 4));
    check(scores.means == std::vector<double>{0.25, 0.875} && scores.draws == 4, "means");
    check(scores.variances == std::vector<double>{0.25, 0.0625}, "variances");
    const auto more = conformal_smoothed_scores<T>(matrix_view(draws, 2, 4), scores);
    check(more.means == scores.means && more.draws == 8, "draws in parts");

    conformal_transform_options options;
    options.steepness = 1;
    options.centre = 0.5;
    const std::vector<T> reference{2, 1}, values{1.5, 0};
    const auto transformed = conformal_transformed_scores<T>(values, reference, options);
    check(transformed[0] == T(0.5) && transformed[1] < T(0.5), "transformed");
    check_error([&] { conformal_transformed_scores<T>(values, {}, options); }, QC_ERR_SIZE,
                "m is 0");
}

} // namespace

void check_conformal_robust() {
    using namespace quantcal;
    check_type<double>();
    check_type<float>();
    conformal_robust_options options;
    options.correction = QC_CONFORMAL_EXACT_MEANS;
    options.radius = 0.5;
    const std::vector<double> means{0, 0.3, 1};
    const auto bounds = conformal_robust_bounds(means, {}, 1, options);
    check(bounds[0] == 0 && bounds[2] == 1, "0 and 1 stay");
    check(std::abs(bounds[1] - 0.15282) < 1e-5, "the attack");
    options.correction = QC_CONFORMAL_EMPIRICAL_BERNSTEIN;
    const smoothed_scores smoothed{{0.5}, {0.25}, 1000};
    check(conformal_robust_bounds(smoothed, options)[0] < 0.31, "the draws and the attack");
    check_error([&] { conformal_robust_bounds(means, {}, 10, options); }, QC_ERR_NULL_POINTER,
                "variances");

    const std::vector<double> scores{0.1, 0.2, 0.3, 0.4};
    const double threshold = conformal_robust_threshold(scores, 256, 0.5);
    check(std::abs(threshold - 0.3 - 0.11615) < 1e-5, "the threshold");
    check_error([&] { conformal_robust_threshold(scores, 256, 0.002); }, QC_INFEASIBLE, "alpha");
}
