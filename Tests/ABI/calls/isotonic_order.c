#include "calls.h"

#include <math.h>

static const bad_value bad_losses[] = {
    {-1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}, {4, QC_ERR_OPTIONS}, {6, QC_ERR_OPTIONS}};
static const bad_values losses = BAD_VALUES(bad_losses);

static const bad_value bad_solutions[] = {{-1, QC_ERR_OPTIONS}, {4, QC_ERR_OPTIONS}};
static const bad_values solutions = BAD_VALUES(bad_solutions);

static const bad_value bad_levels[] = {
    {NAN, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const bad_value bad_directions[] = {{-1, QC_ERR_DOMAIN}, {2, QC_ERR_DOMAIN}};
static const bad_values directions = BAD_VALUES(bad_directions);

static const bad_value bad_indices[] = {{1e9, QC_ERR_DOMAIN}};
static const bad_values indices = BAD_VALUES(bad_indices);

enum {
    MOST_POINTS = INT32_MAX - 1
};

static qc_status options_init(const value *v) {
    return qc_isotonic_order_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_order_options));
}

static qc_status predict_options_init(const value *v) {
    return qc_isotonic_order_predict_options_init(v[0].pointer, v[1].size);
}

static void build_predict_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_isotonic_order_predict_options));
}

static const field fields[] = {
    {"loss", offsetof(qc_isotonic_order_options, loss), TYPE_I32, &losses},
    {"solution", offsetof(qc_isotonic_order_options, solution), TYPE_I32, &solutions},
    {"level", offsetof(qc_isotonic_order_options, level), TYPE_F64, &levels},
};

/* What the fits have in common. */
static void values_and_weights(call *c, element_type type, size_t n) {
    input(c, "y", type, n, -1, 1)->bad = &must_be_finite;
    argument *weights = input(c, "weights", type, n, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
}

static void order_options(call *c, int32_t loss) {
    const qc_isotonic_order_options given = {.struct_size = sizeof given,
                                             .loss = loss,
                                             .solution = QC_ISOTONIC_SOLUTION_MIDDLE,
                                             .level = 0.25};
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_isotonic_order_options, progress))
        ->optional = true;
}

static void results(call *c, element_type type, size_t n) {
    output(c, "fitted", type, n)->in_place = "y";
    output(c, "blocks", TYPE_SIZE, n)->optional = true;
    output(c, "block_count", TYPE_SIZE, 1)->optional = true;
}

/* -- Points -------------------------------------------------------------------- */

static qc_status points_f64(const value *v) {
    return qc_isotonic_order_points_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                        v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                        v[8].pointer, v[9].pointer);
}

static qc_status points_f32(const value *v) {
    return qc_isotonic_order_points_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                        v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,
                                        v[8].pointer, v[9].pointer);
}

/* Calls for long work are of no more points than these: what is compared there does not depend on
 * how many there are, and cuts of millions take minutes. */
static size_t few(size_t n) { return n < 3000 ? n : 3000; }

static void coordinates(call *c, element_type type, size_t n, size_t dimensions) {
    input(c, "points", type, n * dimensions, -1, 1)->bad = &must_be_finite;
    length(c, "n", n, QC_OK)->limit = MOST_POINTS;
    length(c, "dimensions", dimensions, QC_ERR_SIZE)->bytes_per_unit = n * element_size(type);
}

static void falling(call *c, size_t dimensions) {
    argument *a = input(c, "directions", TYPE_I32, dimensions, 0, 2);
    a->bad = &directions;
    a->optional = true;
}

static void build_points(call *c, element_type type, size_t n, size_t dimensions, int32_t loss) {
    coordinates(c, type, n, dimensions);
    falling(c, dimensions);
    values_and_weights(c, type, n);
    order_options(c, loss);
    results(c, type, n);
}

static void build_squared(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, few(rows * columns), 2, QC_ISOTONIC_SQUARED);
}

static void build_quantile(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, few(rows * columns), 3, QC_ISOTONIC_QUANTILE);
}

static void build_chebyshev(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, few(rows * columns), 1, QC_ISOTONIC_CHEBYSHEV);
}

/* -- Grids --------------------------------------------------------------------- */

static qc_status grid_f64(const value *v) {
    return qc_isotonic_order_grid_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                      v[4].integer, v[5].integer, v[6].pointer, v[7].pointer);
}

static qc_status grid_f32(const value *v) {
    return qc_isotonic_order_grid_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                      v[4].integer, v[5].integer, v[6].pointer, v[7].pointer);
}

