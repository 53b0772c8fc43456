#include "check.hpp"

#include <cstdint>

namespace {

template <class T>
void check_type() {
    const std::vector<T> scores{0, 5, T(0.5), 6};
    const std::vector<std::int64_t> labels{0, 1, 2, 3};
    quantcal::conformal_cluster_options options;
    options.cluster_count = 2;
    const auto found = quantcal::conformal_class_clusters<T>(scores, labels, 5, 0.5, options);
    check(found.cluster_count == 2, "two clusters");
    check(found.clusters == std::vector<std::int64_t>{0, 1, 0, 1, 2}, "the null cluster");
    options.rare = QC_CONFORMAL_RARE_NONE;
    const auto rare = quantcal::conformal_class_clusters<T>(scores, labels, 5, 0.5, options);
    check(rare.clusters.back() == -1, "no cluster");
    check_error([&] { quantcal::conformal_class_clusters<T>(scores, labels, 3, 0.5); },
                QC_ERR_DOMAIN, "labels[3] is 3");
    check_error([&] { quantcal::conformal_class_clusters<T>(scores, {}, 3, 0.5); }, QC_ERR_SIZE,
                "labels has 0 elements; 4 are needed");
}

} // namespace

void check_conformal_clusters() {
    check_type<double>();
    check_type<float>();
    const std::vector<std::int64_t> counts(25, 40);
    const auto plan = quantcal::conformal_cluster_plan(counts, 0.1);
    check(plan.fraction == 0.25, "the part that makes the clusters");
    check(plan.cluster_count == 5, "how many clusters to ask for");
}
