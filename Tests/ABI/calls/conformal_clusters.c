#include "calls.h"

#include <math.h>

static const bad_value bad_counts[] = {{-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values counts_bad = BAD_VALUES(bad_counts);
static const bad_value bad_restarts[] = {{0, QC_ERR_OPTIONS},
                                         {-1, QC_ERR_OPTIONS},
                                         {1001, QC_ERR_OPTIONS},
                                         {INT32_MAX, QC_ERR_OPTIONS},
                                         {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values restarts = BAD_VALUES(bad_restarts);
static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {0, QC_ERR_DOMAIN},
                                       {1, QC_ERR_DOMAIN},
                                       {-0.5, QC_ERR_DOMAIN},
                                       {INFINITY, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);
static const bad_value bad_sizes[] = {{-1, QC_ERR_DOMAIN}, {-9.2e18, QC_ERR_DOMAIN}};
static const bad_values sizes = BAD_VALUES(bad_sizes);
static const bad_value bad_labels[] = {{-1, QC_ERR_DOMAIN},
                                       {1e6, QC_ERR_DOMAIN},
                                       {4294967296.0, QC_ERR_DOMAIN}, /* 0 in 32 bits */
                                       {9.2e18, QC_ERR_DOMAIN},
                                       {-9.2e18, QC_ERR_DOMAIN}};
static const bad_values labels_bad = BAD_VALUES(bad_labels);

static const field fields[] = {
    {"cluster_count", offsetof(qc_conformal_cluster_options, cluster_count), TYPE_I32, &counts_bad},
    {"rare", offsetof(qc_conformal_cluster_options, rare), TYPE_I32, &must_be_0_or_1},
    {"restarts", offsetof(qc_conformal_cluster_options, restarts), TYPE_I32, &restarts},
    {"reserved", offsetof(qc_conformal_cluster_options, reserved), TYPE_I32, &must_be_zero},
};

static qc_status options_init(const value *v) {
    return qc_conformal_cluster_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_cluster_options));
}

static qc_status plan(const value *v) {
    return qc_conformal_cluster_plan(v[0].pointer, v[1].size, v[2].number, v[3].pointer,
                                     v[4].pointer);
}

static void build_plan(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "counts", TYPE_I64, rows * columns, 0, 100)->bad = &sizes;
    length(c, "class_count", rows * columns, QC_OK)->limit = INT32_MAX;
    number(c, "alpha", 0.1, &levels);
    output(c, "fraction", TYPE_F64, 1);
    output(c, "cluster_count", TYPE_SIZE, 1);
}

static qc_status clusters_f64(const value *v) {
    return qc_conformal_class_clusters_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                           v[4].number, v[5].pointer, v[6].pointer, v[7].pointer);
}

static qc_status clusters_f32(const value *v) {
    return qc_conformal_class_clusters_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                           v[4].number, v[5].pointer, v[6].pointer, v[7].pointer);
}

/* As many points as the matrix has elements, as many classes as it has columns. */
static void build_clusters(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    const qc_conformal_cluster_options given = {
        .struct_size = sizeof given, .cluster_count = 3, .restarts = 4, .seed = 7};
    input(c, "scores", type, n, -1, 1)->bad = &must_not_be_nan;
    input(c, "labels", TYPE_I64, n, 0, (double)columns)->bad = &labels_bad;
    length(c, "n", n, QC_OK);
    length(c, "class_count", columns, n == 0 ? QC_OK : QC_ERR_SIZE)->limit = INT32_MAX;
    number(c, "alpha", 0.5, &levels);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_conformal_cluster_options, progress))
        ->optional = true;
    output(c, "clusters", TYPE_I64, columns);
    output(c, "cluster_count", TYPE_SIZE, 1);
}

const row conformal_clusters_rows[] = {
    {"qc_conformal_cluster_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_conformal_cluster_plan", "", plan, build_plan, TYPE_NONE, ANY_WORK},
    {"qc_conformal_class_clusters_f64", "", clusters_f64, build_clusters, TYPE_F64, MUCH_WORK},
    {"qc_conformal_class_clusters_f32", "", clusters_f32, build_clusters, TYPE_F32, MUCH_WORK},
    {0},
};
