/*
 * Trellis-coded quantization for C++. See quantcal.hpp for the rules, trellis.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_TRELLIS_HPP
#define QUANTCAL_QUANTIZE_TRELLIS_HPP

#include "../base.hpp"
#include "trellis.h"

namespace quantcal {

/// qc_quantize_trellis_options with the defaults.
using quantize_trellis_options =
    options<qc_quantize_trellis_options, qc_quantize_trellis_options_init>;

/// What quantize_trellis_layout() gives.
struct trellis_layout {
    std::size_t code_bytes;
    std::size_t group_count;
};

/// What quantize_trellis_encode() gives.
struct trellis_codes {
    std::vector<std::uint8_t> codes;
    double error;
};

namespace detail {

/// Numbers of the states; 0 if the options are for the library to refuse.
inline std::size_t trellis_values(const qc_quantize_trellis_options &options) {
    const bool is_good = options.state_bits >= 1 && options.state_bits <= 20 &&
                         options.step_values >= 1 && options.step_values <= 16;
    return is_good ? static_cast<std::size_t>(options.step_values) << options.state_bits : 0;
}

inline void require_trellis_table(std::span<const float> table,
                                  const qc_quantize_trellis_options &options) {
    if (options.code == QC_QUANTIZE_TRELLIS_TABLE) {
        require_size(table.size(), trellis_values(options), "table");
    } else if (options.code == QC_QUANTIZE_TRELLIS_HYBRID && options.table_bits >= 1 &&
               options.table_bits <= 15 && options.step_values >= 1) {
        require_size(table.size(),
                     static_cast<std::size_t>(options.step_values) << options.table_bits, "table");
    }
}

} // namespace detail

/// qc_quantize_trellis_values_f32(). `table` may be empty where the code needs none.
inline std::vector<float> quantize_trellis_values(const quantize_trellis_options &options = {},
                                                  std::span<const float> table = {}) {
    detail::require_trellis_table(table, options);
    std::vector<float> values(detail::trellis_values(options));
    detail::check(qc_quantize_trellis_values_f32(table.data(), &options, values.data()));
    return values;
}

/// qc_quantize_trellis_layout()
inline trellis_layout quantize_trellis_layout(std::size_t rows, std::size_t columns,
                                              const quantize_trellis_options &options = {}) {
    trellis_layout layout{};
    detail::check(qc_quantize_trellis_layout(rows, columns, &options, &layout.code_bytes,
                                             &layout.group_count));
    return layout;
}

/// qc_quantize_trellis_scales_f32()
inline std::vector<float> quantize_trellis_scales(matrix_view<float> values,
                                                  const quantize_trellis_options &options = {},
                                                  std::span<const float> table = {},
                                                  const progress &report = {}) {
    const auto layout = quantize_trellis_layout(values.rows(), values.columns(), options);
    detail::require_trellis_table(table, options);
    std::vector<float> scales(layout.group_count);
    detail::call_with_progress(options, report, [&](const qc_quantize_trellis_options *given) {
        return qc_quantize_trellis_scales_f32(values.data(), values.rows(), values.columns(),
                                              table.data(), given, scales.data());
    });
    return scales;
}

/// qc_quantize_trellis_encode_f32(). `importance` may be empty.
inline trellis_codes quantize_trellis_encode(matrix_view<float> values,
                                             std::span<const float> scales,
                                             const quantize_trellis_options &options = {},
                                             std::span<const float> table = {},
                                             std::span<const float> importance = {},
                                             const progress &report = {}) {
    const auto layout = quantize_trellis_layout(values.rows(), values.columns(), options);
    detail::require_trellis_table(table, options);
    detail::require_size(scales.size(), layout.group_count, "scales");
    detail::require_size_if_given(importance.size(), values.size(), "importance");
    trellis_codes result{std::vector<std::uint8_t>(layout.code_bytes), 0};
    detail::call_with_progress(options, report, [&](const qc_quantize_trellis_options *given) {
        return qc_quantize_trellis_encode_f32(
            values.data(), detail::pointer_if_given(importance), values.rows(), values.columns(),
            scales.data(), table.data(), given, result.codes.data(), &result.error);
    });
    return result;
}

/// qc_quantize_trellis_decode_f32()
inline std::vector<float> quantize_trellis_decode(std::span<const std::uint8_t> codes,
                                                  std::span<const float> scales, std::size_t rows,
                                                  std::size_t columns,
                                                  const quantize_trellis_options &options = {},
                                                  std::span<const float> table = {},
                                                  const progress &report = {}) {
    const auto layout = quantize_trellis_layout(rows, columns, options);
    detail::require_trellis_table(table, options);
    detail::require_size(codes.size(), layout.code_bytes, "codes");
    detail::require_size(scales.size(), layout.group_count, "scales");
    std::vector<float> values(detail::product(rows, columns));
    detail::call_with_progress(options, report, [&](const qc_quantize_trellis_options *given) {
        return qc_quantize_trellis_decode_f32(codes.data(), scales.data(), table.data(), rows,
                                              columns, given, values.data());
    });
    return values;
}

} // namespace quantcal

#endif
