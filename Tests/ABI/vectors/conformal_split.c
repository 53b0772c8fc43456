#include "vectors.h"

static void rank(run *r) {
    const array result = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_rank(input_size(r, "n", 0), input_double(r, "alpha", 0),
                                      result.data))) {
        expect_size(r, "rank", *(const size_t *)result.data);
    }
}

static void threshold(run *r) {
    const array scores = input_vector(r, "scores", r->type);
    const double alpha = input_double(r, "alpha", 0);
    const array result = output_array(r, r->type, 1);
    if (returned(r,
                 r->type == TYPE_F32
                     ? qc_conformal_threshold_f32(scores.data, scores.count, alpha, result.data)
                     : qc_conformal_threshold_f64(scores.data, scores.count, alpha, result.data))) {
        expect_element(r, "threshold", result);
    }
}

static void sets(run *r) {
    const array scores = input_matrix(r, "scores", r->type);
    const double limit = input_double(r, "threshold", 0);
    const array mask = output_array(r, TYPE_U8, scores.rows * ((scores.columns + 7) / 8));
    const array sizes = output_array(r, TYPE_I32, scores.rows);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_sets_f32(scores.data, scores.rows, scores.columns,
                                                (float)limit, mask.data, sizes.data)
                        : qc_conformal_sets_f64(scores.data, scores.rows, scores.columns, limit,
                                                mask.data, sizes.data))) {
        expect_array(r, "mask", mask);
        expect_array(r, "sizes", sizes);
    }
}

static void intervals(run *r) {
    const array mean = input_vector(r, "mean", r->type);
    const double limit = input_double(r, "threshold", 0);
    const array lower = output_array(r, r->type, mean.count);
    const array upper = output_array(r, r->type, mean.count);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_intervals_f32(mean.data, mean.count, (float)limit,
                                                     lower.data, upper.data)
                        : qc_conformal_intervals_f64(mean.data, mean.count, limit, lower.data,
                                                     upper.data))) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
    }
}

const adapter conformal_split_adapters[] = {
    {"qc_conformal_rank", rank},
    {"qc_conformal_threshold", threshold},
    {"qc_conformal_sets", sets},
    {"qc_conformal_intervals", intervals},
    {NULL, NULL},
};
