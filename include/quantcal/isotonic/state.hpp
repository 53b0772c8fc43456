/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, state.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_STATE_HPP
#define QUANTCAL_ISOTONIC_STATE_HPP

#include "../base.hpp"
#include "state.h"

namespace quantcal {

using isotonic_state_options = options<qc_isotonic_state_options, qc_isotonic_state_options_init>;

/// The blocks of a fit: block b spans the x from first[b] to last[b].
struct isotonic_state_blocks {
    std::vector<double> first;
    std::vector<double> last;
    std::vector<double> values;
    std::vector<double> weights;
};

/// A fit as points that interpolation joins.
struct isotonic_state_knots {
    std::vector<double> x;
    std::vector<double> y;
};

/// A partial isotonic fit, which can be moved and not copied.
class isotonic_state {
public:
    /// qc_isotonic_state_create()
    explicit isotonic_state(const isotonic_state_options &options = {})
        : state_(detail::created<owner>([&](qc_isotonic_state **state) {
              return qc_isotonic_state_create(&options, state);
          })) {}

    /// qc_isotonic_state_deserialize()
    static isotonic_state deserialize(std::span<const std::uint8_t> bytes) {
        return isotonic_state(detail::created<owner>([&](qc_isotonic_state **state) {
            return qc_isotonic_state_deserialize(bytes.data(), bytes.size(), state);
        }));
    }

    /// qc_isotonic_state_update_f32() and _f64(). `weights` may be empty.
    template <std::ranges::contiguous_range Range, real T = std::ranges::range_value_t<Range>>
    void update(const Range &x, std::type_identity_t<std::span<const T>> y,
                std::type_identity_t<std::span<const T>> weights = {}) {
        const std::span<const T> predictors(x);
        detail::require_size(y.size(), predictors.size(), "y");
        detail::require_size_if_given(weights.size(), predictors.size(), "weights");
        detail::check(
            detail::by_type<T>(qc_isotonic_state_update_f32, qc_isotonic_state_update_f64)(
                get(), predictors.data(), y.data(), detail::pointer_if_given(weights),
                predictors.size()));
    }

    /// qc_isotonic_state_merge()
    void merge(const isotonic_state &other) {
        detail::check(qc_isotonic_state_merge(get(), other.get()));
    }

    /// qc_isotonic_state_fit()
    isotonic_state_blocks fit() const {
        std::size_t count = 0;
        detail::check(qc_isotonic_state_fit(get(), nullptr, nullptr, nullptr, nullptr, 0, &count));
        const std::vector<double> empty(count);
        isotonic_state_blocks blocks{empty, empty, empty, empty};
        detail::check(qc_isotonic_state_fit(get(), blocks.first.data(), blocks.last.data(),
                                            blocks.values.data(), blocks.weights.data(), count,
                                            nullptr));
        return blocks;
    }

    /// qc_isotonic_state_knots()
    isotonic_state_knots knots() const {
        std::size_t count = 0;
        detail::check(qc_isotonic_state_knots(get(), nullptr, nullptr, 0, &count));
        isotonic_state_knots knots{std::vector<double>(count), std::vector<double>(count)};
        detail::check(
            qc_isotonic_state_knots(get(), knots.x.data(), knots.y.data(), count, nullptr));
        return knots;
    }

    /// qc_isotonic_state_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_isotonic_state_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_isotonic_state_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_isotonic_state *get() const noexcept { return state_.get(); }

private:
    using owner = handle<qc_isotonic_state, qc_isotonic_state_destroy>;

    explicit isotonic_state(owner state) : state_(std::move(state)) {}

    owner state_;
};

} // namespace quantcal

#endif
