#include "vectors.h"

static const char *const starts[] = {"plus_plus", "sample", "given", NULL};

static void options_init(run *r) {
    qc_quantize_vector_options options;
    if (returned(r, qc_quantize_vector_options_init(&options, sizeof options))) {
        expect_size(r, "centres", options.centres);
        expect_size(r, "parts", options.parts);
        expect_size(r, "stages", options.stages);
        expect_size(r, "seed", (size_t)options.seed);
        expect_choice(r, "start", options.start, starts);
        expect_int32(r, "iterations", options.iterations);
        expect_int32(r, "restarts", options.restarts);
        expect_int32(r, "passes", options.passes);
        expect_double(r, "tolerance", options.tolerance);
        expect_size(r, "beam", options.beam);
    }
}

static qc_quantize_vector_options input_options(run *r) {
    qc_quantize_vector_options options;
    qc_quantize_vector_options_init(&options, sizeof options);
    options.centres = input_size(r, "centres", options.centres);
    options.parts = input_size(r, "parts", options.parts);
    options.stages = input_size(r, "stages", options.stages);
    options.start = input_choice(r, "start", options.start, starts);
    options.iterations = input_int32(r, "iterations", options.iterations);
    options.restarts = input_int32(r, "restarts", options.restarts);
    options.passes = input_int32(r, "passes", options.passes);
    options.tolerance = input_double(r, "tolerance", options.tolerance);
    options.beam = input_size(r, "beam", options.beam);
    return options;
}

static array optional_matrix(run *r, const char *key) {
    const array none = {.type = TYPE_F32};
    return cJSON_HasObjectItem(r->in, key) ? input_matrix(r, key, TYPE_F32) : none;
}

static void expect_training(run *r, array centres, array codes,
                            const qc_quantize_vector_result *result) {
    expect_array(r, "centres", centres);
    expect_array(r, "codes", codes);
    expect_double(r, "objective", result->objective);
    expect_size(r, "used", result->used);
    expect_int32(r, "iterations", result->iterations);
    expect_int32(r, "converged", result->converged);
}

static void train(run *r) {
    const array x = input_matrix(r, "vectors", TYPE_F32);
    const array weights = input_vector(r, "weights", TYPE_F32);
    const array importance = optional_matrix(r, "importance");
    const array first = optional_matrix(r, "first");
    const qc_quantize_vector_options options = input_options(r);
    /* Given centres are where the result goes. */
    const size_t elements = options.centres * options.stages * x.columns;
    const array centres = first.data ? first : output_array(r, TYPE_F32, elements);
    const array codes = output_array(r, TYPE_U16, x.rows * options.parts * options.stages);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    if (returned(r, qc_quantize_vector_train_f32(x.data, x.rows, x.columns, weights.data,
                                                 importance.data, &options, centres.data,
                                                 codes.data, &result))) {
        expect_training(r, centres, codes, &result);
    }
}

static void encode(run *r) {
    const array x = input_matrix(r, "vectors", TYPE_F32);
    const array importance = optional_matrix(r, "importance");
    const array books = input_matrix(r, "books", TYPE_F32);
    const qc_quantize_vector_options options = input_options(r);
    const array codes = output_array(r, TYPE_U16, x.rows * options.parts * options.stages);
    if (returned(r, qc_quantize_vector_encode_f32(x.data, x.rows, x.columns, importance.data,
                                                  books.data, &options, codes.data))) {
        expect_array(r, "codes", codes);
    }
}

static void decode(run *r) {
    const array codes = input_matrix(r, "codes", TYPE_U16);
    const array books = input_matrix(r, "books", TYPE_F32);
    const qc_quantize_vector_options options = input_options(r);
    const size_t dimension = books.columns * options.parts;
    const array vectors = output_array(r, TYPE_F32, codes.rows * dimension);
    if (returned(r, qc_quantize_vector_decode_f32(codes.data, codes.rows, dimension, books.data,
                                                  &options, vectors.data))) {
        expect_array(r, "vectors", vectors);
    }
}

/* In place. */
static void refine(run *r) {
    const array matrix = input_matrix(r, "matrix", TYPE_F32);
    const array hessian = input_matrix(r, "hessian", TYPE_F32);
    const array weights = input_vector(r, "weights", TYPE_F32);
    const array centres = input_matrix(r, "books", TYPE_F32);
    const array codes = input_matrix(r, "codes", TYPE_U16);
    const size_t dimension = input_size(r, "dimension", 1);
    const qc_quantize_vector_options options = input_options(r);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    if (returned(r,
                 qc_quantize_vector_refine_f32(matrix.data, matrix.rows, matrix.columns, dimension,
                                               hessian.data, weights.data, centres.data, codes.data,
                                               &options, centres.data, codes.data, &result))) {
        expect_training(r, centres, codes, &result);
    }
}

const adapter quantize_vector_adapters[] = {
    {"qc_quantize_vector_options_init", options_init},
    {"qc_quantize_vector_train", train},
    {"qc_quantize_vector_encode", encode},
    {"qc_quantize_vector_decode", decode},
    {"qc_quantize_vector_refine", refine},
    {NULL, NULL},
};
