#include <math.h>
#include <stdlib.h>

#include "calls.h"

/* -- Options ------------------------------------------------------------------- */

static qc_status options_init(const value *v) {
    return qc_isotonic_distribution_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_distribution_options));
}

/* -- Objects ------------------------------------------------------------------- */

/* A distribution of `size` observations, with as many thresholds. */
static void *make_of(size_t size, size_t dimensions) {
    double *x = exact_allocator.get(size * dimensions * sizeof *x);
    double *y = exact_allocator.get(size * sizeof *y);
    for (size_t i = 0; i < size * dimensions; i++) {
        x[i] = (double)(i * 7 % 23);
    }
    for (size_t i = 0; i < size; i++) {
        y[i] = (double)(i % 5) + (double)i / 1024;
    }
    qc_isotonic_distribution *made = NULL;
    if (qc_isotonic_distribution_create_f64(x, size, dimensions, y, NULL, NULL, NULL, &made) !=
        QC_OK) {
        abort();
    }
    exact_allocator.release(x, size * dimensions * sizeof *x);
    exact_allocator.release(y, size * sizeof *y);
    return made;
}

static void *make(size_t size) { return make_of(size, 1); }

/* Fits in the plane are more work. */
static size_t few(size_t n) { return n < 300 ? n : 300; }

static void *make_plane(size_t size) { return make_of(few(size), 2); }

static void destroy(void *distribution) { qc_isotonic_distribution_destroy(distribution); }

static size_t look(const void *distribution, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    qc_isotonic_distribution_serialize(distribution, NULL, 0, &size);
    if (capacity >= size) {
        qc_isotonic_distribution_serialize(distribution, seen, capacity, NULL);
    }
    return size;
}

static const handle_kind distributions = {make, destroy, look};
static const handle_kind planes = {make_plane, destroy, look};

enum {
    OBSERVATIONS = 61,
    MOST_OBSERVATIONS = INT32_MAX - 1
};

/* -- Create and destroy -------------------------------------------------------- */

static const bad_value event_list[] = {{2, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN}};
static const bad_values must_be_events = BAD_VALUES(event_list);

static const field fields[] = {
    {"direction", offsetof(qc_isotonic_distribution_options, direction), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_isotonic_distribution_options, reserved), TYPE_I32, &must_be_zero},
};

static qc_status create_f64(const value *v) {
    return qc_isotonic_distribution_create_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                               v[4].pointer, NULL, v[5].pointer, v[6].pointer);
}

static qc_status create_f32(const value *v) {
    return qc_isotonic_distribution_create_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                               v[4].pointer, NULL, v[5].pointer, v[6].pointer);
}

static qc_status create_censored_f64(const value *v) {
    return qc_isotonic_distribution_create_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                               v[4].pointer, v[5].pointer, v[6].pointer,
                                               v[7].pointer);
}

static qc_status create_censored_f32(const value *v) {
    return qc_isotonic_distribution_create_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                               v[4].pointer, v[5].pointer, v[6].pointer,
                                               v[7].pointer);
}

static void add_observations(call *c, element_type type, size_t n, size_t dimensions) {
    input(c, "x", type, n * dimensions, -1, 1)->bad = &must_be_finite;
    length(c, "n", n, QC_ERR_SIZE)->limit = MOST_OBSERVATIONS;
    length(c, "dimensions", dimensions, QC_ERR_SIZE)->bytes_per_unit = n * element_size(type);
    input(c, "y", type, n, 5, 6)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
}

static void add_result(call *c, int32_t direction) {
    qc_isotonic_distribution_options given;
    qc_isotonic_distribution_options_init(&given, sizeof given);
    given.direction = direction;
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_isotonic_distribution_options, progress))
        ->optional = true;
    new_handle(c, "distribution", &distributions);
}

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    add_observations(c, type, rows + columns, 1);
    add_result(c, QC_ISOTONIC_DECREASING);
}

static void build_create_plane(call *c, element_type type, size_t rows, size_t columns) {
    add_observations(c, type, few(rows + columns), 2);
    add_result(c, QC_ISOTONIC_INCREASING);
}

static void build_create_censored(call *c, element_type type, size_t rows, size_t columns) {
    (void)rows;
    add_observations(c, type, columns, 1);
    argument *events = input(c, "events", TYPE_U8, columns, 0, 2);
    events->bad = &must_be_events;
    events->optional = true;
    add_result(c, QC_ISOTONIC_INCREASING);
}

