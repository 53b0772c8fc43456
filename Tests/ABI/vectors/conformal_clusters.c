#include "vectors.h"

static const char *const rares[] = {"marginal", "none", NULL};

static void options_init(run *r) {
    qc_conformal_cluster_options options;
    if (returned(r, qc_conformal_cluster_options_init(&options, sizeof options))) {
        expect_int32(r, "cluster_count", options.cluster_count);
        expect_choice(r, "rare", options.rare, rares);
        expect_int32(r, "restarts", options.restarts);
        expect_size(r, "seed", (size_t)options.seed);
    }
}

static void plan(run *r) {
    const array counts = input_vector(r, "counts", TYPE_I64);
    const array fraction = output_array(r, TYPE_F64, 1);
    const array cluster_count = output_array(r, TYPE_SIZE, 1);
    if (returned(r,
                 qc_conformal_cluster_plan(counts.data, counts.count, input_double(r, "alpha", 0),
                                           fraction.data, cluster_count.data))) {
        expect_element(r, "fraction", fraction);
        expect_element(r, "cluster_count", cluster_count);
    }
}

static void class_clusters(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const size_t classes = input_size(r, "class_count", 0);
    const double alpha = input_double(r, "alpha", 0);
    qc_conformal_cluster_options options;
    qc_conformal_cluster_options_init(&options, sizeof options);
    options.cluster_count = input_int32(r, "cluster_count", options.cluster_count);
    options.rare = input_choice(r, "rare", options.rare, rares);
    options.restarts = input_int32(r, "restarts", options.restarts);
    options.seed = input_size(r, "seed", (size_t)options.seed);
    const array clusters = output_array(r, TYPE_I64, classes);
    const array cluster_count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_class_clusters_f32(scores.data, labels.data, scores.count,
                                                          classes, alpha, &options, clusters.data,
                                                          cluster_count.data)
                        : qc_conformal_class_clusters_f64(scores.data, labels.data, scores.count,
                                                          classes, alpha, &options, clusters.data,
                                                          cluster_count.data))) {
        expect_array(r, "clusters", clusters);
        expect_element(r, "cluster_count", cluster_count);
    }
}

const adapter conformal_clusters_adapters[] = {
    {"qc_conformal_cluster_options_init", options_init},
    {"qc_conformal_cluster_plan", plan},
    {"qc_conformal_class_clusters", class_clusters},
    {NULL, NULL},
};
