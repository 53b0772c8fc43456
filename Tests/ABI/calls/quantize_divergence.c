#include "calls.h"

#include <math.h>

static qc_status kl_f64(const value *v) {
    return qc_quantize_kl_divergence_f64(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static qc_status kl_f32(const value *v) {
    return qc_quantize_kl_divergence_f32(v[0].pointer, v[1].pointer, v[2].size, v[3].size,
                                         v[4].pointer, v[5].pointer);
}

static const bad_value bad_logits[] = {{NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values logits = BAD_VALUES(bad_logits);

static void build_kl(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "reference", type, rows * columns, -3, 3)->bad = &logits;
    input(c, "approximation", type, rows * columns, -3, 3)->bad = &logits;
    length(c, "rows", rows, QC_ERR_SIZE);
    length(c, "classes", columns, QC_ERR_SIZE);
    output(c, "per_row", TYPE_F64, rows)->optional = true;
    result(c, sizeof(qc_quantize_kl_result));
}

static qc_status propagation_f32(const value *v) {
    return qc_quantize_propagation_f32(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                       v[4].size, v[5].size, v[6].size, v[7].pointer);
}

/* As many outputs as tokens. */
static void build_propagation(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "input", type, rows * columns, -1, 1)->bad = &must_be_finite;
    input(c, "approximate_input", type, rows * columns, -1, 1)->bad = &must_be_finite;
    input(c, "weights", type, rows * columns, -1, 1)->bad = &must_be_finite;
    input(c, "approximate_weights", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_ERR_SIZE)->limit = INT32_MAX;
    length(c, "inner", columns, QC_ERR_SIZE)->limit = INT32_MAX;
    length(c, "outputs", rows, QC_ERR_SIZE)->limit = INT32_MAX;
    result(c, sizeof(qc_quantize_propagation_result));
}

static const bad_value bad_positive[] = {{NAN, QC_ERR_NOT_FINITE},
                                         {INFINITY, QC_ERR_NOT_FINITE},
                                         {0, QC_ERR_DOMAIN},
                                         {-1, QC_ERR_DOMAIN}};
static const bad_values positive = BAD_VALUES(bad_positive);
static const bad_value bad_factors[] = {
    {NAN, QC_ERR_NOT_FINITE}, {-INFINITY, QC_ERR_NOT_FINITE}, {-1, QC_ERR_DOMAIN}, {0, QC_OK}};
static const bad_values factors = BAD_VALUES(bad_factors);
static const bad_value bad_constants[] = {
    {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}};
static const bad_values constants = BAD_VALUES(bad_constants);
static const field qat_fields[] = {
    {"constant", offsetof(qc_quantize_qat_options, constant), TYPE_F64, &constants},
};

static qc_status qat_options_init(const value *v) {
    return qc_quantize_qat_options_init(v[0].pointer, v[1].size);
}

static void build_qat_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_qat_options));
}

static qc_status qat_fraction(const value *v) {
    return qc_quantize_qat_fraction(v[0].number, v[1].number, v[2].number, v[3].pointer,
                                    v[4].pointer);
}

static void build_qat_fraction(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    const qc_quantize_qat_options given = {.struct_size = sizeof given, .constant = 6.7297};
    number(c, "tokens", 1e12, &positive);
    number(c, "parameters", 2e9, &positive);
    number(c, "bits", 4, &positive);
    options(c, &given, sizeof given, qat_fields, 1, 0)->optional = true;
    output(c, "fraction", TYPE_F64, 1);
}

static qc_status qat_loss(const value *v) {
    return qc_quantize_qat_loss(v[0].number, v[1].number, v[2].size, v[3].number, v[4].number,
                                v[5].number, v[6].number, v[7].pointer);
}

static void build_qat_loss(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    number(c, "tokens", 1e11, &positive);
    number(c, "parameters", 5e8, &positive);
    length(c, "group_size", 128, QC_ERR_SIZE);
    number(c, "factor", 0.2, &factors);
    number(c, "token_exponent", 0.1, &must_be_finite);
    number(c, "parameter_exponent", 0.25, &must_be_finite);
    number(c, "group_exponent", 0.75, &positive);
    output(c, "loss", TYPE_F64, 1);
}

const row quantize_divergence_rows[] = {
    {"qc_quantize_kl_divergence_f64", "", kl_f64, build_kl, TYPE_F64, ANY_WORK},
    {"qc_quantize_kl_divergence_f32", "", kl_f32, build_kl, TYPE_F32, ANY_WORK},
    {"qc_quantize_propagation_f32", "", propagation_f32, build_propagation, TYPE_F32, MUCH_WORK},
    {"qc_quantize_qat_options_init", "", qat_options_init, build_qat_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_qat_fraction", "", qat_fraction, build_qat_fraction, TYPE_NONE, ANY_WORK},
    {"qc_quantize_qat_loss", "", qat_loss, build_qat_loss, TYPE_NONE, ANY_WORK},
    {0},
};
