#include "calls.h"

#include <math.h>

static const size_t most_draws = (size_t)1 << 40;

static const bad_value bad_probabilities[] = {{NAN, QC_ERR_NOT_FINITE},
                                              {INFINITY, QC_ERR_DOMAIN},
                                              {-0.1, QC_ERR_DOMAIN},
                                              {1.5, QC_ERR_DOMAIN}};
static const bad_values probabilities = BAD_VALUES(bad_probabilities);
static const bad_value bad_variances[] = {{NAN, QC_ERR_NOT_FINITE},
                                          {INFINITY, QC_ERR_DOMAIN},
                                          {-1e-9, QC_ERR_DOMAIN},
                                          {0.6, QC_ERR_DOMAIN}};
static const bad_values variances_bad = BAD_VALUES(bad_variances);
static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE}, {0, QC_ERR_DOMAIN},
                                       {1, QC_ERR_DOMAIN},       {-0.1, QC_ERR_DOMAIN},
                                       {0.002, QC_INFEASIBLE},   {1e-300, QC_INFEASIBLE}};
static const bad_values levels = BAD_VALUES(bad_levels);
static const bad_value bad_chances[] = {{NAN, QC_ERR_NOT_FINITE},
                                        {0, QC_ERR_DOMAIN},
                                        {0.5, QC_ERR_DOMAIN},
                                        {1e-21, QC_ERR_DOMAIN},
                                        {-0.1, QC_ERR_DOMAIN}};
static const bad_values chances = BAD_VALUES(bad_chances);

static const bad_value bad_corrections[] = {{4, QC_ERR_OPTIONS},
                                            {-1, QC_ERR_OPTIONS},
                                            {INT32_MAX, QC_ERR_OPTIONS},
                                            {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values corrections = BAD_VALUES(bad_corrections);
static const bad_value bad_betas[] = {
    {NAN, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {0.5, QC_ERR_OPTIONS}, {1e-21, QC_ERR_OPTIONS}};
static const bad_values betas = BAD_VALUES(bad_betas);
static const bad_value bad_radii[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {-1e-300, QC_ERR_OPTIONS}};
static const bad_values radii = BAD_VALUES(bad_radii);
static const bad_value bad_positives[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values positives = BAD_VALUES(bad_positives);
static const bad_value bad_centres[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {-INFINITY, QC_ERR_OPTIONS}};
static const bad_values centres = BAD_VALUES(bad_centres);

static const field robust_fields[] = {
    {"side", offsetof(qc_conformal_robust_options, side), TYPE_I32, &must_be_0_or_1},
    {"correction", offsetof(qc_conformal_robust_options, correction), TYPE_I32, &corrections},
    {"beta", offsetof(qc_conformal_robust_options, beta), TYPE_F64, &betas},
    {"radius", offsetof(qc_conformal_robust_options, radius), TYPE_F64, &radii},
    {"sigma", offsetof(qc_conformal_robust_options, sigma), TYPE_F64, &positives},
};
static const field transform_fields[] = {
    {"steepness", offsetof(qc_conformal_transform_options, steepness), TYPE_F64, &positives},
    {"centre", offsetof(qc_conformal_transform_options, centre), TYPE_F64, &centres},
};

static qc_status robust_options_init(const value *v) {
    return qc_conformal_robust_options_init(v[0].pointer, v[1].size);
}

static void build_robust_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_robust_options));
}

static qc_status transform_options_init(const value *v) {
    return qc_conformal_transform_options_init(v[0].pointer, v[1].size);
}

static void build_transform_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_transform_options));
}

static qc_status smoothed_f64(const value *v) {
    return qc_conformal_smoothed_scores_f64(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                            v[4].pointer, v[5].size, v[6].pointer, v[7].pointer);
}

static qc_status smoothed_f32(const value *v) {
    return qc_conformal_smoothed_scores_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                            v[4].pointer, v[5].size, v[6].pointer, v[7].pointer);
}

static void build_smoothed(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "samples", type, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "n", rows, QC_OK);
    length(c, "draws", columns, QC_ERR_SIZE);
    input(c, "earlier_means", TYPE_F64, rows, 0, 1)->bad = &probabilities;
    input(c, "earlier_variances", TYPE_F64, rows, 0, 0.25)->bad = &variances_bad;
    length(c, "earlier_draws", 4, QC_OK)->limit = most_draws;
    output(c, "means", TYPE_F64, rows);
    output(c, "variances", TYPE_F64, rows)->optional = true;
}

/* Nothing came before. */
static qc_status first_f64(const value *v) {
    return qc_conformal_smoothed_scores_f64(v[0].pointer, v[1].size, v[2].size, NULL, NULL, 0,
                                            v[3].pointer, v[4].pointer);
}

