/*
 * Observers for C++. See quantcal.hpp for the rules, observer.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_OBSERVER_HPP
#define QUANTCAL_QUANTIZE_OBSERVER_HPP

#include "elements.hpp"
#include "observer.h"
#include "range.hpp"

namespace quantcal {

using quantize_observer_options =
    options<qc_quantize_observer_options, qc_quantize_observer_options_init>;

/// Ranges of values that come in batches: can be moved and not copied.
class quantize_observer {
public:
    /// qc_quantize_observer_create()
    explicit quantize_observer(const quantize_observer_options &options = {})
        : observer_(detail::created<owner>([&](qc_quantize_observer **observer) {
              return qc_quantize_observer_create(&options, observer);
          })) {}

    /// qc_quantize_observer_deserialize()
    static quantize_observer deserialize(std::span<const std::uint8_t> bytes) {
        return quantize_observer(detail::created<owner>([&](qc_quantize_observer **observer) {
            return qc_quantize_observer_deserialize(bytes.data(), bytes.size(), observer);
        }));
    }

    /// qc_quantize_observer_update_f32(), _f16() and _bf16(): channels change every `inner`
    /// values, over and over again.
    template <weight T>
    void update(std::span<const T> values, std::size_t inner = 1) {
        const std::size_t channels = summarize().channels;
        const std::size_t outer = inner == 0 ? 0 : values.size() / channels / inner;
        detail::require_size(values.size(), outer * channels * inner, "values");
        detail::check(detail::by_weight<T>(
            qc_quantize_observer_update_f32, qc_quantize_observer_update_f16,
            qc_quantize_observer_update_bf16)(get(), detail::bits_of(values.data()), outer, inner));
    }

    /// qc_quantize_observer_merge()
    void merge(const quantize_observer &other) {
        detail::check(qc_quantize_observer_merge(get(), other.get()));
    }

    /// qc_quantize_observer_summarize()
    qc_quantize_observer_summary summarize(std::size_t channel = 0) const {
        qc_quantize_observer_summary summary{};
        summary.struct_size = sizeof summary;
        detail::check(qc_quantize_observer_summarize(get(), channel, &summary));
        return summary;
    }

    /// qc_quantize_observer_range()
    quantize_range_parameters range(const quantize_grid &grid, const quantize_range_rule &rule = {},
                                    zero_points zeros = zero_points::none) const {
        const std::size_t channels = summarize().channels;
        quantize_range_parameters result{std::vector<float>(channels), {}};
        result.zeros.resize(zeros == zero_points::wanted ? channels : 0);
        detail::check(
            qc_quantize_observer_range(get(), &grid, &rule, result.scales.data(),
                                       result.zeros.empty() ? nullptr : result.zeros.data()));
        return result;
    }

    /// qc_quantize_observer_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_quantize_observer_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_quantize_observer_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_quantize_observer *get() const noexcept { return observer_.get(); }

private:
    using owner = handle<qc_quantize_observer, qc_quantize_observer_destroy>;

    explicit quantize_observer(owner observer) : observer_(std::move(observer)) {}

    owner observer_;
};

} // namespace quantcal

#endif
