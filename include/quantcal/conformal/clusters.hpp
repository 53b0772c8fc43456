/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, clusters.h for what the
 * functions do.
 */
#ifndef QUANTCAL_CONFORMAL_CLUSTERS_HPP
#define QUANTCAL_CONFORMAL_CLUSTERS_HPP

#include "../base.hpp"
#include "clusters.h"

namespace quantcal {

using conformal_cluster_options =
    options<qc_conformal_cluster_options, qc_conformal_cluster_options_init>;

/// The part of the calibration points that makes the clusters, and how many to ask for.
struct cluster_plan {
    double fraction;
    std::size_t cluster_count;
};

/// qc_conformal_cluster_plan()
inline cluster_plan conformal_cluster_plan(std::span<const std::int64_t> counts, double alpha) {
    cluster_plan plan{};
    detail::check(qc_conformal_cluster_plan(counts.data(), counts.size(), alpha, &plan.fraction,
                                            &plan.cluster_count));
    return plan;
}

/// The cluster of each class; cluster_count is the null cluster.
struct class_clusters {
    std::vector<std::int64_t> clusters;
    std::size_t cluster_count;
};

/// qc_conformal_class_clusters_f32() and _f64().
template <real T>
class_clusters conformal_class_clusters(std::span<const T> scores,
                                        std::span<const std::int64_t> labels,
                                        std::size_t class_count, double alpha,
                                        const conformal_cluster_options &options = {},
                                        const progress &report = {}) {
    detail::require_size(labels.size(), scores.size(), "labels");
    class_clusters found{std::vector<std::int64_t>(class_count), 0};
    detail::call_with_progress(options, report, [&](const qc_conformal_cluster_options *given) {
        return detail::by_type<T>(qc_conformal_class_clusters_f32, qc_conformal_class_clusters_f64)(
            scores.data(), labels.data(), scores.size(), class_count, alpha, given,
            found.clusters.data(), &found.cluster_count);
    });
    return found;
}

} // namespace quantcal

#endif
