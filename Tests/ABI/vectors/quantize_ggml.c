#include "vectors.h"

/* By ggml's numbers; a number that is no type of blocks stands under a name that is none either. */
static const char *const types[] = {
    "f32",     "f16",   "q4_0",   "q4_1",  "4",     "5",      "q5_0", "q5_1",    "q8_0",
    "q8_1",    "q2_k",  "q3_k",   "q4_k",  "q5_k",  "q6_k",   "15",   "iq2_xxs", "iq2_xs",
    "iq3_xxs", "iq1_s", "iq4_nl", "iq3_s", "iq2_s", "iq4_xs", "24",   "25",      "26",
    "27",      "28",    "iq1_m",  "bf16",  "31",    "32",     "33",   "tq1_0",   "tq2_0",
    "36",      "37",    "38",     "mxfp4", "nvfp4", "q1_0",   NULL};

static void ggml_layout(run *r) {
    const array sizes[] = {output_array(r, TYPE_SIZE, 1), output_array(r, TYPE_SIZE, 1),
                           output_array(r, TYPE_SIZE, 1), output_array(r, TYPE_SIZE, 1)};
    if (returned(r, qc_quantize_ggml_layout(input_choice(r, "type", 0, types),
                                            input_size(r, "rows", 0), input_size(r, "columns", 0),
                                            sizes[0].data, sizes[1].data, sizes[2].data,
                                            sizes[3].data))) {
        expect_element(r, "block_length", sizes[0]);
        expect_element(r, "block_bytes", sizes[1]);
        expect_element(r, "row_bytes", sizes[2]);
        expect_element(r, "bytes", sizes[3]);
    }
}

static void ggml_decode(run *r) {
    const array blocks = input_vector(r, "blocks", TYPE_U8);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const array values = output_array(r, TYPE_F32, rows * columns);
    if (returned(r, qc_quantize_ggml_decode_f32(blocks.data, rows, columns,
                                                input_choice(r, "type", 0, types), values.data))) {
        expect_array(r, "values", values);
    }
}

static const char *const modes[] = {"reference", "best", NULL};

static void ggml_options_init(run *r) {
    qc_quantize_ggml_options options;
    if (returned(r, qc_quantize_ggml_options_init(&options, sizeof options))) {
        expect_choice(r, "mode", options.mode, modes);
    }
}

static void ggml_encode(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const int32_t type = input_choice(r, "type", 0, types);
    const array importance = input_vector(r, "importance", TYPE_F32);
    qc_quantize_ggml_options options = {.struct_size = sizeof options};
    options.mode = input_choice(r, "mode", QC_QUANTIZE_GGML_BEST, modes);
    size_t bytes = 0; /* if the type or the columns are what is wrong */
    qc_quantize_ggml_layout(type, values.rows, values.columns, NULL, NULL, NULL, &bytes);
    const array blocks = output_array(r, TYPE_U8, bytes);
    qc_status (*const half)(const uint16_t *, size_t, size_t, int32_t, const float *,
                            const qc_quantize_ggml_options *, uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_ggml_encode_f16 : qc_quantize_ggml_encode_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_ggml_encode_f32(values.data, values.rows, values.columns,
                                                      type, importance.data, &options, blocks.data)
                        : half(values.data, values.rows, values.columns, type, importance.data,
                               &options, blocks.data))) {
        expect_array(r, "blocks", blocks);
    }
}

const adapter quantize_ggml_adapters[] = {
    {"qc_quantize_ggml_options_init", ggml_options_init},
    {"qc_quantize_ggml_layout", ggml_layout},
    {"qc_quantize_ggml_encode", ggml_encode},
    {"qc_quantize_ggml_decode", ggml_decode},
    {NULL, NULL},
};
