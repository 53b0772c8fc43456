/*
 * Ranges by a model's predictions, for C++. See quantcal.hpp for the rules, prediction_range.h for what
 * the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_PREDICTION_RANGE_HPP
#define QUANTCAL_QUANTIZE_PREDICTION_RANGE_HPP

#include <cmath>
#include <optional>

#include "prediction_range.h"
#include "range.hpp"

namespace quantcal {

/// Gets a candidate; returns how far predictions are from those of the model as it is, or nothing to
/// stop. What it throws comes out of the call.
using quantize_difference =
    std::function<std::optional<double>(const qc_quantize_range_candidate &)>;

/// What qc_quantize_prediction_range_f32() gives.
struct quantize_prediction_range_parameters : quantize_range_parameters {
    std::size_t index = 0;
    double factor = 0;
    double difference = 0;
    double error = 0;
    double loss = 0;
};

namespace detail {

/// Leads the library's calls back to the caller's function, and keeps what that throws from passing
/// through the library.
class difference_bridge {
public:
    explicit difference_bridge(const quantize_difference &callback) : callback_(callback) {}

    qc_quantize_difference c_difference() { return {&difference_bridge::measure, this}; }

    void rethrow() const {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }

private:
    static std::int32_t measure(void *context, qc_quantize_range_candidate *candidate) noexcept {
        auto &bridge = *static_cast<difference_bridge *>(context);
        try {
            const auto found = bridge.callback_(*candidate);
            candidate->difference = found.value_or(std::nan(""));
            return found ? 0 : 1;
        } catch (...) {
            bridge.thrown_ = std::current_exception();
            return 1;
        }
    }

    const quantize_difference &callback_;
    std::exception_ptr thrown_;
};

} // namespace detail

/// qc_quantize_prediction_range_f32()
inline quantize_prediction_range_parameters
quantize_prediction_range(matrix_view<float> values, const quantize_grid &grid,
                          const quantize_difference &difference,
                          const quantize_range_rule &rule = "mse",
                          zero_points zeros = zero_points::none, double error_weight = 0,
                          const quantize_grid_options &options = {}, const progress &report = {}) {
    const auto sizes = quantize_grid_layout(grid, values.rows(), values.columns(), options);
    quantize_prediction_range_parameters found;
    found.scales.resize(sizes.group_count);
    if (zeros == zero_points::wanted) {
        found.zeros.resize(sizes.group_count);
    }
    float *const room = zeros == zero_points::wanted ? found.zeros.data() : nullptr;
    detail::difference_bridge bridge(difference);
    const qc_quantize_difference given = bridge.c_difference();
    qc_quantize_prediction_range_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const qc_quantize_grid_options *own) {
        const qc_status status = qc_quantize_prediction_range_f32(
            values.data(), values.rows(), values.columns(), &grid, own, &rule, error_weight, &given,
            found.scales.data(), room, &result);
        bridge.rethrow();
        return status;
    });
    found.index = result.index;
    found.factor = result.factor;
    found.difference = result.difference;
    found.error = result.error;
    found.loss = result.loss;
    return found;
}

} // namespace quantcal

#endif
