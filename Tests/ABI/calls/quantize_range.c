#include "grids.h"

#include <math.h>
#include <string.h>

#define BAD_OPTION(name, ...)                                                                      \
    static const bad_value bad_##name[] = {__VA_ARGS__};                                           \
    static const bad_values name = BAD_VALUES(bad_##name)

BAD_OPTION(kinds, {-1, QC_ERR_OPTIONS}, {13, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS},
           {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(definitions, {-1, QC_ERR_OPTIONS}, {6, QC_ERR_OPTIONS});
BAD_OPTION(counts, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS},
           {INT32_MIN, QC_ERR_OPTIONS});
BAD_OPTION(refinements, {-1, QC_ERR_OPTIONS}, {101, QC_ERR_OPTIONS});
BAD_OPTION(bins, {15, QC_ERR_OPTIONS}, {65537, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS});
BAD_OPTION(percentiles, {49, QC_ERR_OPTIONS}, {101, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS});
BAD_OPTION(reals, {0, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS},
           {-1, QC_ERR_OPTIONS});
BAD_OPTION(growths, {0.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {11, QC_ERR_OPTIONS});
BAD_OPTION(weights, {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE});

#define RULE_FIELD(name, type, bad)                                                                \
    { #name, offsetof(qc_quantize_range_rule, name), type, bad }
#define ALL_KINDS                                                                                  \
    RULE_FIELD(kind, TYPE_I32, &kinds), RULE_FIELD(scale_form, TYPE_I32, &must_be_0_to_2),         \
        RULE_FIELD(reserved, TYPE_I32, &must_be_zero)
#define SEARCH_FIELDS                                                                              \
    RULE_FIELD(steps, TYPE_I32, &counts), RULE_FIELD(low, TYPE_F64, &reals),                       \
        RULE_FIELD(high, TYPE_F64, &reals)

static const field plain_fields[] = {ALL_KINDS};
static const field percentile_fields[] = {ALL_KINDS, RULE_FIELD(definition, TYPE_I32, &definitions),
                                          RULE_FIELD(percentile, TYPE_F64, &percentiles)};
static const field mse_fields[] = {ALL_KINDS, SEARCH_FIELDS,
                                   RULE_FIELD(refinements, TYPE_I32, &refinements),
                                   RULE_FIELD(norm, TYPE_F64, &reals)};
static const field entropy_fields[] = {ALL_KINDS, SEARCH_FIELDS, RULE_FIELD(bins, TYPE_I32, &bins)};
static const field squares_fields[] = {ALL_KINDS, SEARCH_FIELDS,
                                       RULE_FIELD(iterations, TYPE_I32, &counts)};
static const field dual_fields[] = {ALL_KINDS, SEARCH_FIELDS, RULE_FIELD(norm, TYPE_F64, &reals)};
static const field half_fields[] = {
    ALL_KINDS, RULE_FIELD(iterations, TYPE_I32, &counts), RULE_FIELD(norm, TYPE_F64, &reals),
    RULE_FIELD(strength, TYPE_F64, &reals), RULE_FIELD(growth, TYPE_F64, &growths)};

#define RULE(of, ...)                                                                              \
    { .struct_size = sizeof(qc_quantize_range_rule), .kind = of, __VA_ARGS__ }
static const qc_quantize_range_rule plain_rule =
    RULE(QC_QUANTIZE_RANGE_MIN_MAX, .scale_form = QC_QUANTIZE_SCALE_POWER_OF_TWO_UP);
static const qc_quantize_range_rule gaussian_rule = RULE(QC_QUANTIZE_RANGE_GAUSSIAN, .steps = 0);
static const qc_quantize_range_rule percentile_rule =
    RULE(QC_QUANTIZE_RANGE_PERCENTILE, .percentile = 90);
static const qc_quantize_range_rule mse_rule =
    RULE(QC_QUANTIZE_RANGE_MSE, .steps = 6, .refinements = 3, .norm = 2.4, .low = 0.5, .high = 1);
static const qc_quantize_range_rule entropy_rule =
    RULE(QC_QUANTIZE_RANGE_ENTROPY, .steps = 4, .bins = 32, .low = 0.5, .high = 1);
static const qc_quantize_range_rule squares_rule =
    RULE(QC_QUANTIZE_RANGE_LEAST_SQUARES, .steps = 4, .iterations = 5, .low = 0.5, .high = 1);
static const qc_quantize_range_rule dual_rule =
    RULE(QC_QUANTIZE_RANGE_DUAL_CLIPPING, .steps = 3, .norm = 2, .low = 0.5, .high = 1);
static const qc_quantize_range_rule half_rule = RULE(
    QC_QUANTIZE_RANGE_HALF_QUADRATIC, .iterations = 5, .norm = 0.7, .strength = 10, .growth = 1.01);

static qc_status init(const value *v) {
    return qc_quantize_range_rule_init(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_name(const argument *self, void *memory) { memcpy(memory, "mse", self->count); }

static void build_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_range_rule));
    c->arguments[0].name = "rule";
    argument *name = input(c, "name", TYPE_U8, sizeof "mse", 0, 0);
    name->fill = fill_name;
    name->optional = true;
}

#define CALL(suffix)                                                                               \
    static qc_status range_##suffix(const value *v) {                                              \
        return qc_quantize_range_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer,        \
                                          v[4].pointer, v[5].pointer, v[6].pointer, v[7].pointer,  \
                                          v[8].pointer);                                           \
    }
CALL(f32)
CALL(f16)
CALL(bf16)

static void build(call *c, element_type type, size_t rows, size_t columns,
                  const qc_quantize_range_rule *rule, const field *fields, size_t field_count) {
    const size_t groups = groups_of_16(rows, columns);
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    argument *importance = input(c, "importance", TYPE_F32, columns, 0.5, 2);
    importance->bad = &weights;
    importance->optional = true;
    add_grid(c, &three_bit_grid);
    add_groups_of_16(c);
    options(c, rule, sizeof *rule, fields, field_count, 0)->name = "rule";
    output(c, "scales", TYPE_F32, groups);
    output(c, "zeros", TYPE_F32, groups)->optional = rule != &half_rule;
}

#define BUILD(name, fields)                                                                        \
    static void build_##name(call *c, element_type type, size_t rows, size_t columns) {            \
        build(c, type, rows, columns, &name##_rule, fields, sizeof(fields) / sizeof(fields)[0]);   \
    }
BUILD(plain, plain_fields)
BUILD(gaussian, plain_fields)
BUILD(percentile, percentile_fields)
BUILD(mse, mse_fields)
BUILD(entropy, entropy_fields)
BUILD(squares, squares_fields)
BUILD(dual, dual_fields)
BUILD(half, half_fields)

const row quantize_range_rows[] = {
    {"qc_quantize_range_rule_init", "", init, build_init, TYPE_NONE, ANY_WORK},
    {"qc_quantize_range_f32", "min-max", range_f32, build_plain, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "gaussian", range_f32, build_gaussian, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "percentile", range_f32, build_percentile, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "mse", range_f32, build_mse, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "entropy", range_f32, build_entropy, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "least squares", range_f32, build_squares, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "dual clipping", range_f32, build_dual, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f32", "half-quadratic", range_f32, build_half, TYPE_F32, ANY_WORK},
    {"qc_quantize_range_f16", "mse", range_f16, build_mse, TYPE_F16, ANY_WORK},
    {"qc_quantize_range_bf16", "percentile", range_bf16, build_percentile, TYPE_BF16, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
