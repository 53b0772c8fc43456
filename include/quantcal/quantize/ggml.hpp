/*
 * ggml's blocks for C++. See quantcal.hpp for the rules, ggml.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_GGML_HPP
#define QUANTCAL_QUANTIZE_GGML_HPP

#include "elements.hpp"
#include "ggml.h"

namespace quantcal {

using quantize_ggml_options = options<qc_quantize_ggml_options, qc_quantize_ggml_options_init>;

/// How a matrix lies in blocks: qc_quantize_ggml_layout().
struct quantize_ggml_sizes {
    std::size_t block_length;
    std::size_t block_bytes;
    std::size_t row_bytes;
    std::size_t bytes;
};

/// qc_quantize_ggml_layout(); `type` is QC_QUANTIZE_GGML_...
inline quantize_ggml_sizes quantize_ggml_layout(std::int32_t type, std::size_t rows,
                                                std::size_t columns) {
    quantize_ggml_sizes sizes{};
    detail::check(qc_quantize_ggml_layout(type, rows, columns, &sizes.block_length,
                                          &sizes.block_bytes, &sizes.row_bytes, &sizes.bytes));
    return sizes;
}

/// qc_quantize_ggml_decode_f32() into the caller's memory.
inline void quantize_ggml_decode_into(std::span<const std::uint8_t> blocks, std::size_t rows,
                                      std::size_t columns, std::int32_t type,
                                      std::span<float> values) {
    const auto sizes = quantize_ggml_layout(type, rows, columns);
    detail::require_size(blocks.size(), sizes.bytes, "blocks");
    detail::require_size(values.size(), detail::product(rows, columns), "values");
    detail::check(qc_quantize_ggml_decode_f32(blocks.data(), rows, columns, type, values.data()));
}

/// qc_quantize_ggml_decode_f32()
inline std::vector<float> quantize_ggml_decode(std::span<const std::uint8_t> blocks,
                                               std::size_t rows, std::size_t columns,
                                               std::int32_t type) {
    std::vector<float> values(detail::product(rows, columns));
    quantize_ggml_decode_into(blocks, rows, columns, type, values);
    return values;
}

/// qc_quantize_ggml_encode_f32(), _f16() and _bf16() into the caller's memory. `importance` may be empty.
template <weight T>
void quantize_ggml_encode_into(matrix_view<T> values, std::int32_t type,
                               std::span<const float> importance,
                               const quantize_ggml_options &options, std::span<std::uint8_t> blocks,
                               const progress &report = {}) {
    const auto sizes = quantize_ggml_layout(type, values.rows(), values.columns());
    detail::require_size_if_given(importance.size(), values.columns(), "importance");
    detail::require_size(blocks.size(), sizes.bytes, "blocks");
    detail::call_with_progress(options, report, [&](const quantize_ggml_options *given) {
        return detail::by_weight<T>(qc_quantize_ggml_encode_f32, qc_quantize_ggml_encode_f16,
                                    qc_quantize_ggml_encode_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(), type,
            detail::pointer_if_given(importance), given, blocks.data());
    });
}

/// qc_quantize_ggml_encode_f32(), _f16() and _bf16().
template <weight T>
std::vector<std::uint8_t> quantize_ggml_encode(matrix_view<T> values, std::int32_t type,
                                               std::span<const float> importance = {},
                                               const quantize_ggml_options &options = {},
                                               const progress &report = {}) {
    std::vector<std::uint8_t> blocks(
        quantize_ggml_layout(type, values.rows(), values.columns()).bytes);
    quantize_ggml_encode_into(values, type, importance, options, std::span(blocks), report);
    return blocks;
}

} // namespace quantcal

#endif
