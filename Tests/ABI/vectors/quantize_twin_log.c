#include "vectors.h"

static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void options_init(run *r) {
    qc_quantize_twin_log_options options;
    if (returned(r, qc_quantize_twin_log_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
        expect_int32(r, "bits", options.bits);
    }
}

static qc_quantize_twin_log_options input_options(run *r) {
    qc_quantize_twin_log_options options;
    qc_quantize_twin_log_options_init(&options, sizeof options);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    options.bits = input_int32(r, "bits", options.bits);
    return options;
}

/* The room of a matrix; none if the options are what is wrong. */
static void room_of(run *r, size_t rows, size_t columns, size_t *code_bytes, size_t *parameters) {
    const qc_quantize_twin_log_options options = input_options(r);
    qc_quantize_grid grid;
    qc_quantize_grid_init(&grid, sizeof grid, "uint4");
    grid.bits = options.bits;
    qc_quantize_grid_options sharing = input_grid_options(r);
    sharing.granularity = options.granularity; /* the default differs */
    size_t groups = 0;
    *code_bytes = 0;
    qc_quantize_grid_layout(&grid, rows, columns, &sharing, code_bytes, &groups);
    *parameters = groups * QC_QUANTIZE_TWIN_LOG_PARAMETERS;
}

static void fit(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const qc_quantize_twin_log_options options = input_options(r);
    size_t bytes, count;
    room_of(r, values.rows, values.columns, &bytes, &count);
    const array found = output_array(r, TYPE_F32, count);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_twin_log_options *,
                            float *) =
        r->type == TYPE_F16 ? qc_quantize_twin_log_fit_f16 : qc_quantize_twin_log_fit_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_twin_log_fit_f32(values.data, values.rows, values.columns,
                                                       &options, found.data)
                        : half(values.data, values.rows, values.columns, &options, found.data))) {
        expect_array(r, "parameters", found);
    }
}

static void encode(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array parameters = input_vector(r, "parameters", TYPE_F32);
    const qc_quantize_twin_log_options options = input_options(r);
    size_t bytes, count;
    room_of(r, values.rows, values.columns, &bytes, &count);
    const array codes = output_array(r, TYPE_U8, bytes);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_twin_log_options *,
                            const float *, uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_twin_log_encode_f16 : qc_quantize_twin_log_encode_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_twin_log_encode_f32(values.data, values.rows, values.columns,
                                                          &options, parameters.data, codes.data)
                        : half(values.data, values.rows, values.columns, &options, parameters.data,
                               codes.data))) {
        expect_array(r, "codes", codes);
    }
}

static void decode(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array parameters = input_vector(r, "parameters", TYPE_F32);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const qc_quantize_twin_log_options options = input_options(r);
    const array values = output_array(r, r->type, rows * columns);
    qc_status (*const half)(const uint8_t *, const float *, size_t, size_t,
                            const qc_quantize_twin_log_options *, uint16_t *) =
        r->type == TYPE_F16 ? qc_quantize_twin_log_decode_f16 : qc_quantize_twin_log_decode_bf16;
    if (returned(r,
                 r->type == TYPE_F32
                     ? qc_quantize_twin_log_decode_f32(codes.data, parameters.data, rows, columns,
                                                       &options, values.data)
                     : half(codes.data, parameters.data, rows, columns, &options, values.data))) {
        expect_array(r, "values", values);
    }
}

const adapter quantize_twin_log_adapters[] = {
    {"qc_quantize_twin_log_options_init", options_init},
    {"qc_quantize_twin_log_fit", fit},
    {"qc_quantize_twin_log_encode", encode},
    {"qc_quantize_twin_log_decode", decode},
    {NULL, NULL},
};
