/* Pairs of 16-bit integers, a pair a lane. */
INLINE i32x16 round_products(i32x16 a, i32x16 b) {
    return (i32x16)_mm512_mulhrs_epi16((__m512i)a, (__m512i)b);
}

INLINE i32x16 bound_words(i32x16 a, i32x16 low, i32x16 high) {
    return (i32x16)_mm512_max_epi16(_mm512_min_epi16((__m512i)a, (__m512i)high), (__m512i)low);
}

/* The sum of a pair's products. */
INLINE i32x16 pair_products(i32x16 a, i32x16 b) {
    return (i32x16)_mm512_madd_epi16((__m512i)a, (__m512i)b);
}
