/*
 * Matrices in integer codes for C++. See quantcal.hpp for the rules, integer.h for what
 * the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_INTEGER_HPP
#define QUANTCAL_QUANTIZE_INTEGER_HPP

#include "elements.hpp"
#include "integer.h"

namespace quantcal {

using quantize_integer_options =
    options<qc_quantize_integer_options, qc_quantize_integer_options_init>;

/// How much room codes and parameters take: qc_quantize_integer_layout().
struct quantize_integer_sizes {
    std::size_t code_bytes;
    std::size_t group_count;
};

/// A quantized matrix. `zeros` is empty for a symmetric scheme.
struct quantized_matrix {
    std::size_t rows;
    std::size_t columns;
    quantize_integer_options options;
    std::vector<std::uint8_t> codes;
    std::vector<float> scales;
    std::vector<std::uint8_t> zeros;
};

/// qc_quantize_integer_layout()
inline quantize_integer_sizes
quantize_integer_layout(std::size_t rows, std::size_t columns,
                        const quantize_integer_options &options = {}) {
    quantize_integer_sizes sizes{};
    detail::check(
        qc_quantize_integer_layout(rows, columns, &options, &sizes.code_bytes, &sizes.group_count));
    return sizes;
}

/// qc_quantize_integer_encode_f32(), _f16() and _bf16() into the caller's memory.
/// `zeros` may be empty for a symmetric scheme.
template <weight T>
void quantize_integer_encode_into(matrix_view<T> values, const quantize_integer_options &options,
                                  std::span<std::uint8_t> codes, std::span<float> scales,
                                  std::span<std::uint8_t> zeros, const progress &report = {}) {
    const auto sizes = quantize_integer_layout(values.rows(), values.columns(), options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    detail::call_with_progress(options, report, [&](const quantize_integer_options *given) {
        return detail::by_weight<T>(qc_quantize_integer_encode_f32, qc_quantize_integer_encode_f16,
                                    qc_quantize_integer_encode_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), given, codes.data(),
            scales.data(), detail::pointer_if_given(zeros));
    });
}

/// qc_quantize_integer_encode_f32(), _f16() and _bf16().
template <weight T>
quantized_matrix quantize_integer_encode(matrix_view<T> values,
                                         const quantize_integer_options &options = {},
                                         const progress &report = {}) {
    const auto sizes = quantize_integer_layout(values.rows(), values.columns(), options);
    const bool affine = options.scheme == QC_QUANTIZE_AFFINE;
    quantized_matrix matrix{
        values.rows(),
        values.columns(),
        options,
        std::vector<std::uint8_t>(sizes.code_bytes),
        std::vector<float>(sizes.group_count),
        std::vector<std::uint8_t>(affine ? sizes.group_count : 0),
    };
    quantize_integer_encode_into(values, options, matrix.codes, matrix.scales, matrix.zeros,
                                 report);
    return matrix;
}

/// qc_quantize_integer_decode_f32(), _f16() and _bf16() into the caller's memory.
/// `zeros` may be empty for a symmetric scheme.
template <weight T>
void quantize_integer_decode_into(std::span<const std::uint8_t> codes,
                                  std::span<const float> scales,
                                  std::span<const std::uint8_t> zeros, std::size_t rows,
                                  std::size_t columns, const quantize_integer_options &options,
                                  std::span<T> values, const progress &report = {}) {
    const auto sizes = quantize_integer_layout(rows, columns, options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(scales.size(), sizes.group_count, "scales");
    detail::require_size_if_given(zeros.size(), sizes.group_count, "zeros");
    detail::require_size(values.size(), detail::product(rows, columns), "values");
    detail::call_with_progress(options, report, [&](const quantize_integer_options *given) {
        return detail::by_weight<T>(qc_quantize_integer_decode_f32, qc_quantize_integer_decode_f16,
                                    qc_quantize_integer_decode_bf16)(
            codes.data(), scales.data(), detail::pointer_if_given(zeros), rows, columns, given,
            detail::bits_of(values.data()));
    });
}

/// qc_quantize_integer_decode_f32(); with another type, _f16() or _bf16().
template <weight T = float>
std::vector<T> quantize_integer_decode(const quantized_matrix &matrix,
                                       const progress &report = {}) {
    std::vector<T> values(detail::product(matrix.rows, matrix.columns));
    quantize_integer_decode_into<T>(matrix.codes, matrix.scales, matrix.zeros, matrix.rows,
                                    matrix.columns, matrix.options, values, report);
    return values;
}

} // namespace quantcal

#endif
