/* Pairs of 16-bit integers, a pair a lane. */
INLINE i32x16 round_products(i32x16 a, i32x16 b) {
    return join_halves(_mm256_mulhrs_epi16(low_half(a), low_half(b)),
                       _mm256_mulhrs_epi16(high_half(a), high_half(b)));
}

INLINE i32x16 bound_words(i32x16 a, i32x16 low, i32x16 high) {
    const __m256i least = low_half(low), most = low_half(high);
    return join_halves(_mm256_max_epi16(_mm256_min_epi16(low_half(a), most), least),
                       _mm256_max_epi16(_mm256_min_epi16(high_half(a), most), least));
}

/* The sum of a pair's products. */
INLINE i32x16 pair_products(i32x16 a, i32x16 b) {
    return join_halves(_mm256_madd_epi16(low_half(a), low_half(b)),
                       _mm256_madd_epi16(high_half(a), high_half(b)));
}

/* Of two numbers; b if one is NaN. */
#define BY_HALVES(name, operation)                                                                 \
    INLINE f32x16 name(f32x16 a, f32x16 b) {                                                       \
        const __m256i low =                                                                        \
            (__m256i)operation((__m256)low_half((i32x16)a), (__m256)low_half((i32x16)b));          \
        const __m256i high =                                                                       \
            (__m256i)operation((__m256)high_half((i32x16)a), (__m256)high_half((i32x16)b));        \
        return (f32x16)join_halves(low, high);                                                     \
    }
BY_HALVES(lower_f32, _mm256_min_ps)
BY_HALVES(higher_f32, _mm256_max_ps)
#undef BY_HALVES
