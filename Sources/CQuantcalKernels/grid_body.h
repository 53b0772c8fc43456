/*
 * Runs of values with one scalar grid whose groups have scales of their own. The references are in
 * GridIntervals.swift; a grid whose rounding is a formula has that formula here.
 */

/* bfloat16 numbers of 32 lanes: those with even and those with odd places. */
INLINE f32x16 even_lanes(u16x32 x) { return (f32x16)((u32x16)x << 16); }
INLINE f32x16 odd_lanes(u16x32 x) { return (f32x16)((u32x16)x & 0xFFFF0000); }

/*
 * Codes of x / scale and zero, of which the low eight bits count; returns the bits of the largest
 * magnitude. Adding -0 changes nothing: where there are no zeros, in a version of its own, nothing
 * is added.
 */
#define GRID_ENCODER(name, grid_type, code_of, plain_code_of)                                      \
    INLINE i32x16 name##_lanes(f32x16 x, f32x16 scale, f32x16 zero, int32_t has_zeros,             \
                               const grid_type *grid) {                                            \
        const f32x16 u = x / scale;                                                                \
        return has_zeros ? code_of(u, zero, grid) : plain_code_of(u, grid);                        \
    }                                                                                              \
    INLINE int32_t name##_from(const void *values, int32_t type, ptrdiff_t count,                  \
                               quantcal_groups groups, const float *scales, const float *zeros,    \
                               const grid_type *given, uint8_t *codes) {                           \
        const grid_type grid = *given;                                                             \
        const int32_t has_zeros = zeros != NULL;                                                   \
        i32x16 largest = {0};                                                                      \
        u16x32 largest_pairs = {0};                                                                \
        ptrdiff_t i = 0;                                                                           \
        for (ptrdiff_t group = 0; i < count; group++) {                                            \
            const ptrdiff_t end = group_end(groups, group, count);                                 \
            const float zero = has_zeros && zeros[group] != 0 ? zeros[group] : -0.0f;              \
            const f32x16 s = spread_f32(scales[group]), z = spread_f32(zero);                      \
            for (; type == 2 && i + 32 <= end; i += 32) {                                          \
                u16x32 x;                                                                          \
                memcpy(&x, (const uint16_t *)values + i, sizeof x);                                \
                prefetch_elements(values, type, i);                                                \
                largest_pairs = __builtin_elementwise_max(x & 0x7FFF, largest_pairs);              \
                const i32x16 even = name##_lanes(even_lanes(x), s, z, has_zeros, &grid);           \
                const i32x16 odd = name##_lanes(odd_lanes(x), s, z, has_zeros, &grid);             \
                const i32x16 pairs = (even & 0xFF) | (i32x16)((u32x16)odd << 8);                   \
                const u16x16 bytes = __builtin_convertvector(pairs, u16x16);                       \
                memcpy(codes + i, &bytes, sizeof bytes);                                           \
            }                                                                                      \
            for (; i + 16 <= end; i += 16) {                                                       \
                const f32x16 x = load_elements(values, type, i, 16);                               \
                prefetch_elements(values, type, i);                                                \
                largest = __builtin_elementwise_max((i32x16)x & 0x7FFFFFFF, largest);              \
                const i32x16 code = name##_lanes(x, s, z, has_zeros, &grid);                       \
                const u8x16 bytes = __builtin_convertvector(code, u8x16);                          \
                memcpy(codes + i, &bytes, sizeof bytes);                                           \
            }                                                                                      \
            if (i < end) {                                                                         \
                const f32x16 x = load_elements(values, type, i, end - i);                          \
                largest = __builtin_elementwise_max((i32x16)x & 0x7FFFFFFF, largest);              \
                const i32x16 code = name##_lanes(x, s, z, has_zeros, &grid);                       \
                const u8x16 bytes = __builtin_convertvector(code, u8x16);                          \
                memcpy(codes + i, &bytes, (size_t)(end - i));                                      \
            }                                                                                      \
            i = end;                                                                               \
        }                                                                                          \
        const i32x16 even = (i32x16)even_lanes(largest_pairs);                                     \
        const i32x16 odd = (i32x16)odd_lanes(largest_pairs);                                       \
        largest = __builtin_elementwise_max(largest, __builtin_elementwise_max(even, odd));        \
        return __builtin_reduce_max(largest);                                                      \
    }                                                                                              \
    static int32_t name(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,         \
                        const float *scales, const float *zeros, const grid_type *given,           \
                        uint8_t *codes) {                                                          \
        if (zeros) {                                                                               \
            FOR_EACH_TYPE(values, name##_from, count, groups, scales, zeros, given, codes)         \
        }                                                                                          \
        FOR_EACH_TYPE(values, name##_from, count, groups, scales, NULL, given, codes)              \
    }

#define PLAIN(code_of, grid_type)                                                                  \
    INLINE i32x16 plain_##code_of(f32x16 u, const grid_type *grid) {                               \
        return code_of(u, spread_f32(-0.0f), grid);                                                \
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

/* Adding rounds, too. */
INLINE i32x16 plain_whole_code(f32x16 u, const quantcal_whole_grid *grid) {
    u = lower_f32(u, spread_f32(grid->high));
    u = higher_f32(u, spread_f32(grid->low));
    return (i32x16)(u + 12582912.0f) & grid->mask;
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
PLAIN(float_code, quantcal_float_grid)

/*
 * The same, but of NaN, by a sum: with a power of two whose last place is the number's last step. Its lowest bits
 * count the steps, and begin with what its exponent lacks to a code.
 */
INLINE i32x16 sum_code(f32x16 u, f32x16 zero, const quantcal_float_grid *grid) {
    u += zero;
    const f32x16 magnitude = (f32x16)((i32x16)u & 0x7FFFFFFF);
    const f32x16 bounded = lower_f32(magnitude, spread_f32(grid->limit));
    i32x16 exponent = (i32x16)bounded & 0x7F800000;
    exponent = __builtin_elementwise_max(exponent, spread_i32(grid->smallest_normal));
    const i32x16 sum = (i32x16)(bounded + (f32x16)(exponent + grid->lift));
    const i32x16 code = sum + (exponent >> (uint32_t)grid->shift);
    return (((i32x16)u >> 31) & grid->sign) | (code & (grid->sign - 1));
}
PLAIN(sum_code, quantcal_float_grid)

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
PLAIN(few_code, quantcal_few_intervals)

#ifdef WIDE_LOOK_UP
/* Up to sixteen intervals by their buckets, which are in the last bits. Both codes are in one, the second
 * byte is that of what is below the start. */
INLINE i32x16 number_code(f32x16 u, f32x16 zero, const quantcal_buckets *grid) {
    u += zero;
    const i32x16 key = ordered(u);
    const f32x16 above = higher_f32(u, spread_f32(grid->low));
    const f32x16 bounded = lower_f32(above, spread_f32(grid->high));
    const i32x16 bucket = (i32x16)(bounded * grid->factor + grid->shift);
    const i32x16 both = look_up_wide(grid->both, bucket);
    return select_i32(key >= look_up_wide(grid->starts, bucket), both, both >> 8);
}
PLAIN(number_code, quantcal_buckets)

/* The same where no interval starts at 0, by numbers. */
INLINE i32x16 passed_code(f32x16 u, f32x16 zero, const quantcal_buckets *grid) {
    u += zero;
    const f32x16 above = higher_f32(u, spread_f32(grid->low));
    const f32x16 bounded = lower_f32(above, spread_f32(grid->high));
    const i32x16 bucket = (i32x16)(bounded * grid->factor + grid->shift);
    const i32x16 both = look_up_wide(grid->both, bucket);
    const f32x16 starts = (f32x16)look_up_wide((const int32_t *)grid->numbers, bucket);
    return select_i32(u >= starts, both, both >> 8);
}
PLAIN(passed_code, quantcal_buckets)

/* The same of magnitudes, by sixteen. */
INLINE i32x16 magnitude_code(f32x16 u, f32x16 zero, const quantcal_buckets *grid) {
    u += zero;
    const i32x16 magnitude = (i32x16)u & 0x7FFFFFFF;
    const f32x16 bounded = lower_f32((f32x16)magnitude, spread_f32(grid->high));
    const i32x16 bucket = (i32x16)(bounded * grid->factor + grid->shift);
    i32x16 starts, both;
    memcpy(&starts, grid->starts, sizeof starts);
    memcpy(&both, grid->both, sizeof both);
    both = look_up(both, bucket);
    const i32x16 code = select_i32(magnitude >= look_up(starts, bucket), both, both >> 8);
    return code | (((i32x16)u >> 31) & grid->sign);
}
PLAIN(magnitude_code, quantcal_buckets)
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
PLAIN(many_code, quantcal_many_intervals)
#undef PLAIN

GRID_ENCODER(encode_whole, quantcal_whole_grid, whole_code, plain_whole_code)
GRID_ENCODER(encode_bits, quantcal_float_grid, float_code, plain_float_code)
GRID_ENCODER(encode_sums, quantcal_float_grid, sum_code, plain_sum_code)
GRID_ENCODER(encode_few, quantcal_few_intervals, few_code, plain_few_code)
GRID_ENCODER(encode_many, quantcal_many_intervals, many_code, plain_many_code)

static int32_t encode_float(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                            const float *scales, const float *zeros,
                            const quantcal_float_grid *grid, uint8_t *codes) {
    if (grid->limit > 0) {
        const int32_t largest = encode_sums(values, count, groups, scales, zeros, grid, codes);
        if (largest <= 0x7F800000) {
            return largest;
        }
    }
    return encode_bits(values, count, groups, scales, zeros, grid, codes);
}

#ifdef WIDE_LOOK_UP
GRID_ENCODER(encode_numbers, quantcal_buckets, number_code, plain_number_code)
GRID_ENCODER(encode_passed, quantcal_buckets, passed_code, plain_passed_code)
GRID_ENCODER(encode_magnitudes, quantcal_buckets, magnitude_code, plain_magnitude_code)

static int32_t encode_buckets(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                              const float *scales, const float *zeros, const quantcal_buckets *grid,
                              uint8_t *codes) {
    if (grid->sign) {
        return encode_magnitudes(values, count, groups, scales, zeros, grid, codes);
    }
    if (grid->has_numbers) {
        return encode_passed(values, count, groups, scales, zeros, grid, codes);
    }
    return encode_numbers(values, count, groups, scales, zeros, grid, codes);
}
#else
#define encode_buckets NULL
#endif
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
