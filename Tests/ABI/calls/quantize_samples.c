#include "calls.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value name##_list[] = {__VA_ARGS__};                                          \
    static const bad_values name = BAD_VALUES(name##_list)

BAD_OPTION(radii, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(factors, {-1, QC_ERR_OPTIONS}, {2e9, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(means, {-0.5, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(deviations, {0, QC_ERR_OPTIONS}, {1e9, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(cluster_counts, {0, QC_ERR_OPTIONS}, {65537, QC_ERR_OPTIONS});
BAD_OPTION(restart_counts, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {1001, QC_ERR_OPTIONS});
BAD_OPTION(methods, {-1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(draws, {-1, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(flags, {2, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN});

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_samples_options, name), type, &bad }

static const qc_quantize_samples_options by_density = {
    .struct_size = sizeof by_density, .radius = 0.5, .diversity = 1};
static const qc_quantize_samples_options by_clusters = {
    .struct_size = sizeof by_clusters, .seed = 3, .clusters = 4, .method = 1, .restarts = 2};
static const qc_quantize_samples_options normal = {
    .struct_size = sizeof normal, .seed = 3, .draw = 2, .mean = 0.5, .deviation = 0.25};
static const field filter_fields[] = {FIELD(fence, TYPE_F64, factors),
                                      FIELD(reserved, TYPE_I32, must_be_zero)};
static const field density_fields[] = {
    FIELD(radius, TYPE_F64, radii), FIELD(diversity, TYPE_F64, factors),
    FIELD(reserved, TYPE_I32, must_be_zero), FIELD(method, TYPE_I32, methods)};
static const field cluster_fields[] = {
    FIELD(clusters, TYPE_SIZE, cluster_counts), FIELD(restarts, TYPE_I32, restart_counts),
    FIELD(reserved, TYPE_I32, must_be_zero), FIELD(method, TYPE_I32, methods)};
static const field step_fields[] = {
    FIELD(mean, TYPE_F64, means), FIELD(deviation, TYPE_F64, deviations),
    FIELD(draw, TYPE_I32, draws), FIELD(reserved, TYPE_I32, must_be_zero)};
static const size_t progress_offset = offsetof(qc_quantize_samples_options, progress);

static qc_status options_init(const value *v) {
    return qc_quantize_samples_options_init(v[0].pointer, v[1].size);
}

static void build_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_samples_options));
}

static qc_status filter(const value *v) {
    return qc_quantize_samples_filter_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                          v[4].pointer, v[5].pointer);
}

static void build_filter(call *c, element_type type, size_t rows, size_t columns) {
    const qc_quantize_samples_options given = {.struct_size = sizeof given, .fence = 1};
    (void)type;
    input(c, "statistics", TYPE_F64, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, QC_OK);
    length(c, "statistic_count", columns, QC_OK);
    input(c, "categories", TYPE_I64, rows, 0, 3)->optional = true;
    options(c, &given, sizeof given, filter_fields, 2, 0)->optional = true;
    output(c, "kept", TYPE_U8, rows);
}

static qc_status select_samples(const value *v) {
    return qc_quantize_samples_select_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                          v[4].size, v[5].pointer, v[6].pointer);
}

static void keep_all(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        ((uint8_t *)memory)[i] = 1;
    }
}

static void build_select(call *c, size_t rows, size_t columns,
                         const qc_quantize_samples_options *given, const field *fields) {
    const size_t choose = rows == 0 ? 0 : 1 + rows / 8;
    input(c, "features", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, choose == 0 ? QC_OK : QC_ERR_SIZE);
    length(c, "dimension", columns, QC_OK);
    argument *kept = input(c, "kept", TYPE_U8, rows, 0, 2);
    kept->fill = keep_all;
    kept->bad = &flags;
    kept->optional = true;
    length(c, "choose", choose, QC_OK)->bytes_per_unit = sizeof(size_t);
    options(c, given, sizeof *given, fields, 4, progress_offset)->optional = true;
    output(c, "chosen", TYPE_SIZE, choose);
}

static void build_density(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_select(c, rows, columns, &by_density, density_fields);
}

static void build_clusters(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_select(c, rows, columns, &by_clusters, cluster_fields);
}

static qc_status allocate(const value *v) {
    return qc_quantize_samples_allocate_f32(v[0].pointer, v[1].size, v[2].size, v[3].size,
                                            v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_allocate(call *c, element_type type, size_t rows, size_t columns) {
    const size_t total = rows == 0 ? 0 : 100;
    (void)type;
    input(c, "features", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "n", rows, total == 0 ? QC_OK : QC_ERR_SIZE);
    length(c, "dimension", columns, QC_OK);
    length(c, "total", total, QC_OK)->limit = rows == 0 ? 0 : (size_t)1 << 32;
    options(c, &by_density, sizeof by_density, density_fields, 3, progress_offset)->optional = true;
    output(c, "weights", TYPE_F64, rows)->optional = true;
    output(c, "counts", TYPE_SIZE, rows);
}

static qc_status steps(const value *v) {
    return qc_quantize_samples_steps(v[0].size, v[1].size, v[2].pointer, v[3].pointer);
}

static void build_steps(call *c, element_type type, size_t rows, size_t columns) {
    const size_t count = rows * columns;
    (void)type;
    length(c, "steps", 1000, count == 0 ? QC_OK : QC_ERR_SIZE)->limit = (size_t)1 << 53;
    length(c, "count", count, QC_OK)->bytes_per_unit = sizeof(size_t);
    options(c, &normal, sizeof normal, step_fields, 4, 0)->optional = true;
    output(c, "chosen", TYPE_SIZE, count);
}

const row quantize_samples_rows[] = {
    {"qc_quantize_samples_options_init", "", options_init, build_options, TYPE_NONE, ANY_WORK},
    {"qc_quantize_samples_filter_f64", "", filter, build_filter, TYPE_F64, ANY_WORK},
    {"qc_quantize_samples_select_f32", "density", select_samples, build_density, TYPE_F32,
     MUCH_WORK},
    {"qc_quantize_samples_select_f32", "clusters", select_samples, build_clusters, TYPE_F32,
     MUCH_WORK},
    {"qc_quantize_samples_allocate_f32", "", allocate, build_allocate, TYPE_F32, MUCH_WORK},
    {"qc_quantize_samples_steps", "", steps, build_steps, TYPE_NONE, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