static qc_status invoke_destroy(const value *v) {
    qc_isotonic_distribution_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *a = handle(c, "distribution", &distributions, rows + columns);
    a->optional = true;
    a->is_destroyed = true;
}

static qc_status dimensions(const value *v) {
    return qc_isotonic_distribution_dimensions(v[0].pointer, v[1].pointer);
}

static void build_dimensions(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "distribution", &planes, rows + columns);
    output(c, "dimensions", TYPE_SIZE, 1);
}

/* -- Questions ----------------------------------------------------------------- */

static qc_status thresholds_f64(const value *v) {
    return qc_isotonic_distribution_thresholds_f64(v[0].pointer, v[1].pointer, v[2].size,
                                                   v[3].pointer);
}

static qc_status thresholds_f32(const value *v) {
    return qc_isotonic_distribution_thresholds_f32(v[0].pointer, v[1].pointer, v[2].size,
                                                   v[3].pointer);
}

static void build_thresholds(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows + columns;
    handle(c, "distribution", &distributions, n);
    output(c, "thresholds", type, n)->optional = true;
    length(c, "capacity", n, QC_ERR_SIZE);
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

static qc_status cdf_f64(const value *v) {
    return qc_isotonic_distribution_cdf_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                            v[4].size, v[5].pointer);
}

static qc_status cdf_f32(const value *v) {
    return qc_isotonic_distribution_cdf_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                            v[4].size, v[5].pointer);
}

static void add_cdf(call *c, element_type type, size_t rows, size_t columns,
                    const handle_kind *kind, size_t dimensions) {
    handle(c, "distribution", kind, OBSERVATIONS);
    input(c, "queries", type, rows * dimensions, -1, 24)->bad = &must_not_be_nan;
    length(c, "m", rows, QC_OK);
    input(c, "thresholds", type, columns, -1, 6)->bad = &must_not_be_nan;
    length(c, "k", columns, QC_OK);
    output(c, "probabilities", type, rows * columns);
}

static void build_cdf(call *c, element_type type, size_t rows, size_t columns) {
    add_cdf(c, type, rows, columns, &distributions, 1);
}

static void build_cdf_plane(call *c, element_type type, size_t rows, size_t columns) {
    add_cdf(c, type, rows, columns, &planes, 2);
}

static qc_status quantile_f64(const value *v) {
    return qc_isotonic_distribution_quantile_f64(v[0].pointer, v[1].pointer, v[2].size,
                                                 v[3].pointer, v[4].size, v[5].pointer);
}

static qc_status quantile_f32(const value *v) {
    return qc_isotonic_distribution_quantile_f32(v[0].pointer, v[1].pointer, v[2].size,
                                                 v[3].pointer, v[4].size, v[5].pointer);
}