static void build_first(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "samples", type, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "n", rows, QC_OK);
    length(c, "draws", columns, QC_ERR_SIZE);
    output(c, "means", TYPE_F64, rows);
    output(c, "variances", TYPE_F64, rows)->optional = true;
}

static qc_status bounds(const value *v) {
    return qc_conformal_robust_bounds(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                      v[4].pointer, v[5].pointer);
}

static void build_bounds(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const qc_conformal_robust_options given = {.struct_size = sizeof given,
                                               .side = QC_CONFORMAL_BOUND_LOWER,
                                               .correction = QC_CONFORMAL_EMPIRICAL_BERNSTEIN,
                                               .beta = 0.01,
                                               .radius = 0.5,
                                               .sigma = 2};
    const size_t n = rows * columns;
    input(c, "means", TYPE_F64, n, 0, 1)->bad = &probabilities;
    input(c, "variances", TYPE_F64, n, 0, 0.25)->bad = &variances_bad;
    length(c, "n", n, QC_OK);
    length(c, "draws", 400, QC_ERR_SIZE)->limit = most_draws;
    options(c, &given, sizeof given, robust_fields, sizeof robust_fields / sizeof robust_fields[0],
            0)
        ->optional = true;
    output(c, "bounds", TYPE_F64, n)->in_place = "means";
}

static qc_status upper_bounds(const value *v) {
    const qc_conformal_robust_options given = {.struct_size = sizeof given,
                                               .side = QC_CONFORMAL_BOUND_UPPER,
                                               .correction = QC_CONFORMAL_HOEFFDING,
                                               .beta = 0.01,
                                               .sigma = 1};
    return qc_conformal_robust_bounds(v[0].pointer, NULL, v[1].size, v[2].size, &given,
                                      v[3].pointer);
}

static void build_upper_bounds(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const size_t n = rows * columns;
    input(c, "means", TYPE_F64, n, 0, 1)->bad = &probabilities;
    length(c, "n", n, QC_OK);
    length(c, "draws", 400, QC_ERR_SIZE)->limit = most_draws;
    output(c, "bounds", TYPE_F64, n)->in_place = "means";
}

static qc_status threshold(const value *v) {
    return qc_conformal_robust_threshold(v[0].pointer, v[1].size, v[2].size, v[3].number,
                                         v[4].number, v[5].pointer);
}

static void build_threshold(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "scores", TYPE_F64, rows * columns, 0, 1)->bad = &probabilities;
    length(c, "n", rows * columns, QC_OK);
    length(c, "draws", 400, QC_ERR_SIZE)->limit = most_draws;
    number(c, "alpha", 0.1, &levels);
    number(c, "beta", 0.001, &chances);
    output(c, "threshold", TYPE_F64, 1);
}

static qc_status transformed_f64(const value *v) {
    return qc_conformal_transformed_scores_f64(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                               v[4].pointer, v[5].pointer);
}

static qc_status transformed_f32(const value *v) {
    return qc_conformal_transformed_scores_f32(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                               v[4].pointer, v[5].pointer);
}

static void build_transformed(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_transform_options given = {
        .struct_size = sizeof given, .steepness = 5, .centre = 0.5};
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", rows * columns, QC_OK);
    input(c, "reference", type, rows + columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "m", rows + columns, QC_ERR_SIZE)->bytes_per_unit = element_size(type);
    options(c, &given, sizeof given, transform_fields,
            sizeof transform_fields / sizeof transform_fields[0], 0)
        ->optional = true;
    output(c, "transformed", type, rows * columns)->in_place = "scores";
}

const row conformal_robust_rows[] = {
    {"qc_conformal_robust_options_init", "", robust_options_init, build_robust_options_init,
     TYPE_NONE, ANY_WORK},
    {"qc_conformal_smoothed_scores_f64", "", smoothed_f64, build_smoothed, TYPE_F64, ANY_WORK},
    {"qc_conformal_smoothed_scores_f64", "first", first_f64, build_first, TYPE_F64, ANY_WORK},
    {"qc_conformal_smoothed_scores_f32", "", smoothed_f32, build_smoothed, TYPE_F32, ANY_WORK},
    {"qc_conformal_robust_bounds", "", bounds, build_bounds, TYPE_NONE, ANY_WORK},
    {"qc_conformal_robust_bounds", "upper", upper_bounds, build_upper_bounds, TYPE_NONE, ANY_WORK},
    {"qc_conformal_robust_threshold", "", threshold, build_threshold, TYPE_NONE, ANY_WORK},
    {"qc_conformal_transform_options_init", "", transform_options_init,
     build_transform_options_init, TYPE_NONE, ANY_WORK},
    {"qc_conformal_transformed_scores_f64", "", transformed_f64, build_transformed, TYPE_F64,
     ANY_WORK},
    {"qc_conformal_transformed_scores_f32", "", transformed_f32, build_transformed, TYPE_F32,
     ANY_WORK},
    {0},
};
