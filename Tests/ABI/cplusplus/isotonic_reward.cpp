#include "check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace {

void check_folds() {
    const std::array<std::string_view, 5> names{"ann", "bob", "ann", "cyd", "dee"};
    const auto dealt = quantcal::isotonic_reward_folds(names);
    check(dealt.fold_count == 2, "two folds of four clusters");
    check(dealt.fold == std::vector<std::int32_t>{0, 0, 0, 1, 1}, "the folds of clusters");

    quantcal::isotonic_reward_options options;
    options.folds = 3;
    const auto rows = quantcal::isotonic_reward_folds(12, {}, options);
    check(rows.fold_count == 3 && std::ranges::count(rows.fold, 2) == 4, "the folds of rows");
    const std::vector<std::uint8_t> labelled{1, 0, 1};
    check_error([&] { quantcal::isotonic_reward_folds(names, labelled); }, QC_ERR_SIZE,
                "labelled has 3 elements; 5 are needed");
    check_error([&] { quantcal::isotonic_reward_folds(std::span<const std::string_view>()); },
                QC_ERR_SIZE, "n has 0 labelled clusters");
}

template <class T>
void check_fit() {
    const std::vector<T> scores{1, 2, 3, 4, 5};
    const std::vector<T> labels{0, 0.5, 0.25, 1, 1};
    auto fit = quantcal::isotonic_reward_fit(scores, labels);
    check(fit.calibrated == std::vector<T>{0, 0.375, 0.375, 1, 1}, "calibrated");
    check(fit.result.mode == QC_ISOTONIC_REWARD_MONOTONE, "few points are monotone");
    check(fit.result.folds == 2 && fit.out_of_fold.size() == 5, "two folds");

    const auto moved = std::move(fit);
    check(moved.predict(std::vector<T>{3.5, 9}) == std::vector<T>{0.6875, 1}, "predict");
    const auto folds = quantcal::isotonic_reward_folds(5).fold;
    check(moved.predict(scores, folds) == moved.out_of_fold, "predict out of fold");
    const auto average = moved.mean(std::vector<T>{1, 9}, std::vector<T>{3, 1});
    check(average.mean == 0.25 && average.fold_means.size() == 2, "mean");
    const double half = (average.fold_means[0] - average.fold_means[1]) / 2;
    check(std::abs(average.variance - half * half) < 1e-15, "the jackknife of two folds");

    const std::vector<T> weights{1, 1, 3, 1, 1};
    const std::vector<std::int32_t> own{0, 1, 2, 0, 1};
    const auto weighted = quantcal::isotonic_reward_fit(scores, labels, weights, own);
    check(weighted.calibrated[1] == T(0.3125) && weighted.result.folds == 3, "weights and folds");
    check_error([&] { quantcal::isotonic_reward_fit(scores, weights); }, QC_ERR_DOMAIN,
                "labels[2] is 3");
    const std::vector<T> few{1};
    check_error([&] { quantcal::isotonic_reward_fit(scores, few); }, QC_ERR_SIZE,
                "labels has 1 elements; 5 are needed");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::isotonic_reward_fit(scores, labels, {}, {}, {}, stop); },
        [](const auto &error) { return error.status() == QC_CANCELLED; }, "cancelled");
}

template <class T>
void check_weights() {
    const std::vector<T> weights{0.5, 4, 1, 0.5, 2, 4};
    const std::vector<T> scores{1, 2, 3, 4, 5, 6};
    const std::vector<T> rewards{1, 0, 1, 0, 1, 0};
    const std::vector<T> more{0, 3.5, 9};
    const auto steady = quantcal::isotonic_weight_stabilize(weights, scores, rewards, {}, {},
                                                            {.scores = more, .weights = {}});
    check(steady.result.ess_after > steady.result.ess_before, "more samples count");
    double sum = 0;
    for (const T weight : steady.weights) {
        sum += weight;
    }
    check(std::abs(sum - 6) < 1e-5 && steady.new_weights.size() == 3, "weights of mean 1");

    quantcal::isotonic_weight_options uniform;
    uniform.ess_floor = 1;
    check(quantcal::isotonic_weight_stabilize(weights, scores, {}, {}, uniform).weights ==
              std::vector<T>(6, 1),
          "uniform weights");
    uniform.shrinkage = 0.5;
    check_error(
        [&] {
            quantcal::isotonic_weight_stabilize(weights, scores, {}, {}, uniform,
                                                {.scores = more, .weights = {}});
        },
        QC_ERR_NULL_POINTER, "new_weights is NULL");
    check_error([&] { quantcal::isotonic_weight_stabilize(weights, more); }, QC_ERR_SIZE,
                "scores has 3 elements; 6 are needed");
}

} // namespace

void check_isotonic_reward() {
    check_folds();
    check_fit<double>();
    check_fit<float>();
    check_weights<double>();
    check_weights<float>();
}
