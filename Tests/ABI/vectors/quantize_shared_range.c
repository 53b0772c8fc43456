#include "vectors.h"

static const char *const commons[] = {"mean", "median", NULL};
static const char *const methods[] = {"k_means", "runs", NULL};

static void reparameterize_options_init(run *r) {
    qc_quantize_reparameterize_options o;
    if (returned(r, qc_quantize_reparameterize_options_init(&o, sizeof o))) {
        expect_choice(r, "common", o.common, commons);
        expect_int32(r, "real_zero", o.real_zero);
    }
}

static void range_groups_options_init(run *r) {
    qc_quantize_range_groups_options o;
    if (returned(r, qc_quantize_range_groups_options_init(&o, sizeof o))) {
        expect_choice(r, "method", o.method, methods);
        expect_int32(r, "restarts", o.restarts);
        expect_size(r, "seed", (size_t)o.seed);
    }
}

static void reparameterize(run *r) {
    qc_quantize_reparameterize_options o;
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    /* These are changed in place. */
    const array gamma = input_vector(r, "gamma", TYPE_F32);
    const array beta = input_vector(r, "beta", TYPE_F32);
    const array weights = input_matrix(r, "weights", TYPE_F32);
    const array bias = input_vector(r, "bias", TYPE_F32);
    const array scale = output_array(r, TYPE_F32, 1);
    const array zero = output_array(r, TYPE_F32, 1);
    qc_quantize_reparameterize_options_init(&o, sizeof o);
    o.common = input_choice(r, "common", o.common, commons);
    o.real_zero = input_int32(r, "real_zero", o.real_zero);
    if (!returned(r, qc_quantize_reparameterize_f32(
                         scales.data, zeros.data, scales.count, gamma.data, beta.data, weights.data,
                         weights.rows, bias.data, &o, scale.data, zero.data))) {
        return;
    }
    expect_element(r, "scale", scale);
    expect_element(r, "zero", zero);
    expect_array(r, "gamma", gamma);
    expect_array(r, "weights", weights);
    if (beta.data != NULL) {
        expect_array(r, "beta", beta);
    }
    if (bias.data != NULL) {
        expect_array(r, "bias", bias);
    }
}

static void range_groups(run *r) {
    qc_quantize_range_groups_options o;
    const array minimum = input_vector(r, "minimum", TYPE_F64);
    const array maximum = input_vector(r, "maximum", TYPE_F64);
    const size_t groups = input_size(r, "groups", 0);
    const array group_of = output_array(r, TYPE_SIZE, minimum.count);
    const array low = output_array(r, TYPE_F64, groups);
    const array high = output_array(r, TYPE_F64, groups);
    const array count = output_array(r, TYPE_SIZE, 1);
    qc_quantize_range_groups_options_init(&o, sizeof o);
    o.method = input_choice(r, "method", o.method, methods);
    o.restarts = input_int32(r, "restarts", o.restarts);
    o.seed = input_size(r, "seed", (size_t)o.seed);
    if (returned(r, qc_quantize_range_groups(minimum.data, maximum.data, minimum.count, groups, &o,
                                             group_of.data, low.data, high.data, count.data))) {
        expect_array(r, "group_of", group_of);
        expect_array(r, "group_minimum", low);
        expect_array(r, "group_maximum", high);
        expect_element(r, "group_count", count);
    }
}

static void step_places(run *r) {
    const array calibrated = input_vector(r, "calibrated", TYPE_F64);
    const array steps = input_vector(r, "steps", TYPE_F64);
    const array places = output_array(r, TYPE_SIZE, steps.count);
    if (returned(r, qc_quantize_step_places(calibrated.data, calibrated.count, steps.data,
                                            steps.count, places.data))) {
        expect_array(r, "places", places);
    }
}

const adapter quantize_shared_range_adapters[] = {
    {"qc_quantize_reparameterize_options_init", reparameterize_options_init},
    {"qc_quantize_range_groups_options_init", range_groups_options_init},
    {"qc_quantize_reparameterize", reparameterize},
    {"qc_quantize_range_groups", range_groups},
    {"qc_quantize_step_places", step_places},
    {NULL, NULL},
};
