#include "check.hpp"

#include <array>
#include <cmath>
#include <limits>

void check_conformal_risk() {
    using namespace quantcal;
    const std::array<double, 6> losses{1, 0.5, 0, 1, 0, 0};
    const matrix_view view(losses, 2, 3);
    const auto control = conformal_risk_control(view, 1, 0.5);
    check(control.index == 1, "the first that is small enough");
    check(control.bounds == std::vector<double>{1, 0.5, 1.0 / 3}, "bounds");
    check_throws<infeasible>([&] { conformal_risk_control(view, 1, 0.3); },
                             [](const auto &error) { return error.status() == QC_INFEASIBLE; },
                             "none is valid");
    const std::array<double, 2> rising{0, 1};
    check(conformal_risk_control(matrix_view(rising, 1, 2), 1, 1, true).index == 0, "monotonized");

    const std::array<double, 3> positions{3, 1, 2};
    check(conformal_risk_steps(positions, {}, 3, 1, 0.5) == 2, "the second of three");
    check(conformal_risk_steps(positions, {}, 3, 1, 1) == -std::numeric_limits<double>::infinity(),
          "all are valid");
    check_error([&] { conformal_risk_steps(positions, rising, 3, 1, 0.5); }, QC_ERR_SIZE, "drops");

    const std::array<double, 1> risks{0.05};
    const double p = conformal_risk_p_values(risks, 100, 0.1, QC_CONFORMAL_RISK_BINOMIAL)[0];
    check(std::abs(p - 0.05758) < 5e-6, "binomial");
    check(std::abs(conformal_risk_p_values(risks, 100, 0.1)[0] - 0.15651) < 5e-6, "the default");

    const std::array<double, 3> values{0.01, 0.03, 0.02};
    const auto holm = conformal_risk_select(values, 0.05);
    check(holm.count == 3 && holm.selected == std::vector<std::uint8_t>{1, 1, 1}, "Holm");
    const auto bonferroni = conformal_risk_select(values, 0.05, QC_CONFORMAL_RISK_BONFERRONI);
    check(bonferroni.selected == std::vector<std::uint8_t>{1, 0, 0}, "Bonferroni");
    const std::array<double, 3> weights{1, 0, 0};
    const std::array<double, 9> chain{0, 1, 0, 0, 0, 1, 0, 0, 0};
    const auto graph = conformal_risk_graph(values, weights, matrix_view(chain, 3, 3), 0.025);
    check(graph.count == 1 && graph.selected == std::vector<std::uint8_t>{1, 0, 0}, "a chain");
    check(conformal_risk_best(holm.selected, values) == 0, "the cheapest");
    check(conformal_risk_best(std::array<std::uint8_t, 2>{0, 1}) == 1, "the first");
}
