#include "check.hpp"

#include <array>
#include <cmath>

void check_conformal_holdout() {
    using namespace quantcal;
    conformal_holdout_options options;
    options.mechanism = QC_CONFORMAL_HOLDOUT_GRID;
    options.budget = 1;
    conformal_holdout holdout(options);
    const std::array<double, 3> training{0.5, 1, 0.25};
    const std::array<double, 3> means{0.515625, 0.25, 0.25};
    const auto answers = holdout.ask(training, means);
    check(answers.values == std::vector<double>{0.5, 0.25}, "the budget ends with the second");
    check(answers.from_holdout == std::vector<std::uint8_t>{0, 1}, "the second was from there");
    check(holdout.remaining().budget == 0 && holdout.remaining().asked == 2, "what is left");
    const auto was_spent = [](const auto &error) { return error.status() == QC_INFEASIBLE; };
    check_throws<infeasible>([&] { holdout.ask(training, means); }, was_spent, "spent");
    const auto bytes = holdout.serialize();
    auto again = conformal_holdout::deserialize(bytes);
    check(again.serialize() == bytes, "bytes and back");
    check_throws<infeasible>([&] { again.ask(training, means); }, was_spent, "spent for good");
    check_error([&] { conformal_holdout::deserialize(std::span(bytes).first(80)); }, QC_ERR_FORMAT,
                "bytes are not");
    check_error([&] { holdout.ask(training, std::span(means).first(2)); }, QC_ERR_SIZE, "holdout");

    const double error = conformal_holdout_error(10000, 1000, 10, 101, 0, 0.05);
    check(std::abs(error - 0.005 - 0.07439) < 5e-6, "the bound");
    check(conformal_holdout_questions(10000, 10, 101, 0, 0.05, error) == 1000, "and back");
    check_throws<infeasible>([] { conformal_holdout_questions(10, 10, 101, 0, 0.05, 0.1); },
                             was_spent, "too few points");
}
