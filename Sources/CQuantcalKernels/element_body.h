/*
 * Halves and bfloat16 to single precision and back; the references are in
 * WeightElement.swift.
 */
typedef _Float16 f16x16 __attribute__((vector_size(32)));

INLINE f32x16 single_of_f16(u16x16 x) { return __builtin_convertvector((f16x16)x, f32x16); }

INLINE f32x16 single_of_bf16(u16x16 x) {
    return (f32x16)(__builtin_convertvector(x, i32x16) << 16);
}

INLINE u16x16 f16_of_single(f32x16 x) { return (u16x16) __builtin_convertvector(x, f16x16); }

INLINE u16x16 bf16_of_single(f32x16 x) {
    const u32x16 bits = (u32x16)x;
    const u32x16 rounded = bits + 0x7FFF + ((bits >> 16) & 1);
    const u32x16 nan = bits | 0x400000;
    const u32x16 kept = (u32x16)select_i32(x != x, (i32x16)nan, (i32x16)rounded);
    return __builtin_convertvector(kept >> 16, u16x16);
}

#define CONVERTER(name, from, to, from_lanes, to_lanes, convert)                                   \
    static void name(const from *values, ptrdiff_t count, to *converted) {                         \
        ptrdiff_t i = 0;                                                                           \
        for (; i + 16 <= count; i += 16) {                                                         \
            from_lanes x;                                                                          \
            memcpy(&x, values + i, sizeof x);                                                      \
            const to_lanes y = convert(x);                                                         \
            memcpy(converted + i, &y, sizeof y);                                                   \
        }                                                                                          \
        if (i < count) {                                                                           \
            from_lanes x = {0};                                                                    \
            memcpy(&x, values + i, (size_t)(count - i) * sizeof *values);                          \
            const to_lanes y = convert(x);                                                         \
            memcpy(converted + i, &y, (size_t)(count - i) * sizeof *converted);                    \
        }                                                                                          \
    }

CONVERTER(widen_f16, uint16_t, float, u16x16, f32x16, single_of_f16)
CONVERTER(widen_bf16, uint16_t, float, u16x16, f32x16, single_of_bf16)
CONVERTER(narrow_f16, float, uint16_t, f32x16, u16x16, f16_of_single)
CONVERTER(narrow_bf16, float, uint16_t, f32x16, u16x16, bf16_of_single)
#undef CONVERTER

/* Up to sixteen numbers in single precision; zeros behind the last. */
#define LOADER(name, type, lanes, convert)                                                         \
    INLINE f32x16 name(const type *values, ptrdiff_t count) {                                      \
        lanes x = {0};                                                                             \
        if (count >= 16) {                                                                         \
            memcpy(&x, values, sizeof x);                                                          \
        } else {                                                                                   \
            memcpy(&x, values, (size_t)count * sizeof *values);                                    \
        }                                                                                          \
        return convert(x);                                                                         \
    }

INLINE f32x16 single_of_single(f32x16 x) { return x; }

LOADER(load_f32, float, f32x16, single_of_single)
LOADER(load_f16, uint16_t, u16x16, single_of_f16)
LOADER(load_bf16, uint16_t, u16x16, single_of_bf16)
#undef LOADER

/* What a loop over elements reads; `type` is a constant in each of its versions. */
INLINE f32x16 load_elements(const void *values, int32_t type, ptrdiff_t first, ptrdiff_t count) {
    return type == 0   ? load_f32((const float *)values + first, count)
           : type == 1 ? load_f16((const uint16_t *)values + first, count)
                       : load_bf16((const uint16_t *)values + first, count);
}

/* Has what comes some pages later brought near, which processors by themselves do not look for behind
 * the end of a page. */
INLINE void prefetch_elements(const void *values, int32_t type, ptrdiff_t first) {
    const size_t size = type == 0 ? sizeof(float) : sizeof(uint16_t);
    quantcal_prefetch((const void *)((uintptr_t)values + (size_t)first * size + 8192));
}

/* A version for each type. */
#define FOR_EACH_TYPE(values, loop, ...)                                                           \
    if ((values).type == 0) {                                                                      \
        return loop((values).values, 0, __VA_ARGS__);                                              \
    } else if ((values).type == 1) {                                                               \
        return loop((values).values, 1, __VA_ARGS__);                                              \
    } else {                                                                                       \
        return loop((values).values, 2, __VA_ARGS__);                                              \
    }
