#include "calls.h"

#include <math.h>

static const bad_value bad_events[] = {{2, QC_ERR_DOMAIN}, {255, QC_ERR_DOMAIN}};
static const bad_values must_be_events = BAD_VALUES(bad_events);

static const bad_value nan_list[] = {{NAN, QC_ERR_NOT_FINITE}};
static const bad_values must_be_a_number = BAD_VALUES(nan_list);

static const bad_value bad_caps[] = {
    {NAN, QC_ERR_NOT_FINITE}, {0.5, QC_ERR_DOMAIN}, {-INFINITY, QC_ERR_DOMAIN}};
static const bad_values caps = BAD_VALUES(bad_caps);

static qc_status weights(const value *v) {
    return qc_conformal_censoring_weights(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                          v[4].pointer, v[5].pointer, v[6].size, v[7].number,
                                          v[8].number, v[9].pointer, v[10].pointer, v[11].pointer);
}

static void build_weights(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const size_t n = rows * columns;
    const size_t m = rows + columns;
    input(c, "times", TYPE_F64, n, 0, 1)->bad = &must_not_be_nan;
    input(c, "events", TYPE_U8, n, 0, 2)->bad = &must_be_events;
    argument *masses = input(c, "weights", TYPE_F64, n, 0.5, 2);
    masses->optional = true;
    masses->bad = &must_be_weights;
    length(c, "n", n, QC_OK);
    input(c, "points", TYPE_F64, m, 0, 1)->bad = &must_not_be_nan;
    argument *known = input(c, "point_events", TYPE_U8, m, 0, 2);
    known->optional = true;
    known->bad = &must_be_events;
    length(c, "m", m, QC_OK)->bytes_per_unit = sizeof(double);
    number(c, "horizon", 0.9, &must_be_a_number);
    number(c, "cap", 10, &caps);
    output(c, "survival", TYPE_F64, m)->optional = true;
    output(c, "point_weights", TYPE_F64, m);
    output(c, "capped", TYPE_SIZE, 1)->optional = true;
}

const row conformal_censoring_rows[] = {
    {"qc_conformal_censoring_weights", "", weights, build_weights, TYPE_NONE, ANY_WORK},
    {0},
};
