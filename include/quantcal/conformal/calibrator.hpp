/*
 * Family `conformal` for C++: calibrators. See quantcal.hpp for the rules, calibrator.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_CALIBRATOR_HPP
#define QUANTCAL_CONFORMAL_CALIBRATOR_HPP

#include "../base.hpp"
#include "calibrator.h"

namespace quantcal {

using conformal_calibrator_options =
    options<qc_conformal_calibrator_options, qc_conformal_calibrator_options_init>;
using conformal_p_value_options =
    options<qc_conformal_p_value_options, qc_conformal_p_value_options_init>;

/// Calibration scores and what they give; can be moved and not copied.
class conformal_calibrator {
public:
    /// qc_conformal_calibrator_create()
    explicit conformal_calibrator(const conformal_calibrator_options &options = {})
        : calibrator_(detail::created<owner>([&](qc_conformal_calibrator **calibrator) {
              return qc_conformal_calibrator_create(&options, calibrator);
          })) {}

    /// qc_conformal_calibrator_deserialize()
    static conformal_calibrator deserialize(std::span<const std::uint8_t> bytes) {
        return conformal_calibrator(
            detail::created<owner>([&](qc_conformal_calibrator **calibrator) {
                return qc_conformal_calibrator_deserialize(bytes.data(), bytes.size(), calibrator);
            }));
    }

    /// qc_conformal_calibrator_update_f32() and _f64(). `weights` and `groups` may be empty.
    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    void update(const Range &scores, std::type_identity_t<std::span<const T>> weights = {},
                std::span<const std::int64_t> groups = {}) {
        const std::span<const T> values(scores);
        detail::require_size_if_given(weights.size(), values.size(), "weights");
        detail::require_size_if_given(groups.size(), values.size(), "groups");
        detail::check(detail::by_type<T>(qc_conformal_calibrator_update_f32,
                                         qc_conformal_calibrator_update_f64)(
            get(), values.data(), detail::pointer_if_given(weights),
            detail::pointer_if_given(groups), values.size()));
    }

    /// qc_conformal_calibrator_merge()
    void merge(const conformal_calibrator &other) {
        detail::check(qc_conformal_calibrator_merge(get(), other.get()));
    }

    /// qc_conformal_calibrator_counts()
    std::vector<std::int64_t> counts() const {
        std::size_t count = 0;
        detail::check(qc_conformal_calibrator_counts(get(), nullptr, 0, &count));
        std::vector<std::int64_t> counts(count);
        detail::check(qc_conformal_calibrator_counts(get(), counts.data(), count, nullptr));
        return counts;
    }

    /// qc_conformal_calibrator_thresholds(): row-major, a row for each group.
    std::vector<double> thresholds(std::span<const double> alphas) const {
        std::size_t rows = 0;
        detail::check(qc_conformal_calibrator_counts(get(), nullptr, 0, &rows));
        std::vector<double> thresholds(rows * alphas.size());
        detail::check(qc_conformal_calibrator_thresholds(get(), alphas.data(), alphas.size(),
                                                         thresholds.data()));
        return thresholds;
    }

    /// qc_conformal_calibrator_point_thresholds(). `test_weights` and `groups` may be empty, and
    /// one of another size than `m` is refused.
    std::vector<double> point_thresholds(std::size_t m, double alpha,
                                         std::span<const double> test_weights,
                                         std::span<const std::int64_t> groups = {}) const {
        detail::require_size_if_given(test_weights.size(), m, "test_weights");
        detail::require_size_if_given(groups.size(), m, "groups");
        std::vector<double> thresholds(m);
        detail::check(qc_conformal_calibrator_point_thresholds(
            get(), detail::pointer_if_given(test_weights), detail::pointer_if_given(groups), m,
            alpha, thresholds.data()));
        return thresholds;
    }

    /// qc_conformal_calibrator_p_values_f32() and _f64(). `test_weights` and `groups` may be empty.
    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    std::vector<double> p_values(const Range &scores, const conformal_p_value_options &options = {},
                                 std::span<const double> test_weights = {},
                                 std::span<const std::int64_t> groups = {}) const {
        const std::span<const T> values(scores);
        detail::require_size_if_given(test_weights.size(), values.size(), "test_weights");
        detail::require_size_if_given(groups.size(), values.size(), "groups");
        std::vector<double> p_values(values.size());
        detail::check(detail::by_type<T>(qc_conformal_calibrator_p_values_f32,
                                         qc_conformal_calibrator_p_values_f64)(
            get(), values.data(), detail::pointer_if_given(test_weights),
            detail::pointer_if_given(groups), values.size(), &options, p_values.data()));
        return p_values;
    }

    /// qc_conformal_calibrator_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_conformal_calibrator_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_conformal_calibrator_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_conformal_calibrator *get() const noexcept { return calibrator_.get(); }

private:
    using owner = handle<qc_conformal_calibrator, qc_conformal_calibrator_destroy>;

    explicit conformal_calibrator(owner calibrator) : calibrator_(std::move(calibrator)) {}

    owner calibrator_;
};

} // namespace quantcal

#endif
