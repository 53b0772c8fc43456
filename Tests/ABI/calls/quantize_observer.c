#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    /* Larger observers would only take longer. */
    VALUES_MAX = 300,
    CHANNELS = 2
};

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no observer to test with: %s\n", qc_last_error());
        exit(2);
    }
}

/* Two channels of values that go up and down, and zeros. */
static void *make(size_t size, double moving_average, float unit) {
    qc_quantize_observer_options options;
    qc_quantize_observer *observer = NULL;
    must(qc_quantize_observer_options_init(&options, sizeof options));
    options.bins = 64;
    options.channels = CHANNELS;
    options.moving_average = moving_average;
    must(qc_quantize_observer_create(&options, &observer));
    for (size_t i = 0; i < size && i < VALUES_MAX; i++) {
        const float across = (float)(int)(i * 7 % 17) * unit - 2 * unit;
        const float values[CHANNELS] = {across, -3 * across};
        must(qc_quantize_observer_update_f32(observer, values, 1, 1));
    }
    return observer;
}

static void *make_fine(size_t size) { return make(size, 0, 0.375F); }
static void *make_coarse(size_t size) { return make(size, 0, 1000); }
static void *make_moving(size_t size) { return make(size, 0.25, 1); }

static void destroy_observer(void *observer) { qc_quantize_observer_destroy(observer); }

static size_t look(const void *observer, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_quantize_observer_serialize(observer, seen, capacity, &size));
    return size;
}

static const handle_kind fine = {make_fine, destroy_observer, look};
static const handle_kind coarse = {make_coarse, destroy_observer, look};
static const handle_kind moving = {make_moving, destroy_observer, look};

/* -- Making and destroying ------------------------------------------------------ */

static qc_status options_init(const value *v) {
    return qc_quantize_observer_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_observer_options));
}

static qc_status create(const value *v) {
    return qc_quantize_observer_create(v[0].pointer, v[1].pointer);
}

