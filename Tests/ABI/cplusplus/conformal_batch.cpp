#include "check.hpp"

#include <array>
#include <limits>

void check_conformal_batch() {
    using namespace quantcal;
    const double infinity = std::numeric_limits<double>::infinity();
    const std::array<double, 4> scores{0.5, 0.1, 0.3, 0.2};
    const std::array<float, 4> singles{0.5F, 0.125F, 0.25F, 0.375F};
    check(conformal_order_statistic(scores, 2) == 0.2, "the second of four");
    check(conformal_order_statistic(scores, 0) == -infinity, "rank 0");
    check(conformal_order_statistic(singles, 5) == std::numeric_limits<float>::infinity(),
          "rank n + 1");

    const std::array<std::size_t, 2> ranks{1, 2};
    const auto law = conformal_batch_law(1, 1, 1, ranks);
    check(law.pmf == std::vector<double>{0.5, 0.5}, "one score, one point");
    check(law.at_most == std::vector<double>{0.5, 1}, "at most");
    check(law.at_least == std::vector<double>{1, 0.5}, "at least");

    check(conformal_batch_rank(200, 40, 20, 0, 0.05).upper == 127, "the median of forty");
    const auto bounds = conformal_batch_rank(100, 10, 2, 0.1, 0);
    check(bounds.lower == 5 && bounds.upper == 101, "two false selections");
    const auto bracket = conformal_batch_bracket(100, 20, 5, 15, 0.1);
    check(bracket.lower == 9 && bracket.upper == 88, "two quantiles");
    check(bracket.probability > 0.9 && bracket.probability < 0.92, "their probability");

    check(conformal_batch_rank_sum(10, 5, 0.1) == 36, "rank_sum");
    check(conformal_batch_mean(scores, 3, 0) == 0.1, "the smallest");
    check(conformal_batch_mean(scores, 3, 8) == infinity, "no bound of the scores");
    check(conformal_batch_mean(singles, 1, 4, 2.0F) == 2.0F, "a bound of the scores");
    check_error([&] { conformal_batch_mean(scores, 3, 8, 0.25); }, QC_ERR_DOMAIN, "scores[0]");
    check_error([] { conformal_batch_rank(5, 3, 4, 0.1, 0.1); }, QC_ERR_DOMAIN, "zeta is 4");
}
