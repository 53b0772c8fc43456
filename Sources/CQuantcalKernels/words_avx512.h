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

/* Of two numbers; b if one is NaN. */
INLINE f32x16 lower_f32(f32x16 a, f32x16 b) { return (f32x16)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE f32x16 higher_f32(f32x16 a, f32x16 b) { return (f32x16)_mm512_max_ps((__m512)a, (__m512)b); }
