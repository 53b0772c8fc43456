/*
 * Outlier-victim pairs for C++. See quantcal.hpp for the rules, outlier_victim.h for what the functions
 * do.
 */
#ifndef QUANTCAL_QUANTIZE_OUTLIER_VICTIM_HPP
#define QUANTCAL_QUANTIZE_OUTLIER_VICTIM_HPP

#include "elements.hpp"
#include "grid.hpp"
#include "outlier_victim.h"

namespace quantcal {

using quantize_outlier_victim_options =
    options<qc_quantize_outlier_victim_options, qc_quantize_outlier_victim_options_init>;

namespace detail {

/// The room of pairs: that of any grid of four bits.
inline quantize_integer_sizes
outlier_victim_layout(std::size_t rows, std::size_t columns,
                      const quantize_outlier_victim_options &options) {
    quantize_grid_options sharing;
    sharing.granularity = options.granularity;
    sharing.group_size = options.group_size;
    return quantize_grid_layout("int4", rows, columns, sharing);
}

} // namespace detail

/// qc_quantize_outlier_victim_scales_f32(), _f16() and _bf16()
template <weight T>
std::vector<float>
quantize_outlier_victim_scales(matrix_view<T> values,
                               const quantize_outlier_victim_options &options = {},
                               const progress &report = {}) {
    const auto sizes = detail::outlier_victim_layout(values.rows(), values.columns(), options);
    std::vector<float> scales(sizes.group_count);
    detail::call_with_progress(options, report, [&](const quantize_outlier_victim_options *given) {
        return detail::by_weight<T>(qc_quantize_outlier_victim_scales_f32,
                                    qc_quantize_outlier_victim_scales_f16,
                                    qc_quantize_outlier_victim_scales_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), given, scales.data());
    });
    return scales;
}

/// qc_quantize_outlier_victim_encode_f32(), _f16() and _bf16()
template <weight T>
std::vector<std::uint8_t>
quantize_outlier_victim_encode(matrix_view<T> values, std::span<const float> scales,
                               const quantize_outlier_victim_options &options = {},
                               const progress &report = {}) {
    const auto sizes = detail::outlier_victim_layout(values.rows(), values.columns(), options);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    std::vector<std::uint8_t> codes(sizes.code_bytes);
    detail::call_with_progress(options, report, [&](const quantize_outlier_victim_options *given) {
        return detail::by_weight<T>(qc_quantize_outlier_victim_encode_f32,
                                    qc_quantize_outlier_victim_encode_f16,
                                    qc_quantize_outlier_victim_encode_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), given, scales.data(),
            codes.data());
    });
    return codes;
}

/// qc_quantize_outlier_victim_decode_f32(); with another type, _f16() or _bf16()
template <weight T = float>
std::vector<T> quantize_outlier_victim_decode(std::span<const std::uint8_t> codes,
                                              std::span<const float> scales, std::size_t rows,
                                              std::size_t columns,
                                              const quantize_outlier_victim_options &options = {},
                                              const progress &report = {}) {
    const auto sizes = detail::outlier_victim_layout(rows, columns, options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(scales.size(), sizes.group_count, "scales");
    std::vector<T> values(detail::product(rows, columns));
    detail::call_with_progress(options, report, [&](const quantize_outlier_victim_options *given) {
        return detail::by_weight<T>(qc_quantize_outlier_victim_decode_f32,
                                    qc_quantize_outlier_victim_decode_f16,
                                    qc_quantize_outlier_victim_decode_bf16)(
            codes.data(), scales.data(), rows, columns, given, detail::bits_of(values.data()));
    });
    return values;
}

} // namespace quantcal

#endif
