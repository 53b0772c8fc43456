/*
 * Runs of values with one scalar grid whose groups have scales of their own. The references are in
 * GridIntervals.swift; a grid whose rounding is a formula has that formula here.
 */

/* Codes of x / scale and zero. Adding -0 changes nothing: where there are no zeros, in a version of
 * its own, nothing is added. */
#define GRID_ENCODER(name, grid_type, code_of)                                                     \
    INLINE void name##_from(const void *values, int32_t type, ptrdiff_t count,                     \
                            quantcal_groups groups, const float *scales, const float *zeros,       \
                            const grid_type *given, uint8_t *codes) {                              \
        const grid_type grid = *given;                                                             \
        ptrdiff_t i = 0;                                                                           \
        for (ptrdiff_t group = 0; i < count; group++) {                                            \
            const ptrdiff_t end = group_end(groups, group, count);                                 \
            const float zero = zeros && zeros[group] != 0 ? zeros[group] : -0.0f;                  \
            const f32x16 s = spread_f32(scales[group]), z = spread_f32(zero);                      \
            for (; i + 16 <= end; i += 16) {                                                       \
                const f32x16 u = load_elements(values, type, i, 16) / s;                           \
                const u8x16 bytes = __builtin_convertvector(code_of(u, z, &grid), u8x16);          \
                memcpy(codes + i, &bytes, sizeof bytes);                                           \
            }                                                                                      \
            if (i < end) {                                                                         \
                const f32x16 u = load_elements(values, type, i, end - i) / s;                      \
                const u8x16 bytes = __builtin_convertvector(code_of(u, z, &grid), u8x16);          \
                memcpy(codes + i, &bytes, (size_t)(end - i));                                      \
            }                                                                                      \
            i = end;                                                                               \
        }                                                                                          \
    }                                                                                              \
    static void name(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,            \
                     const float *scales, const float *zeros, const grid_type *given,              \
                     uint8_t *codes) {                                                             \
        if (zeros) {                                                                               \
            FOR_EACH_TYPE(values, name##_from, count, groups, scales, zeros, given, codes)         \
        }                                                                                          \
        FOR_EACH_TYPE(values, name##_from, count, groups, scales, NULL, given, codes)              \
    }

/* Whole numbers: rounded before the whole part of the zero point is added, then clipped. The codes
 * are the low bits of what adding 1.5 * 2^23 gives. */
INLINE i32x16 whole_code(f32x16 u, f32x16 zero, const quantcal_whole_grid *grid) {
    const f32x16 whole = __builtin_elementwise_roundeven(zero);
    u = __builtin_elementwise_roundeven(u + (zero - whole)) + whole;
    u = select_f32(u < grid->low, spread_f32(grid->low), u);
    u = select_f32(u > grid->high, spread_f32(grid->high), u);
    return ((i32x16)(u + 12582912.0f) - 0x4B400000) & grid->mask;
}

/*
 * Small floats: the bits that a mantissa loses are rounded by integers; below the smallest normal
 * number a sum with a power of two rounds to whole steps.
 */
INLINE i32x16 float_code(f32x16 u, f32x16 zero, const quantcal_float_grid *grid) {
    u += zero;
    const i32x16 magnitude = (i32x16)u & 0x7FFFFFFF;
    const uint32_t shift = (uint32_t)grid->shift;
    const u32x16 moved = (u32x16)magnitude - (uint32_t)grid->offset;
    const u32x16 normal = (moved + ((1u << (shift - 1)) - 1) + ((moved >> shift) & 1)) >> shift;
    const i32x16 small = (i32x16)((f32x16)magnitude + grid->step) - (i32x16)spread_f32(grid->step);
    i32x16 code = select_i32(magnitude < grid->smallest_normal, small, (i32x16)normal);
    code = select_i32(code > grid->largest, spread_i32(grid->beyond), code);
    code = select_i32(magnitude > 0x7F800000, spread_i32(grid->nan), code);
    const i32x16 is_negative = (i32x16)u < 0;
    if (!grid->sign) {
        return select_i32(is_negative & (magnitude <= 0x7F800000), spread_i32(0), code);
    }
    const i32x16 sign =
        select_i32(code == 0, spread_i32(grid->sign_of_zero), spread_i32(grid->sign));
    return code | (is_negative & sign);
}

/* A number's place in the order of all bit patterns; OrderedSingle. */
INLINE i32x16 ordered(f32x16 u) { return (i32x16)u ^ (((i32x16)u >> 31) & 0x7FFFFFFF); }

/* Up to sixteen intervals: the starts that a key has passed, by halves. */
INLINE i32x16 few_code(f32x16 u, f32x16 zero, const quantcal_few_intervals *grid) {
    u += zero;
    i32x16 starts, codes, passed = {0};
    memcpy(&starts, grid->starts, sizeof starts);
    memcpy(&codes, grid->codes, sizeof codes);
    const i32x16 key = ordered(u);
    for (int32_t step = 8; step > 0; step /= 2) {
        passed += (key >= look_up(starts, passed + (step - 1))) & step;
    }
    return look_up(codes, passed);
}

#ifdef WIDE_LOOK_UP
/* The bucket is in the last bits. */
INLINE i32x16 bucket_of(f32x16 u, const quantcal_buckets *grid) {
    u = select_f32(u > grid->high, spread_f32(grid->high), u);
    return (i32x16)(u * grid->factor + grid->shift);
}

/* Up to sixteen intervals by their buckets. */
INLINE i32x16 number_code(f32x16 u, f32x16 zero, const quantcal_buckets *grid) {
    u += zero;
    const i32x16 key = ordered(u);
    const i32x16 bucket = bucket_of(select_f32(u < grid->low, spread_f32(grid->low), u), grid);
    return select_i32(key >= look_up_wide(grid->starts, bucket), look_up_wide(grid->from, bucket),
                      look_up_wide(grid->before, bucket));
}

/* The same of magnitudes, by sixteen. */
INLINE i32x16 magnitude_code(f32x16 u, f32x16 zero, const quantcal_buckets *grid) {
    u += zero;
    const i32x16 magnitude = (i32x16)u & 0x7FFFFFFF;
    const i32x16 bucket = bucket_of((f32x16)magnitude, grid);
    i32x16 starts, before, from;
    memcpy(&starts, grid->starts, sizeof starts);
    memcpy(&before, grid->before, sizeof before);
    memcpy(&from, grid->from, sizeof from);
    const i32x16 code = select_i32(magnitude >= look_up(starts, bucket), look_up(from, bucket),
                                   look_up(before, bucket));
    return code | (((i32x16)u >> 31) & grid->sign);
}
#endif

/* More intervals: the same for sixteenths of them, then in memory. */
INLINE i32x16 many_code(f32x16 u, f32x16 zero, const quantcal_many_intervals *grid) {
    u += zero;
    i32x16 coarse, passed = {0};
    memcpy(&coarse, grid->coarse, sizeof coarse);
    const i32x16 key = ordered(u);
    for (int32_t step = 8; step > 0; step /= 2) {
        passed += (key >= look_up(coarse, passed + (step - 1))) & step;
    }
    passed *= grid->size / 16;
    for (int32_t step = grid->size / 32; step > 0; step /= 2) {
        passed += (key >= gather(grid->starts, passed + (step - 1))) & step;
    }
    return gather(grid->codes, passed);
}

GRID_ENCODER(encode_whole, quantcal_whole_grid, whole_code)
GRID_ENCODER(encode_float, quantcal_float_grid, float_code)
GRID_ENCODER(encode_few, quantcal_few_intervals, few_code)
#ifdef WIDE_LOOK_UP
GRID_ENCODER(encode_numbers, quantcal_buckets, number_code)
GRID_ENCODER(encode_magnitudes, quantcal_buckets, magnitude_code)

static void encode_buckets(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                           const float *scales, const float *zeros, const quantcal_buckets *grid,
                           uint8_t *codes) {
    if (grid->sign) {
        encode_magnitudes(values, count, groups, scales, zeros, grid, codes);
    } else {
        encode_numbers(values, count, groups, scales, zeros, grid, codes);
    }
}
#else
#define encode_buckets NULL
#endif
GRID_ENCODER(encode_many, quantcal_many_intervals, many_code)
#undef GRID_ENCODER

/* (level - zero) * scale. */
#define GRID_DECODER(name, type, read, level_of)                                                   \
    static void name(const uint8_t *codes, ptrdiff_t count, quantcal_groups groups,                \
                     const float *scales, const float *zeros, const float *levels,                 \
                     float *values) {                                                              \
        const type table = read(levels);                                                           \
        ptrdiff_t i = 0;                                                                           \
        for (ptrdiff_t group = 0; i < count; group++) {                                            \
            const ptrdiff_t end = group_end(groups, group, count);                                 \
            const float scale = scales[group], zero = zeros ? zeros[group] : 0;                    \
            u8x16 bytes = {0};                                                                     \
            for (; i + 16 <= end; i += 16) {                                                       \
                memcpy(&bytes, codes + i, sizeof bytes);                                           \
                const i32x16 places = __builtin_convertvector(bytes, i32x16);                      \
                const f32x16 x = (level_of(&table, places) - zero) * scale;                        \
                memcpy(values + i, &x, sizeof x);                                                  \
            }                                                                                      \
            if (i < end) {                                                                         \
                memcpy(&bytes, codes + i, (size_t)(end - i));                                      \
                const i32x16 places = __builtin_convertvector(bytes, i32x16);                      \
                const f32x16 x = (level_of(&table, places) - zero) * scale;                        \
                memcpy(values + i, &x, (size_t)(end - i) * sizeof(float));                         \
            }                                                                                      \
            i = end;                                                                               \
        }                                                                                          \
    }

INLINE i32x16 read_few(const float *levels) {
    i32x16 few;
    memcpy(&few, levels, sizeof few);
    return few;
}

INLINE f32x16 few_level(const i32x16 *levels, i32x16 places) {
    return (f32x16)look_up(*levels, places);
}

GRID_DECODER(decode_few, i32x16, read_few, few_level)
GRID_DECODER(decode_many, table256, read_table, look_up_256)
#undef GRID_DECODER
