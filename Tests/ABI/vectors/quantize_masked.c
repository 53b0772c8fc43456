#include "vectors.h"

#include <string.h>

static const char *const granularities[] = {"group", "row", "tensor", NULL};

static size_t mask_bytes(size_t rows, size_t columns) { return rows * ((columns + 7) / 8); }

static void salient_options_init(run *r) {
    qc_quantize_salient_options options;
    if (returned(r, qc_quantize_salient_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
        expect_double(r, "fraction", options.fraction);
    }
}

static void salient_mask(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array factors = input_vector(r, "factors", TYPE_F32);
    qc_quantize_salient_options options;
    qc_quantize_salient_options_init(&options, sizeof options);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    options.fraction = input_double(r, "fraction", options.fraction);
    const array mask = output_array(r, TYPE_U8, mask_bytes(values.rows, values.columns));
    qc_status (*const half)(const uint16_t *, size_t, size_t, const float *,
                            const qc_quantize_salient_options *, uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_salient_mask_f16 : qc_quantize_salient_mask_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_salient_mask_f32(values.data, values.rows, values.columns,
                                                       factors.data, &options, mask.data)
                        : half(values.data, values.rows, values.columns, factors.data, &options,
                               mask.data))) {
        const array bits = output_array(r, TYPE_U8, values.count);
        if (qc_quantize_unpack(mask.data, values.rows, values.columns, 1, 0, bits.data) != QC_OK) {
            complain(r, "the mask does not unpack: %s", qc_last_error());
        }
        expect_array(r, "mask", bits);
    }
}

static void masked_options_init(run *r) {
    qc_quantize_masked_options options;
    if (returned(r, qc_quantize_masked_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
        expect_int32(r, "selected", options.selected);
    }
}

/* What a case says of a part, and its room; none if the options are what is wrong. */
typedef struct {
    size_t columns;
    uint8_t *mask; /* packed */
    qc_quantize_grid grid;
    qc_quantize_masked_options options;
    size_t selected_count, code_bytes, group_count;
} part;

static part input_part(run *r, size_t rows) {
    const array bits = input_matrix(r, "mask", TYPE_U8);
    part p = {.columns = bits.columns, .grid = input_grid(r)};
    p.mask = bits.data;
    /* In place: a byte lies nowhere behind the first of its eight elements. */
    for (size_t row = 0; row < bits.rows; row++) {
        for (size_t column = 0; column < bits.columns; column++) {
            const uint8_t bit = p.mask[row * bits.columns + column];
            uint8_t *byte = p.mask + row * mask_bytes(1, bits.columns) + column / 8;
            *byte = (uint8_t)((column % 8 == 0 ? 0 : *byte) | bit << column % 8);
        }
    }
    qc_quantize_masked_options_init(&p.options, sizeof p.options);
    p.options.granularity = input_choice(r, "granularity", p.options.granularity, granularities);
    p.options.group_size = input_size(r, "group_size", p.options.group_size);
    p.options.selected = input_int32(r, "selected", p.options.selected);
    p.options.is_shared = input_int32(r, "is_shared", p.options.is_shared);
    qc_quantize_masked_layout(p.mask, rows, p.columns, &p.grid, &p.options, &p.selected_count,
                              &p.code_bytes, &p.group_count);
    return p;
}

static void masked_layout(run *r) {
    const size_t rows = input_size(r, "rows", 0);
    part p = input_part(r, rows);
    if (returned(r, qc_quantize_masked_layout(p.mask, rows, p.columns, &p.grid, &p.options,
                                              &p.selected_count, &p.code_bytes, &p.group_count))) {
        expect_size(r, "selected_count", p.selected_count);
        expect_size(r, "code_bytes", p.code_bytes);
        expect_size(r, "group_count", p.group_count);
    }
}

static void masked_range(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const part p = input_part(r, values.rows);
    const qc_quantize_range_rule rule = input_rule(r);
    const bool wants_zeros = input_int32(r, "with_zeros", 0) != 0;
    const array scales = output_array(r, TYPE_F32, p.group_count);
    const array zeros = output_array(r, TYPE_F32, p.group_count);
    float *const room = wants_zeros ? zeros.data : NULL;
    qc_status (*const half)(const uint16_t *, size_t, size_t, const uint8_t *,
                            const qc_quantize_grid *, const qc_quantize_masked_options *,
                            const qc_quantize_range_rule *, float *, float *) =
        r->type == TYPE_F16 ? qc_quantize_masked_range_f16 : qc_quantize_masked_range_bf16;
    if (returned(r, r->type == TYPE_F32 ? qc_quantize_masked_range_f32(
                                              values.data, values.rows, values.columns, p.mask,
                                              &p.grid, &p.options, &rule, scales.data, room)
                                        : half(values.data, values.rows, values.columns, p.mask,
                                               &p.grid, &p.options, &rule, scales.data, room))) {
        expect_array(r, "scales", scales);
        if (wants_zeros) {
            expect_array(r, "zeros", zeros);
        }
    }
}

static void masked_encode(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const part p = input_part(r, values.rows);
    const array codes = output_array(r, TYPE_U8, p.code_bytes);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const uint8_t *,
                            const qc_quantize_grid *, const qc_quantize_masked_options *,
                            const float *, const float *, uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_masked_encode_f16 : qc_quantize_masked_encode_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_masked_encode_f32(values.data, values.rows, values.columns,
                                                        p.mask, &p.grid, &p.options, scales.data,
                                                        zeros.data, codes.data)
                        : half(values.data, values.rows, values.columns, p.mask, &p.grid,
                               &p.options, scales.data, zeros.data, codes.data))) {
        expect_array(r, "codes", codes);
    }
}

static void masked_decode(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_F32);
    const size_t rows = input_size(r, "rows", 0);
    const part p = input_part(r, rows);
    const array values = output_array(r, r->type, rows * p.columns);
    qc_status (*const half)(const uint8_t *, const float *, const float *, const uint8_t *, size_t,
                            size_t, const qc_quantize_grid *, const qc_quantize_masked_options *,
                            uint16_t *) =
        r->type == TYPE_F16 ? qc_quantize_masked_decode_f16 : qc_quantize_masked_decode_bf16;
    /* What is not selected stays what it is: 0. */
    if (strcmp(r->status, "QC_OK") == 0) {
        memset(values.data, 0, values.count * element_size(values.type));
    }
    if (returned(r, r->type == TYPE_F32 ? qc_quantize_masked_decode_f32(
                                              codes.data, scales.data, zeros.data, p.mask, rows,
                                              p.columns, &p.grid, &p.options, values.data)
                                        : half(codes.data, scales.data, zeros.data, p.mask, rows,
                                               p.columns, &p.grid, &p.options, values.data))) {
        expect_array(r, "values", values);
    }
}

const adapter quantize_masked_adapters[] = {
    {"qc_quantize_salient_options_init", salient_options_init},
    {"qc_quantize_salient_mask", salient_mask},
    {"qc_quantize_masked_options_init", masked_options_init},
    {"qc_quantize_masked_layout", masked_layout},
    {"qc_quantize_masked_range", masked_range},
    {"qc_quantize_masked_encode", masked_encode},
    {"qc_quantize_masked_decode", masked_decode},
    {NULL, NULL},
};
