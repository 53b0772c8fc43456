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

namespace detail {

/// Covariates as rows: a matrix as it is, any other range as a column.
template <real T>
matrix_view<T> as_rows(matrix_view<T> rows) {
    return rows;
}

template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
matrix_view<T> as_rows(const Range &column) {
    return {std::span<const T>(column), std::ranges::size(column), 1};
}

/// The type of the coordinates.
template <class Rows>
using coordinate = std::remove_cvref_t<decltype(*as_rows(std::declval<const Rows &>()).data())>;

} // namespace detail

/// A fitted isotonic distributional regression. It can be moved, not copied; any number of
/// threads may ask the same one. Covariates and queries are a range for one dimension, a
/// `matrix_view` for more; answers that are matrices have a row for each query.
class isotonic_distribution {
public:
    /// qc_isotonic_distribution_create_f32() and _f64(). `weights` and `events` may be empty.
    template <class Rows, real T = detail::coordinate<Rows>>
    isotonic_distribution(const Rows &x, std::type_identity_t<std::span<const T>> y,
                          std::type_identity_t<std::span<const T>> weights = {},
                          std::span<const std::uint8_t> events = {},
                          const isotonic_distribution_options &options = {},
                          const progress &report = {}) {
        const matrix_view<T> rows = detail::as_rows(x);
        detail::require_size(y.size(), rows.rows(), "y");
        detail::require_size_if_given(weights.size(), rows.rows(), "weights");
        detail::require_size_if_given(events.size(), rows.rows(), "events");
        detail::call_with_progress(
            options, report, [&](const isotonic_distribution_options *given) {
                qc_isotonic_distribution *made = nullptr;
                const qc_status status = detail::by_type<T>(qc_isotonic_distribution_create_f32,
                                                            qc_isotonic_distribution_create_f64)(
                    rows.data(), rows.rows(), rows.columns(), y.data(),
                    detail::pointer_if_given(weights), detail::pointer_if_given(events), given,
                    &made);
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

    /// qc_isotonic_distribution_dimensions()
    std::size_t dimensions() const {
        std::size_t count = 0;
        detail::check(qc_isotonic_distribution_dimensions(c_handle(), &count));
        return count;
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
    template <class Rows, real T = detail::coordinate<Rows>>
    void cdf_into(const Rows &queries, std::type_identity_t<std::span<const T>> thresholds,
                  std::type_identity_t<std::span<T>> probabilities) const {
        const matrix_view<T> rows = asked(queries);
        detail::require_size(probabilities.size(), detail::product(rows.rows(), thresholds.size()),
                             "probabilities");
        detail::check(
            detail::by_type<T>(qc_isotonic_distribution_cdf_f32, qc_isotonic_distribution_cdf_f64)(
                c_handle(), rows.data(), rows.rows(), thresholds.data(), thresholds.size(),
                probabilities.data()));
    }

    template <class Rows, real T = detail::coordinate<Rows>>
    std::vector<T> cdf(const Rows &queries,
                       std::type_identity_t<std::span<const T>> thresholds) const {
        std::vector<T> probabilities(
            detail::product(detail::as_rows(queries).rows(), thresholds.size()));
        cdf_into(queries, thresholds, probabilities);
        return probabilities;
    }

    /// qc_isotonic_distribution_quantile_f32() and _f64(), into the caller's memory.
    template <class Rows, real T = detail::coordinate<Rows>>
    void quantile_into(const Rows &queries, std::span<const double> levels,
                       std::type_identity_t<std::span<T>> quantiles) const {
        const matrix_view<T> rows = asked(queries);
        detail::require_size(quantiles.size(), detail::product(rows.rows(), levels.size()),
                             "quantiles");
        detail::check(detail::by_type<T>(qc_isotonic_distribution_quantile_f32,
                                         qc_isotonic_distribution_quantile_f64)(
            c_handle(), rows.data(), rows.rows(), levels.data(), levels.size(), quantiles.data()));
    }

    template <class Rows, real T = detail::coordinate<Rows>>
    std::vector<T> quantile(const Rows &queries, std::span<const double> levels) const {
        std::vector<T> quantiles(detail::product(detail::as_rows(queries).rows(), levels.size()));
        quantile_into(queries, levels, quantiles);
        return quantiles;
    }

    /// qc_isotonic_distribution_crps_f32() and _f64(), into the caller's memory.
    template <class Rows, real T = detail::coordinate<Rows>>
    void crps_into(const Rows &queries, std::type_identity_t<std::span<const T>> y,
                   std::type_identity_t<std::span<T>> scores) const {
        const matrix_view<T> rows = asked(queries);
        detail::require_size(y.size(), rows.rows(), "y");
        detail::require_size(scores.size(), rows.rows(), "crps");
        detail::check(detail::by_type<T>(qc_isotonic_distribution_crps_f32,
                                         qc_isotonic_distribution_crps_f64)(
            c_handle(), rows.data(), y.data(), rows.rows(), scores.data()));
    }

    template <class Rows, real T = detail::coordinate<Rows>>
    std::vector<T> crps(const Rows &queries, std::type_identity_t<std::span<const T>> y) const {
        std::vector<T> scores(detail::as_rows(queries).rows());
        crps_into(queries, y, scores);
        return scores;
    }

    /// qc_isotonic_distribution_pit_f32() and _f64()
    template <class Rows, real T = detail::coordinate<Rows>>
    isotonic_transform<T> pit(const Rows &queries, std::type_identity_t<std::span<const T>> y,
                              std::uint64_t seed = 0) const {
        const matrix_view<T> rows = asked(queries);
        detail::require_size(y.size(), rows.rows(), "y");
        isotonic_transform<T> result{std::vector<T>(rows.rows()), std::vector<T>(rows.rows()),
                                     std::vector<T>(rows.rows())};
        detail::check(
            detail::by_type<T>(qc_isotonic_distribution_pit_f32, qc_isotonic_distribution_pit_f64)(
                c_handle(), rows.data(), y.data(), rows.rows(), seed, result.lower.data(),
                result.upper.data(), result.pit.data()));
        return result;
    }

    /// For what the C interface takes; still owned here.
    const qc_isotonic_distribution *c_handle() const noexcept { return handle_.get(); }

private:
    /// qc_isotonic_distribution_destroy()
    using owner = handle<qc_isotonic_distribution, qc_isotonic_distribution_destroy>;

    explicit isotonic_distribution(owner made) : handle_(std::move(made)) {}

    /// Queries as rows, which must be as long as covariates are.
    template <class Rows>
    auto asked(const Rows &queries) const {
        const auto rows = detail::as_rows(queries);
        detail::require_size(rows.columns(), dimensions(), "a query");
        return rows;
    }

    owner handle_;
};

} // namespace quantcal

#endif
