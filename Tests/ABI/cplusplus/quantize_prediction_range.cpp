#include "check.hpp"

#include <cmath>
#include <stdexcept>

void check_quantize_prediction_range() {
    std::vector<float> values(40, 0.25F);
    values[7] = 8;
    const quantcal::matrix_view<float> matrix(values, 4, 10);
    quantcal::quantize_grid_options whole;
    whole.granularity = QC_QUANTIZE_PER_TENSOR;
    std::size_t calls = 0;
    // A model that looks at the small values alone.
    const auto small = [&](const qc_quantize_range_candidate &candidate) -> std::optional<double> {
        ++calls;
        check(candidate.index + 1 == calls && candidate.candidates == 80, "one after the other");
        check(candidate.rows == 4 && candidate.columns == 10 && candidate.zeros == nullptr,
              "sizes");
        return std::abs(candidate.quantized[0] - 0.25F);
    };
    const auto found = quantcal::quantize_prediction_range(matrix, "int4", small, "mse",
                                                           quantcal::zero_points::none, 0, whole);
    check(calls == 80 && found.index > 0 && found.scales.size() == 1, "a narrower range");
    check(found.loss == found.difference && found.factor < 1, "its numbers");
    const auto both = quantcal::quantize_prediction_range(
        matrix, "int4",
        [](const qc_quantize_range_candidate &candidate) {
            return std::optional<double>(static_cast<double>(candidate.index));
        },
        "mse", quantcal::zero_points::wanted, 0, whole);
    check(both.index == 0 && both.zeros.size() == 1, "the widest");
    check_error(
        [&] {
            quantcal::quantize_prediction_range(
                matrix, "int4",
                [](const qc_quantize_range_candidate &) { return std::optional<double>(); });
        },
        QC_CANCELLED, "candidate 0");
    check_error(
        [&] {
            quantcal::quantize_prediction_range(
                matrix, "int4", [](const auto &) { return std::optional<double>(std::nan("")); });
        },
        QC_ERR_NOT_FINITE, "candidate 0 is nan");
    bool is_caught = false;
    try {
        quantcal::quantize_prediction_range(
            matrix, "int4", [](const qc_quantize_range_candidate &) -> std::optional<double> {
                throw std::runtime_error("from within");
            });
    } catch (const std::runtime_error &thrown) {
        is_caught = std::string(thrown.what()) == "from within";
    }
    check(is_caught, "what the callback throws comes out");
}
