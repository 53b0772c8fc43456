/*
 * Errors, statistics, outlier columns and entropies for C++. See quantcal.hpp for the rules,
 * diagnostics.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_DIAGNOSTICS_HPP
#define QUANTCAL_QUANTIZE_DIAGNOSTICS_HPP

#include "diagnostics.h"
#include "elements.hpp"

namespace quantcal {

using quantize_error_result = qc_quantize_error_result;
using quantize_statistics_result = qc_quantize_statistics_result;
using quantize_outlier_options =
    options<qc_quantize_outlier_options, qc_quantize_outlier_options_init>;

/// qc_quantize_error_f32(), _f16() and _bf16().
template <std::ranges::contiguous_range Original>
quantize_error_result quantize_error(const Original &original,
                                     std::span<const float> approximation) {
    const std::span values(original);
    using element = typename decltype(values)::value_type;
    detail::require_size(approximation.size(), values.size(), "approximation");
    quantize_error_result result{};
    result.struct_size = sizeof result;
    detail::check(detail::by_weight<element>(qc_quantize_error_f32, qc_quantize_error_f16,
                                             qc_quantize_error_bf16)(
        detail::bits_of(values.data()), approximation.data(), values.size(), &result));
    return result;
}

/// qc_quantize_statistics_f32(), _f16() and _bf16().
template <std::ranges::contiguous_range Values>
quantize_statistics_result quantize_statistics(const Values &numbers) {
    const std::span values(numbers);
    using element = typename decltype(values)::value_type;
    quantize_statistics_result result{};
    result.struct_size = sizeof result;
    detail::check(detail::by_weight<element>(qc_quantize_statistics_f32, qc_quantize_statistics_f16,
                                             qc_quantize_statistics_bf16)(
        detail::bits_of(values.data()), values.size(), &result));
    return result;
}

/// Columns in which a value is far larger than elsewhere: qc_quantize_outlier_columns_f32().
struct quantize_outliers {
    std::vector<float> magnitudes;
    std::vector<std::uint8_t> is_outlier;
    std::size_t count;
};

/// qc_quantize_outlier_columns_f32(), _f16() and _bf16() into the caller's memory, either of which
/// may be empty. Returns how many there are.
template <weight T>
std::size_t
quantize_outlier_columns_into(matrix_view<T> values, const quantize_outlier_options &options,
                              std::span<float> magnitudes, std::span<std::uint8_t> is_outlier) {
    detail::require_size_if_given(magnitudes.size(), values.columns(), "magnitudes");
    detail::require_size_if_given(is_outlier.size(), values.columns(), "is_outlier");
    std::size_t count = 0;
    detail::check(detail::by_weight<T>(qc_quantize_outlier_columns_f32,
                                       qc_quantize_outlier_columns_f16,
                                       qc_quantize_outlier_columns_bf16)(
        detail::bits_of(values.data()), values.rows(), values.columns(), &options,
        detail::pointer_if_given(magnitudes), detail::pointer_if_given(is_outlier), &count));
    return count;
}

/// qc_quantize_outlier_columns_f32(), _f16() and _bf16().
template <weight T>
quantize_outliers quantize_outlier_columns(matrix_view<T> values,
                                           const quantize_outlier_options &options = {}) {
    quantize_outliers found{std::vector<float>(values.columns()),
                            std::vector<std::uint8_t>(values.columns()), 0};
    found.count = quantize_outlier_columns_into(values, options, std::span(found.magnitudes),
                                                std::span(found.is_outlier));
    return found;
}

/// qc_quantize_code_counts()
inline std::vector<std::size_t> quantize_code_counts(std::span<const std::uint8_t> codes,
                                                     std::size_t rows, std::size_t columns,
                                                     std::int32_t bits) {
    const std::size_t width = bits >= 1 && bits <= 8 ? static_cast<std::size_t>(bits) : 8;
    const std::size_t row_bytes = columns / 8 * width + (columns % 8 * width + 7) / 8;
    detail::require_size(codes.size(), detail::product(rows, row_bytes), "codes");
    std::vector<std::size_t> counts(std::size_t{1} << width);
    detail::check(qc_quantize_code_counts(codes.data(), rows, columns, bits, counts.data()));
    return counts;
}

/// qc_quantize_entropy()
inline double quantize_entropy(std::span<const std::size_t> counts) {
    double bits = 0;
    detail::check(qc_quantize_entropy(counts.data(), counts.size(), &bits));
    return bits;
}

} // namespace quantcal

#endif
