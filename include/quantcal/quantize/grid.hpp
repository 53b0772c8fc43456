/*
 * Scalar grids for C++. See quantcal.hpp for the rules, grid.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_GRID_HPP
#define QUANTCAL_QUANTIZE_GRID_HPP

#include "elements.hpp"
#include "grid.h"
#include "integer.hpp"

namespace quantcal {

/// qc_quantize_grid_init(): a grid by name, whose fields may then be changed. The memory that
/// `levels` points to stays the caller's.
struct quantize_grid : qc_quantize_grid {
    quantize_grid(const char *name = nullptr) {
        detail::check(qc_quantize_grid_init(this, sizeof(qc_quantize_grid), name));
    }
    quantize_grid(const std::string &name) : quantize_grid(name.c_str()) {}
};

using quantize_grid_options = options<qc_quantize_grid_options, qc_quantize_grid_options_init>;

/// qc_quantize_grid_layout()
inline quantize_integer_sizes quantize_grid_layout(const quantize_grid &grid, std::size_t rows,
                                                   std::size_t columns,
                                                   const quantize_grid_options &options = {}) {
    quantize_integer_sizes sizes{};
    detail::check(qc_quantize_grid_layout(&grid, rows, columns, &options, &sizes.code_bytes,
                                          &sizes.group_count));
    return sizes;
}

/// qc_quantize_grid_levels()
inline std::vector<float> quantize_grid_levels(const quantize_grid &grid) {
    std::vector<float> levels(256);
    detail::check(qc_quantize_grid_levels(&grid, levels.data()));
    levels.resize(std::size_t{1} << grid.bits);
    return levels;
}

/// qc_quantize_grid_scales_f32(), _f16() and _bf16()
template <weight T>
std::vector<float> quantize_grid_scales(matrix_view<T> values, const quantize_grid &grid,
                                        const quantize_grid_options &options = {},
                                        const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), options);
    std::vector<float> scales(sizes.group_count);
    detail::call_with_progress(options, report, [&](const quantize_grid_options *given) {
        return detail::by_weight<T>(qc_quantize_grid_scales_f32, qc_quantize_grid_scales_f16,
                                    qc_quantize_grid_scales_bf16)(detail::bits_of(values.data()),
                                                                  values.rows(), values.columns(),
                                                                  &grid, given, scales.data());
    });
    return scales;
}

/// qc_quantize_grid_encode_f32(), _f16() and _bf16(). `zeros` may be empty: none.
template <weight T>
std::vector<std::uint8_t>
quantize_grid_encode(matrix_view<T> values, const quantize_grid &grid,
                     std::span<const float> scales, std::span<const float> zeros = {},
                     const quantize_grid_options &options = {}, const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), options);
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    std::vector<std::uint8_t> codes(sizes.code_bytes);
    detail::call_with_progress(options, report, [&](const quantize_grid_options *given) {
        return detail::by_weight<T>(qc_quantize_grid_encode_f32, qc_quantize_grid_encode_f16,
                                    qc_quantize_grid_encode_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), &grid, given,
            scales.data(), detail::pointer_if_given(zeros), codes.data());
    });
    return codes;
}

/// qc_quantize_grid_decode_f32(); with another type, _f16() or _bf16(). `zeros` may be empty: none.
template <weight T = float>
std::vector<T>
quantize_grid_decode(std::span<const std::uint8_t> codes, std::span<const float> scales,
                     std::span<const float> zeros, std::size_t rows, std::size_t columns,
                     const quantize_grid &grid, const quantize_grid_options &options = {},
                     const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, rows, columns, options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    std::vector<T> values(detail::product(rows, columns));
    detail::call_with_progress(options, report, [&](const quantize_grid_options *given) {
        return detail::by_weight<T>(qc_quantize_grid_decode_f32, qc_quantize_grid_decode_f16,
                                    qc_quantize_grid_decode_bf16)(
            codes.data(), scales.data(), detail::pointer_if_given(zeros), rows, columns, &grid,
            given, detail::bits_of(values.data()));
    });
    return values;
}

} // namespace quantcal

#endif
