/*
 * Range rules for C++. See quantcal.hpp for the rules, range.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_RANGE_HPP
#define QUANTCAL_QUANTIZE_RANGE_HPP

#include "elements.hpp"
#include "grid.hpp"
#include "range.h"

namespace quantcal {

/// qc_quantize_range_rule_init(): a rule by name, whose fields may then be changed.
struct quantize_range_rule : qc_quantize_range_rule {
    quantize_range_rule(const char *name = nullptr) {
        detail::check(qc_quantize_range_rule_init(this, sizeof(qc_quantize_range_rule), name));
    }
    quantize_range_rule(const std::string &name) : quantize_range_rule(name.c_str()) {}
};

/// Whether zero points are wanted.
enum class zero_points {
    none,
    wanted
};

/// What quantize_grid_encode() needs; `zeros` is empty if they are not wanted.
struct quantize_range_parameters {
    std::vector<float> scales;
    std::vector<float> zeros;
};

/// qc_quantize_range_f32(), _f16() and _bf16(). `importance` may be empty: all 1.
template <weight T>
quantize_range_parameters
quantize_range(matrix_view<T> values, const quantize_grid &grid,
               const quantize_range_rule &rule = {}, zero_points zeros = zero_points::none,
               std::span<const float> importance = {}, const quantize_grid_options &options = {},
               const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), options);
    detail::require_size_if_given(importance.size(), values.columns(), "importance");
    quantize_range_parameters result{std::vector<float>(sizes.group_count), {}};
    if (zeros == zero_points::wanted) {
        result.zeros.resize(sizes.group_count);
    }
    float *const room = zeros == zero_points::wanted ? result.zeros.data() : nullptr;
    detail::call_with_progress(options, report, [&](const quantize_grid_options *given) {
        return detail::by_weight<T>(qc_quantize_range_f32, qc_quantize_range_f16,
                                    qc_quantize_range_bf16)(
            detail::bits_of(values.data()), values.rows(), values.columns(),
            detail::pointer_if_given(importance), &grid, given, &rule, result.scales.data(), room);
    });
    return result;
}

} // namespace quantcal

#endif
