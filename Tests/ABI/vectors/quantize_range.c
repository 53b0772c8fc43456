#include "vectors.h"

static const char *const kinds[] = {"min_max",
                                    "percentile",
                                    "mse",
                                    "entropy",
                                    "aciq_gaussian",
                                    "aciq_laplace",
                                    "gaussian",
                                    "laplace",
                                    "half_quadratic",
                                    "least_squares",
                                    "mean_absolute",
                                    "learned_step",
                                    "dual_clipping",
                                    NULL};
static const char *const forms[] = {"real", "power_of_two", "power_of_two_up", NULL};
static const char *const definitions[] = {"linear",   "lower",        "higher", "nearest",
                                          "midpoint", "inverted_cdf", NULL};

static void rule_init(run *r) {
    qc_quantize_range_rule rule;
    if (!returned(r, qc_quantize_range_rule_init(&rule, sizeof rule, input_string(r, "rule")))) {
        return;
    }
    expect_choice(r, "kind", rule.kind, kinds);
    expect_choice(r, "scale_form", rule.scale_form, forms);
    expect_choice(r, "definition", rule.definition, definitions);
    expect_int32(r, "steps", rule.steps);
    expect_int32(r, "refinements", rule.refinements);
    expect_int32(r, "iterations", rule.iterations);
    expect_int32(r, "bins", rule.bins);
    expect_double(r, "percentile", rule.percentile);
    expect_double(r, "norm", rule.norm);
    expect_double(r, "low", rule.low);
    expect_double(r, "high", rule.high);
    expect_double(r, "strength", rule.strength);
    expect_double(r, "growth", rule.growth);
}

qc_quantize_range_rule input_rule(run *r) {
    qc_quantize_range_rule rule;
    if (qc_quantize_range_rule_init(&rule, sizeof rule, input_string(r, "rule")) != QC_OK) {
        complain(r, "no such rule: %s", qc_last_error());
    }
    rule.scale_form = input_choice(r, "scale_form", rule.scale_form, forms);
    rule.definition = input_choice(r, "definition", rule.definition, definitions);
    rule.steps = input_int32(r, "steps", rule.steps);
    rule.refinements = input_int32(r, "refinements", rule.refinements);
    rule.iterations = input_int32(r, "iterations", rule.iterations);
    rule.bins = input_int32(r, "bins", rule.bins);
    rule.percentile = input_double(r, "percentile", rule.percentile);
    rule.norm = input_double(r, "norm", rule.norm);
    rule.low = input_double(r, "low", rule.low);
    rule.high = input_double(r, "high", rule.high);
    rule.strength = input_double(r, "strength", rule.strength);
    rule.growth = input_double(r, "growth", rule.growth);
    return rule;
}

static void range(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array importance = input_vector(r, "importance", TYPE_F32);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    const qc_quantize_range_rule rule = input_rule(r);
    const bool wants_zeros = input_int32(r, "with_zeros", 0) != 0;
    size_t groups = 0; /* if the options are what is wrong */
    qc_quantize_grid_layout(&grid, values.rows, values.columns, &options, NULL, &groups);
    const array scales = output_array(r, TYPE_F32, groups);
    const array zeros = output_array(r, TYPE_F32, groups);
    float *const room = wants_zeros ? zeros.data : NULL;
    qc_status (*const half)(const uint16_t *, size_t, size_t, const float *,
                            const qc_quantize_grid *, const qc_quantize_grid_options *,
                            const qc_quantize_range_rule *, float *, float *) =
        r->type == TYPE_F16 ? qc_quantize_range_f16 : qc_quantize_range_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_range_f32(values.data, values.rows, values.columns,
                                                importance.data, &grid, &options, &rule,
                                                scales.data, room)
                        : half(values.data, values.rows, values.columns, importance.data, &grid,
                               &options, &rule, scales.data, room))) {
        expect_array(r, "scales", scales);
        if (wants_zeros) {
            expect_array(r, "zeros", zeros);
        }
    }
}

const adapter quantize_range_adapters[] = {
    {"qc_quantize_range_rule_init", rule_init},
    {"qc_quantize_range", range},
    {NULL, NULL},
};
