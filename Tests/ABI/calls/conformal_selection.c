#include "calls.h"

#include <math.h>

enum {
    MOST_POINTS = INT32_MAX - 1
};

static const bad_value bad_flags[] = {{-1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}};
static const bad_values flags = BAD_VALUES(bad_flags);

static const bad_value bad_prunings[] = {{-1, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}};
static const bad_values prunings = BAD_VALUES(bad_prunings);

static const bad_value bad_model_prunings[] = {
    {-1, QC_ERR_OPTIONS}, {QC_CONFORMAL_PRUNING_NONE, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}};
static const bad_values model_prunings = BAD_VALUES(bad_model_prunings);

static const bad_value bad_model_flags[] = {
    {-1, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}};
static const bad_values model_flags = BAD_VALUES(bad_model_flags);

static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                       {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                       {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const bad_value bad_p_values[] = {{NAN, QC_ERR_NOT_FINITE},
                                         {INFINITY, QC_ERR_DOMAIN},
                                         {-0.1, QC_ERR_DOMAIN},
                                         {1.5, QC_ERR_DOMAIN},
                                         {0, QC_OK},
                                         {1, QC_OK}};
static const bad_values p_values_between_0_and_1 = BAD_VALUES(bad_p_values);

static const bad_value bad_e_values[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-0.1, QC_ERR_DOMAIN}, {INFINITY, QC_OK}};
static const bad_values e_values = BAD_VALUES(bad_e_values);

static qc_status select_options_init(const value *v) {
    return qc_conformal_select_options_init(v[0].pointer, v[1].size);
}

static void build_select_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_select_options));
}

/* -- p-values ------------------------------------------------------------------ */

static qc_status p_values_f64(const value *v) {
    return qc_conformal_p_values_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                     v[4].pointer, v[5].size, v[6].pointer, v[7].pointer);
}

static qc_status p_values_f32(const value *v) {
    return qc_conformal_p_values_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                     v[4].pointer, v[5].size, v[6].pointer, v[7].pointer);
}

/* Scores with weights, as many for calibration as for test. */
static void points(call *c, element_type type, size_t count) {
    input(c, "calibration", type, count, -1, 1)->bad = &must_not_be_nan;
    argument *weights = input(c, "calibration_weights", type, count, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "n", count, QC_OK)->limit = MOST_POINTS;
    input(c, "test", type, count, -1, 1)->bad = &must_not_be_nan;
    weights = input(c, "test_weights", type, count, 0.5, 2);
    weights->bad = &must_be_weights;
    weights->optional = true;
    length(c, "m", count, QC_OK)->limit = MOST_POINTS;
}

static const field p_values_fields[] = {
    {"tail", offsetof(qc_conformal_p_value_options, tail), TYPE_I32, &flags},
    {"randomised", offsetof(qc_conformal_p_value_options, randomised), TYPE_I32, &flags},
};

static void build_p_values(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_p_value_options given = {
        .struct_size = sizeof given, .tail = QC_CONFORMAL_TAIL_LOWER, .randomised = 1, .seed = 5};
    points(c, type, rows * columns);
    options(c, &given, sizeof given, p_values_fields,
            sizeof p_values_fields / sizeof p_values_fields[0], 0)
        ->optional = true;
    output(c, "p", TYPE_F64, rows * columns);
}

/* -- Step-up procedures -------------------------------------------------------- */

static qc_status benjamini_hochberg(const value *v) {
    return qc_conformal_benjamini_hochberg(v[0].pointer, v[1].size, v[2].number, v[3].pointer,
                                           v[4].pointer);
}

static qc_status e_benjamini_hochberg(const value *v) {
    return qc_conformal_e_benjamini_hochberg(v[0].pointer, v[1].size, v[2].number, v[3].pointer,
                                             v[4].pointer);
}

static void decide(call *c, size_t count) {
    length(c, "m", count, QC_OK)->limit = MOST_POINTS;
    number(c, "q", 0.3, &levels);
    output(c, "rejected", TYPE_U8, count);
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

static void build_benjamini_hochberg(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "p", TYPE_F64, rows * columns, 0, 0.5)->bad = &p_values_between_0_and_1;
    decide(c, rows * columns);
}

