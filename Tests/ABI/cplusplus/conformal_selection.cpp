#include "check.hpp"

namespace {

template <class T>
void check_scores() {
    using namespace quantcal;
    const std::vector<T> calibration{1, 3, 5, 7, 9};
    const std::vector<T> test{0, 2, 4};
    const std::vector<T> weights{1, 2, 1};

    conformal_p_value_options lower;
    lower.tail = QC_CONFORMAL_TAIL_LOWER;
    const conformal_points references(calibration);
    check(conformal_p_values(references, conformal_points(test)) ==
              std::vector<double>{1, 5.0 / 6, 4.0 / 6},
          "p-values of the upper tail");
    check(conformal_p_values(references, conformal_points(test, weights), lower) ==
              std::vector<double>{1.0 / 6, 3.0 / 7, 0.5},
          "p-values with weights");

    conformal_select_options pruning;
    pruning.pruning = QC_CONFORMAL_PRUNING_DETERMINISTIC;
    const auto none = conformal_select(references, conformal_points(test, weights), 0.5, pruning);
    check(none.count == 0 && none.selected == std::vector<std::uint8_t>{0, 0, 0}, "none remain");
    check(none.e == std::vector<double>{2, 0, 2}, "e-values");
    check(conformal_e_benjamini_hochberg(none.e, 0.5) == none.selected, "by e-values");

    const auto all = conformal_select(references, conformal_points(test), 0.5);
    check(all.count == 3 && all.p[2] == 0.5, "without weights");
    check(conformal_benjamini_hochberg(all.p, 0.5) == all.selected, "by p-values");
    const auto bare = conformal_select(references, conformal_points(test), 0.5, {}, false);
    check(bare.selected == all.selected && bare.count == 3, "without p-values");
    check(bare.p.empty() && bare.e.empty(), "no p-values");

    const std::vector<T> two{5, 1, 6, 2, 7, 3};
    const std::vector<T> asked{4, 9, 3, 9};
    const auto best =
        conformal_select_models(matrix_view<T>(two, 3, 2), matrix_view<T>(asked, 2, 2), 0.5);
    check(best.chosen == std::vector<std::size_t>{0, 0}, "the better score");
    check(best.p == std::vector<double>{0.25, 0.25}, "its p-values");

    const std::vector<T> x{-3, -2, -1, 1, 2, 3};
    const std::vector<T> outcomes{0, 0, 0, 1, 1, 1};
    const std::vector<T> far{4, 5, -4};
    const std::vector<double> penalties{1};
    const auto found = conformal_select_ridge(matrix_view<T>(x, 6, 1), std::span<const T>(outcomes),
                                              matrix_view<T>(far, 3, 1), penalties, 0.5, pruning);
    check(found.selected == std::vector<std::uint8_t>{1, 1, 0}, "by ridge regression");
    check(found.p == std::vector<double>{1.0 / 7, 1.0 / 7, 4.0 / 7}, "its p-values");
    check_error(
        [&] {
            conformal_select_ridge(matrix_view<T>(x, 6, 1), std::span<const T>(far),
                                   matrix_view<T>(far, 3, 1), penalties, 0.5);
        },
        QC_ERR_SIZE, "outcomes has 3 elements");
}

} // namespace

void check_conformal_selection() {
    check_scores<double>();
    check_scores<float>();
    const std::vector<double> one{1};
    const std::vector<double> two{1, 2};
    check_error(
        [&] {
            quantcal::conformal_p_values(quantcal::conformal_points(one, two),
                                         quantcal::conformal_points(one));
        },
        QC_ERR_SIZE, "calibration.weights has 2 elements");
    check_error([&] { quantcal::conformal_benjamini_hochberg(two, 0.5); }, QC_ERR_DOMAIN,
                "p[1] is 2");
}
