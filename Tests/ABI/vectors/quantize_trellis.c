#include "vectors.h"

static const char *const codes_of[] = {"1mad", "3inst", "gaussian", "table", "hybrid", NULL};
static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void options_init(run *r) {
    qc_quantize_trellis_options options;
    if (returned(r, qc_quantize_trellis_options_init(&options, sizeof options))) {
        expect_choice(r, "code", options.code, codes_of);
        expect_int32(r, "state_bits", options.state_bits);
        expect_int32(r, "step_bits", options.step_bits);
        expect_int32(r, "step_values", options.step_values);
        expect_int32(r, "table_bits", options.table_bits);
        expect_int32(r, "tail_biting", options.is_tail_biting);
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
        expect_size(r, "length", options.length);
        expect_size(r, "seed", (size_t)options.seed);
        expect_double(r, "ratio", options.ratio);
    }
}

static qc_quantize_trellis_options input_options(run *r) {
    qc_quantize_trellis_options options;
    qc_quantize_trellis_options_init(&options, sizeof options);
    options.code = input_choice(r, "code", options.code, codes_of);
    options.state_bits = input_int32(r, "state_bits", options.state_bits);
    options.step_bits = input_int32(r, "step_bits", options.step_bits);
    options.step_values = input_int32(r, "step_values", options.step_values);
    options.table_bits = input_int32(r, "table_bits", options.table_bits);
    options.is_tail_biting = input_int32(r, "tail_biting", options.is_tail_biting);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    options.length = input_size(r, "length", options.length);
    options.seed = input_size(r, "seed", (size_t)options.seed);
    options.ratio = input_double(r, "ratio", options.ratio);
    return options;
}

static array input_table(run *r) {
    const array none = {.type = TYPE_F32};
    return cJSON_HasObjectItem(r->in, "table") ? input_matrix(r, "table", TYPE_F32) : none;
}

/* The room of a matrix; none if the options are what is wrong. */
static size_t room(const qc_quantize_trellis_options *options, size_t rows, size_t columns,
                   size_t *groups) {
    size_t bytes = 0;
    *groups = 0;
    qc_quantize_trellis_layout(rows, columns, options, &bytes, groups);
    return bytes;
}

static void values(run *r) {
    const array table = input_table(r);
    const qc_quantize_trellis_options options = input_options(r);
    const int good = options.state_bits >= 1 && options.state_bits <= 20 &&
                     options.step_values >= 1 && options.step_values <= 16;
    const array found = output_array(
        r, TYPE_F32, good ? ((size_t)1 << options.state_bits) * (size_t)options.step_values : 1);
    if (returned(r, qc_quantize_trellis_values_f32(table.data, &options, found.data))) {
        expect_array(r, "values", found);
    }
}

static void layout(run *r) {
    const size_t rows = input_size(r, "rows", 0), columns = input_size(r, "columns", 0);
    const qc_quantize_trellis_options options = input_options(r);
    size_t bytes = 0, groups = 0;
    if (returned(r, qc_quantize_trellis_layout(rows, columns, &options, &bytes, &groups))) {
        expect_size(r, "code_bytes", bytes);
        expect_size(r, "group_count", groups);
    }
}

static void scales(run *r) {
    const array x = input_matrix(r, "values", TYPE_F32), table = input_table(r);
    const qc_quantize_trellis_options options = input_options(r);
    size_t groups;
    room(&options, x.rows, x.columns, &groups);
    const array found = output_array(r, TYPE_F32, groups);
    if (returned(r, qc_quantize_trellis_scales_f32(x.data, x.rows, x.columns, table.data, &options,
                                                   found.data))) {
        expect_array(r, "scales", found);
    }
}

static void encode(run *r) {
    const array x = input_matrix(r, "values", TYPE_F32), table = input_table(r), none = {0};
    const array importance =
        cJSON_HasObjectItem(r->in, "importance") ? input_matrix(r, "importance", TYPE_F32) : none;
    const array parameters = input_vector(r, "scales", TYPE_F32);
    const qc_quantize_trellis_options options = input_options(r);
    size_t groups;
    const array codes = output_array(r, TYPE_U8, room(&options, x.rows, x.columns, &groups));
    double error = 0;
    if (returned(r, qc_quantize_trellis_encode_f32(x.data, importance.data, x.rows, x.columns,
                                                   parameters.data, table.data, &options,
                                                   codes.data, &error))) {
        expect_array(r, "codes", codes);
        expect_double(r, "error", error);
    }
}

static void decode(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8), table = input_table(r);
    const array parameters = input_vector(r, "scales", TYPE_F32);
    const size_t rows = input_size(r, "rows", 0), columns = input_size(r, "columns", 0);
    const qc_quantize_trellis_options options = input_options(r);
    const array x = output_array(r, TYPE_F32, rows * columns);
    if (returned(r, qc_quantize_trellis_decode_f32(codes.data, parameters.data, table.data, rows,
                                                   columns, &options, x.data))) {
        expect_array(r, "values", x);
    }
}

const adapter quantize_trellis_adapters[] = {
    {"qc_quantize_trellis_options_init", options_init},
    {"qc_quantize_trellis_values", values},
    {"qc_quantize_trellis_layout", layout},
    {"qc_quantize_trellis_scales", scales},
    {"qc_quantize_trellis_encode", encode},
    {"qc_quantize_trellis_decode", decode},
    {NULL, NULL},
};
