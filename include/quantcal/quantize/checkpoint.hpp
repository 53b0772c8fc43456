/*
 * Layouts of other runtimes for C++. See quantcal.hpp for the rules, checkpoint.h for what the
 * functions do.
 */
#ifndef QUANTCAL_QUANTIZE_CHECKPOINT_HPP
#define QUANTCAL_QUANTIZE_CHECKPOINT_HPP

#include "checkpoint.h"
#include "integer.hpp"

namespace quantcal {

/// How much room codes and zero points take: qc_quantize_checkpoint_layout().
struct quantize_checkpoint_sizes {
    std::size_t weight_bytes;
    std::size_t zero_bytes;
};

/// A matrix in another layout. `zeros` is empty where it has none.
struct checkpoint_weights {
    std::vector<std::uint8_t> weights;
    std::vector<float> scales;
    std::vector<std::uint8_t> zeros;
};

/// qc_quantize_checkpoint_layout()
inline quantize_checkpoint_sizes quantize_checkpoint_layout(std::size_t rows, std::size_t columns,
                                                            const quantize_integer_options &options,
                                                            std::int32_t format) {
    quantize_checkpoint_sizes sizes{};
    detail::check(qc_quantize_checkpoint_layout(rows, columns, &options, format,
                                                &sizes.weight_bytes, &sizes.zero_bytes));
    return sizes;
}

/// qc_quantize_checkpoint_write()
inline checkpoint_weights quantize_checkpoint_write(const quantized_matrix &matrix,
                                                    std::int32_t format) {
    const auto &[rows, columns, options, codes, scales, zeros] = matrix;
    const auto own = quantize_integer_layout(rows, columns, options);
    detail::require_size(codes.size(), own.code_bytes, "codes");
    detail::require_size(scales.size(), own.group_count, "scales");
    detail::require_size_if_given(zeros.size(), own.group_count, "zeros");
    const auto sizes = quantize_checkpoint_layout(rows, columns, options, format);
    checkpoint_weights stored{
        std::vector<std::uint8_t>(sizes.weight_bytes),
        std::vector<float>(own.group_count),
        std::vector<std::uint8_t>(sizes.zero_bytes),
    };
    detail::check(qc_quantize_checkpoint_write(
        codes.data(), scales.data(), detail::pointer_if_given(std::span(zeros)), rows, columns,
        &options, format, stored.weights.data(), stored.scales.data(), stored.zeros.data()));
    return stored;
}

/// qc_quantize_checkpoint_read()
inline quantized_matrix quantize_checkpoint_read(const checkpoint_weights &stored, std::size_t rows,
                                                 std::size_t columns,
                                                 const quantize_integer_options &options,
                                                 std::int32_t format) {
    const auto sizes = quantize_checkpoint_layout(rows, columns, options, format);
    const auto own = quantize_integer_layout(rows, columns, options);
    detail::require_size(stored.weights.size(), sizes.weight_bytes, "weights");
    detail::require_size(stored.scales.size(), own.group_count, "scales");
    detail::require_size(stored.zeros.size(), sizes.zero_bytes, "zeros");
    quantized_matrix matrix{
        rows,
        columns,
        options,
        std::vector<std::uint8_t>(own.code_bytes),
        std::vector<float>(own.group_count),
        std::vector<std::uint8_t>(options.scheme == QC_QUANTIZE_AFFINE ? own.group_count : 0),
    };
    detail::check(qc_quantize_checkpoint_read(stored.weights.data(), stored.scales.data(),
                                              detail::pointer_if_given(std::span(stored.zeros)),
                                              rows, columns, &options, format, matrix.codes.data(),
                                              matrix.scales.data(), matrix.zeros.data()));
    return matrix;
}

} // namespace quantcal

#endif
