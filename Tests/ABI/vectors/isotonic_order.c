#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", NULL};
static const char *const losses[] = {"squared", "quantile", "", "", "", "chebyshev", NULL};
static const char *const solutions[] = {"default", "lower", "upper", "middle", NULL};

static void order_options_init(run *r) {
    qc_isotonic_order_options options;
    if (returned(r, qc_isotonic_order_options_init(&options, sizeof options))) {
        expect_choice(r, "loss", options.loss, losses);
        expect_choice(r, "solution", options.solution, solutions);
        expect_double(r, "level", options.level);
    }
}

static void predict_options_init(run *r) {
    qc_isotonic_order_predict_options options;
    if (returned(r, qc_isotonic_order_predict_options_init(&options, sizeof options))) {
        expect_choice(r, "solution", options.solution, solutions);
    }
}

static qc_isotonic_order_options order_options(run *r) {
    qc_isotonic_order_options options;
    qc_isotonic_order_options_init(&options, sizeof options);
    options.loss = input_choice(r, "loss", options.loss, losses);
    options.solution = input_choice(r, "solution", options.solution, solutions);
    options.level = input_double(r, "level", options.level);
    return options;
}

static void order_points(run *r) {
    const array points = input_matrix(r, "points", r->type);
    const array falling = input_vector(r, "directions", TYPE_I32);
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    const qc_isotonic_order_options options = order_options(r);
    const array fitted = output_array(r, r->type, y.count);
    const array blocks = output_array(r, TYPE_SIZE, y.count);
    const array count = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_order_points_f32(points.data, points.rows, points.columns, falling.data,
                                           y.data, weights.data, &options, fitted.data, blocks.data,
                                           count.data)
            : qc_isotonic_order_points_f64(points.data, points.rows, points.columns, falling.data,
                                           y.data, weights.data, &options, fitted.data, blocks.data,
                                           count.data);
    if (returned(r, status)) {
        expect_array(r, "fitted", fitted);
        expect_array(r, "blocks", blocks);
        expect_element(r, "block_count", count);
    }
}

static void order_grid(run *r) {
    const array y = input_matrix(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    const int32_t rows = input_choice(r, "row_direction", QC_ISOTONIC_INCREASING, directions);
    const int32_t columns = input_choice(r, "column_direction", QC_ISOTONIC_INCREASING, directions);
    const qc_isotonic_order_options options = order_options(r);
    const array fitted = output_array(r, r->type, y.count);
    const qc_status status =
        r->type == TYPE_F32 ? qc_isotonic_order_grid_f32(y.data, weights.data, y.rows, y.columns,
                                                         rows, columns, &options, fitted.data)
                            : qc_isotonic_order_grid_f64(y.data, weights.data, y.rows, y.columns,
                                                         rows, columns, &options, fitted.data);
    if (returned(r, status)) {
        expect_array(r, "fitted", fitted);
    }
}

static void order_graph(run *r) {
    const array from = input_vector(r, "from", TYPE_SIZE);
    const array to = input_vector(r, "to", TYPE_SIZE);
    const array y = input_vector(r, "y", r->type);
    const array weights = input_vector(r, "weights", r->type);
    const qc_isotonic_order_options options = order_options(r);
    const array fitted = output_array(r, r->type, y.count);
    const array blocks = output_array(r, TYPE_SIZE, y.count);
    const array count = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_order_graph_f32(from.data, to.data, from.count, y.data, weights.data,
                                          y.count, &options, fitted.data, blocks.data, count.data)
            : qc_isotonic_order_graph_f64(from.data, to.data, from.count, y.data, weights.data,
                                          y.count, &options, fitted.data, blocks.data, count.data);
    if (returned(r, status)) {
        expect_array(r, "fitted", fitted);
        expect_array(r, "blocks", blocks);
        expect_element(r, "block_count", count);
    }
}

static void order_predict(run *r) {
    const array points = input_matrix(r, "points", r->type);
    const array fitted = input_vector(r, "fitted", r->type);
    const array falling = input_vector(r, "directions", TYPE_I32);
    const array queries = input_matrix(r, "queries", r->type);
    qc_isotonic_order_predict_options options;
    qc_isotonic_order_predict_options_init(&options, sizeof options);
    options.solution = input_choice(r, "solution", options.solution, solutions);
    const array predictions = output_array(r, r->type, queries.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_isotonic_order_predict_f32(points.data, fitted.data, points.rows, points.columns,
                                            falling.data, queries.data, queries.rows, &options,
                                            predictions.data)
            : qc_isotonic_order_predict_f64(points.data, fitted.data, points.rows, points.columns,
                                            falling.data, queries.data, queries.rows, &options,
                                            predictions.data);
    if (returned(r, status)) {
        expect_array(r, "predictions", predictions);
    }
}

const adapter isotonic_order_adapters[] = {
    {"qc_isotonic_order_options_init", order_options_init},
    {"qc_isotonic_order_points", order_points},
    {"qc_isotonic_order_grid", order_grid},
    {"qc_isotonic_order_graph", order_graph},
    {"qc_isotonic_order_predict_options_init", predict_options_init},
    {"qc_isotonic_order_predict", order_predict},
    {NULL, NULL},
};
