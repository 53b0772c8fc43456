#include "calls.h"

#include <math.h>

static const bad_value bad_labels[] = {
    {-1, QC_ERR_DOMAIN}, {1e9, QC_ERR_DOMAIN}, {9e18, QC_ERR_DOMAIN}};
static const bad_values labels = BAD_VALUES(bad_labels);
static const bad_value bad_levels[] = {
    {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN}, {0, QC_ERR_DOMAIN}, {1, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);
static const bad_value bad_costs[] = {
    {-0.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {1e308, QC_OK}};
static const bad_values costs = BAD_VALUES(bad_costs);
static const bad_value bad_ends[] = {{0, QC_ERR_OPTIONS},
                                     {1, QC_ERR_OPTIONS},
                                     {-0.5, QC_ERR_OPTIONS},
                                     {NAN, QC_ERR_OPTIONS},
                                     {INFINITY, QC_ERR_OPTIONS}};
static const bad_values ends = BAD_VALUES(bad_ends);
static const bad_value bad_counts[] = {{0, QC_ERR_OPTIONS},
                                       {-1, QC_ERR_OPTIONS},
                                       {65537, QC_ERR_OPTIONS},
                                       {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values counts = BAD_VALUES(bad_counts);

static const field fields[] = {
    {"wrong_cost", offsetof(qc_conformal_policy_options, wrong_cost), TYPE_F64, &costs},
    {"size_cost", offsetof(qc_conformal_policy_options, size_cost), TYPE_F64, &costs},
    {"abstention_cost", offsetof(qc_conformal_policy_options, abstention_cost), TYPE_F64, &costs},
    {"single_low", offsetof(qc_conformal_policy_options, single_low), TYPE_F64, &ends},
    {"single_high", offsetof(qc_conformal_policy_options, single_high), TYPE_F64, &ends},
    {"abstention_low", offsetof(qc_conformal_policy_options, abstention_low), TYPE_F64, &ends},
    {"abstention_high", offsetof(qc_conformal_policy_options, abstention_high), TYPE_F64, &ends},
    {"candidates", offsetof(qc_conformal_policy_options, candidates), TYPE_I32, &counts},
    {"rounds", offsetof(qc_conformal_policy_options, rounds), TYPE_I32, &counts},
};

static void build_options(call *c, size_t progress_offset) {
    const qc_conformal_policy_options given = {.struct_size = sizeof given,
                                               .wrong_cost = 2,
                                               .size_cost = 1,
                                               .abstention_cost = 0.5,
                                               .single_low = 0.1,
                                               .single_high = 0.9,
                                               .abstention_low = 0.05,
                                               .abstention_high = 0.5,
                                               .candidates = 8,
                                               .rounds = 2,
                                               .seed = 5};
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], progress_offset)
        ->optional = true;
}

static qc_status options_init(const value *v) {
    return qc_conformal_policy_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_policy_options));
}

static void build_points(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "scores", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    input(c, "labels", TYPE_I64, rows, 0, (double)columns)->bad = &labels;
    length(c, "rows", rows, QC_ERR_SIZE);
    length(c, "classes", columns, QC_ERR_SIZE)->limit = INT32_MAX;
}

static qc_status value_f64(const value *v) {
    return qc_conformal_policy_value_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].number, v[5].number, v[6].pointer, v[7].pointer);
}

static qc_status value_f32(const value *v) {
    return qc_conformal_policy_value_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].number, v[5].number, v[6].pointer, v[7].pointer);
}

static void build_value(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, rows, columns);
    number(c, "single_alpha", 0.5, &levels);
    number(c, "abstention_alpha", 0.25, &levels);
    build_options(c, 0);
    result(c, sizeof(qc_conformal_policy));
}

static qc_status learn_f64(const value *v) {
    return qc_conformal_policy_learn_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static qc_status learn_f32(const value *v) {
    return qc_conformal_policy_learn_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static void build_learn(call *c, element_type type, size_t rows, size_t columns) {
    build_points(c, type, rows, columns);
    build_options(c, offsetof(qc_conformal_policy_options, progress));
    result(c, sizeof(qc_conformal_policy));
}

const row conformal_policy_rows[] = {
    {"qc_conformal_policy_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    {"qc_conformal_policy_value_f64", "", value_f64, build_value, TYPE_F64, ANY_WORK},
    {"qc_conformal_policy_value_f32", "", value_f32, build_value, TYPE_F32, ANY_WORK},
    {"qc_conformal_policy_learn_f64", "", learn_f64, build_learn, TYPE_F64, MUCH_WORK},
    {"qc_conformal_policy_learn_f32", "", learn_f32, build_learn, TYPE_F32, MUCH_WORK},
    {0},
};