static void build_e_benjamini_hochberg(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    input(c, "e", TYPE_F64, rows * columns, 0, 10)->bad = &e_values;
    decide(c, rows * columns);
}

/* -- Selection ----------------------------------------------------------------- */

static qc_status select_f64(const value *v) {
    return qc_conformal_select_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                   v[4].pointer, v[5].size, v[6].number, v[7].pointer, v[8].pointer,
                                   v[9].pointer, v[10].pointer, v[11].pointer);
}

static qc_status select_f32(const value *v) {
    return qc_conformal_select_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                   v[4].pointer, v[5].size, v[6].number, v[7].pointer, v[8].pointer,
                                   v[9].pointer, v[10].pointer, v[11].pointer);
}

static const field select_fields[] = {
    {"pruning", offsetof(qc_conformal_select_options, pruning), TYPE_I32, &prunings},
    {"randomised", offsetof(qc_conformal_select_options, randomised), TYPE_I32, &flags},
};

static void build_select(call *c, element_type type, size_t rows, size_t columns, int32_t pruning) {
    const size_t count = rows * columns;
    const qc_conformal_select_options given = {
        .struct_size = sizeof given, .pruning = pruning, .randomised = 1, .seed = 5};
    points(c, type, count);
    number(c, "q", 0.3, &levels);
    options(c, &given, sizeof given, select_fields, sizeof select_fields / sizeof select_fields[0],
            0)
        ->optional = true;
    output(c, "selected", TYPE_U8, count);
    output(c, "p", TYPE_F64, count)->optional = true;
    output(c, "e", TYPE_F64, count)->optional = true;
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

static void build_pruned(call *c, element_type type, size_t rows, size_t columns) {
    build_select(c, type, rows, columns, QC_CONFORMAL_PRUNING_HETEROGENEOUS);
}

static void build_unpruned(call *c, element_type type, size_t rows, size_t columns) {
    build_select(c, type, rows, columns, QC_CONFORMAL_PRUNING_NONE);
}

/* -- Selection with several scores --------------------------------------------- */

static qc_status select_models_f64(const value *v) {
    return qc_conformal_select_models_f64(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                          v[4].size, v[5].number, v[6].pointer, v[7].pointer,
                                          v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer);
}

static qc_status select_models_f32(const value *v) {
    return qc_conformal_select_models_f32(v[0].pointer, v[1].size, v[2].pointer, v[3].size,
                                          v[4].size, v[5].number, v[6].pointer, v[7].pointer,
                                          v[8].pointer, v[9].pointer, v[10].pointer, v[11].pointer);
}

static const field model_fields[] = {
    {"pruning", offsetof(qc_conformal_select_options, pruning), TYPE_I32, &model_prunings},
    {"randomised", offsetof(qc_conformal_select_options, randomised), TYPE_I32, &model_flags},
};

static void build_select_models(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_select_options given = {
        .struct_size = sizeof given, .pruning = QC_CONFORMAL_PRUNING_HOMOGENEOUS, .seed = 5};
    input(c, "calibration", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", rows, QC_OK)->limit = MOST_POINTS;
    input(c, "test", type, rows * columns, -1, 1)->bad = &must_not_be_nan;
    length(c, "m", rows, QC_OK)->limit = MOST_POINTS;
    argument *models = length(c, "models", columns, QC_ERR_SIZE);
    models->limit = INT32_MAX;
    models->bytes_per_unit = rows * element_size(type);
    number(c, "q", 0.3, &levels);
    options(c, &given, sizeof given, model_fields, sizeof model_fields / sizeof model_fields[0], 0)
        ->optional = true;
    output(c, "selected", TYPE_U8, rows);
    output(c, "p", TYPE_F64, rows)->optional = true;
    output(c, "e", TYPE_F64, rows)->optional = true;
    output(c, "chosen", TYPE_SIZE, rows)->optional = true;
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

/* -- Selection with a model of the same points --------------------------------- */

enum {
    RIDGE_WORK = 2000
};

static const bad_value bad_outcomes[] = {
    {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}, {-0.5, QC_ERR_DOMAIN}, {0, QC_OK}};
static const bad_values outcomes = BAD_VALUES(bad_outcomes);

static const bad_value bad_penalties[] = {{NAN, QC_ERR_NOT_FINITE},
                                          {INFINITY, QC_ERR_NOT_FINITE},
                                          {-0.5, QC_ERR_DOMAIN},
                                          {0, QC_ERR_DOMAIN}};
static const bad_values positive = BAD_VALUES(bad_penalties);

static qc_status select_ridge_f64(const value *v) {
    return qc_conformal_select_ridge_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                         v[4].size, v[5].size, v[6].pointer, v[7].size, v[8].number,
                                         v[9].pointer, v[10].pointer, v[11].pointer, v[12].pointer,
                                         v[13].pointer, v[14].pointer);
}

static qc_status select_ridge_f32(const value *v) {
    return qc_conformal_select_ridge_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                         v[4].size, v[5].size, v[6].pointer, v[7].size, v[8].number,
                                         v[9].pointer, v[10].pointer, v[11].pointer, v[12].pointer,
                                         v[13].pointer, v[14].pointer);
}

static void build_select_ridge(call *c, element_type type, size_t rows, size_t columns) {
    const qc_conformal_select_options given = {
        .struct_size = sizeof given, .pruning = QC_CONFORMAL_PRUNING_HOMOGENEOUS, .seed = 5};
    input(c, "x", type, rows * columns, -1, 1)->bad = &must_be_finite;
    input(c, "outcomes", type, rows, 0, 1)->bad = &outcomes;
    length(c, "n", rows, QC_OK)->limit = MOST_POINTS;
    input(c, "test", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "m", rows, QC_OK)->limit = MOST_POINTS;
    argument *width = length(c, "columns", columns, QC_ERR_SIZE);
    width->limit = INT32_MAX;
    width->bytes_per_unit = rows * element_size(type);
    input(c, "penalties", TYPE_F64, 2, 0.5, 2)->bad = &positive;
    argument *models = length(c, "models", 2, QC_ERR_SIZE);
    models->limit = INT32_MAX;
    models->bytes_per_unit = sizeof(double);
    number(c, "q", 0.3, &levels);
    options(c, &given, sizeof given, model_fields, sizeof model_fields / sizeof model_fields[0], 0)
        ->optional = true;
    output(c, "selected", TYPE_U8, rows);
    output(c, "p", TYPE_F64, rows)->optional = true;
    output(c, "e", TYPE_F64, rows)->optional = true;
    output(c, "chosen", TYPE_SIZE, rows)->optional = true;
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

const row conformal_selection_rows[] = {
    {"qc_conformal_p_values_f64", "", p_values_f64, build_p_values, TYPE_F64, MUCH_WORK},
    {"qc_conformal_p_values_f32", "", p_values_f32, build_p_values, TYPE_F32, MUCH_WORK},
    {"qc_conformal_benjamini_hochberg", "", benjamini_hochberg, build_benjamini_hochberg, TYPE_NONE,
     ANY_WORK},
    {"qc_conformal_e_benjamini_hochberg", "", e_benjamini_hochberg, build_e_benjamini_hochberg,
     TYPE_NONE, ANY_WORK},
    {"qc_conformal_select_options_init", "", select_options_init, build_select_options_init,
     TYPE_NONE, ANY_WORK},
    {"qc_conformal_select_f64", "pruned", select_f64, build_pruned, TYPE_F64, MUCH_WORK},
    {"qc_conformal_select_f64", "unpruned", select_f64, build_unpruned, TYPE_F64, MUCH_WORK},
    {"qc_conformal_select_f32", "pruned", select_f32, build_pruned, TYPE_F32, MUCH_WORK},
    {"qc_conformal_select_f32", "unpruned", select_f32, build_unpruned, TYPE_F32, MUCH_WORK},
    {"qc_conformal_select_models_f64", "", select_models_f64, build_select_models, TYPE_F64,
     MUCH_WORK},
    {"qc_conformal_select_models_f32", "", select_models_f32, build_select_models, TYPE_F32,
     MUCH_WORK},
    {"qc_conformal_select_ridge_f64", "", select_ridge_f64, build_select_ridge, TYPE_F64,
     RIDGE_WORK},
    {"qc_conformal_select_ridge_f32", "", select_ridge_f32, build_select_ridge, TYPE_F32,
     RIDGE_WORK},
    {0},
};
