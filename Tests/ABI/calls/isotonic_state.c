#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    /* Larger states would only take longer. */
    POINTS_MAX = 2000,
    /* Where the range of x begins that follows all others. */
    NEXT_RANGE = 100000000
};

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no state to test with: %s\n", qc_last_error());
        exit(2);
    }
}

/* x rises by 1 from point to point; y goes up and down. */
static void *make(size_t size, int32_t loss, double first) {
    const size_t points = size < POINTS_MAX ? size : POINTS_MAX;
    qc_isotonic_state_options options;
    qc_isotonic_state *state = NULL;
    double *x = exact_allocator.get(points * sizeof *x);
    double *y = exact_allocator.get(points * sizeof *y);
    for (size_t i = 0; i < points; i++) {
        x[i] = first + (double)i;
        y[i] = (double)(i * 7 % 10) + (double)i / 4;
    }
    must(qc_isotonic_state_options_init(&options, sizeof options));
    options.loss = loss;
    must(qc_isotonic_state_create(&options, &state));
    must(qc_isotonic_state_update_f64(state, x, y, NULL, points));
    exact_allocator.release(x, points * sizeof *x);
    exact_allocator.release(y, points * sizeof *y);
    return state;
}

static void *make_squared(size_t size) { return make(size, QC_ISOTONIC_SQUARED, 0); }

static void *make_next(size_t size) { return make(size, QC_ISOTONIC_SQUARED, NEXT_RANGE); }

static void *make_quantile(size_t size) { return make(size, QC_ISOTONIC_QUANTILE, 0); }

static void *make_next_quantile(size_t size) {
    return make(size, QC_ISOTONIC_QUANTILE, NEXT_RANGE);
}

static void destroy_state(void *state) { qc_isotonic_state_destroy(state); }

static size_t look(const void *state, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_isotonic_state_serialize(state, seen, capacity, &size));
    return size;
}

static const handle_kind squared = {make_squared, destroy_state, look};
static const handle_kind next_squared = {make_next, destroy_state, look};
static const handle_kind quantile = {make_quantile, destroy_state, look};
static const handle_kind next_quantile = {make_next_quantile, destroy_state, look};

/* -- Making and destroying ------------------------------------------------------ */

static qc_status options_init(const value *v) {
    return qc_isotonic_state_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_state_options));
}

static qc_status create(const value *v) {
    return qc_isotonic_state_create(v[0].pointer, v[1].pointer);
}

static const bad_value bad_levels[] = {{NAN, QC_ERR_OPTIONS},
                                       {INFINITY, QC_ERR_OPTIONS},
                                       {0, QC_ERR_OPTIONS},
                                       {1, QC_ERR_OPTIONS},
                                       {-INFINITY, QC_ERR_OPTIONS}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const field fields[] = {
    {"loss", offsetof(qc_isotonic_state_options, loss), TYPE_I32, &must_be_0_or_1},
    {"direction", offsetof(qc_isotonic_state_options, direction), TYPE_I32, &must_be_0_or_1},
    {"solution", offsetof(qc_isotonic_state_options, solution), TYPE_I32, &must_be_0_to_2},
    {"reserved", offsetof(qc_isotonic_state_options, reserved), TYPE_I32, &must_be_zero},
    {"level", offsetof(qc_isotonic_state_options, level), TYPE_F64, &levels},
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    const qc_isotonic_state_options given = {
        .struct_size = sizeof given, .loss = QC_ISOTONIC_QUANTILE, .level = 0.5};
    (void)type;
    (void)rows;
    (void)columns;
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    new_handle(c, "state", &squared);
}

static qc_status destroy(const value *v) {
    qc_isotonic_state_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *state = handle(c, "state", &squared, rows * columns);
    state->is_destroyed = true;
    state->optional = true;
}

/* -- Points ----------------------------------------------------------------------- */

static qc_status update_f64(const value *v) {
    return qc_isotonic_state_update_f64(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                        v[4].size);
}

static qc_status update_f32(const value *v) {
    return qc_isotonic_state_update_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                        v[4].size);
}

/* Pairs of equal x, after those of the state. */
static void fill_x(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        set_element(memory, self->type, i, self->low + floor((double)i / 2));
    }
}

static const bad_value bad_x[] = {{NAN, QC_ERR_NOT_FINITE},
                                  {INFINITY, QC_ERR_NOT_FINITE},
                                  {-INFINITY, QC_ERR_NOT_FINITE},
                                  {-1, QC_ERR_DOMAIN}};
static const bad_values must_rise = BAD_VALUES(bad_x);

