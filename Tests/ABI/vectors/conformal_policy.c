#include "vectors.h"

static void options_init(run *r) {
    qc_conformal_policy_options options;
    if (returned(r, qc_conformal_policy_options_init(&options, sizeof options))) {
        expect_double(r, "wrong_cost", options.wrong_cost);
        expect_double(r, "size_cost", options.size_cost);
        expect_double(r, "abstention_cost", options.abstention_cost);
        expect_double(r, "single_low", options.single_low);
        expect_double(r, "single_high", options.single_high);
        expect_double(r, "abstention_low", options.abstention_low);
        expect_double(r, "abstention_high", options.abstention_high);
        expect_int32(r, "candidates", options.candidates);
        expect_int32(r, "rounds", options.rounds);
        expect_size(r, "seed", options.seed);
    }
}

static qc_conformal_policy_options given_options(const run *r) {
    qc_conformal_policy_options options;
    qc_conformal_policy_options_init(&options, sizeof options);
    options.wrong_cost = input_double(r, "wrong_cost", options.wrong_cost);
    options.size_cost = input_double(r, "size_cost", options.size_cost);
    options.abstention_cost = input_double(r, "abstention_cost", options.abstention_cost);
    options.single_low = input_double(r, "single_low", options.single_low);
    options.single_high = input_double(r, "single_high", options.single_high);
    options.abstention_low = input_double(r, "abstention_low", options.abstention_low);
    options.abstention_high = input_double(r, "abstention_high", options.abstention_high);
    options.candidates = input_int32(r, "candidates", options.candidates);
    options.rounds = input_int32(r, "rounds", options.rounds);
    options.seed = input_size(r, "seed", options.seed);
    return options;
}

static void expect_policy(run *r, const qc_conformal_policy *policy) {
    expect_double(r, "single_alpha", policy->single_alpha);
    expect_double(r, "abstention_alpha", policy->abstention_alpha);
    expect_double(r, "value", policy->value);
    expect_size(r, "abstained", policy->abstained);
    expect_size(r, "singles", policy->singles);
    expect_size(r, "singles_right", policy->singles_right);
    expect_size(r, "sets", policy->sets);
    expect_size(r, "sets_right", policy->sets_right);
    expect_size(r, "set_sizes", policy->set_sizes);
}

static void policy_value(run *r) {
    const array scores = input_matrix(r, "scores", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const double single = input_double(r, "single_alpha", 0);
    const double abstention = input_double(r, "abstention_alpha", 0);
    const qc_conformal_policy_options options = given_options(r);
    qc_conformal_policy policy = {.struct_size = sizeof policy};
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_policy_value_f32(scores.data, labels.data, scores.rows,
                                                        scores.columns, single, abstention,
                                                        &options, &policy)
                        : qc_conformal_policy_value_f64(scores.data, labels.data, scores.rows,
                                                        scores.columns, single, abstention,
                                                        &options, &policy))) {
        expect_policy(r, &policy);
    }
}

static void learn(run *r) {
    const array scores = input_matrix(r, "scores", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const qc_conformal_policy_options options = given_options(r);
    qc_conformal_policy policy = {.struct_size = sizeof policy};
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_policy_learn_f32(scores.data, labels.data, scores.rows,
                                                        scores.columns, &options, &policy)
                        : qc_conformal_policy_learn_f64(scores.data, labels.data, scores.rows,
                                                        scores.columns, &options, &policy))) {
        expect_policy(r, &policy);
    }
}

const adapter conformal_policy_adapters[] = {
    {"qc_conformal_policy_options_init", options_init},
    {"qc_conformal_policy_value", policy_value},
    {"qc_conformal_policy_learn", learn},
    {NULL, NULL},
};
