#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", "auto", NULL};
static const char *const losses[] = {"squared",   "quantile", "expectile", "huber", "power",
                                     "chebyshev", "poisson",  "binomial",  NULL};
static const char *const tie_rules[] = {"secondary", "primary", "tertiary", NULL};
static const char *const interpolations[] = {"linear", "step", NULL};
static const char *const outsides[] = {"outside_nan", "outside_clip", "outside_error",
                                       "outside_extrapolate", NULL};

static void direction(run *r) {
    const array x = input_vector(r, "x", r->type);
    const array y = input_vector(r, "y", r->type);
    qc_isotonic_direction_result result = {.struct_size = sizeof result};
    const qc_status status = r->type == TYPE_F32
                                 ? qc_isotonic_direction_f32(x.data, y.data, x.count, &result)
                                 : qc_isotonic_direction_f64(x.data, y.data, x.count, &result);
    if (returned(r, status)) {
        expect_choice(r, "direction", result.direction, directions);
        expect_int32(r, "is_ambiguous", result.is_ambiguous);
        expect_double(r, "correlation", result.correlation);
        expect_double(r, "interval_lower", result.interval_lower);
        expect_double(r, "interval_upper", result.interval_upper);
    }
}

static void fit(run *r) {
    const array x = input_vector(r, "x", r->type);
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    qc_isotonic_regression_options options;
    qc_isotonic_regression_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", options.direction, directions);
    options.loss = input_choice(r, "loss", options.loss, losses);
    options.ties = input_choice(r, "ties", options.ties, tie_rules);
    options.level = input_double(r, "level", options.level);
    options.lower_bound = input_double(r, "lower_bound", options.lower_bound);
    options.upper_bound = input_double(r, "upper_bound", options.upper_bound);
    options.minimum_gap = input_double(r, "minimum_gap", options.minimum_gap);
    options.tie_tolerance = input_double(r, "tie_tolerance", options.tie_tolerance);

    const array fitted = output_array(r, r->type, x.count);
    array knots = output_array(r, r->type, x.count);
    array values = output_array(r, r->type, x.count);
    const array knot_count = output_array(r, TYPE_SIZE, 1);
    qc_isotonic_direction_result result = {.struct_size = sizeof result};
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_fit_f32(x.data, y.data, weights.data, x.count, &options, fitted.data,
                                  knots.data, values.data, knot_count.data, &result)
            : qc_isotonic_fit_f64(x.data, y.data, weights.data, x.count, &options, fitted.data,
                                  knots.data, values.data, knot_count.data, &result);
    if (returned(r, status)) {
        knots.count = values.count = *(const size_t *)knot_count.data;
        expect_array(r, "fitted", fitted);
        expect_array(r, "knots", knots);
        expect_array(r, "values", values);
        expect_choice(r, "direction", result.direction, directions);
    }
}

static void predict(run *r) {
    const array knots = input_vector(r, "knots", r->type);
    const array values = input_vector(r, "values", r->type);
    const array queries = input_vector(r, "queries", r->type);
    qc_isotonic_predict_options options;
    qc_isotonic_predict_options_init(&options, sizeof options);
    options.interpolation = input_choice(r, "interpolation", options.interpolation, interpolations);
    options.outside = input_choice(r, "outside", options.outside, outsides);
    const array predictions = output_array(r, r->type, queries.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_predict_f32(knots.data, values.data, knots.count, queries.data,
                                      queries.count, &options, predictions.data)
            : qc_isotonic_predict_f64(knots.data, values.data, knots.count, queries.data,
                                      queries.count, &options, predictions.data);
    if (returned(r, status)) {
        expect_array(r, "predictions", predictions);
    }
}

static void predict_options_init(run *r) {
    qc_isotonic_predict_options options;
    if (returned(r, qc_isotonic_predict_options_init(&options, sizeof options))) {
        expect_choice(r, "interpolation", options.interpolation, interpolations);
        expect_choice(r, "outside", options.outside, outsides);
    }
}

const adapter isotonic_prediction_adapters[] = {
    {"qc_isotonic_direction", direction},
    {"qc_isotonic_fit", fit},
    {"qc_isotonic_predict", predict},
    {"qc_isotonic_predict_options_init", predict_options_init},
    {NULL, NULL},
};
