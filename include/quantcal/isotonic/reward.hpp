/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, reward.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_REWARD_HPP
#define QUANTCAL_ISOTONIC_REWARD_HPP

#include "../base.hpp"
#include "reward.h"

#include <string_view>

namespace quantcal {

using isotonic_reward_options =
    options<qc_isotonic_reward_options, qc_isotonic_reward_options_init>;

/// The fold of each point, and how many folds there are.
struct isotonic_fold_list {
    std::vector<std::int32_t> fold;
    std::int32_t fold_count;
};

namespace detail {

inline isotonic_fold_list reward_folds(std::string_view text, const std::size_t *ends,
                                       std::size_t n, std::span<const std::uint8_t> labelled,
                                       const isotonic_reward_options &options) {
    require_size_if_given(labelled.size(), n, "labelled");
    isotonic_fold_list result{std::vector<std::int32_t>(n), 0};
    check(qc_isotonic_reward_folds(reinterpret_cast<const std::uint8_t *>(text.data()), text.size(),
                                   ends, pointer_if_given(labelled), n, &options,
                                   result.fold.data(), &result.fold_count));
    return result;
}

} // namespace detail

/// qc_isotonic_reward_folds(), a name for each point.
inline isotonic_fold_list isotonic_reward_folds(std::span<const std::string_view> clusters,
                                                std::span<const std::uint8_t> labelled = {},
                                                const isotonic_reward_options &options = {}) {
    std::string text;
    std::vector<std::size_t> ends;
    for (const std::string_view name : clusters) {
        text += name;
        ends.push_back(text.size());
    }
    // A vector without elements may lend no memory, and NULL would stand for other names.
    ends.reserve(1);
    return detail::reward_folds(text, ends.data(), clusters.size(), labelled, options);
}

/// qc_isotonic_reward_folds() of n points that are each a cluster.
inline isotonic_fold_list isotonic_reward_folds(std::size_t n,
                                                std::span<const std::uint8_t> labelled = {},
                                                const isotonic_reward_options &options = {}) {
    return detail::reward_folds({}, nullptr, n, labelled, options);
}

/// qc_isotonic_reward_mean_f32() and _f64()
struct isotonic_reward_mean {
    double mean;
    double variance;
    std::vector<double> fold_means;
};

/// A fitted calibration, and what the fit says of itself.
template <real T>
class isotonic_reward {
public:
    std::vector<T> calibrated;
    std::vector<T> out_of_fold;
    qc_isotonic_reward_result result{};

    /// qc_isotonic_reward_predict_f32() and _f64(). `fold` may be empty.
    std::vector<T> predict(std::span<const T> scores,
                           std::span<const std::int32_t> fold = {}) const {
        detail::require_size_if_given(fold.size(), scores.size(), "fold");
        std::vector<T> rewards(scores.size());
        detail::check(
            detail::by_type<T>(qc_isotonic_reward_predict_f32, qc_isotonic_reward_predict_f64)(
                model_.get(), scores.data(), detail::pointer_if_given(fold), scores.size(),
                rewards.data()));
        return rewards;
    }

    /// qc_isotonic_reward_mean_f32() and _f64(). `weights` may be empty.
    isotonic_reward_mean mean(std::span<const T> scores, std::span<const T> weights = {}) const {
        detail::require_size_if_given(weights.size(), scores.size(), "weights");
        isotonic_reward_mean average{0, 0,
                                     std::vector<double>(static_cast<std::size_t>(result.folds))};
        detail::check(detail::by_type<T>(qc_isotonic_reward_mean_f32, qc_isotonic_reward_mean_f64)(
            model_.get(), scores.data(), detail::pointer_if_given(weights), scores.size(),
            &average.mean, &average.variance, average.fold_means.data()));
        return average;
    }

private:
    template <std::ranges::contiguous_range Range, real U>
    friend isotonic_reward<U>
    isotonic_reward_fit(const Range &scores, std::type_identity_t<std::span<const U>> labels,
                        std::type_identity_t<std::span<const U>> weights,
                        std::span<const std::int32_t> fold, const isotonic_reward_options &options,
                        const progress &report);

    handle<qc_isotonic_reward, qc_isotonic_reward_destroy> model_;
};

/// qc_isotonic_reward_fit_f32() and _f64(). `weights` and `fold` may be empty.
template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
isotonic_reward<T>
isotonic_reward_fit(const Range &scores, std::type_identity_t<std::span<const T>> labels,
                    std::type_identity_t<std::span<const T>> weights = {},
                    std::span<const std::int32_t> fold = {},
                    const isotonic_reward_options &options = {}, const progress &report = {}) {
    const std::span<const T> points(scores);
    detail::require_size(labels.size(), points.size(), "labels");
    detail::require_size_if_given(weights.size(), points.size(), "weights");
    detail::require_size_if_given(fold.size(), points.size(), "fold");
    isotonic_reward<T> fit;
    fit.calibrated.resize(points.size());
    fit.out_of_fold.resize(points.size());
    fit.result.struct_size = sizeof fit.result;
    qc_isotonic_reward *model = nullptr;
    detail::call_with_progress(options, report, [&](const isotonic_reward_options *given) {
        return detail::by_type<T>(qc_isotonic_reward_fit_f32, qc_isotonic_reward_fit_f64)(
            points.data(), labels.data(), detail::pointer_if_given(weights),
            detail::pointer_if_given(fold), points.size(), given, fit.calibrated.data(),
            fit.out_of_fold.data(), &fit.result, &model);
    });
    fit.model_.reset(model);
    return fit;
}

} // namespace quantcal

#endif
