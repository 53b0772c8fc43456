#include "calls.h"

#include <math.h>

static const bad_value bad_amplitudes[] = {
    {0, QC_ERR_OPTIONS}, {17, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values amplitudes = BAD_VALUES(bad_amplitudes);
static const bad_value bad_scales[] = {{0, QC_ERR_DOMAIN},
                                       {-1, QC_ERR_DOMAIN},
                                       {NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values positive = BAD_VALUES(bad_scales);
static const bad_value bad_grid_kinds[] = {{3, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values grid_kinds = BAD_VALUES(bad_grid_kinds);

static const qc_quantize_noisy_bias_options given = {
    .struct_size = sizeof given, .seed = 3, .amplitudes = 2};
static const field fields[] = {
    {"amplitudes", offsetof(qc_quantize_noisy_bias_options, amplitudes), TYPE_I32, &amplitudes},
    {"reserved", offsetof(qc_quantize_noisy_bias_options, reserved), TYPE_I32, &must_be_zero},
};
static const field grid_fields[] = {
    {"kind", offsetof(qc_quantize_grid, kind), TYPE_I32, &grid_kinds},
};

static qc_status options_init(const value *v) {
    return qc_quantize_noisy_bias_options_init(v[0].pointer, v[1].size);
}

static void build_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_noisy_bias_options));
}

static qc_status noisy_bias(const value *v) {
    return qc_quantize_noisy_bias_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].size,
                                      v[5].pointer, v[6].pointer, (float)v[7].number,
                                      (float)v[8].number, v[9].pointer, v[10].pointer,
                                      v[11].pointer, v[12].pointer);
}

static void build_noisy_bias(call *c, element_type type, size_t rows, size_t columns) {
    const size_t outputs = 3;
    qc_quantize_grid grid;
    qc_quantize_grid_init(&grid, sizeof grid, "int4");
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_ERR_SIZE);
    input(c, "weights", TYPE_F32, outputs * columns, -1, 1)->bad = &must_be_finite;
    length(c, "outputs", outputs, QC_OK);
    argument *bias = input(c, "bias", TYPE_F32, outputs, -1, 1);
    bias->bad = &must_be_finite;
    bias->optional = true;
    options(c, &grid, sizeof grid, grid_fields, 1, 0)->name = "grid";
    number(c, "scale", 0.15, &positive);
    number(c, "zero", 0, &must_be_finite);
    options(c, &given, sizeof given, fields, 2, offsetof(qc_quantize_noisy_bias_options, progress))
        ->optional = true;
    output(c, "noise", TYPE_F32, columns);
    output(c, "new_bias", TYPE_F32, outputs);
    result(c, sizeof(qc_quantize_noisy_bias_result));
}

const row quantize_noisy_bias_rows[] = {
    {"qc_quantize_noisy_bias_options_init", "", options_init, build_options, TYPE_NONE, ANY_WORK},
    {"qc_quantize_noisy_bias_f32", "", noisy_bias, build_noisy_bias, TYPE_F32, MUCH_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
