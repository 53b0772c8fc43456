#include "check.hpp"

#include <cmath>

namespace {

/// Two classes, logits (0, z) with z = +-1, right three times of four: the likelihood is
/// greatest where the logistic function of 1/T is 3/4, so 1/T = log 3.
template <class T>
void check_temperature() {
    const std::vector<T> logits{0, 1, 0, 1, 0, 1, 0, 1};
    const std::vector<std::int64_t> labels{1, 1, 1, 0};
    const quantcal::matrix_view view(logits, 4, 2);
    const auto fit = quantcal::calibration_temperature_fit(view, labels);
    check(fit.outcome == QC_FIT_OK, "outcome");
    check(std::abs(fit.inverse_temperature - std::log(3.0)) < 1e-5, "1/T is log 3");

    const std::vector<T> weights{1, 1, 0, 2};
    const auto inverted = quantcal::calibration_temperature_fit(view, labels, weights);
    check(inverted.outcome == QC_FIT_INVERTED, "half of the weight is wrong");

    quantcal::calibration_temperature_options hasty;
    hasty.max_iterations = 0;
    check_error([&] { quantcal::calibration_temperature_fit(view, labels, {}, hasty); },
                QC_ERR_OPTIONS, "max_iterations is 0");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::calibration_temperature_fit(view, labels, {}, {}, stop); },
        [](const auto &error) { return error.status() == QC_CANCELLED; }, "cancelled");

    const auto probabilities = quantcal::calibration_temperature_apply(view, 1 / std::log(3.0));
    check(std::abs(probabilities[1] - T(0.75)) < T(1e-6), "apply");
    std::vector<T> in_place = logits;
    quantcal::calibration_temperature_apply_into(quantcal::matrix_view(in_place, 4, 2),
                                                 1 / std::log(3.0), in_place);
    check(in_place == probabilities, "apply in place");
    check_error([&] { quantcal::calibration_temperature_apply(view, -1); }, QC_ERR_DOMAIN,
                "temperature is -1");
}

/// Four rows at confidence 3/4 of which two are right: an error of 1/4.
template <class T>
void check_error_value() {
    const std::vector<T> probabilities{0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75, 0.25};
    const std::vector<std::int64_t> labels{1, 0, 0, 1};
    const quantcal::matrix_view view(probabilities, 4, 2);
    check(quantcal::calibration_error(view, labels) == 0.25, "the error");

    quantcal::calibration_error_options options;
    options.bins = 2;
    std::vector<double> table(6);
    quantcal::calibration_error(view, labels, {}, options, table);
    check(table[0] == 0 && std::isnan(table[1]), "an empty bin");
    check(table[3] == 4 && table[4] == 0.75 && table[5] == 0.5, "the other bin");
    check_error(
        [&] { quantcal::calibration_error(view, labels, {}, options, std::span(table).first(5)); },
        QC_ERR_SIZE, "bin_table has 5 elements; 6 are needed");
    const std::vector<std::int64_t> unknown{1, 0, 2, 1};
    check_error([&] { quantcal::calibration_error(view, unknown); }, QC_ERR_DOMAIN,
                "labels[2] is 2");
}

} // namespace

void check_calibration() {
    check_temperature<double>();
    check_temperature<float>();
    check_error_value<double>();
    check_error_value<float>();
}
