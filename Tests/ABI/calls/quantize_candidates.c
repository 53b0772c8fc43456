#include "calls.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value bad_##name[] = {__VA_ARGS__};                                           \
    static const bad_values name = BAD_VALUES(bad_##name)

BAD_OPTION(sizes, {0, QC_ERR_OPTIONS}, {100000, QC_ERR_OPTIONS});
BAD_OPTION(counts, {0, QC_ERR_OPTIONS}, {4, QC_ERR_OPTIONS}, {100000, QC_ERR_OPTIONS});
BAD_OPTION(iterations, {-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(not_negative, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(shares, {0, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(below_1, {-1, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(codes_of_3, {3, QC_ERR_DOMAIN}, {65535, QC_ERR_DOMAIN});
BAD_OPTION(no_logits, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN});

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_candidates_options, name), type, bad }
#define SIZES FIELD(centres, TYPE_SIZE, &sizes), FIELD(candidates, TYPE_SIZE, &counts)
static const field size_fields[] = {SIZES, FIELD(reserved, TYPE_I32, &must_be_zero)};
static const field gradient_fields[] = {SIZES, FIELD(penalty, TYPE_F64, &not_negative)};
static const field settle_fields[] = {SIZES, FIELD(settled, TYPE_F64, &shares)};
static const field calibrate_fields[] = {SIZES,
                                         FIELD(penalty, TYPE_F64, &not_negative),
                                         FIELD(settled, TYPE_F64, &shares),
                                         FIELD(logit_step, TYPE_F64, &not_negative),
                                         FIELD(centre_step, TYPE_F64, &not_negative),
                                         FIELD(smoothing, TYPE_F64, &below_1),
                                         FIELD(iterations, TYPE_I32, &iterations)};

static const qc_quantize_candidates_options settings = {.struct_size = sizeof settings,
                                                        .centres = 3,
                                                        .candidates = 2,
                                                        .penalty = 1,
                                                        .settled = 0.99,
                                                        .logit_step = 0.05,
                                                        .centre_step = 0.001,
                                                        .smoothing = 0.9,
                                                        .iterations = 3};

static void add_options(call *c, const field *fields, size_t count, size_t progress) {
    options(c, &settings, sizeof settings, fields, count, progress);
}

#define ADD_OPTIONS(c, fields, progress)                                                           \
    add_options(c, fields, sizeof(fields) / sizeof((fields)[0]), progress)

static qc_status options_init(const value *v) {
    return qc_quantize_candidates_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_candidates_options));
}

/* A vector is a row. */
static void vectors(call *c, const char *name, size_t rows, size_t columns) {
    input(c, name, TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
}

static void centres(call *c, size_t columns) {
    input(c, "centres", TYPE_F32, 3 * columns, -1, 1)->bad = &must_be_finite;
}

static void candidates_of(call *c, size_t rows) {
    input(c, "candidates", TYPE_U16, 2 * rows, 0, 2.5)->bad = &codes_of_3;
    input(c, "logits", TYPE_F32, 2 * rows, -1, 1)->bad = &no_logits;
}

static void lengths(call *c, size_t rows, size_t columns) {
    length(c, "count", rows, QC_OK);
    length(c, "dimension", columns, QC_ERR_SIZE);
}

static qc_status find(const value *v) {
    return qc_quantize_candidates_find_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                           v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_find(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    vectors(c, "vectors", rows, columns);
    lengths(c, rows, columns);
    centres(c, columns);
    ADD_OPTIONS(c, size_fields, 0);
    output(c, "candidates", TYPE_U16, 2 * rows);
    output(c, "logits", TYPE_F32, 2 * rows);
}

static qc_status mix(const value *v) {
    return qc_quantize_candidates_mix_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                          v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer);
}

static void build_mix(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    candidates_of(c, rows);
    lengths(c, rows, columns);
    centres(c, columns);
    ADD_OPTIONS(c, size_fields, 0);
    output(c, "ratios", TYPE_F32, 2 * rows)->optional = true;
    output(c, "vectors", TYPE_F32, rows * columns);
}

static qc_status gradient(const value *v) {
    return qc_quantize_candidates_gradient_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                               v[4].size, v[5].pointer, v[6].pointer, v[7].pointer,
                                               v[8].pointer);
}

static void build_gradient(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    vectors(c, "gradients", rows, columns);
    candidates_of(c, rows);
    lengths(c, rows, columns);
    centres(c, columns);
    ADD_OPTIONS(c, gradient_fields, 0);
    output(c, "logit_gradients", TYPE_F32, 2 * rows);
    output(c, "centre_gradients", TYPE_F32, 3 * columns);
}

static qc_status settle(const value *v) {
    return qc_quantize_candidates_settle_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                             v[4].pointer, v[5].pointer, v[6].pointer,
                                             v[7].pointer);
}

static void build_settle(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)columns;
    candidates_of(c, rows);
    length(c, "count", rows, QC_OK);
    ADD_OPTIONS(c, settle_fields, 0);
    output(c, "settled_logits", TYPE_F32, 2 * rows)->in_place = "logits";
    output(c, "codes", TYPE_U16, rows);
    output(c, "open", TYPE_SIZE, 1)->optional = true;
    output(c, "penalty", TYPE_F64, 1)->optional = true;
}

static qc_status calibrate(const value *v) {
    return qc_quantize_candidates_calibrate_f32(
        v[0].pointer, v[1].size, v[2].size, v[3].size, v[4].pointer, v[5].pointer, v[6].pointer,
        v[7].pointer, v[8].pointer, v[9].pointer, v[10].pointer);
}

/* Inputs that have nothing to do with each other. */
static void fill_hessian(const argument *self, void *memory) {
    float *hessian = memory;
    size_t columns = 1;
    while (columns * columns < self->count) {
        columns++;
    }
    for (size_t i = 0; i < self->count; i++) {
        hessian[i] = i % (columns + 1) == 0 ? 1.5F : 0.0F;
    }
}

static void build_calibrate(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    vectors(c, "matrix", rows, columns);
    length(c, "rows", rows, QC_ERR_SIZE);
    length(c, "columns", columns, QC_ERR_SIZE);
    length(c, "dimension", columns, QC_ERR_SIZE);
    argument *hessian = input(c, "hessian", TYPE_F32, columns * columns, 0, 1);
    hessian->bad = &must_be_finite;
    hessian->fill = fill_hessian;
    argument *weights = input(c, "weights", TYPE_F32, rows, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    centres(c, columns);
    ADD_OPTIONS(c, calibrate_fields, offsetof(qc_quantize_candidates_options, progress));
    output(c, "refined_centres", TYPE_F32, 3 * columns)->in_place = "centres";
    output(c, "codes", TYPE_U16, rows);
    result(c, sizeof(qc_quantize_vector_result));
}

const row quantize_candidates_rows[] = {
    {"qc_quantize_candidates_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_candidates_find_f32", "", find, build_find, TYPE_F32, MUCH_WORK},
    {"qc_quantize_candidates_mix_f32", "", mix, build_mix, TYPE_F32, MUCH_WORK},
    {"qc_quantize_candidates_gradient_f32", "", gradient, build_gradient, TYPE_F32, MUCH_WORK},
    {"qc_quantize_candidates_settle_f32", "", settle, build_settle, TYPE_F32, MUCH_WORK},
    {"qc_quantize_candidates_calibrate_f32", "", calibrate, build_calibrate, TYPE_F32, MUCH_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
