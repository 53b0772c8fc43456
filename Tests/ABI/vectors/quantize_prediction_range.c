#include "vectors.h"

#include <string.h>

/* The differences that a case lists, by candidate; the values of one candidate are kept. */
typedef struct {
    const double *differences;
    size_t count;
    size_t watched;
    float *quantized;
} model;

static int32_t measure(void *context, qc_quantize_range_candidate *candidate) {
    const model *const m = context;
    if (candidate->index >= m->count) {
        return 1;
    }
    if (candidate->index == m->watched) {
        memcpy(m->quantized, candidate->quantized,
               candidate->rows * candidate->columns * sizeof(float));
    }
    candidate->difference = m->differences[candidate->index];
    return 0;
}

static void prediction_range(run *r) {
    const array values = input_matrix(r, "values", TYPE_F32);
    const array differences = input_vector(r, "differences", TYPE_F64);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_grid_options options = input_grid_options(r);
    qc_quantize_range_rule rule = input_rule(r);
    const bool wants_zeros = input_int32(r, "with_zeros", 0) != 0;
    size_t groups = 0; /* if the options are what is wrong */
    qc_quantize_grid_layout(&grid, values.rows, values.columns, &options, NULL, &groups);
    const array scales = output_array(r, TYPE_F32, groups);
    const array zeros = output_array(r, TYPE_F32, groups);
    const array quantized = input_matrix(r, "values", TYPE_F32);
    model m = {differences.data, differences.count, input_size(r, "watched", 0), quantized.data};
    const qc_quantize_difference difference = {measure, &m};
    qc_quantize_prediction_range_result result = {.struct_size = sizeof result};
    if (returned(r, qc_quantize_prediction_range_f32(
                        values.data, values.rows, values.columns, &grid, &options, &rule,
                        input_double(r, "error_weight", 0), &difference, scales.data,
                        wants_zeros ? zeros.data : NULL, &result))) {
        expect_array(r, "scales", scales);
        if (wants_zeros) {
            expect_array(r, "zeros", zeros);
        }
        expect_array(r, "quantized", quantized);
        expect_size(r, "index", result.index);
        expect_double(r, "factor", result.factor);
        expect_double(r, "difference", result.difference);
        expect_double(r, "error", result.error);
        expect_double(r, "loss", result.loss);
    }
}

const adapter quantize_prediction_range_adapters[] = {
    {"qc_quantize_prediction_range", prediction_range},
    {NULL, NULL},
};
