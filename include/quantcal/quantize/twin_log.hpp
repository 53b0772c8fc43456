/*
 * Twin logarithms for C++. See quantcal.hpp for the rules, twin_log.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_TWIN_LOG_HPP
#define QUANTCAL_QUANTIZE_TWIN_LOG_HPP

#include "elements.hpp"
#include "grid.hpp"
#include "twin_log.h"

namespace quantcal {

using quantize_twin_log_options =
    options<qc_quantize_twin_log_options, qc_quantize_twin_log_options_init>;

namespace detail {

/// The room of a matrix: that of integers of as many bits.
inline quantize_integer_sizes twin_log_layout(std::size_t rows, std::size_t columns,
                                              const quantize_twin_log_options &options) {
    quantize_grid_options sharing;
    sharing.granularity = options.granularity;
    sharing.group_size = options.group_size;
    quantize_grid grid("uint4");
    grid.bits = options.bits;
    return quantize_grid_layout(grid, rows, columns, sharing);
}

} // namespace detail

/// qc_quantize_twin_log_fit_f32(), _f16() and _bf16(): five parameters for each group
template <weight T>
std::vector<float> quantize_twin_log_fit(matrix_view<T> values,
                                         const quantize_twin_log_options &options = {},
                                         const progress &report = {}) {
    const auto sizes = detail::twin_log_layout(values.rows(), values.columns(), options);
    std::vector<float> parameters(sizes.group_count * QC_QUANTIZE_TWIN_LOG_PARAMETERS);
    detail::call_with_progress(options, report, [&](const quantize_twin_log_options *given) {
        return detail::by_weight<T>(qc_quantize_twin_log_fit_f32, qc_quantize_twin_log_fit_f16,
                                    qc_quantize_twin_log_fit_bf16)(detail::bits_of(values.data()),
                                                                   values.rows(), values.columns(),
                                                                   given, parameters.data());
    });
    return parameters;
}

/// qc_quantize_twin_log_encode_f32(), _f16() and _bf16()
template <weight T>
std::vector<std::uint8_t> quantize_twin_log_encode(matrix_view<T> values,
                                                   std::span<const float> parameters,
                                                   const quantize_twin_log_options &options = {},
                                                   const progress &report = {}) {
    const auto sizes = detail::twin_log_layout(values.rows(), values.columns(), options);
    detail::require_size(parameters.size(), sizes.group_count * QC_QUANTIZE_TWIN_LOG_PARAMETERS,
                         "parameters");
    std::vector<std::uint8_t> codes(sizes.code_bytes);
    detail::call_with_progress(options, report, [&](const quantize_twin_log_options *given) {
        return detail::by_weight<T>(
            qc_quantize_twin_log_encode_f32, qc_quantize_twin_log_encode_f16,
            qc_quantize_twin_log_encode_bf16)(detail::bits_of(values.data()), values.rows(),
                                              values.columns(), given, parameters.data(),
                                              codes.data());
    });
    return codes;
}

/// qc_quantize_twin_log_decode_f32(); with another type, _f16() or _bf16()
template <weight T = float>
std::vector<T> quantize_twin_log_decode(std::span<const std::uint8_t> codes,
                                        std::span<const float> parameters, std::size_t rows,
                                        std::size_t columns,
                                        const quantize_twin_log_options &options = {},
                                        const progress &report = {}) {
    const auto sizes = detail::twin_log_layout(rows, columns, options);
    detail::require_size(codes.size(), sizes.code_bytes, "codes");
    detail::require_size(parameters.size(), sizes.group_count * QC_QUANTIZE_TWIN_LOG_PARAMETERS,
                         "parameters");
    std::vector<T> values(detail::product(rows, columns));
    detail::call_with_progress(options, report, [&](const quantize_twin_log_options *given) {
        return detail::by_weight<T>(qc_quantize_twin_log_decode_f32,
                                    qc_quantize_twin_log_decode_f16,
                                    qc_quantize_twin_log_decode_bf16)(
            codes.data(), parameters.data(), rows, columns, given, detail::bits_of(values.data()));
    });
    return values;
}

} // namespace quantcal

#endif
