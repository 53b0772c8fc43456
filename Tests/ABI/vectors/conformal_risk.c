#include "vectors.h"

static void control(run *r) {
    const array losses = input_matrix(r, "losses", TYPE_F64);
    const array bounds = output_array(r, TYPE_F64, losses.columns);
    const array index = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_risk_control(
                        losses.data, losses.rows, losses.columns, input_double(r, "bound", 0),
                        input_double(r, "alpha", 0), input_int32(r, "monotonize", 0), bounds.data,
                        index.data))) {
        expect_array(r, "bounds", bounds);
        expect_element(r, "index", index);
    }
}

static void steps(run *r) {
    const array positions = input_vector(r, "positions", TYPE_F64);
    const array drops = input_vector(r, "drops", TYPE_F64);
    const array threshold = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_conformal_risk_steps(positions.data, drops.data, positions.count,
                                            input_size(r, "n", 0), input_double(r, "bound", 0),
                                            input_double(r, "alpha", 0), threshold.data))) {
        expect_element(r, "threshold", threshold);
    }
}

static void p_values(run *r) {
    static const char *const bounds[] = {"hoeffding_bentkus", "hoeffding", "bentkus", "binomial",
                                         NULL};
    const array risks = input_vector(r, "risks", TYPE_F64);
    const array values = output_array(r, TYPE_F64, risks.count);
    const int32_t bound = input_choice(r, "bound", QC_CONFORMAL_RISK_HOEFFDING_BENTKUS, bounds);
    if (returned(r, qc_conformal_risk_p_values(risks.data, risks.count, input_size(r, "n", 0),
                                               input_double(r, "alpha", 0), bound, values.data))) {
        expect_array(r, "p_values", values);
    }
}

static void select_some(run *r) {
    static const char *const procedures[] = {"holm", "bonferroni", "fixed_sequence", NULL};
    const array values = input_vector(r, "p_values", TYPE_F64);
    const int32_t procedure = input_choice(r, "procedure", QC_CONFORMAL_RISK_HOLM, procedures);
    const array selected = output_array(r, TYPE_U8, values.count);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_risk_select(values.data, values.count, input_double(r, "delta", 0),
                                             procedure, input_size(r, "starts", 1), selected.data,
                                             count.data))) {
        expect_array(r, "selected", selected);
        expect_element(r, "selected_count", count);
    }
}

static void graph(run *r) {
    const array values = input_vector(r, "p_values", TYPE_F64);
    const array weights = input_vector(r, "weights", TYPE_F64);
    const array transitions = input_matrix(r, "transitions", TYPE_F64);
    const array selected = output_array(r, TYPE_U8, values.count);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r,
                 qc_conformal_risk_graph(values.data, weights.data, transitions.data, values.count,
                                         input_double(r, "delta", 0), selected.data, count.data))) {
        expect_array(r, "selected", selected);
        expect_element(r, "selected_count", count);
    }
}

static void best(run *r) {
    const array selected = input_vector(r, "selected", TYPE_U8);
    const array costs = input_vector(r, "costs", TYPE_F64);
    const array index = output_array(r, TYPE_SIZE, 1);
    if (returned(r,
                 qc_conformal_risk_best(selected.data, costs.data, selected.count, index.data))) {
        expect_element(r, "index", index);
    }
}

const adapter conformal_risk_adapters[] = {
    {"qc_conformal_risk_control", control},
    {"qc_conformal_risk_steps", steps},
    {"qc_conformal_risk_p_values", p_values},
    {"qc_conformal_risk_select", select_some},
    {"qc_conformal_risk_graph", graph},
    {"qc_conformal_risk_best", best},
    {NULL, NULL},
};
