#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", NULL};

static void regression_options_init(run *r) {
    qc_isotonic_regression_options options;
    if (returned(r, qc_isotonic_regression_options_init(&options, sizeof options))) {
        expect_choice(r, "direction", options.direction, directions);
    }
}

static void regression(run *r) {
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    qc_isotonic_regression_options options;
    qc_isotonic_regression_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", options.direction, directions);

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
