#include "calls.h"

#include <math.h>

static const size_t most_scores = (size_t)1 << 40;

static const bad_value bad_chances[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                        {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                        {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values chances = BAD_VALUES(bad_chances);

static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-0.1, QC_ERR_DOMAIN},
                                              {1.5, QC_ERR_DOMAIN},
                                              {0, QC_OK},
                                              {1, QC_OK}};
static const bad_values probabilities = BAD_VALUES(bad_probabilities);

/* Nine scores, the eighth: the rank may not be 0, n may (then rank 8 is too large). */
static void scores_and_rank(call *c) {
    length(c, "n", 9, QC_ERR_DOMAIN)->limit = most_scores;
    length(c, "rank", 8, QC_ERR_DOMAIN);
}

static qc_status coverage_law(const value *v) {
    return qc_conformal_coverage_law(v[0].size, v[1].size, v[2].pointer, v[3].size, v[4].pointer,
                                     v[5].pointer);
}

static void build_coverage_law(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    scores_and_rank(c);
    input(c, "values", TYPE_F64, rows * columns, -0.1, 1.1)->bad = &must_not_be_nan;
    length(c, "count", rows * columns, QC_OK);
    output(c, "at_most", TYPE_F64, rows * columns)->optional = true;
    output(c, "at_least", TYPE_F64, rows * columns)->optional = true;
}

static qc_status coverage_quantile(const value *v) {
    return qc_conformal_coverage_quantile(v[0].size, v[1].size, v[2].pointer, v[3].size,
                                          v[4].pointer);
}

static void build_coverage_quantile(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    scores_and_rank(c);
    input(c, "levels", TYPE_F64, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "count", rows * columns, QC_OK);
    output(c, "quantiles", TYPE_F64, rows * columns);
}

static qc_status covered_law(const value *v) {
    return qc_conformal_covered_law(v[0].size, v[1].size, v[2].size, v[3].pointer, v[4].size,
                                    v[5].pointer, v[6].pointer, v[7].pointer);
}

static void build_covered_law(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    scores_and_rank(c);
    length(c, "m", 20, QC_OK)->limit = most_scores;
    input(c, "counts", TYPE_SIZE, rows * columns, 0, 22);
    length(c, "count", rows * columns, QC_OK);
    output(c, "pmf", TYPE_F64, rows * columns)->optional = true;
    output(c, "at_most", TYPE_F64, rows * columns)->optional = true;
    output(c, "at_least", TYPE_F64, rows * columns)->optional = true;
}

static qc_status covered_quantile(const value *v) {
    return qc_conformal_covered_quantile(v[0].size, v[1].size, v[2].size, v[3].pointer, v[4].size,
                                         v[5].pointer);
}

static void build_covered_quantile(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    scores_and_rank(c);
    length(c, "m", 20, QC_OK)->limit = most_scores;
    input(c, "levels", TYPE_F64, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "count", rows * columns, QC_OK);
    output(c, "quantiles", TYPE_SIZE, rows * columns);
}

static qc_status pac_rank(const value *v) {
    return qc_conformal_pac_rank(v[0].size, v[1].number, v[2].number, v[3].pointer);
}

static void build_pac_rank(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "n", rows * columns, QC_OK)->limit = most_scores;
    number(c, "alpha", 0.1, &chances);
    number(c, "delta", 0.05, &chances);
    output(c, "rank", TYPE_SIZE, 1);
}

static qc_status pac_sample_size(const value *v) {
    return qc_conformal_pac_sample_size(v[0].number, v[1].number, v[2].pointer);
}

static void build_pac_sample_size(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    number(c, "alpha", 0.1, &chances);
    number(c, "delta", 0.05, &chances);
    output(c, "n", TYPE_SIZE, 1);
}

static qc_status sample_size(const value *v) {
    return qc_conformal_sample_size(v[0].number, v[1].number, v[2].number, v[3].pointer);
}

static void build_sample_size(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    number(c, "alpha", 0.1, &chances);
    number(c, "tolerance", 0.1, &chances);
    number(c, "delta", 0.05, &chances);
    output(c, "n", TYPE_SIZE, 1);
}

const row conformal_planning_rows[] = {
    {"qc_conformal_coverage_law", "", coverage_law, build_coverage_law, TYPE_NONE, ANY_WORK},
    {"qc_conformal_coverage_quantile", "", coverage_quantile, build_coverage_quantile, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_covered_law", "", covered_law, build_covered_law, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_covered_quantile", "", covered_quantile, build_covered_quantile, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_pac_rank", "", pac_rank, build_pac_rank, TYPE_NONE, ANY_WORK},
    {"qc_conformal_pac_sample_size", "", pac_sample_size, build_pac_sample_size, TYPE_NONE,
     ANY_WORK},
    {"qc_conformal_sample_size", "", sample_size, build_sample_size, TYPE_NONE, ANY_WORK},
    {0},
};
