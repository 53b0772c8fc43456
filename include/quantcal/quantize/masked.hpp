/*
 * Matrices in parts for C++. See quantcal.hpp for the rules, masked.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_MASKED_HPP
#define QUANTCAL_QUANTIZE_MASKED_HPP

#include "elements.hpp"
#include "grid.hpp"
#include "masked.h"
#include "packing.hpp"
#include "range.hpp"

namespace quantcal {

using quantize_salient_options =
    options<qc_quantize_salient_options, qc_quantize_salient_options_init>;
using quantize_masked_options =
    options<qc_quantize_masked_options, qc_quantize_masked_options_init>;

/// qc_quantize_salient_mask_f32(), _f16() and _bf16(). `factors` may be empty: all 1.
template <weight T>
std::vector<std::uint8_t>
quantize_salient_mask(matrix_view<T> values, std::span<const float> factors = {},
                      const quantize_salient_options &options = {}, const progress &report = {}) {
    detail::require_size_if_given(factors.size(), values.columns(), "factors");
    std::vector<std::uint8_t> mask(detail::packed_bytes(values.rows(), values.columns(), 1));
    detail::call_with_progress(options, report, [&](const quantize_salient_options *given) {
        return detail::by_weight<T>(qc_quantize_salient_mask_f32, qc_quantize_salient_mask_f16,
                                    qc_quantize_salient_mask_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(),
            detail::pointer_if_given(factors), given, mask.data());
    });
    return mask;
}

struct quantize_masked_sizes {
    std::size_t selected_count;
    std::size_t code_bytes;
    std::size_t group_count;
};

namespace detail {

inline void require_mask(std::span<const std::uint8_t> mask, std::size_t rows, std::size_t columns,
                         const quantize_masked_options &options) {
    require_size(mask.size(),
                 packed_bytes(options.is_shared == 1 && rows > 1 ? 1 : rows, columns, 1), "mask");
}

} // namespace detail

/// qc_quantize_masked_layout()
inline quantize_masked_sizes quantize_masked_layout(std::span<const std::uint8_t> mask,
                                                    std::size_t rows, std::size_t columns,
                                                    const quantize_grid &grid,
                                                    const quantize_masked_options &options = {}) {
    detail::require_mask(mask, rows, columns, options);
    quantize_masked_sizes sizes{};
    detail::check(qc_quantize_masked_layout(mask.data(), rows, columns, &grid, &options,
                                            &sizes.selected_count, &sizes.code_bytes,
                                            &sizes.group_count));
    return sizes;
}

/// qc_quantize_masked_range_f32(), _f16() and _bf16()
template <weight T>
quantize_range_parameters
quantize_masked_range(matrix_view<T> values, std::span<const std::uint8_t> mask,
                      const quantize_grid &grid, const quantize_range_rule &rule = {},
                      zero_points zeros = zero_points::none,
                      const quantize_masked_options &options = {}, const progress &report = {}) {
    const auto sizes = quantize_masked_layout(mask, values.rows(), values.columns(), grid, options);
    quantize_range_parameters result{std::vector<float>(sizes.group_count), {}};
    if (zeros == zero_points::wanted) {
        result.zeros.resize(sizes.group_count);
    }
    float *const room = zeros == zero_points::wanted ? result.zeros.data() : nullptr;
    detail::call_with_progress(options, report, [&](const quantize_masked_options *given) {
        return detail::by_weight<T>(qc_quantize_masked_range_f32, qc_quantize_masked_range_f16,
                                    qc_quantize_masked_range_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), mask.data(), &grid,
            given, &rule, result.scales.data(), room);
    });
    return result;
}

/// qc_quantize_masked_encode_f32(), _f16() and _bf16(). `zeros` may be empty: none.
template <weight T>
std::vector<std::uint8_t>
quantize_masked_encode(matrix_view<T> values, std::span<const std::uint8_t> mask,
                       const quantize_grid &grid, std::span<const float> scales,
                       std::span<const float> zeros = {},
                       const quantize_masked_options &options = {}, const progress &report = {}) {
    const auto sizes = quantize_masked_layout(mask, values.rows(), values.columns(), grid, options);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    std::vector<std::uint8_t> codes(sizes.code_bytes);
    detail::call_with_progress(options, report, [&](const quantize_masked_options *given) {
        return detail::by_weight<T>(qc_quantize_masked_encode_f32, qc_quantize_masked_encode_f16,
                                    qc_quantize_masked_encode_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), mask.data(), &grid,
            given, scales.data(), detail::pointer_if_given(zeros), codes.data());
    });
    return codes;
}

/// qc_quantize_masked_decode_f32(), _f16() and _bf16(), into a matrix of which the other elements
/// stay. `zeros` may be empty: none.
template <weight T>
void quantize_masked_decode(std::span<const std::uint8_t> codes, std::span<const float> scales,
                            std::span<const float> zeros, std::span<const std::uint8_t> mask,
                            std::size_t rows, std::size_t columns, const quantize_grid &grid,
                            std::vector<T> &values, const quantize_masked_options &options = {},
                            const progress &report = {}) {
    const auto sizes = quantize_masked_layout(mask, rows, columns, grid, options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    detail::require_size(values.size(), detail::product(rows, columns), "values");
    detail::call_with_progress(options, report, [&](const quantize_masked_options *given) {
        return detail::by_weight<T>(qc_quantize_masked_decode_f32, qc_quantize_masked_decode_f16,
                                    qc_quantize_masked_decode_bf16)(
            codes.data(), scales.data(), detail::pointer_if_given(zeros), mask.data(), rows,
            columns, &grid, given, detail::bits_of(values.data()));
    });
}

} // namespace quantcal

#endif
