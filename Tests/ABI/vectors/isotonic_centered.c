#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", NULL};
static const char *const ties[] = {"boundary", "never", "always", NULL};
static const char *const intervals[] = {"none", "wilson", "morris", NULL};

static void options_init(run *r) {
    qc_isotonic_centered_options options;
    if (returned(r, qc_isotonic_centered_options_init(&options, sizeof options))) {
        expect_choice(r, "direction", options.direction, directions);
        expect_choice(r, "ties", options.ties, ties);
        expect_choice(r, "interval", options.interval, intervals);
        expect_double(r, "confidence", options.confidence);
        expect_double(r, "range_lower", options.range_lower);
        expect_double(r, "range_upper", options.range_upper);
    }
}

static qc_isotonic_centered_options options_of(run *r) {
    qc_isotonic_centered_options options;
    qc_isotonic_centered_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", options.direction, directions);
    options.ties = input_choice(r, "ties", options.ties, ties);
    options.interval = input_choice(r, "interval", options.interval, intervals);
    options.confidence = input_double(r, "confidence", options.confidence);
    options.range_lower = input_double(r, "range_lower", options.range_lower);
    options.range_upper = input_double(r, "range_upper", options.range_upper);
    return options;
}

static void centered(run *r) {
    const array x = input_vector(r, "x", r->type);
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    const qc_isotonic_centered_options options = options_of(r);
    const size_t n = x.count;

    const array fitted = output_array(r, r->type, n);
    array lower = output_array(r, r->type, n);
    array upper = output_array(r, r->type, n);
    array knots[] = {output_array(r, r->type, n + 1), output_array(r, r->type, n + 1),
                     output_array(r, r->type, n + 1), output_array(r, r->type, n + 1),
                     output_array(r, r->type, n + 1)};
    const array knot_count = output_array(r, TYPE_SIZE, 1);
    if (options.interval == QC_ISOTONIC_CENTERED_INTERVAL_NONE) {
        lower.data = upper.data = knots[3].data = knots[4].data = NULL;
    }
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_centered_f32(x.data, y.data, weights.data, n, &options, fitted.data,
                                       lower.data, upper.data, knots[0].data, knots[1].data,
                                       knots[2].data, knots[3].data, knots[4].data, knot_count.data)
            : qc_isotonic_centered_f64(x.data, y.data, weights.data, n, &options, fitted.data,
                                       lower.data, upper.data, knots[0].data, knots[1].data,
                                       knots[2].data, knots[3].data, knots[4].data,
                                       knot_count.data);
    if (returned(r, status)) {
        static const char *const names[] = {"knots", "values", "knot_weights", "knot_lower",
                                            "knot_upper"};
        expect_array(r, "fitted", fitted);
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            knots[i].count = *(const size_t *)knot_count.data;
            expect_array(r, names[i], knots[i]);
        }
    }
}

const adapter isotonic_centered_adapters[] = {
    {"qc_isotonic_centered_options_init", options_init},
    {"qc_isotonic_centered", centered},
    {NULL, NULL},
};
