#include "calls.h"

#include <math.h>
#include <string.h>

static const size_t most_losses = (size_t)1 << 40;

static const bad_value bad_chances[] = {{NAN, QC_ERR_NOT_FINITE},
                                        {INFINITY, QC_ERR_DOMAIN},
                                        {0, QC_ERR_DOMAIN},
                                        {1, QC_ERR_DOMAIN},
                                        {-0.1, QC_ERR_DOMAIN}};
static const bad_values chances = BAD_VALUES(bad_chances);

static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-0.1, QC_ERR_DOMAIN},
                                              {1.5, QC_ERR_DOMAIN}};
static const bad_values probabilities = BAD_VALUES(bad_probabilities);

static const bad_value bad_positives[] = {{NAN, QC_ERR_NOT_FINITE},
                                          {INFINITY, QC_ERR_NOT_FINITE},
                                          {0, QC_ERR_DOMAIN},
                                          {-1, QC_ERR_DOMAIN}};
static const bad_values positives = BAD_VALUES(bad_positives);

static const bad_value bad_losses[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE},
                                       {-INFINITY, QC_ERR_NOT_FINITE},
                                       {1.25, QC_ERR_DOMAIN}};
static const bad_values losses = BAD_VALUES(bad_losses);

static const bad_value below_4_list[] = {{4, QC_ERR_OPTIONS},
                                         {-1, QC_ERR_OPTIONS},
                                         {INT32_MIN, QC_ERR_OPTIONS},
                                         {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values must_be_0_to_3 = BAD_VALUES(below_4_list);

static qc_status control(const value *v) {
    return qc_conformal_risk_control(v[0].pointer, v[1].size, v[2].size, v[3].number, v[4].number,
                                     v[5].integer, v[6].pointer, v[7].pointer);
}

static void build_control(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "losses", TYPE_F64, rows * columns, -1, 1)->bad = &losses;
    length(c, "n", rows, QC_OK);
    length(c, "count", columns, QC_ERR_SIZE);
    number(c, "bound", 1, &positives);
    number(c, "alpha", 1, &positives);
    integer(c, "monotonize", 1, &must_be_0_or_1);
    output(c, "bounds", TYPE_F64, columns)->optional = true;
    output(c, "index", TYPE_SIZE, 1);
}

static qc_status steps(const value *v) {
    return qc_conformal_risk_steps(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].number,
                                   v[5].number, v[6].pointer);
}

static void build_steps(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "positions", TYPE_F64, rows * columns, -1, 1)->bad = &must_not_be_nan;
    argument *drops = input(c, "drops", TYPE_F64, rows * columns, 0, 1);
    drops->optional = true;
    drops->bad = &must_be_weights;
    length(c, "count", rows * columns, QC_OK);
    length(c, "n", 1000, QC_OK);
    number(c, "bound", 1, &positives);
    number(c, "alpha", 1, &positives);
    output(c, "threshold", TYPE_F64, 1);
}

static qc_status p_values(const value *v) {
    return qc_conformal_risk_p_values(v[0].pointer, v[1].size, v[2].size, v[3].number, v[4].integer,
                                      v[5].pointer);
}

static void build_p_values(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "risks", TYPE_F64, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "count", rows * columns, QC_OK);
    length(c, "n", 100, QC_ERR_SIZE)->limit = most_losses;
    number(c, "alpha", 0.1, &chances);
    integer(c, "bound", QC_CONFORMAL_RISK_HOEFFDING_BENTKUS, &must_be_0_to_3);
    output(c, "p_values", TYPE_F64, rows * columns)->in_place = "risks";
}

static qc_status select_some(const value *v) {
    return qc_conformal_risk_select(v[0].pointer, v[1].size, v[2].number, v[3].integer, v[4].size,
                                    v[5].pointer, v[6].pointer);
}

static void build_select_by(call *c, int32_t procedure, size_t count) {
    input(c, "p_values", TYPE_F64, count, 0, 0.1)->bad = &probabilities;
    length(c, "count", count, QC_OK);
    number(c, "delta", 0.1, &chances);
    integer(c, "procedure", procedure, &must_be_0_to_2);
    length(c, "starts", 1, procedure == QC_CONFORMAL_RISK_FIXED_SEQUENCE ? QC_ERR_DOMAIN : QC_OK);
    output(c, "selected", TYPE_U8, count);
    output(c, "selected_count", TYPE_SIZE, 1)->optional = true;
}

static void build_holm(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_select_by(c, QC_CONFORMAL_RISK_HOLM, rows * columns);
}

static void build_sequence(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_select_by(c, QC_CONFORMAL_RISK_FIXED_SEQUENCE, rows * columns);
}

static qc_status graph(const value *v) {
    return qc_conformal_risk_graph(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].number,
                                   v[5].pointer, v[6].pointer);
}

/* All weight on the first, which hands it on to the second, and so on. */
static void fill_weights(const argument *self, void *memory) {
    memset(memory, 0, memory_bytes(self));
    if (self->count > 0) {
        set_element(memory, TYPE_F64, 0, 1);
    }
}

static void fill_chain(const argument *self, void *memory) {
    memset(memory, 0, memory_bytes(self));
    size_t count = 0;
    while (count * count < self->count) {
        count++;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        set_element(memory, TYPE_F64, i * count + i + 1, 1);
    }
}

static void build_graph(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)columns;
    const size_t count = rows < 40 ? rows : 40;
    argument *weights;
    argument *transitions;
    input(c, "p_values", TYPE_F64, count, 0, 0.1)->bad = &probabilities;
    weights = input(c, "weights", TYPE_F64, count, 0, 0);
    weights->fill = fill_weights;
    weights->bad = &probabilities;
    transitions = input(c, "transitions", TYPE_F64, count * count, 0, 0);
    transitions->fill = fill_chain;
    transitions->bad = &probabilities;
    length(c, "count", count, QC_OK);
    number(c, "delta", 0.1, &chances);
    output(c, "selected", TYPE_U8, count);
    output(c, "selected_count", TYPE_SIZE, 1)->optional = true;
}

static qc_status best(const value *v) {
    return qc_conformal_risk_best(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_best(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *costs;
    input(c, "selected", TYPE_U8, rows * columns, 1, 2);
    costs = input(c, "costs", TYPE_F64, rows * columns, -1, 1);
    costs->optional = true;
    costs->bad = &must_not_be_nan;
    length(c, "count", rows * columns, QC_INFEASIBLE);
    output(c, "index", TYPE_SIZE, 1);
}

const row conformal_risk_rows[] = {
    {"qc_conformal_risk_control", "", control, build_control, TYPE_NONE, ANY_WORK},
    {"qc_conformal_risk_steps", "", steps, build_steps, TYPE_NONE, ANY_WORK},
    {"qc_conformal_risk_p_values", "", p_values, build_p_values, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_risk_select", "", select_some, build_holm, TYPE_NONE, ANY_WORK},
    {"qc_conformal_risk_select", "in a sequence", select_some, build_sequence, TYPE_NONE, ANY_WORK},
    {"qc_conformal_risk_graph", "", graph, build_graph, TYPE_NONE, ANY_WORK},
    {"qc_conformal_risk_best", "", best, build_best, TYPE_NONE, ANY_WORK},
    {0},
};