static void build_grid(call *c, element_type type, size_t rows, size_t columns) {
    rows = few(rows);
    values_and_weights(c, type, rows * columns);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "row_direction", QC_ISOTONIC_INCREASING, &directions);
    integer(c, "column_direction", QC_ISOTONIC_DECREASING, &directions);
    order_options(c, QC_ISOTONIC_SQUARED);
    output(c, "fitted", type, rows * columns)->in_place = "y";
}

/* -- Graphs: all edges lead from point 0 to point n - 1, or there are none ----- */

static qc_status graph_f64(const value *v) {
    return qc_isotonic_order_graph_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                       v[4].pointer, v[5].size, v[6].pointer, v[7].pointer,
                                       v[8].pointer, v[9].pointer);
}

static qc_status graph_f32(const value *v) {
    return qc_isotonic_order_graph_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                       v[4].pointer, v[5].size, v[6].pointer, v[7].pointer,
                                       v[8].pointer, v[9].pointer);
}

static void build_graph(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = few(rows * columns);
    const size_t edges = n < 2 ? 0 : columns;
    const double last = n < 2 ? 0 : (double)(n - 1);
    input(c, "from", TYPE_SIZE, edges, 0, 1)->bad = &indices;
    input(c, "to", TYPE_SIZE, edges, last, last + 1)->bad = &indices;
    length(c, "edge_count", edges, QC_OK)->bytes_per_unit = sizeof(size_t);
    values_and_weights(c, type, n);
    argument *points = length(c, "n", n, edges == 0 ? QC_OK : QC_ERR_DOMAIN);
    points->limit = MOST_POINTS;
    order_options(c, QC_ISOTONIC_SQUARED);
    results(c, type, n);
}

/* -- Predictions --------------------------------------------------------------- */

static qc_status predict_f64(const value *v) {
    return qc_isotonic_order_predict_f64(v[0].pointer, v[3].pointer, v[1].size, v[2].size,
                                         v[4].pointer, v[5].pointer, v[6].size, v[7].pointer,
                                         v[8].pointer);
}

static qc_status predict_f32(const value *v) {
    return qc_isotonic_order_predict_f32(v[0].pointer, v[3].pointer, v[1].size, v[2].size,
                                         v[4].pointer, v[5].pointer, v[6].size, v[7].pointer,
                                         v[8].pointer);
}

static const field predict_fields[] = {
    {"solution", offsetof(qc_isotonic_order_predict_options, solution), TYPE_I32, &solutions},
    {"reserved", offsetof(qc_isotonic_order_predict_options, reserved), TYPE_I32, &must_be_zero},
};

static void build_predict(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = few(rows * columns);
    const size_t dimensions = type == TYPE_F32 ? 2 : 3;
    const qc_isotonic_order_predict_options given = {.struct_size = sizeof given,
                                                     .solution = QC_ISOTONIC_SOLUTION_MIDDLE};
    coordinates(c, type, n, dimensions);
    input(c, "fitted", type, n, -1, 1)->bad = &must_be_finite;
    falling(c, dimensions);
    input(c, "queries", type, n * dimensions, -1, 1)->bad = &must_be_finite;
    length(c, "m", n, QC_OK)->limit = MOST_POINTS;
    options(c, &given, sizeof given, predict_fields,
            sizeof predict_fields / sizeof predict_fields[0],
            offsetof(qc_isotonic_order_predict_options, progress))
        ->optional = true;
    output(c, "predictions", type, n);
}

const row isotonic_order_rows[] = {
    {"qc_isotonic_order_options_init", "", options_init, build_options_init, TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_order_points_f64", "squared", points_f64, build_squared, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_points_f64", "quantile", points_f64, build_quantile, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_points_f64", "chebyshev", points_f64, build_chebyshev, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_points_f32", "squared", points_f32, build_squared, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_order_grid_f64", "", grid_f64, build_grid, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_grid_f32", "", grid_f32, build_grid, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_order_graph_f64", "", graph_f64, build_graph, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_graph_f32", "", graph_f32, build_graph, TYPE_F32, MUCH_WORK},
    {"qc_isotonic_order_predict_options_init", "", predict_options_init, build_predict_options_init,
     TYPE_NONE, MUCH_WORK},
    {"qc_isotonic_order_predict_f64", "", predict_f64, build_predict, TYPE_F64, MUCH_WORK},
    {"qc_isotonic_order_predict_f32", "", predict_f32, build_predict, TYPE_F32, MUCH_WORK},
    {0},
};
