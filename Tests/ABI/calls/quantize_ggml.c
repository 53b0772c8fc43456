#include "calls.h"

#include <math.h>

static const bad_value no_types[] = {{4, QC_ERR_OPTIONS},         {0, QC_ERR_OPTIONS},
                                     {24, QC_ERR_OPTIONS},        {-1, QC_ERR_OPTIONS},
                                     {INT32_MAX, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values types = BAD_VALUES(no_types);

static qc_status layout(const value *v) {
    return qc_quantize_ggml_layout(v[0].integer, v[1].size, v[2].size, v[3].pointer, v[4].pointer,
                                   v[5].pointer, v[6].pointer);
}

static void build_layout(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    integer(c, "type", QC_QUANTIZE_GGML_Q4_0, &types);
    length(c, "rows", rows, QC_OK)->bytes_per_unit = 18 * columns;
    length(c, "columns", 32 * columns, QC_OK)->bytes_per_unit = rows;
    output(c, "block_length", TYPE_SIZE, 1)->optional = true;
    output(c, "block_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "row_bytes", TYPE_SIZE, 1)->optional = true;
    output(c, "bytes", TYPE_SIZE, 1)->optional = true;
}

static qc_status decode_f32(const value *v) {
    return qc_quantize_ggml_decode_f32(v[0].pointer, v[1].size, v[2].size, v[3].integer,
                                       v[4].pointer);
}

/* Sizes count blocks, most of which have 256 elements. */
enum {
    MANY_BLOCKS = MUCH_WORK / 256
};

/* A block for each column that is asked for. */
static void build_decode(call *c, size_t rows, size_t columns, int32_t type, size_t block_length,
                         size_t block_bytes) {
    input(c, "blocks", TYPE_U8, rows * columns * block_bytes, 0, 256);
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns * block_length, QC_OK);
    integer(c, "type", type, &types);
    output(c, "values", TYPE_F32, rows * columns * block_length);
}

static const bad_value no_modes[] = {
    {2, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values modes = BAD_VALUES(no_modes);

static const field fields[] = {
    {"mode", offsetof(qc_quantize_ggml_options, mode), TYPE_I32, &modes},
    {"reserved", offsetof(qc_quantize_ggml_options, reserved), TYPE_I32, &must_be_zero},
};

static const qc_quantize_ggml_options best = {.struct_size = sizeof best,
                                              .mode = QC_QUANTIZE_GGML_BEST};

static qc_status options_init(const value *v) {
    return qc_quantize_ggml_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_ggml_options));
}

static qc_status encode_f32(const value *v) {
    return qc_quantize_ggml_encode_f32(v[0].pointer, v[1].size, v[2].size, v[3].integer,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status encode_f16(const value *v) {
    return qc_quantize_ggml_encode_f16(v[0].pointer, v[1].size, v[2].size, v[3].integer,
                                       v[4].pointer, v[5].pointer, v[6].pointer);
}

static qc_status encode_bf16(const value *v) {
    return qc_quantize_ggml_encode_bf16(v[0].pointer, v[1].size, v[2].size, v[3].integer,
                                        v[4].pointer, v[5].pointer, v[6].pointer);
}

static const bad_value no_importance[] = {
    {-1, QC_ERR_DOMAIN}, {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values importances = BAD_VALUES(no_importance);

static const bad_value no_encoders[] = {{4, QC_ERR_OPTIONS},         {0, QC_ERR_OPTIONS},
                                        {16, QC_ERR_OPTIONS},        {41, QC_ERR_OPTIONS},
                                        {INT32_MAX, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values encoders = BAD_VALUES(no_encoders);

static void build_encode(call *c, element_type element, size_t rows, size_t columns, int32_t type,
                         size_t block_length, size_t block_bytes) {
    input(c, "values", element, rows * columns * block_length, -1, 1)->bad = &must_be_finite;
    length(c, "rows", rows, QC_OK);
    length(c, "columns", columns * block_length, QC_OK);
    integer(c, "type", type, &encoders);
    argument *importance = input(c, "importance", TYPE_F32, columns * block_length, 0, 1);
    importance->bad = &importances;
    importance->optional = true;
    options(c, &best, sizeof best, fields, sizeof fields / sizeof fields[0],
            offsetof(qc_quantize_ggml_options, progress))
        ->optional = true;
    output(c, "blocks", TYPE_U8, rows * columns * block_bytes);
}

#define ENCODE(name, length, bytes)                                                                \
    static void build_encode_##name(call *c, element_type type, size_t rows, size_t columns) {     \
        build_encode(c, type, rows, columns, QC_QUANTIZE_GGML_##name, length, bytes);              \
    }

ENCODE(F16, 1, 2)
ENCODE(Q4_0, 32, 18)
ENCODE(Q5_1, 32, 24)
ENCODE(Q8_0, 32, 34)
ENCODE(MXFP4, 32, 17)
ENCODE(NVFP4, 64, 36)
ENCODE(TQ1_0, 256, 54)
ENCODE(TQ2_0, 256, 66)
ENCODE(Q2_K, 256, 84)
ENCODE(Q3_K, 256, 110)
ENCODE(Q4_K, 256, 144)
ENCODE(Q5_K, 256, 176)
ENCODE(Q6_K, 256, 210)
ENCODE(IQ4_NL, 32, 18)
ENCODE(IQ4_XS, 256, 136)

#define DECODE(name, length, bytes)                                                                \
    static void build_decode_##name(call *c, element_type type, size_t rows, size_t columns) {     \
        (void)type;                                                                                \
        build_decode(c, rows, columns, QC_QUANTIZE_GGML_##name, length, bytes);                    \
    }

DECODE(F16, 1, 2)
DECODE(Q4_0, 32, 18)
DECODE(Q4_1, 32, 20)
DECODE(Q5_0, 32, 22)
DECODE(Q5_1, 32, 24)
DECODE(Q8_0, 32, 34)
DECODE(Q2_K, 256, 84)
DECODE(Q3_K, 256, 110)
DECODE(Q4_K, 256, 144)
DECODE(Q5_K, 256, 176)
DECODE(Q6_K, 256, 210)
DECODE(IQ2_XXS, 256, 66)
DECODE(IQ2_XS, 256, 74)
DECODE(IQ3_XXS, 256, 98)
DECODE(IQ1_S, 256, 50)
DECODE(IQ4_NL, 32, 18)
DECODE(IQ3_S, 256, 110)
DECODE(IQ2_S, 256, 82)
DECODE(IQ4_XS, 256, 136)
DECODE(IQ1_M, 256, 56)
DECODE(BF16, 1, 2)
DECODE(TQ1_0, 256, 54)
DECODE(TQ2_0, 256, 66)
DECODE(MXFP4, 32, 17)
DECODE(NVFP4, 64, 36)
DECODE(Q1_0, 128, 18)

#define DECODE_ROW(name)                                                                           \
    { "qc_quantize_ggml_decode_f32", #name, decode_f32, build_decode_##name, TYPE_F32, MANY_BLOCKS }

#define ENCODE_ROW(name)                                                                           \
    { "qc_quantize_ggml_encode_f32", #name, encode_f32, build_encode_##name, TYPE_F32, MANY_BLOCKS }

const row quantize_ggml_rows[] = {
    {"qc_quantize_ggml_options_init", "", options_init, build_options_init, TYPE_NONE, ANY_WORK},
    ENCODE_ROW(F16),
    {"qc_quantize_ggml_encode_f32", "Q4_0", encode_f32, build_encode_Q4_0, TYPE_F32, MUCH_WORK},
    {"qc_quantize_ggml_encode_f16", "Q4_0", encode_f16, build_encode_Q4_0, TYPE_F16, MUCH_WORK},
    {"qc_quantize_ggml_encode_bf16", "Q4_0", encode_bf16, build_encode_Q4_0, TYPE_BF16, MUCH_WORK},
    ENCODE_ROW(Q5_1),
    ENCODE_ROW(Q8_0),
    ENCODE_ROW(MXFP4),
    ENCODE_ROW(NVFP4),
    ENCODE_ROW(TQ1_0),
    ENCODE_ROW(TQ2_0),
    ENCODE_ROW(Q2_K),
    ENCODE_ROW(Q3_K),
    ENCODE_ROW(Q4_K),
    ENCODE_ROW(Q5_K),
    ENCODE_ROW(Q6_K),
    ENCODE_ROW(IQ4_NL),
    ENCODE_ROW(IQ4_XS),
    {"qc_quantize_ggml_layout", "", layout, build_layout, TYPE_NONE, ANY_WORK},
    DECODE_ROW(F16),
    DECODE_ROW(Q4_0),
    DECODE_ROW(Q4_1),
    DECODE_ROW(Q5_0),
    DECODE_ROW(Q5_1),
    DECODE_ROW(Q8_0),
    DECODE_ROW(Q2_K),
    DECODE_ROW(Q3_K),
    DECODE_ROW(Q4_K),
    DECODE_ROW(Q5_K),
    DECODE_ROW(Q6_K),
    DECODE_ROW(IQ2_XXS),
    DECODE_ROW(IQ2_XS),
    DECODE_ROW(IQ3_XXS),
    DECODE_ROW(IQ1_S),
    DECODE_ROW(IQ4_NL),
    DECODE_ROW(IQ3_S),
    DECODE_ROW(IQ2_S),
    DECODE_ROW(IQ4_XS),
    DECODE_ROW(IQ1_M),
    DECODE_ROW(BF16),
    DECODE_ROW(TQ1_0),
    DECODE_ROW(TQ2_0),
    DECODE_ROW(MXFP4),
    DECODE_ROW(NVFP4),
    DECODE_ROW(Q1_0),
    {0},
};
