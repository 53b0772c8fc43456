/*
 * Runs of values in groups with an integer grid each; the references are in GroupRanges.swift,
 * IntegerKernels.swift and PackedCodes.swift. Sixteen lanes at a time, in the compiler's own
 * vectors.
 */

/* The end of a group in a run of `count` values. */
INLINE ptrdiff_t group_end(quantcal_groups groups, ptrdiff_t group, ptrdiff_t count) {
    const ptrdiff_t end = (group + 1) * groups.columns - groups.place;
    return end < count ? end : count;
}

/* The lowest lane of each of two, together from their halves on. */
INLINE void lowest_lanes(f32x16 a, f32x16 b, float *lowest_a, float *lowest_b) {
    a = lower_f32(swap8(a), a);
    b = lower_f32(swap8(b), b);
    f32x16 x =
        __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    x = lower_f32(swap4(x), x);
    x = lower_f32(swap2(x), x);
    x = lower_f32(swap1(x), x);
    *lowest_a = x[0];
    *lowest_b = x[8];
}

/*
 * Widens the ranges of eight groups of whole vectors: what lies in their lanes is folded at once, the
 * minima and the maxima with another sign.
 */
INLINE i32x16 eight_ranges(const void *values, int32_t type, ptrdiff_t first, ptrdiff_t columns,
                           i32x16 largest, quantcal_range *ranges) {
    f32x16 x[16];
    for (ptrdiff_t group = 0; group < 8; group++) {
        f32x16 low = spread_f32(INFINITY), high = spread_f32(-INFINITY);
        const ptrdiff_t end = first + columns;
        for (; first < end; first += 16) {
            const f32x16 value = load_elements(values, type, first, 16);
            prefetch_elements(values, type, first);
            low = lower_f32(value, low);
            high = higher_f32(value, high);
            largest = __builtin_elementwise_max((i32x16)value & 0x7FFFFFFF, largest);
        }
        x[group] = low;
        x[group + 8] = -high;
    }
#define FOLD(count, low_lanes, high_lanes)                                                         \
    for (int i = 0; i < count; i++) {                                                              \
        const f32x16 a = x[i], b = x[i + count];                                                   \
        x[i] = lower_f32(__builtin_shufflevector(a, b, LANES low_lanes),                           \
                         __builtin_shufflevector(a, b, LANES high_lanes));                         \
    }
#define LANES(...) __VA_ARGS__
    FOLD(8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
         (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
    FOLD(4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
         (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
    FOLD(2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
         (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
    FOLD(1, (0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30),
         (1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31))
#undef LANES
#undef FOLD
    /* Groups 0, 2, 1, 3, 4, 6, 5, 7; now those in order, each minimum before its maximum. */
    const f32x16 found =
        __builtin_shufflevector(x[0], x[0], 0, 8, 2, 10, 1, 9, 3, 11, 4, 12, 6, 14, 5, 13, 7, 15);
    const i32x16 sign_of_maxima = {0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN,
                                   0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN};
    i32x16 given;
    memcpy(&given, ranges, sizeof given);
    given = (i32x16)lower_f32(found, (f32x16)(given ^ sign_of_maxima)) ^ sign_of_maxima;
    memcpy(ranges, &given, sizeof given);
    return largest;
}

INLINE int32_t ranges_of(const void *values, int32_t type, ptrdiff_t count, quantcal_groups groups,
                         quantcal_range *ranges) {
    i32x16 largest = {0};
    ptrdiff_t i = 0, group = 0;
    if (groups.place == 0 && groups.columns % 16 == 0) {
        for (; groups.columns <= (count - i) / 8; i += 8 * groups.columns, group += 8) {
            largest = eight_ranges(values, type, i, groups.columns, largest, ranges + group);
        }
    }
    for (; i < count; group++) {
        const ptrdiff_t end = group_end(groups, group, count);
        f32x16 low = spread_f32(ranges[group].minimum), high = spread_f32(ranges[group].maximum);
        for (; i + 16 <= end; i += 16) {
            const f32x16 x = load_elements(values, type, i, 16);
            prefetch_elements(values, type, i);
            low = lower_f32(x, low);
            high = higher_f32(x, high);
            largest = __builtin_elementwise_max((i32x16)x & 0x7FFFFFFF, largest);
        }
        if (i < end) {
            const f32x16 x = load_elements(values, type, i, end - i);
            low = lower_f32(x, low);
            high = higher_f32(x, high);
            largest = __builtin_elementwise_max((i32x16)x & 0x7FFFFFFF, largest);
            i = end;
        }
        float most;
        lowest_lanes(low, -high, &ranges[group].minimum, &most);
        ranges[group].maximum = -most;
    }
    return __builtin_reduce_max(largest) < 0x7F800000;
}

/* Widens the range of each group. Whether all values are finite is known of all at once. */
static int32_t ranges(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                      quantcal_range *ranges){
    FOR_EACH_TYPE(values, ranges_of, count, groups, ranges)}

INLINE u8x16 integer_codes(f32x16 x, quantcal_integer_grid grid) {
    const f32x16 quotient = x / grid.scale;
    f32x16 bounded = select_f32(quotient < -1024.0f, spread_f32(-1024.0f), quotient);
    bounded = select_f32(bounded > 1024.0f, spread_f32(1024.0f), bounded);
    const f32x16 shifted = bounded + 12582912.0f;
    i32x16 code = (i32x16)shifted - 0x4B400000 + grid.zero;
    code = __builtin_elementwise_max(code, spread_i32(grid.low));
    code = __builtin_elementwise_min(code, spread_i32(grid.high));
    return __builtin_convertvector(code, u8x16);
}

INLINE void integer_encode_from(const void *values, int32_t type, ptrdiff_t count,
                                quantcal_groups groups, const quantcal_integer_grid *grids,
                                uint8_t *codes) {
    ptrdiff_t i = 0;
    for (ptrdiff_t group = 0; i < count; group++) {
        const ptrdiff_t end = group_end(groups, group, count);
        const quantcal_integer_grid grid = grids[group];
        for (; i + 16 <= end; i += 16) {
            const u8x16 bytes = integer_codes(load_elements(values, type, i, 16), grid);
            memcpy(codes + i, &bytes, sizeof bytes);
        }
        if (i < end) {
            const u8x16 bytes = integer_codes(load_elements(values, type, i, end - i), grid);
            memcpy(codes + i, &bytes, (size_t)(end - i));
            i = end;
        }
    }
}

static void integer_encode(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                           const quantcal_integer_grid *grids, uint8_t *codes){
    FOR_EACH_TYPE(values, integer_encode_from, count, groups, grids, codes)}

INLINE void decode_lanes(const uint8_t *codes, float scale, int32_t zero, int32_t is_signed,
                         float *values) {
    u8x16 bytes;
    memcpy(&bytes, codes, sizeof bytes);
    const i32x16 code = is_signed ? __builtin_convertvector((i8x16)bytes, i32x16)
                                  : __builtin_convertvector(bytes, i32x16);
    const f32x16 x = __builtin_convertvector(code - zero, f32x16) * scale;
    memcpy(values, &x, sizeof x);
}

static void integer_decode(const uint8_t *codes, ptrdiff_t count, quantcal_groups groups,
                           const float *scales, const uint8_t *zeros, int32_t is_signed,
                           float *values) {
    ptrdiff_t i = 0;
    for (ptrdiff_t group = 0; i < count; group++) {
        const ptrdiff_t end = group_end(groups, group, count);
        const float scale = scales[group];
        const int32_t zero = zeros ? zeros[group] : 0;
        for (; i + 16 <= end; i += 16) {
            decode_lanes(codes + i, scale, zero, is_signed, values + i);
        }
        if (i < end) {
            uint8_t padded[16] = {0};
            float decoded[16];
            memcpy(padded, codes + i, (size_t)(end - i));
            decode_lanes(padded, scale, zero, is_signed, decoded);
            memcpy(values + i, decoded, (size_t)(end - i) * sizeof(float));
            i = end;
        }
    }
}

static void pack4(const uint8_t *codes, ptrdiff_t count, uint8_t *packed) {
    for (ptrdiff_t i = 0; i < count; i += 32) {
        u16x16 pairs;
        memcpy(&pairs, codes + i, sizeof pairs);
        const u16x16 joined = (pairs & 0x000F) | ((pairs >> 4) & 0x00F0);
        const u8x16 bytes = __builtin_convertvector(joined, u8x16);
        memcpy(packed + i / 2, &bytes, sizeof bytes);
    }
}

static void unpack4(const uint8_t *packed, ptrdiff_t count, int32_t is_signed, uint8_t *codes) {
    const uint8_t sign = is_signed ? 8 : 0;
    for (ptrdiff_t i = 0; i < count; i += 32) {
        u8x16 bytes;
        memcpy(&bytes, packed + i / 2, sizeof bytes);
        const u16x16 wide = __builtin_convertvector(bytes, u16x16);
        const u16x16 pairs = (wide & 0x000F) | ((wide & 0x00F0) << 4);
        const u8x32 code = ((u8x32)pairs ^ sign) - sign;
        memcpy(codes + i, &code, sizeof code);
    }
}
