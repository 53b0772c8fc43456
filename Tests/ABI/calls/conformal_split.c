#include "calls.h"

#include <math.h>

static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE},   {INFINITY, QC_ERR_DOMAIN},
                                       {-INFINITY, QC_ERR_DOMAIN}, {0, QC_ERR_DOMAIN},
                                       {1, QC_ERR_DOMAIN},         {-0.1, QC_ERR_DOMAIN},
                                       {2, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const bad_value bad_distances[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-INFINITY, QC_ERR_DOMAIN}, {-0.5, QC_ERR_DOMAIN}, {INFINITY, QC_OK}};
static const bad_values distances = BAD_VALUES(bad_distances);

static qc_status rank(const value *v) {
    return qc_conformal_rank(v[0].size, v[1].number, v[2].pointer);
}

static void build_rank(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    length(c, "n", rows * columns, QC_OK)->limit = SIZE_MAX / 2;
    number(c, "alpha", 0.1, &levels);
    output(c, "rank", TYPE_SIZE, 1);
}

static qc_status threshold_f64(const value *v) {
    return qc_conformal_threshold_f64(v[0].pointer, v[1].size, v[2].number, v[3].pointer);
}

static qc_status threshold_f32(const value *v) {
    return qc_conformal_threshold_f32(v[0].pointer, v[1].size, v[2].number, v[3].pointer);
}

static void build_threshold(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", rows * columns, QC_OK);
    number(c, "alpha", 0.3, &levels);
    output(c, "threshold", type, 1);
}

static qc_status sets_f64(const value *v) {
    return qc_conformal_sets_f64(v[0].pointer, v[1].size, v[2].size, v[3].number, v[4].pointer,
                                 v[5].pointer);
}

static qc_status sets_f32(const value *v) {
    return qc_conformal_sets_f32(v[0].pointer, v[1].size, v[2].size, (float)v[3].number,
                                 v[4].pointer, v[5].pointer);
}

static void build_sets(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    number(c, "threshold", 0.25, &must_not_be_nan);
    output(c, "mask", TYPE_U8, rows * ((columns + 7) / 8))->optional = true;
    output(c, "sizes", TYPE_I32, rows)->optional = true;
}

/* mask and sizes may each be NULL, but not both. */
static qc_status sets_mask_only(const value *v) {
    return qc_conformal_sets_f64(v[0].pointer, v[1].size, v[2].size, 0.25, v[3].pointer, NULL);
}

static void build_mask_only(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1);
    length(c, "rows", rows, QC_OK);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    output(c, "mask", TYPE_U8, rows * ((columns + 7) / 8));
}

static qc_status intervals_f64(const value *v) {
    return qc_conformal_intervals_f64(v[0].pointer, v[1].size, v[2].number, v[3].pointer,
                                      v[4].pointer);
}

static qc_status intervals_f32(const value *v) {
    return qc_conformal_intervals_f32(v[0].pointer, v[1].size, (float)v[2].number, v[3].pointer,
                                      v[4].pointer);
}

static void build_intervals(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    input(c, "mean", type, n, -1, 1)->bad = &must_be_finite;
    length(c, "n", n, QC_OK);
    number(c, "threshold", 0.5, &distances);
    output(c, "lower", type, n)->in_place = "mean";
    output(c, "upper", type, n)->in_place = "mean";
}

const row conformal_split_rows[] = {
    {"qc_conformal_rank", "", rank, build_rank, TYPE_NONE, ANY_WORK},
    {"qc_conformal_threshold_f64", "", threshold_f64, build_threshold, TYPE_F64, ANY_WORK},
    {"qc_conformal_threshold_f32", "", threshold_f32, build_threshold, TYPE_F32, ANY_WORK},
    {"qc_conformal_sets_f64", "", sets_f64, build_sets, TYPE_F64, ANY_WORK},
    {"qc_conformal_sets_f64", "without sizes", sets_mask_only, build_mask_only, TYPE_F64, ANY_WORK},
    {"qc_conformal_sets_f32", "", sets_f32, build_sets, TYPE_F32, ANY_WORK},
    {"qc_conformal_intervals_f64", "", intervals_f64, build_intervals, TYPE_F64, ANY_WORK},
    {"qc_conformal_intervals_f32", "", intervals_f32, build_intervals, TYPE_F32, ANY_WORK},
    {0},
};
