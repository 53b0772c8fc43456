#include "vectors.h"

static const char *const schemes[] = {"symmetric", "affine", NULL};
static const char *const granularities[] = {"group", "row", "tensor", NULL};
static const char *const formats[] = {"compressed_tensors", "gptq", "gptq_v2", "awq",
                                      "matmul_nbits",       NULL};

/* What all three functions are given, and the room that it needs; none where it is refused. */
typedef struct given {
    size_t rows, columns;
    qc_quantize_integer_options options;
    int32_t format;
    size_t code_bytes, group_count, weight_bytes, zero_bytes;
} given;

static given input_given(run *r) {
    given g = {.rows = input_size(r, "rows", 0), .columns = input_size(r, "columns", 0)};
    qc_quantize_integer_options_init(&g.options, sizeof g.options);
    g.options.bits = input_int32(r, "bits", g.options.bits);
    g.options.scheme = input_choice(r, "scheme", g.options.scheme, schemes);
    g.options.granularity = input_choice(r, "granularity", g.options.granularity, granularities);
    g.options.group_size = input_size(r, "group_size", g.options.group_size);
    g.format = input_choice(r, "format", 0, formats);
    return g;
}

static given input_given_with_room(run *r) {
    given g = input_given(r);
    qc_quantize_integer_layout(g.rows, g.columns, &g.options, &g.code_bytes, &g.group_count);
    qc_quantize_checkpoint_layout(g.rows, g.columns, &g.options, g.format, &g.weight_bytes,
                                  &g.zero_bytes);
    return g;
}

static void layout(run *r) {
    const given g = input_given(r);
    const array weight_bytes = output_array(r, TYPE_SIZE, 1);
    const array zero_bytes = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_quantize_checkpoint_layout(g.rows, g.columns, &g.options, g.format,
                                                  weight_bytes.data, zero_bytes.data))) {
        expect_size(r, "weight_bytes", *(const size_t *)weight_bytes.data);
        expect_size(r, "zero_bytes", *(const size_t *)zero_bytes.data);
    }
}

static void write(run *r) {
    const given g = input_given_with_room(r);
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_U8);
    const array weights = output_array(r, TYPE_U8, g.weight_bytes);
    const array weight_scales = output_array(r, TYPE_F32, g.group_count);
    const array weight_zeros = output_array(r, TYPE_U8, g.zero_bytes);
    if (returned(r, qc_quantize_checkpoint_write(codes.data, scales.data, zeros.data, g.rows,
                                                 g.columns, &g.options, g.format, weights.data,
                                                 weight_scales.data, weight_zeros.data))) {
        expect_array(r, "weights", weights);
        expect_array(r, "weight_scales", weight_scales);
        expect_array(r, "weight_zeros", weight_zeros);
    }
}

static void read(run *r) {
    const given g = input_given_with_room(r);
    const array weights = input_vector(r, "weights", TYPE_U8);
    const array weight_scales = input_vector(r, "weight_scales", TYPE_F32);
    const array weight_zeros = input_vector(r, "weight_zeros", TYPE_U8);
    const array codes = output_array(r, TYPE_U8, g.code_bytes);
    const array scales = output_array(r, TYPE_F32, g.group_count);
    const array zeros = output_array(r, TYPE_U8, g.group_count);
    if (returned(r, qc_quantize_checkpoint_read(weights.data, weight_scales.data, weight_zeros.data,
                                                g.rows, g.columns, &g.options, g.format, codes.data,
                                                scales.data, zeros.data))) {
        expect_array(r, "codes", codes);
        expect_array(r, "scales", scales);
        if (g.options.scheme == QC_QUANTIZE_AFFINE) {
            expect_array(r, "zeros", zeros);
        }
    }
}

const adapter quantize_checkpoint_adapters[] = {
    {"qc_quantize_checkpoint_layout", layout},
    {"qc_quantize_checkpoint_write", write},
    {"qc_quantize_checkpoint_read", read},
    {NULL, NULL},
};
