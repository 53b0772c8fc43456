/*
 * Codes read at fewer bits for C++. See quantcal.hpp for the rules, elastic.h for what the function does.
 */
#ifndef QUANTCAL_QUANTIZE_ELASTIC_HPP
#define QUANTCAL_QUANTIZE_ELASTIC_HPP

#include "elastic.h"
#include "grid.hpp"
#include "packing.hpp"

namespace quantcal {

using quantize_elastic_options =
    options<qc_quantize_elastic_options, qc_quantize_elastic_options_init>;

/// Codes on a midrise grid, with the scales of their groups.
struct quantize_elastic_codes {
    std::vector<std::uint8_t> codes;
    std::vector<float> scales;
};

/// qc_quantize_elastic()
inline quantize_elastic_codes
quantize_elastic(std::span<const std::uint8_t> codes, std::span<const float> scales,
                 std::size_t rows, std::size_t columns, std::int32_t bits, std::int32_t fewer_bits,
                 const quantize_elastic_options &options = {}, const progress &report = {}) {
    if (bits >= 1 && bits <= 8) {
        detail::require_size(codes.size(), detail::packed_bytes(rows, columns, bits), "codes");
    }
    quantize_grid_options sharing;
    sharing.granularity = options.granularity;
    sharing.group_size = options.group_size;
    const auto groups = quantize_grid_layout("midrise1", rows, columns, sharing).group_count;
    detail::require_size(scales.size(), groups, "scales");
    quantize_elastic_codes result{
        std::vector<std::uint8_t>(detail::packed_bytes(rows, columns, fewer_bits)),
        std::vector<float>(groups)};
    detail::call_with_progress(options, report, [&](const quantize_elastic_options *given) {
        return qc_quantize_elastic(codes.data(), scales.data(), rows, columns, bits, fewer_bits,
                                   given, result.codes.data(), result.scales.data());
    });
    return result;
}

} // namespace quantcal

#endif
