#include "check.hpp"

namespace {

template <class T>
void check_ranks() {
    using namespace quantcal;
    const std::vector<T> calibration{5, 6, 7};
    const std::vector<T> test{4, 6, 3};
    const conformal_refit found = conformal_refit_rank(calibration, test, 0, 0.5);
    check(found.rank == 1 && found.rejections == 2, "a rank of a refit");
    check(conformal_refit_rank(calibration, test, 1, 0.5).rank == 3,
          "tied with a calibration point");
    check_error([&] { conformal_refit_rank(calibration, test, 3, 0.5); }, QC_ERR_DOMAIN, "j is 3");
}

} // namespace

void check_conformal_refit_selection() {
    using namespace quantcal;
    check_ranks<double>();
    check_ranks<float>();

    conformal_select_options pruning;
    pruning.pruning = QC_CONFORMAL_PRUNING_DETERMINISTIC;
    const std::vector<std::size_t> ranks{4, 1, 4, 2, 4, 9};
    const std::vector<std::size_t> rejections{1, 2, 1, 2, 1, 2};
    const auto found = conformal_select_refitted(matrix_view(ranks, 3, 2),
                                                 matrix_view(rejections, 3, 2), 9, 0.5, pruning);
    check(found.selected == std::vector<std::uint8_t>{1, 1, 0} && found.count == 2, "refitted");
    check(found.chosen == std::vector<std::size_t>{1, 1, 1}, "the model with most rejections");
    check(found.p == std::vector<double>{0.1, 0.2, 0.9}, "its p-values");
    check(conformal_e_benjamini_hochberg(found.e, 0.5) == found.selected, "by e-values");
    check_error(
        [&] {
            conformal_select_refitted(matrix_view(ranks, 3, 2), matrix_view(rejections, 2, 3), 9,
                                      0.5);
        },
        QC_ERR_SIZE, "a column of rejections has 2 elements");
}
