#include "vectors.h"

static void options_init(run *r) {
    qc_quantize_candidates_options options;
    if (returned(r, qc_quantize_candidates_options_init(&options, sizeof options))) {
        expect_size(r, "centres", options.centres);
        expect_size(r, "candidates", options.candidates);
        expect_double(r, "penalty", options.penalty);
        expect_double(r, "settled", options.settled);
        expect_double(r, "logit_step", options.logit_step);
        expect_double(r, "centre_step", options.centre_step);
        expect_double(r, "smoothing", options.smoothing);
        expect_int32(r, "iterations", options.iterations);
    }
}

/* All but the number of candidates. */
static qc_quantize_candidates_options input_options(run *r) {
    qc_quantize_candidates_options options;
    qc_quantize_candidates_options_init(&options, sizeof options);
    options.centres = input_size(r, "centres", options.centres);
    options.penalty = input_double(r, "penalty", options.penalty);
    options.settled = input_double(r, "settled", options.settled);
    options.logit_step = input_double(r, "logit_step", options.logit_step);
    options.centre_step = input_double(r, "centre_step", options.centre_step);
    options.smoothing = input_double(r, "smoothing", options.smoothing);
    options.iterations = input_int32(r, "iterations", options.iterations);
    return options;
}

static void find(run *r) {
    const array x = input_matrix(r, "vectors", TYPE_F32);
    const array books = input_matrix(r, "books", TYPE_F32);
    qc_quantize_candidates_options options = input_options(r);
    options.candidates = input_size(r, "candidates", options.candidates);
    const array candidates = output_array(r, TYPE_U16, x.rows * options.candidates);
    const array logits = output_array(r, TYPE_F32, x.rows * options.candidates);
    if (returned(r, qc_quantize_candidates_find_f32(x.data, x.rows, x.columns, books.data, &options,
                                                    candidates.data, logits.data))) {
        expect_array(r, "candidates", candidates);
        expect_array(r, "logits", logits);
    }
}

static void mix(run *r) {
    const array candidates = input_matrix(r, "candidates", TYPE_U16);
    const array logits = input_matrix(r, "logits", TYPE_F32);
    const array books = input_matrix(r, "books", TYPE_F32);
    qc_quantize_candidates_options options = input_options(r);
    options.candidates = candidates.columns;
    const array ratios = output_array(r, TYPE_F32, candidates.count);
    const array vectors = output_array(r, TYPE_F32, candidates.rows * books.columns);
    if (returned(r, qc_quantize_candidates_mix_f32(candidates.data, logits.data, candidates.rows,
                                                   books.columns, books.data, &options, ratios.data,
                                                   vectors.data))) {
        expect_array(r, "ratios", ratios);
        expect_array(r, "vectors", vectors);
    }
}

static void gradient(run *r) {
    const array slopes = input_matrix(r, "gradients", TYPE_F32);
    const array candidates = input_matrix(r, "candidates", TYPE_U16);
    const array logits = input_matrix(r, "logits", TYPE_F32);
    const array books = input_matrix(r, "books", TYPE_F32);
    qc_quantize_candidates_options options = input_options(r);
    options.candidates = candidates.columns;
    const array of_logits = output_array(r, TYPE_F32, candidates.count);
    const array of_centres = output_array(r, TYPE_F32, books.count);
    if (returned(r, qc_quantize_candidates_gradient_f32(
                        slopes.data, candidates.data, logits.data, candidates.rows, books.columns,
                        books.data, &options, of_logits.data, of_centres.data))) {
        expect_array(r, "logit_gradients", of_logits);
        expect_array(r, "centre_gradients", of_centres);
    }
}

/* In place. */
static void settle(run *r) {
    const array candidates = input_matrix(r, "candidates", TYPE_U16);
    const array logits = input_matrix(r, "logits", TYPE_F32);
    qc_quantize_candidates_options options = input_options(r);
    options.candidates = candidates.columns;
    const array codes = output_array(r, TYPE_U16, candidates.rows);
    size_t open = 0;
    double penalty = 0;
    if (returned(r, qc_quantize_candidates_settle_f32(candidates.data, logits.data, candidates.rows,
                                                      &options, logits.data, codes.data, &open,
                                                      &penalty))) {
        expect_array(r, "logits", logits);
        expect_array(r, "codes", codes);
        expect_size(r, "open", open);
        expect_double(r, "penalty", penalty);
    }
}

/* In place. */
static void calibrate(run *r) {
    const array matrix = input_matrix(r, "matrix", TYPE_F32);
    const array hessian = input_matrix(r, "hessian", TYPE_F32);
    const array weights = input_vector(r, "weights", TYPE_F32);
    const array books = input_matrix(r, "books", TYPE_F32);
    qc_quantize_candidates_options options = input_options(r);
    options.candidates = input_size(r, "candidates", options.candidates);
    const array codes = output_array(r, TYPE_U16, matrix.count / books.columns);
    qc_quantize_vector_result result = {.struct_size = sizeof result};
    if (returned(r, qc_quantize_candidates_calibrate_f32(
                        matrix.data, matrix.rows, matrix.columns, books.columns, hessian.data,
                        weights.data, books.data, &options, books.data, codes.data, &result))) {
        expect_array(r, "centres", books);
        expect_array(r, "codes", codes);
        expect_double(r, "objective", result.objective);
        expect_size(r, "used", result.used);
        expect_int32(r, "iterations", result.iterations);
        expect_int32(r, "converged", result.converged);
    }
}

const adapter quantize_candidates_adapters[] = {
    {"qc_quantize_candidates_options_init", options_init},
    {"qc_quantize_candidates_find", find},
    {"qc_quantize_candidates_mix", mix},
    {"qc_quantize_candidates_gradient", gradient},
    {"qc_quantize_candidates_settle", settle},
    {"qc_quantize_candidates_calibrate", calibrate},
    {NULL, NULL},
};
