/*
 * Packed codes for C++. See quantcal.hpp for the rules, packing.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_PACKING_HPP
#define QUANTCAL_QUANTIZE_PACKING_HPP

#include "../base.hpp"
#include "packing.h"

namespace quantcal {

namespace detail {

/// The bytes of packed codes; 0 if `bits` is out of range, which the library refuses.
inline std::size_t packed_bytes(std::size_t rows, std::size_t columns, std::int32_t bits) {
    if (bits < 1 || bits > 8) {
        return 0;
    }
    const auto width = static_cast<std::size_t>(bits);
    return product(rows, columns / 8 * width + (columns % 8 * width + 7) / 8);
}

} // namespace detail

/// qc_quantize_pack()
inline std::vector<std::uint8_t> quantize_pack(matrix_view<std::uint8_t> unpacked,
                                               std::int32_t bits, bool is_signed) {
    std::vector<std::uint8_t> packed(
        detail::packed_bytes(unpacked.rows(), unpacked.columns(), bits));
    detail::check(qc_quantize_pack(unpacked.data(), unpacked.rows(), unpacked.columns(), bits,
                                   is_signed, packed.data()));
    return packed;
}

/// qc_quantize_unpack()
inline std::vector<std::uint8_t> quantize_unpack(std::span<const std::uint8_t> packed,
                                                 std::size_t rows, std::size_t columns,
                                                 std::int32_t bits, bool is_signed) {
    if (bits >= 1 && bits <= 8) {
        detail::require_size(packed.size(), detail::packed_bytes(rows, columns, bits), "packed");
    }
    std::vector<std::uint8_t> unpacked(detail::product(rows, columns));
    detail::check(
        qc_quantize_unpack(packed.data(), rows, columns, bits, is_signed, unpacked.data()));
    return unpacked;
}

} // namespace quantcal

#endif
