/* Eight lanes of sixteen. */
INLINE __m256i low_half(i32x16 x) {
    return (__m256i)__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE __m256i high_half(i32x16 x) {
    return (__m256i)__builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
}

INLINE i32x16 join_halves(__m256i low, __m256i high) {
    typedef int32_t i32x8 __attribute__((vector_size(32)));
    return __builtin_shufflevector((i32x8)low, (i32x8)high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                   12, 13, 14, 15);
}

/* The fourth bit of a place says which half of the table it is in. */
INLINE __m256i look_up_half(i32x16 table, __m256i places) {
    const __m256i low = _mm256_permutevar8x32_epi32(low_half(table), places);
    const __m256i high = _mm256_permutevar8x32_epi32(high_half(table), places);
    const __m256 is_high = _mm256_castsi256_ps(_mm256_slli_epi32(places, 28));
    return _mm256_castps_si256(
        _mm256_blendv_ps(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high), is_high));
}

/* Numbers of a table of sixteen, by their places. */
INLINE i32x16 look_up(i32x16 table, i32x16 places) {
    return join_halves(look_up_half(table, low_half(places)),
                       look_up_half(table, high_half(places)));
}

/* The same of a table in memory. */
INLINE i32x16 gather(const int32_t *table, i32x16 places) {
    return join_halves(_mm256_i32gather_epi32(table, low_half(places), sizeof *table),
                       _mm256_i32gather_epi32(table, high_half(places), sizeof *table));
}

/* A table of 256 numbers. */
typedef struct {
    const float *numbers;
} table256;

INLINE table256 read_table(const float *numbers) { return (table256){numbers}; }

INLINE f32x16 look_up_256(const table256 *table, i32x16 places) {
    return (f32x16)gather((const int32_t *)table->numbers, places);
}
