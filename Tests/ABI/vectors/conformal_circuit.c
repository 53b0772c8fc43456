#include "vectors.h"

typedef struct {
    array premises, conclusions, weights, circuits, shares;
    size_t circuit_count;
} circuits;

static circuits given_circuits(run *r) {
    const circuits given = {
        input_vector(r, "premises", TYPE_I32), input_vector(r, "conclusions", TYPE_I32),
        input_vector(r, "weights", TYPE_F64),  input_vector(r, "circuits", TYPE_I32),
        input_vector(r, "shares", TYPE_F64),   input_size(r, "circuit_count", 1)};
    return given;
}

static void probabilities(run *r) {
    const array leaves = input_matrix(r, "leaves", TYPE_F64);
    const circuits given = given_circuits(r);
    const array corrected = output_array(r, TYPE_F64, leaves.count);
    if (returned(r, qc_conformal_circuit_probabilities(leaves.data, leaves.rows, leaves.columns,
                                                       given.premises.data, given.conclusions.data,
                                                       given.weights.data, given.circuits.data,
                                                       given.premises.count, given.shares.data,
                                                       given.circuit_count, corrected.data))) {
        expect_array(r, "corrected", corrected);
    }
}

static void bounds(run *r) {
    const array lower = input_matrix(r, "lower", TYPE_F64);
    const array upper = input_matrix(r, "upper", TYPE_F64);
    const circuits given = given_circuits(r);
    const array below = output_array(r, TYPE_F64, lower.count);
    const array above = output_array(r, TYPE_F64, lower.count);
    if (returned(r, qc_conformal_circuit_bounds(lower.data, upper.data, lower.rows, lower.columns,
                                                given.premises.data, given.conclusions.data,
                                                given.weights.data, given.circuits.data,
                                                given.premises.count, given.shares.data,
                                                given.circuit_count, below.data, above.data))) {
        expect_array(r, "corrected_lower", below);
        expect_array(r, "corrected_upper", above);
    }
}

const adapter conformal_circuit_adapters[] = {
    {"qc_conformal_circuit_probabilities", probabilities},
    {"qc_conformal_circuit_bounds", bounds},
    {NULL, NULL},
};
