/* Sixteen lanes in the compiler's own vectors; what a level lacks it does in parts. */
/* Vectors wider than a level's registers never cross a real call. */
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

typedef float f32x16 __attribute__((vector_size(64)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef double f64x16 __attribute__((vector_size(128)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef int64_t i64x16 __attribute__((vector_size(128)));
typedef int8_t i8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));

/* Lane by lane `condition ? a : b`; a comparison gives all bits or none. */
INLINE f32x16 select_f32(i32x16 condition, f32x16 a, f32x16 b) {
    return (f32x16)(((i32x16)a & condition) | ((i32x16)b & ~condition));
}

INLINE f64x16 select_f64(i64x16 condition, f64x16 a, f64x16 b) {
    return (f64x16)(((i64x16)a & condition) | ((i64x16)b & ~condition));
}

INLINE f32x16 spread_f32(float x) { return (f32x16){0} + x; }
INLINE f64x16 spread_f64(double x) { return (f64x16){0} + x; }
INLINE i32x16 spread_i32(int32_t x) { return (i32x16){0} + x; }

/* Lanes exchanged in groups of 8, 4, 2 and 1. */
INLINE f32x16 swap8(f32x16 x) {
    return __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE f32x16 swap4(f32x16 x) {
    return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
}

INLINE f32x16 swap2(f32x16 x) {
    return __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

INLINE f32x16 swap1(f32x16 x) {
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

/* sum += x, with what rounding loses added to `lost`. */
INLINE void add_lanes(f64x8 *sum, f64x8 *lost, f64x8 x) {
    const f64x8 next = *sum + x;
    const f64x8 part = next - *sum;
    *lost += (*sum - (next - part)) + (x - part);
    *sum = next;
}
