#include "grids.h"

#include <math.h>
#include <string.h>

static const bad_value bad_bits[] = {{1, QC_ERR_OPTIONS}, {9, QC_ERR_OPTIONS}};
static const bad_values bits = BAD_VALUES(bad_bits);
static const bad_value bad_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_sizes);
static const bad_value bad_fractions[] = {
    {-1, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {NAN, QC_ERR_OPTIONS}};
static const bad_values fractions = BAD_VALUES(bad_fractions);
static const bad_value bad_factors[] = {
    {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values weights = BAD_VALUES(bad_factors);
static const bad_value bad_scales[] = {{0, QC_ERR_DOMAIN},
                                       {-1, QC_ERR_DOMAIN},
                                       {NAN, QC_ERR_NOT_FINITE},
                                       {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values positive = BAD_VALUES(bad_scales);

static const qc_quantize_grid grid = {.struct_size = sizeof grid,
                                      .kind = QC_QUANTIZE_GRID_INTEGER,
                                      .bits = 3,
                                      .is_signed = 1,
                                      .is_narrow = 1};
static const field grid_fields[] = {{"bits", offsetof(qc_quantize_grid, bits), TYPE_I32, &bits}};

static const qc_quantize_salient_options salient = {.struct_size = sizeof salient,
                                                    .granularity = QC_QUANTIZE_PER_GROUP,
                                                    .group_size = 16,
                                                    .fraction = 0.3};
#define SALIENT_FIELD(name, type, bad)                                                             \
    { #name, offsetof(qc_quantize_salient_options, name), type, bad }
static const field salient_fields[] = {SALIENT_FIELD(granularity, TYPE_I32, &must_be_0_to_2),
                                       SALIENT_FIELD(reserved, TYPE_I32, &must_be_zero),
                                       SALIENT_FIELD(group_size, TYPE_SIZE, &group_sizes),
                                       SALIENT_FIELD(fraction, TYPE_F64, &fractions)};

/* Groups with a short last one. */
static const qc_quantize_masked_options masked = {.struct_size = sizeof masked,
                                                  .granularity = QC_QUANTIZE_PER_GROUP,
                                                  .selected = 1,
                                                  .group_size = 16};
#define MASKED_FIELD(name, type, bad)                                                              \
    { #name, offsetof(qc_quantize_masked_options, name), type, bad }
static const field masked_fields[] = {MASKED_FIELD(granularity, TYPE_I32, &must_be_0_to_2),
                                      MASKED_FIELD(selected, TYPE_I32, &must_be_0_or_1),
                                      MASKED_FIELD(group_size, TYPE_SIZE, &group_sizes),
                                      MASKED_FIELD(is_shared, TYPE_I32, &must_be_0_or_1),
                                      MASKED_FIELD(reserved, TYPE_I32, &must_be_zero)};

static const qc_quantize_range_rule rule = {
    .struct_size = sizeof rule, .kind = QC_QUANTIZE_RANGE_MEAN_ABSOLUTE, .high = 1};

static qc_status salient_options_init(const value *v) {
    return qc_quantize_salient_options_init(v[0].pointer, v[1].size);
}

static void build_salient_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_salient_options));
}

static qc_status masked_options_init(const value *v) {
    return qc_quantize_masked_options_init(v[0].pointer, v[1].size);
}

static void build_masked_options(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_masked_options));
}

static size_t mask_bytes(size_t rows, size_t columns) { return rows * ((columns + 7) / 8); }

/* Every other element is selected, from the first on. */
static void fill_mask(const argument *self, void *memory) { memset(memory, 0x55, self->count); }

static size_t code_bytes(size_t rows, size_t columns) {
    return rows * (((columns + 1) / 2 * 3 + 7) / 8);
}

static void add_mask(call *c, size_t rows, size_t columns) {
    input(c, "mask", TYPE_U8, mask_bytes(rows, columns), 0, 256)->fill = fill_mask;
}

static void add_own_grid(call *c) {
    options(c, &grid, sizeof grid, grid_fields, 1, 0)->name = "grid";
}

static void add_options(call *c, bool reports) {
    options(c, &masked, sizeof masked, masked_fields, sizeof masked_fields / sizeof *masked_fields,
            reports ? offsetof(qc_quantize_masked_options, progress) : 0);
}

#define SALIENT(suffix)                                                                            \
    static qc_status salient_##suffix(const value *v) {                                            \
        return qc_quantize_salient_mask_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer, \
                                                 v[4].pointer, v[5].pointer);                      \
    }
SALIENT(f32)
SALIENT(f16)
SALIENT(bf16)

static void build_salient(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    argument *factors = input(c, "factors", TYPE_F32, columns, 0.5, 2);
    factors->bad = &weights;
    factors->optional = true;
    options(c, &salient, sizeof salient, salient_fields,
            sizeof salient_fields / sizeof *salient_fields,
            offsetof(qc_quantize_salient_options, progress));
    output(c, "mask", TYPE_U8, mask_bytes(rows, columns));
}

