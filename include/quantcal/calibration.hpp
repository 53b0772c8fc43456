/*
 * Family `calibration` for C++. See quantcal.hpp for the rules, calibration.h for
 * what the functions do.
 */
#ifndef QUANTCAL_CALIBRATION_HPP
#define QUANTCAL_CALIBRATION_HPP

#include "base.hpp"
#include "calibration.h"

namespace quantcal {

using calibration_temperature_options =
    options<qc_calibration_temperature_options, qc_calibration_temperature_options_init>;
using calibration_temperature_result = qc_calibration_temperature_result;
using calibration_error_options =
    options<qc_calibration_error_options, qc_calibration_error_options_init>;

/// qc_calibration_temperature_fit_f32() and _f64().
template <real T>
calibration_temperature_result
calibration_temperature_fit(matrix_view<T> logits, std::span<const std::int64_t> labels,
                            std::type_identity_t<std::span<const T>> weights = {},
                            const calibration_temperature_options &options = {},
                            const progress &report = {}) {
    detail::require_size(labels.size(), logits.rows(), "labels");
    detail::require_size_if_given(weights.size(), logits.rows(), "weights");
    calibration_temperature_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const calibration_temperature_options *given) {
        return detail::by_type<T>(qc_calibration_temperature_fit_f32,
                                  qc_calibration_temperature_fit_f64)(
            logits.data(), labels.data(), detail::pointer_if_given(weights), logits.rows(),
            logits.columns(), given, &result);
    });
    return result;
}

/// qc_calibration_temperature_apply_f32() and _f64() into the caller's memory, which
/// may be that of the logits.
template <real T>
void calibration_temperature_apply_into(matrix_view<T> logits, double temperature,
                                        std::type_identity_t<std::span<T>> probabilities) {
    detail::require_size(probabilities.size(), logits.size(), "probabilities");
    detail::check(detail::by_type<T>(qc_calibration_temperature_apply_f32,
                                     qc_calibration_temperature_apply_f64)(
        logits.data(), logits.rows(), logits.columns(), temperature, probabilities.data()));
}

/// qc_calibration_temperature_apply_f32() and _f64().
template <real T>
std::vector<T> calibration_temperature_apply(matrix_view<T> logits, double temperature) {
    std::vector<T> probabilities(logits.size());
    calibration_temperature_apply_into(logits, temperature, probabilities);
    return probabilities;
}

/// qc_calibration_error_f32() and _f64(). `bin_table`, if not empty, takes the rows of
/// the reliability diagram: bins x 3 values, or classes x bins x 3.
template <real T>
double calibration_error(matrix_view<T> probabilities, std::span<const std::int64_t> labels,
                         std::type_identity_t<std::span<const T>> weights = {},
                         const calibration_error_options &options = {},
                         std::span<double> bin_table = {}) {
    detail::require_size(labels.size(), probabilities.rows(), "labels");
    detail::require_size_if_given(weights.size(), probabilities.rows(), "weights");
    if (!bin_table.empty() && options.bins > 0) {
        const bool classwise = options.target == QC_CALIBRATION_CLASSWISE;
        const std::size_t tables = classwise ? probabilities.columns() : 1;
        const std::size_t entries = static_cast<std::size_t>(options.bins) * 3;
        detail::require_size(bin_table.size(), detail::product(tables, entries), "bin_table");
    }
    double value = 0;
    detail::check(detail::by_type<T>(qc_calibration_error_f32, qc_calibration_error_f64)(
        probabilities.data(), labels.data(), detail::pointer_if_given(weights),
        probabilities.rows(), probabilities.columns(), &options, &value,
        detail::pointer_if_given(bin_table)));
    return value;
}

} // namespace quantcal

#endif
