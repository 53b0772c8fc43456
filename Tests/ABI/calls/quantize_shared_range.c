#include "calls.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value name##_list[] = {__VA_ARGS__};                                          \
    static const bad_values name = BAD_VALUES(name##_list)

BAD_OPTION(choices, {-1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(restart_counts, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {1001, QC_ERR_OPTIONS});
BAD_OPTION(scale_values, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE},
           {INFINITY, QC_ERR_NOT_FINITE});

static const field common_fields[] = {
    {"common", offsetof(qc_quantize_reparameterize_options, common), TYPE_I32, &choices},
    {"real_zero", offsetof(qc_quantize_reparameterize_options, real_zero), TYPE_I32, &choices},
};
static const field group_fields[] = {
    {"method", offsetof(qc_quantize_range_groups_options, method), TYPE_I32, &choices},
    {"restarts", offsetof(qc_quantize_range_groups_options, restarts), TYPE_I32, &restart_counts},
};

#define INIT(what)                                                                                 \
    static qc_status what##_init(const value *v) {                                                 \
        return qc_quantize_##what##_options_init(v[0].pointer, v[1].size);                         \
    }                                                                                              \
    static void build_##what##_init(call *c, element_type type, size_t rows, size_t columns) {     \
        (void)type;                                                                                \
        (void)rows;                                                                                \
        (void)columns;                                                                             \
        defaults(c, sizeof(qc_quantize_##what##_options));                                         \
    }
INIT(reparameterize)
INIT(range_groups)

static qc_status reparameterize(const value *v) {
    return qc_quantize_reparameterize_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                          v[4].pointer, v[5].pointer, v[6].size, v[7].pointer,
                                          v[8].pointer, v[9].pointer, v[10].pointer);
}

/* The layers are changed in place; what outputs are filled with is finite. */
static void build_reparameterize(call *c, element_type type, size_t rows, size_t columns) {
    const qc_quantize_reparameterize_options given = {.struct_size = sizeof given, .common = 1};
    (void)type;
    input(c, "scales", TYPE_F32, columns, 0.5, 2)->bad = &scale_values;
    argument *zeros = input(c, "zeros", TYPE_F32, columns, -8, 8);
    zeros->bad = &must_be_finite;
    zeros->optional = true;
    length(c, "channels", columns, QC_OK);
    output(c, "gamma", TYPE_F32, columns);
    output(c, "beta", TYPE_F32, columns);
    output(c, "weights", TYPE_F32, rows * columns);
    length(c, "rows", rows, QC_OK);
    output(c, "bias", TYPE_F32, rows);
    options(c, &given, sizeof given, common_fields, 2, 0)->optional = true;
    output(c, "scale", TYPE_F32, 1);
    output(c, "zero", TYPE_F32, 1);
}

static qc_status range_groups(const value *v) {
    return qc_quantize_range_groups(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].pointer,
                                    v[5].pointer, v[6].pointer, v[7].pointer, v[8].pointer);
}

static void build_range_groups(call *c, element_type type, size_t rows, size_t columns) {
    const qc_quantize_range_groups_options given = {
        .struct_size = sizeof given, .restarts = 4, .seed = 7};
    const size_t n = rows * columns;
    (void)type;
    input(c, "minimum", TYPE_F64, n, -2, -1)->bad = &must_be_finite;
    input(c, "maximum", TYPE_F64, n, 1, 2)->bad = &must_be_finite;
    length(c, "n", n, QC_OK);
    length(c, "groups", columns, n == 0 ? QC_OK : QC_ERR_SIZE)->bytes_per_unit = sizeof(double);
    options(c, &given, sizeof given, group_fields, 2,
            offsetof(qc_quantize_range_groups_options, progress))
        ->optional = true;
    output(c, "group_of", TYPE_SIZE, n);
    output(c, "group_minimum", TYPE_F64, columns);
    output(c, "group_maximum", TYPE_F64, columns);
    output(c, "group_count", TYPE_SIZE, 1);
}

static qc_status step_places(const value *v) {
    return qc_quantize_step_places(v[0].pointer, v[1].size, v[2].pointer, v[3].size, v[4].pointer);
}

static void fill_ascending(const argument *self, void *memory) {
    for (size_t i = 0; i < self->count; i++) {
        ((double *)memory)[i] = (double)i * 20;
    }
}

static void build_step_places(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *calibrated = input(c, "calibrated", TYPE_F64, columns, 0, 0);
    calibrated->fill = fill_ascending;
    calibrated->bad = &must_be_finite;
    length(c, "calibrated_count", columns, rows * columns == 0 ? QC_OK : QC_ERR_SIZE)
        ->bytes_per_unit = sizeof(double);
    input(c, "steps", TYPE_F64, rows * columns, 0, 1000)->bad = &must_be_finite;
    length(c, "n", rows * columns, QC_OK);
    output(c, "places", TYPE_SIZE, rows * columns);
}

const row quantize_shared_range_rows[] = {
    {"qc_quantize_reparameterize_options_init", "", reparameterize_init, build_reparameterize_init,
     TYPE_NONE, ANY_WORK},
    {"qc_quantize_range_groups_options_init", "", range_groups_init, build_range_groups_init,
     TYPE_NONE, ANY_WORK},
    {"qc_quantize_reparameterize_f32", "", reparameterize, build_reparameterize, TYPE_F32,
     ANY_WORK},
    {"qc_quantize_range_groups", "", range_groups, build_range_groups, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_step_places", "", step_places, build_step_places, TYPE_NONE, ANY_WORK},
    {0},
};
