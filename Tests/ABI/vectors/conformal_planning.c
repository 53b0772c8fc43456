#include "vectors.h"

static void coverage_law(run *r) {
    const array values = input_vector(r, "values", TYPE_F64);
    const array at_most = output_array(r, TYPE_F64, values.count);
    const array at_least = output_array(r, TYPE_F64, values.count);
    if (returned(r, qc_conformal_coverage_law(input_size(r, "n", 0), input_size(r, "rank", 0),
                                              values.data, values.count, at_most.data,
                                              at_least.data))) {
        expect_array(r, "at_most", at_most);
        expect_array(r, "at_least", at_least);
    }
}

static void coverage_quantile(run *r) {
    const array levels = input_vector(r, "levels", TYPE_F64);
    const array quantiles = output_array(r, TYPE_F64, levels.count);
    if (returned(r, qc_conformal_coverage_quantile(input_size(r, "n", 0), input_size(r, "rank", 0),
                                                   levels.data, levels.count, quantiles.data))) {
        expect_array(r, "quantiles", quantiles);
    }
}

static void covered_law(run *r) {
    const array counts = input_vector(r, "counts", TYPE_SIZE);
    const array pmf = output_array(r, TYPE_F64, counts.count);
    const array at_most = output_array(r, TYPE_F64, counts.count);
    const array at_least = output_array(r, TYPE_F64, counts.count);
    if (returned(r, qc_conformal_covered_law(input_size(r, "n", 0), input_size(r, "rank", 0),
                                             input_size(r, "m", 0), counts.data, counts.count,
                                             pmf.data, at_most.data, at_least.data))) {
        expect_array(r, "pmf", pmf);
        expect_array(r, "at_most", at_most);
        expect_array(r, "at_least", at_least);
    }
}

static void covered_quantile(run *r) {
    const array levels = input_vector(r, "levels", TYPE_F64);
    const array quantiles = output_array(r, TYPE_SIZE, levels.count);
    if (returned(r, qc_conformal_covered_quantile(input_size(r, "n", 0), input_size(r, "rank", 0),
                                                  input_size(r, "m", 0), levels.data, levels.count,
                                                  quantiles.data))) {
        expect_array(r, "quantiles", quantiles);
    }
}

static void pac_rank(run *r) {
    const array rank = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_pac_rank(input_size(r, "n", 0), input_double(r, "alpha", 0),
                                          input_double(r, "delta", 0), rank.data))) {
        expect_element(r, "rank", rank);
    }
}

static void pac_sample_size(run *r) {
    const array n = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_pac_sample_size(input_double(r, "alpha", 0),
                                                 input_double(r, "delta", 0), n.data))) {
        expect_element(r, "n", n);
    }
}

static void sample_size(run *r) {
    const array n = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_sample_size(input_double(r, "alpha", 0),
                                             input_double(r, "tolerance", 0),
                                             input_double(r, "delta", 0), n.data))) {
        expect_element(r, "n", n);
    }
}

const adapter conformal_planning_adapters[] = {
    {"qc_conformal_coverage_law", coverage_law},
    {"qc_conformal_coverage_quantile", coverage_quantile},
    {"qc_conformal_covered_law", covered_law},
    {"qc_conformal_covered_quantile", covered_quantile},
    {"qc_conformal_pac_rank", pac_rank},
    {"qc_conformal_pac_sample_size", pac_sample_size},
    {"qc_conformal_sample_size", sample_size},
    {NULL, NULL},
};
