#include "vectors.h"

static uint64_t seed(const run *r) {
    const size_t given = input_size(r, "seed", 0);
    return (uint64_t)given;
}

static void cdf(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array residual_groups = input_vector(r, "residual_groups", TYPE_I64);
    const array mean = input_vector(r, "mean", r->type);
    const array scale = input_vector(r, "scale", r->type);
    const array groups = input_vector(r, "groups", TYPE_I64);
    const array at = input_vector(r, "thresholds", r->type);
    const array lower = output_array(r, r->type, mean.count * at.count);
    const array upper = output_array(r, r->type, mean.count * at.count);
    const array smoothed = output_array(r, r->type, mean.count * at.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_distribution_cdf_f32(residuals.data, residual_groups.data,
                                                residuals.count, mean.data, scale.data, groups.data,
                                                mean.count, at.data, at.count, seed(r), lower.data,
                                                upper.data, smoothed.data)
            : qc_conformal_distribution_cdf_f64(residuals.data, residual_groups.data,
                                                residuals.count, mean.data, scale.data, groups.data,
                                                mean.count, at.data, at.count, seed(r), lower.data,
                                                upper.data, smoothed.data);
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
        expect_array(r, "smoothed", smoothed);
    }
}

static void quantile(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array residual_groups = input_vector(r, "residual_groups", TYPE_I64);
    const array mean = input_vector(r, "mean", r->type);
    const array scale = input_vector(r, "scale", r->type);
    const array groups = input_vector(r, "groups", TYPE_I64);
    const array levels = input_vector(r, "levels", TYPE_F64);
    const array lower = output_array(r, r->type, mean.count * levels.count);
    const array upper = output_array(r, r->type, mean.count * levels.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_distribution_quantile_f32(
                  residuals.data, residual_groups.data, residuals.count, mean.data, scale.data,
                  groups.data, mean.count, levels.data, levels.count, lower.data, upper.data)
            : qc_conformal_distribution_quantile_f64(
                  residuals.data, residual_groups.data, residuals.count, mean.data, scale.data,
                  groups.data, mean.count, levels.data, levels.count, lower.data, upper.data);
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
    }
}

static void crps(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array residual_groups = input_vector(r, "residual_groups", TYPE_I64);
    const array mean = input_vector(r, "mean", r->type);
    const array scale = input_vector(r, "scale", r->type);
    const array groups = input_vector(r, "groups", TYPE_I64);
    const array y = input_vector(r, "y", r->type);
    const array scores = output_array(r, r->type, mean.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_distribution_crps_f32(residuals.data, residual_groups.data,
                                                 residuals.count, mean.data, scale.data,
                                                 groups.data, y.data, mean.count, scores.data)
            : qc_conformal_distribution_crps_f64(residuals.data, residual_groups.data,
                                                 residuals.count, mean.data, scale.data,
                                                 groups.data, y.data, mean.count, scores.data);
    if (returned(r, status)) {
        expect_array(r, "crps", scores);
    }
}

static void pit(run *r) {
    const array residuals = input_vector(r, "residuals", r->type);
    const array residual_groups = input_vector(r, "residual_groups", TYPE_I64);
    const array mean = input_vector(r, "mean", r->type);
    const array scale = input_vector(r, "scale", r->type);
    const array groups = input_vector(r, "groups", TYPE_I64);
    const array y = input_vector(r, "y", r->type);
    const array lower = output_array(r, r->type, mean.count);
    const array upper = output_array(r, r->type, mean.count);
    const array draws = output_array(r, r->type, mean.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_distribution_pit_f32(
                  residuals.data, residual_groups.data, residuals.count, mean.data, scale.data,
                  groups.data, y.data, mean.count, seed(r), lower.data, upper.data, draws.data)
            : qc_conformal_distribution_pit_f64(
                  residuals.data, residual_groups.data, residuals.count, mean.data, scale.data,
                  groups.data, y.data, mean.count, seed(r), lower.data, upper.data, draws.data);
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
        expect_array(r, "pit", draws);
    }
}

const adapter conformal_distribution_adapters[] = {
    {"qc_conformal_distribution_cdf", cdf},
    {"qc_conformal_distribution_quantile", quantile},
    {"qc_conformal_distribution_crps", crps},
    {"qc_conformal_distribution_pit", pit},
    {NULL, NULL},
};
