#include "calls.h"

#include <math.h>

static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const bad_value bad_bits[] = {
    {0, QC_ERR_DOMAIN}, {9, QC_ERR_DOMAIN}, {INT32_MAX, QC_ERR_DOMAIN}, {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values bits = BAD_VALUES(bad_bits);
static const bad_value bad_fewer[] = {{0, QC_ERR_DOMAIN},
                                      {6, QC_ERR_DOMAIN},
                                      {-1, QC_ERR_DOMAIN},
                                      {INT32_MAX, QC_ERR_DOMAIN},
                                      {INT32_MIN, QC_ERR_DOMAIN}};
static const bad_values fewer = BAD_VALUES(bad_fewer);
static const bad_value bad_scales[] = {{0, QC_ERR_DOMAIN},
                                       {-1, QC_ERR_DOMAIN},
                                       {NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values positive = BAD_VALUES(bad_scales);

/* Groups with a short last one. */
static const qc_quantize_elastic_options given = {.struct_size = sizeof given,
                                                  .granularity = QC_QUANTIZE_PER_GROUP,
                                                  .refit = 1,
                                                  .group_size = 16};
#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_quantize_elastic_options, name), type, bad }
static const field fields[] = {FIELD(granularity, TYPE_I32, &must_be_0_to_2),
                               FIELD(refit, TYPE_I32, &must_be_0_or_1),
                               FIELD(group_size, TYPE_SIZE, &group_sizes)};

static qc_status options_init(const value *v) {
    return qc_quantize_elastic_options_init(v[0].pointer, v[1].size);
}

static void build_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_elastic_options));
}

static qc_status elastic(const value *v) {
    return qc_quantize_elastic(v[0].pointer, v[1].pointer, v[2].size, v[3].size, v[4].integer,
                               v[5].integer, v[6].pointer, v[7].pointer, v[8].pointer);
}

static void build(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    const size_t groups = rows * ((columns + 15) / 16);
    input(c, "codes", TYPE_U8, rows * ((columns * 5 + 7) / 8), 0, 256);
    input(c, "scales", TYPE_F32, groups, 0.01, 2)->bad = &positive;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    integer(c, "bits", 5, &bits);
    integer(c, "fewer_bits", 3, &fewer);
    options(c, &given, sizeof given, fields, sizeof fields / sizeof *fields,
            offsetof(qc_quantize_elastic_options, progress));
    output(c, "fewer_codes", TYPE_U8, rows * ((columns * 3 + 7) / 8));
    output(c, "fewer_scales", TYPE_F32, groups);
}

const row quantize_elastic_rows[] = {
    {"qc_quantize_elastic_options_init", "", options_init, build_options, TYPE_NONE, ANY_WORK},
    {"qc_quantize_elastic", "", elastic, build, TYPE_NONE, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