static qc_status layout(const value *v) {
    return qc_quantize_masked_layout(v[0].pointer, v[1].size, v[2].size, v[3].pointer, v[4].pointer,
                                     v[5].pointer, v[6].pointer, v[7].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    add_mask(c, rows, columns);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_own_grid(c);
    add_options(c, false);
    output(c, "selected_count", TYPE_SIZE, 1)->optional = true;
    output(c, "code_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "group_count", TYPE_SIZE, 1)->optional = true;
}

#define RANGE(suffix)                                                                              \
    static qc_status range_##suffix(const value *v) {                                              \
        return qc_quantize_masked_range_##suffix(v[0].pointer, v[1].size, v[2].size, v[3].pointer, \
                                                 v[4].pointer, v[5].pointer, v[6].pointer,         \
                                                 v[7].pointer, v[8].pointer);                      \
    }
RANGE(f32)
RANGE(f16)
RANGE(bf16)

static void build_range(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_mask(c, rows, columns);
    add_own_grid(c);
    add_options(c, true);
    options(c, &rule, sizeof rule, NULL, 0, 0)->name = "rule";
    output(c, "scales", TYPE_F32, groups_of_16(rows, columns));
    output(c, "zeros", TYPE_F32, groups_of_16(rows, columns))->optional = true;
}

#define ENCODE(suffix)                                                                             \
    static qc_status encode_##suffix(const value *v) {                                             \
        return qc_quantize_masked_encode_##suffix(v[0].pointer, v[1].size, v[2].size,              \
                                                  v[3].pointer, v[4].pointer, v[5].pointer,        \
                                                  v[6].pointer, v[7].pointer, v[8].pointer);       \
    }
ENCODE(f32)
ENCODE(f16)
ENCODE(bf16)

static void add_parameters(call *c, size_t rows, size_t columns, const bad_values *bad) {
    input(c, "scales", TYPE_F32, groups_of_16(rows, columns), 0.01, 2)->bad = bad;
    argument *zeros = input(c, "zeros", TYPE_F32, groups_of_16(rows, columns), -1, 1);
    zeros->bad = &must_be_finite;
    zeros->optional = true;
}

static void build_encode(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "values", type, rows * columns, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_mask(c, rows, columns);
    add_own_grid(c);
    add_options(c, true);
    add_parameters(c, rows, columns, &positive);
    output(c, "codes", TYPE_U8, code_bytes(rows, columns));
}

#define DECODE(suffix)                                                                             \
    static qc_status decode_##suffix(const value *v) {                                             \
        return qc_quantize_masked_decode_##suffix(v[0].pointer, v[1].pointer, v[2].pointer,        \
                                                  v[3].pointer, v[4].size, v[5].size,              \
                                                  v[6].pointer, v[7].pointer, v[8].pointer);       \
    }
DECODE(f32)
DECODE(f16)
DECODE(bf16)

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    input(c, "codes", TYPE_U8, code_bytes(rows, columns), 0, 256);
    add_parameters(c, rows, columns, &must_be_finite);
    add_mask(c, rows, columns);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns, QC_OK);
    add_own_grid(c);
    add_options(c, true);
    output(c, "values", type, rows * columns);
}

const row quantize_masked_rows[] = {
    {"qc_quantize_salient_options_init", "", salient_options_init, build_salient_options, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_salient_mask_f32", "", salient_f32, build_salient, TYPE_F32, ANY_WORK},
    {"qc_quantize_salient_mask_f16", "", salient_f16, build_salient, TYPE_F16, ANY_WORK},
    {"qc_quantize_salient_mask_bf16", "", salient_bf16, build_salient, TYPE_BF16, ANY_WORK},
    {"qc_quantize_masked_options_init", "", masked_options_init, build_masked_options, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_masked_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    {"qc_quantize_masked_range_f32", "", range_f32, build_range, TYPE_F32, ANY_WORK},
    {"qc_quantize_masked_range_f16", "", range_f16, build_range, TYPE_F16, ANY_WORK},
    {"qc_quantize_masked_range_bf16", "", range_bf16, build_range, TYPE_BF16, ANY_WORK},
    {"qc_quantize_masked_encode_f32", "", encode_f32, build_encode, TYPE_F32, ANY_WORK},
    {"qc_quantize_masked_encode_f16", "", encode_f16, build_encode, TYPE_F16, ANY_WORK},
    {"qc_quantize_masked_encode_bf16", "", encode_bf16, build_encode, TYPE_BF16, ANY_WORK},
    {"qc_quantize_masked_decode_f32", "", decode_f32, build_decode, TYPE_F32, ANY_WORK},
    {"qc_quantize_masked_decode_f16", "", decode_f16, build_decode, TYPE_F16, ANY_WORK},
    {"qc_quantize_masked_decode_bf16", "", decode_bf16, build_decode, TYPE_BF16, ANY_WORK},
    {NULL, NULL, NULL, NULL, TYPE_NONE, ANY_WORK},
};
