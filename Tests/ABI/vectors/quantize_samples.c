#include "vectors.h"

static const char *const methods[] = {"density_diversity", "clusters", NULL};
static const char *const draws[] = {"even", "uniform", "normal", NULL};

static void options_init(run *r) {
    qc_quantize_samples_options o;
    if (returned(r, qc_quantize_samples_options_init(&o, sizeof o))) {
        expect_size(r, "seed", (size_t)o.seed);
        expect_size(r, "clusters", o.clusters);
        expect_choice(r, "method", o.method, methods);
        expect_int32(r, "restarts", o.restarts);
        expect_choice(r, "draw", o.draw, draws);
        expect_double(r, "radius", o.radius);
        expect_double(r, "diversity", o.diversity);
        expect_double(r, "fence", o.fence);
        expect_double(r, "mean", o.mean);
        expect_double(r, "deviation", o.deviation);
    }
}

static qc_quantize_samples_options input_options(run *r) {
    qc_quantize_samples_options o;
    qc_quantize_samples_options_init(&o, sizeof o);
    o.seed = input_size(r, "seed", (size_t)o.seed);
    o.clusters = input_size(r, "clusters", o.clusters);
    o.method = input_choice(r, "method", o.method, methods);
    o.restarts = input_int32(r, "restarts", o.restarts);
    o.draw = input_choice(r, "draw", o.draw, draws);
    o.radius = input_double(r, "radius", o.radius);
    o.diversity = input_double(r, "diversity", o.diversity);
    o.fence = input_double(r, "fence", o.fence);
    o.mean = input_double(r, "mean", o.mean);
    o.deviation = input_double(r, "deviation", o.deviation);
    return o;
}

static void filter(run *r) {
    const qc_quantize_samples_options o = input_options(r);
    const array statistics = input_matrix(r, "statistics", TYPE_F64);
    const array categories = input_vector(r, "categories", TYPE_I64);
    const array kept = output_array(r, TYPE_U8, statistics.rows);
    if (returned(r, qc_quantize_samples_filter_f64(statistics.data, statistics.rows,
                                                   statistics.columns, categories.data, &o,
                                                   kept.data))) {
        expect_array(r, "kept", kept);
    }
}

static void select_samples(run *r) {
    const qc_quantize_samples_options o = input_options(r);
    const array features = input_matrix(r, "features", TYPE_F32);
    const array kept = input_vector(r, "kept", TYPE_U8);
    const size_t choose = input_size(r, "choose", 0);
    const array chosen = output_array(r, TYPE_SIZE, choose);
    if (returned(r, qc_quantize_samples_select_f32(features.data, features.rows, features.columns,
                                                   kept.data, choose, &o, chosen.data))) {
        expect_array(r, "chosen", chosen);
    }
}

static void allocate(run *r) {
    const qc_quantize_samples_options o = input_options(r);
    const array features = input_matrix(r, "features", TYPE_F32);
    const array weights = output_array(r, TYPE_F64, features.rows);
    const array counts = output_array(r, TYPE_SIZE, features.rows);
    if (returned(r, qc_quantize_samples_allocate_f32(features.data, features.rows, features.columns,
                                                     input_size(r, "total", 0), &o, weights.data,
                                                     counts.data))) {
        expect_array(r, "weights", weights);
        expect_array(r, "counts", counts);
    }
}

static void steps(run *r) {
    const qc_quantize_samples_options o = input_options(r);
    const size_t count = input_size(r, "count", 0);
    const array chosen = output_array(r, TYPE_SIZE, count);
    if (returned(r, qc_quantize_samples_steps(input_size(r, "steps", 0), count, &o, chosen.data))) {
        expect_array(r, "chosen", chosen);
    }
}

const adapter quantize_samples_adapters[] = {
    {"qc_quantize_samples_options_init", options_init},
    {"qc_quantize_samples_filter", filter},
    {"qc_quantize_samples_select", select_samples},
    {"qc_quantize_samples_allocate", allocate},
    {"qc_quantize_samples_steps", steps},
    {NULL, NULL},
};
