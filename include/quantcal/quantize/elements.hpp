/*
 * The types that weights come in, for C++.
 */
#ifndef QUANTCAL_QUANTIZE_ELEMENTS_HPP
#define QUANTCAL_QUANTIZE_ELEMENTS_HPP

#include "../base.hpp"

namespace quantcal {

/// An IEEE half precision number, as its bits.
struct float16 {
    std::uint16_t bits;
};

/// A bfloat16 number, as its bits.
struct bfloat16 {
    std::uint16_t bits;
};

/// The types that weights come in.
template <class T>
concept weight = std::same_as<T, float> || std::same_as<T, float16> || std::same_as<T, bfloat16>;

namespace detail {

template <class T>
auto bits_of(T *values) {
    if constexpr (std::same_as<std::remove_const_t<T>, float>) {
        return values;
    } else if constexpr (std::is_const_v<T>) {
        return reinterpret_cast<const std::uint16_t *>(values);
    } else {
        return reinterpret_cast<std::uint16_t *>(values);
    }
}

template <weight T, class F32, class F16, class BF16>
constexpr auto by_weight(F32 f32, F16 f16, BF16 bf16) {
    if constexpr (std::same_as<T, float>) {
        return f32;
    } else if constexpr (std::same_as<T, float16>) {
        return f16;
    } else {
        return bf16;
    }
}

} // namespace detail

} // namespace quantcal

#endif
