#include "vectors.h"

static const char *const sides[] = {"lower", "upper", NULL};
static const char *const corrections[] = {"empirical_bernstein", "hoeffding", "clopper_pearson",
                                          "exact_means", NULL};

static void robust_options_init(run *r) {
    qc_conformal_robust_options options;
    if (returned(r, qc_conformal_robust_options_init(&options, sizeof options))) {
        expect_choice(r, "side", options.side, sides);
        expect_choice(r, "correction", options.correction, corrections);
        expect_double(r, "beta", options.beta);
        expect_double(r, "radius", options.radius);
        expect_double(r, "sigma", options.sigma);
    }
}

static void smoothed_scores(run *r) {
    const array samples = input_matrix(r, "samples", r->type);
    const array earlier_means = input_vector(r, "earlier_means", TYPE_F64);
    const array earlier_variances = input_vector(r, "earlier_variances", TYPE_F64);
    const size_t earlier_draws = input_size(r, "earlier_draws", 0);
    const array means = output_array(r, TYPE_F64, samples.rows);
    const array variances = output_array(r, TYPE_F64, samples.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_smoothed_scores_f32(samples.data, samples.rows, samples.columns,
                                               earlier_means.data, earlier_variances.data,
                                               earlier_draws, means.data, variances.data)
            : qc_conformal_smoothed_scores_f64(samples.data, samples.rows, samples.columns,
                                               earlier_means.data, earlier_variances.data,
                                               earlier_draws, means.data, variances.data);
    if (returned(r, status)) {
        expect_array(r, "means", means);
        expect_array(r, "variances", variances);
    }
}

static void bounds(run *r) {
    const array means = input_vector(r, "means", TYPE_F64);
    const array variances = input_vector(r, "variances", TYPE_F64);
    qc_conformal_robust_options options;
    qc_conformal_robust_options_init(&options, sizeof options);
    options.side = input_choice(r, "side", options.side, sides);
    options.correction = input_choice(r, "correction", options.correction, corrections);
    options.beta = input_double(r, "beta", options.beta);
    options.radius = input_double(r, "radius", options.radius);
    options.sigma = input_double(r, "sigma", options.sigma);
    const array result = output_array(r, TYPE_F64, means.count);
    if (returned(r, qc_conformal_robust_bounds(means.data, variances.data, means.count,
                                               input_size(r, "draws", 0), &options, result.data))) {
        expect_array(r, "bounds", result);
    }
}

static void threshold(run *r) {
    const array scores = input_vector(r, "scores", TYPE_F64);
    const array result = output_array(r, TYPE_F64, 1);
    if (returned(r,
                 qc_conformal_robust_threshold(scores.data, scores.count, input_size(r, "draws", 0),
                                               input_double(r, "alpha", 0),
                                               input_double(r, "beta", 0.001), result.data))) {
        expect_element(r, "threshold", result);
    }
}

static void transform_options_init(run *r) {
    qc_conformal_transform_options options;
    if (returned(r, qc_conformal_transform_options_init(&options, sizeof options))) {
        expect_double(r, "steepness", options.steepness);
        expect_double(r, "centre", options.centre);
    }
}

static void transformed_scores(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const array reference = input_vector(r, "reference", r->type);
    qc_conformal_transform_options options;
    qc_conformal_transform_options_init(&options, sizeof options);
    options.steepness = input_double(r, "steepness", options.steepness);
    options.centre = input_double(r, "centre", options.centre);
    const array result = output_array(r, r->type, scores.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_transformed_scores_f32(scores.data, scores.count, reference.data,
                                                  reference.count, &options, result.data)
            : qc_conformal_transformed_scores_f64(scores.data, scores.count, reference.data,
                                                  reference.count, &options, result.data);
    if (returned(r, status)) {
        expect_array(r, "transformed", result);
    }
}

const adapter conformal_robust_adapters[] = {
    {"qc_conformal_robust_options_init", robust_options_init},
    {"qc_conformal_smoothed_scores", smoothed_scores},
    {"qc_conformal_robust_bounds", bounds},
    {"qc_conformal_robust_threshold", threshold},
    {"qc_conformal_transform_options_init", transform_options_init},
    {"qc_conformal_transformed_scores", transformed_scores},
    {NULL, NULL},
};
