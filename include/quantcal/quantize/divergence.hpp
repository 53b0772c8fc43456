/*
 * Divergences of logits and errors of layers for C++. See quantcal.hpp for the rules,
 * divergence.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_DIVERGENCE_HPP
#define QUANTCAL_QUANTIZE_DIVERGENCE_HPP

#include "../base.hpp"
#include "divergence.h"

namespace quantcal {

using quantize_kl_result = qc_quantize_kl_result;
using quantize_propagation_result = qc_quantize_propagation_result;

/// qc_quantize_kl_divergence_f32() and _f64(). `per_row`, if not empty, takes the rows' divergences.
template <real T>
quantize_kl_result quantize_kl_divergence(matrix_view<T> reference, matrix_view<T> approximation,
                                          std::span<double> per_row = {}) {
    detail::require_size(approximation.rows(), reference.rows(), "a column of the approximation");
    detail::require_size(approximation.columns(), reference.columns(),
                         "a row of the approximation");
    detail::require_size_if_given(per_row.size(), reference.rows(), "per_row");
    quantize_kl_result result{};
    result.struct_size = sizeof result;
    detail::check(detail::by_type<T>(qc_quantize_kl_divergence_f32, qc_quantize_kl_divergence_f64)(
        reference.data(), approximation.data(), reference.rows(), reference.columns(),
        detail::pointer_if_given(per_row), &result));
    return result;
}

/// qc_quantize_propagation_f32()
inline quantize_propagation_result quantize_propagation(matrix_view<float> input,
                                                        matrix_view<float> approximate_input,
                                                        matrix_view<float> weights,
                                                        matrix_view<float> approximate_weights) {
    detail::require_size(approximate_input.size(), input.size(), "approximate_input");
    detail::require_size(approximate_input.rows(), input.rows(), "a column of approximate_input");
    detail::require_size(weights.columns(), input.columns(), "a row of weights");
    detail::require_size(approximate_weights.size(), weights.size(), "approximate_weights");
    detail::require_size(approximate_weights.rows(), weights.rows(),
                         "a column of approximate_weights");
    quantize_propagation_result result{};
    result.struct_size = sizeof result;
    detail::check(qc_quantize_propagation_f32(
        input.data(), approximate_input.data(), weights.data(), approximate_weights.data(),
        input.rows(), input.columns(), weights.rows(), &result));
    return result;
}

} // namespace quantcal

#endif
