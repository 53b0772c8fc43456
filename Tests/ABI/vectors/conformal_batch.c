#include "vectors.h"

static void order_statistic(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const size_t rank = input_size(r, "rank", 0);
    const array value = output_array(r, r->type, 1);
    if (returned(r, r->type == TYPE_F32 ? qc_conformal_order_statistic_f32(
                                              scores.data, scores.count, rank, value.data)
                                        : qc_conformal_order_statistic_f64(
                                              scores.data, scores.count, rank, value.data))) {
        expect_element(r, "value", value);
    }
}

static void law(run *r) {
    const array ranks = input_vector(r, "ranks", TYPE_SIZE);
    const array pmf = output_array(r, TYPE_F64, ranks.count);
    const array at_most = output_array(r, TYPE_F64, ranks.count);
    const array at_least = output_array(r, TYPE_F64, ranks.count);
    if (returned(r, qc_conformal_batch_law(input_size(r, "n", 0), input_size(r, "m", 0),
                                           input_size(r, "zeta", 0), ranks.data, ranks.count,
                                           pmf.data, at_most.data, at_least.data))) {
        expect_array(r, "pmf", pmf);
        expect_array(r, "at_most", at_most);
        expect_array(r, "at_least", at_least);
    }
}

static void rank(run *r) {
    const array lower = output_array(r, TYPE_SIZE, 1);
    const array upper = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_batch_rank(
                        input_size(r, "n", 0), input_size(r, "m", 0), input_size(r, "zeta", 0),
                        input_double(r, "alpha_lower", 0), input_double(r, "alpha_upper", 0),
                        lower.data, upper.data))) {
        expect_element(r, "lower", lower);
        expect_element(r, "upper", upper);
    }
}

static void bracket(run *r) {
    const array lower = output_array(r, TYPE_SIZE, 1);
    const array upper = output_array(r, TYPE_SIZE, 1);
    const array probability = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_conformal_batch_bracket(
                        input_size(r, "n", 0), input_size(r, "m", 0), input_size(r, "zeta_low", 0),
                        input_size(r, "zeta_high", 0), input_double(r, "alpha", 0), lower.data,
                        upper.data, probability.data))) {
        expect_element(r, "lower", lower);
        expect_element(r, "upper", upper);
        expect_element(r, "probability", probability);
    }
}

static void rank_sum(run *r) {
    const array sum = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_batch_rank_sum(input_size(r, "n", 0), input_size(r, "m", 0),
                                                input_double(r, "alpha", 0), sum.data))) {
        expect_element(r, "rank_sum", sum);
    }
}

static void mean(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const size_t m = input_size(r, "m", 0);
    const size_t sum = input_size(r, "rank_sum", 0);
    const double upper = input_double(r, "upper", 0);
    const array bound = output_array(r, r->type, 1);
    if (returned(r, r->type == TYPE_F32 ? qc_conformal_batch_mean_f32(scores.data, scores.count, m,
                                                                      sum, (float)upper, bound.data)
                                        : qc_conformal_batch_mean_f64(scores.data, scores.count, m,
                                                                      sum, upper, bound.data))) {
        expect_element(r, "bound", bound);
    }
}

const adapter conformal_batch_adapters[] = {
    {"qc_conformal_order_statistic", order_statistic},
    {"qc_conformal_batch_law", law},
    {"qc_conformal_batch_rank", rank},
    {"qc_conformal_batch_bracket", bracket},
    {"qc_conformal_batch_rank_sum", rank_sum},
    {"qc_conformal_batch_mean", mean},
    {NULL, NULL},
};
