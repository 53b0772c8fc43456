#include "check.hpp"

#include <array>

void check_conformal_policy() {
    using namespace quantcal;
    const std::array<double, 10> scores{0.125, 0.875, 0.5,   0.625, 0.75,
                                        0.25,  0.625, 0.375, 0.25,  0.75};
    const std::array<std::int64_t, 5> labels{0, 1, 1, 1, 0};

    const auto tried = conformal_policy_value<double>(scores, labels, 2, 0.6, 0.2);
    // Of four others the second smallest decides on a label, the largest on no answer.
    check(tried.singles == 3 && tried.singles_right == 3, "labels");
    check(tried.sets == 1 && tried.sets_right == 1 && tried.set_sizes == 2, "sets");
    check(tried.abstained == 1, "no answer");
    check(tried.value == (4 - 1) / 5.0, "value");

    auto options = conformal_policy_options();
    options.single_low = options.single_high = 0.6;
    options.abstention_low = options.abstention_high = 0.2;
    const auto learned = conformal_policy_learn<double>(scores, labels, 2, options);
    check(learned.single_alpha == 0.6 && learned.value == tried.value, "fixed levels");
    const std::vector<float> single(scores.begin(), scores.end());
    check(conformal_policy_learn<float>(single, labels, 2, options).sets == 1, "single precision");
    check(conformal_policy_value<float>(single, labels, 2, 0.6, 0.2).value == tried.value,
          "value, single");
    options.rounds = 0;
    check_error([&] { conformal_policy_learn<double>(scores, labels, 2, options); }, QC_ERR_OPTIONS,
                "rounds");
    check_error([&] { conformal_policy_value<double>(scores, labels, 3, 0.6, 0.2); }, QC_ERR_SIZE,
                "scores");
}
