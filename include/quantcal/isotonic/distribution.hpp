/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, distribution.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_DISTRIBUTION_HPP
#define QUANTCAL_ISOTONIC_DISTRIBUTION_HPP

#include "../base.hpp"
#include "distribution.h"

namespace quantcal {

using isotonic_distribution_options =
    options<qc_isotonic_distribution_options, qc_isotonic_distribution_options_init>;

/// Where the outcome of each query lies in its distribution: the function just below it and
/// at it, and a draw between the two.
template <real T>
struct isotonic_transform {
    std::vector<T> lower;
    std::vector<T> upper;
    std::vector<T> pit;
};

/// A fitted isotonic distributional regression. It can be moved, not copied; any number of
/// threads may ask the same one. A query is one covariate; matrices have a row for each query.
class isotonic_distribution {
public:
    /// qc_isotonic_distribution_create_f32() and _f64(). `weights` and `events` may be empty.
    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    isotonic_distribution(const Range &x, std::type_identity_t<std::span<const T>> y,
                          std::type_identity_t<std::span<const T>> weights = {},
                          std::span<const std::uint8_t> events = {},
                          const isotonic_distribution_options &options = {},
                          const progress &report = {}) {
        const std::span<const T> points(x);
        detail::require_size(y.size(), points.size(), "y");
        detail::require_size_if_given(weights.size(), points.size(), "weights");
        detail::require_size_if_given(events.size(), points.size(), "events");
        detail::call_with_progress(
            options, report, [&](const isotonic_distribution_options *given) {
                qc_isotonic_distribution *made = nullptr;
                const qc_status status = detail::by_type<T>(qc_isotonic_distribution_create_f32,
                                                            qc_isotonic_distribution_create_f64)(
                    points.data(), points.size(), 1, y.data(), detail::pointer_if_given(weights),
                    detail::pointer_if_given(events), given, &made);
                handle_.reset(made);
                return status;
            });
    }

    /// qc_isotonic_distribution_deserialize()
    static isotonic_distribution deserialize(std::span<const std::uint8_t> bytes) {
        return isotonic_distribution(detail::created<owner>([&](qc_isotonic_distribution **made) {
            return qc_isotonic_distribution_deserialize(bytes.data(), bytes.size(), made);
        }));
    }

    /// qc_isotonic_distribution_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_isotonic_distribution_serialize(c_handle(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_isotonic_distribution_serialize(c_handle(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// qc_isotonic_distribution_thresholds_f32() and _f64()
    template <real T>
    std::vector<T> thresholds() const {
        const auto call = detail::by_type<T>(qc_isotonic_distribution_thresholds_f32,
                                             qc_isotonic_distribution_thresholds_f64);
        std::size_t count = 0;
        detail::check(call(c_handle(), nullptr, 0, &count));
        std::vector<T> values(count);
        detail::check(call(c_handle(), values.data(), count, nullptr));
        return values;
    }

    /// qc_isotonic_distribution_cdf_f32() and _f64(), into the caller's memory.
    template <real T>
    void cdf_into(std::span<const T> queries, std::span<const T> thresholds,
                  std::span<T> probabilities) const {
        detail::require_size(probabilities.size(),
                             detail::product(queries.size(), thresholds.size()), "probabilities");
        detail::check(
            detail::by_type<T>(qc_isotonic_distribution_cdf_f32, qc_isotonic_distribution_cdf_f64)(
                c_handle(), queries.data(), queries.size(), thresholds.data(), thresholds.size(),
                probabilities.data()));
    }

    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    std::vector<T> cdf(const Range &queries,
                       std::type_identity_t<std::span<const T>> thresholds) const {
        const std::span<const T> rows(queries);
        std::vector<T> probabilities(detail::product(rows.size(), thresholds.size()));
        cdf_into<T>(rows, thresholds, probabilities);
        return probabilities;
    }

    /// qc_isotonic_distribution_quantile_f32() and _f64(), into the caller's memory.
    template <real T>
    void quantile_into(std::span<const T> queries, std::span<const double> levels,
                       std::span<T> quantiles) const {
        detail::require_size(quantiles.size(), detail::product(queries.size(), levels.size()),
                             "quantiles");
        detail::check(detail::by_type<T>(qc_isotonic_distribution_quantile_f32,
                                         qc_isotonic_distribution_quantile_f64)(
            c_handle(), queries.data(), queries.size(), levels.data(), levels.size(),
            quantiles.data()));
    }

    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    std::vector<T> quantile(const Range &queries, std::span<const double> levels) const {
        const std::span<const T> rows(queries);
        std::vector<T> quantiles(detail::product(rows.size(), levels.size()));
        quantile_into<T>(rows, levels, quantiles);
        return quantiles;
    }

    /// qc_isotonic_distribution_crps_f32() and _f64(), into the caller's memory.
    template <real T>
    void crps_into(std::span<const T> queries, std::span<const T> y, std::span<T> scores) const {
        detail::require_size(y.size(), queries.size(), "y");
        detail::require_size(scores.size(), queries.size(), "crps");
        detail::check(detail::by_type<T>(qc_isotonic_distribution_crps_f32,
                                         qc_isotonic_distribution_crps_f64)(
            c_handle(), queries.data(), y.data(), queries.size(), scores.data()));
    }

    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    std::vector<T> crps(const Range &queries, std::type_identity_t<std::span<const T>> y) const {
        const std::span<const T> rows(queries);
        std::vector<T> scores(rows.size());
        crps_into<T>(rows, y, scores);
        return scores;
    }

    /// qc_isotonic_distribution_pit_f32() and _f64()
    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    isotonic_transform<T> pit(const Range &queries, std::type_identity_t<std::span<const T>> y,
                              std::uint64_t seed = 0) const {
        const std::span<const T> rows(queries);
        detail::require_size(y.size(), rows.size(), "y");
        isotonic_transform<T> result{std::vector<T>(rows.size()), std::vector<T>(rows.size()),
                                     std::vector<T>(rows.size())};
        detail::check(
            detail::by_type<T>(qc_isotonic_distribution_pit_f32, qc_isotonic_distribution_pit_f64)(
                c_handle(), rows.data(), y.data(), rows.size(), seed, result.lower.data(),
                result.upper.data(), result.pit.data()));
        return result;
    }

    /// For what the C interface takes; still owned here.
    const qc_isotonic_distribution *c_handle() const noexcept { return handle_.get(); }

private:
    /// qc_isotonic_distribution_destroy()
    using owner = handle<qc_isotonic_distribution, qc_isotonic_distribution_destroy>;

    explicit isotonic_distribution(owner made) : handle_(std::move(made)) {}

    owner handle_;
};

} // namespace quantcal

#endif
