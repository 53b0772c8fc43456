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