static const bad_value bad_bins[] = {{15, QC_ERR_OPTIONS},
                                     {65537, QC_ERR_OPTIONS},
                                     {-1, QC_ERR_OPTIONS},
                                     {INT32_MAX, QC_ERR_OPTIONS},
                                     {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values bins = BAD_VALUES(bad_bins);
static const bad_value bad_channels[] = {{0, QC_ERR_OPTIONS}, {1e19, QC_ERR_OPTIONS}};
static const bad_values channel_counts = BAD_VALUES(bad_channels);
static const bad_value bad_averages[] = {
    {-0.1, QC_ERR_OPTIONS}, {1.1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_values averages = BAD_VALUES(bad_averages);
static const field fields[] = {
    {"channels", offsetof(qc_quantize_observer_options, channels), TYPE_SIZE, &channel_counts},
    {"moving_average", offsetof(qc_quantize_observer_options, moving_average), TYPE_F64, &averages},
    {"bins", offsetof(qc_quantize_observer_options, bins), TYPE_I32, &bins},
    {"reserved", offsetof(qc_quantize_observer_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    qc_quantize_observer_options given;
    (void)type;
    (void)rows;
    (void)columns;
    must(qc_quantize_observer_options_init(&given, sizeof given));
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    new_handle(c, "observer", &fine);
}

static qc_status destroy(const value *v) {
    qc_quantize_observer_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *observer = handle(c, "observer", &coarse, rows * columns);
    observer->is_destroyed = true;
    observer->optional = true;
}

/* -- Values ----------------------------------------------------------------------- */

#define UPDATE(suffix)                                                                             \
    static qc_status update_##suffix(const value *v) {                                             \
        return qc_quantize_observer_update_##suffix(v[0].pointer, v[1].pointer, v[2].size,         \
                                                    v[3].size);                                    \
    }
UPDATE(f32)
UPDATE(f16)
UPDATE(bf16)

static void build_update(call *c, element_type type, size_t rows, size_t columns) {
    handle(c, "observer", &fine, 20)->may_change = true;
    input(c, "values", type, rows * CHANNELS * columns, -40, 40)->bad = &must_be_finite;
    length(c, "outer", rows, QC_OK);
    length(c, "inner", columns, QC_OK);
}

static qc_status merge(const value *v) {
    return qc_quantize_observer_merge(v[0].pointer, v[1].pointer);
}

static void build_merge(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "observer", &fine, rows * columns)->may_change = true;
    handle(c, "other", &coarse, rows * columns);
}

static qc_status summarize(const value *v) {
    return qc_quantize_observer_summarize(v[0].pointer, v[1].size, v[2].pointer);
}

static void build_summarize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "observer", &moving, rows * columns);
    length(c, "channel", 1, QC_OK);
    result(c, sizeof(qc_quantize_observer_summary));
}

static qc_status range(const value *v) {
    return qc_quantize_observer_range(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                      v[4].pointer);
}

static const bad_value bad_bits[] = {{1, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}};
static const bad_values bits = BAD_VALUES(bad_bits);
static const bad_value bad_kinds[] = {{-1, QC_ERR_OPTIONS}, {13, QC_ERR_OPTIONS}};
static const bad_values kinds = BAD_VALUES(bad_kinds);
static const field grid_fields[] = {{"bits", offsetof(qc_quantize_grid, bits), TYPE_I32, &bits}};
static const field rule_fields[] = {
    {"kind", offsetof(qc_quantize_range_rule, kind), TYPE_I32, &kinds},
    {"reserved", offsetof(qc_quantize_range_rule, reserved), TYPE_I32, &must_be_zero},
};

static void build_range(call *c, element_type type, size_t rows, size_t columns) {
    qc_quantize_grid grid;
    qc_quantize_range_rule rule;
    (void)type;
    must(qc_quantize_grid_init(&grid, sizeof grid, "int4"));
    must(qc_quantize_range_rule_init(&rule, sizeof rule, "mse"));
    handle(c, "observer", &fine, rows * columns);
    options(c, &grid, sizeof grid, grid_fields, 1, 0)->name = "grid";
    argument *by = options(c, &rule, sizeof rule, rule_fields, 2, 0);
    by->name = "rule";
    by->optional = true;
    output(c, "scales", TYPE_F32, CHANNELS);
    output(c, "zeros", TYPE_F32, CHANNELS)->optional = true;
}

/* -- Bytes ------------------------------------------------------------------------ */

static qc_status serialize(const value *v) {
    return qc_quantize_observer_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t size_of(const handle_kind *kind, size_t points) {
    void *observer = kind->make(points);
    const size_t size = look(observer, NULL, 0);
    kind->destroy(observer);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = size_of(&moving, rows * columns);
    (void)type;
    handle(c, "observer", &moving, rows * columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    length(c, "capacity", size, QC_ERR_SIZE)->bytes_per_unit = 1;
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_quantize_observer_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_observer(const argument *self, void *memory) {
    void *observer = self->handle->make((size_t)self->low);
    look(observer, memory, self->count);
    self->handle->destroy(observer);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t points = rows * columns;
    const size_t size = size_of(&fine, points);
    (void)type;
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)points, 0);
    bytes->fill = fill_with_observer;
    bytes->handle = &fine;
    bytes->bad = &any_other_byte;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "observer", &fine);
}

const row quantize_observer_rows[] = {
    {"qc_quantize_observer_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_quantize_observer_create", "", create, build_create, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_update_f32", "", update_f32, build_update, TYPE_F32, MUCH_WORK},
    {"qc_quantize_observer_update_f16", "", update_f16, build_update, TYPE_F16, MUCH_WORK},
    {"qc_quantize_observer_update_bf16", "", update_bf16, build_update, TYPE_BF16, MUCH_WORK},
    {"qc_quantize_observer_merge", "", merge, build_merge, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_summarize", "", summarize, build_summarize, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_range", "", range, build_range, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_observer_deserialize", "", deserialize, build_deserialize, TYPE_NONE, MUCH_WORK},
    {0},
};
