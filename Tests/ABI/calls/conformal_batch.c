#include "calls.h"

#include <math.h>

static const size_t most_scores = (size_t)1 << 40;

static const bad_value bad_chances[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                        {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                        {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values chances = BAD_VALUES(bad_chances);

/* One side may go without a bound. */
static const bad_value bad_sides[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                      {1, QC_ERR_DOMAIN},       {-0.1, QC_ERR_DOMAIN},
                                      {0.99, QC_ERR_DOMAIN},    {0, QC_OK}};
static const bad_values sides = BAD_VALUES(bad_sides);

static const bad_value bad_limits[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-2, QC_ERR_DOMAIN}, {-INFINITY, QC_ERR_DOMAIN}, {INFINITY, QC_OK}};
static const bad_values limits = BAD_VALUES(bad_limits);

static qc_status order_statistic_f64(const value *v) {
    return qc_conformal_order_statistic_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer);
}

static qc_status order_statistic_f32(const value *v) {
    return qc_conformal_order_statistic_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer);
}

/* The smallest, which is still there if there are no scores: rank n + 1. */
static void build_order_statistic(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", rows * columns, QC_OK);
    length(c, "rank", 1, QC_OK);
    output(c, "value", type, 1);
}

static qc_status law(const value *v) {
    return qc_conformal_batch_law(v[0].size, v[1].size, v[2].size, v[3].pointer, v[4].size,
                                  v[5].pointer, v[6].pointer, v[7].pointer);
}

static void build_law(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "n", 9, QC_OK)->limit = most_scores;
    length(c, "m", 5, QC_ERR_DOMAIN)->limit = most_scores;
    length(c, "zeta", 2, QC_ERR_DOMAIN);
    input(c, "ranks", TYPE_SIZE, rows * columns, 0, 12);
    length(c, "count", rows * columns, QC_OK);
    output(c, "pmf", TYPE_F64, rows * columns)->optional = true;
    output(c, "at_most", TYPE_F64, rows * columns)->optional = true;
    output(c, "at_least", TYPE_F64, rows * columns)->optional = true;
}

static qc_status rank(const value *v) {
    return qc_conformal_batch_rank(v[0].size, v[1].size, v[2].size, v[3].number, v[4].number,
                                   v[5].pointer, v[6].pointer);
}

static void build_rank(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "n", rows * columns, QC_OK)->limit = most_scores;
    length(c, "m", 5, QC_ERR_DOMAIN)->limit = most_scores;
    length(c, "zeta", 2, QC_ERR_DOMAIN);
    number(c, "alpha_lower", 0.1, &sides);
    number(c, "alpha_upper", 0.1, &sides);
    output(c, "lower", TYPE_SIZE, 1);
    output(c, "upper", TYPE_SIZE, 1);
}

static qc_status bracket(const value *v) {
    return qc_conformal_batch_bracket(v[0].size, v[1].size, v[2].size, v[3].size, v[4].number,
                                      v[5].pointer, v[6].pointer, v[7].pointer);
}

static void build_bracket(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const size_t most = (size_t)1 << 20;
    length(c, "n", rows * columns, QC_OK)->limit = most;
    length(c, "m", 5, QC_ERR_DOMAIN)->limit = most;
    length(c, "zeta_low", 2, QC_ERR_DOMAIN);
    length(c, "zeta_high", 4, QC_ERR_DOMAIN);
    number(c, "alpha", 0.1, &chances);
    output(c, "lower", TYPE_SIZE, 1);
    output(c, "upper", TYPE_SIZE, 1);
    output(c, "probability", TYPE_F64, 1)->optional = true;
}

static qc_status rank_sum(const value *v) {
    return qc_conformal_batch_rank_sum(v[0].size, v[1].size, v[2].number, v[3].pointer);
}

static void build_rank_sum(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "n", rows * columns, QC_OK)->limit = most_scores;
    length(c, "m", 5, QC_ERR_SIZE)->limit = most_scores;
    number(c, "alpha", 0.1, &chances);
    output(c, "rank_sum", TYPE_SIZE, 1);
}

static qc_status mean_f64(const value *v) {
    return qc_conformal_batch_mean_f64(v[0].pointer, v[1].size, v[2].size, v[3].size, v[4].number,
                                       v[5].pointer);
}

static qc_status mean_f32(const value *v) {
    return qc_conformal_batch_mean_f32(v[0].pointer, v[1].size, v[2].size, v[3].size,
                                       (float)v[4].number, v[5].pointer);
}

static void build_mean(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", rows * columns, rows * columns > 0 ? QC_ERR_DOMAIN : QC_OK);
    length(c, "m", 5, QC_ERR_SIZE)->limit = most_scores;
    length(c, "rank_sum", rows * columns > 0 ? 1 : 0, QC_OK);
    number(c, "upper", 1, &limits);
    output(c, "bound", type, 1);
}

const row conformal_batch_rows[] = {
    {"qc_conformal_order_statistic_f64", "", order_statistic_f64, build_order_statistic, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_order_statistic_f32", "", order_statistic_f32, build_order_statistic, TYPE_F32,
     ANY_WORK},
    {"qc_conformal_batch_law", "", law, build_law, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_batch_rank", "", rank, build_rank, TYPE_NONE, ANY_WORK},
    {"qc_conformal_batch_bracket", "", bracket, build_bracket, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_batch_rank_sum", "", rank_sum, build_rank_sum, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_batch_mean_f64", "", mean_f64, build_mean, TYPE_F64, ANY_WORK},
    {"qc_conformal_batch_mean_f32", "", mean_f32, build_mean, TYPE_F32, ANY_WORK},
    {0},
};
