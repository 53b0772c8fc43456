#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    GROUPS = 3,
    /* Larger calibrators would only take longer. */
    POINTS_MAX = 2000
};

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no calibrator to test with: %s\n", qc_last_error());
        exit(2);
    }
}

static void *make(size_t size, int32_t groups, int32_t weighted) {
    const size_t points = size < POINTS_MAX ? size : POINTS_MAX;
    qc_conformal_calibrator_options options;
    qc_conformal_calibrator *calibrator = NULL;
    double *scores = exact_allocator.get(points * sizeof *scores);
    double *weights = exact_allocator.get(points * sizeof *weights);
    int64_t *group = exact_allocator.get(points * sizeof *group);
    for (size_t i = 0; i < points; i++) {
        scores[i] = (double)(i * 7 % 10) + (double)i / 4;
        weights[i] = 0.5 + (double)(i % 3);
        group[i] = (int64_t)(i % GROUPS);
    }
    must(qc_conformal_calibrator_options_init(&options, sizeof options));
    options.group_count = groups;
    options.weighted = weighted;
    must(qc_conformal_calibrator_create(&options, &calibrator));
    must(qc_conformal_calibrator_update_f64(calibrator, scores, weighted ? weights : NULL,
                                            groups > 0 ? group : NULL, points));
    exact_allocator.release(scores, points * sizeof *scores);
    exact_allocator.release(weights, points * sizeof *weights);
    exact_allocator.release(group, points * sizeof *group);
    return calibrator;
}

static void *make_plain(size_t size) { return make(size, 0, 0); }

static void *make_full(size_t size) { return make(size, GROUPS, 1); }

static void destroy_calibrator(void *calibrator) { qc_conformal_calibrator_destroy(calibrator); }

static size_t look(const void *calibrator, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_conformal_calibrator_serialize(calibrator, NULL, 0, &size));
    if (seen != NULL && capacity >= size) {
        must(qc_conformal_calibrator_serialize(calibrator, seen, capacity, &size));
    }
    return size;
}

static const handle_kind plain = {make_plain, destroy_calibrator, look};
static const handle_kind full = {make_full, destroy_calibrator, look};

/* -- Making and destroying ------------------------------------------------------ */

static qc_status options_init(const value *v) {
    return qc_conformal_calibrator_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_calibrator_options));
}

static qc_status p_value_options_init(const value *v) {
    return qc_conformal_p_value_options_init(v[0].pointer, v[1].size);
}

static void build_p_value_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_p_value_options));
}

static qc_status create(const value *v) {
    return qc_conformal_calibrator_create(v[0].pointer, v[1].pointer);
}