static void build_update(call *c, element_type type, size_t n, const handle_kind *kind) {
    handle(c, "state", kind, 50)->may_change = true;
    argument *x = input(c, "x", type, n, 49, 0);
    x->fill = fill_x;
    x->bad = &must_rise;
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", n, QC_OK);
}

static void build_squared(call *c, element_type type, size_t rows, size_t columns) {
    build_update(c, type, rows * columns, &squared);
}

static void build_quantile(call *c, element_type type, size_t rows, size_t columns) {
    build_update(c, type, rows * columns, &quantile);
}

static qc_status merge(const value *v) {
    return qc_isotonic_state_merge(v[0].pointer, v[1].pointer);
}

static void build_merge(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &squared, rows * columns)->may_change = true;
    handle(c, "other", &next_squared, rows * columns);
}

static void build_merge_quantiles(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &quantile, rows * columns)->may_change = true;
    handle(c, "other", &next_quantile, rows * columns);
}

/* -- Results ---------------------------------------------------------------------- */

static qc_status fit(const value *v) {
    return qc_isotonic_state_fit(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                 v[4].pointer, v[5].size, v[6].pointer);
}

/* Just as much room as is needed. */
static void capacity(call *c, size_t count, size_t unit) {
    length(c, "capacity", count, count == 0 ? QC_OK : QC_ERR_SIZE)->bytes_per_unit = unit;
}

static void build_fit(call *c, const handle_kind *kind, size_t points) {
    static const char *const columns[] = {"first", "last", "values", "weights"};
    qc_isotonic_state *state = kind->make(points);
    size_t count = 0;
    must(qc_isotonic_state_fit(state, NULL, NULL, NULL, NULL, 0, &count));
    qc_isotonic_state_destroy(state);
    handle(c, "state", kind, points);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        output(c, columns[i], TYPE_F64, count)->optional = true;
    }
    capacity(c, count, sizeof(double));
    output(c, "block_count", TYPE_SIZE, 1)->optional = true;
}

static void build_fit_squared(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_fit(c, &squared, rows * columns);
}

static void build_fit_quantile(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_fit(c, &quantile, rows * columns);
}

static qc_status knots(const value *v) {
    return qc_isotonic_state_knots(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                   v[4].pointer);
}

static void build_knots(call *c, element_type type, size_t rows, size_t columns) {
    qc_isotonic_state *state = make_squared(rows * columns);
    size_t count = 0;
    (void)type;
    must(qc_isotonic_state_knots(state, NULL, NULL, 0, &count));
    qc_isotonic_state_destroy(state);
    handle(c, "state", &squared, rows * columns);
    output(c, "x", TYPE_F64, count)->optional = true;
    output(c, "y", TYPE_F64, count)->optional = true;
    capacity(c, count, sizeof(double));
    output(c, "knot_count", TYPE_SIZE, 1)->optional = true;
}

/* -- Bytes ------------------------------------------------------------------------ */

static qc_status serialize(const value *v) {
    return qc_isotonic_state_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t size_of(const handle_kind *kind, size_t points) {
    void *state = kind->make(points);
    const size_t size = look(state, NULL, 0);
    kind->destroy(state);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = size_of(&quantile, rows * columns);
    (void)type;
    handle(c, "state", &quantile, rows * columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    capacity(c, size, 1);
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_isotonic_state_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_state(const argument *self, void *memory) {
    void *state = self->handle->make((size_t)self->low);
    look(state, memory, self->count);
    self->handle->destroy(state);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize(call *c, const handle_kind *kind, size_t points) {
    const size_t size = size_of(kind, points);
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)points, 0);
    bytes->fill = fill_with_state;
    bytes->handle = kind;
    bytes->bad = &any_other_byte;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "state", kind);
}

static void build_deserialize_squared(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_deserialize(c, &squared, rows * columns);
}

static void build_deserialize_quantile(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_deserialize(c, &quantile, rows * columns);
}

const row isotonic_state_rows[] = {
    {"qc_isotonic_state_options_init", "", options_init, build_options_init, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_create", "", create, build_create, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_update_f64", "squared", update_f64, build_squared, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_state_update_f64", "quantile", update_f64, build_quantile, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_state_update_f32", "squared", update_f32, build_squared, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_state_merge", "squared", merge, build_merge, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_merge", "quantile", merge, build_merge_quantiles, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_fit", "squared", fit, build_fit_squared, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_fit", "quantile", fit, build_fit_quantile, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_knots", "", knots, build_knots, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_state_deserialize", "squared", deserialize, build_deserialize_squared, TYPE_NONE,
     MUCH_WORK},
    {"qc_isotonic_state_deserialize", "quantile", deserialize, build_deserialize_quantile,
     TYPE_NONE, MUCH_WORK},
    {0},
};
