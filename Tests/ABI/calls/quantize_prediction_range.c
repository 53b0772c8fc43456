#include "grids.h"

#include <math.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value bad_##name[] = {__VA_ARGS__};                                           \
    static const bad_values name = BAD_VALUES(bad_##name)

BAD_OPTION(kinds, {-1, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS},
           {13, QC_ERR_OPTIONS});
BAD_OPTION(counts, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS});
BAD_OPTION(reals, {0, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS});
BAD_OPTION(weights, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_DOMAIN}, {INFINITY, QC_ERR_DOMAIN});

static const qc_quantize_range_rule rule = {.struct_size = sizeof rule,
                                            .kind = QC_QUANTIZE_RANGE_MSE,
                                            .steps = 5,
                                            .norm = 2,
                                            .low = 0.5,
                                            .high = 1};
#define RULE_FIELD(name, type, bad)                                                                \
    { #name, offsetof(qc_quantize_range_rule, name), type, bad }
static const field rule_fields[] = {
    RULE_FIELD(kind, TYPE_I32, &kinds),
    RULE_FIELD(scale_form, TYPE_I32, &must_be_0_to_2),
    RULE_FIELD(steps, TYPE_I32, &counts),
    RULE_FIELD(norm, TYPE_F64, &reals),
    RULE_FIELD(low, TYPE_F64, &reals),
    RULE_FIELD(high, TYPE_F64, &reals),
    RULE_FIELD(reserved, TYPE_I32, &must_be_zero),
};

/* Reads all that a candidate has. */
static int32_t measure(void *context, qc_quantize_range_candidate *candidate) {
    double sum = 0;
    (void)context;
    for (size_t i = 0; i < candidate->rows * candidate->columns; i++) {
        sum += fabs((double)candidate->quantized[i]);
    }
    for (size_t i = 0; i < candidate->group_count; i++) {
        sum += (double)candidate->scales[i];
        sum += candidate->zeros == NULL ? 0 : (double)candidate->zeros[i];
    }
    candidate->difference = sum;
    return 0;
}

static void fill_difference(const argument *self, void *memory) {
    const qc_quantize_difference given = {measure, NULL};
    (void)self;
    *(qc_quantize_difference *)memory = given;
}

static qc_status prediction_range(const value *v) {
    return qc_quantize_prediction_range_f32(v[0].pointer, v[1].size, v[2].size, v[3].pointer,
                                            v[4].pointer, v[5].pointer, v[6].number, v[7].pointer,
                                            v[8].pointer, v[9].pointer, v[10].pointer);
}

static void build(call *c, element_type type, size_t rows, size_t columns) {
    const size_t groups = groups_of_16(rows, columns);
    (void)type;
    input(c, "values", TYPE_F32, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_grid(c, &three_bit_grid);
    add_groups_of_16(c)->optional = true;
    argument *of = options(c, &rule, sizeof rule, rule_fields, 7, 0);
    of->name = "rule";
    of->optional = true;
    number(c, "error_weight", 0.5, &weights);
    /* Two pointers, whatever the size of the matrix. */
    argument *difference =
        input(c, "difference", TYPE_SIZE, sizeof(qc_quantize_difference) / sizeof(size_t), 0, 1);
    difference->fill = fill_difference;
    output(c, "scales", TYPE_F32, groups);
    output(c, "zeros", TYPE_F32, groups)->optional = true;
    result(c, sizeof(qc_quantize_prediction_range_result));
}

const row quantize_prediction_range_rows[] = {
    {"qc_quantize_prediction_range_f32", "", prediction_range, build, TYPE_F32, MUCH_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