static const bad_value negative[] = {{-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values must_count = BAD_VALUES(negative);

static const field fields[] = {
    {"group_count", offsetof(qc_conformal_calibrator_options, group_count), TYPE_I32, &must_count},
    {"weighted", offsetof(qc_conformal_calibrator_options, weighted), TYPE_I32, &must_be_0_or_1},
    {"last_group", offsetof(qc_conformal_calibrator_options, last_group), TYPE_I32,
     &must_be_0_or_1},
    {"reserved", offsetof(qc_conformal_calibrator_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_calibrator_options given = {
        .struct_size = sizeof given, .group_count = GROUPS, .weighted = 1};
    (void)type;
    (void)rows;
    (void)columns;
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    new_handle(c, "calibrator", &plain);
}

static qc_status destroy(const value *v) {
    qc_conformal_calibrator_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *calibrator = handle(c, "calibrator", &full, rows * columns);
    calibrator->is_destroyed = true;
    calibrator->optional = true;
}

/* -- Points ----------------------------------------------------------------------- */

static const bad_value bad_groups[] = {{-2, QC_ERR_DOMAIN}, {GROUPS, QC_ERR_DOMAIN}};
static const bad_values must_be_groups = BAD_VALUES(bad_groups);

/* -1 is no group. */
static argument *groups(call *c, size_t n) {
    argument *a = input(c, "groups", TYPE_I64, n, -1, GROUPS);
    a->bad = &must_be_groups;
    return a;
}

static const bad_value bad_weights[] = {
    {-0.5, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values must_be_finite_weights = BAD_VALUES(bad_weights);
static const bad_value bad_test_weights[] = {
    {-0.5, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {-INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_test_weights = BAD_VALUES(bad_test_weights);

static qc_status update_f64(const value *v) {
    return qc_conformal_calibrator_update_f64(v[0].pointer, v[1].pointer, v[2].pointer,
                                              v[3].pointer, v[4].size);
}

static qc_status update_f32(const value *v) {
    return qc_conformal_calibrator_update_f32(v[0].pointer, v[1].pointer, v[2].pointer,
                                              v[3].pointer, v[4].size);
}

static void build_update(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    handle(c, "calibrator", &full, 50)->may_change = true;
    input(c, "scores", type, n, -3, 3)->bad = &must_not_be_nan;
    input(c, "weights", type, n, 0, 2)->bad = &must_be_finite_weights;
    groups(c, n);
    length(c, "n", n, QC_OK);
}

static qc_status update_plain_f64(const value *v) {
    return qc_conformal_calibrator_update_f64(v[0].pointer, v[1].pointer, NULL, NULL, v[2].size);
}

static void build_update_plain(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    handle(c, "calibrator", &plain, 50)->may_change = true;
    input(c, "scores", type, n, -3, 3)->bad = &must_not_be_nan;
    length(c, "n", n, QC_OK);
}

static qc_status merge(const value *v) {
    return qc_conformal_calibrator_merge(v[0].pointer, v[1].pointer);
}

static void build_merge(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "calibrator", &full, rows * columns)->may_change = true;
    handle(c, "other", &full, rows * columns);
}

/* -- Results ---------------------------------------------------------------------- */

/* Just as much room as is needed. */
static void capacity(call *c, size_t count, size_t unit) {
    length(c, "capacity", count, count == 0 ? QC_OK : QC_ERR_SIZE)->bytes_per_unit = unit;
}

static qc_status counts(const value *v) {
    return qc_conformal_calibrator_counts(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_counts(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "calibrator", &full, rows * columns);
    output(c, "counts", TYPE_I64, GROUPS)->optional = true;
    capacity(c, GROUPS, sizeof(int64_t));
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {0, QC_ERR_DOMAIN},
                                       {1, QC_ERR_DOMAIN},
                                       {-0.1, QC_ERR_DOMAIN},
                                       {INFINITY, QC_ERR_DOMAIN}};
static const bad_values must_be_levels = BAD_VALUES(bad_levels);

static qc_status thresholds(const value *v) {
    return qc_conformal_calibrator_thresholds(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_thresholds(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    (void)type;
    handle(c, "calibrator", &full, 100);
    input(c, "alphas", TYPE_F64, n, 0.01, 0.99)->bad = &must_be_levels;
    length(c, "alpha_count", n, QC_OK)->bytes_per_unit = GROUPS * sizeof(double);
    output(c, "thresholds", TYPE_F64, n * GROUPS);
}

static qc_status point_thresholds(const value *v) {
    return qc_conformal_calibrator_point_thresholds(v[0].pointer, v[1].pointer, v[2].pointer,
                                                    v[3].size, v[4].number, v[5].pointer);
}

static void build_point_thresholds(call *c, element_type type, size_t rows, size_t columns) {
    const size_t m = rows * columns;
    (void)type;
    handle(c, "calibrator", &full, 100);
    argument *weights = input(c, "test_weights", TYPE_F64, m, 0.5, 2);
    weights->bad = &must_be_test_weights;
    weights->optional = true;
    groups(c, m);
    length(c, "m", m, QC_OK);
    number(c, "alpha", 0.1, &must_be_levels);
    output(c, "thresholds", TYPE_F64, m);
}

static qc_status p_values_f64(const value *v) {
    return qc_conformal_calibrator_p_values_f64(v[0].pointer, v[1].pointer, v[2].pointer,
                                                v[3].pointer, v[4].size, v[5].pointer,
                                                v[6].pointer);
}

static qc_status p_values_f32(const value *v) {
    return qc_conformal_calibrator_p_values_f32(v[0].pointer, v[1].pointer, v[2].pointer,
                                                v[3].pointer, v[4].size, v[5].pointer,
                                                v[6].pointer);
}

static const field p_value_fields[] = {
    {"tail", offsetof(qc_conformal_p_value_options, tail), TYPE_I32, &must_be_0_or_1},
    {"randomised", offsetof(qc_conformal_p_value_options, randomised), TYPE_I32, &must_be_0_or_1},
};

static void build_p_values(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_p_value_options given = {
        .struct_size = sizeof given, .randomised = 1, .seed = 7};
    const size_t m = rows * columns;
    handle(c, "calibrator", &full, 100);
    input(c, "scores", type, m, -3, 30)->bad = &must_not_be_nan;
    argument *weights = input(c, "test_weights", TYPE_F64, m, 0.5, 2);
    weights->bad = &must_be_test_weights;
    weights->optional = true;
    groups(c, m);
    length(c, "m", m, QC_OK);
    options(c, &given, sizeof given, p_value_fields,
            sizeof p_value_fields / sizeof p_value_fields[0], 0)
        ->optional = true;
    output(c, "p_values", TYPE_F64, m);
}

/* -- Bytes ------------------------------------------------------------------------ */

static qc_status serialize(const value *v) {
    return qc_conformal_calibrator_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t size_of(const handle_kind *kind, size_t points) {
    void *calibrator = kind->make(points);
    const size_t size = look(calibrator, NULL, 0);
    kind->destroy(calibrator);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = size_of(&full, rows * columns);
    (void)type;
    handle(c, "calibrator", &full, rows * columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    capacity(c, size, 1);
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_conformal_calibrator_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_calibrator(const argument *self, void *memory) {
    void *calibrator = self->handle->make((size_t)self->low);
    look(calibrator, memory, self->count);
    self->handle->destroy(calibrator);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t points = rows * columns;
    const size_t size = size_of(&full, points);
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)points, 0);
    (void)type;
    bytes->fill = fill_with_calibrator;
    bytes->handle = &full;
    bytes->bad = &any_other_byte;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "calibrator", &full);
}

const row conformal_calibrator_rows[] = {
    {"qc_conformal_calibrator_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_p_value_options_init", "", p_value_options_init, build_p_value_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_create", "", create, build_create, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_update_f64", "weights and groups", update_f64, build_update, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_calibrator_update_f64", "plain", update_plain_f64, build_update_plain, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_calibrator_update_f32", "", update_f32, build_update, TYPE_F32, MUCH_WORK},
    {"qc_conformal_calibrator_merge", "", merge, build_merge, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_counts", "", counts, build_counts, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_thresholds", "", thresholds, build_thresholds, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_point_thresholds", "", point_thresholds, build_point_thresholds,
     TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_p_values_f64", "", p_values_f64, build_p_values, TYPE_F64, MUCH_WORK},
    {"qc_conformal_calibrator_p_values_f32", "", p_values_f32, build_p_values, TYPE_F32, MUCH_WORK},
    {"qc_conformal_calibrator_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_calibrator_deserialize", "", deserialize, build_deserialize, TYPE_NONE,
     MUCH_WORK},
    {0},
};
