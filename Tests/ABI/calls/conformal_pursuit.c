#include "calls.h"

#include <math.h>

static const bad_value bad_sizes[] = {{-1, QC_ERR_DOMAIN}, {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values sizes_bad = BAD_VALUES(bad_sizes);

static const bad_value bad_levels[] = {
    {NAN, QC_ERR_NOT_FINITE}, {0, QC_ERR_DOMAIN}, {1, QC_ERR_DOMAIN}, {INFINITY, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const bad_value bad_means[] = {{NAN, QC_ERR_NOT_FINITE},
                                      {-0.1, QC_ERR_DOMAIN},
                                      {4.5, QC_ERR_DOMAIN},
                                      {INFINITY, QC_ERR_DOMAIN}};
static const bad_values means = BAD_VALUES(bad_means);

static qc_status histories(const value *v) {
    return qc_conformal_pursuit_histories(7, 3, v[0].size, v[1].size, v[2].size, v[3].pointer);
}

static void build_histories(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "points", rows, QC_OK);
    length(c, "queries", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    length(c, "length", columns, QC_OK)->limit = columns;
    output(c, "orders", TYPE_I32, rows * columns);
}

static qc_status log_sizes(const value *v) {
    return qc_conformal_pursuit_log_sizes(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                          v[4].pointer);
}

static void build_log_sizes(call *c, element_type type, size_t rows, size_t columns) {
    argument *weights;
    (void)type;
    input(c, "sizes", TYPE_I32, rows * columns, 0, 9)->bad = &sizes_bad;
    weights = input(c, "weights", TYPE_F64, rows * columns, 0.5, 1);
    weights->optional = true;
    weights->bad = &must_be_weights;
    length(c, "queries", rows, QC_OK);
    length(c, "samples", columns, QC_ERR_SIZE);
    output(c, "log_sizes", TYPE_F64, rows);
}

static qc_status choose(const value *v) {
    return qc_conformal_pursuit_choose(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                       v[4].pointer);
}

static void build_choose(call *c, element_type type, size_t rows, size_t columns) {
    const size_t queries = rows * columns;
    (void)type;
    input(c, "log_sizes", TYPE_F64, queries, -1, 2)->bad = &must_not_be_nan;
    input(c, "asked", TYPE_U8, queries, 0, 1)->optional = true;
    length(c, "queries", queries, QC_INFEASIBLE);
    output(c, "index", TYPE_SIZE, 1);
    output(c, "spread", TYPE_F64, 1)->optional = true;
}

static qc_status entropy_bound(const value *v) {
    return qc_conformal_pursuit_entropy_bound(v[0].size, v[1].size, v[2].number, v[3].number,
                                              v[4].integer, v[5].pointer);
}

static void build_entropy_bound(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    length(c, "classes", 4, QC_ERR_SIZE)->limit = INT32_MAX;
    length(c, "n", 19, QC_OK);
    number(c, "alpha", 0.1, &levels);
    number(c, "mean_size", 1.5, &means);
    integer(c, "kind", QC_CONFORMAL_PURSUIT_SHARP, &must_be_0_or_1);
    output(c, "bound", TYPE_F64, 1);
}

const row conformal_pursuit_rows[] = {
    {"qc_conformal_pursuit_histories", "", histories, build_histories, TYPE_NONE, ANY_WORK},
    {"qc_conformal_pursuit_log_sizes", "", log_sizes, build_log_sizes, TYPE_NONE, ANY_WORK},
    {"qc_conformal_pursuit_choose", "", choose, build_choose, TYPE_NONE, ANY_WORK},
    {"qc_conformal_pursuit_entropy_bound", "", entropy_bound, build_entropy_bound, TYPE_NONE,
     ANY_WORK},
    {0},
};
