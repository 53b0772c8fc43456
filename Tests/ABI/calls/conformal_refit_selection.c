#include "calls.h"

#include <math.h>

enum {
    MOST_POINTS = INT32_MAX - 1,
    CALIBRATION_POINTS = 20
};

static const bad_value bad_levels[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_DOMAIN},
                                       {0, QC_ERR_DOMAIN},       {1, QC_ERR_DOMAIN},
                                       {-0.1, QC_ERR_DOMAIN},    {2, QC_ERR_DOMAIN}};
static const bad_values levels = BAD_VALUES(bad_levels);

static const bad_value bad_ranks[] = {{0, QC_ERR_DOMAIN},
                                      {CALIBRATION_POINTS + 2, QC_ERR_DOMAIN},
                                      {-1, QC_ERR_DOMAIN},
                                      {0x1p62, QC_ERR_DOMAIN},
                                      {CALIBRATION_POINTS + 1, QC_OK}};
static const bad_values ranks = BAD_VALUES(bad_ranks);

static const bad_value bad_rejections[] = {
    {0, QC_ERR_DOMAIN}, {-1, QC_ERR_DOMAIN}, {0x1p31, QC_ERR_DOMAIN}, {0x1p62, QC_ERR_DOMAIN}};
static const bad_values rejections = BAD_VALUES(bad_rejections);

static const bad_value bad_prunings[] = {
    {-1, QC_ERR_OPTIONS}, {QC_CONFORMAL_PRUNING_NONE, QC_ERR_OPTIONS}, {5, QC_ERR_OPTIONS}};
static const bad_values prunings = BAD_VALUES(bad_prunings);

static const bad_value bad_flags[] = {
    {-1, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {2, QC_ERR_OPTIONS}};
static const bad_values flags = BAD_VALUES(bad_flags);

static qc_status refit_rank_f64(const value *v) {
    return qc_conformal_refit_rank_f64(v[0].pointer, v[1].size, v[2].pointer, v[3].size, v[4].size,
                                       v[5].number, v[6].pointer, v[7].pointer);
}

static qc_status refit_rank_f32(const value *v) {
    return qc_conformal_refit_rank_f32(v[0].pointer, v[1].size, v[2].pointer, v[3].size, v[4].size,
                                       v[5].number, v[6].pointer, v[7].pointer);
}

static void build_refit_rank(call *c, element_type type, size_t rows, size_t columns) {
    const size_t count = rows * columns;
    input(c, "calibration", type, count, -1, 1)->bad = &must_not_be_nan;
    length(c, "n", count, QC_OK)->limit = MOST_POINTS;
    input(c, "test", type, count, -1, 1)->bad = &must_not_be_nan;
    length(c, "m", count, QC_ERR_SIZE)->limit = MOST_POINTS;
    length(c, "j", 0, QC_OK);
    number(c, "q", 0.3, &levels);
    output(c, "rank", TYPE_SIZE, 1);
    output(c, "rejections", TYPE_SIZE, 1);
}

static qc_status select_refitted(const value *v) {
    return qc_conformal_select_refitted(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].size,
                                        v[5].number, v[6].pointer, v[7].pointer, v[8].pointer,
                                        v[9].pointer, v[10].pointer, v[11].pointer);
}

static const field fields[] = {
    {"pruning", offsetof(qc_conformal_select_options, pruning), TYPE_I32, &prunings},
    {"randomised", offsetof(qc_conformal_select_options, randomised), TYPE_I32, &flags},
};

static void build_select_refitted(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const qc_conformal_select_options given = {
        .struct_size = sizeof given, .pruning = QC_CONFORMAL_PRUNING_HOMOGENEOUS, .seed = 5};
    const size_t count = rows * columns;
    /* None is 1, the only one that is possible without calibration points. */
    input(c, "ranks", TYPE_SIZE, count, 2, CALIBRATION_POINTS)->bad = &ranks;
    input(c, "rejections", TYPE_SIZE, count, 1, (double)rows + 1)->bad = &rejections;
    length(c, "m", rows, QC_OK)->limit = MOST_POINTS;
    argument *models = length(c, "models", columns, QC_ERR_SIZE);
    models->limit = INT32_MAX;
    models->bytes_per_unit = rows * sizeof(size_t);
    length(c, "n", CALIBRATION_POINTS, count > 0 ? QC_ERR_DOMAIN : QC_OK)->limit = MOST_POINTS;
    number(c, "q", 0.3, &levels);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    output(c, "selected", TYPE_U8, rows);
    output(c, "p", TYPE_F64, rows)->optional = true;
    output(c, "e", TYPE_F64, rows)->optional = true;
    output(c, "chosen", TYPE_SIZE, rows)->optional = true;
    output(c, "count", TYPE_SIZE, 1)->optional = true;
}

const row conformal_refit_selection_rows[] = {
    {"qc_conformal_refit_rank_f64", "", refit_rank_f64, build_refit_rank, TYPE_F64, MUCH_WORK},
    {"qc_conformal_refit_rank_f32", "", refit_rank_f32, build_refit_rank, TYPE_F32, MUCH_WORK},
    {"qc_conformal_select_refitted", "", select_refitted, build_select_refitted, TYPE_NONE,
     MUCH_WORK},
    {0},
};
