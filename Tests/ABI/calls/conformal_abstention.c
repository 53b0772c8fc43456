#include "calls.h"

#include <math.h>

static const bad_value bad_rules[] = {{5, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS},
                                      {INT32_MIN, QC_ERR_OPTIONS},
                                      {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values rules = BAD_VALUES(bad_rules);

static const bad_value bad_rates[] = {{NAN, QC_ERR_NOT_FINITE},
                                      {INFINITY, QC_ERR_DOMAIN},
                                      {-0.1, QC_ERR_DOMAIN},
                                      {1.5, QC_ERR_DOMAIN}};
static const bad_values rates = BAD_VALUES(bad_rates);

static const bad_value bad_sizes[] = {{-1, QC_ERR_DOMAIN}, {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values sizes = BAD_VALUES(bad_sizes);

static const bad_value bad_decisions[] = {{3, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN}};
static const bad_values decisions = BAD_VALUES(bad_decisions);

static qc_status curve_f64(const value *v) {
    return qc_conformal_abstention_curve_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                             v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status curve_f32(const value *v) {
    return qc_conformal_abstention_curve_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                             v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_points(call *c, element_type type, size_t n, qc_status when_none) {
    input(c, "uncertainties", type, n, -1, 1)->bad = &must_not_be_nan;
    input(c, "wrong", TYPE_U8, n, 0, 2);
    length(c, "n", n, when_none);
}

static void build_curve(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    build_points(c, type, n, QC_OK);
    output(c, "thresholds", type, n + 1);
    output(c, "answered", TYPE_SIZE, n + 1);
    output(c, "answered_wrong", TYPE_SIZE, n + 1);
    output(c, "count", TYPE_SIZE, 1);
}

static qc_status threshold_f64(const value *v) {
    return qc_conformal_abstention_threshold_f64(v[0].pointer, v[1].pointer, v[2].size,
                                                 v[3].integer, v[4].number, v[5].pointer,
                                                 v[6].pointer, v[7].pointer);
}

static qc_status threshold_f32(const value *v) {
    return qc_conformal_abstention_threshold_f32(v[0].pointer, v[1].pointer, v[2].size,
                                                 v[3].integer, v[4].number, v[5].pointer,
                                                 v[6].pointer, v[7].pointer);
}

static void build_threshold(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, rows * columns, QC_OK);
    integer(c, "rule", QC_CONFORMAL_ABSTENTION_ERRORS, &rules);
    number(c, "target", 0.25, &rates);
    output(c, "threshold", type, 1);
    output(c, "answered", TYPE_SIZE, 1)->optional = true;
    output(c, "answered_wrong", TYPE_SIZE, 1)->optional = true;
}

static qc_status decisions_f64(const value *v) {
    return qc_conformal_abstention_decisions_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].number,
                                                 v[4].number, v[5].pointer);
}

static qc_status decisions_f32(const value *v) {
    return qc_conformal_abstention_decisions_f32(v[0].pointer, v[1].pointer, v[2].size,
                                                 (float)v[3].number, (float)v[4].number,
                                                 v[5].pointer);
}

static void build_decisions(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    argument *counts;
    input(c, "uncertainties", type, n, -1, 1)->bad = &must_not_be_nan;
    counts = input(c, "sizes", TYPE_I32, n, 0, 4);
    counts->optional = true;
    counts->bad = &sizes;
    length(c, "n", n, QC_OK);
    number(c, "single_threshold", -0.5, &must_not_be_nan);
    number(c, "abstention_threshold", 0.5, &must_not_be_nan);
    output(c, "decisions", TYPE_U8, n);
}

static qc_status summarize(const value *v) {
    return qc_conformal_abstention_summarize(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                             v[4].pointer);
}

static void build_summarize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    (void)type;
    input(c, "decisions", TYPE_U8, n, 0, 3)->bad = &decisions;
    input(c, "singles_hold", TYPE_U8, n, 0, 2);
    input(c, "sets_hold", TYPE_U8, n, 0, 2);
    length(c, "n", n, QC_OK);
    result(c, sizeof(qc_conformal_abstention_summary));
}

const row conformal_abstention_rows[] = {
    {"qc_conformal_abstention_curve_f64", "", curve_f64, build_curve, TYPE_F64, ANY_WORK},
    {"qc_conformal_abstention_curve_f32", "", curve_f32, build_curve, TYPE_F32, ANY_WORK},
    {"qc_conformal_abstention_threshold_f64", "", threshold_f64, build_threshold, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_abstention_threshold_f32", "", threshold_f32, build_threshold, TYPE_F32,
     ANY_WORK},
    {"qc_conformal_abstention_decisions_f64", "", decisions_f64, build_decisions, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_abstention_decisions_f32", "", decisions_f32, build_decisions, TYPE_F32,
     ANY_WORK},
    {"qc_conformal_abstention_summarize", "", summarize, build_summarize, TYPE_NONE, ANY_WORK},
    {0},
};