static const bad_value level_list[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                       {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                       {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(level_list);

static void build_quantile(call *c, element_type type, size_t rows, size_t columns) {
    handle(c, "distribution", &distributions, OBSERVATIONS);
    input(c, "queries", type, rows, -1, 24)->bad = &must_not_be_nan;
    length(c, "m", rows, QC_OK);
    input(c, "levels", TYPE_F64, columns, 0.01, 0.99)->bad = &levels;
    length(c, "k", columns, QC_OK);
    output(c, "quantiles", type, rows * columns);
}

static qc_status crps_f64(const value *v) {
    return qc_isotonic_distribution_crps_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                             v[4].pointer);
}

static qc_status crps_f32(const value *v) {
    return qc_isotonic_distribution_crps_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                             v[4].pointer);
}

static void add_crps(call *c, element_type type, size_t m, const handle_kind *kind,
                     size_t dimensions) {
    handle(c, "distribution", kind, OBSERVATIONS);
    input(c, "queries", type, m * dimensions, -1, 24)->bad = &must_not_be_nan;
    input(c, "y", type, m, -1, 6)->bad = &must_be_finite;
    length(c, "m", m, QC_OK);
    output(c, "crps", type, m);
}

static void build_crps(call *c, element_type type, size_t rows, size_t columns) {
    add_crps(c, type, rows + columns, &distributions, 1);
}

static void build_crps_plane(call *c, element_type type, size_t rows, size_t columns) {
    add_crps(c, type, rows + columns, &planes, 2);
}

static qc_status pit_f64(const value *v) {
    return qc_isotonic_distribution_pit_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, 7,
                                            v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status pit_f32(const value *v) {
    return qc_isotonic_distribution_pit_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, 7,
                                            v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_pit(call *c, element_type type, size_t rows, size_t columns) {
    const size_t m = rows + columns;
    handle(c, "distribution", &distributions, OBSERVATIONS);
    input(c, "queries", type, m, -1, 24)->bad = &must_not_be_nan;
    input(c, "y", type, m, -1, 6)->bad = &must_not_be_nan;
    length(c, "m", m, QC_OK);
    output(c, "lower", type, m)->optional = true;
    output(c, "upper", type, m)->optional = true;
    output(c, "pit", type, m)->optional = true;
}

/* -- Bytes --------------------------------------------------------------------- */

static qc_status serialize(const value *v) {
    return qc_isotonic_distribution_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t stored_size(const handle_kind *kind, size_t observations) {
    void *made = kind->make(observations);
    const size_t size = look(made, NULL, 0);
    destroy(made);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = stored_size(&distributions, rows + columns);
    (void)type;
    handle(c, "distribution", &distributions, rows + columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    length(c, "capacity", size, QC_ERR_SIZE);
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_isotonic_distribution_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

/* The bytes of a distribution of so many observations as `low` says. */
static void fill_bytes(const argument *self, void *memory) {
    void *made = make((size_t)self->low);
    look(made, memory, self->count);
    destroy(made);
}

static void fill_plane_bytes(const argument *self, void *memory) {
    void *made = make_plane((size_t)self->low);
    look(made, memory, self->count);
    destroy(made);
}

static const bad_value byte_list[] = {{170, QC_ERR_FORMAT}};
static const bad_values must_not_change = BAD_VALUES(byte_list);

static void add_deserialize(call *c, size_t observations, const handle_kind *kind,
                            void (*fill)(const argument *self, void *memory)) {
    const size_t size = stored_size(kind, observations);
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)observations, 0);
    bytes->fill = fill;
    bytes->bad = &must_not_change;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "distribution", kind);
}

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_deserialize(c, rows + columns, &distributions, fill_bytes);
}

static void build_deserialize_plane(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_deserialize(c, rows + columns, &planes, fill_plane_bytes);
}

const row isotonic_distribution_rows[] = {
    {"qc_isotonic_distribution_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_isotonic_distribution_create_f64", "", create_f64, build_create, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_create_f32", "", create_f32, build_create, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_distribution_create_f64", "plane", create_f64, build_create_plane, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_distribution_create_f32", "plane", create_f32, build_create_plane, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_distribution_create_f64", "censored", create_censored_f64, build_create_censored,
     TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_create_f32", "censored", create_censored_f32, build_create_censored,
     TYPE_F32, MUCH_WORK},
    {"qc_isotonic_distribution_destroy", "", invoke_destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_distribution_dimensions", "", dimensions, build_dimensions, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_distribution_thresholds_f64", "", thresholds_f64, build_thresholds, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_distribution_thresholds_f32", "", thresholds_f32, build_thresholds, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_distribution_cdf_f64", "", cdf_f64, build_cdf, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_cdf_f32", "", cdf_f32, build_cdf, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_distribution_cdf_f64", "plane", cdf_f64, build_cdf_plane, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_quantile_f64", "", quantile_f64, build_quantile, TYPE_F64,
     MUCH_WORK},
    {"qc_isotonic_distribution_quantile_f32", "", quantile_f32, build_quantile, TYPE_F32,
     MUCH_WORK},
    {"qc_isotonic_distribution_crps_f64", "", crps_f64, build_crps, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_crps_f32", "", crps_f32, build_crps, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_distribution_crps_f64", "plane", crps_f64, build_crps_plane, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_pit_f64", "", pit_f64, build_pit, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_distribution_pit_f32", "", pit_f32, build_pit, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_distribution_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_distribution_deserialize", "", deserialize, build_deserialize, TYPE_NONE,
     MUCH_WORK},
    {"qc_isotonic_distribution_deserialize", "plane", deserialize, build_deserialize_plane,
     TYPE_NONE, MUCH_WORK},
    {0},
};
