#include "check.hpp"

#include <array>
#include <cmath>

namespace {

using quantcal::matrix_view;

/// 3, -4 and 0 in each type; the approximation misses by a half.
template <class T>
void check_error_and_statistics(const std::array<T, 3> &values) {
    const std::array<float, 3> approximation{3, -3.5F, 0};
    const auto error = quantcal::quantize_error(values, approximation);
    check(error.relative_error == 0.1 && error.sqnr_db == 20, "relative error");
    check(error.mean_squared_error == 0.25 / 3 && error.max_abs_error == 0.5, "squared error");
    check_error([&] { quantcal::quantize_error(values, std::span(approximation).first(2)); },
                QC_ERR_SIZE, "approximation has 2 elements; 3 are needed");
    const auto statistics = quantcal::quantize_statistics(values);
    check(statistics.minimum == -4 && statistics.maximum == 3, "range");
    check(statistics.zero_count == 1 && statistics.max_abs == 4, "counts");

    const matrix_view view(values, 1, 3);
    quantcal::quantize_outlier_options options;
    check(options.threshold == 10, "default threshold");
    options.reference = QC_QUANTIZE_OUTLIERS_FIXED;
    options.threshold = 3.5;
    const auto outliers = quantcal::quantize_outlier_columns(view, options);
    check(outliers.count == 1 && outliers.is_outlier == std::vector<std::uint8_t>{0, 1, 0},
          "outliers");
    check(outliers.magnitudes == std::vector<float>{3, 4, 0}, "magnitudes");
    check(quantcal::quantize_outlier_columns_into(view, {}, {}, {}) == 0, "no outliers");
}

void check_codes() {
    const std::array<std::uint8_t, 2> codes{0x31, 0x11};
    const auto counts = quantcal::quantize_code_counts(codes, 2, 2, 4);
    check(counts.size() == 16 && counts[1] == 3 && counts[3] == 1, "counts");
    check_error([&] { quantcal::quantize_code_counts(codes, 3, 2, 4); }, QC_ERR_SIZE, "codes");
    check_error([&] { quantcal::quantize_code_counts(codes, 2, 1, 9); }, QC_ERR_DOMAIN, "bits");
    check(quantcal::quantize_entropy(std::array<std::size_t, 4>{2, 1, 1, 0}) == 1.5, "entropy");
    check_error(
        [] {
            quantcal::quantize_entropy(std::array<std::size_t, 2>{0, 0});
        },
        QC_ERR_DOMAIN, "counts are all zero");
}

template <class T>
void check_divergence() {
    const std::array<T, 4> reference{0, 0, 2, 1};
    const std::array<T, 4> approximation{0, 0, 1, 2};
    std::array<double, 2> per_row{};
    const matrix_view a(reference, 2, 2);
    const auto found =
        quantcal::quantize_kl_divergence(a, matrix_view(approximation, 2, 2), per_row);
    check(found.top_agreement == 0.5 && per_row[0] == 0, "agreement");
    check(found.maximum == per_row[1] && std::abs(per_row[1] - 0.46211715726000975) < 1e-15,
          "divergence");
    check_error([&] { quantcal::quantize_kl_divergence(a, matrix_view(approximation, 1, 4)); },
                QC_ERR_SIZE, "the approximation");
}

void check_propagation() {
    const std::array<float, 2> x{1, 2}, x2{1, 2.5F}, w{2, 4}, w2{2, 3};
    const matrix_view input(x, 1, 2), other(x2, 1, 2), weights(w, 1, 2), others(w2, 1, 2);
    const auto error = quantcal::quantize_propagation(input, other, weights, others);
    check(std::abs(error.carried_error - 0.2) < 1e-6, "carried");
    check(std::abs(error.own_error - 0.25) < 1e-6, "own");
    check(std::abs(error.total_error - 0.05) < 1e-6, "total");
    check_error([&] { quantcal::quantize_propagation(input, other, matrix_view(w, 2, 1), others); },
                QC_ERR_SIZE, "a row of weights");
}

void check_planning() {
    check(std::abs(quantcal::quantize_qat_fraction(1e12, 2e9, 4) - 0.3775) < 1e-3, "fraction");
    check_error([] { quantcal::quantize_qat_fraction(1, 1, 8); }, QC_ERR_DOMAIN, "tokens");
    const double loss = quantcal::quantize_qat_loss(4, 9, 8, {2, 0.5, 1, 2});
    check(std::abs(loss - 4) < 1e-14, "loss");
    check_error(
        [] {
            quantcal::quantize_qat_loss(4, 9, 0, {2, 0.5, 1, 2});
        },
        QC_ERR_SIZE, "group_size");
}

} // namespace

void check_quantize_diagnostics() {
    check_error_and_statistics<float>({3, -4, 0});
    check_error_and_statistics<quantcal::float16>({{{0x4200}, {0xc400}, {0}}});
    check_error_and_statistics<quantcal::bfloat16>({{{0x4040}, {0xc080}, {0}}});
    check_codes();
    check_divergence<float>();
    check_divergence<double>();
    check_propagation();
    check_planning();
}
