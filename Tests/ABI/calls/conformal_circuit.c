#include "calls.h"

#include <math.h>

enum {
    RULES = 6,
    CIRCUITS = 2
};

static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-0.1, QC_ERR_DOMAIN},
                                              {1.5, QC_ERR_DOMAIN}};
static const bad_values probabilities = BAD_VALUES(bad_probabilities);
static const bad_value bad_literals[] = {{INT32_MAX, QC_ERR_DOMAIN}, {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values literals = BAD_VALUES(bad_literals);
static const bad_value bad_weights[] = {
    {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}, {1001, QC_ERR_DOMAIN}};
static const bad_values weights = BAD_VALUES(bad_weights);
static const bad_value bad_numbers[] = {
    {-1, QC_ERR_DOMAIN}, {CIRCUITS, QC_ERR_DOMAIN}, {INT32_MAX, QC_ERR_DOMAIN}};
static const bad_values numbers = BAD_VALUES(bad_numbers);

/* What all rules of a call name: no leaf above the first four. */
static size_t named(size_t columns) { return columns < 4 ? columns : 4; }

static void build_rules(call *c, size_t columns) {
    const double leaves = (double)named(columns);
    input(c, "premises", TYPE_I32, RULES, -leaves, leaves)->bad = &literals;
    input(c, "conclusions", TYPE_I32, RULES, 0, leaves)->bad = &literals;
    input(c, "weights", TYPE_F64, RULES, -1, 3)->bad = &weights;
    argument *circuits = input(c, "circuits", TYPE_I32, RULES, 0, CIRCUITS);
    circuits->bad = &numbers;
    circuits->optional = true;
    length(c, "rule_count", RULES, QC_OK)->bytes_per_unit = sizeof(double);
    argument *shares = input(c, "shares", TYPE_F64, CIRCUITS + 1, 0.5, 2);
    shares->bad = &must_be_weights;
    shares->optional = true;
    length(c, "circuit_count", CIRCUITS, QC_ERR_SIZE)->limit = (size_t)1 << 20;
}

static qc_status corrected(const value *v) {
    return qc_conformal_circuit_probabilities(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                              v[4].pointer, v[5].pointer, v[6].pointer, v[7].size,
                                              v[8].pointer, v[9].size, v[10].pointer);
}

static void build_corrected(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "leaves", TYPE_F64, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "rows", rows, QC_OK);
    length(c, "leaf_count", columns, QC_ERR_SIZE);
    build_rules(c, columns);
    output(c, "corrected", TYPE_F64, rows * columns)->in_place = "leaves";
}

static qc_status bounds(const value *v) {
    return qc_conformal_circuit_bounds(
        v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].pointer, v[5].pointer, v[6].pointer,
        v[7].pointer, v[8].size, v[9].pointer, v[10].size, v[11].pointer, v[12].pointer);
}

static void build_bounds(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "lower", TYPE_F64, rows * columns, 0, 0.5)->bad = &probabilities;
    input(c, "upper", TYPE_F64, rows * columns, 0.5, 1)->bad = &probabilities;
    length(c, "rows", rows, QC_OK);
    length(c, "leaf_count", columns, QC_ERR_SIZE);
    build_rules(c, columns);
    output(c, "corrected_lower", TYPE_F64, rows * columns);
    output(c, "corrected_upper", TYPE_F64, rows * columns);
}

const row conformal_circuit_rows[] = {
    {"qc_conformal_circuit_probabilities", "", corrected, build_corrected, TYPE_NONE, ANY_WORK},
    {"qc_conformal_circuit_bounds", "", bounds, build_bounds, TYPE_NONE, ANY_WORK},
    {0},
};
