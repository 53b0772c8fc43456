#include "check.hpp"

#include <array>
#include <limits>

void check_conformal_abstention() {
    using namespace quantcal;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::array<double, 5> uncertainties{3, 1, 2, 2, 4};
    const std::array<std::uint8_t, 5> wrong{1, 0, 0, 1, 1};

    const auto curve = conformal_abstention_curve<double>(uncertainties, wrong);
    check(curve.thresholds == std::vector<double>{-infinity, 1, 2, 3, 4}, "thresholds");
    check(curve.answered == std::vector<std::size_t>{0, 1, 3, 4, 5}, "answered");
    check(curve.answered_wrong == std::vector<std::size_t>{0, 0, 1, 2, 3}, "answered, wrong");

    const auto youden = conformal_abstention_threshold<double>(uncertainties, wrong);
    check(youden.threshold == 2 && youden.answered == 3 && youden.answered_wrong == 1, "Youden");
    const std::array<float, 5> single{3, 1, 2, 2, 4};
    check(conformal_abstention_curve<float>(single, wrong).answered == curve.answered,
          "answered, f32");
    check(conformal_abstention_threshold<float>(single, wrong, QC_CONFORMAL_ABSTENTION_ABSTENTIONS,
                                                0.2)
                  .threshold == 3,
          "one of five");
    const std::array<std::uint8_t, 5> none{};
    check_throws<infeasible>([&] { conformal_abstention_threshold<double>(uncertainties, none); },
                             [](const auto &error) { return error.status() == QC_INFEASIBLE; },
                             "none is wrong");
    check_error(
        [&] { conformal_abstention_curve<double>(uncertainties, std::span(wrong).first(2)); },
        QC_ERR_SIZE, "wrong");

    const std::array<std::int32_t, 5> sizes{2, 1, 0, 3, 1};
    const auto decisions = conformal_abstention_decisions<double>(uncertainties, sizes, 1, 3);
    check(decisions == std::vector<std::uint8_t>{2, 1, 0, 2, 0}, "decisions");
    check(conformal_abstention_decisions<float>(single, {}, 1, 3) ==
              std::vector<std::uint8_t>{2, 1, 2, 2, 0},
          "without sizes");
    const auto summary = conformal_abstention_summarize(decisions, wrong, wrong);
    check(summary.abstained == 2 && summary.singles == 1 && summary.singles_right == 0 &&
              summary.sets == 2 && summary.sets_right == 2,
          "summary");
}
