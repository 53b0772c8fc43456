#include "check.hpp"

#include <limits>

namespace {

template <class T>
void check_type() {
    const std::vector<T> values{0.5, 0.375, 0.125, 0.25, 0.25, 0.5};
    const quantcal::matrix_view probabilities(values, 2, 3);
    const std::vector<std::int64_t> labels{1, 0};
    quantcal::conformal_class_options options;
    options.kind = QC_CONFORMAL_APS;
    check(quantcal::conformal_label_scores(probabilities, labels, options) ==
              std::vector<T>{0.875, 0.75},
          "label scores");
    check(quantcal::conformal_class_scores(probabilities, options) ==
              std::vector<T>{0.5, 0.875, 1, 0.75, 1, 0.5},
          "class scores");
    const std::vector<T> one{0.875};
    const auto sets = quantcal::conformal_class_sets(probabilities, one, options);
    check(sets.mask == std::vector<std::uint8_t>{0b011, 0b101}, "masks");
    check(sets.sizes == std::vector<std::int32_t>{2, 2}, "sizes");

    options.threshold_for = QC_CONFORMAL_FOR_EACH_CLASS;
    const std::vector<T> each{0, std::numeric_limits<T>::infinity(), T(0.5)};
    const auto by_class = quantcal::conformal_class_sets(probabilities, each, options);
    check(by_class.mask == std::vector<std::uint8_t>{0b010, 0b110}, "masks by class");
    options.threshold_for = QC_CONFORMAL_FOR_EACH_ROW;
    check_error([&] { quantcal::conformal_class_sets(probabilities, each, options); }, QC_ERR_SIZE,
                "thresholds has 3 elements; 2 are needed");

    const std::vector<double> lambdas{0.5, 0.25};
    const auto penalty = quantcal::conformal_raps_tune(probabilities, labels, 0.5, lambdas);
    check(penalty.result.k_reg == 2 && penalty.result.lambda == 0.5, "the first of equals");
    check(penalty.mean_sizes == std::vector<double>(2, penalty.result.mean_size), "mean sizes");
}

} // namespace

void check_conformal_class_scores() {
    check_type<double>();
    check_type<float>();
    const std::vector<double> wrong{0.5, 1.5};
    check_error([&] { quantcal::conformal_class_scores(quantcal::matrix_view(wrong, 1, 2)); },
                QC_ERR_DOMAIN, "probabilities[1] is 1.5");
}
