#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", "auto", NULL};
static const char *const losses[] = {"squared",   "quantile", "expectile", "huber", "power",
                                     "chebyshev", "poisson",  "binomial",  NULL};
static const char *const solutions[] = {"default", "lower", "upper", "middle", NULL};

static void regression_options_init(run *r) {
    qc_isotonic_regression_options options;
    if (returned(r, qc_isotonic_regression_options_init(&options, sizeof options))) {
        expect_choice(r, "direction", options.direction, directions);
        expect_choice(r, "loss", options.loss, losses);
        expect_choice(r, "solution", options.solution, solutions);
        expect_double(r, "level", options.level);
        expect_double(r, "huber_threshold", options.huber_threshold);
        expect_double(r, "power", options.power);
        expect_double(r, "lower_bound", options.lower_bound);
        expect_double(r, "upper_bound", options.upper_bound);
        expect_double(r, "minimum_gap", options.minimum_gap);
    }
}

static void regression(run *r) {
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    qc_isotonic_regression_options options;
    qc_isotonic_regression_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", options.direction, directions);
    options.loss = input_choice(r, "loss", options.loss, losses);
    options.solution = input_choice(r, "solution", options.solution, solutions);
    options.level = input_double(r, "level", options.level);
    options.huber_threshold = input_double(r, "huber_threshold", options.huber_threshold);
    options.power = input_double(r, "power", options.power);
    options.lower_bound = input_double(r, "lower_bound", options.lower_bound);
    options.upper_bound = input_double(r, "upper_bound", options.upper_bound);
    options.minimum_gap = input_double(r, "minimum_gap", options.minimum_gap);

    const array x = output_array(r, r->type, y.count);
    array block_weights = output_array(r, r->type, y.count);
    array blocks = output_array(r, TYPE_SIZE, y.count + 1);
    const array block_count = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_regression_f32(y.data, weights.data, y.count, &options, x.data,
                                         block_weights.data, blocks.data, block_count.data)
            : qc_isotonic_regression_f64(y.data, weights.data, y.count, &options, x.data,
                                         block_weights.data, blocks.data, block_count.data);
    if (returned(r, status)) {
        block_weights.count = *(const size_t *)block_count.data;
        blocks.count = block_weights.count + 1;
        expect_array(r, "x", x);
        expect_array(r, "block_weights", block_weights);
        expect_array(r, "blocks", blocks);
    }
}

const adapter isotonic_regression_adapters[] = {
    {"qc_isotonic_regression_options_init", regression_options_init},
    {"qc_isotonic_regression", regression},
    {NULL, NULL},
};
