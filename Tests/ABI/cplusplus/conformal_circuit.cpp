#include "check.hpp"

#include <cmath>

void check_conformal_circuit() {
    using namespace quantcal;
    const std::vector<double> leaves{0.6, 0.2};
    const matrix_view row(leaves, 1, 2);
    const std::vector<knowledge_rule> rules{{0, 1, 2}};
    const auto corrected = conformal_circuit_probabilities(row, rules);
    check(std::abs(corrected[0] - 0.316194) < 1e-6, "a class that its attribute speaks against");
    const auto mixed = conformal_circuit_probabilities(row, rules, 1, std::vector<double>{1, 1});
    check(std::abs(mixed[0] - (corrected[0] + 0.6) / 2) < 1e-15, "a mixture with the leaf itself");
    const std::vector<knowledge_rule> exclusion{{0, knowledge_rule::negated(1), 2, 1}};
    const auto second = conformal_circuit_probabilities(row, exclusion, 2);
    check(second[0] < 0.6 && second[0] > 0.5, "the first circuit has no rules");

    const std::vector<double> low{0.5, 0.1}, high{0.7, 0.3};
    const auto bounds =
        conformal_circuit_bounds(matrix_view(low, 1, 2), matrix_view(high, 1, 2), rules);
    check(std::abs(bounds.lower[0] - 0.181537) < 1e-6 &&
              std::abs(bounds.upper[0] - 0.479451) < 1e-6,
          "bounds");
    check_error([&] { conformal_circuit_probabilities(row, rules, 2, low); }, QC_ERR_SIZE,
                "shares");
    check_error([&] { conformal_circuit_bounds(row, matrix_view(high, 2, 1), rules); }, QC_ERR_SIZE,
                "upper");
}
