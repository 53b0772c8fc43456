#include "calls.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value bad_##name[] = {__VA_ARGS__};                                           \
    static const bad_values name = BAD_VALUES(bad_##name)

BAD_OPTION(sizes, {0, QC_ERR_OPTIONS}, {100000, QC_ERR_OPTIONS});
BAD_OPTION(parts, {0, QC_ERR_OPTIONS}, {1000003, QC_ERR_SIZE});
BAD_OPTION(iterations, {-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(restarts, {0, QC_ERR_OPTIONS}, {1001, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(passes, {-1, QC_ERR_OPTIONS}, {1001, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(tolerances, {-1, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(factors, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE});
BAD_OPTION(few_codes, {3, QC_ERR_DOMAIN}, {65535, QC_ERR_DOMAIN});

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_vector_options, name), type, bad }
#define SIZES                                                                                      \
    FIELD(centres, TYPE_SIZE, &sizes), FIELD(parts, TYPE_SIZE, &parts),                            \
        FIELD(stages, TYPE_SIZE, &sizes)
static const field train_fields[] = {SIZES,
                                     FIELD(start, TYPE_I32, &must_be_0_to_2),
                                     FIELD(iterations, TYPE_I32, &iterations),
                                     FIELD(restarts, TYPE_I32, &restarts),
                                     FIELD(passes, TYPE_I32, &passes),
                                     FIELD(tolerance, TYPE_F64, &tolerances)};
static const field refine_fields[] = {SIZES, FIELD(iterations, TYPE_I32, &iterations),
                                      FIELD(tolerance, TYPE_F64, &tolerances),
                                      FIELD(beam, TYPE_SIZE, &sizes)};
static const field encode_fields[] = {SIZES, FIELD(passes, TYPE_I32, &passes)};
static const field decode_fields[] = {SIZES};

/* A vector is a row. */
static const qc_quantize_vector_options books = {.struct_size = sizeof books,
                                                 .centres = 3,
                                                 .parts = 1,
                                                 .stages = 2,
                                                 .seed = 1,
                                                 .iterations = 3,
                                                 .restarts = 2,
                                                 .passes = 1,
                                                 .tolerance = 0.01,
                                                 .beam = 2};

static qc_status options_init(const value *v) {
    return qc_quantize_vector_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_vector_options));
}

static argument *vectors(call *c, size_t rows, size_t columns, qc_status without) {
    argument *first = input(c, "vectors", TYPE_F32, rows * columns, -1, 1);
    first->bad = &must_be_finite;
    length(c, "count", rows, without);
    length(c, "dimension", columns, QC_ERR_SIZE);
    return first;
}

static void importance(call *c, size_t rows, size_t columns) {
    argument *factor = input(c, "importance", TYPE_F32, rows * columns, 0.5, 2);
    factor->bad = &factors;
    factor->optional = true;
}

static qc_status train(const value *v) {
    return qc_quantize_vector_train_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                        v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                        v[8].pointer);
}

static void build_train(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    vectors(c, rows, columns, QC_ERR_SIZE);
    argument *weights = input(c, "weights", TYPE_F32, rows, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    importance(c, rows, columns);
    options(c, &books, sizeof books, train_fields, sizeof train_fields / sizeof train_fields[0],
            offsetof(qc_quantize_vector_options, progress));
    output(c, "centres", TYPE_F32, 6 * columns);
    output(c, "codes", TYPE_U16, 2 * rows)->optional = true;
    result(c, sizeof(qc_quantize_vector_result));
}

static qc_status encode(const value *v) {
    return qc_quantize_vector_encode_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                         v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    vectors(c, rows, columns, QC_OK);
    importance(c, rows, columns);
    input(c, "centres", TYPE_F32, 6 * columns, -1, 1)->bad = &must_be_finite;
    options(c, &books, sizeof books, encode_fields, sizeof encode_fields / sizeof encode_fields[0],
            offsetof(qc_quantize_vector_options, progress));
    output(c, "codes", TYPE_U16, 2 * rows);
}

static qc_status decode(const value *v) {
    return qc_quantize_vector_decode_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                         v[4].pointer, v[5].pointer);
}

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "codes", TYPE_U16, 2 * rows, 0, 2.5)->bad = &few_codes;
    length(c, "count", rows, QC_OK);
    length(c, "dimension", columns, QC_ERR_SIZE);
    input(c, "centres", TYPE_F32, 6 * columns, -1, 1)->bad = &must_be_finite;
    options(c, &books, sizeof books, decode_fields, sizeof decode_fields / sizeof decode_fields[0],
            0);
    output(c, "vectors", TYPE_F32, rows * columns);
}

static qc_status refine(const value *v) {
    return qc_quantize_vector_refine_f32(v[0].pointer, v[1].size, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                         v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer);
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

/* A row is a vector. */
static void build_refine(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "matrix", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_ERR_SIZE);
    length(c, "columns", columns, QC_ERR_SIZE);
    length(c, "dimension", columns, QC_ERR_SIZE);
    argument *hessian = input(c, "hessian", TYPE_F32, columns * columns, 0, 1);
    hessian->bad = &must_be_finite;
    hessian->fill = fill_hessian;
    argument *weights = input(c, "weights", TYPE_F32, rows, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    input(c, "centres", TYPE_F32, 6 * columns, -1, 1)->bad = &must_be_finite;
    input(c, "codes", TYPE_U16, 2 * rows, 0, 2.5)->bad = &few_codes;
    options(c, &books, sizeof books, refine_fields, sizeof refine_fields / sizeof refine_fields[0],
            offsetof(qc_quantize_vector_options, progress));
    output(c, "refined_centres", TYPE_F32, 6 * columns)->in_place = "centres";
    output(c, "refined_codes", TYPE_U16, 2 * rows)->in_place = "codes";
    result(c, sizeof(qc_quantize_vector_result));
}

const row quantize_vector_rows[] = {
    {"qc_quantize_vector_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_vector_train_f32", "", train, build_train, TYPE_F32, MUCH_WORK},
    {"qc_quantize_vector_encode_f32", "", encode, build_encode, TYPE_F32, MUCH_WORK},
    {"qc_quantize_vector_decode_f32", "", decode, build_decode, TYPE_F32, MUCH_WORK},
    {"qc_quantize_vector_refine_f32", "", refine, build_refine, TYPE_F32, MUCH_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
