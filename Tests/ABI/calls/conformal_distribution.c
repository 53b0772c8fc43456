#include "calls.h"

#include <math.h>

static const bad_value bad_scales[] = {{NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE},
                                       {0, QC_ERR_DOMAIN},
                                       {-0.5, QC_ERR_DOMAIN}};
static const bad_values scales = BAD_VALUES(bad_scales);

static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                       {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                       {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

enum {
    /* Their number, but where every prediction needs residuals. */
    GROUPS = 3
};

/* n residuals and m predictions. In double precision they have groups, 0 to group_count - 1. */
static void distributions(call *c, element_type type, size_t n, size_t m, double group_count,
                          qc_status when_none) {
    input(c, "residuals", type, n, -3, 3)->bad = &must_not_be_nan;
    if (type == TYPE_F64) {
        input(c, "residual_groups", TYPE_I64, n, 0, group_count);
    }
    length(c, "n", n, when_none);
    input(c, "mean", type, m, -5, 5)->bad = &must_be_finite;
    argument *scale = input(c, "scale", type, m, 0.5, 2);
    scale->bad = &scales;
    scale->optional = true;
    if (type == TYPE_F64) {
        input(c, "groups", TYPE_I64, m, 0, group_count);
    }
}

static qc_status cdf_f64(const value *v) {
    return qc_conformal_distribution_cdf_f64(
        v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].pointer, v[5].pointer, v[6].size,
        v[7].pointer, v[8].size, 7, v[9].pointer, v[10].pointer, v[11].pointer);
}

static qc_status cdf_f32(const value *v) {
    return qc_conformal_distribution_cdf_f32(v[0].pointer, NULL, v[1].size, v[2].pointer,
                                             v[3].pointer, NULL, v[4].size, v[5].pointer, v[6].size,
                                             7, v[7].pointer, v[8].pointer, v[9].pointer);
}

static void build_cdf(call *c, element_type type, size_t rows, size_t columns) {
    distributions(c, type, rows * columns, rows, GROUPS, QC_OK);
    length(c, "m", rows, QC_OK);
    input(c, "thresholds", type, columns, -5, 5)->bad = &must_not_be_nan;
    length(c, "k", columns, QC_OK);
    output(c, "lower", type, rows * columns)->optional = true;
    output(c, "upper", type, rows * columns)->optional = true;
    output(c, "smoothed", type, rows * columns)->optional = true;
}

static qc_status quantile_f64(const value *v) {
    return qc_conformal_distribution_quantile_f64(
        v[0].pointer, v[1].pointer, v[2].size, v[3].pointer, v[4].pointer, v[5].pointer, v[6].size,
        v[7].pointer, v[8].size, v[9].pointer, v[10].pointer);
}

static qc_status quantile_f32(const value *v) {
    return qc_conformal_distribution_quantile_f32(v[0].pointer, NULL, v[1].size, v[2].pointer,
                                                  v[3].pointer, NULL, v[4].size, v[5].pointer,
                                                  v[6].size, v[7].pointer, v[8].pointer);
}

static void build_quantile(call *c, element_type type, size_t rows, size_t columns) {
    distributions(c, type, rows * columns, rows, GROUPS, QC_OK);
    length(c, "m", rows, QC_OK);
    input(c, "levels", TYPE_F64, columns, 0.05, 0.95)->bad = &levels;
    length(c, "k", columns, QC_OK);
    output(c, "lower", type, rows * columns)->optional = true;
    output(c, "upper", type, rows * columns)->optional = true;
}

static qc_status crps_f64(const value *v) {
    return qc_conformal_distribution_crps_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                              v[4].pointer, v[5].pointer, v[6].pointer, v[7].size,
                                              v[8].pointer);
}

static qc_status crps_f32(const value *v) {
    return qc_conformal_distribution_crps_f32(v[0].pointer, NULL, v[1].size, v[2].pointer,
                                              v[3].pointer, NULL, v[4].pointer, v[5].size,
                                              v[6].pointer);
}

static void build_crps(call *c, element_type type, size_t rows, size_t columns) {
    const size_t m = rows * columns;
    distributions(c, type, m, m, 1, QC_ERR_SIZE);
    input(c, "y", type, m, -5, 5)->bad = &must_be_finite;
    length(c, "m", m, QC_OK);
    output(c, "crps", type, m);
}

static qc_status pit_f64(const value *v) {
    return qc_conformal_distribution_pit_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                             v[4].pointer, v[5].pointer, v[6].pointer, v[7].size, 7,
                                             v[8].pointer, v[9].pointer, v[10].pointer);
}

static qc_status pit_f32(const value *v) {
    return qc_conformal_distribution_pit_f32(v[0].pointer, NULL, v[1].size, v[2].pointer,
                                             v[3].pointer, NULL, v[4].pointer, v[5].size, 7,
                                             v[6].pointer, v[7].pointer, v[8].pointer);
}

static void build_pit(call *c, element_type type, size_t rows, size_t columns) {
    const size_t m = rows * columns;
    distributions(c, type, m, m, GROUPS, QC_OK);
    input(c, "y", type, m, -5, 5)->bad = &must_not_be_nan;
    length(c, "m", m, QC_OK);
    output(c, "lower", type, m)->optional = true;
    output(c, "upper", type, m)->optional = true;
    output(c, "pit", type, m)->optional = true;
}

const row conformal_distribution_rows[] = {
    {"qc_conformal_distribution_cdf_f64", "", cdf_f64, build_cdf, TYPE_F64, ANY_WORK},
    {"qc_conformal_distribution_cdf_f32", "", cdf_f32, build_cdf, TYPE_F32, ANY_WORK},
    {"qc_conformal_distribution_quantile_f64", "", quantile_f64, build_quantile, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_distribution_quantile_f32", "", quantile_f32, build_quantile, TYPE_F32,
     ANY_WORK},
    {"qc_conformal_distribution_crps_f64", "", crps_f64, build_crps, TYPE_F64, ANY_WORK},
    {"qc_conformal_distribution_crps_f32", "", crps_f32, build_crps, TYPE_F32, ANY_WORK},
    {"qc_conformal_distribution_pit_f64", "", pit_f64, build_pit, TYPE_F64, ANY_WORK},
    {"qc_conformal_distribution_pit_f32", "", pit_f32, build_pit, TYPE_F32, ANY_WORK},
    {0},
};
